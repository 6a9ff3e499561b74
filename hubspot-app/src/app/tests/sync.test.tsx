import { Alert, LoadingButton } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { RecordSync } from '@ledgercard/shared';
import { listAnswer, NOW, row } from './support/answers.ts';
import { Backend, renderCard, seen, shows } from './support/card.tsx';

const SYNC = '/api/card/sync';

function line(more: Partial<RecordSync> = {}): RecordSync {
  return { connectionId: 'c1', kind: 'customer', erpId: '42', erpUrl: 'https://erp.example/42', inStepAt: NOW, state: 'in_step', ...more };
}

function having(...lines: RecordSync[]) {
  const backend = new Backend().lists(listAnswer([row('INV1')], { sync: lines }));
  return { backend, card: (locale = 'en-us') => renderCard({ locale }) };
}

describe('how the record stands with the contact sync', () => {
  test('in step: with which customer, and when last', async () => {
    const card = having(line()).card();
    await shows(card, 'In step with customer 42, last 2:03 PM');
  });

  test('parked: what is wrong in plain words, where, and what to do', async () => {
    const card = having(line({ state: 'parked', cause: 'invalid_email', field: 'email' })).card();
    await shows(card, 'Not in step: customer 42');
    expect(seen(card)).toContain('The e-mail address is not a valid one (email).');
    expect(seen(card)).toContain('Correct the address in NetSuite; it is then tried again by itself.');
    expect(card.find(Alert).props.variant).toBe('warning');
  });

  test('parked for a cause that this card does not know: said all the same', async () => {
    const card = having(line({ state: 'parked', cause: 'of_tomorrow' })).card();
    await shows(card, 'The other side refused it.');
  });

  test('waiting, and off', async () => {
    const card = having(line({ state: 'waiting', inStepAt: null }), line({ kind: 'contact', erpId: '7', state: 'off' })).card();
    await shows(card, 'Waits to be brought in step: customer 42');
    expect(seen(card)).toContain('Linked with NetSuite contact 7; the sync is off');
  });

  test('sync now leaves a hint, says so, and reads again', async () => {
    const { backend, card } = having(line());
    backend.on(SYNC, () => ({}));
    const page = card();
    await shows(page, 'In step');
    const before = backend.listCalls.length;
    page.find(LoadingButton, { testId: 'sync-now' }).trigger('onClick');
    await page.waitFor(() => expect(backend.listCalls.length).toBeGreaterThan(before));
    expect(backend.to(SYNC)[0]?.body).toMatchObject({ objectTypeId: '0-1', objectId: '501' });
    expect(page.mocks.actions.addAlert.calls[0]?.[0]).toMatchObject({ message: 'It is brought in step in a moment.' });
  });

  test('sync now that fails says why', async () => {
    const { backend, card } = having(line());
    backend.on(SYNC, () => new Response('', { status: 503 }));
    const page = card();
    await shows(page, 'In step');
    page.find(LoadingButton, { testId: 'sync-now' }).trigger('onClick');
    await shows(page, 'Ledgercard’s server failed.');
  });

  test('switched off: nothing to press; of no flow, or of a backend that says nothing: no line', async () => {
    const card = having(line({ state: 'off' })).card();
    await shows(card, 'the sync is off');
    expect(card.findAll(LoadingButton, { testId: 'sync-now' })).toHaveLength(0);
    new Backend().lists(listAnswer([row('INV1')]));
    const other = renderCard();
    await shows(other, 'INV1');
    expect(seen(other)).not.toContain('Sync now');
  });

  test.each([
    ['de-de', 'Abgeglichen mit Kunde 42', 'Jetzt abgleichen'],
    ['fr-fr', 'Aligné avec le client 42', 'Synchroniser maintenant'],
    ['es-es', 'Al día con el cliente 42', 'Sincronizar ahora'],
    ['ja-jp', '顧客 42と同期済み', '今すぐ同期'],
  ])('in %s', async (locale, text, button) => {
    const card = having(line()).card(locale);
    await shows(card, text);
    expect(seen(card)).toContain(button);
  });
});
