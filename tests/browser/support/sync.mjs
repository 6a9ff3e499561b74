// Both sides of the contact sync, behind the backs of both: what people do there, and what is there; and its part of the
// settings page.
import assert from 'node:assert/strict';
import { eventually } from './browser.mjs';
import { MAIN } from './netsuite.mjs';
import { address, ask, control, send } from './sandbox.mjs';
import { onSettings } from './settings.mjs';

/** Ann is a super admin of the demo's portal. */
export const ANN = '9001';
export const SWITCH = 'Sync NetSuite customers with HubSpot contacts';
/** "Within a minute": a flow comes due every 60 s, and works for a moment. */
export const MINUTE_MS = 75_000;

/** What people do in the local NetSuite's pages, on the customers and contacts of its main account. */
export function inErp(method, path, body) {
  return ask(`${address.NETSUITE_URL}/_sandbox/accounts/${MAIN.label}/${path}`, method, body);
}

/** All customers in the local NetSuite. */
export async function customers() {
  const all = [];
  for (let after = 0; after !== null; ) {
    const page = await inErp('GET', `customers?after=${after}`);
    all.push(...page.rows);
    after = page.next;
  }
  return all;
}

/** All records of a type in a portal of the local HubSpot that are not archived. */
export async function inHubspot(portal, type = '0-1') {
  const all = [];
  let after = '';
  do {
    const page = await control(portal, 'GET', `dump?${new URLSearchParams({ type, ...(after === '' ? {} : { after }) })}`);
    all.push(...page.results.filter((record) => !record.archived));
    after = page.paging?.next?.after ?? '';
  } while (after !== '');
  return all;
}

/** The contact that has this address, if there is one. */
export async function contactOf(portal, email) {
  const found = (await inHubspot(portal)).filter((record) => record.properties.email?.toLowerCase() === email.toLowerCase());
  if (found.length > 1) {
    throw new Error(`${found.length} contacts have ${email}`);
  }
  return found[0];
}

export const digits = (text) => (text ?? '').replace(/\D/g, '');

/** Waits until that contact is there, and as `check` wants it. */
export function contactBecomes(portal, email, check = () => undefined, ms = MINUTE_MS) {
  return eventually(async () => {
    const contact = await contactOf(portal, email);
    assert.ok(contact, `nobody has ${email}`);
    check(contact.properties);
    return contact;
  }, ms);
}

/** A flow as the backend tells it. */
export async function flowOf(portal, key = 'customers') {
  const { body } = await send(portal, ANN, 'GET', '/api/settings/flows', {});
  return body.flows.find((flow) => flow.key === key);
}

/** Waits until nothing runs and a run that began after `since` has ended; gives it. */
export function ranSince(portal, since, kind = 'sync') {
  return eventually(async () => {
    const { lastRun, running } = await flowOf(portal);
    assert.ok(!running && lastRun?.kind === kind && lastRun.startedAt > since, `no ${kind} ended after ${since}`);
    return lastRun;
  }, MINUTE_MS);
}

/** Opens the tab "Contacts" and hands it to `work`, with the part of the flow of customers. */
export function onContacts(portal, work, options = {}) {
  return onSettings(portal, { user: ANN, ...options }, async (page) => {
    await page.tab('Contacts');
    await page.root.getByRole('switch', { name: SWITCH }).waitFor();
    return work(page, page.root.locator('[data-testid^="flow-customers-"]').first());
  });
}

/** Opens a view of the tab "Activity" and hands it to `work`. */
export function onActivity(portal, view, work) {
  return onSettings(portal, { user: ANN }, async (page) => {
    await page.tab('Activity');
    await page.root.getByRole('tab', { name: view }).click();
    return work(page);
  });
}
