// The local NetSuite's set-up page, as an administrator uses it.
import { SHOTS } from './browser.mjs';
import { address } from './sandbox.mjs';

/** Its accounts: what a person types, and the label in its addresses. */
export const MAIN = { accountId: 'TSTDRV4711', label: 'tstdrv4711' };
export const SANDBOX = { accountId: '1234567_SB1', label: '1234567-sb1' };
export const PRODUCTION = { accountId: '1234567', label: '1234567' };

/** Opens the set-up page of an account in a tab of its own. */
export async function openSetUp(context, label) {
  const page = await context.newPage();
  await page.goto(`${address.NETSUITE_URL}/${label}/app/setup`);
  return new SetUp(page);
}

class SetUp {
  constructor(page) {
    this.page = page;
  }

  clientId() {
    return this.page.locator('#client-id').textContent();
  }

  clientSecret() {
    return this.page.locator('#client-secret').textContent();
  }

  /** Uploads a certificate; returns the id that NetSuite gives it. */
  async upload(pem) {
    await this.page.getByRole('textbox', { name: /^Certificate \(PEM\)/ }).fill(pem);
    await this.page.getByRole('button', { name: 'Upload' }).click();
    return this.page.getByRole('status').locator('code').textContent();
  }

  /** Ticks or unticks one of the `Features` or of the `Permissions`, and saves. */
  async set(group, name, isOn) {
    // A feature's box says where in NetSuite's menus it is, too.
    const box = this.page.getByRole('group', { name: group }).getByRole('checkbox', { name: new RegExp(`^${name}( |$)`) });
    await box.setChecked(isOn);
    await this.page.getByRole('button', { name: 'Save' }).click();
    await this.page.waitForLoadState();
  }

  async shoot(name) {
    await this.page.screenshot({ path: `${SHOTS}netsuite-${name}.png`, fullPage: true });
  }

  close() {
    return this.page.close();
  }
}
