import { Table } from '@hubspot/ui-extensions';
import { createRenderer } from '@hubspot/ui-extensions/testing';
import { expect, vi } from 'vitest';
import type { AddAnswer, AddOutcome } from '@ledgercard/shared';
import { CardRoot } from '../../cards/components/CardRoot.tsx';

/** A card in HubSpot's own test renderer, in front of a backend that answers what a test says. */

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

const PATIENCE_MS = 10_000;

interface CardOptions {
  layout?: 'sidebar' | 'tab';
  locale?: string;
  objectTypeId?: string;
  variables?: Record<string, string>;
}

export type TestCard = ReturnType<typeof renderCard>;

export function renderCard(options: CardOptions = {}) {
  const location = options.layout === 'tab' ? 'crm.record.tab' : 'crm.record.sidebar';
  const renderer = createRenderer(location);
  const { context } = renderer.mocks;
  context.location = location;
  context.crm = { objectId: 501, objectTypeId: options.objectTypeId ?? '0-1' };
  context.user = { ...context.user, id: 1, locale: options.locale ?? 'en-us' };
  context.variables = options.variables ?? { BACKEND_URL: 'https://ledgercard.example' };
  renderer.render(<CardRoot />);
  const { waitFor } = renderer;
  // The renderer's second is short for a machine that is busy with other things.
  return Object.assign(renderer, {
    waitFor: (check: () => void) => waitFor.call(renderer, check, { timeoutInMs: PATIENCE_MS }),
  });
}

/** All text of a part of the card, overlays included, in reading order. */
export function textOf(node: unknown): string {
  const { text, childNodes, props, nodeType } = node as {
    nodeType: string;
    text?: string | null;
    childNodes?: unknown[];
    props?: Record<string, unknown>;
  };
  if (nodeType === 'text') {
    return text ?? '';
  }
  const own = ['title', 'label', 'number', 'screenReaderText']
    .map((name) => props?.[name])
    .filter((value) => typeof value === 'string');
  const overlay = props?.['overlay'] === undefined ? '' : textOf(props['overlay']);
  return [...own, ...(childNodes ?? []).map(textOf), overlay].filter((part) => part !== '').join(' ');
}

interface Paged {
  trigger: (event: 'onPageChange', page: number) => void;
}

/** A table's props are a union, of which only one side has pages; the renderer's types know no event for it. */
export function turnTo(within: { find: (component: typeof Table) => unknown }, page: number): void {
  (within.find(Table) as Paged).trigger('onPageChange', page);
}

/** All text of the card as it is now. */
export function seen(card: TestCard): string {
  return textOf(card.getRootNode());
}

export async function shows(card: TestCard, text: string | RegExp): Promise<void> {
  await card.waitFor(() => expect(seen(card)).toMatch(text));
}

/** The answer to an add request in which all went well. */
export function addedAll(call: Call): AddAnswer {
  return outcomes(call, () => 'added');
}

/** The answer to an add request, with an outcome per invoice. */
export function outcomes(call: Call, of: (invoiceId: string) => AddOutcome): AddAnswer {
  const invoices = call.body['invoices'] as { connectionId: string; invoiceId: string }[];
  return {
    results: invoices.map(({ connectionId, invoiceId }) => ({
      connectionId,
      invoiceId,
      outcome: of(invoiceId),
      associationId: `a${invoiceId}`,
    })),
  };
}
