// Both sides of the contact sync, behind the backs of both: what people do there, and what is there.
import { MAIN } from './netsuite.mjs';
import { address, ask, control } from './sandbox.mjs';

/** What people do in the local NetSuite's pages, on the customers and contacts of its main account. */
export function inErp(method, path, body) {
  return ask(`${address.NETSUITE_URL}/_sandbox/accounts/${MAIN.label}/${path}`, method, body);
}

/** All records of a type in a portal of the local HubSpot that are not archived. */
export async function inHubspot(portal, type = '0-1') {
  const all = [];
  let after = '';
  do {
    const page = await control(portal, 'GET', `dump?${new URLSearchParams({ type, ...(after === '' ? {} : { after }) })}`);
    all.push(...page.results.filter((record) => !record.archived));
    after = page.paging?.next?.after ?? '';
  } while (after !== '');
  return all;
}

/** The contact that has this address, if there is one. */
export async function contactOf(portal, email) {
  const found = (await inHubspot(portal)).filter((record) => record.properties.email?.toLowerCase() === email.toLowerCase());
  if (found.length > 1) {
    throw new Error(`${found.length} contacts have ${email}`);
  }
  return found[0];
}
