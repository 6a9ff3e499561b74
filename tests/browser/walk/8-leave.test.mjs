import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually, inBrowser, useBrowser } from '../support/browser.mjs';
import { onCard } from '../support/card.mjs';
import { useDemo } from '../support/demo.mjs';
import { install, openAccounts, standing } from '../support/install.mjs';
import { MAIN, SANDBOX } from '../support/netsuite.mjs';
import { catalogue, recordWith } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';

const NAME = 'Chinook books';
const SECOND = 'Chinook tests';

describe('the ways out, and back', () => {
  useDemo('leave', ['--empty']);
  useBrowser();
  let portal;
  let place;
  let attached;
  before(async () => {
    [portal] = (await catalogue()).portals;
    place = await recordWith(['deal', 'empty']);
    await inBrowser({}, (context) => install(context, portal));
    await onSettings(portal, {}, (page) => page.connectByCertificate({ ...MAIN, name: NAME }));
  });

  /** The settings page on its third tab. */
  function onLeaving(work) {
    return onSettings(portal, {}, async (page) => {
      await page.tab('Leaving');
      await page.button('Remove Ledgercard from HubSpot').waitFor();
      await work(page);
    });
  }

  /** Goes a way out that erases something: its id is typed. */
  async function leave(page, button, id, picture) {
    await page.button(button).click();
    const confirm = page.button(button, page.dialog);
    assert.ok(await confirm.isDisabled(), 'before the id is typed');
    await page.field(/^Type the (account|portal) id/, page.dialog).fill(id);
    await page.look(picture);
    await confirm.click();
    await page.dialog.waitFor({ state: 'detached' });
  }

  const isAttached = () =>
    onCard(place, {}, async (card) => {
      await card.listed();
      assert.deepEqual((await card.numbers()).sort(), attached);
    });

  test('NS-02 an invoice is attached to a deal', async () => {
    await onCard(place, {}, async (card) => {
      await card.shows('No invoices yet');
      await card.openAdd();
      const boxes = card.modal.getByRole('checkbox', { disabled: false });
      attached = [(await boxes.first().getAttribute('aria-label')).replace('Choose ', '')];
      await boxes.first().check();
      await card.submitAdd();
      await card.listed();
    });
    await isAttached();
  });

  test('pause: the card says so, and nothing is lost', async () => {
    await onLeaving(async (page) => {
      await page.look('leaving');
      await page.button(`Pause ${NAME}`).click();
      await page.shows(`${NAME} is paused. Nothing was erased.`);
      await page.look('left-paused');
      await page.tab('Connection');
      await page.tile(NAME).getByText('Paused').first().waitFor();
      await page.look('paused');
    });
    await onCard(place, { location: 'both' }, async (card) => {
      await card.shows('The ERP connection is paused');
      await card.shoot('paused');
    });
    await onSettings(portal, {}, async (page) => {
      await page.button('Resume', page.tile(NAME)).click();
      await page.tile(NAME).getByRole('button', { name: 'Pause' }).waitFor();
    });
    await isAttached();
  });

  test('NS-11 disconnect: the card says so and leads to the settings', async () => {
    await onLeaving(async (page) => {
      await page.shows(/1 attached invoice/);
      await leave(page, `Disconnect ${NAME}`, MAIN.accountId, 'leave-disconnect');
      await page.shows('The ERP is disconnected');
      await page.look('left-disconnected');
      await page.tab('Connection');
      await page.tile(NAME).getByText('Disconnected').first().waitFor();
      await page.look('disconnected');
    });
    await onCard(place, { location: 'both' }, async (card) => {
      await card.shows('The ERP was disconnected');
      await card.shoot('disconnected');
      await card.root.getByRole('link', { name: 'Open Connected apps' }).click();
      await card.page.getByRole('tab', { name: 'Connection' }).waitFor();
    });
  });

  test('reconnect with a new certificate: the attached invoice is still there', async () => {
    await onSettings(portal, {}, async (page) => {
      await page.button('Reconnect', page.tile(NAME)).click();
      await page.look('reconnect');
      const confirmed = page.root.getByRole('checkbox', { name: 'The set-up in NetSuite is finished' });
      if (await confirmed.isVisible()) {
        await confirmed.check();
        await page.button('Next').click();
      }
      await page.button('Make the certificate').click();
      await page.handOver(MAIN.label);
      await page.button('Test and connect').click();
      await page.shows(`${NAME} is connected`);
      await page.button('Done').click();
      await page.tile(NAME).getByText('Valid', { exact: true }).waitFor();
    });
    await isAttached();
  });

  test('a new certificate while the old one works: no gap, nothing is lost', async () => {
    await onSettings(portal, {}, async (page) => {
      await page.button('Make a new certificate', page.tile(NAME)).click();
      await page.button('Make the certificate').click();
      await isAttached();
      await page.handOver(MAIN.label);
      await page.button('Test and connect').click();
      await page.shows(`${NAME} is connected`);
    });
    await isAttached();
  });

  test('purge a connection: no row is left of it, and the other one stays', async () => {
    await onSettings(portal, {}, (page) => page.connectByCertificate({ ...SANDBOX, name: SECOND }));
    await onLeaving(async (page) => {
      await page.root.getByRole('combobox', { name: 'Connection' }).selectOption({ label: `NetSuite ${SECOND} (${SANDBOX.accountId})` });
      await leave(page, `Purge ${SECOND}`, SANDBOX.accountId, 'leave-purge-connection');
      await page.shows('The connection is purged');
      await page.shows('0 rows left');
      await page.look('left-purged-connection');
      await page.tab('Connection');
      await eventually(async () => assert.equal(await page.tile(SECOND).count(), 0));
    });
    await isAttached();
  });

  const isInstalled = (expected) =>
    inBrowser({}, async (context) => {
      assert.match(await standing(await openAccounts(context), portal), expected);
    });

  test('remove from HubSpot: both sides say so; installed again, the attached invoice is still there', async () => {
    await onLeaving(async (page) => {
      await leave(page, 'Remove Ledgercard from HubSpot', portal.portalId, 'leave-remove');
      await page.shows('Ledgercard was taken off this HubSpot account');
      await page.shows('Ledgercard is removed from HubSpot');
      await page.look('left-removed');
    });
    await isInstalled(/not connected/);
    await onCard(place, { location: 'both' }, async (card) => {
      await card.shows('Ledgercard was taken off this HubSpot account');
      await card.shoot('uninstalled');
    });
    await inBrowser({}, (context) => install(context, portal));
    await isInstalled(/connected, \d+ scopes/);
    await isAttached();
  });

  test('purge everything: no row is left, and it begins anew', async () => {
    await onLeaving(async (page) => {
      await page.button('Purge everything').click();
      await page.dialog.getByRole('radio', { name: 'Archive them' }).check();
      await page.field(/^Type the portal id/, page.dialog).fill(portal.portalId);
      await page.look('leave-purge-everything');
      await page.button('Purge everything', page.dialog).click();
      await page.shows('Everything is purged');
      await page.shows('0 rows left');
      await page.shows('Our properties in HubSpot were archived.');
      await page.look('left-purged-everything');
    });
    await onSettings(portal, {}, (page) => page.shows('Ledgercard is not installed here yet'));
    await inBrowser({}, (context) => install(context, portal));
    await onSettings(portal, {}, (page) => page.shows('No ERP is connected'));
  });
});
