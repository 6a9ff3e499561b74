import assert from 'node:assert/strict';

/** Presses Tab until what has the focus is named so. */
export async function tabTo(page, name) {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
    });
    if (name.test(focused.trim())) {
      return;
    }
  }
  assert.fail(`Tab never reached ${name}`);
}
