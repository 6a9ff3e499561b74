import { Alert, Select } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { ConnectionSettings, LeaveAnswer } from '@ledgercard/shared';
import { Backend } from './support/backend.ts';
import { connection, counts, NO_COUNTS, settings } from './support/settings-answers.ts';
import {
  buttons,
  choose,
  inOverlay,
  openTab,
  overlayText,
  press,
  props,
  renderSettings,
  settingsAre,
} from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { seen, shows } from './support/text.ts';

const LEAVE = '/api/settings/leave';
const LEAVING = '/api/settings/leaving';
const GONE = { installUrl: 'https://ledgercard.example/oauth/install', versions: { backend: '0.3.0', contract: 3 } };

function answerOf(way: LeaveAnswer['way'], more: Partial<LeaveAnswer> = {}): LeaveAnswer {
  return { way, erased: NO_COUNTS, remaining: 0, properties: null, ...more };
}

function leaving(backend: Backend): Backend {
  return backend.on(LEAVING, (call) => ({
    connection: call.query.get('connectionId') === null ? null : counts(),
    portal: counts({ connections: 2, associations: 20, tombstones: 1 }),
  }));
}

async function leavingTab(): Promise<TestPage> {
  const page = renderSettings();
  await openTab(page, 'leaving');
  await shows(page, 'Remove from HubSpot');
  return page;
}

const confirmButton = (page: TestPage, way: string) => props(page, 'LoadingButton', { testId: `leave-${way}` });

function confirm(page: TestPage, way: string): void {
  (confirmButton(page, way)['onClick'] as () => void)();
}

describe('the four ways out', () => {
  test('each tells the counts first', async () => {
    leaving(settingsAre(new Backend(), settings()));
    const page = await leavingTab();
    const text = seen(page);
    expect(text).toContain('Erased: nothing Kept: 1 credential, 12 attached invoices, and 3 links Pause Chinook');
    expect(text).toContain('Erased: 1 credential Kept: 12 attached invoices and 3 links Disconnect Chinook');
    expect(text).toContain('Erased: 1 connection, 1 credential, 12 attached invoices, and 3 links Kept: nothing Purge Chinook');
    expect(text).toContain('Erased: 2 connections, 1 credential, 20 attached invoices, 3 links, and 1 tombstone Kept: nothing');
    expect(text).toContain('Erased: our access to this HubSpot account Kept: 2 connections');
  });

  test('several connections: one is chosen, and counted anew', async () => {
    const other: ConnectionSettings = connection({ connectionId: 'c2', accountId: '7654321', name: 'Other' });
    const backend = leaving(settingsAre(new Backend(), settings({ connections: [connection(), other] })));
    const page = await leavingTab();
    expect(page.find(Select).props.value).toBe('c1');
    choose(page, 'Select', 'Connection', 'c2');
    await shows(page, 'Disconnect Other');
    expect(backend.to(LEAVING).map((call) => call.query.get('connectionId'))).toEqual(['c1', 'c2']);
  });

  test('pausing wants no confirmation', async () => {
    const backend = leaving(
      settingsAre(new Backend(), settings(), settings({ connections: [connection({ status: 'paused' })] })),
    ).on(LEAVE, () => answerOf('pause'));
    const page = await leavingTab();
    press(page, 'Pause Chinook');
    await shows(page, 'Resume Chinook');
    expect(backend.to(LEAVE)[0]?.body).toMatchObject({ way: 'pause', connectionId: 'c1', confirm: '', properties: 'keep' });
    expect(page.find(Alert).props.title).toBe('Paused');
  });

  test('disconnecting wants the account id typed, and tells what was erased', async () => {
    const off = connection({ status: 'disconnected', ends: null, credentialsEndAt: null });
    const backend = leaving(settingsAre(new Backend(), settings(), settings({ connections: [off] }))).on(LEAVE, () =>
      answerOf('disconnect', { erased: { ...NO_COUNTS, credentials: 1 } }),
    );
    const page = await leavingTab();
    press(page, 'Disconnect Chinook');
    expect(confirmButton(page, 'disconnect')['disabled']).toBe(true);
    inOverlay(page, 'leave-disconnect-c1', 'Input', 'onInput', 'TSTDRV99');
    await shows(page, 'That is not TSTDRV4711.');
    expect(confirmButton(page, 'disconnect')['disabled']).toBe(true);
    inOverlay(page, 'leave-disconnect-c1', 'Input', 'onInput', ' tstdrv4711 ');
    await page.waitFor(() => expect(confirmButton(page, 'disconnect')['disabled']).toBe(false));
    confirm(page, 'disconnect');
    await shows(page, 'The ERP is disconnected Erased: 1 credential.');
    expect(backend.to(LEAVE)[0]?.body).toMatchObject({ way: 'disconnect', connectionId: 'c1', confirm: 'TSTDRV4711' });
    expect(page.mocks.actions.closeOverlay.calls).toEqual([['leave-disconnect-c1']]);
    await shows(page, 'Chinook is disconnected already');
    expect(buttons(page, 'Disconnect Chinook')).toHaveLength(0);
    expect(seen(page)).not.toContain('rows left');
  });

  test('purging everything asks for our properties, and proves that nothing is left', async () => {
    const backend = leaving(settingsAre(new Backend(), settings(), { state: 'not_installed', reason: 'never', ...GONE })).on(
      LEAVE,
      () => answerOf('purge_portal', { erased: counts(), properties: 'archived' }),
    );
    const page = await leavingTab();
    press(page, 'Purge everything');
    inOverlay(page, 'leave-purge_portal-portal', 'Input', 'onInput', '4711001');
    inOverlay(page, 'leave-purge_portal-portal', 'ToggleGroup', 'onChange', 'archive');
    await page.waitFor(() => expect(confirmButton(page, 'purge_portal')['disabled']).toBe(false));
    confirm(page, 'purge_portal');
    await shows(page, 'Everything is purged Erased: 1 connection, 1 credential, 12 attached invoices, and 3 links. 0 rows left');
    expect(seen(page)).toContain('Our properties in HubSpot were archived.');
    await shows(page, 'Ledgercard is not installed here yet');
    expect(backend.to(LEAVE)[0]?.body).toMatchObject({
      way: 'purge_portal',
      connectionId: null,
      confirm: '4711001',
      properties: 'archive',
    });
    press(page, 'Close');
    await page.waitFor(() => expect(page.maybeFind(Alert)).toBeNull());
  });

  test('rows that are left are not called a success', async () => {
    leaving(settingsAre(new Backend(), settings(), settings({ connections: [] }))).on(LEAVE, () =>
      answerOf('purge_connection', { remaining: 2, properties: 'not_possible' }),
    );
    const page = await leavingTab();
    press(page, 'Purge Chinook');
    inOverlay(page, 'leave-purge_connection-c1', 'Input', 'onInput', 'TSTDRV4711');
    await page.waitFor(() => expect(confirmButton(page, 'purge_connection')['disabled']).toBe(false));
    confirm(page, 'purge_connection');
    await shows(page, '2 rows left Not everything could be erased.');
    expect(page.find(Alert).props.variant).toBe('danger');
    expect(seen(page)).toContain('an administrator does it under Settings > Properties');
    await shows(page, 'No ERP is connected');
  });

  test('a way out that fails says so in its dialog, and nothing is called done', async () => {
    leaving(settingsAre(new Backend(), settings())).on(LEAVE, () => Promise.reject(new Error('offline')));
    const page = await leavingTab();
    press(page, 'Remove Ledgercard from HubSpot');
    inOverlay(page, 'leave-remove-portal', 'Input', 'onInput', '4711001');
    await page.waitFor(() => expect(confirmButton(page, 'remove')['disabled']).toBe(false));
    confirm(page, 'remove');
    await shows(page, 'That did not work The call did not get through.');
    expect(page.mocks.actions.closeOverlay.calls).toEqual([]);
    expect(seen(page)).not.toContain('is removed from HubSpot');
  });

  test('our properties are not asked for where another connection still needs them', async () => {
    const other = connection({ connectionId: 'c2', accountId: '7654321', name: 'Other' });
    leaving(settingsAre(new Backend(), settings({ connections: [connection(), other] })));
    const page = await leavingTab();
    expect(overlayText(page, 'leave-purge_connection-c1').includes('Our properties')).toBe(false);
    expect(overlayText(page, 'leave-purge_portal-portal').includes('Our properties')).toBe(true);
  });
});
