import type {
  ChecklistAnswer,
  ChecklistItem,
  ConnectionSettings,
  RowCounts,
  DraftView,
  Permissions,
  PortalSettings,
  SettingsReady,
  Usage,
} from '@ledgercard/shared';
import { NOW } from './answers.ts';

/** Answers of the settings endpoints for tests: each builder makes the plainest case, and takes what a test is about. */

const DAY = 86_400_000;

export function usage(more: Partial<Usage> = {}): Usage {
  return { calls: 0, unauthorized: 0, forbidden: 0, throttled: 0, failed: 0, ...more };
}

export function portal(more: Partial<PortalSettings> = {}): PortalSettings {
  return {
    portalId: '4711001',
    domain: 'chinook.example',
    timeZone: 'Europe/Stockholm',
    currency: 'SEK',
    additionalCurrencies: [],
    installedAt: NOW - 90 * DAY,
    installedBy: '1',
    scopes: { missingRequired: [], missingOptional: [] },
    trouble: null,
    installUrl: 'https://ledgercard.example/oauth/install',
    properties: [
      { objectTypeId: '0-1', state: 'present', why: null },
      { objectTypeId: '0-2', state: 'present', why: null },
      { objectTypeId: '0-3', state: 'present', why: null },
    ],
    usage: usage(),
    limit: { calls: 100, seconds: 10 },
    ...more,
  };
}

export function connection(more: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return {
    connectionId: 'c1',
    system: 'netsuite',
    systemName: 'NetSuite',
    accountId: 'TSTDRV4711',
    name: 'Chinook',
    environment: 'production',
    method: 'certificate',
    status: 'active',
    health: { state: 'valid', why: null, permission: null, lastGoodAt: NOW },
    credentialsEndAt: NOW + 400 * DAY,
    ends: 'later',
    baseCurrency: null,
    usage: usage(),
    limit: { atOnce: 4, background: 2 },
    counts: { associations: 12, links: 3 },
    ...more,
  };
}

export function permissions(more: Partial<Permissions> = {}): Permissions {
  const everybody = { everybody: true, users: [], teams: [] };
  return { see: everybody, attach: everybody, admins: [], ...more };
}

export function settings(more: Partial<SettingsReady> = {}): SettingsReady {
  return {
    state: 'ready',
    you: { userId: '1', because: 'super_admin' },
    portal: portal(),
    connections: [connection()],
    drafts: [],
    permissions: permissions(),
    versions: { backend: '0.3.0', contract: 3 },
    ...more,
  };
}

export function draft(more: Partial<DraftView> = {}): DraftView {
  return {
    draftId: 'd1',
    accountId: '1234567_SB1',
    name: 'Test account',
    connectionId: null,
    certificatePem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    certificateEndsAt: NOW + 730 * DAY,
    createdAt: NOW,
    ...more,
  };
}

export function item(code: string, more: Partial<ChecklistItem> = {}): ChecklistItem {
  return { code, seed: 'NS-04', name: `Feature ${code}`, finding: 'proved', required: true, mend: `Setup > ${code}`, ...more };
}

export function checklist(items: ChecklistItem[], more: Partial<ChecklistAnswer> = {}): ChecklistAnswer {
  return { state: 'asked', trouble: null, askedAt: NOW, items, ...more };
}

export function counts(more: Partial<RowCounts> = {}): RowCounts {
  return { connections: 1, associations: 12, links: 3, tombstones: 0, drafts: 0, credentials: 1, ...more };
}

export const NO_COUNTS: RowCounts = { connections: 0, associations: 0, links: 0, tombstones: 0, drafts: 0, credentials: 0 };

export const PEOPLE = {
  state: 'ready',
  users: [
    { userId: '1', name: 'Ann Andersson', email: 'ann@chinook.example' },
    { userId: '2', name: '', email: 'bruno@chinook.example' },
  ],
  teams: [{ teamId: '71', name: 'Sales' }],
  complete: true,
};
