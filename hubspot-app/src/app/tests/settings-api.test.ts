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
      { state: 'not_installed', versions: { backend: '1', contract: 2 } },
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
