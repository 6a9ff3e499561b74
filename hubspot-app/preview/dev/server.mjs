// A stand-in for the sandbox while working on components: `npm run dev`, then http://127.0.0.1:4790/preview/
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { candidates, catalogue, connection, invoice, suggestion, summaryOf } from './fixtures.mjs';
import { settingsAnswer } from './settings.mjs';
import { recordSync, syncAnswer } from './sync.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const port = Number(process.env.PORT ?? 4790);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const today = new Date().toISOString().slice(0, 10);

const attached = new Map();
const linked = new Set();
const polls = new Map();
let nextId = 1;

// The local NetSuite's faults, as far as they show here: a delay is "loading" for a while, anything else is "down".
let faults = [];
const firstAsked = new Map();
const faultOf = (kind) => faults.find((fault) => (fault.action.kind === 'delay') === (kind === 'delay'));

const keyOf = (ref) => `${ref.objectTypeId}/${ref.objectId}`;
const attachedTo = (ref) => attached.get(keyOf(ref)) ?? [];

function baseRows(ref) {
  const rows = (count, options) => Array.from({ length: count }, (_, index) => invoice(index, options));
  switch (ref.objectId) {
    case '501':
      return [...rows(22), invoice(30, { kind: 'credit_note' })];
    case '502':
      return rows(4, { customer: 'leonie', currency: 'EUR', basis: 'matched_by_email' });
    case '503':
      return [...rows(3), ...rows(3, { currency: 'EUR' }).map((row) => ({ ...row, id: `9${row.id}`, number: `E${row.number}` })), ...rows(2, { currency: 'JPY' }).map((row) => ({ ...row, id: `8${row.id}`, number: `J${row.number}` }))];
    case '504':
      return linked.has('504') ? rows(3) : [];
    case '506':
    case '511':
      return rows(7);
    case '509':
      return rows(3);
    case '510':
      return rows(40);
    case '601':
      return rows(6);
    default:
      return [];
  }
}

function list(query) {
  const ref = { objectTypeId: query.get('objectTypeId'), objectId: query.get('objectId') };
  const isDown = faultOf('cut') !== undefined;
  const base = { reason: null, permission: { see: true, attach: ref.objectId !== '511' }, record: ref, today, timeZone: 'Europe/Stockholm', retryAfterMs: null, connections: [connection()], customers: [], candidates: [], rows: [], missing: [], page: 1, pageSize: Number(query.get('pageSize')), total: 0, allRows: 0, truncated: null, summary: [], suggestions: [], summaryComplete: true, hubspotReachable: true, sync: recordSync(ref.objectId), state: 'ready' };
  const trouble = (code, extra = {}) => ({ code, permission: null, retryAt: null, ...extra });
  if (ref.objectId === '801') return { ...base, state: 'not_connected', reason: 'never', connections: [] };
  if (ref.objectId === '802') return { ...base, state: 'not_connected', reason: 'consent_needed', connections: [] };
  if (ref.objectId === '512') return { ...base, state: 'no_permission', permission: { see: false, attach: false }, connections: [] };
  if (ref.objectId === '507') return { ...base, state: 'no_permission', connections: [connection('missing', trouble('no_permission', { permission: 'Find Transaction' }))] };
  if (ref.objectId === '508') return { ...base, state: 'unavailable', connections: [connection('missing', trouble('unavailable'))] };
  if (ref.objectId === '509') {
    const count = (polls.get('509') ?? 0) + 1;
    polls.set('509', count);
    if (count % 4 !== 0) return { ...base, state: 'loading', retryAfterMs: 700, connections: [connection('loading')] };
  }
  const slow = faultOf('delay');
  if (slow !== undefined) {
    const since = firstAsked.get(ref.objectId) ?? Date.now();
    firstAsked.set(ref.objectId, since);
    if (Date.now() - since < slow.action.ms) return { ...base, state: 'loading', retryAfterMs: 500, connections: [connection('loading')] };
  }
  if (isDown) base.connections = [connection('stale', trouble('unavailable'), 60_000)];
  if (ref.objectId === '506') base.connections = [connection('stale', trouble('unavailable'), 1_500_000)];
  const all = [...baseRows(ref), ...attachedTo(ref)];
  const q = (query.get('q') ?? '').toLowerCase();
  const status = query.get('status') ?? '';
  const fit = all.filter((row) => (status === '' || row.status === status) && (row.number + row.memo + row.total.amount).toLowerCase().includes(q));
  const sort = query.get('sort') ?? '-date';
  const key = sort.replace('-', '');
  const value = (row) => (row[key]?.amount === undefined ? row[key] ?? '' : Number(row[key].amount));
  fit.sort((a, b) => (value(a) < value(b) ? -1 : 1) * (sort.startsWith('-') ? -1 : 1));
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('pageSize') ?? 10);
  const customer = all.find((row) => row.basis !== 'attached');
  return {
    ...base,
    state: ref.objectId === '504' && !linked.has('504') ? 'ambiguous' : 'ready',
    candidates: ref.objectId === '504' && !linked.has('504') ? candidates : [],
    customers: customer ? [{ ...customer.customer, connectionId: 'c1', basis: customer.basis, url: 'https://1234567.app.netsuite.com/app/common/entity/custjob.nl?id=1' }] : [],
    rows: fit.slice((page - 1) * size, page * size),
    missing: ref.objectId === '601' ? [{ connectionId: 'c1', id: '4999', attachment: { associationId: 'm1', addedBy: '9', addedAt: Date.now() }, reason: 'deleted_in_erp' }] : [],
    page,
    truncated: ref.objectId === '510' ? { shown: 2000, of: 10_000 } : null,
    total: fit.length,
    allRows: all.length,
    summary: summaryOf(all),
    suggestions: ref.objectTypeId === '0-3' ? [0, 1, 2, 3].map((index) => suggestion(index, { objectTypeId: '0-2', objectId: '601' })) : ref.objectTypeId === '0-2' ? [40, 41].map((index) => suggestion(index, { objectTypeId: '0-1', objectId: '501' })) : [],
  };
}

function search(query) {
  const ref = { objectTypeId: query.get('objectTypeId'), objectId: query.get('objectId') };
  const here = new Set(attachedTo(ref).map((row) => row.id));
  const pool = Array.from({ length: 30 }, (_, index) => ({ row: invoice(index + 60, { customer: index % 2 ? 'leonie' : 'luis', basis: null }), index }));
  const q = (query.get('q') ?? '').toLowerCase();
  const fit = pool.filter(({ row }) => `${row.number} ${row.customer.name} ${row.total.amount} ${row.memo}`.toLowerCase().includes(q));
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('pageSize') ?? 8);
  return {
    state: 'ready',
    retryAfterMs: null,
    connections: [connection()],
    rows: fit.slice((page - 1) * size, page * size).map(({ row, index }) => ({
      row,
      suggestion: index < 2 ? { reason: 'company_customer', via: { objectTypeId: '0-2', objectId: '601' } } : null,
      attachedHere: here.has(row.id),
      attachedTo: index === 4 ? [{ objectTypeId: '0-3', objectId: '701' }, { objectTypeId: '0-1', objectId: '502' }] : [],
      needsConfirmation: row.customer.id === '102',
    })),
    page,
    pageSize: size,
    total: fit.length,
  };
}

const removed = new Map();
const actions = {
  '/api/card/associations': (body) => ({
    results: body.invoices.map(({ connectionId, invoiceId, confirmed }) => {
      if (faultOf('cut')) return { connectionId, invoiceId, outcome: 'erp_unavailable', associationId: null };
      const index = Number(invoiceId) - 5000;
      if (index % 2 === 1 && !confirmed) return { connectionId, invoiceId, outcome: 'needs_confirmation', associationId: null };
      const associationId = `a${nextId++}`;
      const row = { ...invoice(index, { customer: index % 2 ? 'leonie' : 'luis', basis: 'attached' }), attachment: { associationId, addedBy: '9', addedAt: Date.now() } };
      attached.set(keyOf(body), [...attachedTo(body), row]);
      return { connectionId, invoiceId, outcome: 'added', associationId };
    }),
  }),
  '/api/card/associations/remove': (body) => {
    removed.set(body.associationId, attachedTo(body).find((row) => row.attachment.associationId === body.associationId));
    attached.set(keyOf(body), attachedTo(body).filter((row) => row.attachment.associationId !== body.associationId));
    return { outcome: 'removed', associationId: body.associationId, undoUntil: Date.now() + 600_000 };
  },
  '/api/card/associations/restore': (body) => {
    attached.set(keyOf(body), [...attachedTo(body), removed.get(body.associationId)]);
    return { outcome: 'restored', associationId: body.associationId, undoUntil: null };
  },
  '/api/card/links': (body) => {
    linked.add(body.objectId);
    return { outcome: 'linked' };
  },
  '/api/card/refresh': () => ({ outcome: 'refreshing' }),
  '/api/card/sync': () => ({ outcome: 'asked' }),
};

function detail(query) {
  const row = invoice(Number(query.get('invoiceId')) - 5000);
  const c = row.total.currency;
  return {
    state: 'ready', retryAfterMs: null, connection: connection(), invoice: { ...row, customer: row.customer },
    subtotal: row.total, discount: null, shipping: null, taxTotal: { amount: '0.00', currency: c }, terms: 'Net 30',
    lines: [
      { item: 'Balls to the Wall', description: 'Accept', quantity: '2', unitPrice: { amount: '0.99', currency: c }, amount: { amount: '1.98', currency: c } },
      { item: 'Restless and Wild', description: null, quantity: '12.5', unitPrice: { amount: '0.99', currency: c }, amount: { amount: '12.38', currency: c } },
    ],
    taxes: [{ name: 'VAT SE', rate: '25', amount: { amount: '0.00', currency: c } }],
    payments: row.status === 'paid' ? [{ number: 'PYMT77', date: today, amount: row.total, kind: 'Payment', url: 'https://1234567.app.netsuite.com/x' }] : [],
  };
}

function backend({ requestUri, method, requestBody, portalId }) {
  const url = new URL(requestUri);
  const sync = syncAnswer(method, url, requestBody, portalId);
  if (sync !== null) return [200, sync];
  const settings = settingsAnswer(method, url, requestBody, portalId);
  if (settings !== null) return [200, settings];
  if (method === 'POST') return [200, actions[url.pathname](requestBody)];
  const reads = { '/api/card/invoices': list, '/api/card/search': search, '/api/card/invoice': detail };
  return [200, reads[url.pathname](url.searchParams)];
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  const send = (status, type, body) => response.writeHead(status, { 'content-type': type }).end(body);
  try {
    if (url.pathname === '/_sandbox/catalogue') return send(200, 'application/json', JSON.stringify(catalogue));
    if (url.pathname === '/_sandbox/backend') return send(200, 'application/json', JSON.stringify({ url: `http://127.0.0.1:${port}` }));
    if (url.pathname === '/_sandbox/faults') {
      faults = request.method === 'PUT' ? await bodyOf(request) : [];
      return send(200, 'application/json', JSON.stringify(faults));
    }
    if (url.pathname === '/_sandbox/proxy') {
      const [status, responseBody] = backend(await bodyOf(request));
      return send(200, 'application/json', JSON.stringify({ status: 'success', responseBody, context: { appServerStatusCode: [status] } }));
    }
    if (url.pathname.startsWith('/window/') || url.pathname.startsWith('/oauth/')) return send(200, 'text/plain', `a window of the backend: ${url.pathname}`);
    const file = path.join(dist, url.pathname.replace(/^\/preview\/?/, '') || 'index.html');
    if (!file.startsWith(dist)) return send(404, 'text/plain', 'not found');
    return send(200, TYPES[path.extname(file)] ?? 'application/octet-stream', await readFile(file));
  } catch (error) {
    return send(error.code === 'ENOENT' ? 404 : 500, 'text/plain', String(error));
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/preview/`));
