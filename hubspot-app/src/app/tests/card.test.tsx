import {
  Alert,
  Button,
  EmptyState,
  ErrorState,
  LoadingSpinner,
  SearchInput,
  Select,
  StatisticsItem,
  StatusTag,
  TableHeader,
  TableRow,
  Tag,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import {
  connection,
  listAnswer,
  money,
  NOW,
  row,
  summary,
  trouble,
} from './support/answers.ts';
import { Backend, renderCard, textOf, turnTo } from './support/card.tsx';
import type { TestCard } from './support/card.tsx';

function seen(card: TestCard): string {
  return textOf(card.getRootNode());
}

async function shows(card: TestCard, text: string | RegExp): Promise<void> {
  await card.waitFor(() => expect(seen(card)).toMatch(text));
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`INV${100 + index}`));

describe('states', () => {
  test('loading: a spinner with a label, then the rows as soon as the ERP has answered', async () => {
    const backend = new Backend().lists(
      listAnswer([], { state: 'loading', retryAfterMs: 5, connections: [connection({ state: 'loading', asOf: null })] }),
      listAnswer([], { state: 'loading', retryAfterMs: 5, connections: [connection({ state: 'loading', asOf: null })] }),
      listAnswer([row('INV1')]),
    );
    const card = renderCard();
    expect(card.find(LoadingSpinner).props.label).toBe('Loading invoices…');
    await shows(card, 'INV1');
    expect(card.maybeFind(LoadingSpinner)).toBeNull();
    expect(backend.listCalls).toHaveLength(3);
  });

  test('loading without end: asks a bounded number of times, then offers to keep waiting', async () => {
    const backend = new Backend().lists(listAnswer([], { state: 'loading', retryAfterMs: 1 }));
    const card = renderCard();
    await shows(card, 'The ERP is taking unusually long');
    expect(backend.listCalls).toHaveLength(20);
    card.find(Button).trigger('onClick');
    await card.waitFor(() => expect(backend.listCalls.length).toBeGreaterThan(20));
  });

  test('empty: says what to do next, and the way to do it is there', async () => {
    new Backend().lists(listAnswer([]));
    const card = renderCard();
    await shows(card, 'No invoices yet');
    expect(card.find(EmptyState).props.title).toBe('No invoices yet');
    expect(seen(card)).toContain('Add an existing invoice to see it here');
    expect(card.find(Button, { variant: 'primary' }).text).toBe('Add existing invoice');
  });

  test('empty deal: points to the suggestions', async () => {
    new Backend().lists(listAnswer([], { record: { objectTypeId: '0-3', objectId: '501' } }));
    await shows(renderCard({ objectTypeId: '0-3' }), 'Nothing is attached to this deal yet');
  });

  test('not connected: says where an administrator connects', async () => {
    new Backend().lists(listAnswer([], { state: 'not_connected', connections: [] }));
    const card = renderCard();
    await shows(card, 'No ERP is connected');
    expect(seen(card)).toContain('Connected apps');
    expect(card.maybeFind(Button)).toBeNull();
  });

  test('no permission: a lock that names the right, and a retry', async () => {
    const lacking = connection({
      state: 'missing',
      asOf: null,
      trouble: trouble('no_permission', { permission: 'Find Transaction' }),
    });
    const backend = new Backend().lists(
      listAnswer([], { state: 'no_permission', connections: [lacking] }),
      listAnswer([row('INV7')]),
    );
    const card = renderCard();
    await shows(card, '“Find Transaction”');
    const state = card.find(ErrorState);
    expect(state.props.type).toBe('lock');
    state.find(Button).trigger('onClick');
    await shows(card, 'INV7');
    expect(backend.listCalls).toHaveLength(2);
  });

  test('unavailable: nothing known and nothing to ask', async () => {
    const down = connection({ state: 'missing', asOf: null, trouble: trouble('unavailable') });
    new Backend().lists(listAnswer([], { state: 'unavailable', connections: [down] }));
    const card = renderCard();
    await shows(card, 'The ERP cannot be asked');
    expect(seen(card)).toContain('NetSuite cannot be reached at the moment.');
    expect(card.find(ErrorState).props.type).toBe('error');
  });

  test('stale: old rows stay, with their time and the reason', async () => {
    const stale = connection({ state: 'stale', asOf: NOW - 3_600_000, trouble: trouble('unavailable') });
    new Backend().lists(listAnswer([row('INV1')], { connections: [stale] }));
    const card = renderCard();
    await shows(card, 'INV1');
    expect(card.findByTestId(StatusTag, 'freshness-c1').props.variant).toBe('warning');
    expect(card.find(Alert).props.title).toBe('NetSuite cannot be reached at the moment.');
    expect(seen(card)).toContain('What you see is as of 1:03');
  });

  test('throttled: says until when', async () => {
    const throttled = connection({ state: 'stale', trouble: trouble('throttled', { retryAt: NOW + 60_000 }) });
    new Backend().lists(listAnswer([row('INV1')], { connections: [throttled] }));
    await shows(renderCard(), /takes no more requests until 2:04/);
  });

  test('error: says why, keeps the request’s id, and tries again', async () => {
    const problem = { type: 'about:blank', title: 'Failed', status: 500, detail: 'no', requestId: 'req-9' };
    const backend = new Backend().lists(
      new Response(JSON.stringify(problem), { status: 500 }),
      listAnswer([row('INV1')]),
    );
    const card = renderCard();
    await shows(card, 'The invoices could not be loaded');
    expect(seen(card)).toContain('Request req-9');
    card.find(ErrorState).find(Button).trigger('onClick');
    await shows(card, 'INV1');
    expect(backend.listCalls).toHaveLength(2);
  });

  test('an error later on leaves the rows and says that they are old', async () => {
    new Backend()
      .lists(listAnswer([row('INV1')]), new Response('oops', { status: 502 }))
      .on('/api/card/refresh', () => ({ outcome: 'refreshing' }));
    const card = renderCard();
    await shows(card, 'INV1');
    card.findByTestId(Button, 'refresh').trigger('onClick');
    await shows(card, 'The list could not be updated');
    expect(seen(card)).toContain('INV1');
  });

  test('without BACKEND_URL: says so, and calls nobody', async () => {
    const backend = new Backend();
    const card = renderCard({ variables: {} });
    expect(seen(card)).toContain('BACKEND_URL');
    expect(backend.calls).toHaveLength(0);
  });

  test('HubSpot out of reach: says that matches may be missing', async () => {
    new Backend().lists(listAnswer([row('INV1')], { hubspotReachable: false }));
    await shows(renderCard(), 'HubSpot could not be asked');
  });
});

describe('the list', () => {
  test('sidebar: 5 rows a page, at most 4 columns', async () => {
    const backend = new Backend().lists(listAnswer(rows(5), { total: 7, allRows: 7 }));
    const card = renderCard();
    await shows(card, 'INV100');
    expect(backend.listCalls[0]?.query.get('pageSize')).toBe('5');
    expect(card.findAll(TableHeader).length).toBeLessThanOrEqual(4);
    expect(card.findAll(TableRow)).toHaveLength(6);
  });

  test('tab: 10 rows a page, more columns', async () => {
    const backend = new Backend().lists(listAnswer(rows(10), { pageSize: 10, total: 12, allRows: 12 }));
    const card = renderCard({ layout: 'tab' });
    await shows(card, 'INV100');
    expect(backend.listCalls[0]?.query.get('pageSize')).toBe('10');
    expect(card.findAll(TableHeader).length).toBeGreaterThan(4);
  });

  test('one primary button on the card', async () => {
    new Backend().lists(listAnswer(rows(3)));
    const card = renderCard();
    await shows(card, 'INV100');
    expect(card.findAll(Button, { variant: 'primary' })).toHaveLength(1);
  });

  test('paging asks the backend; sorting, filtering and searching go back to page 1', async () => {
    const backend = new Backend().on('/api/card/invoices', (call) =>
      listAnswer([row(`INV${call.query.get('page')}`)], { total: 40, allRows: 40, page: Number(call.query.get('page')) }),
    );
    const card = renderCard();
    await shows(card, 'INV1');
    const last = () => backend.listCalls.at(-1)?.query;
    const goTo = async (page: number) => {
      turnTo(card, page);
      await shows(card, `INV${page}`);
      expect(last()?.get('page')).toBe(String(page));
    };

    await goTo(3);
    card.find(TableHeader, (header) => textOf(header) === 'To pay').trigger('onSortChange' as never, 'ascending' as never);
    await card.waitFor(() => expect(last()?.get('sort')).toBe('-remaining'));
    expect(last()?.get('page')).toBe('1');

    await shows(card, 'INV1');
    await goTo(2);
    card.find(Select).trigger('onChange', 'overdue' as never);
    await card.waitFor(() => expect(last()?.get('status')).toBe('overdue'));
    expect(last()?.get('page')).toBe('1');

    await shows(card, 'INV1');
    await goTo(2);
    card.find(SearchInput).trigger('onInput', 'müller & co' as never);
    await card.waitFor(() => expect(last()?.get('q')).toBe('müller & co'));
    expect(last()?.get('page')).toBe('1');
  });

  test('a second click on a header turns the order round', async () => {
    const backend = new Backend().lists(listAnswer(rows(2)));
    const card = renderCard();
    await shows(card, 'INV100');
    const header = () => card.find(TableHeader, (one) => textOf(one) === 'Due');
    header().trigger('onSortChange' as never, 'ascending' as never);
    await card.waitFor(() => expect(header().props.sortDirection).toBe('descending'));
    header().trigger('onSortChange' as never, 'ascending' as never);
    await card.waitFor(() => expect(header().props.sortDirection).toBe('ascending'));
    await card.waitFor(() => expect(backend.listCalls.map((call) => call.query.get('sort'))).toEqual(['-date', '-dueDate', 'dueDate']));
  });

  test('an answer that was overtaken is dropped', async () => {
    const late: { send?: () => void } = {};
    new Backend().on('/api/card/invoices', (call) => {
      const page = Number(call.query.get('page'));
      const answer = listAnswer([row(`INV${page}00`)], { total: 40, allRows: 40, page });
      // Page 2 answers only after page 3 has been shown.
      return page === 2 ? new Promise((resolve) => (late.send = () => resolve(answer))) : answer;
    });
    const card = renderCard();
    await shows(card, 'INV100');
    turnTo(card, 2);
    await card.waitFor(() => expect(late.send).toBeTypeOf('function'));
    turnTo(card, 3);
    await shows(card, 'INV300');
    late.send?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen(card)).toContain('INV300');
    expect(seen(card)).not.toContain('INV200');
  });

  test('old rows stay while a new answer is on its way', async () => {
    let release: (() => void) | undefined;
    new Backend().on('/api/card/invoices', (call) =>
      call.query.get('page') === '1'
        ? listAnswer([row('INV1')], { total: 40, allRows: 40 })
        : new Promise((resolve) => {
            release = () => resolve(listAnswer([row('INV2')], { total: 40, allRows: 40, page: 2 }));
          }),
    );
    const card = renderCard();
    await shows(card, 'INV1');
    turnTo(card, 2);
    await card.waitFor(() => expect(release).toBeTypeOf('function'));
    expect(card.maybeFind(LoadingSpinner)).toBeNull();
    expect(seen(card)).toContain('INV1');
    release?.();
    await shows(card, 'INV2');
  });

  test('a page that is gone gives way to the last one that is there', async () => {
    let total = 6;
    const backend = new Backend()
      .on('/api/card/invoices', (call) => {
        const page = Number(call.query.get('page'));
        const shown = page === 1 ? rows(5) : total > 5 ? [row('INV900')] : [];
        return listAnswer(shown, { page, total, allRows: total });
      })
      .on('/api/card/refresh', () => ({ outcome: 'refreshing' }));
    const card = renderCard();
    await shows(card, 'INV100');
    turnTo(card, 2);
    await shows(card, 'INV900');
    total = 5;
    card.findByTestId(Button, 'refresh').trigger('onClick');
    await shows(card, 'INV100');
    expect(backend.listCalls.map((call) => call.query.get('page'))).toEqual(['1', '2', '2', '1']);
  });

  test('old rows stay while the backend says that it is loading; when that has no end, the card says so', async () => {
    const loading = listAnswer([], { state: 'loading', retryAfterMs: 1 });
    let isSlow = true;
    const backend = new Backend().on('/api/card/invoices', (call) =>
      call.query.get('page') === '1'
        ? listAnswer([row('INV1')], { total: 40, allRows: 40 })
        : isSlow
          ? loading
          : listAnswer([row('INV2')], { total: 40, allRows: 40, page: 2 }),
    );
    const card = renderCard();
    await shows(card, 'INV1');
    turnTo(card, 2);
    await shows(card, 'The ERP is taking unusually long');
    expect(seen(card)).toContain('INV1');
    expect(backend.listCalls).toHaveLength(21);
    isSlow = false;
    card.find(Alert).find(Button).trigger('onClick');
    await shows(card, 'INV2');
    expect(card.maybeFind(Alert)).toBeNull();
  });

  test('nothing fits the filter: says so, and clears it', async () => {
    const backend = new Backend().on('/api/card/invoices', (call) =>
      call.query.get('status') === 'paid'
        ? listAnswer([], { total: 0, allRows: 9 })
        : listAnswer(rows(5), { total: 9, allRows: 9 }),
    );
    const card = renderCard();
    await shows(card, 'INV100');
    card.find(Select).trigger('onChange', 'paid' as never);
    await shows(card, 'No invoice fits');
    card.find(EmptyState).find(Button).trigger('onClick');
    await shows(card, 'INV100');
    expect(backend.listCalls.at(-1)?.query.get('status')).toBeNull();
  });

  test('statuses are words, not only colours; credit notes and the way a row came here are marked', async () => {
    new Backend().lists(
      listAnswer([
        row('INV1', { status: 'overdue', daysOverdue: 12 }),
        row('INV2', { status: 'overdue', daysOverdue: 1 }),
        row('CM3', { kind: 'credit_note', basis: 'matched_by_email' }),
      ]),
    );
    const card = renderCard();
    await shows(card, 'INV1');
    expect(seen(card)).toContain('12 days overdue');
    expect(seen(card)).toContain('1 day overdue');
    expect(card.findAll(Tag).map((tag) => tag.text)).toEqual(['Credit note', 'Matched by e-mail']);
  });

  test('the connection is named where there are several', async () => {
    const sandbox = connection({}, { id: 'c2', name: 'Test', environment: 'sandbox' });
    const one = new Backend().lists(listAnswer([row('INV1')]));
    const alone = renderCard();
    await shows(alone, 'INV1');
    expect(seen(alone)).not.toContain('NetSuite Chinook');
    one.lists(listAnswer([row('INV1', { connectionId: 'c2' })], { connections: [connection(), sandbox] }));
    await shows(renderCard(), /NetSuite Test \(sandbox\)/);
  });

  test('refreshing: asks once more for the newer rows', async () => {
    const backend = new Backend().lists(
      listAnswer([row('INV1')], { retryAfterMs: 5, connections: [connection({ state: 'refreshing' })] }),
      listAnswer([row('INV2')]),
    );
    const card = renderCard();
    await shows(card, 'INV2');
    expect(backend.listCalls).toHaveLength(2);
  });

  test('Refresh forgets what was read, then reads the list', async () => {
    const backend = new Backend()
      .lists(listAnswer([row('INV1')]), listAnswer([row('INV2')]))
      .on('/api/card/refresh', () => ({ outcome: 'refreshing' }));
    const card = renderCard();
    await shows(card, 'INV1');
    card.findByTestId(Button, 'refresh').trigger('onClick');
    await shows(card, 'INV2');
    expect(backend.calls.map((call) => call.path)).toEqual([
      '/api/card/invoices',
      '/api/card/refresh',
      '/api/card/invoices',
    ]);
  });

  test('a cut-off list says how much it covers', async () => {
    new Backend().lists(listAnswer(rows(5), { total: 2000, allRows: 2000, truncated: { shown: 2000, of: 10_000 } }));
    await shows(renderCard(), 'The list covers 2,000 of 10,000 documents');
  });
});

describe('totals', () => {
  const twoCurrencies = listAnswer([row('INV1'), row('INV2', { total: money('20.00', 'EUR') })], {
    summary: [summary('USD', '10.10'), summary('EUR', '20.20')],
  });

  test('two currencies: two totals, never one', async () => {
    new Backend().lists(twoCurrencies);
    const card = renderCard();
    await shows(card, 'INV1');
    const open = card.findAll(StatisticsItem, (item) => item.props.label.startsWith('Open'));
    expect(open.map((item) => [item.props.label, item.props.number])).toEqual([
      ['Open (USD)', '$10.10'],
      ['Open (EUR)', '€20.20'],
    ]);
    expect(seen(card)).not.toContain('30.30');
  });

  test('ageing names only the spans in which something is owed', async () => {
    const ageing = {
      days1To30: money('1.00'),
      days31To60: money('0.00'),
      days61To90: money('0.00'),
      over90: money('9.00'),
    };
    new Backend().lists(
      listAnswer([row('INV1')], { summary: [summary('USD', '10.00', { overdue: money('10.00'), ageing })] }),
    );
    const card = renderCard();
    await shows(card, 'Overdue since: 1–30 days $1.00 · over 90 days $9.00');
    expect(seen(card)).not.toContain('31–60');
  });
});

describe('French', () => {
  test('texts, plurals, dates and money are French', async () => {
    new Backend().lists(
      listAnswer([row('INV1', { status: 'overdue', daysOverdue: 2, total: money('1234.50', 'EUR'), remaining: money('1234.50', 'EUR') })], {
        summary: [summary('EUR', '1234.50')],
      }),
    );
    const card = renderCard({ locale: 'fr-fr' });
    await shows(card, 'INV1');
    const text = seen(card).replace(/[\u00a0\u202f]/g, ' ');
    for (const expected of ['Ajouter une facture existante', '2 jours de retard', '2 nov. 2026', '1 234,50 €', 'À jour', 'Ouvert (EUR)']) {
      expect(text).toContain(expected);
    }
  });

  test('an unknown language falls back to English', async () => {
    new Backend().lists(listAnswer([]));
    await shows(renderCard({ locale: 'xx' }), 'No invoices yet');
  });
});
