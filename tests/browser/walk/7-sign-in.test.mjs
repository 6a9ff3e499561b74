import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertAccessible } from '../support/axe.mjs';
import { inBrowser, useBrowser } from '../support/browser.mjs';
import { onCard } from '../support/card.mjs';
import { useDemo } from '../support/demo.mjs';
import { install, shoot } from '../support/install.mjs';
import { openSetUp, PRODUCTION, SANDBOX } from '../support/netsuite.mjs';
import { catalogue, recordWith } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';

const NAMES = { [SANDBOX.accountId]: 'Chinook tests', [PRODUCTION.accountId]: 'Chinook AB' };

describe('connecting NetSuite by signing in, beside a sandbox account', () => {
  useDemo('sign-in', ['--empty']);
  useBrowser();
  let portal;
  before(async () => {
    [portal] = (await catalogue()).portals;
    await inBrowser({}, (context) => install(context, portal));
    await onSettings(portal, {}, (page) =>
      page.connectByCertificate({ ...SANDBOX, name: NAMES[SANDBOX.accountId] }),
    );
  });

  /** To the window in front of NetSuite's consent page. */
  async function signingIn(page) {
    await page.button('Connect another NetSuite account').click();
    await page.beginWizard({ accountId: PRODUCTION.accountId, name: NAMES[PRODUCTION.accountId], method: 'By signing in' });
    await page.button('Next').click();
    const setUp = await openSetUp(page.page.context(), PRODUCTION.label);
    await page.field('Client id').fill(await setUp.clientId());
    await page.root.getByLabel('Client secret').fill(await setUp.clientSecret());
    await setUp.close();
    await page.look('sign-in');
  }

  async function openWindow(page) {
    await page.button(/Go on to the sign-in|Make a new link/).click();
    const window = await page.window(/Sign in to NetSuite/);
    await window.getByText(PRODUCTION.accountId, { exact: true }).waitFor();
    return window;
  }

  /** From our window through NetSuite's page. */
  async function decide(window, decision) {
    await assertAccessible(window, 'window before the sign-in');
    await shoot(window, 'sign-in');
    await window.getByRole('button', { name: 'Continue to NetSuite' }).click();
    await window.getByRole('heading', { name: 'Allow Ledgercard to access NetSuite?' }).waitFor();
    await assertAccessible(window, 'NetSuite’s consent page');
    await shoot(window, 'netsuite-consent');
    await window.getByRole('combobox', { name: 'Role' }).selectOption({ label: 'Ledgercard' });
    await window.getByRole('button', { name: decision }).click();
    await window.waitForLoadState();
  }

  test('who does not allow it is told so, and nothing is connected', async () => {
    await onSettings(portal, {}, async (page) => {
      await signingIn(page);
      const window = await openWindow(page);
      await decide(window, 'Deny');
      await window.getByRole('heading', { name: /did not work|does not go on/ }).waitFor();
      await assertAccessible(window, 'denied');
      await shoot(window, 'sign-in-denied');
      await window.close();
      await page.button('I have signed in').click();
      await page.shows('No sign-in has arrived yet');
      await page.look('sign-in-not-yet');
      await page.button('Cancel').click();
      await page.tile(NAMES[SANDBOX.accountId]).waitFor();
      assert.equal(await page.tile(NAMES[PRODUCTION.accountId]).count(), 0);
    });
  });

  test('a window’s address that is opened in another browser leads nowhere once it was used', async () => {
    await onSettings(portal, {}, async (page) => {
      await signingIn(page);
      const window = await openWindow(page);
      await inBrowser({}, async (elsewhere) => {
        const other = await elsewhere.newPage();
        await other.goto(window.url());
        await other.getByText(/This address was used before/).waitFor();
      });
    });
  });

  test('NS-09 NS-10 SF-06 who signs in with the role connects the production account beside its sandbox', async () => {
    await onSettings(portal, {}, async (page) => {
      await signingIn(page);
      const window = await openWindow(page);
      await decide(window, 'Allow');
      await window.getByRole('heading', { name: 'NetSuite is connected' }).waitFor();
      await assertAccessible(window, 'signed in');
      await shoot(window, 'signed-in');
      const callback = window.url();
      await window.goto(callback);
      await window.getByText(/used before|no longer known/).waitFor();
      await shoot(window, 'signed-in-replayed');
      await window.close();

      await page.button('I have signed in').click();
      await page.shows(`${NAMES[PRODUCTION.accountId]} is connected`);
      await page.finding('invoice', 'Proved').waitFor();
      await page.look('signed-in');
      await page.button('Done').click();
      const [sandbox, production] = [SANDBOX, PRODUCTION].map(({ accountId }) => page.tile(NAMES[accountId]));
      await sandbox.getByText('sandbox', { exact: true }).waitFor();
      await production.getByText('production', { exact: true }).waitFor();
      await production.getByText('Sign-in', { exact: true }).waitFor();
      await page.look('two-connections');
    });
  });

  test('SF-06 the card says of each invoice whether it is a sandbox’s', async () => {
    const place = await recordWith('matched', { objectTypeId: '0-1', pick: (all) => all[0] });
    await onCard(place, {}, async (card) => {
      await card.listed();
      await card.shows(/sandbox/);
      await card.shoot('sandbox-beside-production');
    });
  });
});
