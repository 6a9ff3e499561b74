// A card in the preview, driven as a person drives it: by roles and visible words.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { BASE_URL } from './sandbox.mjs';

const SHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Longer than the backend may take to answer, plus the card's polls while a slow ERP is read. */
const PATIENCE_MS = 20_000;

let browser;

/** To be called once per test file. */
export function useBrowser() {
  before(async () => {
    await mkdir(SHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  });
  after(() => browser?.close());
}

/** Opens a record's page and hands `work` the card in `location`; afterwards nothing may have broken on the way. */
export async function onCard({ portal, record }, { location = 'tab', locale = 'en' } = {}, work) {
  const context = await browser.newContext({ viewport: { width: location === 'both' ? 1600 : 1340, height: 1000 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const broken = [];
  const answers = [];
  page.on('pageerror', (error) => broken.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      broken.push(`console: ${message.text()}`);
    }
  });
  page.on('response', (response) => remember(response, answers));
  try {
    const query = new URLSearchParams({
      portal: portal.portalId,
      type: record.objectTypeId,
      id: record.objectId,
      location,
      locale,
    });
    await page.goto(`${BASE_URL}/preview/?${query}`);
    await work(new Card(page, location, answers));
    broken.push(...(await page.locator('[data-missing]').evaluateAll((all) => all.map((one) => `no ${one.dataset.missing}`))));
    broken.push(...(await page.locator('[data-crash]').allTextContents()));
    assert.deepEqual(broken, []);
  } finally {
    await context.close();
  }
}

/** The bodies that the backend sent through the proxy, in order. */
async function remember(response, answers) {
  if (new URL(response.url()).pathname !== '/_sandbox/proxy' || !response.ok()) {
    return;
  }
  const request = response.request().postDataJSON();
  const envelope = await response.json().catch(() => null);
  const body = typeof envelope?.responseBody === 'string' ? JSON.parse(envelope.responseBody) : envelope?.responseBody;
  answers.push({ path: new URL(request.requestUri).pathname, query: new URL(request.requestUri).searchParams, body });
}

/** Waits until `check` no longer throws; the last failure is the test's. */
export async function eventually(check, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
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
    await this.page.screenshot({ path: `${SHOTS}${name}.png`, fullPage });
  }
}
