import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertAccessible } from '../support/axe.mjs';
import { eventually, onCard, useBrowser } from '../support/card.mjs';
import { tabTo } from '../support/keyboard.mjs';
import { detachAll, portalWith, recordWith } from '../support/sandbox.mjs';

describe('for everybody', () => {
  useBrowser();

  test('by keyboard alone: search, tick, add, remove, undo', async () => {
    const place = await recordWith('empty');
    await detachAll(place);
    await onCard(place, {}, async (card) => {
      const { page } = card;
      await card.button('Add existing invoice').waitFor();
      await tabTo(page, /^Add existing invoice$/);
      await page.keyboard.press('Enter');
      await card.modal.getByRole('checkbox').first().waitFor();
      await tabTo(page, /^Choose /);
      await page.keyboard.press('Space');
      await card.modal.getByText('1 selected').waitFor();
      await tabTo(page, /^Add 1 invoice$/);
      await page.keyboard.press('Enter');
      const yes = card.modal.getByRole('button', { name: /^Yes, add/ });
      await Promise.race([yes.waitFor(), card.modal.waitFor({ state: 'detached' })]);
      if (await yes.isVisible()) {
        await tabTo(page, /^Yes, add/);
        await page.keyboard.press('Enter');
      }
      await card.modal.waitFor({ state: 'detached' });
      await card.listed();
      await tabTo(page, /^Remove/);
      await page.keyboard.press('Enter');
      await card.shows(/was removed$/);
      await tabTo(page, /^Undo$/);
      await page.keyboard.press('Enter');
      await card.toast(/is back$/);
      await card.listed();
    });
    await detachAll(place);
  });

  test('Escape closes the modal and gives the focus back', async () => {
    await onCard(await recordWith('linked', { objectTypeId: '0-1' }), {}, async (card) => {
      await card.openAdd();
      await card.page.keyboard.press('Escape');
      await card.modal.waitFor({ state: 'detached' });
      const focused = await card.page.evaluate(() => (document.activeElement ?? document.body).outerHTML.slice(0, 200));
      assert.match(focused, /^<button[^>]*>Add existing invoice</);
    });
  });

  test('axe finds nothing serious: list, modal, panel, states, French', async () => {
    const linked = await recordWith('linked', { objectTypeId: '0-1' });
    await onCard(linked, { location: 'both' }, async (card) => {
      await card.listed();
      await assertAccessible(card.page, 'list');
      await card.openAdd();
      await assertAccessible(card.page, 'modal');
      await card.page.keyboard.press('Escape');
      await card.modal.waitFor({ state: 'detached' });
      await card.button((await card.numbers())[0]).click();
      await card.page.getByRole('heading', { name: 'Lines' }).waitFor();
      await assertAccessible(card.page, 'panel');
    });
    const portal = await portalWith('no_connection');
    await onCard({ portal, record: portal.records[0] }, { location: 'both' }, async (card) => {
      await card.shows('No ERP is connected');
      await assertAccessible(card.page, 'no connection');
    });
    await onCard(await recordWith('deal'), { location: 'both', locale: 'fr' }, async (card) => {
      await card.button('Ajouter une facture existante').waitFor();
      await assertAccessible(card.page, 'deal in French');
    });
  });

  test('a French user sees French: texts, dates, money', async () => {
    await onCard(await recordWith('linked', { objectTypeId: '0-1' }), { location: 'both', locale: 'fr' }, async (card) => {
      await card.listed();
      await card.button('Ajouter une facture existante').waitFor();
      await eventually(async () => assert.match((await card.column('Total'))[0].replace(/[\u00a0\u202f]/g, ' '), /^-?[\d ]+(,\d+)? \D+$/));
      assert.match((await card.column('Date'))[0], /^\d{1,2} \p{L}+\.? \d{4}$/u);
      const english = ['Add existing', 'Refresh', 'To pay', 'Linked customer'];
      const text = await card.root.textContent();
      assert.deepEqual(english.filter((word) => text.includes(word)), []);
      await card.shoot('french');
    });
  });
});
