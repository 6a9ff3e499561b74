-- Instants are whole milliseconds since 1970 (UTC). Ids of HubSpot are integers, our own are UUIDs (16 bytes).
-- The same tables, columns and nullability as migrations/postgres; a test compares them.

CREATE TABLE portals (
    portal_id INTEGER NOT NULL PRIMARY KEY,
    time_zone TEXT NOT NULL,
    ui_domain TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disconnected')),
    installed_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE connections (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL REFERENCES portals (portal_id),
    system TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('production', 'sandbox')),
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'disconnected')),
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (portal_id, system, account_id),
    -- What the rows below refer to: a row of one portal can never name a connection of another.
    UNIQUE (portal_id, id)
) STRICT;

CREATE TABLE credentials (
    holder_kind TEXT NOT NULL CHECK (holder_kind IN ('portal', 'connection')),
    holder_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    sealed_token BLOB,
    token_issued_at INTEGER,
    token_expires_at INTEGER,
    fence INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (holder_kind, holder_id)
) STRICT;

CREATE TABLE associations (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    invoice_id TEXT NOT NULL,
    added_by INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    removed_by INTEGER,
    removed_at INTEGER,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL)),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

CREATE UNIQUE INDEX associations_active
    ON associations (portal_id, object_type, object_id, connection_id, invoice_id)
    WHERE removed_at IS NULL;

CREATE INDEX associations_by_invoice
    ON associations (portal_id, connection_id, invoice_id)
    WHERE removed_at IS NULL;

CREATE TABLE links (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer')),
    erp_id TEXT NOT NULL,
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('confirmed', 'planted')),
    created_by INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (connection_id, kind, erp_id, object_type, object_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

CREATE INDEX links_by_record ON links (portal_id, object_type, object_id);

CREATE TABLE idempotency (
    portal_id INTEGER NOT NULL REFERENCES portals (portal_id),
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    outcome TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (portal_id, key)
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (created_at);
