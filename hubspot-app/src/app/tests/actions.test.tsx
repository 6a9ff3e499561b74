import {
  Alert,
  Button,
  Checkbox,
  LoadingButton,
  Modal,
  ModalFooter,
  Panel,
  SearchInput,
  Table,
  Tile,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { AddAnswer, AddOutcome } from '@ledgercard/shared';
import {
  attachedRow,
  connection,
  detailAnswer,
  found,
  listAnswer,
  money,
  row,
  searchAnswer,
  trouble,
} from './support/answers.ts';
import { Backend, renderCard, textOf, turnTo } from './support/card.tsx';
import type { Call, TestCard } from './support/card.tsx';

const ADD = '/api/card/associations';
const REMOVE = '/api/card/associations/remove';
const RESTORE = '/api/card/associations/restore';
const SEARCH = '/api/card/search';

function seen(card: TestCard): string {
  return textOf(card.getRootNode());
}

async function shows(card: TestCard, text: string | RegExp): Promise<void> {
  await card.waitFor(() => expect(seen(card)).toMatch(text));
}

/** The modal of "Add existing invoice"; overlays hang on the button that opens them. */
function modal(card: TestCard) {
  const button = card.find(Button, { variant: 'primary' });
  return (button.props as unknown as { overlay: TestCard }).overlay.find(Modal);
}

async function openModal(card: TestCard): Promise<void> {
  await shows(card, 'Add existing invoice');
  card.find(Button, { variant: 'primary' }).trigger('onClick');
  await card.waitFor(() => expect(modal(card).maybeFind(SearchInput)).not.toBeNull());
}

function tick(card: TestCard, number: string, on = true): void {
  modal(card).find(Checkbox, { 'aria-label': `Choose ${number}` }).trigger('onChange', on as never);
}

function addedAll(call: Call): AddAnswer {
  return outcomes(call, () => 'added');
}

function outcomes(call: Call, of: (invoiceId: string) => AddOutcome): AddAnswer {
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

describe('add existing invoice', () => {
  test('nothing is asked before the modal opens', async () => {
    const backend = new Backend().lists(listAnswer([])).on(SEARCH, () => searchAnswer([found('INV1')]));
    const card = renderCard();
    await shows(card, 'No invoices yet');
    expect(backend.to(SEARCH)).toHaveLength(0);
    await openModal(card);
    await shows(card, 'INV1');
    expect(backend.to(SEARCH)).toHaveLength(1);
  });

  test('search, tick three, add: one call, a message, the list is read anew', async () => {
    const backend = new Backend()
      .lists(listAnswer([]), listAnswer([attachedRow('INV1'), attachedRow('INV2'), attachedRow('INV3')]))
      .on(SEARCH, () => searchAnswer([found('INV1'), found('INV2'), found('INV3')]))
      .on(ADD, addedAll);
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV3');
    for (const number of ['INV1', 'INV2', 'INV3']) {
      tick(card, number);
    }
    await shows(card, '3 selected');
    modal(card).find(LoadingButton).trigger('onClick');
    await card.waitFor(() => expect(card.mocks.actions.addAlert.calls).toHaveLength(1));
    expect(card.mocks.actions.addAlert.calls[0]?.[0]).toMatchObject({ type: 'success', message: '3 invoices added' });
    expect(card.mocks.actions.closeOverlay.calls).toEqual([['add-existing-invoice']]);
    expect(backend.to(ADD)).toHaveLength(1);
    expect(backend.to(ADD)[0]?.body).toMatchObject({
      objectTypeId: '0-1',
      objectId: '501',
      invoices: ['1', '2', '3'].map((invoiceId) => ({ connectionId: 'c1', invoiceId, confirmed: false })),
    });
    await shows(card, 'Attached');
    expect(backend.listCalls).toHaveLength(2);
  });

  test('ticks stay over pages and searches', async () => {
    const backend = new Backend().lists(listAnswer([])).on(SEARCH, (call) => {
      const name = call.query.get('q') === 'acme' ? 'INV900' : `INV${call.query.get('page')}`;
      return searchAnswer([found(name)], { total: 30 });
    });
    backend.on(ADD, addedAll);
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV1');
    tick(card, 'INV1');
    turnTo(modal(card), 2);
    await shows(card, 'INV2');
    tick(card, 'INV2');
    modal(card).find(SearchInput).trigger('onInput', 'acme' as never);
    await shows(card, 'INV900');
    expect(backend.to(SEARCH).at(-1)?.query.get('page')).toBe('1');
    tick(card, 'INV900');
    await shows(card, '3 selected');
    modal(card).find(LoadingButton).trigger('onClick');
    await card.waitFor(() => expect(backend.to(ADD)).toHaveLength(1));
    expect((backend.to(ADD)[0]?.body['invoices'] as { invoiceId: string }[]).map((one) => one.invoiceId)).toEqual([
      '1',
      '2',
      '900',
    ]);
  });

  test('at most 50 at once', async () => {
    const many = Array.from({ length: 51 }, (_, index) => found(`INV${index + 1}`));
    new Backend().lists(listAnswer([])).on(SEARCH, () => searchAnswer(many));
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV51');
    for (let index = 1; index <= 51; index += 1) {
      tick(card, `INV${index}`);
    }
    await shows(card, '50 selected That is the most');
    expect(modal(card).find(Checkbox, { 'aria-label': 'Choose INV51' }).props.readOnly).toBe(true);
    expect(modal(card).find(Checkbox, { 'aria-label': 'Choose INV1' }).props.readOnly).toBe(false);
  });

  test('suggestions say why, attached rows say where', async () => {
    new Backend().lists(listAnswer([])).on(SEARCH, () =>
      searchAnswer([
        found('INV1', { suggestion: { reason: 'company_customer', via: { objectTypeId: '0-2', objectId: '601' } } }),
        found('INV2', { attachedHere: true }),
        found('INV3', { attachedTo: [{ objectTypeId: '0-3', objectId: '701' }] }),
      ]),
    );
    const card = renderCard();
    await openModal(card);
    await shows(card, 'Suggested: Customer of company 601');
    expect(seen(card)).toContain('Already on this record');
    expect(seen(card)).toContain('Also on deal 701');
    expect(modal(card).find(Checkbox, { 'aria-label': 'Choose INV2' }).props.readOnly).toBe(true);
  });

  test('another customer’s invoice is added only after a yes', async () => {
    const backend = new Backend()
      .lists(listAnswer([]))
      .on(SEARCH, () => searchAnswer([found('INV1'), found('INV2', { needsConfirmation: true })]))
      .on(ADD, addedAll);
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV2');
    tick(card, 'INV1');
    tick(card, 'INV2');
    await shows(card, '2 selected');
    modal(card).find(LoadingButton).trigger('onClick');
    await shows(card, 'Another customer’s invoices?');
    expect(backend.to(ADD)).toHaveLength(0);
    expect(textOf(modal(card))).toContain('INV2 · Embraer');
    expect(textOf(modal(card))).not.toContain('INV1 ·');
    modal(card).find(LoadingButton).trigger('onClick');
    await card.waitFor(() => expect(backend.to(ADD)).toHaveLength(1));
    expect(backend.to(ADD)[0]?.body['invoices']).toEqual([
      { connectionId: 'c1', invoiceId: '1', confirmed: false },
      { connectionId: 'c1', invoiceId: '2', confirmed: true },
    ]);
  });

  test('a result per row, and a second yes where the backend wants one', async () => {
    const backend = new Backend()
      .lists(listAnswer([]))
      .on(SEARCH, () => searchAnswer([found('INV1'), found('INV2'), found('INV3')]))
      .on(ADD, (call) => {
        const confirmed = (call.body['invoices'] as { confirmed: boolean }[])[0]?.confirmed;
        return outcomes(call, (id) =>
          confirmed ? 'added' : id === '1' ? 'added' : id === '2' ? 'not_found' : 'needs_confirmation',
        );
      });
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV3');
    for (const number of ['INV1', 'INV2', 'INV3']) {
      tick(card, number);
    }
    await shows(card, '3 selected');
    modal(card).find(LoadingButton).trigger('onClick');
    await shows(card, 'Not everything could be added');
    expect(textOf(modal(card))).toMatch(/INV1 Added INV2 Not found in the ERP INV3 Another customer’s/);
    modal(card).find(LoadingButton).trigger('onClick');
    await card.waitFor(() => expect(backend.to(ADD)).toHaveLength(2));
    expect(backend.to(ADD)[1]?.body['invoices']).toEqual([{ connectionId: 'c1', invoiceId: '3', confirmed: true }]);
  });

  test('a failed call tried again carries the same key; the next action another one', async () => {
    let failures = 1;
    const backend = new Backend()
      .lists(listAnswer([]))
      .on(SEARCH, () => searchAnswer([found('INV1'), found('INV2')]))
      .on(ADD, (call) => (failures-- > 0 ? new Response('gone', { status: 502 }) : addedAll(call)));
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV2');
    tick(card, 'INV1');
    await shows(card, '1 selected');
    modal(card).find(LoadingButton).trigger('onClick');
    await shows(card, 'Ledgercard’s server failed');
    modal(card).find(LoadingButton).trigger('onClick');
    await card.waitFor(() => expect(backend.to(ADD)).toHaveLength(2));
    await card.waitFor(() => expect(modal(card).maybeFind(SearchInput)).toBeNull());
    await openModal(card);
    await shows(card, 'INV2');
    tick(card, 'INV1');
    await shows(card, '1 selected');
    modal(card).find(LoadingButton).trigger('onClick');
    await card.waitFor(() => expect(backend.to(ADD)).toHaveLength(3));
    const keys = backend.to(ADD).map((call) => call.body['idempotencyKey']);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(String(keys[0])).toMatch(/^[0-9a-f]{32}$/);
  });

  test('cancel closes, and forgets the ticks', async () => {
    new Backend().lists(listAnswer([])).on(SEARCH, () => searchAnswer([found('INV1')]));
    const card = renderCard();
    await openModal(card);
    await shows(card, 'INV1');
    tick(card, 'INV1');
    await shows(card, '1 selected');
    modal(card).find(ModalFooter).find(Button, { variant: 'secondary' }).trigger('onClick');
    expect(card.mocks.actions.closeOverlay.calls).toEqual([['add-existing-invoice']]);
    await openModal(card);
    await shows(card, 'Nothing selected yet');
  });

  test('the ERP cannot be searched: says so, and tries again', async () => {
    let first = true;
    new Backend().lists(listAnswer([])).on(SEARCH, () => {
      const state = first ? 'unavailable' : 'ready';
      first = false;
      return searchAnswer(state === 'ready' ? [found('INV1')] : [], { state });
    });
    const card = renderCard();
    await openModal(card);
    await shows(card, 'The ERP cannot be asked');
    modal(card).find(Button, { variant: 'secondary' }).trigger('onClick');
    await shows(card, 'INV1');
  });
});

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
      detailAnswer(invoice, {
        payments: [{ number: 'PYMT7', date: '2026-11-05', amount: money('3.00'), kind: 'Payment', url: null }],
        taxes: [{ name: 'VAT', rate: '25', amount: money('2.77') }],
      }),
    );
    const card = renderCard();
    await shows(card, 'INV1');
    expect(backend.to('/api/card/invoice')).toHaveLength(0);
    card.find(Button, (one) => one.text === 'INV1').trigger('onClick');
    await shows(card, 'Balls to the Wall');
    const text = textOf(panel(card, 'INV1'));
    for (const expected of ['Invoice INV1', 'PYMT7', '$3.00', 'VAT (25 %): $2.77', 'Net 30', 'Subtotal', 'Attached by you on Nov 21, 2026']) {
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
    await shows(card, 'Customer of company 601');
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
