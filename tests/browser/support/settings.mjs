// The settings page in the preview, driven as a person drives it: by roles and visible words.
import { assertAccessible } from './axe.mjs';
import { onPreview, SHOTS } from './browser.mjs';
import { openSetUp } from './netsuite.mjs';
import { address } from './sandbox.mjs';

const VIEWPORT = { width: 1340, height: 1000 };

/** Opens the settings page and hands it to `work`; afterwards nothing may have broken on the way. */
export function onSettings(portal, { user = '9001', locale = 'en' } = {}, work) {
  const query = new URLSearchParams({ portal: portal.portalId, location: 'settings', user, locale });
  return onPreview(`${address.BASE_URL}/preview/?${query}`, VIEWPORT, (page, answers) => work(new SettingsPage(page, answers)));
}

export class SettingsPage {
  constructor(page, answers) {
    this.page = page;
    this.answers = answers;
    this.root = page.locator('.extension[data-location="settings"]');
  }

  button(name, within = this.root) {
    return within.getByRole('button', { name, exact: typeof name === 'string' });
  }

  field(name, within = this.root) {
    return within.getByRole('textbox', { name });
  }

  get dialog() {
    return this.page.getByRole('dialog');
  }

  async shows(text) {
    await this.root.getByText(text).first().waitFor();
  }

  async tab(name) {
    await this.root.getByRole('tab', { name }).click();
  }

  /** The part of the page that is one connection's. */
  tile(name) {
    return this.root.locator('[data-testid^="connection-"]').filter({ has: this.page.getByRole('heading', { name }) });
  }

  /** The finding of a line of the checklist, wherever the list stands. */
  finding(code, text) {
    return this.page.getByTestId(`finding-${code}`).filter({ hasText: text });
  }

  /** What the line of the checklist says besides. */
  line(code) {
    return this.page.locator('tr').filter({ has: this.page.getByTestId(`finding-${code}`) });
  }

  async shoot(name) {
    const fullPage = (await this.dialog.count()) === 0;
    await this.page.screenshot({ path: `${SHOTS}settings-${name}.png`, fullPage, animations: 'disabled' });
  }

  /** A picture, and no grave finding of axe in the state that is shown. */
  async look(name) {
    await this.shoot(name);
    await assertAccessible(this.page, name);
  }

  /** Follows a link that opens a window; the caller closes it. */
  async window(name, within = this.root) {
    const link = within.getByRole('link', { name });
    await link.waitFor();
    const [popup] = await Promise.all([this.page.context().waitForEvent('page'), link.click()]);
    await popup.waitForLoadState();
    return popup;
  }

  /** The wizard from its first step to the account's. */
  async beginWizard({ accountId, name, method = 'With a certificate (recommended)' }) {
    await this.root.getByRole('checkbox', { name: 'The set-up in NetSuite is finished' }).check();
    await this.button('Next').click();
    await this.field('Account id').fill(accountId);
    await this.field('Name').fill(name);
    await this.root.getByRole('radio', { name: method }).check();
  }

  /** Takes the certificate that is shown to NetSuite, and enters the ids that it is known by there. */
  async handOver(label) {
    const pem = await this.field('Certificate').and(this.page.locator('textarea')).inputValue();
    const setUp = await openSetUp(this.page.context(), label);
    const certificateId = await setUp.upload(pem);
    await this.field('Client id').fill(await setUp.clientId());
    await this.field('Certificate id').fill(certificateId);
    await setUp.close();
    return certificateId;
  }

  /** The whole way by certificate, up to the result. */
  async connectByCertificate({ accountId, label, name }) {
    await this.button(/^Connect (another )?NetSuite/).click();
    await this.beginWizard({ accountId, name });
    await this.button('Make the certificate').click();
    await this.handOver(label);
    await this.button('Test and connect').click();
    await this.shows(`${name} is connected`);
    await this.button('Done').click();
    await this.tile(name).waitFor();
  }
}
