import { ProgressBar, Select, StatusTag, Toggle } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { FlowView, RunView } from '@ledgercard/shared';
import { Backend } from './support/backend.ts';
import { connection, settings } from './support/settings-answers.ts';
import { act, button, buttons, choose, openTab, press, primaries, props, renderSettings, settingsAre, type } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { flow, policies, preview, run, runCounts } from './support/sync-answers.ts';
import { seen, shows } from './support/text.ts';

const FLOWS = '/api/settings/flows';
const SWITCH = '/api/settings/flows/switch';
const POLICIES = '/api/settings/flows/policies';

/** The tab over flows, one answer after the other; the last one stays. */
async function contacts(flows: FlowView[][], locale = 'en-us'): Promise<{ page: TestPage; backend: Backend }> {
  let next = 0;
  const backend = settingsAre(new Backend(), settings()).on(FLOWS, () => ({ flows: flows[Math.min(next++, flows.length - 1)] }));
  const page = renderSettings({ locale });
  await openTab(page, 'contacts');
  await page.waitFor(() => expect(page.findAll(Toggle).length).toBeGreaterThan(0));
  return { page, backend };
}

describe('the switch of NS-12', () => {
  test('NS-12: off by default, says that off stops and deletes nothing, and calls nothing by itself', async () => {
    const { page, backend } = await contacts([[flow({ id: 'f2', key: 'contacts' }), flow()]]);
    expect(page.findAll(Toggle).map((toggle) => [toggle.props.label, toggle.props.checked])).toEqual([
      ['Sync NetSuite customers with HubSpot contacts', false],
      ['Sync NetSuite contacts with HubSpot contacts', false],
    ]);
    expect(seen(page)).toContain('nothing is written before you have seen what would happen');
    expect(seen(page)).toContain('Off Nothing is read and nothing is written.');
    expect(backend.calls.filter((call) => call.method === 'POST')).toEqual([]);
  });

  test('NS-12: switching on counts first, switching off says that nothing was deleted', async () => {
    const counting = flow({ status: 'preview', preview: preview({ state: 'counting', read: 60 }) });
    const { page, backend } = await contacts([[flow()], [counting], [flow({ counts: { linked: 7, parked: 0, reviews: 0, waiting: 0 } })]]);
    backend.on(SWITCH, () => ({}));
    act(page, 'Toggle', { name: 'switch-f1' }, 'onChange', true);
    await shows(page, 'Counting what would happen');
    expect(page.find(ProgressBar).props).toMatchObject({ value: 60, maxValue: 118 });
    expect(seen(page)).toContain('Nothing has been written yet.');
    expect(primaries(page)).toEqual([]);
    act(page, 'Toggle', { name: 'switch-f1' }, 'onChange', false);
    await shows(page, 'The links are kept.');
    expect(backend.to(SWITCH).map((call) => [call.body['flowId'], call.body['on']])).toEqual([
      ['f1', true],
      ['f1', false],
    ]);
    expect(page.mocks.actions.addAlert.calls.at(-1)?.[0]).toMatchObject({ message: 'Switched off. Nothing was deleted.' });
  });

  test('while it counts, the page looks again by itself', async () => {
    const { page } = await contacts([
      [flow({ status: 'preview', preview: preview({ state: 'counting', read: 1 }) })],
      [flow({ status: 'preview', preview: preview() })],
    ]);
    await shows(page, 'Start sync');
  });
});

describe('the preview', () => {
  const ready = flow({ status: 'preview', preview: preview() });

  test('tells counts, reasons, calls and time, and has the one primary button', async () => {
    const { page, backend } = await contacts([[ready, flow({ ...ready, id: 'f2', key: 'contacts' })], [flow({ status: 'on', lastRun: run() })]]);
    expect(seen(page)).toMatch(/Link They exist on both sides and are the same\. 41/);
    expect(seen(page)).toContain('6 no longer in use and 3 not meant for this');
    expect(seen(page)).toContain('About 9 calls to HubSpot, less than a minute.');
    expect(primaries(page)).toEqual(['Start sync']);
    backend.on('/api/settings/flows/start', () => ({}));
    press(page, 'Start sync');
    await shows(page, 'Last run');
    expect(backend.to('/api/settings/flows/start')[0]?.body).toMatchObject({ flowId: 'f1' });
  });

  test('cancel switches it off', async () => {
    const { page, backend } = await contacts([[ready], [flow()]]);
    backend.on(SWITCH, () => ({}));
    press(page, 'Cancel');
    await shows(page, 'Nothing is read and nothing is written.');
    expect(backend.to(SWITCH)[0]?.body).toMatchObject({ on: false });
  });

  test('examples are read when they are opened, with both sides; what is skipped says why', async () => {
    const { page, backend } = await contacts([[ready]]);
    const url = 'https://erp.example/42';
    backend.on('/api/settings/flows/samples', (call) => ({
      samples: [
        {
          erpId: '42',
          erpName: 'Embraer',
          erpUrl: url,
          objectTypeId: '0-1',
          changes: [{ property: 'city', label: 'City', from: 'Solna', to: 'Stockholm' }],
          reason: call.query.get('what') === 'skip' ? 'inactive' : null,
        },
      ],
    }));
    press(page, 'Show: Create in HubSpot');
    await shows(page, 'NetSuite Embraer HubSpot A new contact');
    expect(seen(page)).toContain('City Solna Stockholm');
    press(page, 'Show: Skip');
    await shows(page, 'No longer in use in NetSuite.');
    expect(backend.to('/api/settings/flows/samples').map((call) => call.query.get('what'))).toEqual(['create', 'skip']);
  });

  test('one that failed says why and what to do, and counts again', async () => {
    const failed = flow({ status: 'preview', preview: preview({ state: 'failed', trouble: 'erp_permission' }) });
    const { page, backend } = await contacts([[failed]]);
    await shows(page, 'The NetSuite role lacks a permission.');
    backend.on(SWITCH, () => ({}));
    press(page, 'Count again');
    await page.waitFor(() => expect(backend.to(SWITCH)[0]?.body).toMatchObject({ on: true }));
  });
});

describe('a flow that is on', () => {
  const on = (more: Partial<FlowView> = {}) => flow({ status: 'on', lastRun: run(), ...more });

  test('tells the last run, the next, and what is linked, parked, waiting and to review', async () => {
    const { page } = await contacts([[on({ dueAt: Date.UTC(2026, 10, 21, 13, 4), counts: { linked: 1234, parked: 3, reviews: 2, waiting: 1 } })]]);
    expect(seen(page)).toContain('Last run Nov 21, 2026, 2:03 PM: 2 created and 5 updated. Next: Nov 21, 2026, 2:04 PM.');
    expect(seen(page)).toContain('Linked 1,234');
    expect(seen(page)).toContain('5 records need you');
  });

  test('failing: since when, why, and what to do', async () => {
    const { page } = await contacts([[on({ failingSince: Date.UTC(2026, 10, 21, 13, 3), trouble: 'erp_reconnect' })]]);
    expect(seen(page)).toContain('It has not worked since Nov 21, 2026, 2:03 PM NetSuite no longer accepts our sign-in.');
    expect(page.find(StatusTag, { testId: 'state-customers' }).props.variant).toBe('danger');
  });

  test('a trouble that this page does not know is told all the same', async () => {
    const { page } = await contacts([[on({ failingSince: 1, trouble: 'of_tomorrow' })]]);
    expect(seen(page)).toContain('Something went wrong.');
  });

  test('running: progress, and a way to cancel', async () => {
    const working = run({ id: 'r9', state: 'running', endedAt: null, phase: 'changes', total: 100, counts: runCounts({ read: 40 }) });
    const { page, backend } = await contacts([[on({ running: working })]]);
    expect(page.find(ProgressBar).props).toMatchObject({ title: 'Reading NetSuite and writing HubSpot', value: 40, maxValue: 100 });
    backend.on('/api/settings/runs/cancel', () => ({}));
    press(page, 'Cancel the run');
    await page.waitFor(() => expect(backend.to('/api/settings/runs/cancel')[0]?.body).toMatchObject({ runId: 'r9' }));
  });

  const braked = (more: Partial<FlowView> = {}) =>
    on({
      trouble: 'braked',
      failingSince: 1,
      lastRun: run({ id: 'r3', state: 'braked', counts: runCounts({ archived: 30 }) }),
      counts: { linked: 970, parked: 0, reviews: 0, waiting: 0 },
      ...more,
    });

  test.each([
    ['It is meant: go on', '/api/settings/runs/continue', { runId: 'r3' }],
    ['Switch off', SWITCH, { flowId: 'f1', on: false }],
  ])('stopped by the brake: tells the limit in records, and asks (%s)', async (label, path, body) => {
    const { page, backend } = await contacts([[braked()]]);
    expect(seen(page)).toContain('archived or cleared more than 200 records. That is the limit for 1,000 linked ones (20 %,');
    expect(seen(page)).toContain('30 were archived before it stopped.');
    expect(seen(page)).not.toContain('It has not worked since');
    expect(page.find(StatusTag, { testId: 'state-customers' }).props.variant).toBe('warning');
    expect(primaries(page)).toEqual([]);
    backend.on(path, () => ({}));
    press(page, label);
    await page.waitFor(() => expect(backend.to(path)[0]?.body).toMatchObject(body));
  });

  test('stopped by the brake: a few records are never too many, and only a single record is run by hand', async () => {
    const { page } = await contacts([[braked({ counts: { linked: 58, parked: 0, reviews: 0, waiting: 0 }, lastRun: run({ state: 'braked' }) })]]);
    expect(seen(page)).toContain('more than 20 records. That is the limit for 58 linked ones');
    expect(seen(page)).not.toContain('before it stopped');
    expect(['Run now', 'Sync one record', 'Compare both sides'].map((label) => button(page, label).props?.['disabled'])).toEqual([true, false, true]);
  });

  test('stopped by the brake: single records that are worked meanwhile leave it asking; once it goes on it asks no more', async () => {
    const working = (more: Partial<RunView>) => run({ id: 'r9', state: 'running', endedAt: null, ...more });
    const { page } = await contacts([
      [braked({ running: working({ kind: 'record', cause: 'hint' }) })],
      [braked({ running: working({ cause: 'hand' }) })],
    ]);
    expect(seen(page)).toContain('It stopped before changing very much');
    await page.waitFor(() => expect(seen(page)).not.toContain('It stopped before changing very much'));
    expect(page.find(StatusTag, { testId: 'state-customers' }).props.variant).toBe('info');
  });

  test.each([
    ['de-de', 'mehr als 200 Datensätze', 'So gewollt: weiter', 'Ausschalten'],
    ['fr-fr', 'plus de 200 fiches', 'C’est voulu : continuer', 'Désactiver'],
    ['es-es', 'más de 200 registros', 'Es lo que se quiere: seguir', 'Apagar'],
    ['ja-jp', '200件を超えるレコード', '意図どおり：続ける', 'オフにする'],
  ])('stopped by the brake, in %s', async (locale, limit, goOn, off) => {
    const { page } = await contacts([[braked()]], locale);
    expect(seen(page)).toContain(limit);
    expect([buttons(page, goOn).length, buttons(page, off).length]).toEqual([1, 1]);
  });

  test('run now, all or one record by its id', async () => {
    const { page, backend } = await contacts([[on()]]);
    backend.on('/api/settings/flows/run', () => ({}));
    press(page, 'Run now');
    await page.waitFor(() => expect(backend.to('/api/settings/flows/run')).toHaveLength(1));
    press(page, 'Sync one record');
    await page.waitFor(() => expect(buttons(page, 'Sync it')).toHaveLength(1));
    type(page, 'Record id', 'a b');
    await shows(page, 'An id has letters, digits and hyphens only.');
    choose(page, 'ToggleGroup', 'Where you know it from', 'hubspot');
    type(page, 'Record id', '501');
    await page.waitFor(() => expect(button(page, 'Sync it').props?.['disabled']).toBe(false));
    press(page, 'Sync it');
    await page.waitFor(() => expect(page.mocks.actions.closeOverlay.calls).toEqual([['one-f1']]));
    expect(backend.to('/api/settings/flows/run').map(({ body }) => [body['what'], body['side'], body['id']])).toEqual([
      ['all', undefined, undefined],
      ['record', 'hubspot', '501'],
    ]);
  });
});

describe('a run that is taken back', () => {
  const undoing = (more: Partial<FlowView> = {}) =>
    flow({
      counts: { linked: 99, parked: 0, reviews: 0, waiting: 0 },
      running: run({ id: 'r9', kind: 'undo', cause: 'hand', state: 'running', endedAt: null, counts: runCounts({ archived: 1150, updated: 42 }) }),
      ...more,
    });

  test('is followed although the flow is off, and can be stopped', async () => {
    const { page, backend } = await contacts([[undoing()], [undoing({ running: null })]]);
    expect(seen(page)).toContain('Undoing A run is being taken back. The sync is off meanwhile.');
    expect(seen(page)).toContain('so far 1,150 archived, 42 given back their old values');
    expect(seen(page)).not.toContain('Nothing is read and nothing is written.');
    backend.on('/api/settings/runs/cancel', () => ({}));
    press(page, 'Stop undoing');
    await shows(page, 'Nothing is read and nothing is written. The links are kept.');
    expect(backend.to('/api/settings/runs/cancel')[0]?.body).toMatchObject({ runId: 'r9' });
    expect(buttons(page, 'Stop undoing')).toHaveLength(0);
  });

  test('the switch stands still until it is done, and says so', async () => {
    const { page } = await contacts([[undoing()], [undoing({ running: null })]]);
    expect(page.find(Toggle).props).toMatchObject({ checked: false, readonly: true });
    expect(seen(page)).toContain('It can be switched on when the undoing is done or stopped.');
    await page.waitFor(() => expect(page.find(Toggle).props.readonly).toBe(false));
  });

  test.each(['de-de', 'fr-fr', 'es-es', 'ja-jp'])('in %s', async (locale) => {
    const { page } = await contacts([[undoing()]], locale);
    expect(seen(page)).toMatch(/1.?150/);
    expect(seen(page)).not.toMatch(/Undoing|Stop|so far/);
  });

  test('a switch that was refused says why', async () => {
    const { page, backend } = await contacts([[flow()]]);
    const detail = 'a run of this flow is being undone; wait until that is done, or cancel it first';
    const problem = { type: 'urn:ledgercard:conflict', title: 'Does not fit the present state', status: 409, detail, requestId: 'q1' };
    backend.on(SWITCH, () => new Response(JSON.stringify(problem), { status: 409 }));
    act(page, 'Toggle', { name: 'switch-f1' }, 'onChange', true);
    await shows(page, detail);
  });

  test('one that was switched off is followed until it has stopped', async () => {
    const running = run({ state: 'running', endedAt: null, phase: 'changes', total: 100, counts: runCounts({ read: 40 }) });
    const { page } = await contacts([[flow({ running })]]);
    expect(seen(page)).toContain('Stopping It stops at the next page.');
    expect(page.find(ProgressBar).props).toMatchObject({ value: 40, maxValue: 100 });
  });
});

describe('what an administrator decides', () => {
  test('NS-13: creation and update in one dropdown, the three of the seed first', async () => {
    const { page, backend } = await contacts([[flow()], [flow({ policies: policies({ onCreate: 'link_only' }) })]]);
    const select = page.find(Select, { name: 'writing' });
    expect(select.props.label).toBe('Creation and update');
    expect(select.props.options.slice(0, 3).map((option) => option.label)).toEqual([
      'Create and update',
      'Update existing only',
      'Do nothing in HubSpot',
    ]);
    expect(select.props.value).toBe('create_update');
    expect(buttons(page, 'Save')).toHaveLength(0);
    backend.on(POLICIES, () => ({}));
    choose(page, 'Select', 'Creation and update', 'link_only_update');
    await page.waitFor(() => expect(buttons(page, 'Save')).toHaveLength(1));
    press(page, 'Save');
    await page.waitFor(() => expect(buttons(page, 'Save')).toHaveLength(0));
    expect(backend.to(POLICIES)[0]?.body['policies']).toEqual(policies({ onCreate: 'link_only' }));
  });

  test('NS-14: deletion does nothing in HubSpot by default; archiving asks for days of grace', async () => {
    const { page } = await contacts([[flow()]]);
    const select = page.find(Select, { name: 'deletion' });
    expect([select.props.value, select.props.options[0]?.label]).toEqual(['nothing', 'Do nothing in HubSpot']);
    choose(page, 'Select', 'Deletion in NetSuite', 'archive');
    await page.waitFor(() => expect(props(page, 'NumberInput', { name: 'graceDays' })['value']).toBe(7));
    act(page, 'NumberInput', { name: 'graceDays' }, 'onInput', 400);
    await shows(page, 'A whole number from 0 to 365.');
    expect(button(page, 'Save').props?.['disabled']).toBe(true);
    press(page, 'Discard changes');
    await page.waitFor(() => expect(buttons(page, 'Save')).toHaveLength(0));
  });

  test('NS-16: towards NetSuite nothing goes by default; choosing it warns', async () => {
    const { page } = await contacts([[flow()]]);
    expect(page.find(Select, { name: 'toErp' }).props.value).toBe('off');
    expect(seen(page)).not.toContain('This writes into NetSuite');
    choose(page, 'Select', 'From HubSpot to NetSuite', 'update');
    await shows(page, 'This writes into NetSuite');
  });

  test('the schedule: a pause of no less than 30 seconds, or daily at an hour of a zone that exists', async () => {
    const { page, backend } = await contacts([[flow({ policies: policies({ schedule: { everySeconds: 90 } }) })]]);
    expect(props(page, 'NumberInput', { name: 'amount' })['value']).toBe(90);
    act(page, 'NumberInput', { name: 'amount' }, 'onInput', 5);
    await shows(page, 'The pause is at least 30 seconds');
    choose(page, 'Select', 'When it runs', 'daily');
    await page.waitFor(() => expect(props(page, 'Input', { name: 'timeZone' })['value']).toBe('Europe/Stockholm'));
    type(page, 'At', '25:00');
    await shows(page, 'A time is written 03:00 or 21:30.');
    type(page, 'At', '21:30');
    type(page, 'Time zone', 'Mars/Olympus');
    await shows(page, 'There is no such time zone.');
    type(page, 'Time zone', 'Asia/Tokyo');
    backend.on(POLICIES, () => ({}));
    await page.waitFor(() => expect(button(page, 'Save').props?.['disabled']).toBe(false));
    press(page, 'Save');
    await page.waitFor(() => expect(backend.to(POLICIES)).toHaveLength(1));
    expect(backend.to(POLICIES)[0]?.body['policies']).toMatchObject({ schedule: { dailyAt: '21:30', timeZone: 'Asia/Tokyo' } });
  });

  test('a company’s own mailbox is a question of customers only', async () => {
    const { page } = await contacts([[flow({ key: 'contacts' })]]);
    expect(seen(page)).not.toContain('own e-mail address becomes a contact');
  });

  test('a refusal says why, and what was chosen stays', async () => {
    const { page, backend } = await contacts([[flow()]]);
    backend.on(POLICIES, () => new Response('', { status: 500 }));
    choose(page, 'Select', 'Creation and update', 'nothing_nothing');
    await page.waitFor(() => expect(buttons(page, 'Save')).toHaveLength(1));
    press(page, 'Save');
    await shows(page, 'Ledgercard’s server failed.');
    expect(page.find(Select, { name: 'writing' }).props.value).toBe('nothing_nothing');
  });
});

describe('states of the tab', () => {
  test('without a connection: says what to do first, and asks nothing', async () => {
    const backend = settingsAre(new Backend(), settings({ connections: [] })).on(FLOWS, () => ({ flows: [] }));
    const page = renderSettings();
    await openTab(page, 'contacts');
    await shows(page, 'Connect NetSuite on the tab “Connection”');
    expect(backend.calls.filter((call) => call.method === 'POST')).toEqual([]);
  });

  test('a paused connection says that nothing runs', async () => {
    settingsAre(new Backend(), settings({ connections: [connection({ status: 'paused' })] })).on(FLOWS, () => ({ flows: [flow()] }));
    const page = renderSettings();
    await openTab(page, 'contacts');
    await shows(page, 'This connection is paused: nothing runs until it is resumed.');
  });

  test('an answer that does not come can be asked for again', async () => {
    let asked = 0;
    settingsAre(new Backend(), settings()).on(FLOWS, () => (asked++ === 0 ? new Response('', { status: 503 }) : { flows: [flow()] }));
    const page = renderSettings();
    await openTab(page, 'contacts');
    await shows(page, 'This could not be loaded');
    press(page, 'Try again');
    await shows(page, 'Sync NetSuite customers with HubSpot contacts');
  });

  test.each([
    ['de-de', 'NetSuite-Kunden mit HubSpot-Kontakten abgleichen', '41'],
    ['fr-fr', 'Synchroniser les clients NetSuite avec les contacts HubSpot', '41'],
    ['es-es', 'Sincronizar los clientes de NetSuite con los contactos de HubSpot', '41'],
    ['ja-jp', 'NetSuiteの顧客をHubSpotのコンタクトと同期', '41'],
  ])('in %s', async (locale, label, count) => {
    const { page } = await contacts([[flow({ status: 'preview', preview: preview() })]], locale);
    expect(page.find(Toggle).props.label).toBe(label);
    expect(seen(page)).toContain(count);
    expect(seen(page)).not.toMatch(/Start sync|Nothing|Create/);
  });
});
