-- Instants are whole milliseconds since 1970 (UTC). Ids of HubSpot are integers, our own are UUIDs.
-- The same tables, columns and nullability as migrations/sqlite; a test compares them.

CREATE TABLE portals (
    portal_id BIGINT NOT NULL PRIMARY KEY,
    time_zone TEXT COLLATE "C" NOT NULL,
    ui_domain TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'disconnected')),
    installed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE connections (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL REFERENCES portals (portal_id),
    system TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('production', 'sandbox')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'paused', 'disconnected')),
    settings JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (portal_id, system, account_id),
    -- What the rows below refer to: a row of one portal can never name a connection of another.
    UNIQUE (portal_id, id)
);

CREATE TABLE credentials (
    holder_kind TEXT COLLATE "C" NOT NULL CHECK (holder_kind IN ('portal', 'connection')),
    holder_id TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    sealed_token BYTEA,
    token_issued_at BIGINT,
    token_expires_at BIGINT,
    fence BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (holder_kind, holder_id)
);

CREATE TABLE associations (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    object_type TEXT COLLATE "C" NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    invoice_id TEXT COLLATE "C" NOT NULL,
    added_by BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_by BIGINT,
    removed_at BIGINT,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL)),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
);

CREATE UNIQUE INDEX associations_active
    ON associations (portal_id, object_type, object_id, connection_id, invoice_id)
    WHERE removed_at IS NULL;

CREATE INDEX associations_by_invoice
    ON associations (portal_id, connection_id, invoice_id)
    WHERE removed_at IS NULL;

CREATE TABLE links (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('customer')),
    erp_id TEXT COLLATE "C" NOT NULL,
    object_type TEXT COLLATE "C" NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id BIGINT NOT NULL,
    basis TEXT COLLATE "C" NOT NULL CHECK (basis IN ('confirmed', 'planted')),
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (connection_id, kind, erp_id, object_type, object_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
);

CREATE INDEX links_by_record ON links (portal_id, object_type, object_id);

CREATE TABLE idempotency (
    portal_id BIGINT NOT NULL REFERENCES portals (portal_id),
    key TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    user_id BIGINT NOT NULL,
    fingerprint BYTEA NOT NULL,
    outcome JSONB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);
