//! By a user's consent: the window, NetSuite's page, what comes back, and the seven days.

use std::time::Duration;

use serde_json::json;

use super::{BOOKS, Hand, SANDBOX};
use crate::world::walk;

const DAY: Duration = Duration::from_hours(24);

walk!(
    /// A consent connects; it is warned of from its sixth day on, dies after the seventh, and is given anew.
    a_consent_connects_and_its_end_is_warned_of_from_the_sixth_day_on,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (url, cookie) = hand.decide(&Hand::sign_in_body("1234567-sb1", &account, "sign-in-one"), "allow").await;
        let (status, page) = hand.back(&url, &cookie).await;
        assert_eq!(status, 200, "{page}");
        let made = hand.connection(SANDBOX).await.unwrap();
        assert_eq!((made["method"].as_str(), made["ends"].as_str()), (Some("sign_in"), Some("later")));
        assert_eq!(made["credentialsEndAt"].as_i64().unwrap(), world.clock.now().plus(DAY * 7).0);
        let id = made["connectionId"].as_str().unwrap();
        for (days, ends) in [(4, "later"), (1, "soon"), (1, "urgent")] {
            world.clock.advance(DAY * days);
            assert_eq!(hand.connection(SANDBOX).await.unwrap()["ends"], ends);
            // Each step is warned of once in the log.
            let new = world.admin.warn_of_ends(world.clock.now()).await.unwrap();
            assert_eq!((new, world.admin.warn_of_ends(world.clock.now()).await.unwrap()), (usize::from(ends != "later"), 0));
            assert_eq!(hand.checklist(id).await["state"], "asked", "it still works");
        }
        world.clock.advance(DAY);
        assert_eq!(hand.connection(SANDBOX).await.unwrap()["ends"], "ended");
        let dead = hand.checklist(id).await;
        assert_eq!((dead["state"].as_str(), dead["trouble"]["code"].as_str()), (Some("trouble"), Some("reconnect")));
        let mut again = Hand::sign_in_body(SANDBOX, &account, "sign-in-two");
        again["connectionId"] = json!(id);
        let (url, cookie) = hand.decide(&again, "allow").await;
        assert_eq!(hand.back(&url, &cookie).await.0, 200);
        let mended = hand.connection(SANDBOX).await.unwrap();
        assert_eq!((mended["connectionId"].as_str(), mended["ends"].as_str()), (Some(id), Some("later")));
        assert_eq!(hand.checklist(id).await["state"], "asked");
    }
);

walk!(
    /// Denied, another account, a code used twice, a secret that is wrong: a page says so, and nothing is connected.
    what_goes_wrong_in_the_window_connects_nothing,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let body = |key| Hand::sign_in_body(SANDBOX, &account, key);
        let (url, cookie) = hand.decide(&body("sign-in-deny"), "deny").await;
        let (status, page) = hand.back(&url, &cookie).await;
        assert!(status >= 400 && page.contains("did not allow"), "{status} {page}");

        let (url, cookie) = hand.decide(&body("sign-in-other"), "allow").await;
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut other = url.clone();
        other.query_pairs_mut().clear().extend_pairs(
            pairs.iter().map(|(n, v)| (n.as_str(), if n == "company" { BOOKS } else { v.as_str() })),
        );
        let (status, page) = hand.back(&other, &cookie).await;
        assert!(status >= 400 && page.contains(BOOKS) && page.contains(SANDBOX), "{status} {page}");
        let (status, _) = hand.back(&url, &cookie).await;
        assert!(status >= 400, "the state was used");

        let (url, cookie) = hand.decide(&body("sign-in-code"), "allow").await;
        let foreign = url.query_pairs().into_owned().map(|(n, v)| (n.clone(), if n == "code" { "used".to_owned() } else { v }));
        let foreign: Vec<(String, String)> = foreign.collect();
        let mut twice = url.clone();
        twice.query_pairs_mut().clear().extend_pairs(&foreign);
        let (status, page) = hand.back(&twice, &cookie).await;
        assert!(status >= 400 && page.contains("code"), "{status} {page}");

        let mut wrong = body("sign-in-secret");
        wrong["clientSecret"] = json!("not-the-secret");
        let (url, cookie) = hand.decide(&wrong, "allow").await;
        let (status, page) = hand.back(&url, &cookie).await;
        assert!(status >= 400 && page.contains("client secret") && !page.contains("not-the-secret"), "{status} {page}");

        hand.switch(&account, &json!({ "missingPermissions": ["SuiteAnalytics Workbook"] })).await;
        let (url, cookie) = hand.decide(&body("sign-in-right"), "allow").await;
        let (status, page) = hand.back(&url, &cookie).await;
        assert!(status >= 400 && page.contains("SuiteAnalytics Workbook"), "{status} {page}");

        let (url, _) = hand.decide(&body("sign-in-browser"), "allow").await;
        let (status, _) = hand.back(&url, "__Host-ledgercard=another").await;
        assert!(status >= 400, "another browser");
        assert!(hand.connection(SANDBOX).await.is_none());
    }
);

walk!(
    /// A consent that is taken back is noticed with the next call, and connecting with a certificate takes its place.
    a_consent_that_was_taken_back_asks_for_a_new_connection,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (url, cookie) = hand.decide(&Hand::sign_in_body(SANDBOX, &account, "sign-in-gone"), "allow").await;
        assert_eq!(hand.back(&url, &cookie).await.0, 200);
        let id = hand.connection(SANDBOX).await.unwrap()["connectionId"].as_str().unwrap().to_owned();
        assert_eq!(hand.checklist(&id).await["state"], "asked");
        hand.end_consents(&account).await;
        let gone = hand.checklist(&id).await;
        assert_eq!((gone["state"].as_str(), gone["trouble"]["code"].as_str()), (Some("trouble"), Some("reconnect")));
        assert!(gone["items"].as_array().unwrap().iter().all(|i| i["finding"] != "proved"), "nothing is ticked");
        assert_eq!(hand.connected(SANDBOX, Some(&id), "instead").await.0, id);
        let made = hand.connection(SANDBOX).await.unwrap();
        assert_eq!((made["method"].as_str(), made["health"]["state"].as_str()), (Some("certificate"), Some("valid")));
    }
);

walk!(
    /// A sign-in ends no certificate that nobody named: refused before anybody goes to NetSuite, and once more when the
    /// certificate came while the window was open.
    a_sign_in_does_not_silently_replace_a_certificate,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (back, cookie) = hand.decide(&Hand::sign_in_body(SANDBOX, &account, "before-certificate"), "allow").await;
        let (id, _) = hand.connected(SANDBOX, None, "certificate-first").await;
        let (status, page) = hand.back(&back, &cookie).await;
        assert_eq!((status, page.contains("certificate already")), (409, true), "{page}");
        let mut body = Hand::sign_in_body(SANDBOX, &account, "after-certificate");
        let refused = world.post("/api/settings/netsuite/sign-in", &body).await;
        assert_eq!(refused.problem(), (409, "conflict".to_owned()));
        assert!(refused.json()["detail"].as_str().unwrap().contains("certificate"), "{refused:?}");
        assert_eq!(hand.connection(SANDBOX).await.unwrap()["method"], "certificate");
        body["connectionId"] = id.as_str().into();
        body["idempotencyKey"] = "named-certificate".into();
        world.post("/api/settings/netsuite/sign-in", &body).await.ok();
    }
);
