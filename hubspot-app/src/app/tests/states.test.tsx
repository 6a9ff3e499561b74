import {
  Alert,
  Button,
  EmptyState,
  ErrorState,
  Link,
  LoadingSpinner,
  StatusTag,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { attachedRow, connection, listAnswer, NOW, row, trouble } from './support/answers.ts';
import { Backend, renderCard, seen, shows } from './support/card.tsx';

describe('states', () => {
  test('loading: a spinner with a label, then the rows as soon as the ERP has answered', async () => {
    const backend = new Backend().lists(
      listAnswer([], { state: 'loading', retryAfterMs: 5, connections: [connection({ state: 'loading', asOf: null })] }),
      listAnswer([], { state: 'loading', retryAfterMs: 5, connections: [connection({ state: 'loading', asOf: null })] }),
      listAnswer([row('INV1')]),
    );
    const card = renderCard();
    expect(card.find(LoadingSpinner).props.label).toBe('Loading invoices…');
    await shows(card, 'INV1');
    expect(card.maybeFind(LoadingSpinner)).toBeNull();
    expect(backend.listCalls).toHaveLength(3);
  });

  test('loading without end: asks a bounded number of times, then offers to keep waiting', async () => {
    const backend = new Backend().lists(listAnswer([], { state: 'loading', retryAfterMs: 1 }));
    const card = renderCard();
    await shows(card, 'The ERP is taking unusually long');
    expect(backend.listCalls).toHaveLength(20);
    card.find(Button).trigger('onClick');
    await card.waitFor(() => expect(backend.listCalls.length).toBeGreaterThan(20));
  });

  test('empty: says what to do next, and the way to do it is there', async () => {
    new Backend().lists(listAnswer([]));
    const card = renderCard();
    await shows(card, 'No invoices yet');
    expect(card.find(EmptyState).props.title).toBe('No invoices yet');
    expect(seen(card)).toContain('Add an existing invoice to see it here');
    expect(card.find(Button, { variant: 'primary' }).text).toBe('Add existing invoice');
  });

  test('empty deal: points to the suggestions', async () => {
    new Backend().lists(listAnswer([], { record: { objectTypeId: '0-3', objectId: '501' } }));
    await shows(renderCard({ objectTypeId: '0-3' }), 'Nothing is attached to this deal yet');
  });

  for (const [reason, title] of [
    [null, 'No ERP is connected'],
    ['never', 'No ERP is connected'],
    ['paused', 'The ERP connection is paused'],
    ['disconnected', 'The ERP was disconnected'],
    ['uninstalled', 'Ledgercard was taken off this HubSpot account'],
    ['consent_needed', 'HubSpot wants consent again'],
  ] as const) {
    test(`not connected (${reason ?? 'no reason'}): says why, with the link to the settings`, async () => {
      new Backend().lists(listAnswer([], { state: 'not_connected', reason, connections: [] }));
      const card = renderCard();
      await shows(card, title);
      expect(card.find(Link).props.href).toBe('/integrations-settings/4711001/installed');
      expect(card.maybeFind(Button)).toBeNull();
    });
  }

  test('who may not see invoices gets a lock, and is told nothing else', async () => {
    const permission = { see: false, attach: false };
    new Backend().lists(listAnswer([], { state: 'no_permission', connections: [], permission }));
    const card = renderCard();
    await shows(card, 'Your administrator has not given you the right to see invoices');
    expect(card.find(ErrorState).props.type).toBe('lock');
    expect(card.maybeFind(Button)).toBeNull();
  });

  test('who may not attach sees the rows and why nothing can be added or removed', async () => {
    const permission = { see: true, attach: false };
    const suggestion = { row: row('INV5'), reason: 'record_customer', via: { objectTypeId: '0-2', objectId: '1' } } as const;
    const missing = { connectionId: 'c1', id: '9', attachment: { associationId: 'm', addedBy: '1', addedAt: NOW }, reason: 'deleted_in_erp' } as const;
    new Backend().lists(listAnswer([attachedRow('INV1')], { permission, suggestions: [suggestion], missing: [missing] }));
    const card = renderCard({ layout: 'tab' });
    await shows(card, 'INV1');
    expect(seen(card)).toContain('Your administrator has not given you the right to add or remove invoices.');
    expect(seen(card)).toContain('Invoice with ERP id 9');
    expect(seen(card)).not.toMatch(/Add existing invoice|Remove|Suggestions/);
  });

  test('who may not attach is not asked to add to an empty record', async () => {
    new Backend().lists(listAnswer([], { permission: { see: true, attach: false } }));
    const card = renderCard();
    await shows(card, 'Nothing of the ERP belongs to this record so far.');
    expect(seen(card)).not.toContain('Add an existing invoice');
  });

  test('no permission: a lock that names the right, and a retry', async () => {
    const lacking = connection({
      state: 'missing',
      asOf: null,
      trouble: trouble('no_permission', { permission: 'Find Transaction' }),
    });
    const backend = new Backend().lists(
      listAnswer([], { state: 'no_permission', connections: [lacking] }),
      listAnswer([row('INV7')]),
    );
    const card = renderCard();
    await shows(card, '“Find Transaction”');
    const state = card.find(ErrorState);
    expect(state.props.type).toBe('lock');
    state.find(Button).trigger('onClick');
    await shows(card, 'INV7');
    expect(backend.listCalls).toHaveLength(2);
  });

  test('unavailable: nothing known and nothing to ask', async () => {
    const down = connection({ state: 'missing', asOf: null, trouble: trouble('unavailable') });
    new Backend().lists(listAnswer([], { state: 'unavailable', connections: [down] }));
    const card = renderCard();
    await shows(card, 'The ERP cannot be asked');
    expect(seen(card)).toContain('NetSuite cannot be reached at the moment.');
    expect(card.find(ErrorState).props.type).toBe('error');
  });

  test('stale: old rows stay, with their time and the reason', async () => {
    const stale = connection({ state: 'stale', asOf: NOW - 3_600_000, trouble: trouble('unavailable') });
    new Backend().lists(listAnswer([row('INV1')], { connections: [stale] }));
    const card = renderCard();
    await shows(card, 'INV1');
    expect(card.findByTestId(StatusTag, 'freshness-c1').props.variant).toBe('warning');
    expect(card.find(Alert).props.title).toBe('NetSuite cannot be reached at the moment.');
    expect(seen(card)).toContain('What you see is as of 1:03');
  });

  test('throttled: says until when', async () => {
    const throttled = connection({ state: 'stale', trouble: trouble('throttled', { retryAt: NOW + 60_000 }) });
    new Backend().lists(listAnswer([row('INV1')], { connections: [throttled] }));
    await shows(renderCard(), /takes no more requests until 2:04/);
  });

  test('error: says why, keeps the request’s id, and tries again', async () => {
    const problem = { type: 'about:blank', title: 'Failed', status: 500, detail: 'no', requestId: 'req-9' };
    const backend = new Backend().lists(
      new Response(JSON.stringify(problem), { status: 500 }),
      listAnswer([row('INV1')]),
    );
    const card = renderCard();
    await shows(card, 'The invoices could not be loaded');
    expect(seen(card)).toContain('Request req-9');
    card.find(ErrorState).find(Button).trigger('onClick');
    await shows(card, 'INV1');
    expect(backend.listCalls).toHaveLength(2);
  });

  test('an error later on leaves the rows and says that they are old', async () => {
    new Backend()
      .lists(listAnswer([row('INV1')]), new Response('oops', { status: 502 }))
      .on('/api/card/refresh', () => ({ outcome: 'refreshing' }));
    const card = renderCard();
    await shows(card, 'INV1');
    card.findByTestId(Button, 'refresh').trigger('onClick');
    await shows(card, 'The list could not be updated');
    expect(seen(card)).toContain('INV1');
  });

  test('without BACKEND_URL: says so, and calls nobody', async () => {
    const backend = new Backend();
    const card = renderCard({ variables: {} });
    expect(seen(card)).toContain('BACKEND_URL');
    expect(backend.calls).toHaveLength(0);
  });

  test('HubSpot out of reach: says that matches may be missing', async () => {
    new Backend().lists(listAnswer([row('INV1')], { hubspotReachable: false }));
    await shows(renderCard(), 'HubSpot could not be asked');
  });
});

