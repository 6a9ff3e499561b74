import { Tab } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { Backend } from './support/backend.ts';
import { NOW } from './support/answers.ts';
import { settings } from './support/settings-answers.ts';
import { act, button, buttons, choose, openTab, press, primaries, renderSettings, settingsAre, type } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { flow, group, parkedRow, review, run, runCounts } from './support/sync-answers.ts';
import { seen, shows } from './support/text.ts';

const FLOWS = [flow({ status: 'on', counts: { linked: 9, parked: 18, reviews: 1, waiting: 0 } }), flow({ id: 'f2', key: 'contacts' })];

/** The tab, with the view of this name opened. */
async function activity(view: string, prepare: (backend: Backend) => Backend): Promise<{ page: TestPage; backend: Backend }> {
  const backend = prepare(
    settingsAre(new Backend(), settings())
      .on('/api/settings/flows', () => ({ flows: FLOWS }))
      .on('/api/settings/runs', () => ({ runs: [] }))
      .on('/api/settings/tombstones', () => ({ tombstones: [] })),
  );
  const page = renderSettings();
  await openTab(page, 'activity');
  await shows(page, 'Not written (18)');
  if (view !== 'runs') {
    act(page, 'Tabs', { variant: 'enclosed' }, 'onSelectedChange', view);
  }
  return { page, backend };
}

describe('runs', () => {
  test('each with when, who, outcome and what was done; one that is at work is followed', async () => {
    let asked = 0;
    const working = run({ id: 'r2', state: 'running', endedAt: null, total: 100, counts: runCounts({ read: 40 }) });
    const done = run({ id: 'r2', cause: 'hand', askedBy: '1', counts: runCounts({ created: 1, parked: 2 }) });
    const looked = run({ id: 'r3', kind: 'preview', counts: runCounts({ read: 79, reviews: 3 }) });
    const { page } = await activity('runs', (backend) =>
      backend.on('/api/settings/runs', () => ({ runs: [asked++ === 0 ? working : done, run({ state: 'failed', trouble: 'erp_unavailable' }), looked] })),
    );
    await shows(page, 'Sync, by you');
    expect(seen(page)).toContain('79 records looked at');
    expect(seen(page)).not.toContain('3 to review');
    expect(seen(page)).toContain('1 created and 2 not written');
    expect(seen(page)).toContain('Failed 2 created and 5 updated NetSuite cannot be reached. It is tried again by itself.');
    expect(page.findAll(Tab).map((tab) => tab.props.title)).toContain('Review (1)');
  });

  test('none yet: says where to begin', async () => {
    const { page } = await activity('runs', (backend) => backend);
    await shows(page, 'Switch a sync on under the tab “Contacts”.');
  });

  test('undo tells beforehand what it touches and what people edited since', async () => {
    const { page, backend } = await activity('runs', (one) =>
      one
        .on('/api/settings/runs', () => ({ runs: [run({ undoable: true })] }))
        .on('/api/settings/undo/plan', () => ({
          archive: 2,
          unlink: 0,
          restore: 1,
          editedSince: [{ objectTypeId: '0-1', objectId: '501', objectUrl: null, fields: ['phone'] }],
          editedCount: 1,
          expiresAt: NOW,
        }))
        .on('/api/settings/undo', () => ({})),
    );
    await page.waitFor(() => expect(buttons(page, 'Undo')).toHaveLength(1));
    press(page, 'Undo');
    await shows(page, '2 records that it created are archived 1 record gets back');
    expect(seen(page)).toContain('1 record was edited by people since');
    expect(seen(page)).toContain('Contact 501 phone');
    expect(backend.to('/api/settings/undo')).toEqual([]);
    press(page, 'Undo it');
    await page.waitFor(() => expect(backend.to('/api/settings/undo')[0]?.body).toMatchObject({ runId: 'r1' }));
  });

  test('what cannot be undone any more has no button', async () => {
    const { page } = await activity('runs', (backend) =>
      backend.on('/api/settings/runs', () => ({ runs: [run({ undoable: true, undoneBy: 'r9' }), run({ id: 'r2' })] })),
    );
    await shows(page, 'Undone since');
    expect(buttons(page, 'Undo')).toHaveLength(0);
  });

  test('the older ones are asked for from where these end', async () => {
    const runs = Array.from({ length: 20 }, (_, index) => run({ id: `r${index}`, startedAt: NOW - index }));
    const { page, backend } = await activity('runs', (one) => one.on('/api/settings/runs', () => ({ runs })));
    await page.waitFor(() => expect(buttons(page, 'Older')).toHaveLength(1));
    press(page, 'Older');
    await page.waitFor(() => expect(backend.to('/api/settings/runs').at(-1)?.query.get('before')).toBe(String(NOW - 19)));
  });

  test('the log as a file, through a window', async () => {
    const { page, backend } = await activity('runs', (one) =>
      one
        .on('/api/settings/runs', () => ({ runs: [run()] }))
        .on('/api/settings/activity/download', () => ({ url: 'https://ledgercard.example/window/t', expiresAt: Date.now() + 60_000 })),
    );
    await page.waitFor(() => expect(buttons(page, 'Download')).toHaveLength(1));
    press(page, 'Download');
    await page.waitFor(() => expect(buttons(page, 'Make the file')).toHaveLength(1));
    press(page, 'Make the file');
    await page.waitFor(() =>
      expect(button(page, 'Open the download').props?.['href']).toEqual({ url: 'https://ledgercard.example/window/t', external: true }),
    );
    expect(backend.to('/api/settings/activity/download')[0]?.body).toMatchObject({ run: 'r1' });
  });
});

describe('what could not be written', () => {
  const prepare = (backend: Backend) =>
    backend
      .on('/api/settings/parked', () => ({ groups: [group({ rule: 'email' }), group({ flowId: 'f2', cause: 'required_missing', field: 'city', rule: 'MISSING', count: 2 })] }))
      .on('/api/settings/parked/rows', () => ({ rows: [parkedRow()] }))
      .on('/api/settings/parked/retry', () => ({}));

  test('by its cause: what is wrong, where, what to do, and how many', async () => {
    const { page } = await activity('problems', prepare);
    await shows(page, 'The e-mail address is not a valid one (email) HubSpot does not take it.');
    expect(seen(page)).toContain('A property that HubSpot requires is empty (city, MISSING)');
    expect(seen(page)).toContain('Chinook: contacts');
  });

  test('a cause that this page does not know is explained all the same', async () => {
    const { page } = await activity('problems', (backend) => prepare(backend).on('/api/settings/parked', () => ({ groups: [group({ cause: 'of_tomorrow' })] })));
    await shows(page, 'The other side refused it (email)');
  });

  test('the records of a cause have links to both sides; one, a group or all are tried again', async () => {
    const { page, backend } = await activity('problems', prepare);
    await page.waitFor(() => expect(buttons(page, 'Show records')).toHaveLength(2));
    press(page, 'Show records');
    await shows(page, 'NetSuite id 42');
    expect(seen(page)).toContain('Contact 501');
    expect(seen(page)).toContain('3 times last on');
    press(page, 'Try again');
    await page.waitFor(() => expect(backend.to('/api/settings/parked/retry')).toHaveLength(1));
    await page.waitFor(() => expect(button(page, 'Try these again').props?.['loading']).toBe(false));
    press(page, 'Try these again');
    await page.waitFor(() => expect(backend.to('/api/settings/parked/retry')).toHaveLength(2));
    await page.waitFor(() => expect(button(page, 'Try all again').props?.['loading']).toBe(false));
    press(page, 'Try all again');
    await page.waitFor(() => expect(backend.to('/api/settings/parked/retry')).toHaveLength(4));
    expect(backend.to('/api/settings/parked/retry').map(({ body }) => [body['flowId'], body['id'], body['cause'], body['field']])).toEqual([
      ['f1', 'p1', undefined, undefined],
      ['f1', undefined, 'invalid_email', 'email'],
      ['f1', undefined, undefined, undefined],
      ['f2', undefined, undefined, undefined],
    ]);
  });

  test('nothing: says so', async () => {
    const { page } = await activity('problems', (backend) => backend.on('/api/settings/parked', () => ({ groups: [] })));
    await shows(page, 'Everything could be written');
  });
});

describe('review', () => {
  const DECIDE = '/api/settings/reviews/decide';
  const prepare = (backend: Backend) => {
    let left = [review(), review({ id: 'v2', reason: 'taken', candidates: [] })];
    return backend
      .on('/api/settings/reviews', () => ({ reviews: left, total: left.length }))
      .on(DECIDE, (call) => {
        left = left.filter((one) => one.id !== call.body['reviewId']);
        return {};
      });
  };

  test('side by side, with what speaks for it and against', async () => {
    const { page } = await activity('review', prepare);
    await shows(page, 'They are alike, but no key proves that they are the same.');
    expect(seen(page)).toContain('Property NetSuite HubSpot Name Kara Nielsen Karla Nilsen Email kara@erp.example –');
    expect(seen(page)).toContain('93 % alike The same: name Against it: other date of birth');
    expect(primaries(page)).toEqual([]);
  });

  test.each([
    ['Same: link with Karla Nilsen', 'accept', '801'],
    ['None of them: create a new one', 'create', undefined],
    ['Leave it, never ask again', 'refuse', undefined],
  ])('%s', async (label, decision, objectId) => {
    const { page, backend } = await activity('review', prepare);
    await page.waitFor(() => expect(buttons(page, label).length).toBeGreaterThan(0));
    press(page, label);
    await page.waitFor(() => expect(seen(page)).not.toContain('Karla Nilsen Email kara@erp.example'));
    expect(backend.to(DECIDE)).toHaveLength(1);
    expect(backend.to(DECIDE)[0]?.body).toMatchObject({ reviewId: 'v1', decision });
    expect(backend.to(DECIDE)[0]?.body['objectId']).toBe(objectId);
  });

  test('the same key: no score, and a name that contradicts does not speak for it too', async () => {
    const [fuzzy] = review().candidates;
    const candidates = [{ ...fuzzy!, score: 100, reasons: ['email', 'name_alike', 'name_differs'] }];
    const reviews = [review({ reason: 'contradicted', candidates })];
    const { page } = await activity('review', (backend) => backend.on('/api/settings/reviews', () => ({ reviews, total: 1 })));
    await shows(page, 'The same: e-mail Against it: other name');
    expect(seen(page)).not.toContain('alike');
  });

  test('the list begins with the oldest: what follows is newer', async () => {
    const { page, backend } = await activity('review', (one) => one.on('/api/settings/reviews', () => ({ reviews: [review()], next: 'v1', total: 60 })));
    await page.waitFor(() => expect(buttons(page, 'Newer')).toHaveLength(1));
    press(page, 'Newer');
    await page.waitFor(() => expect(backend.to('/api/settings/reviews').at(-1)?.query.get('after')).toBe('v1'));
  });

  test('nothing to decide: says so', async () => {
    const { page } = await activity('review', (backend) => backend.on('/api/settings/reviews', () => ({ reviews: [], total: 0 })));
    await shows(page, 'Nothing to decide');
  });
});

describe('the log', () => {
  const entry = { id: 'a1', at: NOW, what: 'updated', target: 'person', erpId: '42', objectTypeId: '0-2', objectId: '601', fields: ['city', 'phone'] };

  test('names records and fields, filters by what was done, and turns pages', async () => {
    const { page, backend } = await activity('log', (one) =>
      one.on('/api/settings/activity', (call) =>
        call.query.get('what') === 'parked' ? { entries: [] } : { entries: [entry], next: 'a1' },
      ),
    );
    await shows(page, /Updated in HubSpot NetSuite id 42 Company 601 city and phone/);
    press(page, 'Older');
    await page.waitFor(() => expect(backend.to('/api/settings/activity').at(-1)?.query.get('before')).toBe('a1'));
    choose(page, 'Select', 'Show', 'parked');
    await shows(page, 'Nothing of this kind');
    expect(backend.to('/api/settings/activity').at(-1)?.query.get('before')).toBeNull();
    press(page, 'Show everything');
    await shows(page, 'Updated in HubSpot NetSuite id 42');
  });

  test('of one flow only', async () => {
    const { page, backend } = await activity('log', (one) => one.on('/api/settings/activity', () => ({ entries: [entry] })));
    await shows(page, 'Company 601');
    choose(page, 'Select', 'What is looked at', 'f2');
    await page.waitFor(() => expect(backend.to('/api/settings/activity').at(-1)?.query.get('flow')).toBe('f2'));
  });
});

describe('alerts', () => {
  const ALERTS = '/api/settings/alerts';

  test('the secret is shown once, when the address is saved; then a test can be sent', async () => {
    const { page, backend } = await activity('alerts', (one) =>
      one.on(ALERTS, (call) => (call.method === 'POST' && call.body['test'] !== true ? { url: call.body['url'], secret: 'lcs_1' } : { url: null })),
    );
    await shows(page, 'Address for alerts');
    type(page, 'Address for alerts', 'http://x.example');
    await shows(page, 'The address begins with https.');
    type(page, 'Address for alerts', 'https://x.example/in');
    await page.waitFor(() => expect(button(page, 'Save').props?.['disabled']).toBe(false));
    press(page, 'Save');
    await shows(page, 'Keep this secret: it is shown only now');
    press(page, 'Send a test');
    await page.waitFor(() => expect(backend.to(ALERTS).at(-1)?.body).toMatchObject({ test: true }));
    expect(primaries(page)).toEqual(['Save']);
  });

  test('what is open is told', async () => {
    const { page } = await activity('alerts', (backend) =>
      backend.on(ALERTS, () => ({ url: 'https://x.example', raised: [{ cause: 'failing', flowId: 'f1', raisedAt: NOW }] })),
    );
    await shows(page, 'A sync fails (Chinook), since Nov 21, 2026, 2:03 PM');
  });
});
