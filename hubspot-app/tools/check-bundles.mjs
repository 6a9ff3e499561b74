import { readFile, readdir } from 'node:fs/promises';
import { bundleProblems, MAX_BYTES } from './bundle-checks.mjs';

const folder = new URL('../preview/dist/bundles/', import.meta.url);
const EXPECTED = Object.keys(MAX_BYTES);

const files = (await readdir(folder)).filter((file) => file.endsWith('.js')).sort();
const problems = files.join() === EXPECTED.join() ? [] : [`bundles are ${files.join()}, expected ${EXPECTED.join()}`];
for (const file of files) {
  const text = await readFile(new URL(file, folder), 'utf8');
  problems.push(...bundleProblems(text, MAX_BYTES[file] ?? 0).map((problem) => `${file} ${problem}`));
  console.log(`${file}: ${Buffer.byteLength(text)} bytes`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('bundles: in order');
