// The twin: what a Fastify server would do for the same signed list request, from an LRU cache of the same ledger.
//
// It is written to be quick: one HMAC, amounts as whole minor units, answers serialised by a compiled schema, the day
// worked out once a minute, no logging. `/kept/…` is the same with the sorted rows and the sums kept beside the ledger.
// Usage: node server.mjs <ledger.json>; prints its port, as a line of its own, when it listens.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import { LRUCache } from 'lru-cache';
import { listAnswer } from './shapes.mjs';

const { publicUrl, clientSecret, appId, freshMs, ledgers } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const WINDOW = 300_000;
const ESCAPES = {
  '%3A': ':', '%2F': '/', '%3F': '?', '%40': '@', '%21': '!', '%24': '$',
  '%27': "'", '%28': '(', '%29': ')', '%2A': '*', '%2C': ',', '%3B': ';',
};
const ESCAPED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
const IDENTITY = ['userId', 'portalId', 'userEmail', 'appId'];
const OWN = ['objectTypeId', 'objectId', 'page', 'pageSize', 'sort', 'status', 'q'];
const STATUSES = ['draft', 'open', 'partially_paid', 'overdue', 'paid', 'voided', 'rejected'];
const SORTS = ['date', 'dueDate', 'number', 'total', 'remaining', 'status'];

const fold = (text) => text.replace(/[\s\-\u2010-\u2015]/g, '').toUpperCase();

// A document as the ledger holds it: what depends on the day is left out, amounts are whole minor units as well.
function documentOf(row) {
  const money = ({ amount, currency }) => {
    const digits = amount.split('.')[1]?.length ?? 0;
    return { amount, currency, digits, minor: Math.round(Number(amount) * 10 ** digits) };
  };
  const unsettled = ['open', 'partially_paid', 'overdue'].includes(row.status);
  const words = [row.number, row.poNumber, row.memo, row.customer.name, row.customer.number];
  return {
    ...row,
    standing: unsettled ? 'open' : row.status,
    total: money(row.total),
    paid: money(row.paid),
    remaining: money(row.remaining),
    folded: words.filter((word) => word !== null).map((word) => fold(word)).join('\n'),
  };
}

const cache = new LRUCache({ max: 10_000 });
for (const { rows, ...ledger } of ledgers) {
  const key = `${ledger.portalId}/${ledger.record.objectTypeId}/${ledger.record.objectId}`;
  cache.set(key, { ...ledger, documents: rows.map(documentOf) });
}
const views = new LRUCache({ max: 10_000 });

class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.statusCode = status;
  }
}

function verify(request) {
  const signature = request.headers['x-hubspot-signature-v3'];
  const stamp = request.headers['x-hubspot-request-timestamp'];
  if (!signature || !stamp || !/^\d{13}$/.test(stamp)) throw new Refused(401, 'the request is not signed');
  if (Math.abs(Date.now() - Number(stamp)) > WINDOW) throw new Refused(401, 'the time stamp is outside the window');
  const raw = publicUrl + request.raw.url;
  const given = Buffer.from(signature, 'base64');
  const fits = (uri) => {
    const made = createHmac('sha256', clientSecret).update(request.method + uri + stamp).digest();
    return given.length === made.length && timingSafeEqual(made, given);
  };
  const decoded = raw.replace(ESCAPED, (escape) => ESCAPES[escape.toUpperCase()]);
  if (!fits(decoded) && (decoded === raw || !fits(raw))) throw new Refused(401, 'the signature does not fit');
}

// Fastify's own query parser makes an array of a parameter that is there twice.
function read(query) {
  for (const name of IDENTITY) {
    if (typeof query[name] !== 'string') throw new Refused(400, `${name} must be there exactly once`);
  }
  for (const name of ['userId', 'portalId', 'appId']) {
    if (!/^\d{1,18}$/.test(query[name])) throw new Refused(400, `${name} must be digits`);
  }
  if (query.appId !== appId) throw new Refused(400, 'another app');
  for (const name in query) {
    if (IDENTITY.includes(name)) continue;
    if (!OWN.includes(name) || typeof query[name] !== 'string') throw new Refused(400, `${name} is unknown or repeated`);
  }
  const whole = (name, otherwise, most) => {
    const text = query[name];
    if (text === undefined) return otherwise;
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1 || number > most) throw new Refused(400, `${name} must be 1 to ${most}`);
    return number;
  };
  const sort = query.sort ?? '-date';
  const key = sort.startsWith('-') ? sort.slice(1) : sort;
  if (!SORTS.includes(key)) throw new Refused(400, 'sort is unknown');
  const statuses = (query.status ?? '').split(',').filter((word) => word !== '');
  if (statuses.some((word) => !STATUSES.includes(word))) throw new Refused(400, 'status is unknown');
  if (!['0-1', '0-2', '0-3'].includes(query.objectTypeId) || !/^\d{1,18}$/.test(query.objectId ?? '')) {
    throw new Refused(400, 'objectTypeId or objectId is wrong');
  }
  return {
    key: `${query.portalId}/${query.objectTypeId}/${query.objectId}`,
    page: whole('page', 1, 1_000_000),
    pageSize: whole('pageSize', 10, 100),
    sort: key,
    descending: sort.startsWith('-'),
    statuses,
    needle: fold(query.q ?? ''),
  };
}

const formats = new Map();
function today(zone) {
  const minute = Math.floor(Date.now() / 60_000);
  const kept = formats.get(zone);
  if (kept?.minute === minute) return kept.day;
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date());
  formats.set(zone, { minute, day });
  return day;
}

function standing(document, day) {
  const overdue = document.standing === 'open' && document.kind === 'invoice' && document.dueDate !== null && document.dueDate < day;
  const daysOverdue = overdue ? Math.round((Date.parse(day) - Date.parse(document.dueDate)) / 86_400_000) : 0;
  if (document.standing !== 'open') return { status: document.standing, daysOverdue };
  if (overdue) return { status: 'overdue', daysOverdue };
  return { status: document.paid.minor > 0 ? 'partially_paid' : 'open', daysOverdue };
}

const plain = { open: 0, overdue: 0, days1To30: 0, days31To60: 0, days61To90: 0, over90: 0, paid: 0, credit: 0 };

function sums(rows) {
  const byCurrency = new Map();
  for (const { document, daysOverdue } of rows) {
    if (document.standing !== 'open' && document.standing !== 'paid') continue;
    const { currency, digits } = document.total;
    let sum = byCurrency.get(currency);
    if (!sum) byCurrency.set(currency, (sum = { currency, digits, count: 0, ...plain }));
    sum.count += 1;
    if (document.kind === 'credit_note') {
      sum.credit += document.remaining.minor;
      continue;
    }
    sum.paid += document.paid.minor;
    if (document.standing !== 'open') continue;
    sum.open += document.remaining.minor;
    if (daysOverdue <= 0) continue;
    sum.overdue += document.remaining.minor;
    const age = daysOverdue <= 30 ? 'days1To30' : daysOverdue <= 60 ? 'days31To60' : daysOverdue <= 90 ? 'days61To90' : 'over90';
    sum[age] += document.remaining.minor;
  }
  const codes = [...byCurrency.keys()].sort();
  return codes.map((code) => {
    const sum = byCurrency.get(code);
    const money = (minor) => ({ amount: (minor / 10 ** sum.digits).toFixed(sum.digits), currency: code });
    const { days1To30, days31To60, days61To90, over90 } = sum;
    return {
      currency: code,
      count: sum.count,
      open: money(sum.open),
      overdue: money(sum.overdue),
      ageing: { days1To30: money(days1To30), days31To60: money(days31To60), days61To90: money(days61To90), over90: money(over90) },
      paid: money(sum.paid),
      credit: money(sum.credit),
    };
  });
}

const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const newest = (a, b) => text(b.document.date, a.document.date) || text(b.document.number, a.document.number) || text(b.document.id, a.document.id);
const COMPARE = {
  date: (a, b) => text(a.document.date, b.document.date),
  dueDate: (a, b) => text(a.document.dueDate ?? '', b.document.dueDate ?? ''),
  number: (a, b) => text(a.document.number, b.document.number),
  total: (a, b) => text(a.document.total.currency, b.document.total.currency) || a.document.total.minor - b.document.total.minor,
  remaining: (a, b) => text(a.document.total.currency, b.document.total.currency) || a.document.remaining.minor - b.document.remaining.minor,
  status: (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
};

const standings = (ledger, day) => ledger.documents.map((document) => ({ document, ...standing(document, day) }));

// The rows of the wanted page and how many fit.
function page(rows, asked) {
  let fitting = rows;
  if (asked.statuses.length > 0) fitting = fitting.filter((row) => asked.statuses.includes(row.status));
  if (asked.needle !== '') fitting = fitting.filter((row) => row.document.folded.includes(asked.needle));
  const compare = COMPARE[asked.sort];
  const turn = asked.descending ? -1 : 1;
  const sorted = [...fitting].sort((a, b) => turn * compare(a, b) || newest(a, b));
  const from = (asked.page - 1) * asked.pageSize;
  return { rows: sorted.slice(from, from + asked.pageSize), total: fitting.length };
}

const shown = ({ document, status, daysOverdue }) => ({
  connectionId: document.connectionId,
  id: document.id,
  kind: document.kind,
  number: document.number,
  date: document.date,
  dueDate: document.dueDate,
  status,
  rawStatus: document.rawStatus,
  daysOverdue,
  customer: document.customer,
  total: document.total,
  paid: document.paid,
  remaining: document.remaining,
  poNumber: document.poNumber,
  memo: document.memo,
  subsidiary: document.subsidiary,
  url: document.url,
  basis: document.basis,
  attachment: document.attachment,
});

function answer(ledger, day, asked, { rows, total }, allRows, summary) {
  const fresh = Date.now() - ledger.readAt < freshMs;
  const connections = ledger.connections.map((connection) => ({
    ...connection,
    freshness: { state: fresh ? 'cached' : 'refreshing', asOf: ledger.readAt, trouble: null },
  }));
  return {
    state: 'ready',
    record: ledger.record,
    today: day,
    timeZone: ledger.timeZone,
    retryAfterMs: null,
    connections,
    customers: ledger.customers,
    candidates: [],
    rows: rows.map(shown),
    missing: [],
    page: asked.page,
    pageSize: asked.pageSize,
    total,
    allRows,
    truncated: null,
    summary,
    suggestions: [],
    summaryComplete: true,
    hubspotReachable: true,
  };
}

function known(request) {
  verify(request);
  const asked = read(request.query);
  const ledger = cache.get(asked.key);
  if (!ledger) throw new Refused(404, 'no such record');
  return { asked, ledger, day: today(ledger.timeZone) };
}

const app = Fastify({ logger: false, genReqId: () => crypto.randomUUID() });
app.addHook('onSend', async (request, reply) => {
  reply.header('cache-control', 'no-store').header('x-request-id', request.id);
});
const schema = { response: { 200: listAnswer } };

app.get('/api/card/invoices', { schema }, async (request) => {
  const { asked, ledger, day } = known(request);
  const rows = standings(ledger, day);
  return answer(ledger, day, asked, page(rows, asked), rows.length, sums(rows));
});

app.get('/kept/api/card/invoices', { schema }, async (request) => {
  const { asked, ledger, day } = known(request);
  let view = views.get(asked.key);
  if (view?.day !== day) {
    const rows = standings(ledger, day).sort(newest);
    views.set(asked.key, (view = { day, rows, summary: sums(rows) }));
  }
  const plainly = asked.statuses.length === 0 && asked.needle === '' && asked.sort === 'date' && asked.descending;
  const from = (asked.page - 1) * asked.pageSize;
  const part = plainly ? { rows: view.rows.slice(from, from + asked.pageSize), total: view.rows.length } : page(view.rows, asked);
  return answer(ledger, day, asked, part, view.rows.length, view.summary);
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.server.address().port);
