// HubSpot's pages around an installation: connected apps, consent.
import { SHOTS } from './browser.mjs';
import { address } from './sandbox.mjs';

/** "Connected apps", in a tab of its own. */
export async function openAccounts(context) {
  const page = await context.newPage();
  await page.goto(`${address.BASE_URL}/accounts`);
  return page;
}

/** On the consent page: chooses account and user, and presses a button. */
export async function consent(page, portal, { user = '9001', press = 'Connect app' } = {}) {
  await page.getByRole('combobox', { name: 'Account' }).selectOption(portal.portalId);
  await page.getByRole('combobox', { name: 'You are' }).selectOption(user);
  await page.getByRole('button', { name: press }).click();
  await page.waitForLoadState();
}

/** The whole way as a person goes it, from "Connected apps". */
export async function install(context, portal, how) {
  const page = await openAccounts(context);
  await page.getByRole('link', { name: 'Install Ledgercard' }).click();
  await consent(page, portal, how);
  await page.getByRole('heading', { name: 'Ledgercard is installed' }).waitFor();
  await page.close();
}

/** What "Connected apps" says of a portal. */
export function standing(page, portal) {
  return page.locator('tr').filter({ hasText: `(${portal.portalId})` }).locator('td').nth(1).textContent();
}

export function shoot(page, name) {
  return page.screenshot({ path: `${SHOTS}window-${name}.png`, fullPage: true });
}
