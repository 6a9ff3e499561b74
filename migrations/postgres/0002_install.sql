-- Installing, connecting and leaving: what a portal and a connection are known to be, windows outside HubSpot, HubSpot's
-- events as hints, and what became of records that were merged, deleted or erased there. Ids only, no values of records.

-- The account's domain name in HubSpot, its currencies, who installed the app, what was granted, what an administrator set.
ALTER TABLE portals ADD COLUMN domain TEXT COLLATE "C";
ALTER TABLE portals ADD COLUMN details JSONB NOT NULL DEFAULT '{}';
ALTER TABLE portals ADD COLUMN installed_by BIGINT;
ALTER TABLE portals ADD COLUMN scopes JSONB NOT NULL DEFAULT '[]';
ALTER TABLE portals ADD COLUMN settings JSONB NOT NULL DEFAULT '{}';
ALTER TABLE portals ADD COLUMN trouble TEXT COLLATE "C"
    CHECK (trouble IN ('installing', 'consent_needed', 'uninstalled', 'token_refused', 'configuration'));
ALTER TABLE portals ADD COLUMN trouble_at BIGINT;

-- How the connection signs in, when that ends, and how the last call went.
ALTER TABLE connections ADD COLUMN method TEXT COLLATE "C" NOT NULL DEFAULT 'certificate'
    CHECK (method IN ('certificate', 'sign_in'));
ALTER TABLE connections ADD COLUMN ends_at BIGINT;
ALTER TABLE connections ADD COLUMN good_at BIGINT;
ALTER TABLE connections ADD COLUMN trouble TEXT COLLATE "C"
    CHECK (trouble IN ('reconnect', 'no_permission', 'throttled', 'unavailable', 'broken'));
ALTER TABLE connections ADD COLUMN trouble_permission TEXT COLLATE "C";
ALTER TABLE connections ADD COLUMN trouble_at BIGINT;

-- The one who renews a token now, and until when it is theirs to do.
ALTER TABLE credentials ADD COLUMN lease UUID;
ALTER TABLE credentials ADD COLUMN lease_until BIGINT;

-- Why an association was ended by what happened to its record in HubSpot; no user removed it.
ALTER TABLE associations ADD COLUMN ended_by TEXT COLLATE "C" CHECK (ended_by IN ('deletion', 'erasure'));

-- A record that was merged into another: the old id keeps resolving.
CREATE TABLE aliases (
    portal_id BIGINT NOT NULL REFERENCES portals (portal_id),
    object_type TEXT COLLATE "C" NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    old_id BIGINT NOT NULL,
    new_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, object_type, old_id)
);

CREATE INDEX aliases_by_new ON aliases (portal_id, object_type, new_id);

-- A link whose record was deleted or erased in HubSpot: not made or matched again until it is lifted.
CREATE TABLE tombstones (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL,
    connection_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('customer')),
    erp_id TEXT COLLATE "C" NOT NULL,
    object_type TEXT COLLATE "C" NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id BIGINT NOT NULL,
    basis TEXT COLLATE "C" NOT NULL CHECK (basis IN ('confirmed', 'planted')),
    linked_by BIGINT,
    reason TEXT COLLATE "C" NOT NULL CHECK (reason IN ('deletion', 'erasure')),
    created_at BIGINT NOT NULL,
    UNIQUE (connection_id, kind, erp_id, object_type, object_id),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
);

CREATE INDEX tombstones_by_record ON tombstones (portal_id, object_type, object_id);

-- "Look at this record": what HubSpot's events are kept as, one row a record however many events came.
CREATE TABLE hints (
    portal_id BIGINT NOT NULL REFERENCES portals (portal_id),
    object_type TEXT COLLATE "C" NOT NULL CHECK (object_type IN ('0-1', '0-2', '0-3')),
    object_id BIGINT NOT NULL,
    -- The record that a merge named as the surviving one.
    into_id BIGINT,
    -- true: HubSpot said that the record was erased for privacy.
    erased BOOLEAN NOT NULL,
    -- Goes up with every event; who has worked a hint off removes it only if nothing came meanwhile.
    version BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, object_type, object_id)
);

CREATE INDEX hints_by_due ON hints (due_at);

-- A connection that is being made: its key pair and certificate, until NetSuite has taken the certificate.
CREATE TABLE drafts (
    id UUID NOT NULL PRIMARY KEY,
    portal_id BIGINT NOT NULL REFERENCES portals (portal_id),
    -- Set when the certificate is to replace the one of a connection.
    connection_id UUID,
    system TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    certificate TEXT COLLATE "C" NOT NULL,
    certificate_ends_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    -- The idempotency key of the request that made it.
    key TEXT COLLATE "C" NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (portal_id, key),
    FOREIGN KEY (portal_id, connection_id) REFERENCES connections (portal_id, id)
);

-- Windows outside HubSpot: a ticket that opens one, the browser it was opened in, and the OAuth state it went away with.
CREATE TABLE windows (
    id UUID NOT NULL PRIMARY KEY,
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('install', 'sign_in', 'certificate')),
    -- NULL for an install: who installs is known when HubSpot says so.
    portal_id BIGINT REFERENCES portals (portal_id),
    user_id BIGINT,
    ticket_hash BYTEA UNIQUE,
    cookie_hash BYTEA,
    state_hash BYTEA UNIQUE,
    -- What the window is about: account, name, draft; never a secret.
    details JSONB NOT NULL,
    -- Secrets of the sign-in (PKCE verifier, client secret), sealed.
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX windows_by_end ON windows (expires_at);

-- How many calls went out in an hour for a portal: to HubSpot (`side` is 'hubspot') or to an ERP (the connection's id).
CREATE TABLE usage (
    portal_id BIGINT NOT NULL,
    side TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    unauthorized BIGINT NOT NULL,
    forbidden BIGINT NOT NULL,
    throttled BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    PRIMARY KEY (portal_id, side, hour)
);

CREATE INDEX usage_by_hour ON usage (hour);

-- The starts of the last calls under a limit that several replicas share.
CREATE TABLE rate_windows (
    scope TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    started JSONB NOT NULL,
    held_until BIGINT NOT NULL,
    -- A card waits for its turn until then: the background lets it go first.
    card_until BIGINT NOT NULL
);
