// Says whether the project is one that HubSpot would take, as far as that can be known without an account.
import { fileURLToPath } from 'node:url';
import { problemsOf } from './project.mjs';

const problems = await problemsOf(fileURLToPath(new URL('..', import.meta.url)));
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('project: structure, schemas, profiles and addresses are in order');
