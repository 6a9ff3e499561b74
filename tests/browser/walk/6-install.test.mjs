import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertAccessible } from '../support/axe.mjs';
import { inBrowser, useBrowser } from '../support/browser.mjs';
import { useDemo } from '../support/demo.mjs';
import { consent, install, openAccounts, shoot, standing } from '../support/install.mjs';
import { catalogue } from '../support/sandbox.mjs';
import { onSettings } from '../support/settings.mjs';

const BEGUN_ELSEWHERE = /This was begun in another browser/;

describe('installing, from an empty database', () => {
  useDemo('install', ['--empty']);
  useBrowser();
  let portal;
  let other;
  before(async () => {
    [portal, other] = (await catalogue()).portals;
  });

  /** From "Connected apps" to the consent page. */
  async function asked(context) {
    const page = await openAccounts(context);
    await page.getByRole('link', { name: 'Install Ledgercard' }).click();
    await page.getByRole('heading', { name: 'Connect Ledgercard to HubSpot' }).waitFor();
    return page;
  }

  /** The page says why nothing was installed, and nothing was. */
  async function refused(page, text, name) {
    await page.getByRole('heading', { name: /^(Ledgercard is not installed|This window does not go on)$/ }).waitFor();
    await page.getByText(text).waitFor();
    await page.getByRole('link', { name: 'Begin again' }).waitFor();
    await assertAccessible(page, name);
    await shoot(page, name);
    await page.close();
  }

  async function isNotConnected() {
    await inBrowser({}, async (context) => {
      assert.match(await standing(await openAccounts(context), portal), /not connected/);
    });
  }

  test('NS-11 before it is installed, the page under Connected apps says what to do', async () => {
    await onSettings(portal, {}, async (page) => {
      await page.shows('Ledgercard is not installed here yet');
      await page.root.getByRole('link', { name: /Install in HubSpot/ }).waitFor();
      await page.look('not-installed');
    });
  });

  test('who is no super admin is told so by HubSpot, and nothing is installed', async () => {
    await inBrowser({}, async (context) => {
      const page = await asked(context);
      await assertAccessible(page, 'consent');
      await shoot(page, 'consent');
      await consent(page, portal, { user: '9002' });
      await page.getByText('You don\'t have permission to install this app').first().waitFor();
      await shoot(page, 'consent-no-admin');
    });
    await isNotConnected();
  });

  test('who cancels is told that nothing was changed', async () => {
    await inBrowser({}, async (context) => {
      const page = await asked(context);
      await consent(page, portal, { press: 'Cancel' });
      await refused(page, /You chose not to connect\. Nothing was changed\./, 'install-cancelled');
    });
    await isNotConnected();
  });

  test('an answer that is opened in another browser installs nothing', async () => {
    await inBrowser({}, async (context) => {
      const page = await asked(context);
      const callback = await answered(page);
      await inBrowser({}, async (elsewhere) => {
        const window = await elsewhere.newPage();
        await window.goto(callback);
        await refused(window, BEGUN_ELSEWHERE, 'install-elsewhere');
      });
    });
    await isNotConnected();
  });

  /** Says yes on the consent page; gives where HubSpot sends the browser, which does not go there. */
  async function answered(page) {
    const fields = await page.locator('form').evaluate((form) => Object.fromEntries(new FormData(form)));
    const form = { ...fields, portal: portal.portalId, user: '9001', decision: 'connect' };
    const answer = await page.request.post(new URL('/oauth/authorize', page.url()).href, { form, maxRedirects: 0 });
    assert.equal(answer.status(), 302);
    return answer.headers().location;
  }

  test('NS-01 a super admin installs it from the settings page; the answer works once', async () => {
    await onSettings(portal, {}, async (page) => {
      const window = await page.window(/Install in HubSpot/);
      await window.getByRole('heading', { name: 'Connect Ledgercard to HubSpot' }).waitFor();
      await consent(window, portal);
      await window.getByRole('heading', { name: 'Ledgercard is installed' }).waitFor();
      await window.getByText('chinook-demo.example').waitFor();
      await assertAccessible(window, 'installed');
      await shoot(window, 'installed');
      const callback = window.url();

      await page.button('Look again').click();
      await page.shows('No ERP is connected');
      for (const type of ['0-1', '0-2', '0-3']) {
        await page.page.getByTestId(`property-${type}`).getByText('There').waitFor();
      }
      await page.look('nothing-connected');

      await window.goto(callback);
      await refused(window, /used before|no longer known/, 'install-replayed');
    });
    await inBrowser({}, async (context) => {
      const page = await openAccounts(context);
      assert.match(await standing(page, portal), /connected, \d+ scopes/);
      assert.match(await standing(page, other), /not connected/);
      await assertAccessible(page, 'accounts');
      await shoot(page, 'accounts');
    });
  });

  test('installing it once more changes nothing', async () => {
    await inBrowser({}, (context) => install(context, portal));
    await onSettings(portal, {}, (page) => page.shows('No ERP is connected'));
  });
});
