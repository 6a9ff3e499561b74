//! The account's clock is put back in autumn and on in spring; its stamps have no zone.

use jiff::{Timestamp, tz::TimeZone};

use super::*;

/// The clock of the house at this instant: it starts in November 2026.
async fn at(instant: &str) -> House {
    let house = House::new().await;
    let instant: Timestamp = instant.parse().unwrap();
    house.clock.advance(Millis(instant.as_millisecond()).since(house.clock.now()));
    house
}

async fn wall(house: &House, id: u64) -> String {
    house.row("customers", id).await["lastmodifieddate"].as_str().unwrap().to_owned()
}

/// Changes a row every few minutes over a change of the clock, and reads now and then.
async fn over(house: &House, pauses: &[u64], read_every: usize) -> Vec<String> {
    let id = house.planted("customers", json!({"companyname": "Clockwork", "isperson": "F"})).await;
    let mut follower = Follower::settled(house, Kind::Customer, &["companyname"]).await;
    let mut stamps = Vec::new();
    for (at, pause) in pauses.iter().enumerate() {
        house.clock.advance(Duration::from_mins(*pause));
        house.edit("customers", id, json!({"companyname": format!("Clockwork {at}")})).await;
        stamps.push(wall(house, id).await);
        if (at + 1) % read_every == 0 {
            house.clock.advance(Duration::from_secs(20));
            let news = follower.drain(house).await;
            let last = news.records.iter().rfind(|record| number(&record.id) == id);
            let last = last.unwrap_or_else(|| panic!("change {at} stamped {} was missed", stamps[at]));
            assert_eq!(last.fields["companyname"], text(&format!("Clockwork {at}")));
            let apart = house.clock.now().0 - last.modified_at.unwrap().0;
            assert_eq!(apart, 20_000, "the instant is right on both sides of the change");
        }
    }
    stamps
}

#[tokio::test]
async fn nothing_is_missed_when_the_clock_is_put_back() {
    for read_every in [1, 2, 5] {
        // Los Angeles is put back at 10:00Z (2:00 → 1:00) on 7 November 2027.
        let house = at("2027-11-07T08:10:00Z").await;
        let before = TimeZone::get(ZONE).unwrap();
        assert!(before.to_datetime(Timestamp::from_millisecond(house.clock.now().0).unwrap()).hour() == 1);
        let stamps = over(&house, &[3, 7, 4, 1, 2, 8, 9, 10, 4, 11, 6, 17, 3, 5, 25], read_every).await;
        assert!(!stamps.is_sorted(), "the hour came twice: {stamps:?}");
    }
}

#[tokio::test]
async fn nothing_is_missed_when_the_clock_is_put_on() {
    for read_every in [1, 5] {
        // Los Angeles is put on at 10:00Z (2:00 → 3:00) on 14 March 2027.
        let house = at("2027-03-14T09:05:00Z").await;
        let stamps = over(&house, &[3, 17, 9, 8, 1, 2, 4, 6, 30, 12], read_every).await;
        assert!(stamps.iter().all(|stamp| !stamp.contains(" 02:")), "{stamps:?}");
        assert!(stamps.iter().any(|stamp| stamp.contains(" 01:")) && stamps.iter().any(|stamp| stamp.contains(" 03:")));
    }
}

#[tokio::test]
async fn nothing_is_missed_when_nobody_read_while_the_clock_was_put_back() {
    let house = at("2027-11-07T07:00:00Z").await;
    let id = house.planted("customers", json!({"companyname": "Asleep", "isperson": "F"})).await;
    let other = house.planted("customers", json!({"companyname": "Awake", "isperson": "F"})).await;
    let mut follower = Follower::settled(&house, Kind::Customer, &[]).await;
    // 1:58, the first time.
    house.clock.advance(Duration::from_mins(100));
    house.edit("customers", other, json!({"fax": "1"})).await;
    assert!(follower.drain(&house).await.ids().contains(&other));
    // 1:30, the second time; then silence until the afternoon.
    house.clock.advance(Duration::from_mins(32));
    house.edit("customers", id, json!({"fax": "2"})).await;
    assert!(wall(&house, id).await < wall(&house, other).await);
    house.clock.advance(Duration::from_hours(12));
    assert!(follower.drain(&house).await.ids().contains(&id));
}

#[tokio::test]
async fn an_account_on_the_other_side_of_the_world_is_followed_alike() {
    let house = House::new().await;
    house.switch(json!({"timeZone": "Pacific/Auckland", "dateFormat": "D.M.YYYY"})).await;
    let mut follower = Follower::settled(&house, Kind::Customer, &["companyname", "datecreated"]).await;
    let id = house.planted("customers", json!({"companyname": "Kauri Ltd", "isperson": "F"})).await;
    house.clock.advance(Duration::from_secs(5));
    let news = follower.drain(&house).await;
    assert_eq!(news.ids(), [id]);
    let made = house.clock.now().0 - 5_000;
    assert_eq!(
        (news.records[0].modified_at, &news.records[0].fields["datecreated"]),
        (Some(Millis(made)), &Field::Instant(made))
    );
}
