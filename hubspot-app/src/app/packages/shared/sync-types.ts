/**
 * The shapes of the endpoints of the contact sync: flows, runs, what was done, what could not be, what a person has to decide.
 * Instants are milliseconds since 1970 (UTC), ids are text. Mappings are in mapping-types.ts.
 */

export type FlowKey = 'customers' | 'contacts';
export type FlowStatus = 'off' | 'preview' | 'on';

/** One kind of records of one connection that is kept in step. */
export interface FlowView {
  id: string;
  connectionId: string;
  connectionName: string;
  system: 'netsuite';
  key: FlowKey;
  status: FlowStatus;
  policies: Policies;
  counts: FlowCounts;
  dueAt?: number | null;
  failingSince?: number | null;
  /** A code of `TROUBLES`. */
  trouble?: string | null;
  running?: RunView | null;
  lastRun?: RunView | null;
  preview?: FlowPreview | null;
  firstDoneAt?: number | null;
  mappingVersion: number;
}

export interface FlowCounts {
  linked: number;
  parked: number;
  reviews: number;
  waiting: number;
}

export type OnCreate = 'create' | 'link_only' | 'nothing';
export type OnUpdate = 'update' | 'nothing';
export type OnDelete = 'nothing' | 'archive' | 'mark';
export type Inactive = 'keep' | 'skip';
export type ToErp = 'off' | 'update' | 'create';

export type Schedule = { everySeconds: number } | { dailyAt: string; timeZone: string };

/** What an administrator decides about a flow. */
export interface Policies {
  onCreate: OnCreate;
  onUpdate: OnUpdate;
  onDelete: OnDelete;
  graceDays: number;
  mailbox: boolean;
  inactive: Inactive;
  toErp: ToErp;
  schedule: Schedule;
  /** Per cent of the linked records. */
  brakeShare: number;
}

export type RunKind = 'preview' | 'sync' | 'census' | 'record' | 'retry' | 'undo';
export type RunCause = 'schedule' | 'hint' | 'hand';
export type RunState = 'running' | 'done' | 'failed' | 'cancelled' | 'braked';

export interface RunView {
  id: string;
  kind: RunKind;
  cause: RunCause;
  state: RunState;
  startedAt: number;
  endedAt?: number | null;
  /** A word of `PHASES`. */
  phase?: string | null;
  total?: number | null;
  counts: RunCounts;
  /** A code of `TROUBLES`. */
  trouble?: string | null;
  askedBy?: string | null;
  undoable: boolean;
  /** The run that undid this one. */
  undoneBy?: string | null;
}

export interface RunCounts {
  read: number;
  created: number;
  linked: number;
  updated: number;
  unchanged: number;
  skipped: number;
  parked: number;
  reviews: number;
  archived: number;
  associated: number;
  erpCreated: number;
  erpUpdated: number;
  calls: number;
}

export type PreviewState = 'counting' | 'ready' | 'failed';

/** What a first run would do. Nothing is written for it. */
export interface FlowPreview {
  state: PreviewState;
  at: number;
  read: number;
  total?: number | null;
  wouldLink: number;
  wouldCreate: number;
  wouldUpdate: number;
  wouldSkip: number;
  unsure: number;
  /** Rows that cannot be written as they are. */
  faulty?: number | null;
  calls: number;
  minutes: number;
  /** How many rows are skipped, by a word of `SKIPS`. */
  skippedBy?: Record<string, number> | null;
  trouble?: string | null;
}

export interface FlowsAnswer {
  flows: FlowView[];
}

export type SampleGroup = 'link' | 'create' | 'update' | 'skip' | 'unsure';

/** One row of a preview with both its sides, read live. */
export interface Sample {
  erpId: string;
  erpName: string;
  erpUrl?: string | null;
  objectTypeId: string;
  objectId?: string | null;
  objectName?: string | null;
  objectUrl?: string | null;
  changes: SampleChange[];
  reason?: string | null;
}

export interface SampleChange {
  property: string;
  label: string;
  from?: string | null;
  to?: string | null;
}

export interface SamplesAnswer {
  samples: Sample[];
}

/** Bodies of POST /api/settings/flows/… and /api/settings/runs/…. */
export interface SwitchRequest {
  idempotencyKey: string;
  flowId: string;
  on: boolean;
}

export interface FlowRequest {
  idempotencyKey: string;
  flowId: string;
}

export interface PoliciesRequest {
  idempotencyKey: string;
  flowId: string;
  policies: Policies;
}

export type RunWhat = 'all' | 'record' | 'census';
export type SyncSide = 'erp' | 'hubspot';

export interface RunRequest {
  idempotencyKey: string;
  flowId: string;
  what: RunWhat;
  side?: SyncSide;
  id?: string;
}

export interface NamedRunRequest {
  idempotencyKey: string;
  runId: string;
}

export interface RunsAnswer {
  runs: RunView[];
  /** The instant to ask behind for more. */
  next?: number | null;
}

/** One line of what was done. Names of fields, never values. */
export interface ActivityEntry {
  id: string;
  flowId?: string;
  at: number;
  /** A word of `DEEDS`. */
  what: string;
  target: string;
  erpId?: string | null;
  erpUrl?: string | null;
  objectTypeId?: string | null;
  objectId?: string | null;
  objectUrl?: string | null;
  fields: string[];
  /** A code of `CAUSES`. */
  cause?: string | null;
  runId?: string | null;
}

export interface ActivityAnswer {
  entries: ActivityEntry[];
  next?: string | null;
}

/** Rows that the other side refused for the same reason. */
export interface ParkedGroup {
  flowId: string;
  cause: string;
  field?: string | null;
  rule?: string | null;
  side: SyncSide;
  count: number;
}

export interface ParkedGroupsAnswer {
  groups: ParkedGroup[];
}

export interface ParkedRow {
  id: string;
  target: string;
  side: SyncSide;
  erpId?: string | null;
  erpUrl?: string | null;
  objectTypeId?: string | null;
  objectId?: string | null;
  objectUrl?: string | null;
  cause: string;
  field?: string | null;
  rule?: string | null;
  attempts: number;
  firstAt: number;
  lastAt: number;
}

export interface ParkedRowsAnswer {
  rows: ParkedRow[];
  next?: string | null;
}

/** Neither id nor cause: all of the flow. */
export interface RetryRequest {
  idempotencyKey: string;
  flowId: string;
  id?: string;
  cause?: string;
  field?: string;
}

export interface ReviewSide {
  id: string;
  name: string;
  url?: string | null;
  fields: { label: string; value: string }[];
}

export interface ReviewCandidate {
  objectId: string;
  /** 0 to 100. */
  score: number;
  /** Words of `CANDIDATE_REASONS`. */
  reasons: string[];
  side: ReviewSide;
}

export interface Review {
  id: string;
  flowId: string;
  target: string;
  /** A word of `REVIEW_REASONS`. */
  reason: string;
  erp: ReviewSide;
  candidates: ReviewCandidate[];
}

export interface ReviewsAnswer {
  reviews: Review[];
  next?: string | null;
  total: number;
}

export type Decision = 'accept' | 'refuse' | 'create';

export interface DecideRequest {
  idempotencyKey: string;
  reviewId: string;
  decision: Decision;
  objectId?: string;
}

/** What undoing a run would do. */
export interface UndoPlan {
  archive: number;
  unlink: number;
  restore: number;
  /** Records that people edited since; they keep those edits. */
  editedSince: EditedRecord[];
  editedCount: number;
  /** How many of the changed records were looked at for edits. */
  lookedAt?: number;
  expiresAt: number;
}

export interface EditedRecord {
  objectTypeId: string;
  objectId: string;
  objectUrl?: string | null;
  fields: string[];
}

/** A row of the ERP that is not made again: its record was deleted or erased in HubSpot. */
export interface Tombstone {
  id: string;
  connectionId: string;
  kind: string;
  erpId: string;
  erpUrl?: string | null;
  objectTypeId: string;
  objectId: string;
  objectUrl?: string | null;
  /** `deletion` or `erasure`. */
  reason: string;
  at: number;
}

export interface TombstonesAnswer {
  tombstones: Tombstone[];
  next?: string | null;
}

export interface LiftRequest {
  idempotencyKey: string;
  id: string;
}

export interface AlertsAnswer {
  url?: string | null;
  /** Told once, when it was made. */
  secret?: string | null;
  raised?: RaisedAlert[] | null;
}

export interface RaisedAlert {
  cause: string;
  flowId?: string | null;
  raisedAt: number;
}

/** `url` empty: no alerts any more. */
export interface AlertsRequest {
  idempotencyKey: string;
  url?: string;
  test?: boolean;
}

/** Body of POST /api/settings/activity/download. */
export interface DownloadRequest {
  idempotencyKey: string;
  flowId?: string;
  run?: string;
}

/** How a record stands with the ERP, in the card's list. */
export interface RecordSync {
  connectionId: string;
  kind: string;
  erpId: string;
  erpUrl?: string | null;
  inStepAt?: number | null;
  state: SyncState;
  cause?: string | null;
  field?: string | null;
  rule?: string | null;
}

export type SyncState = 'in_step' | 'parked' | 'waiting' | 'off';
