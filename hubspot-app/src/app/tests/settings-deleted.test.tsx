import { Link, Tab, Table, Tabs } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { Tombstone } from '@ledgercard/shared';
import { Backend } from './support/backend.ts';
import { settings } from './support/settings-answers.ts';
import { act, button, buttons, choose, openTab, overlayText, press, primaries, renderSettings, settingsAre } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { flow, stone } from './support/sync-answers.ts';
import { seen, shows } from './support/text.ts';

const STONES = '/api/settings/tombstones';
const LIFT = '/api/settings/tombstones/lift';
const FLOWS = [flow({ status: 'on' }), flow({ id: 'f2', key: 'contacts' })];

/** The tab, with what was deleted in HubSpot opened; what is lifted is gone. */
async function deleted(stones: Tombstone[], options: { locale?: string; next?: string; flows?: typeof FLOWS } = {}) {
  let left = stones;
  const backend = settingsAre(new Backend(), settings())
    .on('/api/settings/flows', () => ({ flows: options.flows ?? FLOWS }))
    .on('/api/settings/runs', () => ({ runs: [] }))
    .on(STONES, (call) => (call.query.get('after') === null ? { tombstones: left, next: options.next ?? null } : { tombstones: [stone({ id: 't9', erpId: '99' })], next: null }))
    .on(LIFT, (call) => {
      left = left.filter((one) => one.id !== call.body['id']);
      return {};
    });
  const page = renderSettings(options.locale === undefined ? {} : { locale: options.locale });
  await openTab(page, 'activity');
  await page.waitFor(() => expect(page.findAll(Tabs)).toHaveLength(2));
  act(page, 'Tabs', { variant: 'enclosed' }, 'onSelectedChange', 'deleted');
  return { page, backend };
}

const titles = (page: TestPage) => page.findAll(Tab).map((tab) => tab.props.title);

describe('what was deleted in HubSpot', () => {
  const both = [stone(), stone({ id: 't2', kind: 'contact', erpId: '43', objectId: '502', objectUrl: 'https://app.hubspot.example/502', reason: 'erasure' })];

  test('names the record on both sides, its kind, why and when; the tab counts them', async () => {
    const { page } = await deleted(both);
    await shows(page, 'NetSuite id 42 Customer Contact 501 Deleted Nov 21, 2026, 2:03 PM Lift');
    expect(seen(page)).toContain('NetSuite id 43 Contact Contact 502 Erased for privacy');
    expect(titles(page)).toContain('Deleted in HubSpot (2)');
    const links = page.find(Table, { testId: 'deleted' }).findAll(Link);
    // Of what was erased nothing is left to open.
    expect(links.map((link) => (link.props.href as { url: string }).url)).toEqual([
      'https://erp.example/42',
      'https://app.hubspot.example/501',
      'https://erp.example/42',
    ]);
    expect(primaries(page)).toEqual([]);
  });

  test('lifting says what follows, is done only when that is confirmed, and takes it off the list', async () => {
    const { page, backend } = await deleted(both);
    await page.waitFor(() => expect(buttons(page, 'Lift')).toHaveLength(2));
    press(page, 'Lift');
    await page.waitFor(() => expect(buttons(page, 'Lift the block')).toHaveLength(1));
    const said = overlayText(page, 'lift-t1');
    expect(said).toContain('Lift the block: NetSuite id 42');
    expect(said).toContain('It may be matched with a record in HubSpot again, or made there anew.');
    expect(said).toContain('restore it in HubSpot instead');
    expect(said).not.toContain('personal data');
    expect(backend.to(LIFT)).toEqual([]);
    press(page, 'Lift the block');
    await page.waitFor(() => expect(titles(page)).toContain('Deleted in HubSpot (1)'));
    expect(backend.to(LIFT).map(({ body }) => body['id'])).toEqual(['t1']);
    expect(seen(page)).not.toContain('NetSuite id 42');
    expect(page.mocks.actions.closeOverlay.calls).toEqual([['lift-t1']]);
  });

  test('of a person who was erased it says that personal data come back, and that Ledgercard does not refuse it', async () => {
    const { page, backend } = await deleted(both);
    await page.waitFor(() => expect(buttons(page, 'Lift')).toHaveLength(2));
    press(page, 'Lift', 1);
    await page.waitFor(() => expect(buttons(page, 'Lift the block')).toHaveLength(1));
    expect(overlayText(page, 'lift-t2')).toContain('This brings personal data back The person was erased in HubSpot for privacy. Ledgercard does not refuse');
    expect(overlayText(page, 'lift-t2')).not.toContain('restore it in HubSpot instead');
    expect(button(page, 'Lift the block').props?.['variant']).toBe('destructive');
    press(page, 'Lift the block');
    await page.waitFor(() => expect(backend.to(LIFT).map(({ body }) => body['id'])).toEqual(['t2']));
  });

  test('a reason that this page does not know is taken for the graver', async () => {
    const { page } = await deleted([stone({ reason: 'of_tomorrow', kind: 'of_tomorrow' })]);
    await shows(page, 'NetSuite id 42 Record Contact 501 Erased for privacy');
  });

  test('a refusal says why, and what is shown stays', async () => {
    const { page, backend } = await deleted(both);
    const detail = 'there is no such tombstone';
    const problem = { type: 'urn:ledgercard:not-found', title: 'Not found', status: 404, detail, requestId: 'q1' };
    backend.on(LIFT, () => new Response(JSON.stringify(problem), { status: 404 }));
    await page.waitFor(() => expect(buttons(page, 'Lift')).toHaveLength(2));
    press(page, 'Lift');
    await page.waitFor(() => expect(buttons(page, 'Lift the block')).toHaveLength(1));
    press(page, 'Lift the block');
    await page.waitFor(() => expect(overlayText(page, 'lift-t1')).toContain(detail));
    expect(titles(page)).toContain('Deleted in HubSpot (2)');
  });

  test('the list begins with the oldest: what follows is newer', async () => {
    const { page, backend } = await deleted([stone()], { next: 't1' });
    await page.waitFor(() => expect(buttons(page, 'Newer')).toHaveLength(1));
    expect(titles(page)).toContain('Deleted in HubSpot (1+)');
    press(page, 'Newer');
    await shows(page, 'NetSuite id 99');
    expect(backend.to(STONES).at(-1)?.query.get('after')).toBe('t1');
    press(page, 'Older');
    await shows(page, 'NetSuite id 42');
  });

  test('of one flow only, where the whole list is there; else it says that it is of all', async () => {
    const { page } = await deleted(both);
    await shows(page, 'NetSuite id 42');
    choose(page, 'Select', 'What is looked at', 'f2');
    await page.waitFor(() => expect(seen(page)).not.toContain('NetSuite id 42'));
    await shows(page, 'NetSuite id 43');
    expect(titles(page)).toContain('Deleted in HubSpot (1)');
    expect(seen(page)).not.toContain('These are of all syncs');
    const { page: long } = await deleted(both, { next: 't2' });
    await shows(long, 'NetSuite id 42');
    choose(long, 'Select', 'What is looked at', 'f2');
    await shows(long, 'These are of all syncs: there are too many to narrow them down.');
    await shows(long, 'NetSuite id 42');
  });

  test('several connections: each row tells whose it is', async () => {
    const flows = [flow(), flow({ id: 'f3', connectionId: 'c2', connectionName: 'Second' })];
    const { page } = await deleted([stone({ connectionId: 'c2' })], { flows });
    await shows(page, 'NetSuite id 42 Customer, Second');
  });

  test('none: says so, and counts nothing', async () => {
    const { page } = await deleted([]);
    await shows(page, 'Nothing is held back');
    expect(titles(page)).toContain('Deleted in HubSpot');
  });

  test('a list that does not come can be asked for again', async () => {
    const { page, backend } = await deleted(both);
    await shows(page, 'NetSuite id 42');
    backend.on(STONES, () => new Response('', { status: 503 }));
    act(page, 'Tabs', { variant: 'enclosed' }, 'onSelectedChange', 'log');
    act(page, 'Tabs', { variant: 'enclosed' }, 'onSelectedChange', 'deleted');
    await shows(page, 'This could not be loaded');
    backend.on(STONES, () => ({ tombstones: [stone({ erpId: '77' })] }));
    press(page, 'Try again');
    await shows(page, 'NetSuite id 77');
  });

  test.each([
    ['de-de', 'In HubSpot gelöscht (2)', 'Aufheben', 'Das bringt personenbezogene Daten zurück'],
    ['fr-fr', 'Supprimées dans HubSpot (2)', 'Lever', 'Cela ramène des données personnelles'],
    ['es-es', 'Eliminados en HubSpot (2)', 'Levantar', 'Esto trae de vuelta datos personales'],
    ['ja-jp', 'HubSpotで削除済み（2）', '解除', '個人データが戻ります'],
  ])('in %s', async (locale, title, lift, warning) => {
    const { page } = await deleted(both, { locale });
    await page.waitFor(() => expect(buttons(page, lift)).toHaveLength(2));
    expect(titles(page)).toContain(title);
    press(page, lift, 1);
    await page.waitFor(() => expect(overlayText(page, 'lift-t2')).toContain(warning));
    expect(seen(page)).not.toMatch(/Deleted|Erased|Lift|Customer/);
  });
});
