// A client that nobody here wrote, against a fresh demo: HubSpot's Node client signs requests for the backend. (HubSpot's Python
// SDK walks the sandbox in a test of its own: `python_client`.)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { root, startDemo } from '../support/demo.mjs';

const demo = await startDemo([]);
try {
  const client = spawn(process.execPath, [path.join(root, 'tests/clients/node/sign.mjs')], {
    stdio: 'inherit',
    env: { ...process.env, ...demo.addresses },
  });
  const [code] = await once(client, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await demo.end();
}
