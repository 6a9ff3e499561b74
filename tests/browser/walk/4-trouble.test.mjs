import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually, onCard, useBrowser } from '../support/card.mjs';
import { recordWith, withFaults } from '../support/sandbox.mjs';

describe('an ERP that is slow or down, and customers that are not clear', () => {
  useBrowser();

  const states = (card) =>
    card.answers.filter((answer) => answer.path === '/api/card/invoices').map((answer) => answer.body.state);

  test('ERP slow: the card says that it is loading, then the invoices are there', async () => {
    // A record that no other test looks at: what has been read once is answered from the cache.
    const place = await recordWith('matched', {
      objectTypeId: '0-1',
      without: ['linked', 'two_currencies', 'secondary_email', 'jpy'],
      pick: (all) => all[Math.floor(all.length / 2)],
    });
    const slow = [{ operation: 'suiteql', action: { kind: 'delay', ms: 4_000 } }];
    await withFaults(slow, () =>
      onCard(place, { location: 'both' }, async (card) => {
        await card.root.getByText('Loading invoices…').waitFor();
        await eventually(() => assert.ok(states(card).includes('loading'), states(card).join()));
        await card.shoot('erp-slow');
        await card.listed();
        assert.equal(states(card).at(-1), 'ready');
      }),
    );
  });

  test('ERP down: what is known stays, with its time and the reason', async () => {
    const place = await recordWith('linked', { objectTypeId: '0-1' });
    await onCard(place, { location: 'both' }, async (card) => {
      await card.listed();
      const before = await card.numbers();
      await withFaults([{ operation: '*', action: { kind: 'cut' } }], async () => {
        await card.button('Refresh').click();
        await card.shows('Not current');
        await card.shows(/^NetSuite (\(sandbox\) )?cannot be reached at the moment\.$/);
        assert.deepEqual(await card.numbers(), before);
        await card.shoot('erp-down-stale');
      });
      await card.button('Refresh').click();
      await card.shows('Up to date');
      await eventually(async () => assert.equal(await card.root.getByText('Not current').count(), 0));
    });
  });

  test('ERP down while adding: nothing is attached, and the card says so', async () => {
    const place = await recordWith('empty');
    await onCard(place, {}, async (card) => {
      await card.openAdd();
      await card.modal.getByRole('checkbox', { disabled: false }).first().check();
      await withFaults([{ operation: '*', action: { kind: 'cut' } }], async () => {
        await card.modal.getByRole('button', { name: 'Add 1 invoice' }).click();
        const yes = card.modal.getByRole('button', { name: /^Yes, add/ });
        const said = card.modal.getByText('The ERP could not be asked; nothing was added');
        await Promise.race([yes.waitFor(), said.waitFor()]);
        if (await yes.isVisible()) {
          await yes.click();
        }
        await said.waitFor();
      });
      await card.modal.getByRole('button', { name: 'Close', exact: true }).click();
      await card.shows('No invoices yet');
    });
  });

  test('several customers have the contact’s e-mail: a person says which one it is', async () => {
    // "This is the one" is for good: this walk needs a sandbox on which it has not been said yet.
    await onCard(await recordWith('ambiguous'), { location: 'both' }, async (card) => {
      await card.shows(/^\d+ ERP customers have this e-mail$/);
      await card.shoot('ambiguous');
      await card.button(/^This is the one/).first().click();
      await card.toast(/^Linked to /);
      await eventually(async () => assert.equal(await card.root.getByText(/ERP customers have this e-mail/).count(), 0));
      await card.shows(/^NetSuite (\(sandbox\) )?customer /);
    });
  });
});
