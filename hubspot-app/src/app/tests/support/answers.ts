import type {
  ConnectionView,
  CurrencySummary,
  DetailAnswer,
  Freshness,
  InvoiceRow,
  ListAnswer,
  Money,
  SearchAnswer,
  SearchRow,
  Trouble,
} from '@ledgercard/shared';

/** Answers of the backend for tests: each builder makes the plainest case, and takes what a test is about. */

/** 21 November 2026, 14:03 in Stockholm. */
export const NOW = Date.UTC(2026, 10, 21, 13, 3);
export const TODAY = '2026-11-21';

export function money(amount: string, currency = 'USD'): Money {
  return { amount, currency };
}

export function trouble(code: Trouble['code'], more: Partial<Trouble> = {}): Trouble {
  return { code, permission: null, retryAt: null, ...more };
}

export function connection(freshness: Partial<Freshness> = {}, more: Partial<ConnectionView> = {}): ConnectionView {
  return {
    id: 'c1',
    system: 'netsuite',
    systemName: 'NetSuite',
    name: 'Chinook',
    environment: 'production',
    freshness: { state: 'live', asOf: NOW, trouble: null, ...freshness },
    ...more,
  };
}

export function row(number: string, more: Partial<InvoiceRow> = {}): InvoiceRow {
  return {
    connectionId: 'c1',
    id: number.replace(/\D/g, ''),
    kind: 'invoice',
    number,
    date: '2026-11-02',
    dueDate: '2026-12-02',
    status: 'open',
    rawStatus: 'CustInvc:A',
    daysOverdue: 0,
    customer: { id: '42', number: 'CUST42', name: 'Embraer' },
    total: money('13.86'),
    paid: money('0.00'),
    remaining: money('13.86'),
    poNumber: null,
    memo: null,
    subsidiary: null,
    url: `https://erp.example/${number}`,
    basis: 'linked',
    attachment: null,
    ...more,
  };
}

export function attachedRow(number: string, associationId = `a-${number}`): InvoiceRow {
  return row(number, { basis: 'attached', attachment: { associationId, addedBy: '1', addedAt: NOW } });
}

export function summary(currency: string, open: string, more: Partial<CurrencySummary> = {}): CurrencySummary {
  const zero = money('0.00', currency);
  return {
    currency,
    count: 1,
    open: money(open, currency),
    overdue: zero,
    ageing: { days1To30: zero, days31To60: zero, days61To90: zero, over90: zero },
    paid: zero,
    credit: zero,
    ...more,
  };
}

export function listAnswer(rows: InvoiceRow[], more: Partial<ListAnswer> = {}): ListAnswer {
  return {
    state: 'ready',
    reason: null,
    permission: { see: true, attach: true },
    record: { objectTypeId: '0-1', objectId: '501' },
    today: TODAY,
    timeZone: 'Europe/Stockholm',
    retryAfterMs: null,
    connections: [connection()],
    customers: [],
    candidates: [],
    rows,
    missing: [],
    page: 1,
    pageSize: 5,
    total: rows.length,
    allRows: rows.length,
    truncated: null,
    summary: rows.length === 0 ? [] : [summary('USD', '13.86')],
    summaryComplete: true,
    suggestions: [],
    hubspotReachable: true,
    ...more,
  };
}

export function found(number: string, more: Partial<SearchRow> = {}): SearchRow {
  return {
    row: row(number, { basis: null }),
    suggestion: null,
    attachedHere: false,
    attachedTo: [],
    needsConfirmation: false,
    ...more,
  };
}

export function searchAnswer(rows: SearchRow[], more: Partial<SearchAnswer> = {}): SearchAnswer {
  return {
    state: 'ready',
    retryAfterMs: null,
    connections: [connection()],
    rows,
    page: 1,
    pageSize: 8,
    total: rows.length,
    ...more,
  };
}

export function detailAnswer(invoice: InvoiceRow, more: Partial<DetailAnswer> = {}): DetailAnswer {
  return {
    state: 'ready',
    retryAfterMs: null,
    connection: connection(),
    invoice,
    subtotal: money('13.86'),
    discount: null,
    shipping: null,
    taxTotal: money('0.00'),
    terms: 'Net 30',
    lines: [
      {
        item: 'Balls to the Wall',
        description: 'Accept',
        quantity: '14',
        unitPrice: money('0.99'),
        amount: money('13.86'),
      },
    ],
    taxes: [],
    payments: [],
    ...more,
  };
}
