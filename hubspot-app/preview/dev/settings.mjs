// Made-up answers of the settings endpoints, for working on the page without a backend. No test relies on them.

const DAY = 86_400_000;
const PEM = `-----BEGIN CERTIFICATE-----
${'MIIBkTCCATegAwIBAgIUQm9ndXMgY2VydGlmaWNhdGUgZm9yIGxvb2tpbmcgYXQh'.repeat(1)}
${Array.from({ length: 8 }, (_, line) => `line${line}AwIBAgIUQm9ndXMgY2VydGlmaWNhdGUgZm9yIGxvb2tpbmcgYXQuLi4u`).join('\n')}
-----END CERTIFICATE-----
`;

const usage = (calls, more = {}) => ({ calls, unauthorized: 0, forbidden: 0, throttled: 0, failed: 0, ...more });

const CHECKLIST = [
  ['server_suitescript', 'NS-03', 'Server-side SuiteScript', 'not_needed', false, 'Nothing to do: Ledgercard runs no script in NetSuite.'],
  ['rest_web_services', 'NS-04', 'REST Web Services', 'proved', true, 'Setup > Company > Enable Features > SuiteCloud, section SuiteTalk: tick REST Web Services, Save.'],
  ['rest_record_service', 'NS-05', 'REST Record Service (BETA)', 'not_needed', false, 'Nothing to do: NetSuite has no such box any more.'],
  ['oauth2', 'NS-06', 'OAuth 2.0', 'proved', true, 'Setup > Company > Enable Features > SuiteCloud, section Manage Authentication: tick OAuth 2.0, Save.'],
  ['multi_currency', 'NS-07', 'Multiple Currencies', 'cannot_be_asked', false, 'Setup > Company > Enable Features > Company, section International: tick Multiple Currencies, Save.'],
  ['role', 'NS-08', 'A role for Ledgercard', 'proved', true, 'Setup > Users/Roles > Manage Roles > New, or the SDF file of “ledgercard netsuite role”.'],
  ['find_transaction', 'NS-08', 'Permission Find Transaction', 'refused', true, 'Setup > Users/Roles > Manage Roles > (the role) > Edit > Permissions > Transactions: add Find Transaction, View, Save.'],
  ['role_given', 'NS-09', 'The employee has the role', 'cannot_be_asked', true, 'Lists > Employees > Employees > Search, name, Submit > View > Edit > Access > Roles: add the role, Save.'],
];

function checklist(state, mended = false) {
  const items = CHECKLIST.map(([code, seed, name, finding, required, mend]) => ({
    code,
    seed,
    name,
    finding: state !== 'asked' && finding !== 'not_needed' ? 'cannot_be_asked' : mended && finding === 'refused' ? 'proved' : finding,
    required,
    mend,
  }));
  return {
    state,
    trouble: state === 'trouble' ? { code: 'unavailable', permission: null } : null,
    askedAt: state === 'not_asked' ? null : Date.now(),
    items,
  };
}

const connection = (connectionId, more = {}) => ({
  connectionId,
  system: 'netsuite',
  systemName: 'NetSuite',
  accountId: 'TSTDRV4711',
  name: 'Chinook AB',
  environment: 'production',
  method: 'certificate',
  status: 'active',
  health: { state: 'valid', why: null, permission: null, lastGoodAt: Date.now() - 40_000 },
  credentialsEndAt: Date.now() + 400 * DAY,
  ends: 'later',
  baseCurrency: null,
  usage: usage(4211, { throttled: 2, failed: 1 }),
  limit: { atOnce: 4, background: 2 },
  counts: { associations: 12, links: 58 },
  ...more,
});

const portal = (portalId, more = {}) => ({
  portalId,
  domain: 'chinook.example',
  timeZone: 'Europe/Stockholm',
  currency: 'SEK',
  additionalCurrencies: ['EUR', 'USD'],
  installedAt: Date.now() - 90 * DAY,
  installedBy: '9001',
  scopes: { missingRequired: [], missingOptional: [] },
  trouble: null,
  installUrl: 'https://ledgercard.example/oauth/install',
  properties: ['0-1', '0-2', '0-3'].map((objectTypeId) => ({ objectTypeId, state: 'present', why: null })),
  usage: usage(18_233, { forbidden: 3 }),
  limit: { calls: 100, seconds: 10 },
  ...more,
});

const everybody = () => ({ everybody: true, users: [], teams: [] });
const ready = (portalId, more = {}) => ({
  state: 'ready',
  you: { userId: '9001', because: 'super_admin' },
  portal: portal(portalId),
  connections: [connection('c1')],
  drafts: [],
  permissions: { see: everybody(), attach: everybody(), admins: ['9003'] },
  versions: { backend: '0.3.0', contract: 3 },
  ...more,
});

/** One portal per thing to look at; each is changed by what is done in it. */
const SCENES = {
  4711001: () => ready('4711001'),
  4711002: (id) => ready(id, { connections: [] }),
  4711003: () => ({ state: 'not_installed', reason: 'never', installUrl: 'https://ledgercard.example/oauth/install', versions: { backend: '0.3.0', contract: 3 } }),
  4711004: (id) =>
    ready(id, {
      versions: { backend: '0.2.0', contract: 1 },
      portal: portal(id, {
        domain: null,
        currency: null,
        additionalCurrencies: [],
        trouble: { code: 'consent_needed', since: Date.now() - 3_600_000 },
        scopes: { missingRequired: ['crm.schemas.deals.read'], missingOptional: ['crm.schemas.deals.write', 'settings.users.read', 'settings.users.teams.read'] },
        properties: [
          { objectTypeId: '0-1', state: 'present', why: null },
          { objectTypeId: '0-2', state: 'missing', why: 'refused' },
          { objectTypeId: '0-3', state: 'unknown', why: 'no_scope' },
        ],
      }),
      connections: [
        connection('c1', { health: { state: 'invalid', why: 'no_permission', permission: 'Find Transaction', lastGoodAt: null }, credentialsEndAt: Date.now() + 2 * DAY, ends: 'urgent' }),
        connection('c2', { accountId: 'TSTDRV4711_SB1', name: 'Chinook test', environment: 'sandbox', method: 'sign_in', credentialsEndAt: Date.now() - DAY, ends: 'ended', health: { state: 'invalid', why: 'reconnect', permission: null, lastGoodAt: Date.now() - DAY } }),
        connection('c3', { accountId: '7654321', name: 'Old company', status: 'paused' }),
        connection('c4', { accountId: '7654322', name: 'Gone company', status: 'disconnected', credentialsEndAt: null, ends: null, health: { state: 'unknown', why: null, permission: null, lastGoodAt: null } }),
      ],
      drafts: [draft('d9', { accountId: '1234567', name: 'Third company' })],
      permissions: { see: { everybody: false, users: ['9002'], teams: ['71'] }, attach: { everybody: false, users: [], teams: [] }, admins: [] },
    }),
  4711005: () => ({ state: 'not_allowed', why: 'not_an_admin', versions: { backend: '0.3.0', contract: 3 } }),
};

function draft(draftId, more = {}) {
  return { draftId, accountId: '', name: '', connectionId: null, certificatePem: PEM, certificateEndsAt: Date.now() + 730 * DAY, createdAt: Date.now() - 600_000, ...more };
}

const scenes = new Map();
const sceneOf = (portalId) => {
  if (!scenes.has(portalId)) scenes.set(portalId, (SCENES[portalId] ?? SCENES[4711001])(portalId));
  return scenes.get(portalId);
};

let nextId = 1;
let mended = false;
const counts = (more = {}) => ({ connections: 1, associations: 12, links: 58, tombstones: 1, drafts: 0, credentials: 1, ...more });
const later = () => Date.now() + 60_000;
const find = (scene, id) => scene.connections.find((one) => one.connectionId === id);

const gets = {
  '/api/settings': (scene) => scene,
  '/api/settings/checklist': (_, query) => {
    const id = query.get('connectionId');
    if (id === null) return checklist('not_asked');
    return id === 'c2' ? checklist('trouble') : checklist('asked', mended);
  },
  '/api/settings/people': (scene) =>
    scene.portal.scopes.missingOptional.includes('settings.users.read')
      ? { state: 'unreadable', users: [], teams: [], complete: false }
      : {
          state: 'ready',
          users: [
            { userId: '9001', name: 'Ann Andersson', email: 'ann@chinook.example' },
            { userId: '9002', name: 'Bruno Bélanger', email: 'bruno+crm@chinook.example' },
            { userId: '9003', name: 'Chiara Conti', email: 'chiara@chinook.example' },
          ],
          teams: [{ teamId: '71', name: 'Sales' }, { teamId: '72', name: 'Finance' }],
          complete: true,
        },
  '/api/settings/leaving': (scene, query) => ({
    connection: query.get('connectionId') === null ? null : counts(),
    portal: counts({ connections: scene.connections.length, drafts: scene.drafts.length }),
  }),
};

const posts = {
  '/api/settings/netsuite/drafts': (scene, { accountId, name, connectionId = null }) => {
    const made = draft(`d${nextId++}`, { accountId, name, connectionId, createdAt: Date.now() });
    scene.drafts.push(made);
    return { draft: made };
  },
  '/api/settings/drafts/remove': (scene, { draftId }) => {
    scene.drafts = scene.drafts.filter((one) => one.draftId !== draftId);
    return { removed: true };
  },
  '/api/settings/netsuite/certificate': () => ({ url: 'https://ledgercard.example/window/certificate-ticket', expiresAt: later() }),
  '/api/settings/netsuite/sign-in': (scene, { accountId, name, connectionId }) => {
    const ends = { method: 'sign_in', status: 'active', credentialsEndAt: Date.now() + 7 * DAY, ends: 'later' };
    // As if the person signed in in the window at once.
    setTimeout(() => {
      const old = find(scene, connectionId);
      if (old) Object.assign(old, ends);
      else scene.connections.push(connection(`c${10 + nextId++}`, { accountId, name, ...ends }));
    }, 1_500);
    return { url: 'https://ledgercard.example/window/sign-in-ticket', expiresAt: later() };
  },
  '/api/settings/netsuite/connect': (scene, { draftId, certificateId }) => {
    if (certificateId === 'wrong') return { result: 'refused', code: 'certificate_unknown', permission: null, detail: 'NetSuite answered invalid_grant to the certificate id “wrong”.' };
    const made = scene.drafts.find((one) => one.draftId === draftId);
    scene.drafts = scene.drafts.filter((one) => one !== made);
    const id = made.connectionId ?? `c${10 + nextId++}`;
    const fresh = connection(id, { accountId: made.accountId, name: made.name, environment: /_SB/i.test(made.accountId) ? 'sandbox' : 'production' });
    const at = scene.connections.findIndex((one) => one.connectionId === id);
    if (at >= 0) scene.connections[at] = fresh;
    else scene.connections.push(fresh);
    mended = false;
    return { result: 'connected', connectionId: id, checklist: checklist('asked') };
  },
  '/api/settings/connections/test': (_, { connectionId }) => {
    if (connectionId === 'c2') return checklist('trouble');
    const answer = checklist('asked', mended);
    mended = true;
    return answer;
  },
  '/api/settings/connections/change': (scene, { connectionId, name, baseCurrency }) => ({ connection: Object.assign(find(scene, connectionId), { name, baseCurrency }) }),
  '/api/settings/permissions': (scene, { permissions }) => {
    scene.permissions = permissions;
    return { permissions };
  },
  '/api/settings/leave': (scene, { way, connectionId, properties }, portalId) => {
    const one = find(scene, connectionId);
    const none = { connections: 0, associations: 0, links: 0, tombstones: 0, drafts: 0, credentials: 0 };
    const answer = (erased, more = {}) => ({ way, erased: { ...none, ...erased }, remaining: 0, properties: null, ...more });
    if (way === 'pause' || way === 'resume') one.status = way === 'pause' ? 'paused' : 'active';
    if (way === 'pause' || way === 'resume') return answer({});
    if (way === 'disconnect') {
      Object.assign(one, { status: 'disconnected', credentialsEndAt: null, ends: null });
      return answer({ credentials: 1 });
    }
    if (way === 'purge_connection') {
      scene.connections = scene.connections.filter((each) => each !== one);
      return answer(counts(), { properties: properties === 'keep' ? 'kept' : 'archived' });
    }
    const reason = way === 'remove' ? 'uninstalled' : 'purged';
    scenes.set(portalId, { state: 'not_installed', reason, installUrl: 'https://ledgercard.example/oauth/install', versions: scene.versions });
    return way === 'remove' ? answer({ credentials: 1 }) : answer(counts(), { properties: properties === 'keep' ? 'kept' : 'archived' });
  },
};

/** The answer to a call of the settings page; null for any other call. */
export function settingsAnswer(method, url, body, portalId) {
  const of = (method === 'POST' ? posts : gets)[url.pathname];
  if (of === undefined) return null;
  const scene = sceneOf(portalId);
  return method === 'POST' ? of(scene, body, portalId) : of(scene, url.searchParams);
}
