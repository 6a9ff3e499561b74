import type { ExtensionContext } from './protocol.ts';

/**
 * `hubspot.fetch` as HubSpot's host does it: the call goes to the proxy as JSON; the proxy's envelope comes back and is turned
 * into a `Response` with the status and body of the backend.
 */

interface FetchOptions {
  method?: string;
  timeout?: number;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
}

interface Envelope {
  status?: string;
  message?: string;
  responseBody?: unknown;
  context?: { appServerStatusCode?: number[] };
}

const PROXY = '/_sandbox/proxy';
const DEFAULT_TIMEOUT_MS = 15_000;

export function createFetch(send: typeof fetch, context: () => ExtensionContext) {
  return async function hsFetch(url: string | URL, options: FetchOptions = {}): Promise<Response> {
    const { portal, user } = context();
    const answer = await send(PROXY, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        portalId: String(portal.id),
        userId: String(user.id),
        userEmail: user.email,
        requestUri: String(url),
        method: options.method ?? 'GET',
        requestBody: options.body ?? null,
        requestHeaders: options.headers ?? {},
        requestTimeoutMillis: options.timeout ?? DEFAULT_TIMEOUT_MS,
      }),
    });
    const envelope = (await answer.json()) as Envelope;
    const status = envelope.context?.appServerStatusCode?.[0];
    if (status === undefined) {
      // The proxy itself refused, or never reached the backend.
      return new Response(JSON.stringify({ message: envelope.message ?? '' }), { status: answer.status });
    }
    return toResponse(Number(status), envelope.responseBody);
  };
}

const WITHOUT_BODY = [204, 205, 304];

function toResponse(status: number, body: unknown): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  return new Response(WITHOUT_BODY.includes(status) ? null : text, {
    status,
    headers: { 'content-type': 'application/json' },
  });
}
