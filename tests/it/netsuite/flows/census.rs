//! What there is, and where it is shown.

use super::*;

#[tokio::test]
async fn the_census_names_every_record_with_its_stamp() {
    let house = House::new().await;
    house.bulk(json!({"count": 2_100, "seed": 4, "contactsPerCompany": 1, "stampSpread": 900})).await;
    for (kind, name) in [(Kind::Customer, "customers"), (Kind::Contact, "contacts")] {
        let (mut rows, mut next, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = house.erp.census(Lane::Background, kind, next.as_ref()).await.unwrap();
            rows.extend(page.rows);
            pages += 1;
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(rows.iter().map(|(id, _)| number(id)).collect::<Vec<_>>(), house.all(name).await);
        assert_eq!(pages, rows.len().div_ceil(1_000));
        assert_eq!(house.erp.count(Lane::Background, kind).await.unwrap(), rows.len() as u64);
        let (id, stamp) = &rows[rows.len() / 2];
        assert_eq!(&house.read_one(kind, number(id), &[]).await.stamp, stamp, "the same stamp as elsewhere");
    }
}

#[tokio::test]
async fn single_records_are_read_as_they_are_now_and_those_that_are_gone_left_out() {
    let house = House::new().await;
    house.bulk(json!({"count": 700, "seed": 6})).await;
    let all = house.all("customers").await;
    let mut ids: Vec<_> = all.iter().map(|id| source(*id)).collect();
    ids.extend(["99999999", "eid:7", "no-number"].map(|id| id.parse().unwrap()));
    let read = house.erp.sources(Lane::Background, &wanted(Kind::Customer, &["altname"]), &ids).await.unwrap().records;
    assert_eq!(read.iter().map(|record| number(&record.id)).collect::<Vec<_>>(), all);
    let none =
        house.erp.sources(Lane::Background, &wanted(Kind::Customer, &[]), &ids[all.len()..]).await.unwrap().records;
    assert_eq!(none, []);
}

#[tokio::test]
async fn the_background_takes_two_permits_at_most() {
    let house = std::sync::Arc::new(House::new().await);
    let mut follower = Follower::new(Kind::Customer, &["email"]);
    follower.drain(&house).await;
    house.reset().await;
    house.switch(json!({"latencyMs": 20})).await;
    let calls: Vec<_> = (0..12)
        .map(|_| {
            let house = std::sync::Arc::clone(&house);
            tokio::spawn(async move { house.erp.census(Lane::Background, Kind::Contact, None).await.map(|_| ()) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(house.stats().await["maxInFlight"], PERMITS.1);
}

#[tokio::test]
async fn records_have_their_pages_in_netsuite() {
    let house = House::new().await;
    let page = |kind| house.erp.record_page(kind, &source(7));
    assert!(page(Kind::Customer).ends_with("/app/common/entity/custjob.nl?id=7"));
    assert!(page(Kind::Contact).ends_with("/app/common/entity/contact.nl?id=7"));
}
