// Validates the HubSpot project with HubSpot's own parsing library. Its schemas come from HubSpot's API, which needs an account;
// ours, written from the public documentation, are put in their place, so the whole pipeline runs offline.
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { http } from '@hubspot/local-dev-lib/http';
import { isTranslationError, translate } from '@hubspot/project-parsing-lib/translate';

const SCHEMAS = new URL('./schemas/', import.meta.url);

/** Uids are for ever: a changed one is a new component to HubSpot, and every customer's card placement is lost. */
export const UIDS = [
  'invoices_card_sidebar',
  'invoices_card_tab',
  'ledgercard_app',
  'ledgercard_settings',
  'ledgercard_webhooks',
];

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function ownSchemas() {
  const files = (await readdir(SCHEMAS)).filter((file) => file.endsWith('.json'));
  const entries = files.map(async (file) => [path.basename(file, '.json'), await readJson(new URL(file, SCHEMAS))]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The project as HubSpot's pipeline understands it with one profile's variables; throws its error text. */
async function parse(sourceDir, platformVersion, profile) {
  const schemas = await ownSchemas();
  http.get = async () => ({ data: schemas });
  const context = { projectSourceDir: sourceDir, platformVersion, accountId: 1 };
  const { intermediateRepresentation, skippedHsMetaFiles } = await translate(context, { profile });
  return { nodes: Object.values(intermediateRepresentation.intermediateNodesIndexedByUid), skippedHsMetaFiles };
}

/** All that is wrong with the project in `projectDir`, as sentences; empty if nothing is. */
export async function problemsOf(projectDir) {
  const { srcDir, platformVersion } = await readJson(path.join(projectDir, 'hsproject.json'));
  const sourceDir = path.join(projectDir, srcDir);
  const profiles = (await readdir(sourceDir)).map((file) => /^hsprofile\.(.+)\.json$/.exec(file)?.[1]).filter(Boolean);
  const problems = profiles.length === 0 ? ['there is no hsprofile.*.json'] : [];
  for (const profile of profiles) {
    try {
      const parsed = await parse(sourceDir, platformVersion, profile);
      const variables = (await readJson(path.join(sourceDir, `hsprofile.${profile}.json`))).variables ?? {};
      const found = await crossChecks(sourceDir, parsed, variables);
      problems.push(...found.map((problem) => `profile ${profile}: ${problem}`));
    } catch (error) {
      problems.push(`profile ${profile}: ${isTranslationError(error) ? error.toString() : error.message}`);
    }
  }
  return problems;
}

async function crossChecks(sourceDir, { nodes, skippedHsMetaFiles }, variables) {
  const problems = skippedHsMetaFiles.map((file) => `${JSON.stringify(file)} lies where HubSpot does not look`);
  const uids = nodes.map((node) => node.uid).sort();
  if (uids.join() !== UIDS.join()) {
    problems.push(`the uids are ${uids.join()}, but must stay ${UIDS.join()}`);
  }
  for (const { uid, config } of nodes) {
    if (config.entrypoint !== undefined && !existsSync(path.join(sourceDir, config.entrypoint))) {
      problems.push(`${uid}: the entrypoint ${config.entrypoint} does not exist`);
    }
  }
  const app = nodes.find((node) => node.uid === 'ledgercard_app');
  const permitted = app?.config.permittedUrls.fetch ?? [];
  problems.push(...backendProblems(variables.BACKEND_URL, permitted));
  problems.push(...addressProblems(nodes, variables.BACKEND_URL));
  for (const { file, url } of await urlsInCode(path.join(sourceDir, 'app'))) {
    if (!permitted.some((base) => url.startsWith(base))) {
      problems.push(`${path.relative(sourceDir, file)} names ${url}, which permittedUrls.fetch does not allow`);
    }
  }
  return problems;
}

function backendProblems(backendUrl, permitted) {
  if (typeof backendUrl !== 'string' || !/^https:\/\/[^/\s?#]+$/.test(backendUrl)) {
    return ['BACKEND_URL must be https://host without a path'];
  }
  return permitted.some((base) => backendUrl.startsWith(base))
    ? []
    : [`BACKEND_URL ${backendUrl} is not among permittedUrls.fetch`];
}

/** HubSpot sends people and events to the backend of the profile, under the paths that it serves. */
function addressProblems(nodes, backendUrl) {
  const config = (type) => nodes.find((node) => node.componentType === type)?.config;
  const addresses = [
    ['redirectUrls', config('APPLICATION')?.auth.redirectUrls.join(), `${backendUrl}/oauth/callback`],
    ['targetUrl', config('WEBHOOKS')?.settings.targetUrl, `${backendUrl}/webhooks/hubspot`],
  ];
  return addresses
    .filter(([, address, wanted]) => address !== wanted)
    .map(([name, address, wanted]) => `${name} is ${address}, but must be ${wanted}`);
}

/** Addresses written into the card's code; the backend's comes from the profile, so there should be none. */
async function urlsInCode(folder) {
  const files = await readdir(folder, { recursive: true });
  const code = files.filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !/(^|\/)(node_modules|tests)\//.test(file),
  );
  const found = await Promise.all(
    code.map(async (name) => {
      const file = path.join(folder, name);
      const text = withoutComments(await readFile(file, 'utf8'));
      return [...text.matchAll(/https?:\/\/[^\s'"`]+/g)].map(([url]) => ({ file, url }));
    }),
  );
  return found.flat();
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
