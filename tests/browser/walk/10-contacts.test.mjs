import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually, useBrowser } from '../support/browser.mjs';
import { onCard } from '../support/card.mjs';
import { useDemo } from '../support/demo.mjs';
import { catalogue, control, send } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';
import { contactOf, inErp, inHubspot } from '../support/sync.mjs';

const SWITCH = 'Sync NetSuite customers with HubSpot contacts';
const ANN = '9001';
const NEW = { isperson: 'T', firstname: 'Walter', lastname: 'Walker', email: 'walter@walker.example', phone: '+46 8 111 11 11' };
/** "Within a minute": the flow comes due every 60 s, and works for a moment. */
const MINUTE_MS = 75_000;

describe('the contact sync', () => {
  useDemo('contacts', []);
  useBrowser();
  let portal;
  let countsBefore;
  before(async () => {
    [portal] = (await catalogue()).portals;
    countsBefore = await control(portal, 'GET', 'counts');
    await inErp('POST', 'customers', NEW);
  });

  function onContacts(work, options = {}) {
    return onSettings(portal, { user: ANN, ...options }, async (page) => {
      await page.tab('Contacts');
      await page.root.getByRole('switch', { name: SWITCH }).waitFor();
      return work(page, page.root.locator('[data-testid^="flow-customers-"]').first());
    });
  }

  test('NS-12: the switch is off at first; nothing is read and nothing is written', async () => {
    await onContacts(async (page, tile) => {
      assert.equal(await tile.getByRole('switch', { name: SWITCH }).isChecked(), false);
      await page.shows('Nothing is read and nothing is written.');
      await page.look('contacts-off');
    });
    assert.deepEqual(await control(portal, 'GET', 'counts'), countsBefore);
  });

  test('NS-13, NS-14, NS-16: create and update, do nothing on deletion, and nothing towards NetSuite, unless somebody chooses', async () => {
    await onContacts(async (page, tile) => {
      const chosen = (name) => tile.getByRole('combobox', { name }).locator('option:checked').textContent();
      assert.equal(await chosen('Creation and update'), 'Create and update');
      assert.equal(await chosen('Deletion in NetSuite'), 'Do nothing in HubSpot');
      const offered = await tile.getByRole('combobox', { name: 'Creation and update' }).locator('option').allTextContents();
      assert.deepEqual(offered.slice(0, 3), ['Create and update', 'Update existing only', 'Do nothing in HubSpot']);
      await page.button('More choices', tile).click();
      assert.equal(await chosen('From HubSpot to NetSuite'), 'Nothing');
      await page.look('contacts-policies');
    });
  });

  test('NS-15: the property mappings are shown with their defaults, and work without being touched', async () => {
    await onSettings(portal, { user: ANN }, async (page) => {
      await page.tab('Property mappings');
      const table = page.root.getByTestId('mapping-person');
      await table.getByText('email', { exact: true }).first().waitFor();
      for (const property of ['firstname', 'lastname', 'phone']) {
        assert.ok((await table.getByText(property, { exact: true }).count()) > 0, property);
      }
      await page.shows('Defaults');
      await page.look('mappings');
      await page.button('Test on a record').first().click();
      const { rows } = await inErp('GET', 'customers?limit=1000');
      const walter = rows.find((row) => row.email === NEW.email);
      await page.field('Record id', page.dialog).fill(String(walter.id));
      await page.button('Test', page.dialog).click();
      await page.dialog.getByText(NEW.email).first().waitFor();
      await page.look('mappings-test');
    });
  });

  test('NS-12: switching on shows a preview, and writes nothing', async () => {
    await onContacts(async (page, tile) => {
      await tile.getByRole('switch', { name: SWITCH }).check();
      await page.button('Start sync', tile).waitFor();
      await page.shows(/Nothing was written\./);
      await page.look('contacts-preview');
      await page.button('Show: Create in HubSpot', tile).click();
      await page.dialog.getByText('A new record').first().waitFor();
      await page.look('contacts-preview-examples');
    });
    assert.deepEqual(await control(portal, 'GET', 'counts'), countsBefore);
    assert.equal(await contactOf(portal, NEW.email), undefined);
  });

  test('NS-16: started, customers appear as contacts and companies', async () => {
    await onContacts(async (page, tile) => {
      await page.button('Start sync', tile).click();
      await tile.getByTestId('state-customers').filter({ hasText: /On|Running/ }).waitFor();
      await eventually(async () => assert.ok(await contactOf(portal, NEW.email)), MINUTE_MS);
      await tile.getByTestId('state-customers').filter({ hasText: 'On' }).waitFor({ timeout: MINUTE_MS });
      await page.look('contacts-on');
    });
    const walter = await contactOf(portal, NEW.email);
    assert.equal(walter.properties.firstname, NEW.firstname);
    assert.equal(walter.properties.phone?.replace(/\D/g, ''), NEW.phone.replace(/\D/g, ''));
    const companies = await inHubspot(portal, '0-2');
    assert.ok(companies.length > countsBefore['0-2'].live, 'customers that are companies became companies');
    const marketing = (await inHubspot(portal)).filter((one) => one.properties.hs_marketable_status === 'true' && one.madeBy !== 'CRM_UI');
    assert.deepEqual(marketing, [], 'nobody was made a marketing contact');
  });

  test('an edit in NetSuite arrives within a minute, and the record’s card says so', async () => {
    const { rows } = await inErp('GET', 'customers?limit=1000');
    const walter = rows.find((row) => row.email === NEW.email);
    await inErp('PATCH', `customers/${walter.id}`, { phone: '+46 8 222 22 22' });
    await eventually(async () => {
      const contact = await contactOf(portal, NEW.email);
      assert.equal(contact.properties.phone.replace(/\D/g, ''), '4682222222');
    }, MINUTE_MS);
    const contact = await contactOf(portal, NEW.email);
    const place = { portal, record: { objectTypeId: '0-1', objectId: contact.id } };
    await onCard(place, {}, async (card) => {
      await card.shows(new RegExp(`In step with customer ${walter.id}`));
      await card.button('Sync now').click();
      await card.toast('It is brought in step in a moment.');
      await card.shoot('contact-in-step');
    });
  });

  test('what cannot be written is named with what to do; runs and log tell what was done', async () => {
    await onSettings(portal, { user: ANN }, async (page) => {
      await page.tab('Activity');
      await page.root.getByTestId('runs').getByText('Sync').first().waitFor();
      await page.look('activity-runs');
      await page.tab(/^Not written/);
      // The demo's NetSuite has a customer whose address is none.
      await page.root.getByTestId('problems').getByText(/The e-mail address is not a valid one/).first().waitFor();
      await page.look('activity-problems');
      await page.button('Show records').first().click();
      await page.dialog.getByText(/NetSuite id \d+/).first().waitFor();
      await page.look('activity-parked');
      await page.page.keyboard.press('Escape');
      await page.tab(/^Log/);
      await page.root.getByTestId('log').getByText('Created in HubSpot').first().waitFor();
      assert.doesNotMatch(await page.root.getByTestId('log').textContent(), /walter@walker/i, 'the log names no values');
      await page.look('activity-log');
    });
  });

  test('NS-12: off stops, and deletes nothing', async () => {
    await onContacts(async (page, tile) => {
      await tile.getByRole('switch', { name: SWITCH }).uncheck();
      await page.shows('The links are kept.');
      await page.look('contacts-off-again');
    });
    const counts = await control(portal, 'GET', 'counts');
    const { rows } = await inErp('GET', 'customers?limit=1000');
    const walter = rows.find((row) => row.email === NEW.email);
    await inErp('PATCH', `customers/${walter.id}`, { phone: '+46 8 333 33 33' });
    // A flow that is off never comes due: the backend says so, whatever the time.
    const { body } = await send(portal, ANN, 'GET', '/api/settings/flows', {});
    const flow = body.flows.find((one) => one.key === 'customers');
    assert.equal(flow.status, 'off');
    assert.ok(!flow.dueAt && !flow.running);
    assert.deepEqual(await control(portal, 'GET', 'counts'), counts);
    assert.equal((await contactOf(portal, NEW.email)).properties.phone.replace(/\D/g, ''), '4682222222');
  });

  for (const [locale, tab, text, english] of [
    ['de', 'Kontakte', 'NetSuite-Kunden mit HubSpot-Kontakten abgleichen', /\b(the|and|Nothing|Creation)\b/],
    ['fr', 'Contacts', 'Synchroniser les clients NetSuite avec les contacts HubSpot', /\b(the|and|Nothing|Creation)\b/],
    ['es', 'Contactos', 'Sincronizar los clientes de NetSuite con los contactos de HubSpot', /\b(the|and|Nothing|Creation)\b/],
    ['ja', 'コンタクト', 'NetSuiteの顧客をHubSpotのコンタクトと同期', /\b(the|and|Nothing|Creation)\b/],
  ]) {
    test(`the tab in ${locale}`, async () => {
      await onSettings(portal, { user: ANN, locale }, async (page) => {
        await page.root.getByRole('tab', { name: tab, exact: true }).click();
        await page.root.getByRole('switch', { name: text }).waitFor();
        assert.doesNotMatch(await page.root.textContent(), english);
        await page.look(`contacts-${locale}`);
      });
    });
  }
});
