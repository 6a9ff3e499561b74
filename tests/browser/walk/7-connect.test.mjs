import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { assertAccessible } from '../support/axe.mjs';
import { inBrowser, useBrowser } from '../support/browser.mjs';
import { useDemo } from '../support/demo.mjs';
import { install, shoot } from '../support/install.mjs';
import { MAIN, openSetUp } from '../support/netsuite.mjs';
import { catalogue } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';

const NAME = 'Chinook books';

describe('connecting NetSuite with a certificate', () => {
  useDemo('connect', ['--empty']);
  useBrowser();
  let portal;
  before(async () => {
    [portal] = (await catalogue()).portals;
    await inBrowser({}, (context) => install(context, portal));
  });

  test('NS-10 the first two steps by keyboard alone: no connection before the set-up is confirmed', async () => {
    await onSettings(portal, {}, async (page) => {
      const keys = page.page.keyboard;
      await page.button('Connect NetSuite').focus();
      await keys.press('Enter');
      const confirmed = page.root.getByRole('checkbox', { name: 'The set-up in NetSuite is finished' });
      await confirmed.waitFor();
      await page.look('wizard-1-prerequisites');
      assert.ok(await page.button('Next').isDisabled());
      await confirmed.focus();
      await keys.press('Space');
      await page.root.locator('button:enabled', { hasText: /^Next$/ }).waitFor();
      await keys.press('Tab');
      await keys.press('Enter');
      await page.field('Account id').waitFor();
      await page.field('Account id').focus();
      await keys.type('not an id');
      await keys.press('Enter');
      await page.shows(/An account id has letters and digits only/);
      await page.shows('Give it a name.');
      await page.look('wizard-2-problems');
      await page.field('Account id').press('Control+a');
      await keys.type(MAIN.accountId);
      await keys.press('Tab');
      await keys.type(NAME);
      // However late the extension answers to a key, none is lost.
      assert.equal(await page.field('Account id').inputValue(), MAIN.accountId);
      assert.equal(await page.field('Name').inputValue(), NAME);
      await keys.press('Enter');
      await page.button('Test and connect').waitFor();
      await page.look('wizard-3-certificate');
    });
  });

  test('NS-02 SF-05 the certificate goes to NetSuite, its id comes back, and the connection is tested', async () => {
    await onSettings(portal, {}, async (page) => {
      // What was begun is still there, for whoever goes on.
      await page.shows('Unfinished connections');
      await page.look('drafts');
      await page.button('Continue').click();
      const pem = await downloaded(page);
      assert.equal(pem.trim(), (await page.field('Certificate').and(page.page.locator('textarea')).inputValue()).trim());

      const certificateId = await page.handOver(MAIN.label);
      await page.field('Certificate id').fill('another-certificates-id');
      await page.button('Test and connect').click();
      await page.shows('NetSuite refused the connection');
      await page.shows(/NetSuite does not know this certificate id for this application/);
      await page.look('wizard-3-refused');

      await page.field('Certificate id').fill(certificateId);
      await page.button('Test and connect').click();
      await page.shows(`${NAME} is connected`);
      await page.look('wizard-4-connected');
      await page.button('Done').click();
      await page.tile(NAME).getByText('Valid').waitFor();
      await page.shows('Last good call');
      await page.look('connected');
    });
  });

  /** Through the window that the page opens. */
  async function downloaded(page) {
    await page.button('Copy certificate').click();
    await page.page.getByText('The certificate was copied').waitFor();
    await page.button('Download certificate').click();
    const window = await page.window(/Open the download/);
    await window.getByText(MAIN.accountId).waitFor();
    await assertAccessible(window, 'certificate window');
    await shoot(window, 'certificate');
    const link = window.getByRole('link', { name: 'Download the certificate' });
    const [download] = await Promise.all([window.waitForEvent('download'), link.click()]);
    const address = window.url();
    await window.goto(address);
    await window.getByText(/This address was used before/).waitFor();
    await shoot(window, 'ticket-used');
    await window.close();
    return readFile(await download.path(), 'utf8');
  }

  /** Asks NetSuite about all lines of the list. */
  async function onChecklist(page, work) {
    await page.tile(NAME).getByRole('button', { name: 'Check prerequisites' }).click();
    const panel = page.page.getByRole('dialog', { name: `Prerequisites of ${NAME}` });
    await page.finding('invoice', 'Proved').waitFor();
    await work(panel);
    await panel.getByRole('button', { name: 'Close', exact: true }).click();
    await panel.waitFor({ state: 'detached' });
  }

  for (const [code, finding, text] of [
    ['server_suitescript', 'Not needed', 'NS-03: no script of ours runs in NetSuite'],
    ['rest_web_services', 'Proved', 'NS-04: Setup > Company > Enable Features > SuiteCloud > SuiteTalk'],
    ['rest_record_service_beta', 'Not needed', 'NS-05: this box no longer exists in NetSuite'],
    ['oauth2', 'Proved', 'NS-06: Setup > Company > Enable Features > SuiteCloud > Manage Authentication'],
    ['multiple_currencies', 'Proved', 'NS-07: Setup > Company > Enable Features > Company > International'],
    ['bundle', 'Not needed', 'NS-08: a role of your own takes the bundle'],
    ['role', 'Proved', 'NS-09: Lists > Employees > Employees > Search'],
  ]) {
    const [seed, says] = text.split(': ');
    test(`${seed} the checklist's line ${code}: ${finding.toLowerCase()}`, async () => {
      await onSettings(portal, {}, (page) =>
        onChecklist(page, async () => {
          await page.finding(code, finding).waitFor();
          assert.ok((await page.line(code).textContent()).includes(says), await page.line(code).textContent());
        }),
      );
    });
  }

  test('a right that is taken away is refused, with the clicks that mend it, and proved when it is back', async () => {
    await onSettings(portal, {}, async (page) => {
      const setUp = await openSetUp(page.page.context(), MAIN.label);
      await onChecklist(page, async (panel) => {
        await page.look('checklist');
        for (const [group, name, code, mend] of [
          ['Permissions', 'Customers', 'customers', 'Permissions > Lists > Customers (View) > Add > Save'],
          ['Features', 'Multiple Currencies', 'multiple_currencies', 'International > Multiple Currencies > Save'],
        ]) {
          await setUp.set(group, name, false);
          await panel.getByRole('button', { name: 'Check again' }).click();
          await page.finding(code, 'Refused').waitFor();
          assert.ok((await page.line(code).textContent()).includes(mend));
          await page.look(`checklist-refused-${code}`);
          await setUp.set(group, name, true);
          await panel.getByRole('button', { name: 'Check again' }).click();
          await page.finding(code, 'Proved').waitFor();
        }
      });
      await setUp.shoot('setup');
    });
  });

  test('SF-05 NS-04 a feature that is switched off makes the connection not valid, and says why; switched on it is valid', async () => {
    await onSettings(portal, {}, async (page) => {
      const setUp = await openSetUp(page.page.context(), MAIN.label);
      const tile = page.tile(NAME);
      await setUp.set('Features', 'REST Web Services', false);
      await tile.getByRole('button', { name: 'Test connection' }).click();
      await tile.getByText('Not valid').first().waitFor();
      await tile.getByText(/The role of the connection lacks the permission “REST Web Services”/).waitFor();
      await tile.getByText(`${NAME} answered, but does not allow what is required`).waitFor();
      await page.look('not-valid');
      await setUp.set('Features', 'REST Web Services', true);
      await tile.getByRole('button', { name: 'Test connection' }).click();
      await tile.getByText(`${NAME} answered: the connection works`).waitFor();
      await tile.getByText('Valid', { exact: true }).waitFor();
      await page.look('valid-again');
    });
  });

  test('SF-07 the calls of the last 24 hours are told for both systems, with their caps', async () => {
    await onSettings(portal, {}, async (page) => {
      const calls = page.root.locator('table').filter({ hasText: 'Too many (429)' });
      for (const [system, cap] of [['HubSpot', 'calls in any'], [NAME, 'calls at once']]) {
        const row = calls.locator('tr').filter({ hasText: system });
        assert.match(await row.textContent(), new RegExp(cap));
        assert.ok(Number(await row.locator('td').nth(1).textContent()) > 0, `${system} was never called`);
      }
    });
  });
});
