import { Alert, Button, EmptyState, ErrorState, Link, LoadingSpinner, Tab } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { Backend } from './support/backend.ts';
import { portal, settings } from './support/settings-answers.ts';
import { button, openTab, press, primaries, renderSettings, settingsAre } from './support/settings.tsx';
import { seen, shows } from './support/text.ts';

const VERSIONS = { backend: '0.3.0', contract: 3 };
const INSTALL = 'https://ledgercard.example/oauth/install';

describe('states of the settings page', () => {
  test('loading: a spinner with a label, then the tabs', async () => {
    settingsAre(new Backend(), settings());
    const page = renderSettings();
    expect(page.find(LoadingSpinner).props.label).toBe('Loading settings…');
    await shows(page, 'NetSuite Chinook');
    expect(page.findAll(Tab).map((tab) => tab.props.title)).toEqual(['Connection', 'Contacts', 'Property mappings', 'Activity', 'Permissions', 'Leaving']);
  });

  test('error: says why, keeps the request’s id, and tries again', async () => {
    const problem = { type: 'about:blank', title: 'Failed', status: 500, detail: 'no', requestId: 'req-9' };
    settingsAre(new Backend(), new Response(JSON.stringify(problem), { status: 500 }), settings());
    const page = renderSettings();
    await shows(page, 'The settings could not be loaded');
    expect(seen(page)).toContain('Request req-9');
    page.find(ErrorState).find(Button).trigger('onClick');
    await shows(page, 'NetSuite Chinook');
  });

  for (const [reason, title] of [
    ['never', 'Ledgercard is not installed here yet'],
    ['uninstalled', 'Ledgercard was taken off this HubSpot account'],
  ] as const) {
    test(`not installed (${reason}): says why, and the way to install`, async () => {
      const answer = { state: 'not_installed', reason, installUrl: INSTALL, versions: VERSIONS };
      settingsAre(new Backend(), answer, settings());
      const page = renderSettings();
      await shows(page, title);
      expect(page.find(EmptyState).find(Button, { variant: 'primary' }).props.href).toEqual({ url: INSTALL, external: true });
      press(page, 'Look again');
      await shows(page, 'NetSuite Chinook');
    });
  }

  for (const [why, text] of [
    ['not_an_admin', 'Ask one of them to name you'],
    ['users_unreadable', 'settings.users.read'],
  ] as const) {
    test(`not allowed (${why}): a lock that says who can help`, async () => {
      settingsAre(new Backend(), { state: 'not_allowed', why, versions: VERSIONS });
      const page = renderSettings();
      await shows(page, text);
      expect(page.find(ErrorState).props.type).toBe('lock');
    });
  }

  test('an answer of another shape is an error, not a crash', async () => {
    settingsAre(new Backend(), { ...settings(), portal: { portalId: '1' } });
    await shows(renderSettings(), 'An answer came that cannot be understood.');
  });

  test('without BACKEND_URL: says so, and calls nobody', () => {
    const backend = new Backend();
    const page = renderSettings({ variables: {} });
    expect(seen(page)).toContain('BACKEND_URL');
    expect(backend.calls).toHaveLength(0);
  });

  for (const [contract, who] of [
    [2, 'The operator updates the backend.'],
    [4, 'The operator uploads the app to HubSpot again.'],
  ] as const) {
    test(`a backend of contract ${contract} is warned of, with who mends it`, async () => {
      settingsAre(new Backend(), settings({ versions: { backend: '9.9.9', contract } }));
      const page = renderSettings();
      await shows(page, who);
      expect(page.find(Alert).props.title).toBe('This page and the backend do not fit together');
      expect(seen(page)).toContain('9.9.9');
    });
  }

  test('in French, the numbers and dates are French, too', async () => {
    settingsAre(new Backend(), settings({ portal: portal({ usage: { calls: 18_233, unauthorized: 0, forbidden: 0, throttled: 0, failed: 0 } }) }));
    const page = renderSettings({ locale: 'fr-fr' });
    await shows(page, 'Appels des dernières 24 heures');
    expect(seen(page)).toMatch(/HubSpot 18\s233 0/);
    expect(seen(page)).toMatch(/21 nov\. 2026.*14:03/);
  });

  test('each tab has one primary button at most', async () => {
    const backend = settingsAre(new Backend(), settings());
    backend.on('/api/settings/people', () => ({ state: 'ready', users: [], teams: [], complete: true }));
    backend.on('/api/settings/leaving', () => new Response('', { status: 503 }));
    const page = renderSettings();
    await shows(page, 'NetSuite Chinook');
    expect(primaries(page)).toEqual(['Connect another NetSuite account']);
    await openTab(page, 'permissions');
    await shows(page, 'Who may see invoices');
    expect(primaries(page)).toEqual(['Save']);
    await openTab(page, 'leaving');
    await shows(page, 'could not be counted');
    expect(primaries(page)).toEqual([]);
  });
});

describe('the HubSpot account', () => {
  test('our property per object type, and what is missing', async () => {
    const properties = [
      { objectTypeId: '0-1', state: 'present', why: null },
      { objectTypeId: '0-2', state: 'missing', why: 'refused' },
      { objectTypeId: '0-3', state: 'unknown', why: 'unavailable' },
    ] as const;
    settingsAre(new Backend(), settings({ portal: portal({ properties: [...properties], domain: null }) }));
    const page = renderSettings();
    await shows(page, /Companies Missing HubSpot refused to create it/);
    expect(seen(page)).toMatch(/Deals Not known HubSpot could not be asked/);
    expect(seen(page)).toContain('Domain not known');
  });

  test('missing scopes say in plain words what they cost, with the link to consent', async () => {
    const scopes = { missingRequired: ['crm.schemas.deals.read'], missingOptional: ['settings.users.read', 'odd.scope'] };
    settingsAre(new Backend(), settings({ portal: portal({ scopes }) }));
    const page = renderSettings();
    await shows(page, 'HubSpot did not grant: crm.schemas.deals.read.');
    expect(seen(page)).toContain('settings.users.read: Super admins cannot be recognised');
    expect(seen(page)).toContain('odd.scope: What needs it does not work.');
    expect(page.findAll(Link).map((link) => link.props.href)).toEqual([
      { url: INSTALL, external: true },
      { url: INSTALL, external: true },
    ]);
  });

  for (const [code, title, hasLink] of [
    ['consent_needed', 'HubSpot wants consent again', true],
    ['uninstalled', 'HubSpot says that Ledgercard is no longer installed', true],
    ['token_refused', 'HubSpot no longer accepts our access', true],
    ['configuration', 'HubSpot does not accept this server as Ledgercard', false],
    ['installing', 'The installation was not finished', true],
  ] as const) {
    test(`trouble “${code}” says what to do${hasLink ? ', with a link' : ': the operator, not the customer'}`, async () => {
      const trouble = { code, since: Date.UTC(2026, 10, 21, 13, 3) };
      settingsAre(new Backend(), settings({ portal: portal({ trouble }) }));
      const page = renderSettings();
      await shows(page, title);
      expect(seen(page)).toContain('Nov 21, 2026, 2:03 PM');
      expect(page.findAll(Link)).toHaveLength(hasLink ? 1 : 0);
    });
  }

  test('calls of the last day on both sides, and the caps', async () => {
    const counted = { calls: 18_233, unauthorized: 1, forbidden: 2, throttled: 3, failed: 4 };
    settingsAre(new Backend(), settings({ portal: portal({ usage: counted }) }));
    const page = renderSettings();
    await shows(page, /HubSpot 18,233 1 2 3 4 at most 100 calls in any 10 s/);
    expect(seen(page)).toContain('NetSuite Chinook 0 0 0 0 0 at most 4 calls at once, 2 of them in the background');
    expect(button(page, 'Connect another NetSuite account')).toBeDefined();
  });
});
