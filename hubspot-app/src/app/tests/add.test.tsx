import {
  Button,
  Checkbox,
  LoadingButton,
  Modal,
  ModalFooter,
  SearchInput,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { attachedRow, found, listAnswer, searchAnswer } from './support/answers.ts';
import { addedAll, Backend, outcomes, renderCard, seen, shows, textOf, turnTo } from './support/card.tsx';
import type { TestCard } from './support/card.tsx';

const ADD = '/api/card/associations';
const SEARCH = '/api/card/search';

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
    await shows(card, 'Suggested: Its company’s customer (company 601)');
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

