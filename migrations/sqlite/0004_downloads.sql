-- Windows in which the activity is downloaded. A window lives for minutes, so those that are open now are let go: they are
-- begun again.
DROP TABLE windows;

CREATE TABLE windows (
    id BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('install', 'sign_in', 'certificate', 'activity')),
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
