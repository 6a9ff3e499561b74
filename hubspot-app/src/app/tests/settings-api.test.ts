import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../packages/shared/client.ts';
import type { FetchLike } from '../packages/shared/client.ts';
import { createSettingsApi } from '../packages/shared/settings-api.ts';
import type { SettingsApi } from '../packages/shared/settings-api.ts';
import {
  checklist,
  connection,
  counts,
  draft,
  item,
  NO_COUNTS,
  PEOPLE,
  permissions,
  portal,
  settings,
} from './support/settings-answers.ts';
import { checked, flow, group, mapping, parkedRow, policies, preview, review, run } from './support/sync-answers.ts';

function apiOf(reply: unknown, status = 200) {
  const fetch = vi.fn<FetchLike>(async () => new Response(JSON.stringify(reply), { status }));
  return { fetch, api: createSettingsApi({ fetch, backendUrl: 'https://ledgercard.example', newKey: () => 'key-1' }) };
}

async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof ApiError ? error.kind : 'none';
}

interface Case {
  name: keyof SettingsApi;
  call: (api: SettingsApi) => Promise<unknown>;
  path: string;
  body: Record<string, unknown> | null;
  good: unknown;
  /** Answers that are not of the promised shape. */
  bad: unknown[];
}

const WINDOW = { url: 'https://ledgercard.example/window/t', expiresAt: 1 };
const CASES: Case[] = [
  {
    name: 'settings',
    call: (api) => api.settings(),
    path: '/api/settings',
    body: null,
    good: settings(),
    bad: [
      { ...settings(), versions: undefined },
      { ...settings(), state: 'odd' },
      { ...settings(), connections: [{ connectionId: 'c1' }] },
      { ...settings(), permissions: { see: {}, attach: {}, admins: [] } },
      { ...settings(), portal: { ...portal(), usage: { calls: 'many' } } },
      { state: 'not_installed', versions: { backend: '1', contract: 3 } },
    ],
  },
  {
    name: 'checklist',
    call: (api) => api.checklist({ connectionId: 'c 1' }),
    path: '/api/settings/checklist?connectionId=c%201',
    body: null,
    good: checklist([item('a')]),
    bad: [{ state: 'asked' }, { state: 'odd', items: [] }],
  },
  {
    name: 'makeDraft',
    call: (api) => api.makeDraft({ accountId: '1', name: 'n' }),
    path: '/api/settings/netsuite/drafts',
    body: { accountId: '1', name: 'n' },
    good: { draft: draft() },
    bad: [{}, { draft: { draftId: 'd' } }],
  },
  {
    name: 'removeDraft',
    call: (api) => api.removeDraft({ draftId: 'd1' }),
    path: '/api/settings/drafts/remove',
    body: { draftId: 'd1' },
    good: { removed: true },
    bad: [{}],
  },
  {
    name: 'connect',
    call: (api) => api.connect({ draftId: 'd1', clientId: 'a', certificateId: 'b', confirmed: true }),
    path: '/api/settings/netsuite/connect',
    body: { draftId: 'd1', clientId: 'a', certificateId: 'b', confirmed: true },
    good: { result: 'refused', code: 'broken', permission: null, detail: '' },
    bad: [{ result: 'connected', connectionId: 'c1' }, { result: 'refused' }, { result: 'odd' }],
  },
  {
    name: 'signIn',
    call: (api) => api.signIn({ accountId: '1', name: 'n', clientId: 'a', clientSecret: 's', confirmed: true }),
    path: '/api/settings/netsuite/sign-in',
    body: { accountId: '1', name: 'n', clientId: 'a', clientSecret: 's', confirmed: true },
    good: WINDOW,
    bad: [{ url: 'https://ledgercard.example' }],
  },
  {
    name: 'certificate',
    call: (api) => api.certificate({ draftId: 'd1' }),
    path: '/api/settings/netsuite/certificate',
    body: { draftId: 'd1' },
    good: WINDOW,
    bad: [{ expiresAt: 1 }],
  },
  {
    name: 'test',
    call: (api) => api.test({ connectionId: 'c1' }),
    path: '/api/settings/connections/test',
    body: { connectionId: 'c1' },
    good: checklist([]),
    bad: [{ items: [] }],
  },
  {
    name: 'change',
    call: (api) => api.change({ connectionId: 'c1', name: 'n', baseCurrency: null }),
    path: '/api/settings/connections/change',
    body: { connectionId: 'c1', name: 'n', baseCurrency: null },
    good: { connection: connection() },
    bad: [{ connection: { ...connection(), health: null } }],
  },
  {
    name: 'people',
    call: (api) => api.people(),
    path: '/api/settings/people',
    body: null,
    good: PEOPLE,
    bad: [{ state: 'ready', users: [] }],
  },
  {
    name: 'permit',
    call: (api) => api.permit({ permissions: permissions() }),
    path: '/api/settings/permissions',
    body: { permissions: permissions() },
    good: { permissions: permissions() },
    bad: [{ permissions: { admins: [] } }],
  },
  {
    name: 'leaving',
    call: (api) => api.leaving({}),
    path: '/api/settings/leaving',
    body: null,
    good: { connection: null, portal: counts() },
    bad: [{ connection: null, portal: { connections: 1 } }, { portal: counts() }],
  },
  {
    name: 'leave',
    call: (api) => api.leave({ way: 'remove', connectionId: null, properties: 'keep', confirm: '1' }),
    path: '/api/settings/leave',
    body: { way: 'remove', connectionId: null, properties: 'keep', confirm: '1' },
    good: { way: 'remove', erased: NO_COUNTS, remaining: 0, properties: null },
    bad: [{ way: 'remove', remaining: 0 }],
  },
  {
    name: 'flows',
    call: (api) => api.flows(),
    path: '/api/settings/flows',
    body: null,
    good: { flows: [flow(), flow({ status: 'preview', preview: preview(), running: run({ state: 'running', endedAt: null }) })] },
    bad: [
      {},
      { flows: [{ ...flow(), counts: { linked: 1 } }] },
      { flows: [{ ...flow(), preview: { state: 'ready' } }] },
      { flows: [{ ...flow(), lastRun: { id: 'r' } }] },
      { flows: [{ ...flow(), policies: {} }] },
    ],
  },
  {
    name: 'samples',
    call: (api) => api.samples({ flow: 'f1', what: 'create' }),
    path: '/api/settings/flows/samples?flow=f1&what=create',
    body: null,
    good: { samples: [{ erpId: '42', erpName: 'A', objectTypeId: '0-1', changes: [] }] },
    bad: [{}, { samples: [{ erpId: '42' }] }],
  },
  {
    name: 'switchFlow',
    call: (api) => api.switchFlow({ flowId: 'f1', on: true }),
    path: '/api/settings/flows/switch',
    body: { flowId: 'f1', on: true },
    good: {},
    bad: [[], null],
  },
  { name: 'start', call: (api) => api.start({ flowId: 'f1' }), path: '/api/settings/flows/start', body: { flowId: 'f1' }, good: {}, bad: [null] },
  {
    name: 'policies',
    call: (api) => api.policies({ flowId: 'f1', policies: policies() }),
    path: '/api/settings/flows/policies',
    body: { flowId: 'f1', policies: policies() },
    good: {},
    bad: [null],
  },
  {
    name: 'run',
    call: (api) => api.run({ flowId: 'f1', what: 'record', side: 'erp', id: '42' }),
    path: '/api/settings/flows/run',
    body: { flowId: 'f1', what: 'record', side: 'erp', id: '42' },
    good: {},
    bad: [null],
  },
  { name: 'cancelRun', call: (api) => api.cancelRun({ runId: 'r1' }), path: '/api/settings/runs/cancel', body: { runId: 'r1' }, good: {}, bad: [null] },
  { name: 'continueRun', call: (api) => api.continueRun({ runId: 'r1' }), path: '/api/settings/runs/continue', body: { runId: 'r1' }, good: {}, bad: [null] },
  {
    name: 'mapping',
    call: (api) => api.mapping({ flow: 'f1' }),
    path: '/api/settings/mappings?flow=f1',
    body: null,
    good: mapping(),
    bad: [{}, { ...mapping(), targets: [{ key: 'person' }] }, { ...mapping(), properties: null }],
  },
  {
    name: 'check',
    call: (api) => api.check({ flowId: 'f1', target: 'person', rows: [], tables: [] }),
    path: '/api/settings/mappings/check',
    body: { flowId: 'f1', target: 'person', rows: [], tables: [] },
    good: checked(),
    bad: [{}, checked({ faults: [{ rowId: 'a' }] }), checked({ fits: null })],
  },
  {
    name: 'saveMapping',
    call: (api) => api.saveMapping({ flowId: 'f1', version: 1, rows: { person: [] }, tables: [] }),
    path: '/api/settings/mappings/save',
    body: { flowId: 'f1', version: 1, rows: { person: [] }, tables: [] },
    good: { version: 2 },
    bad: [{}],
  },
  { name: 'resetMapping', call: (api) => api.resetMapping({ flowId: 'f1' }), path: '/api/settings/mappings/reset', body: { flowId: 'f1' }, good: {}, bad: [null] },
  { name: 'mappingFile', call: (api) => api.mappingFile({ flow: 'f1' }), path: '/api/settings/mappings/file?flow=f1', body: null, good: { targets: [] }, bad: [[]] },
  {
    name: 'compareFile',
    call: (api) => api.compareFile({ flowId: 'f1', file: { a: 1 } }),
    path: '/api/settings/mappings/compare',
    body: { flowId: 'f1', file: { a: 1 } },
    good: { differences: [], faults: [] },
    bad: [{ differences: [] }],
  },
  {
    name: 'importFile',
    call: (api) => api.importFile({ flowId: 'f1', file: { a: 1 }, version: 1 }),
    path: '/api/settings/mappings/import',
    body: { flowId: 'f1', file: { a: 1 }, version: 1 },
    good: { version: 2, faults: [] },
    bad: [{ version: 2, faults: [{}] }],
  },
  {
    name: 'activity',
    call: (api) => api.activity({ flow: 'f1', what: '', limit: 50 }),
    path: '/api/settings/activity?flow=f1&limit=50',
    body: null,
    good: { entries: [{ id: 'a', at: 1, what: 'created', target: 'person', fields: [] }] },
    bad: [{}, { entries: [{ id: 'a' }] }],
  },
  { name: 'runs', call: (api) => api.runs({ before: 7 }), path: '/api/settings/runs?before=7', body: null, good: { runs: [run()] }, bad: [{ runs: [{}] }] },
  { name: 'parked', call: (api) => api.parked({}), path: '/api/settings/parked', body: null, good: { groups: [group()] }, bad: [{ groups: [{}] }] },
  {
    name: 'parkedRows',
    call: (api) => api.parkedRows({ flow: 'f1', cause: 'loop' }),
    path: '/api/settings/parked/rows?flow=f1&cause=loop',
    body: null,
    good: { rows: [parkedRow()] },
    bad: [{ rows: [{ id: 'p' }] }],
  },
  { name: 'retry', call: (api) => api.retry({ flowId: 'f1' }), path: '/api/settings/parked/retry', body: { flowId: 'f1' }, good: {}, bad: [null] },
  {
    name: 'reviews',
    call: (api) => api.reviews({ flow: 'f1' }),
    path: '/api/settings/reviews?flow=f1',
    body: null,
    good: { reviews: [review()], total: 1 },
    bad: [{ reviews: [] }, { reviews: [{ ...review(), candidates: [{}] }], total: 1 }],
  },
  {
    name: 'decide',
    call: (api) => api.decide({ reviewId: 'v1', decision: 'refuse' }),
    path: '/api/settings/reviews/decide',
    body: { reviewId: 'v1', decision: 'refuse' },
    good: {},
    bad: [null],
  },
  {
    name: 'undoPlan',
    call: (api) => api.undoPlan({ runId: 'r1' }),
    path: '/api/settings/undo/plan',
    body: { runId: 'r1' },
    good: { archive: 1, unlink: 0, restore: 0, editedSince: [], editedCount: 0, expiresAt: 1 },
    bad: [{ archive: 1 }],
  },
  { name: 'undo', call: (api) => api.undo({ runId: 'r1' }), path: '/api/settings/undo', body: { runId: 'r1' }, good: {}, bad: [null] },
  {
    name: 'tombstones',
    call: (api) => api.tombstones({ after: 't0' }),
    path: '/api/settings/tombstones?after=t0',
    body: null,
    good: {
      tombstones: [
        { id: 't1', connectionId: 'c1', kind: 'customer', erpId: '42', objectTypeId: '0-1', objectId: '501', reason: 'deletion', at: 1 },
      ],
    },
    bad: [{}, { tombstones: [{ id: 't1' }] }],
  },
  { name: 'lift', call: (api) => api.lift({ id: 't1' }), path: '/api/settings/tombstones/lift', body: { id: 't1' }, good: {}, bad: [null] },
  { name: 'alerts', call: (api) => api.alerts(), path: '/api/settings/alerts', body: null, good: { url: null }, bad: [{ url: 7 }] },
  { name: 'setAlerts', call: (api) => api.setAlerts({ test: true }), path: '/api/settings/alerts', body: { test: true }, good: {}, bad: [null] },
  {
    name: 'download',
    call: (api) => api.download({ run: 'r1' }),
    path: '/api/settings/activity/download',
    body: { run: 'r1' },
    good: WINDOW,
    bad: [{ expiresAt: 1 }],
  },
];

describe.each(CASES)('$name', ({ call, path, body, good, bad }) => {
  test('asks for what the contract says', async () => {
    const { fetch, api } = apiOf(good);
    expect(await call(api)).toEqual(good);
    expect(fetch.mock.calls[0]?.[0]).toBe(`https://ledgercard.example${path}`);
    const options = fetch.mock.calls[0]?.[1];
    expect(options?.method).toBe(body === null ? 'GET' : 'POST');
    expect(options?.body).toEqual(body === null ? undefined : { ...body, idempotencyKey: 'key-1' });
  });

  test.each(bad)('an answer of another shape is unreadable: %j', async (answer) => {
    expect(await kindOf(call(apiOf(answer).api))).toBe('unreadable');
  });
});

test('every call is among the cases', () => {
  const { api } = apiOf({});
  expect(CASES.map((one) => one.name).sort()).toEqual(Object.keys(api).sort());
});

describe('who may not', () => {
  test('a 403 that an administrator decides about is of a kind of its own, and is an outcome', async () => {
    const problem = { type: 'urn:ledgercard:not-allowed', title: 'Not allowed', status: 403, detail: 'x', requestId: 'r' };
    expect(await kindOf(apiOf(problem, 403).api.people())).toBe('not_allowed');
    expect(new ApiError('not_allowed', 403, null).undecided).toBe(false);
  });

  test('any other 403 is a refusal', async () => {
    expect(await kindOf(apiOf({ type: 'about:blank', title: 'x', detail: 'y' }, 403).api.people())).toBe('refused');
  });
});
