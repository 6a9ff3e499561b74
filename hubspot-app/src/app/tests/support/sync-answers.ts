import type {
  FlowPreview,
  FlowView,
  MappingAnswer,
  MappingField,
  MappingRow,
  ParkedGroup,
  ParkedRow,
  Policies,
  Review,
  RunCounts,
  RunView,
  Tombstone,
} from '@ledgercard/shared';
import { NOW } from './answers.ts';

/** Answers about the contact sync for tests: each builder makes the plainest case, and takes what a test is about. */

export function runCounts(more: Partial<RunCounts> = {}): RunCounts {
  return {
    read: 0,
    created: 0,
    linked: 0,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    parked: 0,
    reviews: 0,
    archived: 0,
    associated: 0,
    erpCreated: 0,
    erpUpdated: 0,
    calls: 0,
    ...more,
  };
}

export function run(more: Partial<RunView> = {}): RunView {
  return {
    id: 'r1',
    kind: 'sync',
    cause: 'schedule',
    state: 'done',
    startedAt: NOW - 60_000,
    endedAt: NOW,
    counts: runCounts({ read: 10, created: 2, updated: 5 }),
    undoable: false,
    ...more,
  };
}

export function policies(more: Partial<Policies> = {}): Policies {
  return {
    onCreate: 'create',
    onUpdate: 'update',
    onDelete: 'nothing',
    graceDays: 7,
    mailbox: true,
    inactive: 'keep',
    toErp: 'off',
    schedule: { everySeconds: 60 },
    brakeShare: 20,
    ...more,
  };
}

export function flow(more: Partial<FlowView> = {}): FlowView {
  return {
    id: 'f1',
    connectionId: 'c1',
    connectionName: 'Chinook',
    system: 'netsuite',
    key: 'customers',
    status: 'off',
    policies: policies(),
    counts: { linked: 0, parked: 0, reviews: 0, waiting: 0 },
    mappingVersion: 1,
    ...more,
  };
}

export function preview(more: Partial<FlowPreview> = {}): FlowPreview {
  return {
    state: 'ready',
    at: NOW,
    read: 118,
    total: 118,
    wouldLink: 41,
    wouldCreate: 63,
    wouldUpdate: 30,
    wouldSkip: 9,
    unsure: 5,
    calls: 9,
    minutes: 0,
    skippedBy: { inactive: 6, not_wanted: 3 },
    ...more,
  };
}

export function group(more: Partial<ParkedGroup> = {}): ParkedGroup {
  return { flowId: 'f1', cause: 'invalid_email', field: 'email', side: 'hubspot', count: 18, ...more };
}

export function parkedRow(more: Partial<ParkedRow> = {}): ParkedRow {
  return {
    id: 'p1',
    target: 'person',
    side: 'hubspot',
    erpId: '42',
    erpUrl: 'https://erp.example/42',
    objectTypeId: '0-1',
    objectId: '501',
    objectUrl: 'https://app.hubspot.example/501',
    cause: 'invalid_email',
    field: 'email',
    attempts: 3,
    firstAt: NOW,
    lastAt: NOW,
    ...more,
  };
}

export function review(more: Partial<Review> = {}): Review {
  const side = (id: string, name: string, email: string) => ({ id, name, url: null, fields: [{ label: 'Email', value: email }] });
  return {
    id: 'v1',
    flowId: 'f1',
    target: 'person',
    reason: 'fuzzy',
    erp: side('42', 'Kara Nielsen', 'kara@erp.example'),
    candidates: [{ objectId: '801', score: 93, reasons: ['name', 'birth_date_differs'], side: side('801', 'Karla Nilsen', '') }],
    ...more,
  };
}

export function stone(more: Partial<Tombstone> = {}): Tombstone {
  return {
    id: 't1',
    connectionId: 'c1',
    kind: 'customer',
    erpId: '42',
    erpUrl: 'https://erp.example/42',
    objectTypeId: '0-1',
    objectId: '501',
    objectUrl: 'https://app.hubspot.example/501',
    reason: 'deletion',
    at: NOW,
    ...more,
  };
}

export function field(name: string, kind: MappingField['kind'] = 'text', more: Partial<MappingField> = {}): MappingField {
  return { name, label: `Label ${name}`, kind, options: [], readOnly: false, custom: false, ...more };
}

export function mappingRow(id: string, more: Partial<MappingRow> = {}): MappingRow {
  return {
    id,
    property: id,
    field: id,
    direction: 'to_hubspot',
    winner: 'erp',
    locked: false,
    fit: { state: 'good', reasons: [] },
    ...more,
  };
}

export function mapping(more: Partial<MappingAnswer> = {}): MappingAnswer {
  return {
    flowId: 'f1',
    version: 1,
    isDefault: true,
    targets: [{ key: 'person', objectTypeId: '0-1', rows: [mappingRow('email', { locked: true }), mappingRow('city')] }],
    tables: [{ name: 'countries', pairs: [['SE', 'Sweden']], otherwise: null }],
    erpFields: [field('email', 'email'), field('city'), field('creditlimit', 'money'), field('signed', 'flag')],
    properties: {
      '0-1': [field('email', 'email'), field('city'), field('birthday', 'date'), field('createdate', 'instant', { readOnly: true })],
    },
    ...more,
  };
}

export function checked(more: object = {}) {
  return { faults: [], fits: {}, sample: null, roundTrip: [], unmatched: [], ...more };
}
