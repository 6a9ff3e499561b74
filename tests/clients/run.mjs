// Clients that nobody here wrote, against a fresh demo: HubSpot's Node client signs requests for the backend, then HubSpot's
// Python SDK walks the sandbox (it ends by removing the app, so it comes last).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { root, startDemo } from '../support/demo.mjs';

const python = process.env.PYTHON ?? path.join(root, 'target/venv/bin/python');
const exchanges = process.env.LEDGERCARD_EXCHANGES;

async function run(program, script, args, env) {
  const client = spawn(program, [path.join(root, 'tests/clients', script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = await once(client, 'exit');
  return code ?? 1;
}

const demo = await startDemo(exchanges === undefined ? [] : ['--exchanges', path.join(exchanges, 'clients.jsonl')]);
try {
  const { BASE_URL } = demo.addresses;
  const plan = await (await fetch(`${BASE_URL}/_sandbox/plant`)).json();
  const app = [plan.portals[0].refreshToken, 'demo-client-id', 'demo-client-secret-of-the-sandbox'];
  const codes = [
    await run(process.execPath, 'node/sign.mjs', [], demo.addresses),
    await run(python, 'python/walk.py', [BASE_URL, ...app], {}),
  ];
  process.exitCode = Math.max(...codes);
} finally {
  await demo.end();
}
