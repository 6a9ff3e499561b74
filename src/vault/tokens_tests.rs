//! What the vault promises, with a renewal that counts and can be held up, on a real database.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Semaphore;

use super::*;
use crate::{clock::Millis, domain::ids::PortalId, store::DatabaseUrl};

const HOLDER: Holder = Holder::Portal(PortalId(4711));
const HOUR: Duration = Duration::from_hours(1);
const KEY: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Issues `token-1`, `token-2`, … and counts. Every renewal takes one permit of the gate first.
struct Issuer {
    calls: AtomicU32,
    begun: Semaphore,
    gate: Semaphore,
    fails_with: Mutex<Option<RenewError>>,
    seen: Mutex<Vec<String>>,
    rotates: bool,
}

impl Issuer {
    fn open() -> Arc<Self> {
        Self::with(Semaphore::MAX_PERMITS, false)
    }

    fn with(permits: usize, rotates: bool) -> Arc<Self> {
        Arc::new(Self {
            calls: AtomicU32::new(0),
            begun: Semaphore::new(0),
            gate: Semaphore::new(permits),
            fails_with: Mutex::new(None),
            seen: Mutex::default(),
            rotates,
        })
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }

    fn fail(&self, with: Option<RenewError>) {
        *self.fails_with.lock().unwrap() = with;
    }

    /// Waits until `n` more renewals have begun.
    async fn has_begun(&self, n: u32) {
        self.begun.acquire_many(n).await.unwrap().forget();
    }
}

#[async_trait]
impl Renew for Issuer {
    async fn renew(&self, credential: &SecretString) -> Result<Fresh, RenewError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.seen.lock().unwrap().push(credential.expose_secret().to_owned());
        self.begun.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        if let Some(error) = self.fails_with.lock().unwrap().clone() {
            return Err(error);
        }
        Ok(Fresh {
            access_token: SecretString::from(format!("token-{call}")),
            lifetime: HOUR,
            credential: self.rotates.then(|| SecretString::from(format!("credential-{call}"))),
        })
    }
}

struct House {
    vault: Vault,
    clock: Clock,
    db: Db,
    folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(Millis(1_700_000_000_000), 5);
        let db = Db::open(&DatabaseUrl::sqlite(folder.path().join("db")), clock.clone()).await.unwrap();
        let vault = Self::vault(&db, &clock);
        vault.keep(HOLDER, &SecretString::from("credential-0")).await.unwrap();
        Self { vault, clock, db, folder }
    }

    fn url(&self) -> DatabaseUrl {
        DatabaseUrl::sqlite(self.folder.path().join("db"))
    }

    fn vault(db: &Db, clock: &Clock) -> Vault {
        Vault::new(db.clone(), KeyRing::parse(&SecretString::from(KEY), clock.clone()).unwrap(), clock.clone())
    }

    /// Another vault on the same database, as after a restart or in another replica.
    fn another(&self) -> Vault {
        Self::vault(&self.db, &self.clock)
    }

    async fn stored(&self) -> Credential {
        in_tx!(self.db, read "test", |tx| { credentials::get(tx, HOLDER).await }).unwrap().unwrap()
    }
}

fn renew(issuer: &Arc<Issuer>) -> Arc<dyn Renew> {
    Arc::clone(issuer) as Arc<dyn Renew>
}

async fn ask(vault: &Vault, issuer: &Arc<Issuer>) -> Result<String, TokenError> {
    vault.token(HOLDER, &renew(issuer)).await.map(|token| token.expose_secret().to_owned())
}

async fn ask_spent(vault: &Vault, token: &str, issuer: &Arc<Issuer>) -> Result<String, TokenError> {
    let spent = vault.spent(HOLDER, &SecretString::from(token), &renew(issuer)).await;
    spent.map(|token| token.expose_secret().to_owned())
}

/// Waits until the renewal under way, if any, has landed.
async fn landed(vault: &Vault) {
    while let Step::Join(landing) = {
        let slot = vault.slot(HOLDER);
        let state = slot.state();
        state.under_way().map_or(Step::Renew, Step::Join)
    } {
        let _ = wait_for(landing).await;
    }
}

#[tokio::test]
async fn a_hundred_callers_at_once_make_one_renewal() {
    let (house, issuer) = (House::new().await, Issuer::with(0, false));
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let (vault, issuer) = (house.vault.clone(), Arc::clone(&issuer));
            tokio::spawn(async move { ask(&vault, &issuer).await })
        })
        .collect();
    issuer.has_begun(1).await;
    issuer.gate.add_permits(1);
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), "token-1");
    }
    assert_eq!(issuer.calls(), 1);
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_stop_the_renewal() {
    let (house, issuer) = (House::new().await, Issuer::with(0, false));
    let caller = tokio::spawn({
        let (vault, issuer) = (house.vault.clone(), Arc::clone(&issuer));
        async move { ask(&vault, &issuer).await }
    });
    issuer.has_begun(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    issuer.gate.add_permits(1);
    landed(&house.vault).await;
    assert!(house.stored().await.sealed_token.is_some());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    assert_eq!(issuer.calls(), 1);
}

#[tokio::test]
async fn at_four_fifths_of_its_life_the_token_still_serves_while_a_new_one_is_got() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    house.clock.advance(Duration::from_millis(48 * 60 * 1000 - 1));
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    landed(&house.vault).await;
    assert_eq!(issuer.calls(), 1, "not before its time");
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1", "nobody waits while the old one is good");
    landed(&house.vault).await;
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-2");
    assert_eq!(issuer.calls(), 2);
}

#[tokio::test]
async fn the_old_token_serves_until_it_ends_while_the_issuer_is_down_and_the_issuer_gets_its_rest() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    issuer.fail(Some(RenewError::Unavailable { why: "down" }));
    house.clock.advance(HOUR * 9 / 10);
    for _ in 0..20 {
        assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
        landed(&house.vault).await;
    }
    assert_eq!(issuer.calls(), 2, "one failed renewal, then a rest");
    house.clock.advance(Duration::from_secs(5));
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    landed(&house.vault).await;
    assert_eq!(issuer.calls(), 3, "the rest is over");

    house.clock.advance(HOUR / 10);
    assert!(matches!(ask(&house.vault, &issuer).await, Err(TokenError::Unavailable { why: "down" })));
    assert!(matches!(ask(&house.vault, &issuer).await, Err(TokenError::Unavailable { why: "down" })));
    assert_eq!(issuer.calls(), 4, "ended: one more try, then a rest again");
    issuer.fail(None);
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-5");
}

#[tokio::test]
async fn after_a_restart_the_stored_token_is_used_without_a_renewal() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    let restarted = house.another();
    assert_eq!(ask(&restarted, &issuer).await.unwrap(), "token-1");
    assert_eq!(issuer.calls(), 1);

    // Due by now, and the issuer is down: the stored one still serves.
    house.clock.advance(HOUR * 9 / 10);
    issuer.fail(Some(RenewError::Unavailable { why: "down" }));
    assert_eq!(ask(&house.another(), &issuer).await.unwrap(), "token-1");
    assert_eq!(issuer.calls(), 2);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_everybody() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (vault, issuer) = (house.vault.clone(), Arc::clone(&issuer));
            tokio::spawn(async move { ask_spent(&vault, "token-1", &issuer).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), "token-2");
    }
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-2");
    assert_eq!(issuer.calls(), 2);
}

#[tokio::test]
async fn a_token_refused_after_a_restart_is_not_read_back_from_the_database() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    assert_eq!(ask_spent(&house.another(), "token-1", &issuer).await.unwrap(), "token-2");
    // This vault still holds the first one in memory; told that it is refused, it takes the second from the database.
    assert_eq!(ask_spent(&house.vault, "token-1", &issuer).await.unwrap(), "token-2");
    assert_eq!(issuer.calls(), 2);
}

#[tokio::test]
async fn a_side_that_refuses_every_new_token_is_not_hammered() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    assert_eq!(ask_spent(&house.vault, "token-1", &issuer).await.unwrap(), "token-2");
    for _ in 0..10 {
        assert!(matches!(ask_spent(&house.vault, "token-2", &issuer).await, Err(TokenError::Reconnect { .. })));
    }
    assert_eq!(issuer.calls(), 2);
    house.clock.advance(Duration::from_secs(30));
    assert_eq!(ask_spent(&house.vault, "token-2", &issuer).await.unwrap(), "token-3");
}

#[tokio::test]
async fn a_refused_token_is_not_given_out_while_the_issuer_is_down() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    issuer.fail(Some(RenewError::Unavailable { why: "down" }));
    for _ in 0..3 {
        assert!(matches!(ask_spent(&house.vault, "token-1", &issuer).await, Err(TokenError::Unavailable { .. })));
        assert!(matches!(ask(&house.vault, &issuer).await, Err(TokenError::Unavailable { .. })));
    }
    assert_eq!(issuer.calls(), 2);
}

#[tokio::test]
async fn a_new_credential_ends_the_rest_and_the_old_token() {
    let (house, issuer) = (House::new().await, Issuer::open());
    issuer.fail(Some(RenewError::Reconnect { why: "revoked" }));
    for _ in 0..3 {
        assert!(matches!(ask(&house.vault, &issuer).await, Err(TokenError::Reconnect { why: "revoked" })));
    }
    assert_eq!(issuer.calls(), 1);
    issuer.fail(None);
    house.vault.keep(HOLDER, &SecretString::from("another")).await.unwrap();
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-2");
    assert_eq!(*issuer.seen.lock().unwrap(), ["credential-0", "another"]);
}

#[tokio::test]
async fn a_credential_replaced_during_a_renewal_is_not_written_over() {
    let (house, issuer) = (House::new().await, Issuer::with(0, true));
    let caller = tokio::spawn({
        let (vault, issuer) = (house.vault.clone(), Arc::clone(&issuer));
        async move { ask(&vault, &issuer).await }
    });
    issuer.has_begun(1).await;
    house.vault.keep(HOLDER, &SecretString::from("another")).await.unwrap();
    issuer.gate.add_permits(2);
    assert_eq!(caller.await.unwrap().unwrap(), "token-2", "the first token was got with the old credential");
    assert_eq!(*issuer.seen.lock().unwrap(), ["credential-0", "another"]);
}

#[tokio::test]
async fn a_rotated_credential_is_saved_with_its_token() {
    let (house, issuer) = (House::new().await, Issuer::with(Semaphore::MAX_PERMITS, true));
    ask(&house.vault, &issuer).await.unwrap();
    house.clock.advance(HOUR * 2);
    ask(&house.another(), &issuer).await.unwrap();
    assert_eq!(*issuer.seen.lock().unwrap(), ["credential-0", "credential-1"]);
}

#[tokio::test]
async fn without_a_credential_there_is_no_token_and_no_call() {
    let (house, issuer) = (House::new().await, Issuer::open());
    assert!(house.vault.forget(HOLDER).await.unwrap());
    assert!(!house.vault.forget(HOLDER).await.unwrap());
    assert!(matches!(ask(&house.vault, &issuer).await, Err(TokenError::Missing)));
    assert_eq!(issuer.calls(), 0);
    house.vault.keep(HOLDER, &SecretString::from("again")).await.unwrap();
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
}

#[tokio::test]
async fn a_renewal_that_panics_is_an_error_not_a_hang() {
    struct Panics;
    #[async_trait]
    impl Renew for Panics {
        async fn renew(&self, _: &SecretString) -> Result<Fresh, RenewError> {
            panic!("a fault in a connector");
        }
    }
    let house = House::new().await;
    let renew: Arc<dyn Renew> = Arc::new(Panics);
    assert!(matches!(house.vault.token(HOLDER, &renew).await, Err(TokenError::Broken { .. })));
}

#[tokio::test]
async fn nothing_readable_is_stored_and_nothing_secret_shown() {
    let (house, issuer) = (House::new().await, Issuer::open());
    ask(&house.vault, &issuer).await.unwrap();
    let row = house.stored().await;
    let all = [row.sealed.clone(), row.sealed_token.clone().unwrap()].concat();
    for mark in ["credential-0", "token-1"] {
        assert!(!all.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()), "{mark}");
    }
    let shown = format!("{row:?} {:?}", house.vault);
    assert!(!shown.contains("token-1") && !shown.contains("credential-0") && !shown.contains("AAEC"), "{shown}");
}

#[path = "replicas_tests.rs"]
mod replicas;
