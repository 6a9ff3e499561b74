//! Odd rows: none of them holds up another.

use super::*;

#[tokio::test]
async fn a_broken_row_is_told_and_the_rest_goes_on() {
    let house = House::new().await;
    let all = house.all("customers").await;
    house
        .switch(json!({"brokenValues": [{"table": "customer", "id": all[4], "column": "datecreated", "text": "###"}]}))
        .await;
    let mut follower = Follower::new(Kind::Customer, &["datecreated", "companyname"]);
    let first = follower.drain(&house).await;
    assert_eq!(first.broken, [(all[4], "datecreated".to_owned())]);
    assert_eq!(first.ids().len(), all.len() - 1);
    let read = house.erp.sources(Lane::Background, &follower.wanted, &[source(all[4]), source(all[5])]).await.unwrap();
    assert_eq!(read.records.iter().map(|record| number(&record.id)).collect::<Vec<_>>(), [all[5]]);
    assert_eq!(read.broken.iter().map(|row| number(&row.id)).collect::<Vec<_>>(), [all[4]]);
    let asked = [source(all[4]), source(all[5]), source(999_999_999)];
    let missing: Vec<u64> = read.missing(&asked).iter().map(|gone| number(&gone.id)).collect();
    assert_eq!(missing, [999_999_999], "what cannot be read is there");

    house.switch(json!({"brokenValues": []})).await;
    house.clock.advance(Duration::from_mins(1));
    house.edit("customers", all[4], json!({"comments": "mended"})).await;
    house.clock.advance(Duration::from_mins(1));
    assert!(follower.drain(&house).await.ids().contains(&all[4]));
}

#[tokio::test]
async fn a_stamp_that_cannot_be_read_breaks_its_row_alone() {
    let house = House::new().await;
    let mut follower = Follower::settled(&house, Kind::Customer, &["companyname"]).await;
    let first = house.bulk(json!({"count": 1_100, "seed": 2})).await["firstId"].as_u64().unwrap();
    let broken = json!([{"table": "customer", "id": first + 700, "column": "lastmodifieddate", "text": "###"}]);
    house.switch(json!({"brokenValues": broken})).await;
    house.clock.advance(Duration::from_mins(1));
    let news = follower.drain(&house).await;
    assert_eq!(news.ids().len(), 1_099);
    assert_eq!(news.broken, [(first + 700, "lastmodifieddate".to_owned())]);
}

#[tokio::test]
async fn persons_and_companies_with_whatever_people_type_come_as_typed() {
    let house = House::new().await;
    let long = "Ж".repeat(300);
    let rows = [
        json!({"firstname": "Zoë", "lastname": "O'Brien\u{202e}", "isperson": "T", "email": " zoe@a.example ; z@b.example"}),
        json!({"companyname": long, "isperson": "F", "isinactive": "T"}),
        json!({"companyname": "=HYPERLINK(\"x\")", "isperson": "F", "email": "no address", "altemail": "second@c.example"}),
    ];
    let mut ids = Vec::new();
    for row in &rows {
        ids.push(house.planted("customers", row.clone()).await);
    }
    let names = ["firstname", "lastname", "companyname", "email", "altemail", "isperson"];
    let ids: Vec<_> = ids.into_iter().map(source).collect();
    let read = house.erp.sources(Lane::Background, &wanted(Kind::Customer, &names), &ids).await.unwrap().records;
    assert_eq!(read[0].fields["lastname"], text("O'Brien\u{202e}"));
    assert_eq!(read[0].fields["email"], text("zoe@a.example ; z@b.example"), "the mapping takes it apart");
    assert_eq!(
        (read[0].fields["isperson"].clone(), read[1].fields["isperson"].clone()),
        (Field::Flag(true), Field::Flag(false))
    );
    assert_eq!((read[1].fields["companyname"].clone(), read[1].inactive), (text(&long), true));
    assert!(!read[1].fields.contains_key("email") && !read[0].inactive);
    assert_eq!(
        (&read[2].fields["email"], &read[2].fields["altemail"]),
        (&text("no address"), &text("second@c.example"))
    );
}

#[tokio::test]
async fn contacts_know_all_their_companies_the_first_one_as_such() {
    let house = House::new().await;
    let mut companies = Vec::new();
    for name in ["Alpha", "Beta", "Gamma"] {
        companies.push(house.planted("customers", json!({"companyname": name, "isperson": "F"})).await);
    }
    let row = json!({"lastname": "Many", "company": companies[1], "companies": companies});
    let many = house.planted("contacts", row).await;
    let none = house.planted("contacts", json!({"lastname": "None"})).await;
    let record = house.read_one(Kind::Contact, many, &["company_name", "lastname"]).await;
    assert_eq!(parents(&record), [(companies[1], true), (companies[0], false), (companies[2], false)]);
    assert_eq!(record.fields["company_name"], text("Beta"));
    assert_eq!(house.read_one(Kind::Contact, none, &[]).await.parents, []);

    for missing in ["companycontactrelationship", "entity"] {
        house.switch(json!({"missingTables": [missing]})).await;
        // Another connector, which knows nothing of the account yet, and the one that knew it otherwise.
        let fresh = house.connector(|_| ());
        let wanted = wanted(Kind::Contact, &["lastname"]);
        let known = house.erp.sources(Lane::Background, &wanted, &[source(many)]).await.unwrap().records;
        let read = fresh.sources(Lane::Background, &wanted, &[source(many)]).await.unwrap().records;
        let expected: &[(u64, bool)] = if missing == "entity" {
            &[(companies[1], true), (companies[0], false), (companies[2], false)]
        } else {
            &[(companies[1], true)]
        };
        assert_eq!((parents(&read[0]), parents(&known[0])), (expected.to_vec(), expected.to_vec()), "{missing}");
        house.switch(json!({"missingTables": []})).await;
    }
}
