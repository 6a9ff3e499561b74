// The running system under test: the local HubSpot (preview, proxy, catalogue) and the faults of the local NetSuite.
import assert from 'node:assert/strict';

/** Where it is; a file that starts a demo of its own looks there instead (`useDemo`). */
export const address = {
  BASE_URL: process.env.BASE_URL ?? 'http://127.0.0.1:4700',
  NETSUITE_URL: process.env.NETSUITE_URL ?? 'http://127.0.0.1:4701',
  APP_URL: process.env.APP_URL ?? 'http://127.0.0.1:4702',
};

export async function ask(url, method = 'GET', body = undefined) {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `${method} ${url} answered ${answer.status}`);
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

let known;

export async function catalogue() {
  known ??= await ask(`${address.BASE_URL}/_sandbox/catalogue`);
  return known;
}

/** A record that bears all of `tags` and none of `without`, with its portal; `pick` chooses among several, by default the first. */
export async function recordWith(tags, { objectTypeId, without = [], pick = (all) => all[0] } = {}) {
  const wanted = [tags].flat();
  const { portals } = await catalogue();
  const all = portals.flatMap((portal) =>
    portal.records
      .filter((record) => wanted.every((tag) => record.tags?.includes(tag)))
      .filter((record) => !without.some((tag) => record.tags?.includes(tag)))
      .filter((record) => objectTypeId === undefined || record.objectTypeId === objectTypeId)
      .map((record) => ({ portal, record })),
  );
  const found = pick(all);
  assert.ok(found, `the catalogue has no record with the tags ${wanted.join(', ')} (type ${objectTypeId ?? 'any'})`);
  return found;
}

export async function portalWith(tag) {
  const { portals } = await catalogue();
  const portal = portals.find((one) => one.tags?.includes(tag));
  assert.ok(portal, `the catalogue has no portal with the tag ${tag}`);
  return portal;
}

/** A call as an extension makes it: through HubSpot's proxy, signed there. Returns the backend's status and answer. */
export async function send(portal, userId, method, path, fields) {
  const { publicUrl } = await catalogue();
  const query = method === 'GET' ? `?${new URLSearchParams(fields)}` : '';
  const envelope = await ask(`${address.BASE_URL}/_sandbox/proxy`, 'POST', {
    portalId: portal.portalId,
    userId,
    userEmail: portal.users.find((user) => user.userId === userId).email,
    requestUri: `${publicUrl}${path}${query}`,
    method,
    requestBody: method === 'GET' ? null : fields,
    requestTimeoutMillis: 15_000,
  });
  const body = envelope.responseBody;
  return { status: Number(envelope.context?.appServerStatusCode?.[0]), body: typeof body === 'string' ? JSON.parse(body) : body };
}

/** A call of the card on a record, by the portal's first user. Returns the backend's answer. */
export async function call({ portal, record }, method, path, fields) {
  const target = { objectTypeId: record.objectTypeId, objectId: record.objectId };
  const { status, body } = await send(portal, portal.users[0].userId, method, path, { ...target, ...fields });
  assert.equal(status, 200, `${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** What people do in a portal, and what the API has nothing for. */
export function control(portal, method, path, body) {
  return ask(`${address.BASE_URL}/_sandbox/portals/${portal.portalId}/${path}`, method, body);
}

/** Takes off the record whatever a test attached to it. */
export async function detachAll(place) {
  const answer = await call(place, 'GET', '/api/card/invoices', { page: '1', pageSize: '50' });
  const attachments = [...answer.rows, ...answer.missing].map((row) => row.attachment).filter(Boolean);
  for (const { associationId } of attachments) {
    await call(place, 'POST', '/api/card/associations/remove', {
      idempotencyKey: `clean-${associationId}-${crypto.randomUUID()}`,
      associationId,
    });
  }
}

/** Makes the local NetSuite misbehave while `work` runs. */
export async function withFaults(faults, work) {
  await ask(`${address.NETSUITE_URL}/_sandbox/faults`, 'PUT', faults);
  try {
    await work();
  } finally {
    await ask(`${address.NETSUITE_URL}/_sandbox/faults`, 'DELETE');
  }
}
