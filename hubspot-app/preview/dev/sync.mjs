// Made-up answers of the contact sync's endpoints, for working on the page without a backend. No test relies on them.

const MINUTE = 60_000;
const counts = (more = {}) => ({ read: 0, created: 0, linked: 0, updated: 0, unchanged: 0, skipped: 0, parked: 0, reviews: 0, archived: 0, associated: 0, erpCreated: 0, erpUpdated: 0, calls: 0, ...more });
const erpUrl = (id) => `https://1234567.app.netsuite.com/app/common/entity/custjob.nl?id=${id}`;
const hubUrl = (type, id) => `https://app.hubspot.com/contacts/4711001/record/${type}/${id}`;

let nextRun = 100;
const run = (more = {}) => ({ id: `r${nextRun++}`, kind: 'sync', cause: 'schedule', state: 'done', startedAt: Date.now() - 90_000, endedAt: Date.now() - 60_000, phase: null, total: null, counts: counts(), trouble: null, askedBy: null, undoable: false, undoneBy: null, ...more });

const POLICIES = { onCreate: 'create', onUpdate: 'update', onDelete: 'nothing', graceDays: 7, mailbox: true, inactive: 'keep', toErp: 'off', schedule: { everySeconds: 60 }, brakeShare: 20 };

const flow = (id, connectionId, connectionName, key, more = {}) => ({
  id, connectionId, connectionName, system: 'netsuite', key, status: 'off', policies: { ...POLICIES }, counts: { linked: 0, parked: 0, reviews: 0, waiting: 0 },
  dueAt: null, failingSince: null, trouble: null, running: null, lastRun: null, preview: null, firstDoneAt: null, mappingVersion: 1, ...more,
});

const ready = () => ({ state: 'ready', at: Date.now() - MINUTE, read: 118, total: 118, wouldLink: 41, wouldCreate: 63, wouldUpdate: 30, wouldSkip: 9, unsure: 5, calls: 9, minutes: 0.4, skippedBy: { inactive: 6, not_wanted: 3 }, trouble: null });

/** What there is to see, by portal: everything at rest, or every kind of trouble. */
function sceneOf(portalId) {
  if (portalId !== '4711004') {
    return {
      flows: [flow('f1', 'c1', 'Chinook AB', 'customers'), flow('f2', 'c1', 'Chinook AB', 'contacts')],
      runs: { f1: [], f2: [] }, parked: [], stones: [], reviews: [], log: [], alerts: { url: null }, mappings: {},
    };
  }
  const braked = run({ id: 'r1', state: 'braked', trouble: 'braked', cause: 'schedule', counts: counts({ read: 5_000, archived: 12 }) });
  const failed = run({ id: 'r2', state: 'failed', trouble: 'erp_permission', counts: counts({ read: 1_000, updated: 4 }) });
  const first = run({ id: 'r3', cause: 'hand', askedBy: '9001', undoable: true, startedAt: Date.now() - 90 * MINUTE, endedAt: Date.now() - 80 * MINUTE, counts: counts({ read: 12_345, created: 9_120, linked: 2_210, updated: 1_100, associated: 4_100, parked: 31, reviews: 7 }) });
  const undoing = run({ id: 'r5', kind: 'undo', cause: 'hand', askedBy: '9001', state: 'running', endedAt: null, startedAt: Date.now() - 30_000, phase: 'undo', counts: counts({ archived: 150, updated: 42 }) });
  const running = run({ id: 'r4', state: 'running', endedAt: null, startedAt: Date.now() - 20_000, phase: 'changes', total: 12_345, counts: counts({ read: 4_711, updated: 12 }) });
  return {
    flows: [
      flow('f1', 'c1', 'Chinook AB', 'customers', { status: 'on', counts: { linked: 11_330, parked: 31, reviews: 2, waiting: 14 }, running, lastRun: first, dueAt: Date.now() + 40_000, firstDoneAt: 1 }),
      flow('f2', 'c1', 'Chinook AB', 'contacts', { status: 'preview', preview: ready() }),
      flow('f3', 'c2', 'Chinook test', 'customers', { status: 'on', counts: { linked: 58, parked: 0, reviews: 0, waiting: 0 }, lastRun: braked, trouble: 'braked', policies: { ...POLICIES, onDelete: 'archive', toErp: 'update' } }),
      flow('f4', 'c2', 'Chinook test', 'contacts', { status: 'on', failingSince: Date.now() - 7 * MINUTE, trouble: 'erp_permission', counts: { linked: 12, parked: 0, reviews: 0, waiting: 0 }, lastRun: failed, dueAt: Date.now() + 60_000 }),
      flow('f5', 'c3', 'Old company', 'customers', { running: undoing, counts: { linked: 99, parked: 0, reviews: 0, waiting: 0 } }),
    ],
    runs: { f1: [running, first], f2: [], f3: [braked], f4: [failed], f5: [undoing] },
    stones: stonesOf(),
    parked: PARKED.map((group) => ({ ...group })),
    reviews: REVIEWS.map((review) => ({ ...review })),
    log: logOf(),
    alerts: { url: 'https://ops.example/alerts', secret: null, raised: [{ cause: 'brake', flowId: 'f3', raisedAt: Date.now() - 9 * MINUTE }] },
    mappings: {},
  };
}

function stonesOf() {
  return Array.from({ length: 63 }, (_, index) => ({
    id: `t${index}`, connectionId: index % 4 === 3 ? 'c2' : 'c1', kind: index % 3 === 2 ? 'contact' : 'customer', erpId: String(300 + index), erpUrl: erpUrl(300 + index),
    objectTypeId: index % 5 === 4 ? '0-2' : '0-1', objectId: String(1_300 + index), objectUrl: hubUrl('0-1', 1_300 + index), reason: index % 7 === 1 ? 'erasure' : 'deletion', at: Date.now() - (90 - index) * 60 * MINUTE,
  }));
}

const PARKED = [
  { flowId: 'f1', cause: 'invalid_email', field: 'email', rule: null, side: 'hubspot', count: 18 },
  { flowId: 'f1', cause: 'required_missing', field: 'lifecyclestage', rule: 'MISSING_REQUIRED_PROPERTY', side: 'hubspot', count: 11 },
  { flowId: 'f1', cause: 'erp_locked', field: null, rule: null, side: 'erp', count: 2 },
];

const side = (id, name, url, fields) => ({ id, name, url, fields: Object.entries(fields).map(([label, value]) => ({ label, value })) });
const REVIEWS = [
  {
    id: 'v1', flowId: 'f1', target: 'person', reason: 'fuzzy',
    erp: side('42', 'Kara Nielsen', erpUrl(42), { 'E-mail': 'k.nielsen@example.com', Phone: '+45 3453 7891', Town: 'Copenhagen' }),
    candidates: [
      { objectId: '801', score: 93, reasons: ['name', 'phone'], side: side('801', 'Kara Nielsen', hubUrl('0-1', 801), { 'E-mail': 'kara@nielsen.example', Phone: '+45 3453 7891', Town: 'Copenhagen' }) },
      { objectId: '802', score: 71, reasons: ['name_alike', 'city', 'birth_date_differs'], side: side('802', 'Karla Nilsen', hubUrl('0-1', 802), { 'E-mail': '', Phone: '', Town: 'Copenhagen' }) },
    ],
  },
  {
    id: 'v2', flowId: 'f1', target: 'company', reason: 'taken',
    erp: side('77', 'Embraer S.A.', erpUrl(77), { Domain: 'embraer.example', Country: 'Brazil' }),
    candidates: [{ objectId: '901', score: 0, reasons: ['domain'], side: side('901', 'Embraer', hubUrl('0-2', 901), { Domain: 'embraer.example', Country: 'Brazil' }) }],
  },
];

function logOf() {
  const deeds = ['created', 'updated', 'linked', 'associated', 'parked', 'mended', 'skipped_loop'];
  return Array.from({ length: 63 }, (_, index) => ({
    id: `a${index}`, at: Date.now() - index * 17_000, what: deeds[index % deeds.length], target: 'person', erpId: String(40 + index), erpUrl: erpUrl(40 + index),
    objectTypeId: '0-1', objectId: String(800 + index), objectUrl: hubUrl('0-1', 800 + index), fields: index % 3 === 0 ? ['email', 'phone'] : [], cause: deeds[index % deeds.length] === 'parked' ? 'invalid_email' : null, runId: 'r3',
  }));
}

const field = (name, label, kind, more = {}) => ({ name, label, kind, options: [], readOnly: false, custom: false, ...more });
const ERP_FIELDS = [
  field('id', 'Internal ID', 'number', { readOnly: true }), field('email', 'Email', 'email'), field('firstname', 'First Name', 'text'), field('lastname', 'Last Name', 'text'),
  field('companyname', 'Company Name', 'text'), field('altname', 'Name', 'text', { readOnly: true }), field('phone', 'Phone', 'phone'), field('mobilephone', 'Mobile Phone', 'phone'),
  field('url', 'Web Address', 'url'), field('datecreated', 'Date Created', 'instant', { readOnly: true }), field('creditlimit', 'Credit Limit', 'money'), field('isinactive', 'Inactive', 'flag'),
  field('category', 'Category', 'choice'), field('billing_city', 'Billing City', 'text'), field('billing_country', 'Billing Country', 'choice'), field('custentity_segment', 'Segment', 'choice', { custom: true }),
];
const CONTACT = [
  field('email', 'Email', 'email'), field('firstname', 'First name', 'text'), field('lastname', 'Last name', 'text'), field('phone', 'Phone number', 'phone'), field('company', 'Company name', 'text'),
  field('city', 'City', 'text'), field('country', 'Country/Region', 'text'), field('createdate', 'Create date', 'instant', { readOnly: true }), field('birthday', 'Birthday', 'date', { custom: true }), field('segment', 'Segment', 'choice', { custom: true, options: [{ value: 'a', label: 'A' }] }),
];
const COMPANY = [field('name', 'Company name', 'text'), field('domain', 'Company domain', 'text'), field('phone', 'Phone number', 'phone'), field('city', 'City', 'text'), field('creditlimit', 'Credit limit', 'number', { custom: true })];
const GOOD = { state: 'good', reasons: [] };
const row = (id, more = {}) => ({ id, property: id, field: id, toHubspot: null, toErp: null, direction: 'to_hubspot', winner: 'erp', table: null, locked: false, fit: GOOD, ...more });
const defaults = () => ({
  targets: [
    { key: 'person', objectTypeId: '0-1', rows: [row('email', { locked: true }), row('firstname'), row('lastname'), row('phone', { direction: 'both', winner: 'newest' }), row('city', { field: 'billing_city' }), row('country', { field: 'billing_country', table: 'countries', fit: { state: 'lossy', reasons: ['some_options'] } })] },
    { key: 'company', objectTypeId: '0-2', rows: [row('name', { field: null, toHubspot: 'companyname or altname', locked: true }), row('domain', { field: null, toHubspot: 'url | domain_of' }), row('phone'), row('creditlimit', { fit: { state: 'lossy', reasons: ['currency_lost'] } })] },
  ],
  tables: [{ name: 'countries', pairs: [['SE', 'Sweden'], ['DE', 'Germany']], otherwise: null }],
});

function mappingOf(scene, flowId) {
  scene.mappings[flowId] ??= { version: 1, isDefault: true, ...defaults() };
  return scene.mappings[flowId];
}

function sampleOf(rows) {
  return rows.map((one) => ({ rowId: one.id, erpBefore: `${one.field ?? one.id} of 42`, erpAfter: one.direction === 'to_hubspot' ? null : `${one.property} of 801`, hubspotBefore: one.id === 'email' ? 'old@example.com' : '', hubspotAfter: `${one.field ?? one.toHubspot} of 42` }));
}

const scenes = new Map();
const at = (portalId) => {
  if (!scenes.has(portalId)) scenes.set(portalId, sceneOf(portalId));
  return scenes.get(portalId);
};
const flowIn = (scene, id) => scene.flows.find((one) => one.id === id);
const runIn = (scene, id) => Object.values(scene.runs).flat().find((one) => one.id === id);
const of = (scene, list, flowId) => (flowId ? list.filter((one) => one.flowId === flowId) : list);

function countUp(one) {
  one.preview = { state: 'counting', at: Date.now(), read: 0, total: 118, wouldLink: 0, wouldCreate: 0, wouldUpdate: 0, wouldSkip: 0, unsure: 0, calls: 0, minutes: 0, skippedBy: {}, trouble: null };
  setTimeout(() => { if (one.preview) one.preview.read = 60; }, 1_500);
  setTimeout(() => { if (one.preview) one.preview = ready(); }, 4_000);
}

function begin(scene, one, kind, cause = 'hand') {
  const working = run({ kind, cause, askedBy: '9001', state: 'running', startedAt: Date.now(), endedAt: null, phase: 'changes', total: 118, counts: counts({ read: 20 }) });
  scene.runs[one.id].unshift(working);
  one.running = working;
  setTimeout(() => {
    if (working.state !== 'running') return;
    Object.assign(working, { state: 'done', endedAt: Date.now(), undoable: true, counts: counts({ read: 118, created: 63, linked: 41, updated: 30, associated: 22 }) });
    Object.assign(one, { running: null, lastRun: working, trouble: null, dueAt: Date.now() + 60_000, counts: { ...one.counts, linked: 104 } });
  }, 5_000);
}

const gets = {
  '/api/settings/flows': (scene) => ({ flows: scene.flows }),
  '/api/settings/flows/samples': (_, query) => ({
    samples: [42, 43, 44].map((id) => ({
      erpId: String(id), erpName: `Customer ${id}`, erpUrl: erpUrl(id), objectTypeId: '0-1', objectId: query.get('what') === 'create' ? null : String(id + 800), objectName: `Contact ${id + 800}`, objectUrl: hubUrl('0-1', id + 800),
      changes: query.get('what') === 'skip' ? [] : [{ property: 'phone', label: 'Phone number', from: '', to: '+46 8 123 45' }, { property: 'city', label: 'City', from: 'Solna', to: 'Stockholm' }],
      reason: query.get('what') === 'skip' ? 'inactive' : query.get('what') === 'unsure' ? 'fuzzy' : null,
    })),
  }),
  '/api/settings/mappings': (scene, query) => ({ flowId: query.get('flow'), ...mappingOf(scene, query.get('flow')), erpFields: ERP_FIELDS, properties: { '0-1': CONTACT, '0-2': COMPANY } }),
  '/api/settings/mappings/file': (scene, query) => ({ format: 1, ...mappingOf(scene, query.get('flow')) }),
  '/api/settings/activity': (scene, query) => {
    const all = scene.log.filter((one) => !query.get('what') || one.what === query.get('what'));
    const from = Number(query.get('before') ?? 0);
    const limit = Number(query.get('limit') ?? 50);
    return { entries: all.slice(from, from + limit), next: all.length > from + limit ? String(from + limit) : null };
  },
  '/api/settings/runs': (scene, query) => ({ runs: query.get('flow') ? scene.runs[query.get('flow')] : Object.values(scene.runs).flat() }),
  '/api/settings/parked': (scene, query) => ({ groups: of(scene, scene.parked, query.get('flow')) }),
  '/api/settings/parked/rows': (_, query) => ({
    rows: [51, 52, 53].map((id) => ({ id: `p${id}`, target: 'person', side: 'hubspot', erpId: String(id), erpUrl: erpUrl(id), objectTypeId: '0-1', objectId: id === 52 ? null : String(id + 800), objectUrl: hubUrl('0-1', id + 800), cause: query.get('cause'), field: query.get('field'), rule: null, attempts: id - 50, firstAt: Date.now() - 30 * MINUTE, lastAt: Date.now() - 4 * MINUTE })),
    next: null,
  }),
  '/api/settings/reviews': (scene, query) => ({ reviews: of(scene, scene.reviews, query.get('flow')), next: null, total: of(scene, scene.reviews, query.get('flow')).length }),
  '/api/settings/tombstones': (scene, query) => {
    const from = scene.stones.findIndex((one) => one.id === query.get('after')) + 1;
    const tombstones = scene.stones.slice(from, from + 50);
    return { tombstones, next: tombstones.length < 50 ? null : tombstones[49].id };
  },
  '/api/settings/alerts': (scene) => ({ ...scene.alerts, secret: null }),
};

const posts = {
  '/api/settings/flows/switch': (scene, { flowId, on }) => {
    const one = flowIn(scene, flowId);
    Object.assign(one, { status: on ? 'preview' : 'off', preview: null, running: null });
    if (on) countUp(one);
    return { flow: one };
  },
  '/api/settings/flows/start': (scene, { flowId }) => {
    const one = flowIn(scene, flowId);
    Object.assign(one, { status: 'on', preview: null });
    begin(scene, one, 'sync');
    return { flow: one };
  },
  '/api/settings/flows/policies': (scene, { flowId, policies }) => Object.assign(flowIn(scene, flowId), { policies }),
  '/api/settings/flows/run': (scene, { flowId, what }) => {
    begin(scene, flowIn(scene, flowId), what === 'all' ? 'sync' : what);
    return {};
  },
  '/api/settings/runs/cancel': (scene, { runId }) => {
    Object.assign(runIn(scene, runId), { state: 'cancelled', endedAt: Date.now() });
    const worked = scene.flows.find((one) => one.running?.id === runId);
    if (worked) worked.running = null;
    return {};
  },
  '/api/settings/runs/continue': (scene, { runId }) => {
    begin(scene, scene.flows.find((one) => one.lastRun?.id === runId), 'sync');
    return {};
  },
  '/api/settings/mappings/check': (_, { rows, tables, sample }) => ({
    faults: rows.filter((one) => (one.toHubspot ?? '').includes('(') && !(one.toHubspot ?? '').includes(')')).map((one) => ({ rowId: one.id, where: '1', message: 'the bracket is not closed' })),
    fits: Object.fromEntries(rows.map((one) => [one.id, one.fit ?? GOOD])),
    sample: sample ? { erpId: '42', objectId: '801', rows: sampleOf(rows) } : null,
    roundTrip: rows.filter((one) => one.direction === 'both').map((one) => ({ rowId: one.id, proved: true })),
    unmatched: tables.flatMap((table) => [{ table: table.name, value: 'NO', count: 12 }, { table: table.name, value: 'FI', count: 3 }]),
  }),
  '/api/settings/mappings/save': (scene, { flowId, rows, tables }) => {
    const mapping = mappingOf(scene, flowId);
    Object.assign(mapping, { version: mapping.version + 1, isDefault: false, tables, targets: mapping.targets.map((target) => ({ ...target, rows: rows[target.key].map((one) => ({ ...one, fit: one.fit ?? GOOD })) })) });
    return { version: mapping.version };
  },
  '/api/settings/mappings/reset': (scene, { flowId }) => {
    delete scene.mappings[flowId];
    return {};
  },
  '/api/settings/mappings/compare': (_, { file }) => ({ differences: file.targets ? [{ what: 'changed', target: 'person', row: 'phone', table: null, parts: ['winner'] }, { what: 'added', target: null, row: null, table: 'segments', parts: [] }] : [], faults: file.targets ? [] : [{ where: 'targets', message: 'targets is missing' }] }),
  '/api/settings/mappings/import': (scene, { flowId }) => {
    const mapping = mappingOf(scene, flowId);
    Object.assign(mapping, { version: mapping.version + 1, isDefault: false });
    return { version: mapping.version };
  },
  '/api/settings/parked/retry': (scene, { flowId, id, cause }) => {
    if (!id) scene.parked = scene.parked.filter((one) => one.flowId !== flowId || (cause && one.cause !== cause));
    return {};
  },
  '/api/settings/reviews/decide': (scene, { reviewId }) => {
    scene.reviews = scene.reviews.filter((one) => one.id !== reviewId);
    return {};
  },
  '/api/settings/tombstones/lift': (scene, { id }) => {
    scene.stones = scene.stones.filter((one) => one.id !== id);
    return {};
  },
  '/api/settings/undo/plan': () => ({ archive: 9_120, unlink: 2_210, restore: 1_100, editedSince: [{ objectTypeId: '0-1', objectId: '801', objectUrl: hubUrl('0-1', 801), fields: ['phone', 'city'] }], editedCount: 1, expiresAt: Date.now() + 29 * 1_440 * MINUTE }),
  '/api/settings/undo': (scene, { runId }) => {
    Object.assign(runIn(scene, runId), { undoneBy: 'r99' });
    return {};
  },
  '/api/settings/alerts': (scene, { url, test }) => {
    if (!test) scene.alerts = { ...scene.alerts, url: url || null };
    return { ...scene.alerts, secret: test || !url ? null : 'lcs_0123456789abcdef0123456789abcdef' };
  },
  '/api/settings/activity/download': () => ({ url: 'https://ledgercard.example/window/log-ticket', expiresAt: Date.now() + MINUTE }),
};

/** How a record of the card stands. */
export function recordSync(objectId) {
  const line = { connectionId: 'c1', kind: 'customer', erpId: '42', erpUrl: erpUrl(42), inStepAt: Date.now() - 3 * MINUTE, state: 'in_step', cause: null, field: null, rule: null };
  if (objectId === '501') return [line];
  if (objectId === '502') return [{ ...line, state: 'parked', cause: 'invalid_email', field: 'email' }];
  return objectId === '503' ? [{ ...line, state: 'waiting', inStepAt: null }] : [];
}

/** The answer to a call about the contact sync; null for any other call. */
export function syncAnswer(method, url, body, portalId) {
  const answer = (method === 'POST' ? posts : gets)[url.pathname];
  if (answer === undefined) return null;
  return method === 'POST' ? answer(at(portalId), body) : answer(at(portalId), url.searchParams);
}
