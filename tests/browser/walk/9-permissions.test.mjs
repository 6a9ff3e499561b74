import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { useBrowser } from '../support/browser.mjs';
import { onCard } from '../support/card.mjs';
import { useDemo } from '../support/demo.mjs';
import { catalogue, control, recordWith, send } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';

/** Ann is a super admin and installed it; Bruno is of team 801, Chiara of 802 and besides of 801. */
const [ANN, BRUNO, CHIARA, NINE] = ['9001', '9002', '9003', '9'];

describe('who may do what', () => {
  useDemo('permissions', []);
  useBrowser();
  let portal;
  let place;
  before(async () => {
    [portal] = (await catalogue()).portals;
    place = await recordWith('linked', { objectTypeId: '0-1' });
  });

  /** Sets what is chosen on the tab "Permissions", and saves it. */
  function permit(choose, picture) {
    return onSettings(portal, { user: ANN }, async (page) => {
      await page.tab('Permissions');
      await page.root.getByRole('group', { name: 'Who may see invoices' }).waitFor();
      await choose(page);
      await page.look(picture);
      await page.button('Save').click();
      await page.page.getByRole('status').getByText('Saved').waitFor();
    });
  }

  /** Chooses somebody in a list; the lists of both audiences have the same names, so the first that fits is the first on the page. */
  async function pick(page, list, name) {
    const group = page.root.getByRole('group', { name: list, exact: true }).last();
    await group.locator('summary').click();
    await group.getByRole('checkbox', { name }).check();
    await group.locator('summary').click();
  }

  function only(page, question) {
    return page.root.getByRole('group', { name: question }).getByRole('radio', { name: 'Only these users and teams' }).check();
  }

  function everybody(page, question) {
    return page.root.getByRole('group', { name: question }).getByRole('radio', { name: 'Everybody who can open the record' }).check();
  }

  test('who is no administrator cannot open the settings, and reads who can', async () => {
    await onSettings(portal, { user: BRUNO }, async (page) => {
      await page.shows('You may not change these settings');
      await page.shows(/Ask one of them to name you/);
      await page.look('not-allowed');
    });
    const { status, body } = await send(portal, BRUNO, 'GET', '/api/settings/people', {});
    assert.equal(status, 403);
    assert.equal(body.type, 'urn:ledgercard:not-allowed');
  });

  test('a person who is named may open them, too', async () => {
    await permit((page) => pick(page, 'Further administrators', /Bruno/), 'permissions-named');
    await onSettings(portal, { user: BRUNO }, async (page) => {
      await page.shows('named administrator');
    });
  });

  test('only team 802 may see invoices: of team 801 nobody does, on the page and on the server', async () => {
    await permit(async (page) => {
      await only(page, 'Who may see invoices');
      await page.shows('Nobody is chosen');
      await pick(page, 'Teams', /Sales South/);
    }, 'permissions-see');
    await onCard(place, { user: BRUNO, location: 'both' }, async (card) => {
      await card.shows('Your administrator has not given you the right to see invoices');
      assert.equal(await card.button('Add existing invoice').count(), 0);
      assert.equal(await card.rows.count(), 0);
      await card.shoot('may-not-see');
      const told = card.answers.findLast((answer) => answer.path === '/api/card/invoices').body;
      assert.deepEqual([told.state, told.rows, told.permission.see], ['no_permission', [], false]);
    });
    const target = { objectTypeId: place.record.objectTypeId, objectId: place.record.objectId };
    const { status, body } = await send(portal, BRUNO, 'GET', '/api/card/search', { ...target, q: '', page: '1', pageSize: '5' });
    assert.equal(status, 403);
    assert.equal(body.type, 'urn:ledgercard:not-allowed');
    await onCard(place, { user: CHIARA }, (card) => card.listed());
  });

  test('who may only see finds no button that attaches, and the server refuses it', async () => {
    await permit(async (page) => {
      await everybody(page, 'Who may see invoices');
      await only(page, 'Who may add and remove invoices');
      await pick(page, 'Users', /Chiara/);
    }, 'permissions-attach');
    await onCard(place, { user: BRUNO }, async (card) => {
      await card.listed();
      assert.equal(await card.button('Add existing invoice').count(), 0);
      assert.equal(await card.button(/^Remove /).count(), 0);
      await card.shoot('may-only-see');
      const { rows } = card.answers.findLast((answer) => answer.path === '/api/card/invoices').body;
      const { status, body } = await send(portal, BRUNO, 'POST', '/api/card/associations', {
        objectTypeId: place.record.objectTypeId,
        objectId: place.record.objectId,
        idempotencyKey: crypto.randomUUID(),
        invoices: [{ connectionId: rows[0].connectionId, invoiceId: rows[0].id, confirmed: true }],
      });
      assert.equal(status, 403, JSON.stringify(body));
      assert.equal(body.type, 'urn:ledgercard:not-allowed');
    });
    await onCard(place, { user: CHIARA }, (card) => card.button('Add existing invoice').waitFor());
  });

  test('where HubSpot does not tell who its users are, a super admin is refused with the reason; the installer is not', async () => {
    const { scopes } = await control(portal, 'GET', 'granted');
    const without = scopes.filter((scope) => !scope.startsWith('settings.users'));
    await control(portal, 'PUT', 'granted', { scopes: without });
    try {
      await onSettings(portal, { user: NINE }, async (page) => {
        await page.shows('HubSpot does not tell us whether you are a super admin');
        await page.look('users-unreadable');
      });
      await onSettings(portal, { user: BRUNO }, (page) => page.shows('named administrator'));
    } finally {
      await control(portal, 'PUT', 'granted', { scopes });
    }
  });

  test('the page in French', async () => {
    await onSettings(portal, { user: ANN, locale: 'fr' }, async (page) => {
      await page.shows('Compte HubSpot');
      await page.look('fr-connection');
      await page.tab('Autorisations');
      await page.shows('Qui peut voir les factures');
      await page.look('fr-permissions');
      await page.tab('Départ');
      await page.button('Tout purger').waitFor();
      await page.look('fr-leaving');
      assert.doesNotMatch(await page.root.textContent(), /\b(the|and|Erased|Kept)\b/);
    });
  });
});
