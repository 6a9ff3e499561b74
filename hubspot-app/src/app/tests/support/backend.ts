import { vi } from 'vitest';

/** A backend that answers what a test says, behind `hubspot.fetch`. */

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

type Reply = object | Response | Promise<object | Response>;
export type Answerer = (call: Call) => Reply;

interface FetchOptions {
  method?: string;
  body?: Record<string, unknown>;
}

export class Backend {
  readonly calls: Call[] = [];
  private readonly answerers = new Map<string, Answerer>();

  constructor() {
    vi.stubGlobal('self', Object.assign(globalThis, { hsFetch: this.fetch.bind(this) }));
  }

  on(path: string, answerer: Answerer): this {
    this.answerers.set(path, answerer);
    return this;
  }

  /** Answers of the list, one after the other; the last one stays. */
  lists(...answers: Reply[]): this {
    let next = 0;
    return this.on('/api/card/invoices', () => answers[Math.min(next++, answers.length - 1)] as Reply);
  }

  to(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  get listCalls(): Call[] {
    return this.to('/api/card/invoices');
  }

  private async fetch(address: string, options: FetchOptions): Promise<Response> {
    const url = new URL(address);
    const call = {
      method: options.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: options.body ?? {},
    };
    this.calls.push(call);
    const answerer = this.answerers.get(url.pathname);
    if (url.origin !== 'https://ledgercard.example' || answerer === undefined) {
      throw new Error(`the test has no answer for ${call.method} ${address}`);
    }
    const reply = await answerer(call);
    return reply instanceof Response ? reply : new Response(JSON.stringify(reply), { status: 200 });
  }
}
