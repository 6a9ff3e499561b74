-- Installing, connecting and leaving: what a portal and a connection are known to be, windows outside HubSpot, HubSpot's
-- events as hints, and what became of records that were merged, deleted or erased there. Ids only, no values of records.

-- The account's domain name in HubSpot, its currencies, who installed the app, what was granted, what an administrator set.
ALTER TABLE portals ADD COLUMN domain TEXT;
ALTER TABLE portals ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE portals ADD COLUMN installed_by INTEGER;
ALTER TABLE portals ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE portals ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE portals ADD COLUMN trouble TEXT
    CHECK (trouble IN ('installing', 'consent_needed', 'uninstalled', 'token_refused', 'configuration'));
ALTER TABLE portals ADD COLUMN trouble_at INTEGER;

-- How the connection signs in, when that ends, and how the last call went.
ALTER TABLE connections ADD COLUMN method TEXT NOT NULL DEFAULT 'certificate'
    CHECK (method IN ('certificate', 'sign_in'));
ALTER TABLE connections ADD COLUMN ends_at INTEGER;
ALTER TABLE connections ADD COLUMN good_at INTEGER;
ALTER TABLE connections ADD COLUMN trouble TEXT
    CHECK (trouble IN ('reconnect', 'no_permission', 'throttled', 'unavailable', 'broken'));
ALTER TABLE connections ADD COLUMN trouble_permission TEXT;
ALTER TABLE connections ADD COLUMN trouble_at INTEGER;

-- The one who renews a token now, and until when it is theirs to do.
ALTER TABLE credentials ADD COLUMN lease BLOB;
ALTER TABLE credentials ADD COLUMN lease_until INTEGER;

-- Why an association was ended by what happened to its record in HubSpot; no user removed it.
ALTER TABLE associations ADD COLUMN ended_by TEXT CHECK (ended_by IN ('deletion', 'erasure'));

-- A record that was merged into another: the old id keeps resolving.
CREATE TABLE aliases (
    portal_id INTEGER NOT NULL REFERENCES portals (portal_id),
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    old_id INTEGER NOT NULL,
    new_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (portal_id, object_type, old_id)
) STRICT;

CREATE INDEX aliases_by_new ON aliases (portal_id, object_type, new_id);

-- A link whose record was deleted or erased in HubSpot: not made or matched again until it is lifted.
CREATE TABLE tombstones (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL,
    connection_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer')),
    erp_id TEXT NOT NULL,
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('confirmed', 'planted')),
    linked_by INTEGER,
    reason TEXT NOT NULL CHECK (reason IN ('deletion', 'erasure')),
    created_at INTEGER NOT NULL,
    UNIQUE (connection_id, kind, erp_id, object_type, object_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

CREATE INDEX tombstones_by_record ON tombstones (portal_id, object_type, object_id);

-- "Look at this record": what HubSpot's events are kept as, one row a record however many events came.
CREATE TABLE hints (
    portal_id INTEGER NOT NULL REFERENCES portals (portal_id),
    object_type TEXT NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id INTEGER NOT NULL,
    -- The record that a merge named as the surviving one.
    into_id INTEGER,
    -- 1: HubSpot said that the record was erased for privacy.
    erased INTEGER NOT NULL CHECK (erased IN (0, 1)),
    -- Goes up with every event; who has worked a hint off removes it only if nothing came meanwhile.
    version INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (portal_id, object_type, object_id)
) STRICT;

CREATE INDEX hints_by_due ON hints (due_at);

-- A connection that is being made: its key pair and certificate, until NetSuite has taken the certificate.
CREATE TABLE drafts (
    id BLOB NOT NULL PRIMARY KEY,
    portal_id INTEGER NOT NULL REFERENCES portals (portal_id),
    -- Set when the certificate is to replace the one of a connection.
    connection_id BLOB,
    system TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    certificate TEXT NOT NULL,
    certificate_ends_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    -- The idempotency key of the request that made it.
    key TEXT NOT NULL,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (portal_id, key),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
) STRICT;

-- Windows outside HubSpot: a ticket that opens one, the browser it was opened in, and the OAuth state it went away with.
CREATE TABLE windows (
    id BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('install', 'sign_in', 'certificate')),
    -- NULL for an install: who installs is known when HubSpot says so.
    portal_id INTEGER REFERENCES portals (portal_id),
    user_id INTEGER,
    ticket_hash BLOB UNIQUE,
    cookie_hash BLOB,
    state_hash BLOB UNIQUE,
    -- What the window is about: account, name, draft; never a secret.
    details TEXT NOT NULL,
    -- Secrets of the sign-in (PKCE verifier, client secret), sealed.
    sealed BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE INDEX windows_by_end ON windows (expires_at);

-- How many calls went out in an hour for a portal: to HubSpot (`side` is 'hubspot') or to an ERP (the connection's id).
CREATE TABLE usage (
    portal_id INTEGER NOT NULL,
    side TEXT NOT NULL,
    hour INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    unauthorized INTEGER NOT NULL,
    forbidden INTEGER NOT NULL,
    throttled INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    PRIMARY KEY (portal_id, side, hour)
) STRICT;

CREATE INDEX usage_by_hour ON usage (hour);

-- The starts of the last calls under a limit that several replicas share.
CREATE TABLE rate_windows (
    scope TEXT NOT NULL PRIMARY KEY,
    started TEXT NOT NULL,
    held_until INTEGER NOT NULL,
    -- A card waits for its turn until then: the background lets it go first.
    card_until INTEGER NOT NULL
) STRICT;
