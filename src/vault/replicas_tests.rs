//! Several vaults on one database, and one that dies.

use super::*;

#[tokio::test]
async fn two_replicas_that_ask_at_once_make_one_renewal() {
    let (house, issuer) = (House::new().await, Issuer::with(0, false));
    let other = house.another();
    let both = [house.vault.clone(), other].map(|vault| {
        let issuer = Arc::clone(&issuer);
        tokio::spawn(async move { ask(&vault, &issuer).await.unwrap() })
    });
    issuer.has_begun(1).await;
    issuer.gate.add_permits(2);
    for one in both {
        assert_eq!(one.await.unwrap(), "token-1", "who waited takes what the other saved");
    }
    assert_eq!(issuer.calls(), 1);
    assert_eq!(house.stored().await.lease, None);
}

#[tokio::test]
async fn a_failed_renewal_gives_the_lease_back() {
    let (house, issuer) = (House::new().await, Issuer::open());
    issuer.fail(Some(RenewError::Unavailable { why: "test" }));
    assert!(ask(&house.vault, &issuer).await.is_err());
    assert_eq!(house.stored().await.lease, None);
    issuer.fail(None);
    assert_eq!(ask(&house.another(), &issuer).await.unwrap(), "token-2", "without waiting for the lease's end");
}

#[tokio::test]
async fn a_credential_kept_with_its_token_needs_no_renewal() {
    let (house, issuer) = (House::new().await, Issuer::open());
    let token = Fresh { access_token: SecretString::from("came-along"), lifetime: HOUR, credential: None };
    house.vault.keep_with_token(HOLDER, &SecretString::from("another"), token).await.unwrap();
    assert_eq!(ask(&house.another(), &issuer).await.unwrap(), "came-along");
    assert_eq!(house.vault.credential(HOLDER).await.unwrap().expose_secret(), "another");
    house.clock.advance(HOUR);
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-1");
    assert_eq!(*issuer.seen.lock().unwrap(), ["another"]);
}

/// What a `kill -9` between "token received" and "token saved" leaves, and how it mends: a renewal on a runtime of its own,
/// held up before it saves by somebody who has the database's write lock, and stopped there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_killed_before_it_saved_is_made_again_when_its_lease_has_ended() {
    let (house, issuer) = (House::new().await, Issuer::with(0, true));
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (clock, url, killed) = (house.clock.clone(), house.url(), Arc::clone(&issuer));
    doomed.spawn(async move {
        let db = Db::open(&url, clock.clone()).await.unwrap();
        let _ = ask(&House::vault(&db, &clock), &killed).await;
    });
    issuer.has_begun(1).await;
    let lock = house.db.begin(crate::store::Access::Write).await.unwrap();
    issuer.gate.add_permits(1);
    // The permit is taken when the token was "received"; saving it waits for the lock.
    while issuer.gate.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    doomed.shutdown_background();
    lock.rollback().await.unwrap();
    let left = house.stored().await;
    assert!(left.lease.is_some() && left.sealed_token.is_none(), "{left:?}");

    issuer.gate.add_permits(10);
    house.clock.advance(LEASE);
    assert_eq!(ask(&house.vault, &issuer).await.unwrap(), "token-2");
    assert_eq!(*issuer.seen.lock().unwrap(), ["credential-0", "credential-0"], "the old credential still stood");
    assert_eq!(house.stored().await.lease, None);
}
