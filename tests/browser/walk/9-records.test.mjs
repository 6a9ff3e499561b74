import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually, useBrowser } from '../support/browser.mjs';
import { onCard } from '../support/card.mjs';
import { useDemo } from '../support/demo.mjs';
import { address, ask, call, control, recordWith, send } from '../support/sandbox.mjs';

describe('records that are merged, deleted and restored in HubSpot', () => {
  useDemo('records', []);
  useBrowser();
  before(() => ask(`${address.BASE_URL}/_sandbox/webhooks`, 'PUT', { automatic: true }));

  /** Attaches the first invoice that the search offers; gives its number. */
  function attach(place) {
    return onCard(place, {}, async (card) => {
      await card.openAdd();
      const box = card.modal.getByRole('checkbox', { disabled: false }).first();
      const number = (await box.getAttribute('aria-label')).replace('Choose ', '');
      await box.check();
      await card.submitAdd();
      await eventually(async () => assert.ok((await card.numbers()).includes(number)));
      return number;
    });
  }

  /** The numbers of what is attached to the record, by the backend. */
  async function attached(place) {
    const answer = await call(place, 'GET', '/api/card/invoices', { page: '1', pageSize: '50' });
    return answer.rows.filter((row) => row.attachment !== null).map((row) => row.number);
  }

  const records = (pick) => recordWith('empty', { objectTypeId: '0-1', pick });

  test('after a merge the attached invoice shows on the surviving record', async () => {
    const [loser, primary] = await Promise.all([records((all) => all[0]), records((all) => all[1])]);
    const number = await attach(loser);
    const { objectId } = await control(loser.portal, 'POST', 'records/0-1/merge', {
      primary: primary.record.objectId,
      loser: loser.record.objectId,
    });
    const survivor = { portal: loser.portal, record: { ...primary.record, objectId } };
    await eventually(async () => assert.deepEqual(await attached(survivor), [number]));
    // The old id keeps leading to it.
    await eventually(async () => assert.deepEqual(await attached(primary), [number]));
    const listed = await call(survivor, 'GET', '/api/card/invoices', { page: '1', pageSize: '50' });
    assert.equal(listed.state, 'ready');
    await onCard(await reread(survivor), {}, async (card) => {
      await eventually(async () => assert.deepEqual(await card.numbers(), [number]));
      await card.shoot('merged');
    });
  });

  /** The preview shows records by the sandbox's catalogue, which has the surviving record under its new id. */
  async function reread(place) {
    const { portals } = await ask(`${address.BASE_URL}/_sandbox/catalogue`);
    const portal = portals.find((one) => one.portalId === place.portal.portalId);
    assert.ok(portal.records.some((one) => one.objectId === place.record.objectId));
    return place;
  }

  test('a record that is deleted and restored has its attached invoice again', async () => {
    const place = await recordWith(['deal', 'empty']);
    const number = await attach(place);
    await control(place.portal, 'POST', `records/0-3/${place.record.objectId}/archive`);
    const target = { objectTypeId: '0-3', objectId: place.record.objectId, page: '1', pageSize: '5' };
    await eventually(async () => {
      const { status } = await send(place.portal, place.portal.users[0].userId, 'GET', '/api/card/invoices', target);
      assert.equal(status, 404, 'what is deleted has no list');
    });
    await control(place.portal, 'POST', `records/0-3/${place.record.objectId}/restore`);
    await eventually(async () => assert.deepEqual(await attached(place), [number]));
    await onCard(place, {}, async (card) => {
      await eventually(async () => assert.deepEqual(await card.numbers(), [number]));
      await card.shoot('restored');
    });
  });
});
