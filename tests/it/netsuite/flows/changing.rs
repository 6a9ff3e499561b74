//! What changed is told, each row once, whatever happens meanwhile.

use super::*;

#[tokio::test]
async fn first_everything_comes_then_only_what_changed() {
    let house = House::new().await;
    let all = house.all("customers").await;
    let mut follower = Follower::new(Kind::Customer, &["companyname", "email"]);
    let first = follower.drain(&house).await;
    assert_eq!(first.ids(), all, "by id, each once");
    assert_eq!(house.erp.count(Lane::Background, Kind::Customer).await.unwrap(), all.len() as u64);

    house.clock.advance(Duration::from_mins(10));
    follower.drain(&house).await;
    house.clock.advance(Duration::from_mins(1));
    let id = house.planted("customers", json!({"companyname": "Ahorn OHG", "isperson": "F"})).await;
    house.edit("customers", all[0], json!({"email": "new@ahorn.example"})).await;
    house.clock.advance(Duration::from_mins(1));
    let news = follower.drain(&house).await;
    assert_eq!(news.ids(), [all[0], id]);
    assert_eq!(news.records[0].fields["email"], text("new@ahorn.example"));
    assert_eq!(news.records[1].fields["companyname"], text("Ahorn OHG"));
    let minute = house.clock.now().0 - 60_000;
    assert!(news.records.iter().all(|record| record.modified_at == Some(Millis(minute))));
    for _ in 0..8 {
        house.clock.advance(Duration::from_mins(1));
        assert_eq!(follower.drain(&house).await.ids(), [0; 0], "told once");
    }
    let before = house.calls("suiteql").await;
    house.clock.advance(Duration::from_mins(1));
    follower.drain(&house).await;
    assert_eq!(house.calls("suiteql").await - before, 4, "the clock, the rows, their count, the deletions");
}

#[tokio::test]
async fn fifteen_hundred_rows_in_one_second_all_come_and_come_once() {
    let house = House::new().await;
    let mut follower = Follower::settled(&house, Kind::Customer, &["altname"]).await;
    let first = house.bulk(json!({"count": 1_500, "seed": 3})).await["firstId"].as_u64().unwrap();
    house.clock.advance(Duration::from_mins(1));
    let news = follower.drain(&house).await;
    let mut ids = news.ids();
    ids.sort_unstable();
    assert_eq!(ids, (first..first + 1_500).collect::<Vec<_>>());
    assert_eq!(news.records.iter().map(|record| &record.stamp).collect::<std::collections::BTreeSet<_>>().len(), 1);
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(follower.drain(&house).await.ids(), [0; 0]);
}

#[tokio::test]
async fn more_rows_than_an_offset_reaches_come_by_id_and_by_stamp() {
    let house = House::new().await;
    let mut stamps = Follower::settled(&house, Kind::Customer, &[]).await;
    let before = house.all("customers").await.len();
    for seed in 0..5 {
        house.bulk(json!({"count": 20_100, "seed": seed})).await;
    }
    house.clock.advance(Duration::from_mins(1));
    let by_stamp = stamps.drain(&house).await;
    assert_eq!(by_stamp.ids().len(), 100_500);
    let by_id = Follower::new(Kind::Customer, &[]).drain(&house).await;
    assert_eq!(by_id.ids().len(), before + 100_500);
    assert!(by_id.ids().is_sorted_by(|a, b| a < b));
    let mut once = by_stamp.ids();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 100_500);
}

#[tokio::test]
async fn rows_that_change_while_pages_are_read_come_again() {
    let house = House::new().await;
    house.bulk(json!({"count": 2_500, "seed": 7})).await;
    house.clock.advance(Duration::from_mins(20));
    let mut follower = Follower::new(Kind::Customer, &["companyname"]);
    let first = follower.page(&house).await;
    assert!(first.more);
    house.clock.advance(Duration::from_secs(30));
    // One that was read, one that was not, and one that leaves.
    let read = number(&first.records[10].id);
    let all = house.all("customers").await;
    let (unread, left) = (all[all.len() - 2], all[all.len() - 1]);
    house.edit("customers", read, json!({"companyname": "Changed early"})).await;
    house.edit("customers", unread, json!({"companyname": "Changed late"})).await;
    house.delete("customers", left).await;
    let rest = follower.drain(&house).await;
    assert!(rest.ids().contains(&unread) && !rest.ids().contains(&left) && !rest.ids().contains(&read));
    house.clock.advance(Duration::from_mins(1));
    let again = follower.drain(&house).await;
    assert!(again.ids().contains(&read) && again.ids().contains(&unread));
    assert_eq!(again.gone, [left]);

    // By stamp, between two pages: the row moves behind the place, and comes there.
    let mut follower = Follower::settled(&house, Kind::Customer, &[]).await;
    let first = house.bulk(json!({"count": 1_200, "seed": 8})).await["firstId"].as_u64().unwrap();
    house.clock.advance(Duration::from_secs(30));
    let page = follower.page(&house).await;
    assert!(page.more && number(&page.records[0].id) == first);
    house.edit("customers", first, json!({"companyname": "Again", "isperson": "F"})).await;
    house.edit("customers", first + 1_150, json!({"companyname": "Moved on", "isperson": "F"})).await;
    let rest = follower.drain(&house).await.ids();
    assert!(rest.contains(&first) && rest.contains(&(first + 1_150)));
    assert_eq!(rest.len(), 201);
}

#[tokio::test]
async fn a_page_that_is_asked_for_again_misses_nothing() {
    let house = House::new().await;
    let mut follower = Follower::settled(&house, Kind::Customer, &[]).await;
    house.bulk(json!({"count": 1_800, "seed": 9})).await;
    house.clock.advance(Duration::from_mins(1));
    // A run that is killed after the page was read: the cursor that is kept is the one before it.
    let lost = follower.ask(&house).await.unwrap();
    house.clock.advance(Duration::from_mins(3));
    let page = follower.page(&house).await;
    assert_eq!(page.records, lost.records);
    assert_eq!(follower.drain(&house).await.records.len(), 800);
}

#[tokio::test]
async fn what_is_deleted_or_merged_away_is_told_where_it_may_be_read() {
    let house = House::new().await;
    let mut ids = Vec::new();
    for name in ["One", "Two", "Three"] {
        ids.push(house.planted("customers", json!({"companyname": name, "isperson": "F"})).await);
    }
    let contact = house.planted("contacts", json!({"lastname": "Four", "company": ids[2]})).await;
    let mut customers = Follower::settled(&house, Kind::Customer, &[]).await;
    let mut contacts = Follower::settled(&house, Kind::Contact, &[]).await;
    house.delete("customers", ids[0]).await;
    house.plant("customers/merge", json!({"survivor": ids[2], "loser": ids[1]})).await;
    house.delete("contacts", contact).await;
    house.clock.advance(Duration::from_mins(1));
    let news = customers.drain(&house).await;
    let mut gone = news.gone.clone();
    gone.sort_unstable();
    assert_eq!((gone, news.ids()), (vec![ids[0], ids[1]], vec![ids[2]]));
    assert_eq!(contacts.drain(&house).await.gone, [contact], "of each kind its own");
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(customers.drain(&house).await.gone, [0; 0], "told once");

    house.switch(json!({"missingPermissions": ["Deleted Records"]})).await;
    house.delete("customers", ids[2]).await;
    house.clock.advance(Duration::from_mins(1));
    let news = customers.drain(&house).await;
    assert_eq!((news.ids(), news.gone), (vec![], vec![]));
    // The right comes back: what was deleted meanwhile is told then.
    house.switch(json!({"missingPermissions": []})).await;
    house.clock.advance(Duration::from_hours(2));
    assert_eq!(customers.drain(&house).await.gone, [ids[2]]);
}

#[tokio::test]
async fn an_answer_without_rows_is_believed_only_when_a_count_agrees() {
    let house = House::new().await;
    let all = house.all("customers").await;
    let mut follower = Follower::new(Kind::Customer, &["email"]);
    let empty = json!({"kind": "empty"});
    // The page alone, not the count.
    let page = json!([{"operation": "suiteql", "contains": "ORDER BY r.id", "action": empty}]);
    house.faults(page.clone()).await;
    let refused = follower.ask(&house).await;
    assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{refused:?}");
    let refused = house.erp.census(Lane::Background, Kind::Customer, None).await;
    assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{refused:?}");
    let refused = house.erp.sources(Lane::Background, &wanted(Kind::Customer, &[]), &[source(all[0])]).await;
    assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "nothing looks deleted: {refused:?}");

    let once = json!([{"operation": "suiteql", "contains": "ORDER BY r.id", "action": {"kind": "empty"}, "times": 1}]);
    house.faults(once).await;
    assert_eq!(follower.drain(&house).await.ids(), all, "asked again, and whole");

    house.clock.advance(Duration::from_mins(1));
    house.edit("customers", all[3], json!({"email": "x@y.example"})).await;
    house.clock.advance(Duration::from_mins(1));
    house
        .faults(json!([{"operation": "suiteql", "contains": "lastmodifieddate, r.id", "action": {"kind": "empty"}}]))
        .await;
    let refused = follower.ask(&house).await;
    assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{refused:?}");
    house.faults(json!([])).await;
    assert!(follower.drain(&house).await.ids().contains(&all[3]));
}

#[tokio::test]
async fn the_answer_to_another_question_is_noticed() {
    let house = House::new().await;
    house.bulk(json!({"count": 1_200, "seed": 11})).await;
    let all = house.all("customers").await;
    // However often: the question asked again is in the end answered, or refused, and never answered with another's rows.
    for times in [json!(1), json!(3), Value::Null] {
        let mut follower = Follower::new(Kind::Customer, &["companyname"]);
        follower.page(&house).await;
        let mut fault = json!({"operation": "suiteql", "action": {"kind": "repeatPage"}});
        if !times.is_null() {
            fault["times"] = times;
        }
        house.faults(json!([fault])).await;
        let rest = follower.drain(&house).await.ids();
        assert_eq!(rest, all[1_000..]);
        let mut contacts = Follower::new(Kind::Contact, &["lastname"]);
        house.faults(json!([fault])).await;
        assert_eq!(contacts.drain(&house).await.ids(), house.all("contacts").await);
        house.faults(json!([])).await;
    }
}

#[tokio::test]
async fn a_cursor_that_is_not_ours_is_said_to_be_broken() {
    let house = House::new().await;
    let mut follower = Follower::new(Kind::Contact, &[]);
    follower.drain(&house).await;
    follower.wanted.kind = Kind::Customer;
    for cursor in [follower.cursor.clone().unwrap(), "x".to_owned(), String::new()] {
        follower.cursor = Some(cursor);
        let refused = follower.ask(&house).await;
        assert!(matches!(refused, Err(ErpError::Broken { .. })), "{refused:?}");
    }
}
