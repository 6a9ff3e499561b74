//! What is shown, and that the list of names is the truth.

use super::*;

fn counted() -> Metrics {
    let metrics = Metrics::new();
    let list = metrics.route("/card/v1/list");
    for (status, micros) in [(200, 80), (200, 100), (200, 101), (429, 700_000), (418, 20_000_000)] {
        list.answered(status, Duration::from_micros(micros));
    }
    metrics.caches_from(|| vec![("ledger", [2, 0, 1, 0])]);
    metrics.signature_failed("expired");
    metrics.card_answers("ready").inc();
    metrics.event("contact.merge", true);
    metrics.outbound_from(|| vec![("netsuite", "suiteql", "ok", 3), ("hubspot", "token", "timed_out", 1)]);
    metrics
}

#[test]
#[expect(clippy::too_many_lines, reason = "the whole text stands here")]
fn the_text_is_as_agreed() {
    let shown = counted().render().unwrap();
    // Of the counters that are there from the start only those that counted; in one order.
    let mut counted: Vec<&str> = shown.lines().filter(|line| line.starts_with('#') || !line.ends_with(" 0")).collect();
    counted.sort_unstable();
    insta::assert_snapshot!(counted.join("\n"), @r#"
    # EOF
    # HELP ledgercard_cache_reads Reads of a cache: hit (fresh), miss, stale (the source failed), refreshing (older, a new read is under way).
    # HELP ledgercard_cards_answers Answers of the card, by state.
    # HELP ledgercard_events Events of HubSpot, by kind and whether they were taken or ignored.
    # HELP ledgercard_http_requests Requests answered, by route and HTTP status.
    # HELP ledgercard_http_seconds How long requests took, by route.
    # HELP ledgercard_outbound_calls Calls to other systems, by service, operation and outcome.
    # HELP ledgercard_outbound_success_ratio The part of calls to a system that succeeded since the start, 0 to 1, by service.
    # HELP ledgercard_signature_failures Requests refused because of their signature or identity, by reason.
    # TYPE ledgercard_cache_reads counter
    # TYPE ledgercard_cards_answers counter
    # TYPE ledgercard_events counter
    # TYPE ledgercard_http_requests counter
    # TYPE ledgercard_http_seconds histogram
    # TYPE ledgercard_outbound_calls counter
    # TYPE ledgercard_outbound_success_ratio gauge
    # TYPE ledgercard_signature_failures counter
    ledgercard_cache_reads_total{cache="ledger",outcome="hit"} 2
    ledgercard_cache_reads_total{cache="ledger",outcome="stale"} 1
    ledgercard_cards_answers_total{state="ready"} 1
    ledgercard_events_total{kind="contact.merge",outcome="taken"} 1
    ledgercard_http_requests_total{route="/card/v1/list",status="200"} 3
    ledgercard_http_requests_total{route="/card/v1/list",status="418"} 1
    ledgercard_http_requests_total{route="/card/v1/list",status="429"} 1
    ledgercard_http_seconds_bucket{le="+Inf",route="/card/v1/list"} 5
    ledgercard_http_seconds_bucket{le="0.0001",route="/card/v1/list"} 2
    ledgercard_http_seconds_bucket{le="0.00025",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.0005",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.001",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.0025",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.005",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.01",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.025",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.05",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.1",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="0.25",route="/card/v1/list"} 3
    ledgercard_http_seconds_bucket{le="1.0",route="/card/v1/list"} 4
    ledgercard_http_seconds_bucket{le="10.0",route="/card/v1/list"} 4
    ledgercard_http_seconds_bucket{le="3.0",route="/card/v1/list"} 4
    ledgercard_http_seconds_count{route="/card/v1/list"} 5
    ledgercard_http_seconds_sum{route="/card/v1/list"} 20.700281
    ledgercard_outbound_calls_total{service="hubspot",operation="token",outcome="timed_out"} 1
    ledgercard_outbound_calls_total{service="netsuite",operation="suiteql",outcome="ok"} 3
    ledgercard_outbound_success_ratio{service="hubspot"} 0.0
    ledgercard_outbound_success_ratio{service="netsuite"} 1.0
    ledgercard_signature_failures_total{reason="expired"} 1
    "#);
}

#[test]
fn the_list_of_names_is_all_there_is() {
    let shown = counted().render().unwrap();
    let helps: Vec<(&str, &str)> =
        shown.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split_once(' ')).collect();
    let mut listed: Vec<(&str, String)> = NAMES.iter().map(|(name, help)| (plain(name), format!("{help}."))).collect();
    let mut there: Vec<(&str, String)> = helps.into_iter().map(|(name, help)| (name, help.to_owned())).collect();
    listed.sort();
    there.sort();
    assert_eq!(there, listed);
}

#[test]
fn two_handles_of_a_route_count_into_the_same() {
    let metrics = Metrics::new();
    metrics.route("/a").answered(200, Duration::from_millis(1));
    metrics.route("/a").answered(200, Duration::from_millis(1));
    metrics.route("/b").answered(200, Duration::from_millis(1));
    let shown = metrics.render().unwrap();
    assert!(shown.contains("ledgercard_http_requests_total{route=\"/a\",status=\"200\"} 2"), "{shown}");
    assert!(shown.contains("ledgercard_http_seconds_count{route=\"/a\"} 2"), "{shown}");
    assert!(shown.contains("ledgercard_http_seconds_count{route=\"/b\"} 1"), "{shown}");
}

#[test]
fn nothing_is_lost_when_many_count_at_once() {
    let route = Metrics::new();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let handle = route.route("/a");
            std::thread::spawn(move || (0..10_000).for_each(|_| handle.answered(200, Duration::from_micros(1))))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let shown = route.render().unwrap();
    assert!(shown.contains("ledgercard_http_seconds_count{route=\"/a\"} 40000"), "{shown}");
    assert!(shown.contains("ledgercard_http_requests_total{route=\"/a\",status=\"200\"} 40000"), "{shown}");
}
