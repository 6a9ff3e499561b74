//! The prerequisites NS-03 to NS-09: each proved, refused and mended, or said to be for a person to confirm.

use serde_json::json;

use super::{Hand, SANDBOX, finding};
use crate::world::walk;

walk!(
    /// NS-03 to NS-09: before an account is connected every line is there and nothing is ticked.
    the_list_is_there_before_anything_is_connected_and_ticks_nothing_ns_03_to_ns_09,
    |world| {
        let list = world.get("/api/settings/checklist").await.ok();
        assert_eq!(list["state"], "not_asked");
        let items = list["items"].as_array().unwrap();
        let seeds: Vec<&str> = items.iter().filter_map(|i| i["seed"].as_str()).collect();
        assert_eq!(seeds, ["NS-03", "NS-04", "NS-05", "NS-06", "NS-07", "NS-08", "NS-09"]);
        for item in items {
            assert!(matches!(item["finding"].as_str(), Some("cannot_be_asked" | "not_needed")), "{item}");
            assert!(item["mend"].as_str().is_some_and(|text| text.len() > 20), "{item}");
        }
    }
);

walk!(
    /// NS-04, NS-06, NS-07 and NS-09 are proved by calls; a right or feature that is taken away is refused by name, and
    /// proved again once it is mended.
    lines_are_proved_refused_and_mended_ns_04_ns_06_ns_07_ns_09,
    |world| {
        let hand = Hand::of(world);
        let account = hand.account(SANDBOX).await;
        let (id, _) = hand.connected(SANDBOX, None, "list").await;
        let whole = hand.checklist(&id).await;
        for code in ["rest_web_services", "oauth2", "multiple_currencies", "role", "invoice", "contacts", "deleted_records", "items"] {
            assert_eq!(finding(&whole, code), "proved", "{code}");
        }
        assert_eq!(finding(&whole, "sales_order"), "cannot_be_asked", "none there: an empty list proves nothing");
        for code in ["server_suitescript", "rest_record_service_beta", "bundle"] {
            assert_eq!(finding(&whole, code), "not_needed", "{code}");
        }
        for (right, code) in [
            ("Credit Memo", "credit_memo"), ("Customer Payment", "customer_payment"), ("Sales Order", "sales_order"),
            ("Customers", "customers"), ("Contacts", "contacts"), ("Currency", "currency"), ("Employees", "employees"),
            ("Items", "items"), ("Deleted Records", "deleted_records"), ("Subsidiaries", "subsidiaries"),
            ("Invoice", "invoice"), ("Find Transaction", "find_transaction"), ("SuiteAnalytics Workbook", "suiteanalytics_workbook"),
            ("REST Web Services", "rest_web_services_right"), ("Log in using OAuth 2.0 Access Tokens", "oauth2_right"),
        ] {
            hand.switch(&account, &json!({ "missingPermissions": [right] })).await;
            let part = hand.checklist(&id).await;
            assert_eq!((part["state"].as_str(), finding(&part, code).as_str()), (Some("asked"), "refused"), "{right}");
        }
        hand.switch(&account, &json!({ "missingPermissions": [], "restWebServices": false })).await;
        let part = hand.checklist(&id).await;
        assert_eq!((finding(&part, "rest_web_services").as_str(), finding(&part, "invoice").as_str()), ("refused", "cannot_be_asked"));
        let health = hand.connection(SANDBOX).await.unwrap()["health"].clone();
        assert_eq!((health["why"].as_str(), health["permission"].as_str()), (Some("no_permission"), Some("REST Web Services")));
        hand.switch(&account, &json!({ "restWebServices": true, "multiCurrency": false })).await;
        assert_eq!(finding(&hand.checklist(&id).await, "multiple_currencies"), "refused");
        hand.switch(&account, &json!({ "multiCurrency": true })).await;
        assert_eq!(hand.checklist(&id).await["items"], whole["items"], "all is mended");
    }
);

walk!(
    /// An account that takes half a second for every call is asked within the time that an answer may take, and tells the same.
    a_slow_account_is_asked_in_time,
    |world| {
        let hand = Hand::of(world);
        let (id, _) = hand.connected(SANDBOX, None, "slow").await;
        let quick = hand.checklist(&id).await;
        world.faults(&world.netsuite, json!([{ "operation": "*", "action": { "kind": "delay", "ms": 500 } }])).await;
        let slow = hand.checklist(&id).await;
        world.mend().await;
        assert_eq!((slow["state"].as_str(), &slow["items"]), (Some("asked"), &quick["items"]), "{slow}");
    }
);
