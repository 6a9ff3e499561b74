// Starts a fresh demo on ports of its own, walks through it, and ends it again.
// DATABASE=sqlite (default) or postgres; the latter makes a database of its own on the server of TEST_DATABASE_URL.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const binary =
  process.env.LEDGERCARD ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'debug/ledgercard');
const database = process.env.DATABASE ?? 'sqlite';
const START_MS = 60_000;

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

/** Resolves to the addresses that the demo prints once all of it answers. */
function started(demo) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const late = setTimeout(() => reject(new Error(`the demo did not start in ${START_MS} ms:\n${printed}`)), START_MS);
    demo.on('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${printed}`)));
    const read = (chunk) => {
      printed += chunk;
      const page = /sandbox HubSpot\s+(http:\/\/\S+?)\/?\s[^]*sandbox NetSuite\s+(http:\/\/\S+?)\/?\s[^]*\/preview\//.exec(printed);
      if (page !== null) {
        clearTimeout(late);
        resolve({ BASE_URL: page[1], NETSUITE_URL: page[2] });
      }
    };
    demo.stdout.on('data', read);
    demo.stderr.on('data', read);
  });
}

async function walk(addresses) {
  const files = readdirSync(path.join(here, 'walk')).filter((file) => file.endsWith('.test.mjs')).sort();
  const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files.map((file) => path.join('walk', file))];
  const tests = spawn(process.execPath, args, { cwd: here, stdio: 'inherit', env: { ...process.env, ...addresses } });
  const [code] = await once(tests, 'exit');
  return code ?? 1;
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgercard-walk-'));
const { args, drop } = database === 'postgres' ? postgres() : { args: [], drop: () => undefined };
const ports = ['--hubspot', '127.0.0.1:0', '--netsuite', '127.0.0.1:0', '--listen', '127.0.0.1:0'];
const demo = spawn(binary, ['demo', '--dir', path.join(dir, 'demo'), ...ports, ...args, ...exchanges()], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'pipe'],
});
try {
  process.exitCode = await walk(await started(demo));
} finally {
  if (demo.exitCode === null && demo.kill('SIGINT')) {
    await once(demo, 'exit');
  }
  drop();
  rmSync(dir, { recursive: true, force: true });
}
