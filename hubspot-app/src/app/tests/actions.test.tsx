import {
  Alert,
  Button,
  LoadingButton,
  Panel,
  Table,
  Tile,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { attachedRow, connection, detailAnswer, listAnswer, money, row, trouble } from './support/answers.ts';
import { addedAll, Backend, outcomes, renderCard, seen, shows, textOf } from './support/card.tsx';
import type { TestCard } from './support/card.tsx';

const ADD = '/api/card/associations';
const REMOVE = '/api/card/associations/remove';
const RESTORE = '/api/card/associations/restore';

describe('remove and undo', () => {
  const remove = (card: TestCard) => card.findByTestId(Button, 'remove-a-INV1').trigger('onClick');

  test('removing offers the way back; undo restores under its own key', async () => {
    const backend = new Backend()
      .lists(listAnswer([attachedRow('INV1')]), listAnswer([]), listAnswer([attachedRow('INV1')]))
      .on(REMOVE, () => ({ outcome: 'removed', associationId: 'a-INV1', undoUntil: Date.now() + 60_000 }))
      .on(RESTORE, () => ({ outcome: 'restored', associationId: 'a-INV1', undoUntil: null }));
    const card = renderCard({ layout: 'tab' });
    await shows(card, 'INV1');
    remove(card);
    await shows(card, 'Invoice INV1 was removed');
    await shows(card, 'No invoices yet');
    card.findByTestId(LoadingButton, 'undo').trigger('onClick');
    await card.waitFor(() => expect(card.mocks.actions.addAlert.calls).toHaveLength(1));
    await card.waitFor(() => expect(card.maybeFindByTestId(Button, 'remove-a-INV1')).not.toBeNull());
    expect(card.maybeFind(Alert)).toBeNull();
    expect(backend.to(RESTORE)[0]?.body).toMatchObject({ objectTypeId: '0-1', objectId: '501', associationId: 'a-INV1' });
    expect(backend.to(RESTORE)[0]?.body['idempotencyKey']).not.toBe(backend.to(REMOVE)[0]?.body['idempotencyKey']);
  });

  test('the offer ends when the backend says so', async () => {
    new Backend()
      .lists(listAnswer([attachedRow('INV1')]), listAnswer([]))
      .on(REMOVE, () => ({ outcome: 'removed', associationId: 'a-INV1', undoUntil: Date.now() + 80 }));
    const card = renderCard({ layout: 'tab' });
    await shows(card, 'INV1');
    remove(card);
    await shows(card, 'Invoice INV1 was removed');
    await card.waitFor(() => expect(card.maybeFind(Alert)).toBeNull());
  });

  test('a removal that fails says so and leaves the row', async () => {
    new Backend().lists(listAnswer([attachedRow('INV1')])).on(REMOVE, () => Promise.reject(new Error('offline')));
    const card = renderCard({ layout: 'tab' });
    await shows(card, 'INV1');
    remove(card);
    await shows(card, 'The invoice could not be removed');
    expect(seen(card)).toContain('The call did not get through.');
    expect(card.maybeFindByTestId(Button, 'remove-a-INV1')).not.toBeNull();
  });

  test('an attached invoice that the ERP deleted stays visible and can be removed', async () => {
    const attachment = { associationId: 'a9', addedBy: '1', addedAt: 0 };
    const backend = new Backend()
      .lists(listAnswer([], { missing: [{ connectionId: 'c1', id: '9', attachment, reason: 'deleted_in_erp' }] }))
      .on(REMOVE, () => ({ outcome: 'removed', associationId: 'a9', undoUntil: null }));
    const card = renderCard();
    await shows(card, 'Deleted in the ERP');
    card.findByTestId(Button, 'remove-a9').trigger('onClick');
    await card.waitFor(() => expect(backend.to(REMOVE)).toHaveLength(1));
  });
});

describe('detail', () => {
  const panel = (card: TestCard, number: string) => {
    const button = card.find(Button, (one) => one.text === number);
    return (button.props as unknown as { overlay: TestCard }).overlay.find(Panel);
  };

  test('is read when opened, and shows lines, totals, payments and who attached it', async () => {
    const invoice = attachedRow('INV1');
    const backend = new Backend().lists(listAnswer([invoice])).on('/api/card/invoice', () =>
      detailAnswer({ ...invoice, basis: null, attachment: null }, {
        payments: [{ number: 'PYMT7', date: '2026-11-05', amount: money('3.00'), kind: 'Payment', url: null }],
        taxes: [
          { name: 'VAT', rate: '25', amount: money('2.77') },
          { name: 'Moms 6%', rate: '6', amount: money('0.10') },
        ],
      }),
    );
    const card = renderCard();
    await shows(card, 'INV1');
    expect(backend.to('/api/card/invoice')).toHaveLength(0);
    card.find(Button, (one) => one.text === 'INV1').trigger('onClick');
    await shows(card, 'Balls to the Wall');
    const text = textOf(panel(card, 'INV1'));
    for (const expected of ['Invoice INV1', 'PYMT7', '$3.00', 'VAT (25 %): $2.77', 'Moms 6%: $0.10', 'Net 30', 'Subtotal', 'Attached by you on Nov 21, 2026', 'Attached by hand']) {
      expect(text).toContain(expected);
    }
    expect(backend.to('/api/card/invoice')[0]?.query.get('invoiceId')).toBe('1');
    expect(panel(card, 'INV1').find(Button, { variant: 'secondary' }).props.href).toEqual({
      url: 'https://erp.example/INV1',
      external: true,
    });
  });

  test('remove in the panel closes it', async () => {
    const invoice = attachedRow('INV1');
    const backend = new Backend()
      .lists(listAnswer([invoice]), listAnswer([]))
      .on('/api/card/invoice', () => detailAnswer(invoice))
      .on(REMOVE, () => ({ outcome: 'removed', associationId: 'a-INV1', undoUntil: null }));
    const card = renderCard();
    await shows(card, 'INV1');
    card.find(Button, (one) => one.text === 'INV1').trigger('onClick');
    await shows(card, 'Balls to the Wall');
    panel(card, 'INV1').find(Button, { variant: 'destructive' }).trigger('onClick');
    await card.waitFor(() => expect(backend.to(REMOVE)).toHaveLength(1));
    expect(card.mocks.actions.closeOverlay.calls).toEqual([['invoice-c1/1']]);
  });

  test('deleted in the ERP, no permission, unavailable: each says so', async () => {
    const lacking = connection({ trouble: trouble('no_permission', { permission: 'View Invoices' }) });
    const cases = [
      [detailAnswer(row('INV1'), { state: 'deleted_in_erp', invoice: null }), 'The ERP no longer has this invoice'],
      [detailAnswer(row('INV1'), { state: 'no_permission', invoice: null, connection: lacking }), '“View Invoices”'],
      [detailAnswer(row('INV1'), { state: 'unavailable', invoice: null }), 'The ERP cannot be asked'],
    ] as const;
    for (const [answer, expected] of cases) {
      new Backend().lists(listAnswer([row('INV1')])).on('/api/card/invoice', () => answer);
      const card = renderCard();
      await shows(card, 'INV1');
      card.find(Button, (one) => one.text === 'INV1').trigger('onClick');
      await shows(card, expected);
    }
  });
});

describe('several customers with this e-mail', () => {
  const candidate = (id: string, name: string) => ({
    connectionId: 'c1',
    id,
    number: `CUST${id}`,
    name,
    email: 'office@shared.example',
    inactive: false,
    url: `https://erp.example/${id}`,
  });
  const ambiguous = listAnswer([], { state: 'ambiguous', candidates: [candidate('1', 'Kara'), candidate('2', 'Emma')] });

  test('"this is the one" links, then the list is read anew', async () => {
    const backend = new Backend()
      .lists(ambiguous, listAnswer([row('INV1')]))
      .on('/api/card/links', () => ({ outcome: 'linked' }));
    const card = renderCard();
    await shows(card, '2 ERP customers have this e-mail');
    card.find(Tile, (tile) => textOf(tile).includes('Emma')).find(Button).trigger('onClick');
    await shows(card, 'INV1');
    expect(backend.to('/api/card/links')[0]?.body).toMatchObject({ connectionId: 'c1', customerId: '2', objectId: '501' });
  });

  test('a customer that is gone: says so, the choice stays', async () => {
    new Backend().lists(ambiguous).on('/api/card/links', () => ({ outcome: 'not_found' }));
    const card = renderCard();
    await shows(card, 'Kara');
    card.find(Tile).find(Button).trigger('onClick');
    await shows(card, 'The ERP no longer has this customer');
    expect(card.findAll(Tile)).toHaveLength(2);
  });
});

describe('suggestions', () => {
  const suggestion = { row: row('INV5', { basis: null }), reason: 'company_customer' as const, via: { objectTypeId: '0-2' as const, objectId: '601' } };

  test('apart from the list, with the reason; Add attaches that one', async () => {
    const backend = new Backend()
      .lists(listAnswer([], { suggestions: [suggestion] }), listAnswer([attachedRow('INV5')]))
      .on(ADD, addedAll);
    const card = renderCard({ objectTypeId: '0-3' });
    await shows(card, 'Its company’s customer (company 601)');
    expect(card.maybeFind(Table)).toBeNull();
    card.findByTestId(Button, 'suggest-c1/5').trigger('onClick');
    await card.waitFor(() => expect(card.maybeFind(Table)).not.toBeNull());
    expect(backend.to(ADD)[0]?.body['invoices']).toEqual([{ connectionId: 'c1', invoiceId: '5', confirmed: true }]);
  });

  test('more than fit are counted', async () => {
    const many = Array.from({ length: 5 }, (_, index) => ({ ...suggestion, row: row(`INV${60 + index}`, { basis: null }) }));
    new Backend().lists(listAnswer([], { suggestions: many }));
    const card = renderCard({ objectTypeId: '0-3' });
    await shows(card, '2 more under “Add existing invoice”.');
    expect(card.findAll(Tile)).toHaveLength(3);
  });

  test('one that cannot be added says why', async () => {
    new Backend()
      .lists(listAnswer([], { suggestions: [suggestion] }))
      .on(ADD, (call) => outcomes(call, () => 'erp_unavailable'));
    const card = renderCard({ objectTypeId: '0-3' });
    await shows(card, 'INV5');
    card.findByTestId(Button, 'suggest-c1/5').trigger('onClick');
    await shows(card, 'INV5: The ERP could not be asked; nothing was added');
  });
});
