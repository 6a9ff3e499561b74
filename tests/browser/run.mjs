// Starts a fresh demo on ports of its own, walks through it, and ends it again.
// DATABASE=sqlite (default) or postgres; the latter makes a database of its own on the server of TEST_DATABASE_URL.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo } from '../support/demo.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const database = process.env.DATABASE ?? 'sqlite';

/** A database that nobody else uses, and the way to take it away again. */
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

function exchanges() {
  const folder = process.env.LEDGERCARD_EXCHANGES;
  return folder === undefined ? [] : ['--exchanges', path.join(folder, `browser-${database}.jsonl`)];
}

async function walk(addresses) {
  const files = readdirSync(path.join(here, 'walk')).filter((file) => file.endsWith('.test.mjs')).sort();
  const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files.map((file) => path.join('walk', file))];
  const tests = spawn(process.execPath, args, { cwd: here, stdio: 'inherit', env: { ...process.env, ...addresses } });
  const [code] = await once(tests, 'exit');
  return code ?? 1;
}

const { args, drop } = database === 'postgres' ? postgres() : { args: [], drop: () => undefined };
try {
  const demo = await startDemo([...args, ...exchanges()]);
  try {
    process.exitCode = await walk(demo.addresses);
  } finally {
    await demo.end();
  }
} finally {
  drop();
}
