import { describe, expect, test, vi } from 'vitest';
import { listAnswer } from './support/answers.ts';
import { createApi } from '../packages/shared/api.ts';
import { ApiError } from '../packages/shared/client.ts';
import type { FetchLike } from '../packages/shared/client.ts';

const record = { objectTypeId: '0-1', objectId: '501' } as const;
const add = { ...record, invoices: [{ connectionId: 'c1', invoiceId: '1', confirmed: false }] };

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

function apiOf(fetch: FetchLike, timeoutMs?: number) {
  let keys = 0;
  return createApi({
    fetch,
    backendUrl: 'https://ledgercard.example/',
    newKey: () => `key-${++keys}`,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) {
    throw new Error(`expected an ApiError, got ${String(error)}`);
  }
  return error;
}

describe('addresses', () => {
  test('values are percent-encoded, spaces as %20, and what is not set is left out', async () => {
    const fetch = vi.fn<FetchLike>(async () => json(200, listAnswer([])));
    await apiOf(fetch).list({ ...record, page: 2, status: '', q: 'Müller & Co+1' });
    expect(fetch.mock.calls[0]?.[0]).toBe(
      'https://ledgercard.example/api/card/invoices?objectTypeId=0-1&objectId=501&page=2&q=M%C3%BCller%20%26%20Co%2B1',
    );
    expect(fetch.mock.calls[0]?.[1]).toEqual({ method: 'GET', timeout: 12_000 });
  });
});

describe('errors', () => {
  const problem = { type: 'about:blank', title: 'Bad', status: 400, detail: 'page is 0', requestId: 'r1' };
  const cases: [string, Response, ApiError['kind']][] = [
    ['400 with a problem', json(400, problem), 'refused'],
    ['404', json(404, {}), 'refused'],
    ['409: the key was used for something else', json(409, problem), 'conflict'],
    ['422', json(422, problem), 'refused'],
    ['429', json(429, {}), 'busy'],
    ['500 without a body', new Response(null, { status: 500 }), 'server'],
    ['502 with a page', new Response('<html>', { status: 502 }), 'server'],
    ['504 of the proxy', json(504, {}), 'timeout'],
    ['200 that is no JSON', new Response('<html>'), 'unreadable'],
    ['200 of another shape', json(200, { state: 'ready' }), 'unreadable'],
    ['200 with an unknown state', json(200, listAnswer([], { state: 'odd' as 'ready' })), 'unreadable'],
    ['204', new Response(null, { status: 204 }), 'unreadable'],
    ['an envelope inside a 200', json(200, { status: 'error', context: { appServerStatusCode: [503] } }), 'server'],
  ];
  for (const [name, response, kind] of cases) {
    test(`${name} is "${kind}"`, async () => {
      expect((await failure(apiOf(async () => response).list(record))).kind).toBe(kind);
    });
  }

  test('the problem document is kept', async () => {
    expect((await failure(apiOf(async () => json(400, problem)).list(record))).problem).toEqual(problem);
  });

  test('a good answer inside the proxy’s envelope is taken out of it', async () => {
    const enveloped = { status: 'success', responseBody: listAnswer([]), context: { appServerStatusCode: [200] } };
    expect(await apiOf(async () => json(200, enveloped)).list(record)).toEqual(listAnswer([]));
  });

  test('a call that never gets through is "network"', async () => {
    expect((await failure(apiOf(() => Promise.reject(new TypeError('offline'))).list(record))).kind).toBe('network');
  });

  test('no answer at all is "timeout", not an endless wait', async () => {
    vi.useFakeTimers();
    try {
      const late = failure(apiOf(() => new Promise(() => undefined), 1_000).list(record));
      await vi.advanceTimersByTimeAsync(2_500);
      expect((await late).kind).toBe('timeout');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('idempotency keys', () => {
  function recording(...replies: (Response | Error)[]) {
    const keys: unknown[] = [];
    const fetch: FetchLike = async (_, options) => {
      keys.push(options.body?.['idempotencyKey']);
      const reply = replies.shift() ?? json(200, { results: [] });
      if (reply instanceof Error) {
        throw reply;
      }
      return reply;
    };
    return { keys, api: apiOf(fetch) };
  }

  test('the same action goes out under the same key until its outcome is known', async () => {
    const { keys, api } = recording(new TypeError('offline'), json(503, {}), json(200, { odd: true }));
    await failure(api.add(add));
    await failure(api.add(add));
    await failure(api.add(add));
    await api.add(add);
    await api.add(add);
    expect(keys).toEqual(['key-1', 'key-1', 'key-1', 'key-1', 'key-2']);
  });

  test('another body is another action', async () => {
    const { keys, api } = recording(new TypeError('offline'));
    await failure(api.add(add));
    await api.add({ ...add, invoices: [{ connectionId: 'c1', invoiceId: '2', confirmed: false }] });
    expect(keys).toEqual(['key-1', 'key-2']);
  });

  test('a refusal is an outcome: the next try is a new action', async () => {
    const { keys, api } = recording(json(400, {}));
    await failure(api.add(add));
    await api.add(add);
    expect(keys).toEqual(['key-1', 'key-2']);
  });

  test('remove and restore of the same association do not share a key', async () => {
    const reply = () => json(200, { outcome: 'removed', associationId: 'a', undoUntil: null });
    const { keys, api } = recording(reply(), reply());
    await api.remove({ ...record, associationId: 'a' });
    await api.restore({ ...record, associationId: 'a' });
    expect(new Set(keys).size).toBe(2);
  });
});
