//! What the card is told when things are slow, down, forbidden, ambiguous or not connected.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{UNCONNECTED, walk};

fn freshness(answer: &Value) -> &str {
    answer["connections"][0]["freshness"]["state"].as_str().unwrap()
}

walk!(
    /// Live, then from the cache, then live again; without the ERP the old answer stays, with time and reason.
    freshness_tells_how_old_the_answer_is,
    |world| {
        let record = world.record("linked").await;
        let first = world.list(&record, "").await;
        assert_eq!(freshness(&first), "live");
        let read_at = first["connections"][0]["freshness"]["asOf"].clone();
        assert_eq!(read_at, world.clock.now().0);
        world.clock.advance(Duration::from_secs(59));
        assert_eq!(freshness(&world.list(&record, "").await), "cached");
        world.clock.advance(Duration::from_secs(2));
        world.netsuite_fails(json!({ "kind": "status", "status": 503 })).await;
        let stale = world.list(&record, "").await;
        assert_eq!((freshness(&stale), stale["state"].as_str()), ("stale", Some("ready")));
        assert_eq!(stale["connections"][0]["freshness"]["asOf"], read_at);
        assert_eq!(stale["connections"][0]["freshness"]["trouble"]["code"], "unavailable");
        assert_eq!(stale["rows"], first["rows"]);
        world.mend().await;
        world.clock.advance(Duration::from_secs(16));
        assert_eq!(freshness(&world.list(&record, "").await), "live");
    }
);

walk!(
    /// Down from the start: the card says so within its time and has nothing to show.
    cold_and_down_is_unavailable,
    |world| {
        let record = world.record("linked").await;
        world.netsuite_fails(json!({ "kind": "status", "status": 503 })).await;
        let answer = world.list(&record, "").await;
        assert_eq!(answer["state"], "unavailable");
        assert_eq!(answer["connections"][0]["freshness"]["trouble"]["code"], "unavailable");
        for kind in ["cut", "truncate"] {
            world.netsuite_fails(json!({ "kind": kind })).await;
            world.clock.advance(Duration::from_secs(20));
            assert_eq!(world.list(&record, "").await["state"], "unavailable", "{kind}");
        }
    }
);

walk!(
    /// Cold and slow: `loading` within three seconds; the read goes on and the next question finds it.
    cold_and_slow_is_loading_then_there,
    |world| {
        let record = world.record("linked").await;
        world.faults(&world.netsuite, json!([{ "operation": "suiteql", "action": { "kind": "delay", "ms": 4000 }, "times": 1 }])).await;
        let asked = std::time::Instant::now();
        let loading = world.list(&record, "").await;
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        assert_eq!((loading["state"].as_str(), freshness(&loading)), (Some("loading"), "loading"));
        assert!(loading["retryAfterMs"].as_u64().unwrap() > 0);
        let mut answer = loading;
        for _ in 0..5 {
            if answer["state"] != "loading" {
                break;
            }
            answer = world.list(&record, "").await;
        }
        assert_eq!(answer["state"], "ready");
        assert!(!answer["rows"].as_array().unwrap().is_empty());
    }
);

walk!(
    /// An old answer goes out at once while a slow ERP is asked again.
    slow_with_an_old_answer_is_refreshing,
    |world| {
        let record = world.record("linked").await;
        world.list(&record, "").await;
        world.clock.advance(Duration::from_secs(61));
        world.faults(&world.netsuite, json!([{ "operation": "suiteql", "action": { "kind": "delay", "ms": 3000 } }])).await;
        let asked = std::time::Instant::now();
        let answer = world.list(&record, "").await;
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        assert_eq!((freshness(&answer), answer["state"].as_str()), ("refreshing", Some("ready")));
        assert!(answer["retryAfterMs"].as_u64().unwrap() > 0);
    }
);

walk!(
    /// A portal without a connection is told so; so is the search.
    no_connection_is_a_state,
    |world| {
        let record = world.record("linked").await;
        let list = world.get_as(UNCONNECTED, &format!("/api/card/invoices?{}", record.query())).await.ok();
        assert_eq!((list["state"].as_str(), list["rows"].as_array().unwrap().len()), (Some("not_connected"), 0));
        let search = world.get_as(UNCONNECTED, &format!("/api/card/search?{}", record.query())).await.ok();
        assert_eq!(search["state"], "not_connected");
    }
);

walk!(
    /// The ERP role lacks a right: the state names the right, in NetSuite's words.
    a_missing_right_is_named,
    |world| {
        let record = world.record("linked").await;
        world.switch(json!({ "missingPermissions": ["SuiteAnalytics Workbook"] })).await;
        let answer = world.list(&record, "").await;
        assert_eq!(answer["state"], "no_permission", "{answer}");
        let trouble = &answer["connections"][0]["freshness"]["trouble"];
        assert_eq!(trouble["code"], "no_permission");
        assert!(trouble["permission"].as_str().unwrap().contains("SuiteAnalytics Workbook"), "{trouble}");
    }
);

walk!(
    /// Several customers have the address: the candidates are shown, and "this is the one" writes the link.
    ambiguous_until_somebody_chooses,
    |world| {
        let record = world.record("ambiguous").await;
        let answer = world.list(&record, "").await;
        assert_eq!(answer["state"], "ambiguous");
        let candidates = answer["candidates"].as_array().unwrap();
        assert!(candidates.len() >= 2);
        let link = |customer: &Value, key: &str| {
            record.body(key, &json!({ "connectionId": candidates[0]["connectionId"], "customerId": customer }))
        };
        let stranger = world.post("/api/card/links", &link(&json!("1"), "link-a-stranger")).await.ok();
        assert_eq!(stranger["outcome"], "not_found");
        let chosen = &candidates[1]["id"];
        let linked = world.post("/api/card/links", &link(chosen, "this-is-the-one")).await.ok();
        assert_eq!(linked["outcome"], "linked");
        let after = world.list(&record, "").await;
        assert_eq!(after["state"], "ready");
        assert_eq!(after["customers"][0]["id"], *chosen);
        assert_eq!(after["customers"][0]["basis"], "linked");
    }
);

walk!(
    /// Refresh asks the ERP again at once, and keeps the old answer where the ERP does not answer.
    refresh_reads_anew,
    |world| {
        let record = world.record("linked").await;
        world.list(&record, "").await;
        let refresh = record.body("refresh-now-1", &json!({}));
        assert_eq!(world.post("/api/card/refresh", &refresh).await.ok()["outcome"], "refreshing");
        assert_eq!(freshness(&world.list(&record, "").await), "live");
        world.post("/api/card/refresh", &refresh).await.ok();
        world.netsuite_fails(json!({ "kind": "status", "status": 500 })).await;
        let stale = world.list(&record, "").await;
        assert_eq!((freshness(&stale), stale["state"].as_str()), ("stale", Some("ready")));
    }
);

walk!(
    /// HubSpot is down: linked and attached invoices still show, and the answer says what may be missing.
    without_hubspot_linked_invoices_still_show,
    |world| {
        world.faults(&world.hubspot, json!([{ "operation": "*", "action": { "kind": "status", "status": 503 } }])).await;
        let linked = world.list(&world.record("linked").await, "").await;
        assert_eq!((linked["state"].as_str(), linked["hubspotReachable"].as_bool()), (Some("ready"), Some(false)));
        assert!(!linked["rows"].as_array().unwrap().is_empty());
        let matched = world.list(&world.record("matched").await, "").await;
        assert_eq!(matched["state"], "unavailable");
    }
);

walk!(
    /// NetSuite throttles: the card is told until when, and asks no earlier.
    throttling_is_obeyed,
    |world| {
        let record = world.record("linked").await;
        world.list(&record, "").await;
        world.clock.advance(Duration::from_secs(61));
        world.netsuite_fails(json!({ "kind": "status", "status": 429, "retryAfter": 30 })).await;
        let answer = world.list(&record, "").await;
        let trouble = &answer["connections"][0]["freshness"]["trouble"];
        assert_eq!(trouble["code"], "throttled", "{answer}");
        let calls = world.control(&world.netsuite, "/_sandbox/stats").await;
        world.list(&record, "").await;
        assert_eq!(world.control(&world.netsuite, "/_sandbox/stats").await, calls, "asked again too early");
    }
);
