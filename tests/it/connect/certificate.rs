//! Machine to machine: drafts, certificates, the same account again, a new certificate without a gap.

use serde_json::json;

use super::{BOOKS, Hand, SANDBOX};
use crate::world::walk;

walk!(
    /// NS-10: the set-up is confirmed first; then one request connects once, however often it comes.
    an_account_is_connected_with_a_certificate_once_ns_10,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let draft = hand.draft(" 1234567-sb1 ", None, "draft-one").await;
        assert_eq!(draft["accountId"], SANDBOX);
        assert_eq!(hand.draft(SANDBOX, None, "draft-one").await["draftId"], draft["draftId"], "a repeat makes no second");
        let certificate = hand.upload(&account, draft["certificatePem"].as_str().unwrap()).await;
        let mut body = json!({ "draftId": draft["draftId"], "clientId": account.client_id, "certificateId": certificate, "confirmed": false, "idempotencyKey": "connect-one" });
        let unconfirmed = world.post("/api/settings/netsuite/connect", &body).await;
        assert_eq!(unconfirmed.problem(), (400, "invalid".to_owned()));
        body["confirmed"] = json!(true);
        let first = world.post("/api/settings/netsuite/connect", &body).await.ok();
        assert_eq!((first["result"].as_str(), first["checklist"]["state"].as_str()), (Some("connected"), Some("asked")));
        let again = world.post("/api/settings/netsuite/connect", &body).await.ok();
        assert_eq!(again["connectionId"], first["connectionId"]);
        let (connections, drafts) = hand.settings().await;
        assert!(drafts.is_empty() && connections.len() == 2, "{connections:?} {drafts:?}");
        let made = hand.connection(SANDBOX).await.unwrap();
        assert_eq!(made["environment"], "sandbox");
        assert_eq!((made["method"].as_str(), made["ends"].as_str()), (Some("certificate"), Some("later")));
        assert_eq!(made["credentialsEndAt"], draft["certificateEndsAt"]);
        assert_eq!(made["health"]["state"], "valid");
        body["clientId"] = json!("another");
        assert_eq!(world.post("/api/settings/netsuite/connect", &body).await.problem(), (409, "conflict".to_owned()));
    }
);

walk!(
    /// A sandbox and its production account are two connections, whose links are apart.
    a_sandbox_and_its_production_account_never_mix,
    |world| {
        let hand = Hand::of(world);
        let (sandbox, _) = hand.connected(SANDBOX, None, "sandbox").await;
        let (books, _) = hand.connected(BOOKS, None, "books").await;
        assert_ne!(sandbox, books);
        let (connections, _) = hand.settings().await;
        let of = |account: &str| connections.iter().find(|c| c["accountId"] == account).unwrap().clone();
        assert_eq!((of(SANDBOX)["environment"].as_str(), of(BOOKS)["environment"].as_str()), (Some("sandbox"), Some("production")));
        assert_eq!((of(SANDBOX)["counts"]["links"].as_u64(), of(BOOKS)["counts"]["links"].as_u64()), (Some(0), Some(0)));
        assert!(of("TSTDRV4711")["counts"]["links"].as_u64().unwrap() > 0);
    }
);

walk!(
    /// Disconnected and connected again, the account has everything that was attached.
    the_same_account_again_keeps_its_associations_and_links,
    |world| {
        let hand = Hand::of(world);
        let before = hand.connection("TSTDRV4711").await.unwrap();
        let id = before["connectionId"].as_str().unwrap();
        let leave = json!({ "way": "disconnect", "connectionId": id, "properties": "keep", "confirm": "TSTDRV4711", "idempotencyKey": "leave-it" });
        world.post("/api/settings/leave", &leave).await.ok();
        assert_eq!(hand.connection("TSTDRV4711").await.unwrap()["status"], "disconnected");
        let (again, _) = hand.connected("TSTDRV4711", None, "again").await;
        let after = hand.connection("TSTDRV4711").await.unwrap();
        assert_eq!((again.as_str(), after["status"].as_str()), (id, Some("active")));
        assert_eq!(after["counts"], before["counts"]);
        let record = world.record("linked").await;
        assert_eq!(world.list(&record, "").await["state"], "ready");
    }
);

walk!(
    /// A new certificate takes over when it is proved; until then, and when it fails, the old one works.
    a_certificate_is_replaced_without_a_gap,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (id, old) = hand.connected(SANDBOX, None, "first").await;
        let name = hand.connection(SANDBOX).await.unwrap()["name"].clone();
        let ends = hand.connection(SANDBOX).await.unwrap()["credentialsEndAt"].as_i64().unwrap();
        world.clock.advance(std::time::Duration::from_hours(24 * 700));
        assert_eq!(hand.connection(SANDBOX).await.unwrap()["ends"], "soon");
        let draft = hand.draft(SANDBOX, Some(&id), "draft-new").await;
        let refused = hand.connect(&draft, &account.client_id, &old, "connect-bad").await;
        assert_eq!(refused["code"], "certificate_unknown", "the old certificate has another key");
        assert_eq!(hand.checklist(&id).await["state"], "asked", "the old one still works");
        let new = hand.upload(&account, draft["certificatePem"].as_str().unwrap()).await;
        let answer = hand.connect(&draft, &account.client_id, &new, "connect-new").await;
        assert_eq!((answer["result"].as_str(), answer["connectionId"].as_str()), (Some("connected"), Some(id.as_str())));
        hand.revoke(&account, &old).await;
        assert_eq!(hand.checklist(&id).await["state"], "asked");
        let after = hand.connection(SANDBOX).await.unwrap();
        assert!(after["credentialsEndAt"].as_i64().unwrap() > ends && after["ends"] == "later" && after["name"] == name);
    }
);

walk!(
    /// The certificate is downloaded in a window; a draft that is not wanted is forgotten with its key.
    a_drafts_certificate_is_downloaded_and_a_draft_removed,
    |world| {
        let hand = Hand::of(world);
        let draft = hand.draft(SANDBOX, None, "draft-gone").await;
        let named = json!({ "draftId": draft["draftId"], "idempotencyKey": "a-draft-key" });
        let window = world.post("/api/settings/netsuite/certificate", &named).await.ok();
        assert!(window["url"].as_str().unwrap().contains("/window/"));
        assert_eq!(world.post("/api/settings/drafts/remove", &named).await.ok()["removed"], true);
        assert_eq!(world.post("/api/settings/drafts/remove", &named).await.ok()["removed"], false);
        assert_eq!(world.post("/api/settings/netsuite/certificate", &named).await.problem(), (404, "not-found".to_owned()));
    }
);
