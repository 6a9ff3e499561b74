//! What changed, what has a value, and everything: nothing is lost to the end of a search.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;

use super::{COMPANY, CONTACT, LANE, Line, ObjectId, PORTAL, around, of, update};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_of_more_changes_than_a_search_shows_is_read_to_its_end() {
    let line = Line::open().await;
    line.clock.advance(Duration::from_mins(1));
    let (from, to) = around(&line.clock);
    let made = line.portal("POST", "records/contacts/bulk", json!({ "count": 10_450, "seed": 5 })).await;
    let id = |name: &str| -> u64 {
        let id = &made[name];
        id.as_u64().or_else(|| id.as_str().and_then(|text| text.parse().ok())).unwrap()
    };
    // A search of everybody ends here; a window by ids does not.
    line.control("PUT", "limits", json!({ "factor": 100 })).await;
    let (mut seen, mut after, mut first_total) = (BTreeSet::new(), None, None);
    loop {
        line.clock.advance(Duration::from_millis(400));
        let page = line.calls.changed(LANE, PORTAL, CONTACT, from, to, after, &["lastname"]).await.unwrap();
        first_total.get_or_insert(page.total);
        assert!(page.records.len() <= 200 && page.records.is_sorted_by_key(|record| record.id));
        assert!(page.records.iter().all(|record| record.updated_at.is_some_and(|at| from <= at && at <= to)));
        for record in &page.records {
            assert!(seen.insert(record.id), "{} came twice", record.id);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (id("first")..=id("last")).map(ObjectId).collect());
    assert_eq!((seen.len() as u64, first_total), (10_450, Some(10_450)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_the_index_does_not_know_yet_is_in_the_window_later() {
    let line = Line::open().await;
    line.portal("PUT", "search", json!({ "lagMs": 20_000 })).await;
    line.clock.advance(Duration::from_mins(1));
    let (from, to) = around(&line.clock);
    let id = line.crowd(1).await[0];
    let page = |from, to| line.calls.changed(LANE, PORTAL, CONTACT, from, to, None, &["lastname"]);
    assert_eq!(page(from, to).await.unwrap().records, []);
    line.clock.advance(Duration::from_mins(1));
    let later = page(from, to).await.unwrap();
    assert_eq!((later.records.iter().map(|r| r.id).collect::<Vec<_>>(), later.total, later.next), (vec![id], 1, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_can_be_read_with_more_properties_than_a_search_has_room_for() {
    let line = Line::open().await;
    line.clock.advance(Duration::from_mins(1));
    let (from, to) = around(&line.clock);
    let ids = line.crowd(3).await;
    line.update(&[update(ids[1], &[("city", "Lund")])]).await;
    let names: Vec<String> = (0..150).map(|at| format!("some_property_with_a_long_name_{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["city"]).collect();
    let page = line.calls.changed(LANE, PORTAL, CONTACT, from, to, None, &names).await.unwrap();
    assert_eq!(page.records.iter().map(|record| record.id).collect::<Vec<_>>(), ids);
    assert_eq!(page.records[1].value("city"), Some("Lund"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_values_are_found_in_a_few_searches_whatever_their_case() {
    let line = Line::open().await;
    let domain = |at: usize| format!("company-{at}.example");
    let all: Vec<_> =
        (0..100).map(|at| of(&[("name", &format!("Company {at}")), ("domain", &domain(at / 2))])).collect();
    let ids: BTreeSet<ObjectId> = line.made(COMPANY, &all).await.into_iter().collect();
    let mut values: Vec<String> = (0..120).map(|at| domain(at).to_uppercase()).collect();
    values.push(domain(3));
    let before = line.figures().await["calls"]["search"].as_u64().unwrap_or(0);
    let found = line.calls.find(LANE, PORTAL, COMPANY, "domain", &values, &["domain"]).await.unwrap();
    assert_eq!(found.len(), 100);
    assert_eq!(found.iter().map(|record| record.id).collect::<BTreeSet<_>>(), ids);
    let searches = line.figures().await["calls"]["search"].as_u64().unwrap() - before;
    assert_eq!(searches, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_walks_everything_that_is_there_once() {
    let line = Line::open().await;
    let ids = line.crowd(250).await;
    line.calls.archive_many(LANE, PORTAL, CONTACT, &ids[..1]).await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = line.calls.list(LANE, PORTAL, CONTACT, after.as_deref(), &["lastname"]).await.unwrap();
        assert!(page.records.len() <= 100 && page.records.iter().all(|record| !record.archived));
        seen.extend(page.records.iter().map(|record| record.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let distinct: BTreeSet<ObjectId> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len());
    assert!(ids[1..].iter().all(|id| distinct.contains(id)) && !distinct.contains(&ids[0]));
}
