// Clients that nobody here wrote, against a fresh demo: HubSpot's Node client signs requests for the backend, HubSpot's Python
// SDK talks to the sandbox.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { root, startDemo } from '../support/demo.mjs';

const python = process.env.PYTHON ?? path.join(root, 'target/venv/bin/python');

async function run(program, script, addresses) {
  const child = spawn(program, [path.join(root, 'tests/clients', script)], {
    stdio: 'inherit',
    env: { ...process.env, ...addresses },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

const demo = await startDemo([]);
try {
  const codes = [
    await run(process.execPath, 'node/sign.mjs', demo.addresses),
    await run(python, 'python/walk.py', demo.addresses),
  ];
  process.exitCode = Math.max(...codes);
} finally {
  await demo.end();
}
