import { after, before } from 'node:test';
import path from 'node:path';
import { startDemo } from '../../support/demo.mjs';
import { database, ownDatabase } from './database.mjs';
import { address } from './sandbox.mjs';

/** A demo that this test file has for itself; to be called once, before `useBrowser`. */
export function useDemo(name, args) {
  let demo;
  let own;
  before(async () => {
    own = ownDatabase();
    demo = await startDemo([...args, ...own.args, ...exchanges(name)]);
    Object.assign(address, demo.addresses);
  });
  after(async () => {
    await demo?.end();
    own?.drop();
  });
}

/** Where the exchanges with the local HubSpot are recorded, when they are. */
export function exchanges(name) {
  const folder = process.env.LEDGERCARD_EXCHANGES;
  return folder === undefined ? [] : ['--exchanges', path.join(folder, `browser-${name}-${database}.jsonl`)];
}
