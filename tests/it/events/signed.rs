//! Only HubSpot's events are taken.

use ledgercard::config::WebhooksV1;
use serde_json::json;

use super::{PATH, event, old_signature, open_hints, send};
use crate::world::{signature, walk};

const NEW: &str = "x-hubspot-signature-v3";
const OLD: &str = "x-hubspot-signature";
const TIME: &str = "x-hubspot-request-timestamp";

walk!(
    /// Version 3 is taken; without it, with a wrong one, with an old time stamp or another body nothing is kept.
    events_without_a_good_signature_are_refused,
    |world| {
        let (body, stamp) = (json!([event("contact.deletion", "501")]).to_string(), world.stamp());
        let good = signature("POST", PATH, &body, &stamp);
        let early = (world.clock.now().0 - 300_001).to_string();
        let of_then = signature("POST", PATH, &body, &early);
        let other = signature("POST", PATH, "[]", &stamp);
        let old = old_signature(&body);
        let refused: [&[(&str, &str)]; 7] = [
            &[],
            &[(NEW, &good)],
            &[(NEW, &other), (TIME, &stamp)],
            &[(NEW, &of_then), (TIME, &early)],
            &[(OLD, &old)],
            &[(OLD, &old), ("x-hubspot-signature-version", "v1")],
            &[(NEW, &other), (TIME, &stamp), (OLD, &old)],
        ];
        for headers in refused {
            let answer = world.send_with("POST", PATH, &body, headers).await;
            assert_eq!(answer.problem(), (401, "unsigned".to_owned()), "{headers:?}");
        }
        assert_eq!(open_hints(world).await, Vec::<i64>::new());
        assert_eq!(world.send_with("POST", PATH, &body, &[(NEW, &good), (TIME, &stamp)]).await.status, 200);
    }
);

walk!(
    /// Version 1 is taken where the operator accepts it, and only without a header of version 3.
    the_old_signature_is_taken_where_it_is_accepted,
    |world| {
        let (url, stop) = world.beside(|config| config.hubspot.webhooks_v1 = WebhooksV1::Accept).await;
        let (url, body) = (format!("{url}{PATH}"), json!([event("ticket.deletion", "501")]).to_string());
        let (old, stamp) = (old_signature(&body), world.stamp());
        assert_eq!(world.send_to(&url, &body, &[(OLD, &old)]).await, 200);
        assert_eq!(world.send_to(&url, "[]", &[(OLD, &old)]).await, 401);
        let wrong = signature("POST", PATH, "[]", &stamp);
        assert_eq!(world.send_to(&url, &body, &[(OLD, &old), (NEW, &wrong), (TIME, &stamp)]).await, 401);
        assert_eq!(world.send_to(&url, &body, &[]).await, 401);
        stop.cancel();
    }
);

walk!(
    /// What is nothing to us is answered with 200 and costs nothing; what is no list of events with 400.
    what_is_nothing_to_us_is_ignored,
    |world| {
        let mut foreign = event("contact.deletion", "501");
        foreign["appId"] = json!(1);
        let mut unknown = event("contact.deletion", "501");
        unknown["portalId"] = json!(4_799_999);
        let test_button = event("contact.propertyChange", "123");
        let events = json!([foreign, unknown, test_button, event("line_item.deletion", "5"), 17, { "x": 1 }]);
        assert_eq!(send(world, &events).await, json!({ "taken": 0, "ignored": 6 }));
        assert_eq!(open_hints(world).await, Vec::<i64>::new());
        for body in ["{}", "", "[", "nonsense"] {
            let stamp = world.stamp();
            let answer = world.send("POST", PATH, body, &signature("POST", PATH, body, &stamp), &stamp).await;
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{body}");
        }
        let metrics = world.send_with("GET", "/metrics", "", &[]).await.text;
        assert!(metrics.contains(r#"ledgercard_events_total{kind="deletion",outcome="ignored"}"#), "{metrics}");
    }
);
