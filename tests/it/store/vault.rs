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
    domain::ids::ConnectionId,
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
    let ring = SecretString::from("a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    Vault::new(house.db.clone(), KeyRing::parse(&ring, house.clock.clone()).unwrap(), house.clock.clone())
}

on_both! {
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
            // The next replica finds what was saved.
            let renew = Arc::clone(&issuer) as Arc<dyn Renew>;
            let made = issuer.0.load(Ordering::SeqCst);
            assert_eq!(replica(house).token(holder, &renew).await.unwrap().expose_secret(), tokens[0]);
            assert_eq!(issuer.0.load(Ordering::SeqCst), made);
            house.clock.advance(Duration::from_hours(2));
        }
    }
}
