import type { Problem } from './types.ts';

/**
 * The way to the backend: through `hubspot.fetch`, so every call goes by HubSpot's proxy, which signs it. Expected trouble comes
 * as an answer with a state; everything else becomes an `ApiError` of one of eight kinds.
 */

/**
 * timeout: no answer in time · network: the call did not get through · busy: too many calls at once, try again ·
 * refused: the backend would not do it (4xx) · not_allowed: this user may not, and an administrator decides about it ·
 * conflict: this action's key was used for something else · server: the backend failed (5xx) ·
 * unreadable: an answer came, but not of the promised shape.
 */
export type ApiErrorKind =
  | 'timeout'
  | 'network'
  | 'busy'
  | 'refused'
  | 'not_allowed'
  | 'conflict'
  | 'server'
  | 'unreadable';

export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  readonly status: number | null;
  readonly problem: Problem | null;

  constructor(kind: ApiErrorKind, status: number | null, problem: Problem | null) {
    super(problem?.detail ?? kind);
    this.name = 'ApiError';
    this.kind = kind;
    this.status = status;
    this.problem = problem;
  }

  /** Whether the backend may or may not have done it: repeating must carry the same idempotency key. */
  get undecided(): boolean {
    return this.kind !== 'refused' && this.kind !== 'not_allowed' && this.kind !== 'conflict';
  }
}

/** What a call threw, as one of ours: whatever is none of ours never got through. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('network', null, null);
}

export type Method = 'GET' | 'POST';

export type FetchLike = (
  url: string,
  options: { method: Method; timeout: number; body?: Record<string, unknown> },
) => Promise<Response>;

/** HubSpot's proxy allows 15 s; the backend promises an answer within 3. */
const TIMEOUT_MS = 12_000;
/** How much longer the card waits for the proxy's own time-out before it gives up by itself. */
const GRACE_MS = 1_500;

export interface ApiSettings {
  fetch: FetchLike;
  /** `https://host` without a path; comes from the app's profile variable BACKEND_URL. */
  backendUrl: string;
  timeoutMs?: number;
  /** Makes idempotency keys. */
  newKey?: () => string;
}

export type Unkeyed<T extends { idempotencyKey: string }> = Omit<T, 'idempotencyKey'>;

type IsExpected<T> = (value: unknown) => value is T;

export interface Client {
  get<T>(path: string, query: object, isExpected: IsExpected<T>): Promise<T>;
  /** A POST under an idempotency key, which stays the same for the same request until its outcome is known. */
  act<T>(path: string, request: object, isExpected: IsExpected<T>): Promise<T>;
}

export function createClient(settings: ApiSettings): Client {
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const newKey = settings.newKey ?? randomKey;
  const base = settings.backendUrl.replace(/\/+$/, '');
  // The keys of actions whose outcome is not known yet: the same action tried again goes out under the same key.
  const undecided = new Map<string, string>();

  async function call<T>(
    method: Method,
    path: string,
    body: Record<string, unknown> | null,
    isExpected: IsExpected<T>,
  ): Promise<T> {
    const response = await inTime(
      settings.fetch(base + path, { method, timeout: timeoutMs, ...(body === null ? {} : { body }) }),
      timeoutMs + GRACE_MS,
    );
    const { status, value } = await readBody(response);
    if (status < 200 || status > 299) {
      throw errorOf(status, value);
    }
    if (!isExpected(value)) {
      throw new ApiError('unreadable', status, null);
    }
    return value;
  }

  function get<T>(path: string, query: object, isExpected: IsExpected<T>): Promise<T> {
    const text = queryText(query);
    return call('GET', text === '' ? path : `${path}?${text}`, null, isExpected);
  }

  async function act<T>(path: string, request: object, isExpected: IsExpected<T>): Promise<T> {
    const action = `${path} ${JSON.stringify(request)}`;
    const idempotencyKey = undecided.get(action) ?? newKey();
    undecided.set(action, idempotencyKey);
    try {
      const answer = await call('POST', path, { ...request, idempotencyKey }, isExpected);
      undecided.delete(action);
      return answer;
    } catch (error) {
      if (error instanceof ApiError && !error.undecided) {
        undecided.delete(action);
      }
      throw error;
    }
  }

  return { get, act };
}

function queryText(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      parameters.set(name, String(value));
    }
  }
  // "+" for a space is a form's way of writing; in a signed address only %20 is beyond doubt.
  return parameters.toString().replaceAll('+', '%20');
}

async function inTime(call: Promise<Response>, ms: number): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ApiError('timeout', null, null)), ms);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError('network', null, null);
  } finally {
    clearTimeout(timer);
  }
}

async function readBody(response: Response): Promise<{ status: number; value: unknown }> {
  let value: unknown;
  try {
    value = response.status === 204 ? null : await response.json();
  } catch {
    // A body that is no JSON says nothing that the status does not say; below, a 2xx of this kind is "unreadable".
    value = undefined;
  }
  const enveloped = unwrap(value);
  return enveloped ?? { status: response.status, value };
}

/** HubSpot's proxy may hand an error over inside a 200, with the backend's status in the envelope. */
function unwrap(value: unknown): { status: number; value: unknown } | null {
  const envelope = value as {
    status?: unknown;
    responseBody?: unknown;
    context?: { appServerStatusCode?: unknown };
  } | null;
  const codes = envelope?.context?.appServerStatusCode;
  if (!Array.isArray(codes) || typeof envelope?.status !== 'string') {
    return null;
  }
  const body = envelope.responseBody;
  return { status: Number(codes[0]), value: typeof body === 'string' ? parseOrNull(body) : body };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: no problem document to show; the status alone decides.
    return null;
  }
}

/** The type of the problem that says: this user may not, and an administrator decides about it. */
const NOT_ALLOWED = 'urn:ledgercard:not-allowed';

function errorOf(status: number, value: unknown): ApiError {
  const problem = isProblem(value) ? value : null;
  if (status === 429) {
    return new ApiError('busy', status, problem);
  }
  if (status === 403 && problem?.type === NOT_ALLOWED) {
    return new ApiError('not_allowed', status, problem);
  }
  if (status === 409) {
    return new ApiError('conflict', status, problem);
  }
  if (status === 504 || status === 408) {
    return new ApiError('timeout', status, problem);
  }
  return new ApiError(status >= 500 ? 'server' : 'refused', status, problem);
}

function isProblem(value: unknown): value is Problem {
  const problem = value as Partial<Problem> | null;
  return typeof problem?.title === 'string' && typeof problem.detail === 'string';
}

/** 128 random bits as text. `crypto.randomUUID` exists in secure contexts only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
