import { Alert, Link, MultiSelect, ToggleGroup } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { Permissions } from '@ledgercard/shared';
import { Backend } from './support/backend.ts';
import { PEOPLE, permissions, portal, settings } from './support/settings-answers.ts';
import { choose, openTab, press, props, renderSettings, settingsAre } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { seen, shows } from './support/text.ts';

const SAVE = '/api/settings/permissions';
const isDisabled = (page: TestPage) => props(page, 'LoadingButton', { variant: 'primary' })['disabled'];

async function permissionsTab(backend: Backend): Promise<TestPage> {
  const page = renderSettings();
  await openTab(page, 'permissions');
  await shows(page, /Who may see invoices|could not be read/);
  expect(backend.to('/api/settings/people').length).toBeGreaterThan(0);
  return page;
}

const withPeople = (...answers: object[]) => settingsAre(new Backend(), ...answers).on('/api/settings/people', () => PEOPLE);

describe('permissions', () => {
  test('says that HubSpot gives an app no way to check a user’s own rights', async () => {
    const page = await permissionsTab(withPeople(settings()));
    expect(seen(page)).toContain('HubSpot gives an app no way to check a user’s own rights on a record');
  });

  test('everybody at first; chosen users and teams are saved, and nothing can be saved that has not changed', async () => {
    const backend = withPeople(settings()).on(SAVE, (call) => ({ permissions: call.body['permissions'] }));
    const page = await permissionsTab(backend);
    expect(isDisabled(page)).toBe(true);
    expect(page.findAll(ToggleGroup).map((group) => group.props.value)).toEqual(['everybody', 'everybody']);
    choose(page, 'ToggleGroup', 'Who may see invoices', 'chosen');
    await shows(page, 'Nobody is chosen');
    choose(page, 'MultiSelect', 'Users', ['2']);
    choose(page, 'MultiSelect', 'Further administrators', ['2']);
    await page.waitFor(() => expect(page.findAll(Alert)).toHaveLength(0));
    choose(page, 'MultiSelect', 'Teams', ['71']);
    await page.waitFor(() => expect(page.find(MultiSelect, { name: 'see-teams' }).props.value).toEqual(['71']));
    press(page, 'Save');
    await page.waitFor(() => expect(page.mocks.actions.addAlert.calls).toHaveLength(1));
    const expected: Permissions = permissions({ see: { everybody: false, users: ['2'], teams: ['71'] }, admins: ['2'] });
    expect(backend.to(SAVE)[0]?.body['permissions']).toEqual(expected);
  });

  test('cancel goes back to what is in force', async () => {
    const page = await permissionsTab(withPeople(settings()));
    choose(page, 'ToggleGroup', 'Who may add and remove invoices', 'chosen');
    await page.waitFor(() => expect(isDisabled(page)).toBe(false));
    press(page, 'Cancel');
    await page.waitFor(() => expect(isDisabled(page)).toBe(true));
    expect(page.findAll(ToggleGroup).map((group) => group.props.value)).toEqual(['everybody', 'everybody']);
  });

  test('people are listed by name, or by address where they have none; who is listed no more stays chosen', async () => {
    const see = { everybody: false, users: ['99'], teams: ['98'] };
    const page = await permissionsTab(withPeople(settings({ permissions: permissions({ see }) })));
    const labels = (name: string) => page.find(MultiSelect, { name }).props.options.map((option) => option.label);
    expect(labels('see-users')).toEqual(['Ann Andersson (ann@chinook.example)', 'bruno@chinook.example', 'user 99']);
    expect(labels('see-teams')).toEqual(['Sales', 'team 98']);
  });

  test('unreadable: says which scope is missing and how to grant it; what is chosen stays', async () => {
    const backend = settingsAre(new Backend(), settings({ permissions: permissions({ admins: ['9'] }) })).on(
      '/api/settings/people',
      () => ({ state: 'unreadable', users: [], teams: [], complete: false }),
    );
    const page = await permissionsTab(backend);
    expect(seen(page)).toContain('The scope settings.users.read was not granted');
    expect(page.find(Link).props.href).toEqual({ url: 'https://ledgercard.example/oauth/install', external: true });
    expect(page.find(MultiSelect, { name: 'admins' }).props.options).toEqual([{ label: 'user 9', value: '9' }]);
  });

  test('teams alone unreadable: says so', async () => {
    const scopes = { missingRequired: [], missingOptional: ['settings.users.teams.read'] };
    const page = await permissionsTab(withPeople(settings({ portal: portal({ scopes }) })));
    await shows(page, 'Teams cannot be chosen: the scope settings.users.teams.read was not granted.');
  });

  test('people that do not come can be asked for again', async () => {
    let asked = 0;
    const backend = settingsAre(new Backend(), settings()).on('/api/settings/people', () =>
      asked++ === 0 ? new Response('', { status: 503 }) : PEOPLE,
    );
    const page = await permissionsTab(backend);
    await shows(page, 'Users and teams could not be read');
    press(page, 'Try again');
    await shows(page, 'Who may see invoices');
  });

  test('a save that is not allowed says who decides, and what was chosen stays on the page', async () => {
    const problem = { type: 'urn:ledgercard:not-allowed', title: 'Not allowed', status: 403, detail: 'no', requestId: 'r' };
    const page = await permissionsTab(withPeople(settings()).on(SAVE, () => new Response(JSON.stringify(problem), { status: 403 })));
    choose(page, 'MultiSelect', 'Further administrators', ['2']);
    await page.waitFor(() => expect(isDisabled(page)).toBe(false));
    press(page, 'Save');
    await shows(page, 'You may not do this. An administrator of Ledgercard decides who may.');
    expect(page.find(MultiSelect, { name: 'admins' }).props.value).toEqual(['2']);
  });
});
