// Pages in headless Chromium, with a look at whatever broke on the way.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const SHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));
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
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 20_000);

let browser;

/** To be called once per test file. */
export function useBrowser() {
  before(async () => {
    await mkdir(SHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  });
  after(() => browser?.close());
}

/** A browser of its own: nobody else's cookies. */
export async function inBrowser(options, work) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    return await work(context);
  } catch (error) {
    await shootAll(context);
    throw error;
  } finally {
    await context.close();
  }
}

let failures = 0;

/** What was to be seen when a test failed. */
async function shootAll(context) {
  for (const page of context.pages()) {
    failures += 1;
    await page.screenshot({ path: `${SHOTS}failed-${process.pid}-${failures}.png`, fullPage: true }).catch(() => undefined);
  }
}

/** A page of the preview in a browser of its own; after `work` nothing may have broken in it. */
export function onPreview(url, viewport, work) {
  return inBrowser({ viewport, permissions: ['clipboard-read', 'clipboard-write'] }, async (context) => {
    const page = await context.newPage();
    const broken = [];
    const answers = [];
    page.on('pageerror', (error) => broken.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        broken.push(`console: ${message.text()}`);
      }
    });
    page.on('response', (response) => remember(response, answers));
    await page.goto(url);
    const result = await work(page, answers);
    broken.push(...(await page.locator('[data-missing]').evaluateAll((all) => all.map((one) => `no ${one.dataset.missing}`))));
    broken.push(...(await page.locator('[data-crash]').allTextContents()));
    assert.deepEqual(broken, []);
    return result;
  });
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
