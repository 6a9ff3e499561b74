import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleProblems, MAX_BYTES } from './bundle-checks.mjs';
import { problemsOf } from './project.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));

describe('project validation', () => {
  let copy;
  before(async () => {
    copy = await mkdtemp(path.join(os.tmpdir(), 'ledgercard-project-'));
  });
  after(() => rm(copy, { recursive: true, force: true }));

  /** The project with one file changed; its problems as one text. */
  async function problemsWith(file, change) {
    const target = await mkdtemp(path.join(copy, 'case-'));
    await cp(path.join(project, 'hsproject.json'), path.join(target, 'hsproject.json'));
    await cp(path.join(project, 'src'), path.join(target, 'src'), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    });
    const changed = path.join(target, file);
    await writeFile(changed, change(await readFile(changed, 'utf8')));
    return (await problemsOf(target)).join('\n');
  }

  test('the project as it is has no problems', async () => {
    assert.deepEqual(await problemsOf(project), []);
  });

  const CASES = [
    ['an unknown field in a card', 'src/app/cards/invoices-tab-hsmeta.json', (text) => text.replace('"location"', '"place": 1, "location"'), /place/],
    ['an unknown place of a card', 'src/app/cards/invoices-tab-hsmeta.json', (text) => text.replace('crm.record.tab', 'crm.record.middle'), /location|middle/],
    ['an object type in the singular', 'src/app/cards/invoices-tab-hsmeta.json', (text) => text.replace('"contacts"', '"contact"'), /objectTypes/],
    ['a uid used twice', 'src/app/cards/invoices-tab-hsmeta.json', (text) => text.replace('invoices_card_tab', 'invoices_card_sidebar'), /invoices_card_sidebar/],
    ['a uid that changed', 'src/app/cards/invoices-tab-hsmeta.json', (text) => text.replace('invoices_card_tab', 'invoices_tab'), /must stay/],
    ['an entrypoint that does not exist', 'src/app/cards/invoices-tab-hsmeta.json', (text) => text.replace('InvoicesCard.tsx', 'Nowhere.tsx'), /Nowhere\.tsx does not exist/],
    ['a top-level key that HubSpot does not know', 'src/app/app-hsmeta.json', (text) => text.replace('"uid"', '"extra": 1, "uid"'), /extra/],
    ['a marketplace app without oauth', 'src/app/app-hsmeta.json', (text) => text.replace('"type": "oauth"', '"type": "static"'), /auth/],
    ['a backend that is not permitted', 'src/app/app-hsmeta.json', (text) => text.replace('"fetch": ["${BACKEND_URL}"]', '"fetch": ["https://other.example"]'), /not among permittedUrls/],
    ['a backend without https', 'src/hsprofile.demo.json', (text) => text.replace('https://', 'http://'), /profile demo/],
    ['an unknown field of the settings page', 'src/app/settings/settings-hsmeta.json', (text) => text.replace('"entrypoint"', '"name": "x", "entrypoint"'), /name/],
    ['a settings page that does not exist', 'src/app/settings/settings-hsmeta.json', (text) => text.replace('SettingsPage.tsx', 'Nowhere.tsx'), /Nowhere\.tsx does not exist/],
    ['an unknown event', 'src/app/webhooks/webhooks-hsmeta.json', (text) => text.replace('contact.merge', 'contact.marriage'), /subscriptionType/],
    ['an unknown hub event', 'src/app/webhooks/webhooks-hsmeta.json', (text) => text.replace('contact.privacyDeletion', 'contact.privacy'), /hubEvents|subscriptionType/],
    ['events sent elsewhere', 'src/app/webhooks/webhooks-hsmeta.json', (text) => text.replace('/webhooks/hubspot', '/webhooks'), /targetUrl is .* must be/],
    ['people sent elsewhere', 'src/app/app-hsmeta.json', (text) => text.replace('/oauth/callback', '/callback'), /redirectUrls is .* must be/],
    ['an address written into the code', 'src/app/cards/InvoicesCard.tsx', (text) => `${text}\nexport const x = 'https://elsewhere.example/a';\n`, /elsewhere\.example/],
  ];
  for (const [name, file, change, expected] of CASES) {
    test(`${name} is refused`, async () => {
      assert.match(await problemsWith(file, change), expected);
    });
  }
});

describe('bundle checks', () => {
  const MOST = MAX_BYTES['InvoicesCard.js'];
  const good = 'this.X=this.X||{};(function(r){self.extend_V2(r)})(React);';

  test('a proper bundle passes', () => assert.deepEqual(bundleProblems(good, MOST), []));
  test('a large one does not', () => assert.match(bundleProblems(good + ' '.repeat(MOST), MOST).join(), /bytes/));
  test('one that touches the document does not', () =>
    assert.match(bundleProblems(good.replace('self', 'document.x'), MOST).join(), /document/));
  test('one that touches the window does not', () =>
    assert.match(bundleProblems(good.replace('self', 'window.x'), MOST).join(), /window/));
  test('one that registers nothing does not', () =>
    assert.match(bundleProblems(good.replace('extend_V2', 'extend'), MOST).join(), /extend_V2/));
  test('a module does not', () =>
    assert.match(bundleProblems(`import x from 'react';\n${good}`, MOST).join('\n'), /classic script[^]*immediately called/));
});
