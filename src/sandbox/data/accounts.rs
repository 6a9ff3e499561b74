//! The local NetSuite accounts and HubSpot portals, and which belong together.

/// A local NetSuite account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountSeed {
    /// The account id as NetSuite writes it.
    pub id: &'static str,
    /// Its host label.
    pub label: &'static str,
    /// The client id of the integration record in it.
    pub client_id: &'static str,
    /// The client secret that goes with it. It guards nothing but the local server.
    pub client_secret: &'static str,
    /// The client id of an integration record for public clients, which have no secret.
    pub public_client_id: &'static str,
}

/// The account of the demo.
pub const MAIN: AccountSeed = AccountSeed {
    id: "TSTDRV4711",
    label: "tstdrv4711",
    client_id: "6f1c2b7de94a4c0f8b35d6a1e07c9f2483bd5e610a7f4c2d9e8b1a36c5f7d049",
    client_secret: "sandbox-secret-of-tstdrv4711-2b7de94a4c0f8b35d6a1e07c9f2483bd",
    public_client_id: "public-of-tstdrv4711-4c2d9e8b1a36c5f7",
};

/// A sandbox account with the same ids and fewer records.
pub const SIDE: AccountSeed = AccountSeed {
    id: "1234567_SB1",
    label: "1234567-sb1",
    client_id: "0b9d4e7f2a6c4831b5e0d7f39c1a8e46f2d07b5c3e914a68d05f7b2c9e8a1634",
    client_secret: "sandbox-secret-of-1234567-sb1-6c4831b5e0d7f39c1a8e46f2d07b5c3e",
    public_client_id: "public-of-1234567-sb1-5c3e914a68d05f7b",
};

/// The production account beside [`SIDE`], its sandbox: the same ids, nothing in common.
pub const PRODUCTION: AccountSeed = AccountSeed {
    id: "1234567",
    label: "1234567",
    client_id: "c41d7a90be5f4268a3d1f60c8e27b9540f6a3c8d1e924b75b8d07f2e5a916c33",
    client_secret: "sandbox-secret-of-1234567-be5f4268a3d1f60c8e27b9540f6a3c8d",
    public_client_id: "public-of-1234567-1e924b75b8d07f2e",
};

/// A local HubSpot portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortalSeed {
    /// The portal's id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// Its time zone.
    pub time_zone: &'static str,
    /// Its refresh token, as an installation would have brought it.
    pub refresh_token: &'static str,
}

/// The portal of the demo, connected to [`MAIN`].
pub const DEMO: PortalSeed = PortalSeed {
    id: 4_711_001,
    name: "Chinook demo",
    time_zone: "Europe/Stockholm",
    refresh_token: "eu1-demo-refresh-4711001",
};

/// A portal without a connection.
pub const EMPTY: PortalSeed = PortalSeed {
    id: 4_711_002,
    name: "Unconnected demo",
    time_zone: "America/New_York",
    refresh_token: "na1-demo-refresh-4711002",
};
