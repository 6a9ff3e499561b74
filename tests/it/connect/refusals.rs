//! What NetSuite refuses: each with what to do, and nothing half-connected remains.

use serde_json::{Value, json};

use super::{Hand, SANDBOX};
use crate::world::walk;

/// The refusal's code, once it was found to say what to do.
fn code(answer: &Value) -> &str {
    assert_eq!(answer["result"], "refused", "{answer}");
    assert!(answer["detail"].as_str().is_some_and(|text| text.len() > 40), "{answer}");
    answer["code"].as_str().unwrap()
}

walk!(
    /// Wrong ids, a key of another certificate, clocks apart, missing rights, NetSuite down: the draft stays, nothing else.
    what_netsuite_refuses_leaves_the_draft_and_nothing_else,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let draft = hand.draft(SANDBOX, None, "draft-main").await;
        let other = hand.draft(SANDBOX, None, "draft-other").await;
        let good = hand.upload(&account, draft["certificatePem"].as_str().unwrap()).await;
        let strange = hand.upload(&account, other["certificatePem"].as_str().unwrap()).await;
        let refused = hand.connect(&draft, "not-the-client", &good, "try-client").await;
        assert_eq!(code(&refused), "client_unknown");
        let refused = hand.connect(&draft, &account.client_id, "not-the-id", "try-id-1").await;
        assert_eq!(code(&refused), "certificate_unknown");
        let refused = hand.connect(&draft, &account.client_id, &strange, "try-strange").await;
        assert_eq!(code(&refused), "certificate_unknown", "another key's certificate");
        hand.skew(3_600).await;
        let refused = hand.connect(&draft, &account.client_id, &good, "try-skewed").await;
        assert_eq!(code(&refused), "clock_skew");
        let said = refused["detail"].as_str().unwrap();
        assert!(said.contains("13:00:00 UTC") && said.contains("12:00:00 UTC"), "both times: {said}");
        hand.skew(-3_600).await;
        for (switches, right) in [
            (json!({ "missingPermissions": ["REST Web Services"] }), "REST Web Services"),
            (json!({ "missingPermissions": ["SuiteAnalytics Workbook"] }), "SuiteAnalytics Workbook"),
            (json!({ "missingPermissions": [], "restWebServices": false }), "REST Web Services (the feature)"),
        ] {
            hand.switch(&account, &switches).await;
            let refused = hand.connect(&draft, &account.client_id, &good, "try-rights").await;
            assert_eq!((code(&refused), refused["permission"].as_str()), ("not_permitted", Some(right)));
        }
        hand.switch(&account, &json!({ "restWebServices": true, "oauth2": false })).await;
        assert_eq!(code(&hand.connect(&draft, &account.client_id, &good, "try-oauth").await), "not_permitted");
        hand.switch(&account, &json!({ "oauth2": true })).await;
        world.netsuite_fails(json!({ "kind": "status", "status": 503 })).await;
        assert_eq!(code(&hand.connect(&draft, &account.client_id, &good, "try-down").await), "unavailable");
        world.mend().await;
        assert!(hand.connection(SANDBOX).await.is_none());
        assert_eq!(hand.settings().await.1.len(), 2, "both drafts are there");
        let connected = hand.connect(&draft, &account.client_id, &good, "try-at-last").await;
        assert_eq!(connected["result"], "connected", "{connected}");
    }
);

walk!(
    /// Nothing but an account id becomes a part of an address.
    host_tricks_in_account_ids_are_refused_with_what_to_enter,
    |world| {
        let tricks = [
            "", "https://1234567.app.netsuite.com", "1234567.evil.example", "1234567@evil.example", "1234567/../x", "1234567#",
            "1234567?x=", "127.0.0.1", "localhost:80", "1234567_SB1_SB2", "１２３４５６７", "1234567\n", "1234567%2eevil",
        ];
        for trick in tricks.into_iter().filter(|t| t.trim().parse::<u64>().is_err()) {
            for path in ["drafts", "sign-in"] {
                let mut body = json!({ "accountId": trick, "name": "x", "connectionId": null, "idempotencyKey": "host-tricks" });
                if path == "sign-in" {
                    body["clientId"] = json!("c");
                    body["clientSecret"] = json!("s");
                    body["confirmed"] = json!(true);
                }
                let refused = world.post(&format!("/api/settings/netsuite/{path}"), &body).await;
                assert_eq!(refused.problem(), (400, "invalid".to_owned()), "{trick:?}");
                let said = refused.json()["detail"].as_str().unwrap().to_owned();
                assert!(said.contains("Company Information") && (trick.is_empty() || !said.contains(trick)), "{said}");
            }
        }
    }
);

walk!(
    /// A new certificate is for the connection's own account.
    a_draft_for_another_accounts_connection_is_refused,
    |world| {
        let hand = Hand::of(world);
        let id = hand.connection("TSTDRV4711").await.unwrap()["connectionId"].clone();
        let body = json!({ "accountId": SANDBOX, "name": "x", "connectionId": id, "idempotencyKey": "wrong-account" });
        let refused = world.post("/api/settings/netsuite/drafts", &body).await;
        assert_eq!(refused.problem(), (409, "conflict".to_owned()));
        assert!(hand.settings().await.1.is_empty());
        let nobody = world.post_as(crate::world::UNCONNECTED, "/api/settings/netsuite/drafts", &body.to_string()).await;
        assert_eq!(nobody.problem(), (404, "not-found".to_owned()), "another portal's connection");
    }
);
