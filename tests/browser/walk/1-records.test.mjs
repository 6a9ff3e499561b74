import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually, onCard, useBrowser } from '../support/card.mjs';
import { portalWith, recordWith } from '../support/sandbox.mjs';

describe('the card on records', () => {
  useBrowser();

  for (const [type, objectTypeId, tags] of [
    ['contact', '0-1', ['linked']],
    ['company', '0-2', ['company']],
    ['deal', '0-3', ['deal']],
  ]) {
    test(`NS-17 a ${type} has the section "Invoices" in its right panel, and in a tab`, async () => {
      const place = await recordWith(tags, { objectTypeId });
      for (const location of ['sidebar', 'tab']) {
        await onCard(place, { location }, async (card) => {
          await card.page.getByRole('heading', { name: 'Invoices' }).first().waitFor();
          await card.button('Add existing invoice').waitFor();
          await card.shows(/Up to date|Updating…/);
          const last = await eventually(() => {
            const answer = card.answers.findLast((one) => one.path === '/api/card/invoices');
            assert.ok(answer?.body.state === 'ready');
            return answer;
          });
          assert.deepEqual(last.body.record, { objectTypeId, objectId: place.record.objectId });
          const shown = last.body.rows.map((row) => row.number);
          if (shown.length > 0) {
            await card.listed();
            await eventually(async () => assert.deepEqual(await card.numbers(), shown));
          } else {
            await card.shows('No invoices yet');
          }
          await card.shoot(`${type}-${location}`);
        });
      }
    });
  }

  test('a linked contact shows its customer’s invoices with totals', async () => {
    await onCard(await recordWith('linked', { objectTypeId: '0-1' }), {}, async (card) => {
      await card.listed();
      await card.shows(/^NetSuite (\(sandbox\) )?customer .+/);
      await card.shows(/^Open \([A-Z]{3}\)$/);
      await card.shows('Linked customer');
    });
  });

  test('a contact that only shares an e-mail with a customer says so', async () => {
    await onCard(await recordWith('matched', { objectTypeId: '0-1', without: ['linked'] }), {}, async (card) => {
      await card.listed();
      await card.shows(/matched by e-mail/);
      await card.shows('Matched by e-mail');
    });
  });

  test('a company and a deal suggest invoices apart from the list, with the reason', async () => {
    // The company has no customer of its own: what is suggested comes from its contact.
    const company = await recordWith('company', { without: ['linked', 'shared_mailbox'] });
    for (const place of [company, await recordWith('deal')]) {
      await onCard(place, {}, async (card) => {
        await card.root.getByRole('heading', { name: 'Suggestions' }).waitFor();
        await card.shows(/^Its (contact|company)’s customer \((contact|company) \d+\)$/);
      });
    }
  });

  test('a portal without an ERP connection is told what to do', async () => {
    const portal = await portalWith('no_connection');
    await onCard({ portal, record: portal.records[0] }, { location: 'both' }, async (card) => {
      await card.shows('No ERP is connected');
      await card.shows(/An administrator connects NetSuite/);
      await card.shoot('no-connection');
    });
  });

  test('a customer in two currencies has two totals, never one', async () => {
    await onCard(await recordWith('two_currencies', { objectTypeId: '0-1' }), { location: 'both' }, async (card) => {
      await card.listed();
      const labels = await card.root.locator('dt').filter({ hasText: /^Open \(/ }).allTextContents();
      assert.ok(labels.length >= 2, `totals are ${labels.join(', ')}`);
      assert.equal(new Set(labels).size, labels.length);
      const { summary } = card.answers.findLast((one) => one.path === '/api/card/invoices').body;
      assert.deepEqual(labels, summary.map((one) => `Open (${one.currency})`));
      await card.shoot('two-currencies');
    });
  });

  test('a customer with 10,000 invoices: the list says what it covers', async () => {
    await onCard(await recordWith('ten_thousand'), {}, async (card) => {
      await card.listed();
      await card.shows(/The list covers [\d,]+ of [\d,]+ documents/);
      await card.shoot('ten-thousand');
    });
  });
});
