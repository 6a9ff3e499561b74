import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { eventually, onCard, useBrowser } from '../support/card.mjs';
import { address, call, detachAll, recordWith } from '../support/sandbox.mjs';

describe('attaching invoices', () => {
  useBrowser();
  let place;
  before(async () => {
    place = await recordWith('empty');
  });
  beforeEach(() => detachAll(place));
  afterEach(() => detachAll(place));

  /** Ticks the first `count` invoices that can be ticked; returns their numbers. */
  async function tickFirst(card, count) {
    const boxes = card.modal.getByRole('checkbox', { disabled: false });
    const names = await boxes.evaluateAll((all) => all.map((box) => box.getAttribute('aria-label')));
    const numbers = names.slice(0, count).map((name) => name.replace('Choose ', ''));
    for (const number of numbers) {
      await card.modal.getByRole('checkbox', { name: `Choose ${number}`, exact: true }).check();
    }
    return numbers;
  }

  test('NS-18 "Add existing invoice": search, tick the boxes left of three invoices, Add', async () => {
    await onCard(place, {}, async (card) => {
      await card.shows('No invoices yet');
      await card.openAdd();
      const [first, second] = await tickFirst(card, 2);
      // Searching by number finds it, and the ticks survive the search.
      const other = await otherThan(card, [first, second]);
      await card.searchErp(other.toLowerCase());
      await card.modal.getByRole('checkbox', { name: `Choose ${other}`, exact: true }).check();
      await card.modal.getByText('3 selected').waitFor();
      await card.shoot('add-three-ticked');
      await card.submitAdd();
      await card.toast('3 invoices added');
      await eventually(async () => assert.deepEqual((await card.numbers()).sort(), [first, second, other].sort()));
    });
    const answer = await call(place, 'GET', '/api/card/invoices', { page: '1', pageSize: '10' });
    assert.equal(answer.rows.filter((row) => row.attachment !== null).length, 3);
  });

  /** An invoice of the second page of the search, so that it is not ticked yet. */
  async function otherThan(card, ticked) {
    await card.modal.getByRole('button', { name: 'Next page' }).click();
    return eventually(async () => {
      const names = await card.modal
        .getByRole('checkbox')
        .evaluateAll((all) => all.map((box) => box.getAttribute('aria-label').replace('Choose ', '')));
      assert.ok(names.length > 0 && !names.some((name) => ticked.includes(name)));
      return names[0];
    });
  }

  test('NS-19 the record lists its attached invoices with totals; one is removed and put back', async () => {
    await onCard(place, { location: 'tab' }, async (card) => {
      await card.shows('No invoices yet');
      await card.openAdd();
      const numbers = await tickFirst(card, 3);
      await card.submitAdd();
      await eventually(async () => assert.deepEqual((await card.numbers()).sort(), [...numbers].sort()));
      await card.shows('Attached');
      await card.shows(/^Open \([A-Z]{3}\)$/);
      await card.shoot('attached-with-totals');

      const [gone] = numbers;
      await card.button(`Remove ${gone}`).click();
      await card.shows(`Invoice ${gone} was removed`);
      await eventually(async () => assert.ok(!(await card.numbers()).includes(gone)));
      await card.shoot('removed-with-undo');

      await card.button('Undo').click();
      await card.toast(`Invoice ${gone} is back`);
      await eventually(async () => assert.deepEqual((await card.numbers()).sort(), [...numbers].sort()));
    });
    // It is the backend that remembers, not the page.
    await onCard(place, { location: 'sidebar' }, async (card) => {
      await card.listed();
      assert.equal((await card.numbers()).length, 3);
    });
  });

  test('another customer’s invoice needs a yes', async () => {
    await onCard(place, {}, async (card) => {
      await card.openAdd();
      const search = card.answers.findLast((answer) => answer.path === '/api/card/search').body;
      const foreign = search.rows.find((row) => row.needsConfirmation && !row.attachedHere);
      assert.ok(foreign, 'the search brought no invoice of an unrelated customer');
      await card.modal.getByRole('checkbox', { name: `Choose ${foreign.row.number}`, exact: true }).check();
      await card.modal.getByRole('button', { name: 'Add 1 invoice' }).click();
      await card.modal.getByText('Another customer’s invoices?').waitFor();
      await card.shoot('add-confirmation');
      await card.modal.getByRole('button', { name: 'Back' }).click();
      await card.modal.getByText('1 selected').waitFor();
      await card.submitAdd();
      await eventually(async () => assert.deepEqual(await card.numbers(), [foreign.row.number]));
    });
  });

  test('what is attached already cannot be ticked, and says so', async () => {
    await onCard(place, {}, async (card) => {
      await card.openAdd();
      const [number] = await tickFirst(card, 1);
      await card.submitAdd();
      await card.listed();
      await card.openAdd();
      await card.searchErp(number);
      const box = card.modal.getByRole('checkbox', { name: `Choose ${number}`, exact: true });
      await eventually(async () => assert.ok(await box.isDisabled()));
      await card.modal.getByText('Already on this record').first().waitFor();
    });
  });

  test('an invoice opens with its lines, totals and a link into the ERP', async () => {
    await onCard(await recordWith('linked', { objectTypeId: '0-1' }), {}, async (card) => {
      await card.listed();
      const [number] = await card.numbers();
      await card.button(number).click();
      const panel = card.page.getByRole('dialog', { name: new RegExp(number) });
      await panel.getByRole('heading', { name: 'Lines' }).waitFor();
      await panel.getByText('Subtotal').waitFor();
      const link = panel.getByRole('link', { name: /^Open in NetSuite/ });
      const to = new URL(await link.getAttribute('href'));
      assert.equal(to.origin, new URL(address.NETSUITE_URL).origin);
      assert.equal(to.pathname, '/tstdrv4711/app/accounting/transactions/custinvc.nl');
      assert.equal((await card.page.request.get(to.href)).status(), 200);
      await card.shoot('detail');
      await card.page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
    });
  });
});
