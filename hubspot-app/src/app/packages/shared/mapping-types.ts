/** The shapes of the endpoints of property mappings. Values are shown, never kept: they come live from both sides. */

export type Direction = 'to_hubspot' | 'to_erp' | 'both';
export type Winner = 'newest' | 'erp' | 'hubspot' | 'only_if_empty' | 'only_at_creation' | 'never';
export type FitState = 'good' | 'lossy' | 'impossible';

export interface Fit {
  state: FitState;
  /** Words of `FITS`. */
  reasons: string[];
}

/** One property and what it is filled from. */
export interface MappingRow {
  id: string;
  property: string;
  /** The field in the ERP, for a row that renames. */
  field?: string | null;
  /** An expression over the ERP's fields. */
  toHubspot?: string | null;
  /** An expression over HubSpot's properties, which fills `field`. */
  toErp?: string | null;
  direction: Direction;
  winner: Winner;
  table?: string | null;
  locked: boolean;
  fit?: Fit | null;
}

export interface MappingTarget {
  /** `person`, `company`, `mailbox`, `contact`. */
  key: string;
  objectTypeId: string;
  rows: MappingRow[];
}

export type FieldKind =
  | 'text'
  | 'email'
  | 'phone'
  | 'url'
  | 'number'
  | 'flag'
  | 'date'
  | 'instant'
  | 'money'
  | 'choice'
  | 'many'
  | 'reference';

/** A field of the ERP or a property of HubSpot. */
export interface MappingField {
  name: string;
  label: string;
  kind: FieldKind;
  options?: { value: string; label: string }[] | null;
  readOnly: boolean;
  custom: boolean;
}

/** Values of the ERP and what each is in HubSpot. */
export interface ValueTable {
  name: string;
  pairs: [erp: string, hubspot: string][];
  otherwise?: string | null;
}

export interface MappingAnswer {
  flowId: string;
  version: number;
  isDefault: boolean;
  targets: MappingTarget[];
  tables: ValueTable[];
  erpFields: MappingField[];
  /** By object type id. */
  properties: Record<string, MappingField[]>;
}

export interface CheckRequest {
  idempotencyKey: string;
  flowId: string;
  target: string;
  rows: MappingRow[];
  tables: ValueTable[];
  sample?: { side: 'erp' | 'hubspot'; id: string };
}

export interface MappingFault {
  rowId?: string | null;
  target?: string | null;
  where?: string | null;
  /** A stable word for it. */
  code?: string;
  message: string;
}

/** A record on both sides, before and after, row by row. */
export interface CheckSample {
  erpId?: string | null;
  objectId?: string | null;
  rows: CheckSampleRow[];
}

export interface CheckSampleRow {
  rowId: string;
  erpBefore?: string | null;
  erpAfter?: string | null;
  hubspotBefore?: string | null;
  hubspotAfter?: string | null;
  /** Why it could not be worked out: a code of `CAUSES`. */
  cause?: string | null;
}

export interface RoundTrip {
  rowId: string;
  proved: boolean;
  failing?: string | null;
}

export interface Unmatched {
  table: string;
  value: string;
  count: number;
}

export interface CheckAnswer {
  faults: MappingFault[];
  /** By row id. */
  fits: Record<string, Fit>;
  sample?: CheckSample | null;
  roundTrip: RoundTrip[];
  unmatched: Unmatched[];
}

export interface SaveMappingRequest {
  idempotencyKey: string;
  flowId: string;
  version: number;
  /** By target. */
  rows: Record<string, MappingRow[]>;
  tables: ValueTable[];
}

/** What came of saving: the new version, or all that is wrong and nothing saved. */
export interface SaveMappingAnswer {
  version: number;
  faults?: MappingFault[] | null;
}

export type DifferenceWhat = 'added' | 'removed' | 'changed';

export interface MappingDifference {
  what: DifferenceWhat;
  target?: string | null;
  row?: string | null;
  table?: string | null;
  /** Of a changed one: which parts. */
  parts: string[];
}

export interface CompareAnswer {
  differences: MappingDifference[];
  faults: MappingFault[];
}

/** The file is JSON; what is in it is the backend's business. */
export type MappingFile = Record<string, unknown>;
