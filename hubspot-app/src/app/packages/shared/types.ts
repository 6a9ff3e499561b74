/**
 * The shapes that the backend's card endpoints speak. The backend's OpenAPI document says the same; a test compares both.
 * Amounts are decimal text with their currency, instants are milliseconds since 1970 (UTC), dates are `YYYY-MM-DD`.
 */

import type { RecordSync } from './sync-types.ts';

export type ObjectTypeId = '0-1' | '0-2' | '0-3';

export interface RecordRef {
  objectTypeId: ObjectTypeId;
  objectId: string;
}

export interface Money {
  amount: string;
  currency: string;
}

export type Status = 'draft' | 'open' | 'partially_paid' | 'overdue' | 'paid' | 'voided' | 'rejected';
export type InvoiceKind = 'invoice' | 'credit_note';

export interface CustomerRef {
  id: string;
  number: string;
  name: string;
}

/** Why a row is on this record. */
export type Basis = 'attached' | 'linked' | 'matched_by_email';

/** One ERP account of the portal and how it answered this time. */
export interface ConnectionView {
  id: string;
  system: 'netsuite';
  systemName: string;
  name: string;
  environment: 'production' | 'sandbox';
  freshness: Freshness;
}

/**
 * live: read for this answer · cached: read less than a minute ago · refreshing: older, a new read is under way ·
 * stale: older, and the ERP could not be asked (see trouble) · loading: nothing read yet, ask again · missing: nothing there to show.
 */
export interface Freshness {
  state: 'live' | 'cached' | 'refreshing' | 'stale' | 'loading' | 'missing';
  /** When what is shown was read; null where nothing was. */
  asOf: number | null;
  trouble: Trouble | null;
}

/** Expected trouble with one connection. */
export interface Trouble {
  code: 'unavailable' | 'throttled' | 'reconnect' | 'no_permission' | 'broken';
  /** no_permission: the right that the ERP role lacks, in the ERP's own words. */
  permission: string | null;
  /** throttled: when the ERP may be asked again. */
  retryAt: number | null;
}

export interface Attachment {
  associationId: string;
  /** HubSpot user id of who attached it. */
  addedBy: string;
  addedAt: number;
}

export interface InvoiceRow {
  connectionId: string;
  id: string;
  kind: InvoiceKind;
  number: string;
  date: string;
  dueDate: string | null;
  status: Status;
  rawStatus: string;
  daysOverdue: number;
  customer: CustomerRef;
  total: Money;
  paid: Money;
  remaining: Money;
  poNumber: string | null;
  memo: string | null;
  subsidiary: string | null;
  url: string;
  basis: Basis | null;
  attachment: Attachment | null;
}

/** An attached invoice that the ERP no longer has, or that could not be read this time. */
export interface MissingRow {
  connectionId: string;
  id: string;
  attachment: Attachment;
  reason: 'deleted_in_erp' | 'not_readable_now';
}

export interface CurrencySummary {
  currency: string;
  count: number;
  open: Money;
  overdue: Money;
  ageing: { days1To30: Money; days31To60: Money; days61To90: Money; over90: Money };
  paid: Money;
  credit: Money;
}

/** An ERP customer of this record. */
export interface CustomerView extends CustomerRef {
  connectionId: string;
  basis: 'linked' | 'matched_by_email';
  url: string;
}

export interface Candidate extends CustomerRef {
  connectionId: string;
  email: string | null;
  inactive: boolean;
  url: string;
}

export type SuggestionReason = 'company_customer' | 'contact_customer' | 'record_customer';

export interface Suggestion {
  row: InvoiceRow;
  reason: SuggestionReason;
  /** The HubSpot record through which it was found. */
  via: RecordRef;
}

/**
 * ready: rows, perhaps none, can be shown · loading: ask again after retryAfterMs · not_connected: no ERP can be asked (see
 * reason) · no_permission: the user may not see invoices (permission.see is false), or the ERP role lacks a right · unavailable: the ERP cannot be asked and nothing is known ·
 * ambiguous: several ERP customers have this contact's e-mail, a person must choose (rows attached by hand are shown all the same).
 */
export type ListState = 'ready' | 'loading' | 'not_connected' | 'no_permission' | 'unavailable' | 'ambiguous';

/**
 * Why there is no ERP to ask. never: none was connected · paused, disconnected: an administrator did that · uninstalled: the app was
 * taken off the portal · consent_needed: HubSpot wants an administrator's consent anew.
 */
export type NotConnected = 'never' | 'paused' | 'disconnected' | 'uninstalled' | 'consent_needed';

/** What the portal's administrators let this user do. Where `see` is false nothing else is told. */
export interface Permission {
  see: boolean;
  attach: boolean;
}

export interface ListAnswer {
  state: ListState;
  /** Set with the state not_connected. */
  reason: NotConnected | null;
  permission: Permission;
  record: RecordRef;
  /** The calendar day in the portal's time zone by which "overdue" was decided. */
  today: string;
  timeZone: string;
  retryAfterMs: number | null;
  connections: ConnectionView[];
  customers: CustomerView[];
  candidates: Candidate[];
  rows: InvoiceRow[];
  missing: MissingRow[];
  page: number;
  pageSize: number;
  /** Rows that fit filter and text. */
  total: number;
  /** Rows of this record without filter and text. */
  allRows: number;
  /** Set where a customer has more documents than the backend holds: the list covers `shown` of `of`; summary covers all. */
  truncated: { shown: number; of: number } | null;
  /** Sums over all of the record's documents, whatever the filter; one per currency. */
  summary: CurrencySummary[];
  /** False where the sums could not be read in full: they say too little and must not be shown as all. */
  summaryComplete: boolean;
  suggestions: Suggestion[];
  /** False where HubSpot could not be asked for the record's e-mails and associations: matches and suggestions may be missing. */
  hubspotReachable: boolean;
  /** How the record stands with the contact sync; absent where it belongs to no flow. */
  sync?: RecordSync[] | null;
}

export type SortKey = 'date' | 'dueDate' | 'number' | 'total' | 'remaining' | 'status';

/** Query of GET /api/card/invoices. `sort` has a leading '-' for descending. */
export interface ListQuery extends RecordRef {
  page?: number;
  pageSize?: number;
  sort?: SortKey | `-${SortKey}`;
  /** Comma-separated words. */
  status?: string;
  q?: string;
}

/** Query of GET /api/card/search; an empty q gives suggestions first, then the newest invoices. */
export interface SearchQuery extends RecordRef {
  q?: string;
  page?: number;
  pageSize?: number;
}

export interface SearchRow {
  row: InvoiceRow;
  /** Set on suggestions, which come first. */
  suggestion: { reason: SuggestionReason; via: RecordRef } | null;
  /** Attached to this record already. */
  attachedHere: boolean;
  /** Other records of this portal it is attached to (at most 5). */
  attachedTo: RecordRef[];
  /** Whether adding will want a confirmation, since its customer has nothing to do with this record. */
  needsConfirmation: boolean;
}

export interface SearchAnswer {
  state: 'ready' | 'loading' | 'not_connected' | 'no_permission' | 'unavailable';
  retryAfterMs: number | null;
  connections: ConnectionView[];
  rows: SearchRow[];
  page: number;
  pageSize: number;
  total: number;
}

/** Body of POST /api/card/associations. At most 50 invoices. */
export interface AddRequest extends RecordRef {
  idempotencyKey: string;
  invoices: { connectionId: string; invoiceId: string; confirmed: boolean }[];
}

export type AddOutcome =
  | 'added'
  | 'already_attached'
  | 'needs_confirmation'
  | 'not_found'
  | 'no_permission'
  | 'erp_unavailable'
  | 'hubspot_unavailable';

export interface AddAnswer {
  results: { connectionId: string; invoiceId: string; outcome: AddOutcome; associationId: string | null }[];
}

/** Body of POST /api/card/associations/remove and …/restore (undo). */
export interface RemoveRequest extends RecordRef {
  idempotencyKey: string;
  associationId: string;
}

export interface RemoveAnswer {
  outcome: 'removed' | 'already_removed' | 'restored' | 'already_attached';
  associationId: string;
  /** Until when the removal can be undone; null for restore. */
  undoUntil: number | null;
}

/** Body of POST /api/card/links: "this is the one" among the candidates. */
export interface LinkRequest extends RecordRef {
  idempotencyKey: string;
  connectionId: string;
  customerId: string;
}

export interface LinkAnswer {
  outcome: 'linked' | 'already_linked' | 'not_found' | 'no_permission' | 'erp_unavailable' | 'hubspot_unavailable';
}

/** Body of POST /api/card/sync: this record is brought in step as soon as can be. */
export interface SyncRequest extends RecordRef {
  idempotencyKey: string;
  connectionId?: string;
}

/** Body of POST /api/card/refresh: forgets what was read for this record; the next list reads anew. */
export interface RefreshRequest extends RecordRef {
  idempotencyKey: string;
}

export interface RefreshAnswer {
  outcome: 'refreshing';
}

export interface InvoiceLine {
  item: string;
  description: string | null;
  quantity: string | null;
  unitPrice: Money | null;
  amount: Money;
}

export interface TaxLine {
  name: string;
  rate: string | null;
  amount: Money;
}

export interface Payment {
  number: string;
  date: string | null;
  amount: Money | null;
  kind: string;
  url: string | null;
}

/** Answer of GET /api/card/invoice?objectTypeId&objectId&connectionId&invoiceId. */
export interface DetailAnswer {
  state: 'ready' | 'loading' | 'no_permission' | 'unavailable' | 'deleted_in_erp';
  retryAfterMs: number | null;
  connection: ConnectionView;
  invoice: InvoiceRow | null;
  subtotal: Money | null;
  discount: Money | null;
  shipping: Money | null;
  taxTotal: Money | null;
  terms: string | null;
  lines: InvoiceLine[];
  taxes: TaxLine[];
  payments: Payment[];
}

/** RFC 9457 problem document: what every 4xx and 5xx answers. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId: string;
}
