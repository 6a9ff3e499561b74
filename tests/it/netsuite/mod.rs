//! The NetSuite connector against the local NetSuite: signed sign-in, real queries, published limits, faults.

mod accounts;
mod faults;
mod flows;
mod reading;

use std::time::Duration;

use ledgercard::{
    clock::{Clock, Millis},
    domain::ids::{ConnectionId, CustomerId, PortalId},
    erp::{
        Erp, ErpError, Lane, PageRequest,
        netsuite::{Credential, NetSuite, NetSuiteSettings, PERMITS},
    },
    in_tx,
    outbound::{LocalHosts, Outbound, OutboundSettings, permits::Permits},
    sandbox::{
        data::accounts::{AccountSeed, MAIN},
        netsuite::{self as local},
    },
    store::{
        DatabaseUrl, Db,
        connections::{self, Environment, NewConnection},
        portals,
    },
    vault::{Holder, KeyRing, Vault},
};
use serde_json::{Value, json};

/// A Sunday, on which Los Angeles is eight hours behind.
const NOW: Millis = Millis(1_795_435_200_000); // 2026-11-23T12:00:00Z
const KEY: &str = include_str!("../../fixtures/rsa-test-key.pem");
const CERTIFICATE: &str = include_str!("../../fixtures/rsa-test-cert.pem");

/// A local NetSuite, and one connection to one of its accounts.
struct House {
    server: local::NetSuite,
    account: AccountSeed,
    clock: Clock,
    vault: Vault,
    connection: ConnectionId,
    outbound: Outbound,
    http: reqwest::Client,
    permits: Permits,
    erp: NetSuite,
    _folder: tempfile::TempDir,
}

impl House {
    /// The demo's account, signed in with the RSA test key.
    async fn new() -> Self {
        Self::signed_in(MAIN, KEY, CERTIFICATE).await
    }

    async fn signed_in(account: AccountSeed, key: &str, certificate: &str) -> Self {
        let clock = Clock::manual(NOW, 11);
        let listen = "127.0.0.1:0".parse().unwrap();
        let settings = local::NetSuiteSettings::new(listen, clock.clone());
        let server = local::start(settings).await.unwrap();
        let outbound = Outbound::new(
            clock.clone(),
            OutboundSettings { local: LocalHosts::of(["http://127.0.0.1"]), ..OutboundSettings::default() },
        )
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::sqlite(folder.path().join("db")), clock.clone()).await.unwrap();
        let ring = KeyRing::parse(&"a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into(), clock.clone()).unwrap();
        let vault = Vault::new(db.clone(), ring, clock.clone());
        let connection = connection(&db, &clock, account).await;
        let http = crate::ground::client();
        let url = format!("{}/_sandbox/accounts/{}/certificates", server.url(), account.label);
        let answer: Value = http.post(url).body(certificate.to_owned()).send().await.unwrap().json().await.unwrap();
        let credential =
            Credential::new(account.client_id, answer["certificateId"].as_str().unwrap(), &key.into()).unwrap();
        vault.keep(Holder::Connection(connection), &credential.to_secret()).await.unwrap();
        let permits = Permits::new(PERMITS.0, PERMITS.1);
        let erp = connector(
            &Wiring {
                server: &server,
                account,
                connection,
                vault: &vault,
                outbound: &outbound,
                clock: &clock,
                permits: &permits,
            },
            |_| (),
        );
        Self { server, account, clock, vault, connection, outbound, http, permits, erp, _folder: folder }
    }

    /// The same connection as after a restart, with other settings: nothing known of the account.
    fn connector(&self, change: impl FnOnce(&mut NetSuiteSettings)) -> NetSuite {
        let House { server, account, connection, vault, outbound, clock, permits, .. } = self;
        connector(
            &Wiring { server, account: *account, connection: *connection, vault, outbound, clock, permits },
            change,
        )
    }

    fn control(&self, path: &str) -> String {
        format!("{}/_sandbox/{path}", self.server.url())
    }

    async fn switch(&self, switches: Value) {
        let url = self.control(&format!("accounts/{}/switches", self.account.label));
        let answer = self.http.put(url).json(&switches).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{switches}");
    }

    async fn faults(&self, faults: Value) {
        let answer = self.http.put(self.control("faults")).json(&faults).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{faults}");
    }

    /// Takes back switches and faults, and forgets what was counted.
    async fn reset(&self) {
        self.http.post(self.control("reset")).send().await.unwrap().error_for_status().unwrap();
    }

    /// What the server counted since the last reset.
    async fn stats(&self) -> Value {
        self.http.get(self.control("stats")).send().await.unwrap().json().await.unwrap()
    }

    /// How many calls of `operation` the server saw since the last reset.
    async fn calls(&self, operation: &str) -> u64 {
        self.stats().await["calls"][operation].as_u64().unwrap_or(0)
    }

    /// One fault that hits every call of `operation`, or only the first `times`.
    async fn fault(&self, operation: &str, action: Value, times: Option<u32>) {
        let mut fault = json!({"operation": operation, "action": action});
        if let Some(times) = times {
            fault["times"] = json!(times);
        }
        self.faults(json!([fault])).await;
    }

    /// Any read.
    async fn read(&self, lane: Lane) -> Result<(), ErpError> {
        self.erp.ledger(lane, &[customer(1_002)]).await.map(|ledger| assert!(!ledger.invoices.is_empty()))
    }
}

async fn connection(db: &Db, clock: &Clock, account: AccountSeed) -> ConnectionId {
    let (id, portal, now) = (ConnectionId(clock.new_id()), PortalId(4711), clock.now());
    let settings = json!({});
    in_tx!(db, "test", |tx| {
        portals::put(tx, portal, "Europe/Paris", "app-eu1.hubspot.com", now).await?;
        let new = NewConnection {
            id,
            portal_id: portal,
            system: "netsuite",
            account_id: account.id,
            name: "The books",
            environment: Environment::Production,
            settings: &settings,
        };
        connections::put(tx, new, now).await
    })
    .unwrap();
    id
}

/// What a connector is made of.
struct Wiring<'a> {
    server: &'a local::NetSuite,
    account: AccountSeed,
    connection: ConnectionId,
    vault: &'a Vault,
    outbound: &'a Outbound,
    clock: &'a Clock,
    permits: &'a Permits,
}

fn connector(parts: &Wiring<'_>, change: impl FnOnce(&mut NetSuiteSettings)) -> NetSuite {
    let mut settings = NetSuiteSettings::new(parts.account.id.parse().unwrap());
    settings.suitetalk = format!("{}/{{label}}", parts.server.url());
    settings.card_timeout = Duration::from_secs(20);
    change(&mut settings);
    let (vault, outbound) = (parts.vault.clone(), parts.outbound.clone());
    NetSuite::new(settings, parts.connection, vault, outbound, parts.clock.clone(), parts.permits.clone()).unwrap()
}

fn customer(id: u32) -> CustomerId {
    id.to_string().parse().unwrap()
}

const fn page(page: u32, size: u32) -> PageRequest {
    PageRequest { page, size }
}
