// The list answer as a JSON schema, which Fastify compiles into its serialiser.

const text = { type: 'string' };
const whole = { type: 'integer' };
const or = (shape) => ({ ...shape, nullable: true });
const list = (items) => ({ type: 'array', items });
const shape = (properties) => ({ type: 'object', properties });

const money = shape({ amount: text, currency: text });
const who = { id: text, number: text, name: text };
const record = shape({ objectTypeId: text, objectId: text });

const row = shape({
  connectionId: text,
  id: text,
  kind: text,
  number: text,
  date: text,
  dueDate: or(text),
  status: text,
  rawStatus: text,
  daysOverdue: whole,
  customer: shape(who),
  total: money,
  paid: money,
  remaining: money,
  poNumber: or(text),
  memo: or(text),
  subsidiary: or(text),
  url: text,
  basis: or(text),
  attachment: or(shape({ associationId: text, addedBy: text, addedAt: whole })),
});

const connection = shape({
  id: text,
  system: text,
  systemName: text,
  name: text,
  environment: text,
  freshness: shape({ state: text, asOf: or(whole), trouble: or(shape({ code: text, permission: or(text), retryAt: or(whole) })) }),
});

const sums = shape({
  currency: text,
  count: whole,
  open: money,
  overdue: money,
  ageing: shape({ days1To30: money, days31To60: money, days61To90: money, over90: money }),
  paid: money,
  credit: money,
});

export const listAnswer = shape({
  state: text,
  record,
  today: text,
  timeZone: text,
  retryAfterMs: or(whole),
  connections: list(connection),
  customers: list(shape({ ...who, connectionId: text, basis: text, url: or(text) })),
  candidates: list(shape({ ...who, connectionId: text, email: or(text), inactive: { type: 'boolean' }, url: text })),
  rows: list(row),
  missing: list(shape({ connectionId: text, id: text, reason: text })),
  page: whole,
  pageSize: whole,
  total: whole,
  allRows: whole,
  truncated: or(shape({ shown: whole, of: whole })),
  summary: list(sums),
  suggestions: list(shape({ row, reason: text, via: record })),
  summaryComplete: { type: 'boolean' },
  hubspotReachable: { type: 'boolean' },
});
