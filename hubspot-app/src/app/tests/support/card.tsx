import { Table } from '@hubspot/ui-extensions';
import { createRenderer } from '@hubspot/ui-extensions/testing';
import type { AddAnswer, AddOutcome } from '@ledgercard/shared';
import { CardRoot } from '../../cards/components/CardRoot.tsx';
import type { Call } from './backend.ts';

export { Backend } from './backend.ts';
export type { Answerer, Call } from './backend.ts';
export { seen, shows, textOf } from './text.ts';

/** A card in HubSpot's own test renderer. */

export const PATIENCE_MS = 10_000;

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
  context.portal = { ...context.portal, id: 4711001 };
  context.user = { ...context.user, id: 1, locale: options.locale ?? 'en-us' };
  context.variables = options.variables ?? { BACKEND_URL: 'https://ledgercard.example' };
  renderer.render(<CardRoot />);
  const { waitFor } = renderer;
  // The renderer's second is short for a machine that is busy with other things.
  return Object.assign(renderer, {
    waitFor: (check: () => void) => waitFor.call(renderer, check, { timeoutInMs: PATIENCE_MS }),
  });
}

interface Paged {
  trigger: (event: 'onPageChange', page: number) => void;
}

/** A table's props are a union, of which only one side has pages; the renderer's types know no event for it. */
export function turnTo(within: { find: (component: typeof Table) => unknown }, page: number): void {
  (within.find(Table) as Paged).trigger('onPageChange', page);
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
