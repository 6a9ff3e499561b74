import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { assertAccessible } from '../support/axe.mjs';
import { eventually, useBrowser } from '../support/browser.mjs';
import { useDemo } from '../support/demo.mjs';
import { catalogue, control, send, withFaults } from '../support/sandbox.mjs';
import {
  ANN,
  contactBecomes,
  contactOf,
  customers,
  flowOf,
  inErp,
  inHubspot,
  MINUTE_MS,
  onActivity,
  onContacts,
  ranSince,
  SWITCH,
} from '../support/sync.mjs';

/** More than a page of NetSuite's. */
const MANY = { count: 1_200, seed: 11, people: 60, withEmail: 90 };
/** The demo's customer whose address is none. */
const KONRAD = { id: 2_010, email: 'konrad@keinat.example' };
/** The demo's customers who share one mailbox, as a person and as somebody else. */
const JOAO = 'João Silva';
/** The same person on both sides, and no key that proves it. */
const WILMA = { firstname: 'Wilhelmina', lastname: 'Sandström', phone: '+46 8 555 77 88' };

describe('what the contact sync did, could not do, and asks', () => {
  useDemo('activity', []);
  useBrowser();
  let portal;
  let atFirst;
  let wilma;
  before(async () => {
    [portal] = (await catalogue()).portals;
    await inErp('POST', 'customers/bulk', MANY);
    await inErp('POST', 'customers', { isperson: 'T', ...WILMA, lastname: 'Sandstrom', title: 'Buyer' });
    const { id } = await control(portal, 'POST', 'records/contacts', { properties: WILMA });
    wilma = id;
    atFirst = await control(portal, 'GET', 'counts');
  });

  const total = () => flowOf(portal).then(({ counts }) => counts);

  test('a run shows how far it is, and can be cancelled: what was done stays, and it goes on afterwards', async () => {
    const ids = (await customers()).map(({ id }) => id).sort((one, other) => one - other);
    // The second page takes its time, so that there is some to look and to cancel.
    const slow = [{ operation: 'suiteql', contains: `r.id > ${ids[999]} `, action: { kind: 'delay', ms: 12_000 } }];
    await onContacts(portal, async (page, tile) => {
      await tile.getByRole('switch', { name: SWITCH }).check();
      const start = page.button('Start sync', tile);
      await start.waitFor({ timeout: MINUTE_MS });
      await withFaults(slow, async () => {
        await start.click();
        const bar = tile.getByRole('progressbar', { name: 'First sync' });
        await bar.waitFor({ timeout: MINUTE_MS });
        assert.match(await bar.getAttribute('aria-valuetext'), /^1,000 of 1,\d{3}$/);
        await page.shoot('contacts-running');
        await page.tab('Activity');
        await page.root.getByTestId('runs').getByRole('progressbar').waitFor();
        await page.shoot('activity-running');
        await page.button('Cancel the run').click();
      });
      await page.root.getByTestId('runs').getByText('Cancelled').waitFor({ timeout: MINUTE_MS });
    });
    assert.ok((await inHubspot(portal)).length > atFirst['0-1'].live, 'what was done stays');
    await ranSince(portal, 0);
    const { linked, parked } = await total();
    assert.ok(linked > MANY.count && parked === 1);
  });

  test('the runs are told with who asked and what was done; a preview did nothing', async () => {
    await onActivity(portal, 'Runs', async (page) => {
      const runs = page.root.getByTestId('runs');
      await runs.locator('tr').filter({ hasText: 'Sync, by you' }).first().waitFor();
      const looked = runs.locator('tr').filter({ hasText: 'Preview' });
      await looked.getByText(/^1,\d{3} records looked at$/).waitFor();
      assert.equal(await looked.getByRole('button', { name: 'Undo' }).count(), 0);
      await page.look('activity-runs');
    });
  });

  test('what cannot be written is named with what to do, and tried again when somebody says so', async () => {
    await onActivity(portal, /^Not written \(1\)/, async (page) => {
      const problems = page.root.getByTestId('problems');
      await problems.getByText('The e-mail address is not a valid one (email)').waitFor();
      await problems.getByText(/Correct the address in NetSuite/).waitFor();
      await page.look('activity-problems');
      await page.button('Show records').click();
      const row = page.dialog.getByTestId('parked');
      await row.getByRole('link', { name: `NetSuite id ${KONRAD.id}` }).waitFor();
      const attempts = async () => Number(/(\d+) times?/.exec(await row.locator('tbody').textContent())[1]);
      const before = await attempts();
      await page.look('activity-parked');
      await page.button('Try again', page.dialog).click();
      await eventually(async () => {
        const query = { flow: (await flowOf(portal)).id, cause: 'invalid_email', field: 'email' };
        const { body } = await send(portal, ANN, 'GET', '/api/settings/parked/rows', query);
        assert.ok(body.rows[0].attempts > before);
      }, MINUTE_MS);
      await page.page.keyboard.press('Escape');
      await inErp('PATCH', `customers/${KONRAD.id}`, { email: KONRAD.email });
      await page.button('Try all again').click();
      await contactBecomes(portal, KONRAD.email);
    });
    await onActivity(portal, /^Not written/, async (page) => {
      await page.shows('Everything could be written');
      await page.look('activity-no-problems');
    });
  });

  /** The part of the page that is about the row of this name. */
  const pair = (page, name) => page.root.locator('[data-testid^="review-"]').filter({ has: page.page.getByRole('link', { name }) });

  test('a pair that nothing proves is shown side by side; the same: linked, and brought in step', async () => {
    await onActivity(portal, /^Review/, async (page) => {
      const tile = pair(page, 'Wilhelmina Sandstrom').first();
      await tile.getByText('They are alike, but no key proves that they are the same.').waitFor();
      assert.equal(await tile.getByText(WILMA.phone).count(), 2);
      await page.look('activity-review');
      await page.button('Same: link with Wilhelmina Sandström', tile).click();
      await tile.waitFor({ state: 'detached' });
    });
    await eventually(async () => {
      const record = (await inHubspot(portal)).find(({ id }) => id === wilma);
      assert.equal(record.properties.jobtitle, 'Buyer');
    }, MINUTE_MS);
    const all = (await inHubspot(portal)).filter(({ properties }) => properties.firstname === WILMA.firstname);
    assert.equal(all.length, 1, 'linked, not made a second time');
  });

  test('a pair that is refused is never asked about again, and nobody is made or changed', async () => {
    const then = await control(portal, 'GET', 'counts');
    let reviews;
    await onActivity(portal, /^Review/, async (page) => {
      const tile = pair(page, JOAO);
      await tile.getByText('Against it: other name').waitFor();
      await page.button('Leave it, never ask again', tile).click();
      await tile.waitFor({ state: 'detached' });
      reviews = (await total()).reviews;
    });
    const since = Date.now();
    const joao = (await customers()).find((row) => row.lastname === 'Silva' && row.firstname === 'João');
    await inErp('PATCH', `customers/${joao.id}`, { title: 'Himself' });
    await onContacts(portal, (page, tile) => page.button('Run now', tile).click());
    await ranSince(portal, since);
    assert.equal((await total()).reviews, reviews);
    assert.deepEqual((await control(portal, 'GET', 'counts'))['0-1'], then['0-1']);
  });

  test('the log names records and fields, never values, and can be had as a file', async () => {
    await onActivity(portal, 'Log', async (page) => {
      const log = page.root.getByTestId('log');
      await log.getByText('Created in HubSpot').first().waitFor();
      assert.doesNotMatch(await log.textContent(), /@|Wilhelmina|keinat/i);
      await page.root.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'Decided by a person' });
      await eventually(async () => assert.equal(await log.locator('tbody tr').count(), 2));
      await log.getByText('Decided by a person').first().waitFor();
      await page.look('activity-log');
      await page.root.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'Archived' });
      await page.shows('Nothing of this kind');
      await page.button('Download').click();
      await page.button('Make the file', page.dialog).click();
      const window = await page.window('Open the download', page.dialog);
      await assertAccessible(window, 'activity window');
      const link = window.getByRole('link', { name: 'Download the activity' });
      const [file] = await Promise.all([window.waitForEvent('download'), link.click()]);
      const csv = await readFile(await file.path(), 'utf8');
      assert.ok(csv.split('\r\n').some((line) => line.includes('"created"') && line.includes(`"${KONRAD.id}"`)));
      assert.ok(!/@|Wilhelmina|keinat/i.test(csv), 'the file names no values');
      await window.close();
    });
  });

  test('by keyboard alone: the views of the tab by arrows, and Escape gives the focus back', async () => {
    await onActivity(portal, 'Runs', async (page) => {
      const { keyboard } = page.page;
      await page.root.getByTestId('runs').waitFor();
      await keyboard.press('ArrowRight');
      await page.shows('Everything could be written');
      await keyboard.press('ArrowRight');
      await page.shows(/pairs? to decide about/);
      await keyboard.press('End');
      await page.root.getByRole('textbox', { name: 'Address for alerts' }).waitFor();
      await page.look('activity-alerts');
      await keyboard.press('Home');
      const undo = page.root.getByTestId('runs').getByRole('button', { name: 'Undo' }).last();
      await undo.focus();
      await keyboard.press('Enter');
      await page.dialog.waitFor();
      await keyboard.press('Escape');
      await page.dialog.waitFor({ state: 'detached' });
      assert.equal(await undo.evaluate((one) => one === document.activeElement), true);
    });
  });

  /** All lines of the log, the newest first. */
  async function did(query) {
    const all = [];
    for (let before = ''; before !== null; ) {
      const { body } = await send(portal, ANN, 'GET', '/api/settings/activity', { ...query, limit: 200, ...(before === '' ? {} : { before }) });
      all.push(...body.entries);
      before = body.next ?? null;
    }
    return all;
  }

  test('a run is undone after telling what that touches and what people edited since; nothing comes back by itself', async () => {
    const konrad = await contactOf(portal, KONRAD.email);
    const first = (await did({})).at(-1).runId;
    const made = (await did({ run: first, what: 'created' })).find(({ objectTypeId }) => objectTypeId === '0-1').objectId;
    const linked = (await did({ run: first, what: 'linked' })).find(({ fields }) => fields.includes('city')).objectId;
    await control(portal, 'PATCH', `records/contacts/${linked}`, { properties: { city: 'Esslingen' } });
    await onActivity(portal, 'Runs', async (page) => {
      await page.root.getByTestId('runs').getByRole('button', { name: 'Undo' }).last().click();
      const { dialog } = page;
      await dialog.getByText(/records that it created are archived/).waitFor();
      await dialog.getByText(/records get back the values that they had before/).waitFor();
      await dialog.getByText('1 record was edited by people since').waitFor();
      await dialog.getByRole('link', { name: `Contact ${linked}` }).waitFor();
      await dialog.getByText('city', { exact: true }).waitFor();
      await dialog.getByText('The sync is switched off with it').waitFor();
      await page.look('activity-undo');
      await page.button('Undo it', dialog).click();
      await page.root.getByTestId('runs').locator('tr').filter({ hasText: 'Undoing' }).getByText('Done').waitFor({ timeout: MINUTE_MS });
      await page.root.getByTestId('runs').getByText('Undone since').waitFor();
      await page.look('activity-undone');
    });
    const now = await inHubspot(portal);
    assert.equal(now.find(({ id }) => id === made), undefined, 'what the run made is archived');
    assert.equal(now.find(({ id }) => id === linked).properties.city, 'Esslingen', 'what people edited stays');
    assert.ok(now.some(({ id }) => id === konrad.id), 'what another run made stays');
    const flow = await flowOf(portal);
    assert.equal(flow.status, 'off');
    assert.ok(!flow.running);
  });
});
