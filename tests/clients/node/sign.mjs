// HubSpot's own Node client signs requests: the backend must take them, and must not take what was changed after signing.
import assert from 'node:assert/strict';
import { Signature } from '@hubspot/api-client';

const { APP_URL, BASE_URL } = process.env;
const SECRET = 'demo-client-secret-of-the-sandbox';

const catalogue = await (await fetch(`${BASE_URL}/_sandbox/catalogue`)).json();
const { publicUrl, appId, portals } = catalogue;
const portal = portals[0];
const record = portal.records.find((one) => one.tags.includes('linked'));
const identity = `userId=${portal.users[0].userId}&portalId=${portal.portalId}&userEmail=ann%40chinook.example&appId=${appId}`;

/** Signs as the client does and sends to where the backend listens. */
async function send(method, pathAndQuery, body, { signed = pathAndQuery, age = 0 } = {}) {
  const timestamp = Date.now() - age;
  const options = { signatureVersion: 'v3', clientSecret: SECRET, method, url: publicUrl + signed, requestBody: body, timestamp };
  const signature = Signature.getSignature(method, 'v3', { ...options });
  return fetch(APP_URL + pathAndQuery, {
    method,
    body: body === '' ? undefined : body,
    headers: { 'X-HubSpot-Signature-v3': signature, 'X-HubSpot-Request-Timestamp': String(timestamp) },
  });
}

const list = `/api/card/invoices?objectTypeId=${record.objectTypeId}&objectId=${record.objectId}&${identity}`;
const taken = await send('GET', list, '');
assert.equal(taken.status, 200, await taken.clone().text());
assert.ok(['ready', 'loading'].includes((await taken.json()).state));

const body = JSON.stringify({ objectTypeId: record.objectTypeId, objectId: record.objectId, idempotencyKey: 'signed-by-their-client' });
assert.equal((await send('POST', `/api/card/refresh?${identity}`, body)).status, 200);

const other = list.replace(`portalId=${portal.portalId}`, 'portalId=4711002');
assert.equal((await send('GET', other, '', { signed: list })).status, 401, 'another portal than the signed one');
assert.equal((await send('GET', list, '', { age: 6 * 60_000 })).status, 401, 'a stamp that is six minutes old');
console.log('HubSpot’s Node client: 2 signed requests taken, 2 tampered ones refused');
