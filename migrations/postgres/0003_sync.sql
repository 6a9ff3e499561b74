-- The contact sync: flows and what they leave behind. The same tables, columns and nullability as migrations/sqlite.
-- Nothing here holds a value of a record: ids, names of fields, codes and keyed hashes alone.

-- What the flows know of a link: what the row of the ERP became (`target`), whether it is the one that is written to its
-- record, and on what both sides agreed last, as keyed hashes by row of the mapping.
ALTER TABLE links ADD COLUMN target TEXT COLLATE "C";
UPDATE links SET target = CASE object_type WHEN '0-1' THEN 'person' WHEN '0-2' THEN 'company' ELSE 'deal' END;
ALTER TABLE links ALTER COLUMN target SET NOT NULL;
ALTER TABLE links ADD COLUMN writes BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE links ADD COLUMN base JSONB NOT NULL DEFAULT '{}';
ALTER TABLE links ADD COLUMN erp_stamp TEXT COLLATE "C";
ALTER TABLE links ADD COLUMN seen BIGINT;
ALTER TABLE links ADD COLUMN gone_at BIGINT;
ALTER TABLE links ADD COLUMN worked_at BIGINT;
ALTER TABLE links ADD COLUMN loop_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN loop_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links DROP CONSTRAINT links_kind_check;
ALTER TABLE links ADD CONSTRAINT links_kind_check CHECK (kind IN ('customer', 'contact'));
ALTER TABLE links DROP CONSTRAINT links_basis_check;
ALTER TABLE links ADD CONSTRAINT links_basis_check
    CHECK (basis IN ('confirmed', 'planted', 'matched', 'created', 'reviewed'));

-- One link writes a record, and one record is written for a target of a row of the ERP.
CREATE UNIQUE INDEX links_writer ON links (portal_id, object_type, object_id) WHERE writes;
CREATE UNIQUE INDEX links_written ON links (connection_id, kind, erp_id, target) WHERE writes;
CREATE INDEX links_by_flow ON links (connection_id, kind, id);
CREATE INDEX links_gone ON links (connection_id, kind, id) WHERE gone_at IS NOT NULL;

-- What a link needs to come back whole.
ALTER TABLE tombstones ADD COLUMN target TEXT COLLATE "C";
UPDATE tombstones SET target = CASE object_type WHEN '0-1' THEN 'person' WHEN '0-2' THEN 'company' ELSE 'deal' END;
ALTER TABLE tombstones ALTER COLUMN target SET NOT NULL;
ALTER TABLE tombstones ADD COLUMN writes BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tombstones ADD COLUMN base JSONB NOT NULL DEFAULT '{}';
ALTER TABLE tombstones DROP CONSTRAINT tombstones_kind_check;
ALTER TABLE tombstones ADD CONSTRAINT tombstones_kind_check CHECK (kind IN ('customer', 'contact'));
ALTER TABLE tombstones DROP CONSTRAINT tombstones_basis_check;
ALTER TABLE tombstones ADD CONSTRAINT tombstones_basis_check
    CHECK (basis IN ('confirmed', 'planted', 'matched', 'created', 'reviewed'));

CREATE INDEX tombstones_of_portal ON tombstones (portal_id, id);

-- One kind of records kept in step between a connection and HubSpot.
CREATE TABLE flows (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    -- Its name within the connection: customers, contacts.
    key TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('off', 'preview', 'on')),
    settings JSONB NOT NULL,
    -- NULL: the system's default.
    mapping JSONB,
    rules_version BIGINT NOT NULL,
    cursor TEXT COLLATE "C",
    hub_cursor TEXT COLLATE "C",
    -- NULL: not due by itself. While a lease is held: what came meanwhile.
    due_at BIGINT,
    -- When a hint came that is to be worked off before that.
    hinted_at BIGINT,
    lease UUID,
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    first_done_at BIGINT,
    census_at BIGINT,
    -- How far a census is that goes on.
    census_place TEXT COLLATE "C",
    -- Counts and ids of a preview.
    preview JSONB,
    failing_since BIGINT,
    failures BIGINT NOT NULL,
    trouble TEXT COLLATE "C",
    stop_asked BOOLEAN NOT NULL,
    brake_lifted_run UUID,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (connection_id, key),
    -- What the rows below refer to: a row of one portal can never name a flow of another.
    UNIQUE (portal_id, id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
);

CREATE INDEX flows_by_due ON flows (due_at);

-- One working-off of a flow.
CREATE TABLE runs (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    flow_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('preview', 'sync', 'census', 'record', 'retry', 'undo')),
    cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('schedule', 'hint', 'hand')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'braked')),
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    counts JSONB NOT NULL,
    total BIGINT,
    phase TEXT COLLATE "C" NOT NULL,
    trouble TEXT COLLATE "C",
    cancel_asked BOOLEAN NOT NULL,
    asked_by BIGINT,
    -- The run that this one undoes.
    of_run UUID,
    -- How far it is, where that is neither the flow's cursor nor its census.
    place TEXT COLLATE "C",
    -- How many records it has archived or cleared.
    harmed BIGINT NOT NULL DEFAULT 0,
    CHECK ((state = 'running') = (ended_at IS NULL)),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
);

CREATE INDEX runs_of_portal ON runs (portal_id, id);
CREATE INDEX runs_of_flow ON runs (flow_id, started_at);
CREATE INDEX runs_waiting ON runs (flow_id, kind) WHERE state = 'running';
CREATE INDEX runs_by_undone ON runs (of_run) WHERE of_run IS NOT NULL;

-- What was done, refused or failed; names of fields, never values.
CREATE TABLE activity (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    flow_id UUID NOT NULL,
    run_id UUID,
    at BIGINT NOT NULL,
    -- One of a list that grows with what flows learn to do.
    what TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('customer', 'contact')),
    erp_id TEXT COLLATE "C",
    object_type TEXT COLLATE "C" CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id BIGINT,
    fields JSONB NOT NULL,
    cause TEXT COLLATE "C",
    CHECK ((object_type IS NULL) = (object_id IS NULL)),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
);

CREATE INDEX activity_of_portal ON activity (portal_id, id);
CREATE INDEX activity_of_run ON activity (run_id, id);
CREATE INDEX activity_by_age ON activity (at);

-- A row that the other side refused, or that could not be read.
CREATE TABLE parked (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    flow_id UUID NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    -- The side whose record could not be taken over.
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('hubspot', 'erp')),
    erp_id TEXT COLLATE "C",
    object_id BIGINT,
    cause TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C",
    rule TEXT COLLATE "C",
    stamp TEXT COLLATE "C",
    rules_version BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    -- When it is tried again by itself; NULL: only when something changes.
    due_at BIGINT,
    retry_asked BOOLEAN NOT NULL,
    CHECK (erp_id IS NOT NULL OR object_id IS NOT NULL),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
);

CREATE UNIQUE INDEX parked_once ON parked (flow_id, target, side, COALESCE(erp_id, ''), COALESCE(object_id, 0));
CREATE INDEX parked_by_row ON parked (flow_id, erp_id);
CREATE INDEX parked_by_record ON parked (flow_id, object_id);

-- A pair of records that a person must decide about.
CREATE TABLE reviews (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    flow_id UUID NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    erp_id TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL CHECK (reason IN ('several', 'taken', 'contradicted', 'fuzzy', 'conflict')),
    candidates JSONB NOT NULL,
    -- The records that were refused for this row and are never proposed again.
    refused JSONB NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
    chosen BIGINT,
    decided_by BIGINT,
    decided_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (flow_id, erp_id, target),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
);

CREATE INDEX reviews_of_flow ON reviews (flow_id, state, id);

-- An association whose other end has no link yet.
CREATE TABLE waiting (
    portal_id BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    from_kind TEXT COLLATE "C" NOT NULL CHECK (from_kind IN ('customer', 'contact')),
    from_id TEXT COLLATE "C" NOT NULL,
    from_target TEXT COLLATE "C" NOT NULL,
    to_kind TEXT COLLATE "C" NOT NULL CHECK (to_kind IN ('customer', 'contact')),
    to_id TEXT COLLATE "C" NOT NULL,
    to_target TEXT COLLATE "C" NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, from_kind, from_id, from_target, to_kind, to_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
);

CREATE INDEX waiting_for ON waiting (connection_id, to_kind, to_id);

-- "Look at record X now", for one flow; worked off between its pages.
CREATE TABLE flow_hints (
    flow_id UUID NOT NULL,
    portal_id BIGINT NOT NULL,
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('hubspot', 'erp')),
    key TEXT COLLATE "C" NOT NULL,
    -- Goes up with every hint; who has worked one off removes it only if nothing came meanwhile.
    version BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    by_hand BOOLEAN NOT NULL,
    PRIMARY KEY (flow_id, side, key),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
);

CREATE INDEX flow_hints_by_due ON flow_hints (flow_id, due_at);

-- What a portal's people are told about, one row a cause.
CREATE TABLE alerts (
    portal_id BIGINT NOT NULL REFERENCES portals (portal_id),
    cause TEXT COLLATE "C" NOT NULL,
    flow_id UUID,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('raised', 'cleared')),
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT,
    -- What was told last; NULL: nothing yet.
    told TEXT COLLATE "C" CHECK (told IN ('raised', 'cleared')),
    attempts BIGINT NOT NULL,
    -- When to tell next; NULL: all is told.
    due_at BIGINT,
    PRIMARY KEY (portal_id, cause),
    CHECK ((state = 'cleared') = (cleared_at IS NOT NULL)),
    FOREIGN KEY (portal_id, flow_id) REFERENCES flows (portal_id, id)
);

CREATE INDEX alerts_by_due ON alerts (due_at);

-- What alerts are signed with, sealed.
ALTER TABLE portals ADD COLUMN alert_secret BYTEA;
