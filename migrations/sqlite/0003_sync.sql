-- The contact sync: flows and what they leave behind. The same tables, columns and nullability as migrations/postgres.
-- Nothing here holds a value of a record: ids, names of fields, codes and keyed hashes alone.

-- What the flows know of a link: what the row of the ERP became (`target`), whether it is the one that is written to its
-- record, and on what both sides agreed last, as keyed hashes by row of the mapping. Made anew, since SQLite cannot change a
-- CHECK; nothing refers to it.
CREATE TABLE links_anew (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'contact')),
    erp_id TEXT NOT NULL,
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('confirmed', 'planted', 'matched', 'created', 'reviewed')),
    created_by INTEGER,
    created_at INTEGER NOT NULL,
    target TEXT NOT NULL,
    writes INTEGER NOT NULL DEFAULT 0 CHECK (writes IN (0, 1)),
    base TEXT NOT NULL DEFAULT '{}',
    erp_stamp TEXT,
    seen INTEGER,
    gone_at INTEGER,
    worked_at INTEGER,
    loop_from INTEGER NOT NULL DEFAULT 0,
    loop_count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (connection_id, kind, erp_id, object_type, object_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

INSERT INTO links_anew (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, created_by, created_at, target)
SELECT id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, created_by, created_at,
    CASE object_type WHEN '0-1' THEN 'person' WHEN '0-2' THEN 'company' ELSE 'deal' END
FROM links;

DROP TABLE links;
ALTER TABLE links_anew RENAME TO links;

CREATE INDEX links_by_record ON links (portal_id, object_type, object_id);

-- One link writes a record, and one record is written for a target of a row of the ERP.
CREATE UNIQUE INDEX links_writer ON links (portal_id, object_type, object_id) WHERE writes;
CREATE UNIQUE INDEX links_written ON links (connection_id, kind, erp_id, target) WHERE writes;
CREATE INDEX links_by_flow ON links (connection_id, kind, id);
CREATE INDEX links_gone ON links (connection_id, kind, id) WHERE gone_at IS NOT NULL;

-- What a link needs to come back whole.
CREATE TABLE tombstones_anew (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'contact')),
    erp_id TEXT NOT NULL,
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('confirmed', 'planted', 'matched', 'created', 'reviewed')),
    linked_by INTEGER,
    reason TEXT NOT NULL CHECK (reason IN ('deletion', 'erasure')),
    created_at INTEGER NOT NULL,
    target TEXT NOT NULL,
    writes INTEGER NOT NULL DEFAULT 0 CHECK (writes IN (0, 1)),
    base TEXT NOT NULL DEFAULT '{}',
    UNIQUE (connection_id, kind, erp_id, object_type, object_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

INSERT INTO tombstones_anew
    (id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, linked_by, reason, created_at, target)
SELECT id, portal_id, connection_id, kind, erp_id, object_type, object_id, basis, linked_by, reason, created_at,
    CASE object_type WHEN '0-1' THEN 'person' WHEN '0-2' THEN 'company' ELSE 'deal' END
FROM tombstones;

DROP TABLE tombstones;
ALTER TABLE tombstones_anew RENAME TO tombstones;

CREATE INDEX tombstones_by_record ON tombstones (portal_id, object_type, object_id);
CREATE INDEX tombstones_of_portal ON tombstones (portal_id, id);

-- One kind of records kept in step between a connection and HubSpot.
CREATE TABLE flows (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    -- Its name within the connection: customers, contacts.
    key TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('off', 'preview', 'on')),
    settings TEXT NOT NULL,
    -- NULL: the system's default.
    mapping TEXT,
    rules_version INTEGER NOT NULL,
    cursor TEXT,
    hub_cursor TEXT,
    -- NULL: not due by itself. While a lease is held: what came meanwhile.
    due_at INTEGER,
    -- When a hint came that is to be worked off before that.
    hinted_at INTEGER,
    lease BLOB,
    lease_until INTEGER,
    fence INTEGER NOT NULL,
    first_done_at INTEGER,
    census_at INTEGER,
    -- How far a census is that goes on.
    census_place TEXT,
    -- Counts and ids of a preview.
    preview TEXT,
    failing_since INTEGER,
    failures INTEGER NOT NULL,
    trouble TEXT,
    stop_asked INTEGER NOT NULL CHECK (stop_asked IN (0, 1)),
    brake_lifted_run BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (connection_id, key),
    -- What the rows below refer to: a row of one portal can never name a flow of another.
    UNIQUE (portal_id, id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

CREATE INDEX flows_by_due ON flows (due_at);

-- One working-off of a flow.
CREATE TABLE runs (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    flow_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('preview', 'sync', 'census', 'record', 'retry', 'undo')),
    cause TEXT NOT NULL CHECK (cause IN ('schedule', 'hint', 'hand')),
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'braked')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    counts TEXT NOT NULL,
    total INTEGER,
    phase TEXT NOT NULL,
    trouble TEXT,
    cancel_asked INTEGER NOT NULL CHECK (cancel_asked IN (0, 1)),
    asked_by INTEGER,
    -- The run that this one undoes.
    of_run BLOB,
    -- How far it is, where that is neither the flow's cursor nor its census.
    place TEXT,
    -- How many records it has archived or cleared.
    harmed INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'running') = (ended_at IS NULL)),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
) STRICT;

CREATE INDEX runs_of_portal ON runs (portal_id, id);
CREATE INDEX runs_of_flow ON runs (flow_id, started_at);
CREATE INDEX runs_waiting ON runs (flow_id, kind) WHERE state = 'running';
CREATE INDEX runs_by_undone ON runs (of_run) WHERE of_run IS NOT NULL;

-- What was done, refused or failed; names of fields, never values.
CREATE TABLE activity (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    flow_id BLOB NOT NULL,
    run_id BLOB,
    at INTEGER NOT NULL,
    -- One of a list that grows with what flows learn to do.
    what TEXT NOT NULL,
    target TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'contact')),
    erp_id TEXT,
    object_type TEXT CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER,
    fields TEXT NOT NULL,
    cause TEXT,
    CHECK ((object_type IS NULL) = (object_id IS NULL)),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
) STRICT;

CREATE INDEX activity_of_portal ON activity (portal_id, id);
CREATE INDEX activity_of_run ON activity (run_id, id);
CREATE INDEX activity_by_age ON activity (at);

-- A row that the other side refused, or that could not be read.
CREATE TABLE parked (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    flow_id BLOB NOT NULL,
    target TEXT NOT NULL,
    -- The side whose record could not be taken over.
    side TEXT NOT NULL CHECK (side IN ('hubspot', 'erp')),
    erp_id TEXT,
    object_id INTEGER,
    cause TEXT NOT NULL,
    field TEXT,
    rule TEXT,
    stamp TEXT,
    rules_version INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    -- When it is tried again by itself; NULL: only when something changes.
    due_at INTEGER,
    retry_asked INTEGER NOT NULL CHECK (retry_asked IN (0, 1)),
    CHECK (erp_id IS NOT NULL OR object_id IS NOT NULL),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
) STRICT;

CREATE UNIQUE INDEX parked_once ON parked (flow_id, target, side, COALESCE(erp_id, ''), COALESCE(object_id, 0));
CREATE INDEX parked_by_row ON parked (flow_id, erp_id);
CREATE INDEX parked_by_record ON parked (flow_id, object_id);

-- A pair of records that a person must decide about.
CREATE TABLE reviews (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    flow_id BLOB NOT NULL,
    target TEXT NOT NULL,
    erp_id TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('several', 'taken', 'contradicted', 'fuzzy', 'conflict')),
    candidates TEXT NOT NULL,
    -- The records that were refused for this row and are never proposed again.
    refused TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
    chosen INTEGER,
    decided_by INTEGER,
    decided_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (flow_id, erp_id, target),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
) STRICT;

CREATE INDEX reviews_of_flow ON reviews (flow_id, state, id);

-- An association whose other end has no link yet.
CREATE TABLE waiting (
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    from_kind TEXT NOT NULL CHECK (from_kind IN ('customer', 'contact')),
    from_id TEXT NOT NULL,
    from_target TEXT NOT NULL,
    to_kind TEXT NOT NULL CHECK (to_kind IN ('customer', 'contact')),
    to_id TEXT NOT NULL,
    to_target TEXT NOT NULL,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, from_kind, from_id, from_target, to_kind, to_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

CREATE INDEX waiting_for ON waiting (connection_id, to_kind, to_id);

-- "Look at record X now", for one flow; worked off between its pages.
CREATE TABLE flow_hints (
    flow_id BLOB NOT NULL,
    portal_id INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('hubspot', 'erp')),
    key TEXT NOT NULL,
    -- Goes up with every hint; who has worked one off removes it only if nothing came meanwhile.
    version INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    by_hand INTEGER NOT NULL CHECK (by_hand IN (0, 1)),
    PRIMARY KEY (flow_id, side, key),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
) STRICT;

CREATE INDEX flow_hints_by_due ON flow_hints (flow_id, due_at);

-- What a portal's people are told about, one row a cause.
CREATE TABLE alerts (
    portal_id INTEGER NOT NULL REFERENCES portals (portal_id),
    cause TEXT NOT NULL,
    flow_id BLOB,
    state TEXT NOT NULL CHECK (state IN ('raised', 'cleared')),
    raised_at INTEGER NOT NULL,
    cleared_at INTEGER,
    -- What was told last; NULL: nothing yet.
    told TEXT CHECK (told IN ('raised', 'cleared')),
    attempts INTEGER NOT NULL,
    -- When to tell next; NULL: all is told.
    due_at INTEGER,
    PRIMARY KEY (portal_id, cause),
    CHECK ((state = 'cleared') = (cleared_at IS NOT NULL)),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
) STRICT;

CREATE INDEX alerts_by_due ON alerts (due_at);

-- What alerts are signed with, sealed.
ALTER TABLE portals ADD COLUMN alert_secret BLOB;
