import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually, useBrowser } from '../support/browser.mjs';
import { onCard } from '../support/card.mjs';
import { useDemo } from '../support/demo.mjs';
import { tabTo } from '../support/keyboard.mjs';
import { catalogue, control } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';
import {
  ANN,
  contactBecomes,
  contactOf,
  customers,
  digits,
  flowOf,
  inErp,
  inHubspot,
  MINUTE_MS,
  onContacts,
  ranSince,
  SWITCH,
} from '../support/sync.mjs';

const WALTER = { isperson: 'T', firstname: 'Walter', lastname: 'Walker', email: 'walter@walker.example', phone: '+46 8 111 11 11' };
const DELIA = { isperson: 'T', firstname: 'Delia', lastname: 'Deleted', email: 'delia@walker.example' };
const NORA = { isperson: 'T', firstname: 'Nora', lastname: 'Newest', email: 'nora@walker.example' };
const WALKER = { companyname: 'Walker Works AB', email: 'office@walkerworks.example', url: 'https://walkerworks.example' };

describe('the contact sync', () => {
  useDemo('contacts', []);
  useBrowser();
  let portal;
  let atFirst;
  let walter;
  let delia;
  before(async () => {
    [portal] = (await catalogue()).portals;
    atFirst = await counts();
    walter = await inErp('POST', 'customers', WALTER);
    delia = await inErp('POST', 'customers', DELIA);
    await inErp('POST', 'customers', { ...WALKER, subsidiary: 2 });
  });

  const counts = () => control(portal, 'GET', 'counts');
  /** What stands in a list of the policies. */
  const chosen = (tile, name) => tile.getByRole('combobox', { name }).locator('option:checked').textContent();

  test('NS-12: the switch is off at first; nothing is read and nothing is written', async () => {
    await onContacts(portal, async (page, tile) => {
      const switches = page.root.getByRole('switch');
      assert.equal(await switches.first().isChecked(), false);
      assert.equal(await tile.getByRole('switch', { name: SWITCH }).isChecked(), false);
      assert.equal(await tile.getByRole('switch').evaluate((one) => one === document.querySelector('[role=switch]')), true);
      await page.shows('Nothing is read and nothing is written.');
      await page.look('contacts-off');
    });
    assert.deepEqual(await counts(), atFirst);
    assert.equal((await flowOf(portal)).status, 'off');
  });

  test('NS-13, NS-14, NS-16: create and update, do nothing on deletion, and nothing towards NetSuite, unless somebody chooses', async () => {
    await onContacts(portal, async (page, tile) => {
      assert.equal(await chosen(tile, 'Creation and update'), 'Create and update');
      assert.equal(await chosen(tile, 'Deletion in NetSuite'), 'Do nothing in HubSpot');
      const offered = await tile.getByRole('combobox', { name: 'Creation and update' }).locator('option').allTextContents();
      assert.deepEqual(offered.slice(0, 3), ['Create and update', 'Update existing only', 'Do nothing in HubSpot']);
      await page.button('More choices', tile).click();
      assert.equal(await chosen(tile, 'From HubSpot to NetSuite'), 'Nothing');
      await page.look('contacts-policies');
    });
  });

  test('NS-15: the property mappings are shown with their defaults', async () => {
    await onSettings(portal, { user: ANN }, async (page) => {
      await page.tab('Property mappings');
      await page.shows('Defaults');
      for (const [target, property, field] of [
        ['person', 'Email', 'Expression: (email|first_email)'],
        ['person', 'First name', 'First Name'],
        ['person', 'Last name', 'Last Name'],
        ['person', 'Mobile phone number', 'Mobile Phone'],
        ['company', 'Company name', 'Expression: companyname'],
        ['company', 'City', 'Billing: City'],
        ['mailbox', 'Company name', 'Expression: companyname'],
      ]) {
        const row = page.root.getByTestId(`mapping-${target}`).locator('tr').filter({ hasText: property }).filter({ hasText: field });
        await row.getByText('Works').waitFor();
        await row.getByText('← to HubSpot').waitFor();
        await row.getByText('NetSuite wins').waitFor();
      }
      await page.look('mappings');
    });
  });

  test('NS-15: the mapping is tried on a record, both sides before and after, and nothing is written', async () => {
    await onSettings(portal, { user: ANN }, async (page) => {
      await page.tab('Property mappings');
      await page.button('Test on a record').first().click();
      await page.field('Record id', page.dialog).fill(String(walter.id));
      await page.button('Test', page.dialog).click();
      await page.dialog.getByText(WALTER.email).first().waitFor();
      await page.dialog.getByText(`– → ${WALTER.firstname}`, { exact: true }).waitFor();
      await page.look('mappings-test');
    });
    assert.deepEqual(await counts(), atFirst);
  });

  test('NS-12: switching on, by keyboard alone, shows a preview, and writes nothing', async () => {
    await onContacts(portal, async (page, tile) => {
      const { keyboard } = page.page;
      await tabTo(page.page, new RegExp(`^${SWITCH}$`));
      await keyboard.press('Space');
      await page.button('Start sync', tile).waitFor({ timeout: MINUTE_MS });
      await page.shows(/Nothing was written\./);
      const would = async (what) => Number(await tile.locator('tr').filter({ hasText: what }).locator('td').nth(1).textContent());
      assert.ok((await would('Link')) > 50, 'most of the demo’s customers are in HubSpot already');
      assert.ok((await would('Create in HubSpot')) >= 4);
      assert.ok((await would('Ask you')) >= 2, 'three customers share a mailbox');
      assert.equal(await tile.locator('.button-primary').count(), 1);
      await page.look('contacts-preview');
      await tabTo(page.page, /^Show: Create in HubSpot$/);
      await keyboard.press('Enter');
      await page.dialog.getByText('A new company').first().waitFor();
      await page.look('contacts-preview-examples');
      await keyboard.press('Escape');
      await page.dialog.waitFor({ state: 'detached' });
      assert.equal(await page.page.evaluate(() => document.activeElement?.textContent), 'Show: Create in HubSpot');
    });
    assert.deepEqual(await counts(), atFirst);
    assert.equal(await contactOf(portal, WALTER.email), undefined);
  });

  test('NS-16: started, customers appear as contacts and companies, and NetSuite stays as it is', async () => {
    const theirs = await customers();
    await onContacts(portal, async (page, tile) => {
      await tabTo(page.page, /^Start sync$/);
      await page.page.keyboard.press('Enter');
      await tile.getByTestId('state-customers').filter({ hasText: /On|Running/ }).waitFor();
      await contactBecomes(portal, WALTER.email);
      await tile.getByTestId('state-customers').filter({ hasText: 'On' }).waitFor({ timeout: MINUTE_MS });
      await page.shows(/Last run .*: \d+ created, \d+ linked, \d+ updated/);
      await page.look('contacts-on');
    });
    const { properties } = await contactOf(portal, WALTER.email);
    assert.equal(properties.firstname, WALTER.firstname);
    assert.equal(digits(properties.phone), digits(WALTER.phone));
    const works = (await inHubspot(portal, '0-2')).find((one) => one.properties.name === WALKER.companyname);
    assert.equal(works?.properties.domain, 'walkerworks.example');
    const office = await contactOf(portal, WALKER.email);
    const ofOffice = JSON.stringify(office.associations ?? {});
    assert.ok(ofOffice.includes(works.id), `the company's own address is a contact of it: ${ofOffice}`);
    const marketing = (await inHubspot(portal)).filter((one) => one.properties.hs_marketable_status === 'true' && one.madeBy !== 'CRM_UI');
    assert.deepEqual(marketing, [], 'nobody was made a marketing contact');
    assert.deepEqual(await customers(), theirs);
  });

  test('an edit in NetSuite arrives within a minute, and the record’s card says so', async () => {
    await inErp('PATCH', `customers/${walter.id}`, { phone: '+46 8 222 22 22' });
    const contact = await contactBecomes(portal, WALTER.email, ({ phone }) => assert.equal(digits(phone), '4682222222'));
    const place = { portal, record: { objectTypeId: '0-1', objectId: contact.id } };
    await onCard(place, {}, async (card) => {
      await card.shows(new RegExp(`^In step with customer ${walter.id}, last \\d+:\\d\\d [AP]M`));
      await card.button('Sync now').click();
      await card.toast('It is brought in step in a moment.');
      await card.shoot('contact-in-step');
    });
    await onCard(place, { locale: 'fr', location: 'sidebar' }, async (card) => {
      await card.shows(new RegExp(`^Aligné avec le client ${walter.id}, dernière fois : \\d\\d:\\d\\d`));
      await card.shoot('contact-in-step-fr');
    });
  });

  test('what HubSpot refuses stands on the record’s card with the reason, until it is mended in NetSuite', async () => {
    const { id } = await contactOf(portal, WALTER.email);
    const place = { portal, record: { objectTypeId: '0-1', objectId: id } };
    const syncsTo = (email, text) =>
      onCard(place, {}, async (card) => {
        await inErp('PATCH', `customers/${walter.id}`, { email });
        await card.button('Sync now').click();
        await eventually(async () => {
          await card.button('Refresh').click();
          assert.equal(await card.root.getByText(text).count(), 1);
        }, MINUTE_MS);
        await card.shoot(`contact-${email.includes('@') ? 'mended' : 'parked'}`);
      });
    await syncsTo('walter(at)walker', `Not in step: customer ${walter.id}`);
    await onCard(place, {}, async (card) => {
      await card.shows('The e-mail address is not a valid one (email).');
      await card.shows(/Correct the address in NetSuite/);
    });
    await syncsTo(WALTER.email, new RegExp(`^In step with customer ${walter.id}`));
  });

  test('NS-13: update existing only makes nobody, and goes on updating; create and update makes them', async () => {
    const save = (choice) =>
      onContacts(portal, async (page, tile) => {
        await tile.getByRole('combobox', { name: 'Creation and update' }).selectOption({ label: choice });
        await page.button('Save', tile).click();
        await page.page.getByRole('status').getByText('Saved').waitFor();
      });
    await save('Update existing only');
    const since = Date.now();
    await inErp('POST', 'customers', NORA);
    await inErp('PATCH', `customers/${walter.id}`, { title: 'Walker in Chief' });
    await onContacts(portal, async (page, tile) => {
      await page.button(/^(Run now|Cancel the run)$/, tile).waitFor();
      if (await page.button('Run now', tile).isVisible()) {
        await page.button('Run now', tile).click();
      }
    });
    await contactBecomes(portal, WALTER.email, ({ jobtitle }) => assert.equal(jobtitle, 'Walker in Chief'));
    await ranSince(portal, since);
    assert.equal(await contactOf(portal, NORA.email), undefined);
    await save('Create and update');
    await contactBecomes(portal, NORA.email);
  });

  test('NS-14: a customer that is deleted in NetSuite stays in HubSpot', async () => {
    const { id } = await contactOf(portal, DELIA.email);
    const since = Date.now();
    await inErp('DELETE', `customers/${delia.id}`);
    await onContacts(portal, async (page, tile) => {
      await page.button('Compare both sides', tile).click();
      await page.page.getByRole('status').getByText('It begins in a moment.').waitFor();
    });
    await ranSince(portal, since, 'census');
    assert.equal((await contactOf(portal, DELIA.email))?.id, id);
  });

  test('NS-12: off stops, and deletes nothing', async () => {
    await onContacts(portal, async (page, tile) => {
      await tabTo(page.page, new RegExp(`^${SWITCH}$`));
      await page.page.keyboard.press('Space');
      await page.shows('The links are kept.');
      await page.look('contacts-off-again');
    });
    const then = await counts();
    await inErp('PATCH', `customers/${walter.id}`, { phone: '+46 8 333 33 33' });
    // A flow that is off never comes due: the backend says so, whatever the time.
    const flow = await flowOf(portal);
    assert.equal(flow.status, 'off');
    assert.ok(!flow.dueAt && !flow.running);
    assert.deepEqual(await counts(), then);
    assert.equal(digits((await contactOf(portal, WALTER.email)).properties.phone), '4682222222');
    assert.ok(await contactOf(portal, NORA.email));
  });

  for (const [locale, tabs, text] of [
    ['de', ['Kontakte', 'Zuordnungen', 'Aktivität'], 'NetSuite-Kunden mit HubSpot-Kontakten abgleichen'],
    ['fr', ['Contacts', 'Correspondances', 'Activité'], 'Synchroniser les clients NetSuite avec les contacts HubSpot'],
    ['es', ['Contactos', 'Asignaciones', 'Actividad'], 'Sincronizar los clientes de NetSuite con los contactos de HubSpot'],
    ['ja', ['コンタクト', 'プロパティのマッピング', 'アクティビティ'], 'NetSuiteの顧客をHubSpotのコンタクトと同期'],
  ]) {
    test(`the three tabs in ${locale}`, async () => {
      await onSettings(portal, { user: ANN, locale }, async (page) => {
        const [contacts, mappings, activity] = tabs;
        const none = async () => assert.doesNotMatch(await page.root.textContent(), /\b(the|and|Nothing|Creation|wins|Works|Done)\b/);
        await page.root.getByRole('tab', { name: contacts, exact: true }).click();
        await page.root.getByRole('switch', { name: text }).waitFor();
        await none();
        await page.look(`contacts-${locale}`);
        await page.root.getByRole('tab', { name: mappings, exact: true }).click();
        await page.root.getByTestId('mapping-person').waitFor();
        await page.root.getByRole('tab', { name: activity, exact: true }).click();
        await page.root.getByTestId('runs').waitFor();
        await none();
        await page.look(`activity-${locale}`);
      });
    });
  }
});
