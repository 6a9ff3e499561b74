import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually, onCard, useBrowser } from '../support/card.mjs';
import { recordWith } from '../support/sandbox.mjs';

describe('paging, sorting, filtering', () => {
  useBrowser();

  const lastList = (card) => card.answers.findLast((answer) => answer.path === '/api/card/invoices');
  const amounts = (texts) => texts.map((text) => Number(text.replace(/[^\d.-]/g, '')));

  test('page 2 has other rows; sorting goes back to page 1 and sorts', async () => {
    await onCard(await recordWith('page2'), {}, async (card) => {
      await card.listed();
      const first = await card.numbers();
      await card.button('Page 2').click();
      await eventually(async () => {
        const second = await card.numbers();
        assert.ok(second.length > 0 && second.every((number) => !first.includes(number)));
      });

      await card.button('Total').click();
      await eventually(async () => {
        assert.equal(lastList(card).query.get('sort'), '-total');
        assert.equal(lastList(card).query.get('page'), '1');
        const shown = amounts(await card.column('Total'));
        assert.deepEqual(shown, [...shown].sort((a, b) => b - a));
        assert.equal(await card.button('Page 1').getAttribute('aria-current'), 'page');
      });

      await card.button('Total').click();
      await eventually(async () => {
        const shown = amounts(await card.column('Total'));
        assert.deepEqual(shown, [...shown].sort((a, b) => a - b));
        assert.equal(lastList(card).query.get('sort'), 'total');
      });
    });
  });

  test('text and status choose rows; the totals stay those of all rows', async () => {
    await onCard(await recordWith('page2'), {}, async (card) => {
      await card.listed();
      const totals = () => card.root.locator('.statistic-number').allTextContents();
      const before = await totals();
      const [number] = await card.numbers();
      await card.root.getByRole('searchbox', { name: 'Search invoices' }).fill(number);
      await eventually(async () => assert.deepEqual(await card.numbers(), [number]));
      assert.deepEqual(await totals(), before);

      await card.root.getByRole('searchbox', { name: 'Search invoices' }).fill('there is no such invoice');
      await card.shows('No invoice fits');
      await card.button('Clear filters').click();
      await eventually(async () => assert.ok((await card.numbers()).length > 1));

      await card.root.getByRole('combobox', { name: 'Filter by status' }).selectOption({ label: 'Paid' });
      await eventually(async () => {
        assert.equal(lastList(card).query.get('status'), 'paid');
        assert.deepEqual([...new Set(await card.column('Status'))], ['Paid']);
      });
    });
  });
});
