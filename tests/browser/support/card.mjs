// A card in the preview, driven as a person drives it: by roles and visible words.
import assert from 'node:assert/strict';
import { eventually, onPreview, SHOTS } from './browser.mjs';
import { address } from './sandbox.mjs';

export { eventually, useBrowser } from './browser.mjs';

/** Opens a record's page and hands `work` the card in `location`; afterwards nothing may have broken on the way. */
export function onCard({ portal, record }, { location = 'tab', locale = 'en', user } = {}, work) {
  const query = new URLSearchParams({
    portal: portal.portalId,
    type: record.objectTypeId,
    id: record.objectId,
    location,
    locale,
    ...(user === undefined ? {} : { user }),
  });
  const viewport = { width: location === 'both' ? 1600 : 1340, height: 1000 };
  return onPreview(`${address.BASE_URL}/preview/?${query}`, viewport, (page, answers) =>
    work(new Card(page, location, answers)),
  );
}

export class Card {
  constructor(page, location, answers) {
    this.page = page;
    this.answers = answers;
    const place = location === 'sidebar' ? 'crm.record.sidebar' : 'crm.record.tab';
    this.root = page.locator(`.extension[data-location="${place}"]`);
  }

  button(name, within = this.root) {
    return within.getByRole('button', { name });
  }

  /** The first table of the card, without its header row. */
  get rows() {
    return this.root.locator('table').first().locator('tbody tr');
  }

  async listed() {
    await this.rows.first().waitFor();
  }

  /** The invoice numbers on this page of the list. */
  numbers() {
    return this.rows.evaluateAll((rows) => rows.map((row) => row.cells[0].querySelector('button').textContent.trim()));
  }

  column(name) {
    return this.root.locator('table').first().evaluate((table, wanted) => {
      const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.replace(/[▲▼↕]/g, '').trim());
      const at = heads.indexOf(wanted);
      return [...table.tBodies[0].rows].map((row) => row.cells[at].textContent.trim());
    }, name);
  }

  get modal() {
    return this.page.getByRole('dialog');
  }

  async openAdd() {
    await this.button('Add existing invoice').click();
    await this.modal.getByRole('searchbox').waitFor();
    await this.modal.getByRole('checkbox').first().waitFor();
  }

  /** Types into the modal's search and waits for the answer to exactly that. */
  async searchErp(text) {
    await this.modal.getByRole('searchbox').fill(text);
    await eventually(() => {
      const last = this.answers.filter((answer) => answer.path === '/api/card/search').at(-1);
      assert.equal(last?.query.get('q') ?? '', text);
      assert.equal(last?.body.state, 'ready');
    });
  }

  /** Adds what is ticked, and says yes where the card asks whether another customer's invoices are meant. */
  async submitAdd() {
    await this.modal.getByRole('button', { name: /^Add \d+ invoice/ }).click();
    const yes = this.modal.getByRole('button', { name: /^Yes, add/ });
    await Promise.race([yes.waitFor(), this.modal.waitFor({ state: 'detached' })]);
    if (await yes.isVisible()) {
      await yes.click();
    }
    await this.modal.waitFor({ state: 'detached' });
  }

  async toast(text) {
    await this.page.getByRole('status').getByText(text).first().waitFor();
  }

  async shows(text) {
    await this.root.getByText(text).first().waitFor();
  }

  async shoot(name) {
    // What lies over the page covers the window, not the page.
    const fullPage = (await this.modal.count()) === 0;
    await this.page.screenshot({ path: `${SHOTS}${name}.png`, fullPage, animations: 'disabled' });
  }
}
