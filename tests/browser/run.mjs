// Starts a fresh demo on ports of its own, walks through it, and ends it again.
// DATABASE=sqlite (default) or postgres; the latter makes a database of its own on the server of TEST_DATABASE_URL.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo } from '../support/demo.mjs';
import { ownDatabase } from './support/database.mjs';
import { exchanges } from './support/demo.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

async function walk(addresses) {
  const files = readdirSync(path.join(here, 'walk')).filter((file) => file.endsWith('.test.mjs')).sort();
  const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files.map((file) => path.join('walk', file))];
  const tests = spawn(process.execPath, args, { cwd: here, stdio: 'inherit', env: { ...process.env, ...addresses } });
  const [code] = await once(tests, 'exit');
  return code ?? 1;
}

const { args, drop } = ownDatabase();
try {
  const demo = await startDemo([...args, ...exchanges('shared')]);
  try {
    process.exitCode = await walk(demo.addresses);
  } finally {
    await demo.end();
  }
} finally {
  drop();
}
