// DATABASE=sqlite (default) or postgres; the latter makes databases of their own on the server of TEST_DATABASE_URL.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

export const database = process.env.DATABASE ?? 'sqlite';

/** What the demo is told to use, and the way to take it away again. */
export function ownDatabase() {
  return database === 'postgres' ? postgres() : { args: [], drop: () => undefined };
}

/** A database that nobody else uses. */
function postgres() {
  const server = process.env.TEST_DATABASE_URL;
  assert.ok(server, 'DATABASE=postgres needs TEST_DATABASE_URL');
  const name = `ledgercard_walk_${process.pid}`;
  const psql = (statement) => execFileSync(psqlPath(), [server, '-qc', statement], { stdio: ['ignore', 'ignore', 'inherit'] });
  psql(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { args: ['--database', url.href], drop: () => psql(`drop database ${name} with (force)`) };
}

function psqlPath() {
  const installed = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(installed).sort((a, b) => Number(b) - Number(a));
    return path.join(installed, versions[0], 'bin/psql');
  } catch (error) {
    assert.equal(error.code, 'ENOENT');
    return 'psql';
  }
}
