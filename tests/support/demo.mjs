// A fresh demo on ports and in a folder of its own, for tests that need the whole of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const START_MS = 60_000;

export const binary =
  process.env.LEDGERCARD ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'debug/ledgercard');

/** Starts the demo with these further arguments; resolves to its addresses once all of it answers, and to the way to end it. */
export async function startDemo(args) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgercard-walk-'));
  const ports = ['--hubspot', '127.0.0.1:0', '--netsuite', '127.0.0.1:0', '--listen', '127.0.0.1:0'];
  const demo = spawn(binary, ['demo', '--dir', path.join(dir, 'demo'), ...ports, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = async () => {
    if (demo.exitCode === null && demo.kill('SIGINT')) {
      await once(demo, 'exit');
    }
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    return { addresses: await started(demo), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function started(demo) {
  const shape = /sandbox HubSpot\s+(http:\/\/\S+?)\/?\s+sandbox NetSuite\s+(http:\/\/\S+?)\/?\s+Ledgercard\s+(http:\/\/\S+?)\/?\s[^]*\/preview\//;
  return new Promise((resolve, reject) => {
    let printed = '';
    const late = setTimeout(() => reject(new Error(`the demo did not start in ${START_MS} ms:\n${printed}`)), START_MS);
    demo.on('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${printed}`)));
    const read = (chunk) => {
      printed += chunk;
      const found = shape.exec(printed);
      if (found !== null) {
        clearTimeout(late);
        resolve({ BASE_URL: found[1], NETSUITE_URL: found[2], APP_URL: found[3] });
      }
    };
    demo.stdout.on('data', read);
    demo.stderr.on('data', read);
  });
}
