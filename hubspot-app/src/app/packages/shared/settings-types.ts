/**
 * The shapes that the backend's settings endpoints speak. The backend's OpenAPI document says the same; a test compares both.
 * Instants are milliseconds since 1970 (UTC), ids are text.
 */

/** The contract that this page was written for; the backend says which one it speaks. */
export const CONTRACT = 3;

/** Answer of GET /api/settings. */
export type SettingsAnswer = SettingsNotInstalled | SettingsNotAllowed | SettingsReady;

/** `never`: nothing is known of the portal, because it never was or because all of it was purged. */
export type NotInstalledReason = 'never' | 'uninstalled';

export interface SettingsNotInstalled {
  state: 'not_installed';
  reason: NotInstalledReason;
  installUrl: string;
  versions: Versions;
}

export type NotAllowedWhy = 'not_an_admin' | 'users_unreadable';

export interface SettingsNotAllowed {
  state: 'not_allowed';
  why: NotAllowedWhy;
  versions: Versions;
}

export interface Overview {
  you: You;
  portal: PortalSettings;
  connections: ConnectionSettings[];
  drafts: DraftView[];
  permissions: Permissions;
  versions: Versions;
}

export interface SettingsReady extends Overview {
  state: 'ready';
}

export interface Versions {
  backend: string;
  contract: number;
}

export type Because = 'super_admin' | 'installer' | 'named';

/** Who is looking, and why this user may. */
export interface You {
  userId: string;
  because: Because;
}

export interface PortalSettings {
  portalId: string;
  domain: string | null;
  timeZone: string;
  currency: string | null;
  additionalCurrencies: string[];
  installedAt: number;
  installedBy: string | null;
  scopes: Scopes;
  trouble: PortalTrouble | null;
  /** The same address installs, installs again and asks for consent again. */
  installUrl: string;
  properties: PropertyView[];
  usage: Usage;
  limit: CallLimit;
}

export interface Scopes {
  missingRequired: string[];
  missingOptional: string[];
}

export type PortalTroubleCode = 'consent_needed' | 'uninstalled' | 'token_refused' | 'configuration' | 'installing';

export interface PortalTrouble {
  code: PortalTroubleCode;
  since: number;
}

export type PropertyState = 'present' | 'missing' | 'unknown';
export type PropertyWhy = 'no_scope' | 'refused' | 'unavailable';

/** Our property on one object type of the portal. */
export interface PropertyView {
  objectTypeId: '0-1' | '0-2' | '0-3';
  state: PropertyState;
  why: PropertyWhy | null;
}

/** Calls of the last 24 hours, by our own counters; `failed` are all other failures. */
export interface Usage {
  calls: number;
  unauthorized: number;
  forbidden: number;
  throttled: number;
  failed: number;
}

/** At most `calls` in any `seconds`. */
export interface CallLimit {
  calls: number;
  seconds: number;
}

/** At most `atOnce` calls at a time, `background` of them by what runs in the background. */
export interface PermitLimit {
  atOnce: number;
  background: number;
}

export type ConnectionMethod = 'certificate' | 'sign_in';
export type ConnectionStatus = 'active' | 'paused' | 'disconnected';
export type Ends = 'later' | 'soon' | 'urgent' | 'ended';

export interface ConnectionSettings {
  connectionId: string;
  system: 'netsuite';
  systemName: string;
  accountId: string;
  name: string;
  environment: 'production' | 'sandbox';
  method: ConnectionMethod;
  status: ConnectionStatus;
  health: Health;
  /** Null where the credentials do not end. */
  credentialsEndAt: number | null;
  ends: Ends | null;
  baseCurrency: string | null;
  usage: Usage;
  limit: PermitLimit;
  counts: ConnectionCounts;
}

export type HealthState = 'valid' | 'invalid' | 'unknown';
export type HealthWhy = 'reconnect' | 'no_permission' | 'throttled' | 'unavailable' | 'broken';

export interface Health {
  state: HealthState;
  why: HealthWhy | null;
  /** no_permission: the right that the ERP role lacks, in the ERP's own words. */
  permission: string | null;
  lastGoodAt: number | null;
}

export interface ConnectionCounts {
  associations: number;
  links: number;
}

/** A certificate that was made but is not connected yet. */
export interface DraftView {
  draftId: string;
  accountId: string;
  name: string;
  /** Set where it is a new certificate for a connection that exists. */
  connectionId: string | null;
  certificatePem: string;
  certificateEndsAt: number;
  createdAt: number;
}

export interface Permissions {
  see: Audience;
  attach: Audience;
  /** User ids. */
  admins: string[];
}

export interface Audience {
  everybody: boolean;
  users: string[];
  teams: string[];
}

export type ChecklistState = 'asked' | 'not_asked' | 'trouble';
export type ChecklistTroubleCode = 'reconnect' | 'no_permission' | 'throttled' | 'unavailable' | 'broken';

/** Answer of GET /api/settings/checklist and POST /api/settings/connections/test. */
export interface ChecklistAnswer {
  state: ChecklistState;
  trouble: ChecklistTrouble | null;
  askedAt: number | null;
  items: ChecklistItem[];
}

export interface ChecklistTrouble {
  code: ChecklistTroubleCode;
  permission: string | null;
}

export type ChecklistFinding = 'proved' | 'refused' | 'cannot_be_asked' | 'not_needed';

export interface ChecklistItem {
  code: string;
  seed: string | null;
  name: string;
  finding: ChecklistFinding;
  required: boolean;
  /** The exact click path. */
  mend: string;
}

/** Body of POST /api/settings/netsuite/drafts. `connectionId`: a new certificate for that connection. */
export interface NewDraftRequest {
  idempotencyKey: string;
  accountId: string;
  name: string;
  connectionId?: string;
}

export interface NewDraftAnswer {
  draft: DraftView;
}

/** Body of POST /api/settings/drafts/remove and of POST /api/settings/netsuite/certificate. */
export interface NamedDraftRequest {
  idempotencyKey: string;
  draftId: string;
}

export interface DraftRemovedAnswer {
  removed: boolean;
}

/** Body of POST /api/settings/netsuite/connect. `confirmed`: somebody said that the set-up in the ERP is finished. */
export interface ConnectDraftRequest {
  idempotencyKey: string;
  draftId: string;
  clientId: string;
  certificateId: string;
  confirmed: boolean;
}

export type ConnectAnswer = Connected | ConnectRefused;

export interface Connected {
  result: 'connected';
  connectionId: string;
  checklist: ChecklistAnswer;
}

export type Refused =
  | 'client_unknown'
  | 'certificate_unknown'
  | 'clock_skew'
  | 'not_permitted'
  | 'unavailable'
  | 'broken'
  | 'other_account';

export interface ConnectRefused {
  result: 'refused';
  code: Refused;
  permission: string | null;
  detail: string;
}

/** Body of POST /api/settings/netsuite/sign-in. */
export interface BeginSignInRequest {
  idempotencyKey: string;
  accountId: string;
  name: string;
  clientId: string;
  clientSecret: string;
  confirmed: boolean;
  connectionId?: string;
}

/** The address of a window outside of HubSpot, good once and until `expiresAt`. */
export interface WindowAnswer {
  url: string;
  expiresAt: number;
}

/** Body of POST /api/settings/connections/test. */
export interface TestRequest {
  idempotencyKey: string;
  connectionId: string;
}

/** Body of POST /api/settings/connections/change. */
export interface ChangeRequest {
  idempotencyKey: string;
  connectionId: string;
  name: string;
  /** Null: read from the ERP. */
  baseCurrency: string | null;
}

export interface ChangeAnswer {
  connection: ConnectionSettings;
}

export type PeopleState = 'ready' | 'unreadable';

/** Answer of GET /api/settings/people. */
export interface PeopleAnswer {
  state: PeopleState;
  users: PersonView[];
  teams: TeamView[];
  /** Whether these are all users: of very many only the first are read. */
  complete: boolean;
}

export interface PersonView {
  userId: string;
  name: string;
  email: string;
}

export interface TeamView {
  teamId: string;
  name: string;
}

/** Body of POST /api/settings/permissions. */
export interface PermissionsRequest {
  idempotencyKey: string;
  permissions: Permissions;
}

export interface PermissionsAnswer {
  permissions: Permissions;
}

/** Answer of GET /api/settings/leaving: what each way out would touch. */
export interface LeavingAnswer {
  connection: RowCounts | null;
  portal: RowCounts;
}

/** Numbers of rows in our database. */
export interface RowCounts {
  connections: number;
  associations: number;
  links: number;
  tombstones: number;
  drafts: number;
  credentials: number;
}

export type Way = 'pause' | 'resume' | 'disconnect' | 'purge_connection' | 'purge_portal' | 'remove';

export type Properties = 'keep' | 'archive';
export type PropertiesLeft = 'kept' | 'archived' | 'not_possible';

/** Body of POST /api/settings/leave. `confirm`: the account id or the portal id as typed; empty to pause and to resume. */
export interface LeaveRequest {
  idempotencyKey: string;
  way: Way;
  connectionId: string | null;
  properties: Properties;
  confirm: string;
}

export interface LeaveAnswer {
  way: Way;
  erased: RowCounts;
  /** Rows that are still there, counted anew. */
  remaining: number;
  properties: PropertiesLeft | null;
}
