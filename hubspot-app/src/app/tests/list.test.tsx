import {
  Alert,
  Button,
  EmptyState,
  LoadingSpinner,
  SearchInput,
  Select,
  TableHeader,
  TableRow,
  Tag,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { connection, listAnswer, row } from './support/answers.ts';
import { Backend, renderCard, seen, shows, textOf, turnTo } from './support/card.tsx';

const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`INV${100 + index}`));

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

