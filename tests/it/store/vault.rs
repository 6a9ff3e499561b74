//! The vault over both databases: what several replicas do at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ledgercard::{
    cli::demo,
    domain::ids::{ConnectionId, PortalId},
    hubspot::{
        oauth::{AppCredentials, PortalCredential, PortalTokens},
        versions::Versions,
    },
    outbound::{LocalHosts, Outbound, OutboundSettings},
    sandbox,
    store::Db,
    vault::{Fresh, Holder, KeyRing, Renew, RenewError, Vault},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::fixture::{House, on_both};

/// Issues a token with a number, and a new credential each time, as issuers with rotating refresh tokens do.
#[derive(Default)]
struct Issuer(AtomicU32);

#[async_trait]
impl Renew for Issuer {
    async fn renew(&self, _: &SecretString) -> Result<Fresh, RenewError> {
        let call = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Ok(Fresh {
            access_token: SecretString::from(format!("token-{call}")),
            lifetime: Duration::from_hours(1),
            credential: Some(SecretString::from(format!("credential-{call}"))),
        })
    }
}

fn replica(house: &House) -> Vault {
    replica_on(house, house.db.clone())
}

fn replica_on(house: &House, db: Db) -> Vault {
    let ring = SecretString::from("a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    Vault::new(db, KeyRing::parse(&ring, house.clock.clone()).unwrap(), house.clock.clone())
}

/// The local HubSpot by the clock of the house.
async fn hubspot(house: &House) -> (sandbox::hubspot::HubSpot, url::Url) {
    let hubspot = sandbox::hubspot::start(crate::ground::hubspot(&house.clock, true)).await.unwrap();
    let url = hubspot.url().parse().unwrap();
    (hubspot, url)
}

/// A page of the local HubSpot's controls.
async fn control(outbound: &Outbound, url: &url::Url, page: &str) -> serde_json::Value {
    let call = ledgercard::outbound::Call {
        service: "sandbox",
        operation: "control",
        meter: ledgercard::outbound::Meter::Nobody,
        method: http::Method::GET,
        url: url.join(page).unwrap(),
        bearer: None,
        headers: Vec::new(),
        body: ledgercard::outbound::Body::None,
        timeout: Duration::from_secs(10),
    };
    outbound.send(call).await.unwrap().json().unwrap()
}

/// How many calls the token endpoint got.
async fn token_calls(outbound: &Outbound, url: &url::Url) -> u64 {
    let figures = control(outbound, url, "/_sandbox/stats").await;
    let calls = figures["calls"].as_object().unwrap();
    calls.iter().filter(|(name, _)| name.contains("token")).map(|(_, n)| n.as_u64().unwrap()).sum()
}

on_both! {
    /// Two replicas, each with its own connections to the database, and a token endpoint over HTTP.
    async fn a_hundred_callers_at_a_tokens_end_on_two_replicas_make_exactly_one_renewal(house) {
        let (_hubspot, url) = hubspot(house).await;
        let outbound = Outbound::new(house.clock.clone(), OutboundSettings { local: LocalHosts::of(["http://127.0.0.1"]), ..OutboundSettings::default() }).unwrap();
        let app = AppCredentials {
            client_id: demo::CLIENT_ID.to_owned(), client_secret: SecretString::from(demo::CLIENT_SECRET),
        };
        let renew = PortalTokens::renewer(outbound.clone(), &url, &Versions::default(), app).unwrap();
        let plan = control(&outbound, &url, "/_sandbox/plant").await;
        let portal = &plan["portals"][0];
        let holder = Holder::Portal(portal["portalId"].as_str().unwrap().parse::<PortalId>().unwrap());
        let refresh = SecretString::from(portal["refreshToken"].as_str().unwrap());
        let other = Db::open(&house.url, house.clock.clone()).await.unwrap();
        let replicas = [replica(house), replica_on(house, other.clone())];
        replicas[0].keep(holder, &PortalCredential::of(&refresh)).await.unwrap();
        let first = replicas[0].token(holder, &renew).await.unwrap();
        let before = token_calls(&outbound, &url).await;

        house.clock.advance(Duration::from_mins(31));
        let callers: Vec<_> = (0..100).map(|n| {
            let (vault, renew) = (replicas[n % 2].clone(), Arc::clone(&renew));
            tokio::spawn(async move { vault.token(holder, &renew).await.unwrap().expose_secret().to_owned() })
        }).collect();
        let mut tokens = std::collections::BTreeSet::new();
        for caller in callers {
            tokens.insert(caller.await.unwrap());
        }
        assert_eq!(token_calls(&outbound, &url).await - before, 1);
        assert_eq!(tokens.len(), 1);
        assert!(!tokens.contains(first.expose_secret()));
        other.close().await;
    }

    async fn replicas_that_ask_at_once_agree_on_one_token(house) {
        let holder = Holder::Connection(ConnectionId(house.clock.new_id()));
        replica(house).keep(holder, &SecretString::from("credential-0")).await.unwrap();
        for round in 0..5 {
            let issuer = Arc::new(Issuer::default());
            let asking: Vec<_> = (0..6).map(|_| {
                let (vault, renew) = (replica(house), Arc::clone(&issuer) as Arc<dyn Renew>);
                tokio::spawn(async move { vault.token(holder, &renew).await.unwrap().expose_secret().to_owned() })
            }).collect();
            let mut tokens = Vec::new();
            for one in asking {
                tokens.push(one.await.unwrap());
            }
            assert!(tokens.iter().all(|token| *token == tokens[0]), "round {round}: {tokens:?}");
            assert_eq!(issuer.0.load(Ordering::SeqCst), 1, "round {round}");
            // The next replica finds what was saved.
            let renew = Arc::clone(&issuer) as Arc<dyn Renew>;
            let made = issuer.0.load(Ordering::SeqCst);
            assert_eq!(replica(house).token(holder, &renew).await.unwrap().expose_secret(), tokens[0]);
            assert_eq!(issuer.0.load(Ordering::SeqCst), made);
            house.clock.advance(Duration::from_hours(2));
        }
    }
}
