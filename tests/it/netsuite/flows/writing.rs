//! What is written to NetSuite: once, with care, and with the reason where it is not.

use ledgercard::erp::source::NotWritten;

use super::*;

fn create(external: &str, pairs: &[(&str, Field)], parents: &[(u64, bool)]) -> Write {
    let parents =
        parents.iter().map(|(id, primary)| Parent { kind: Kind::Customer, id: source(*id), primary: *primary });
    Write::Create { external_id: external.to_owned(), fields: fields(pairs), parents: parents.collect() }
}

fn update(record: &SourceRecord, pairs: &[(&str, Field)], clear: &[&str]) -> Write {
    let clear = clear.iter().map(|name| (*name).to_owned()).collect();
    Write::Update { id: record.id.clone(), stamp: record.stamp.clone(), set: fields(pairs), clear }
}

fn rejected(field: &str) -> impl Fn(&NotWritten) -> bool {
    move |why| matches!(why, NotWritten::Rejected { field: Some(named), .. } if named == field)
}

async fn company(house: &House, name: &str) -> u64 {
    house.planted("customers", json!({"companyname": name, "isperson": "F", "subsidiary": 1})).await
}

/// Writes one row while somebody counts the calls that the record service sees.
async fn calls_of(house: &House, kind: Kind, write: Write) -> (u64, Result<Written, NotWritten>) {
    let before = house.calls("record").await;
    let outcome = house.apply_one(kind, write).await;
    (house.calls("record").await - before, outcome)
}

#[tokio::test]
async fn who_creates_twice_under_one_external_id_makes_one_record() {
    let house = House::new().await;
    let before = house.all("customers").await.len();
    let new =
        create("ledgercard-4711-501", &[("companyname", text("Twice GmbH")), ("email", text("a@twice.example"))], &[]);
    let first = house.apply_one(Kind::Customer, new.clone()).await.unwrap();
    assert!(first.new);
    assert_eq!(first.record.as_ref().unwrap().fields["companyname"], text("Twice GmbH"));
    let id = number(&first.id);
    let row = house.row("customers", id).await;
    assert_eq!((row["externalid"].as_str(), row["isperson"].as_str()), (Some("ledgercard-4711-501"), Some("F")));
    assert!(row["subsidiary"].as_u64().is_some(), "an account with several companies wants to know whose it is");

    // Somebody changes it; the repeat finds it, and leaves it.
    house.edit("customers", id, json!({"companyname": "Twice AG"})).await;
    let again = house.apply_one(Kind::Customer, new).await.unwrap();
    assert_eq!((again.new, &again.id), (false, &first.id));
    assert_eq!(again.record.unwrap().fields["companyname"], text("Twice AG"));
    assert_eq!(house.all("customers").await.len(), before + 1);

    let person = [("firstname", text("Ada")), ("lastname", text("Byron"))];
    let made = house.apply_one(Kind::Customer, create("ledgercard-4711-502", &person, &[])).await.unwrap();
    assert_eq!(house.row("customers", number(&made.id)).await["isperson"], "T");
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_makes_one_record() {
    let house = House::new().await;
    // What the account has is known before.
    house.erp.fields(Lane::Background, Kind::Customer).await.unwrap();
    for (at, fault) in
        [json!({"kind": "lost"}), json!({"kind": "cut"}), json!({"kind": "status", "status": 500})].iter().enumerate()
    {
        let before = house.all("customers").await.len();
        house.fault("record", fault.clone(), None).await;
        let new = create(&format!("ledgercard-lost-{at}"), &[("companyname", text("Lost Ltd"))], &[]);
        let refused = house.erp.apply(Lane::Background, Kind::Customer, std::slice::from_ref(&new)).await;
        assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{fault}: {refused:?}");
        house.fault("record", fault.clone(), Some(1)).await;
        house.apply_one(Kind::Customer, new).await.unwrap();
        assert_eq!(house.all("customers").await.len(), before + 1, "{fault}");
    }
}

#[tokio::test]
async fn a_record_that_was_not_made_here_never_gets_an_external_id() {
    let house = House::new().await;
    let id = company(&house, "Theirs KG").await;
    house.edit("customers", id, json!({"externalid": "SHOP-7"})).await;
    let record = house.read_one(Kind::Customer, id, &["fax"]).await;
    house.apply_one(Kind::Customer, update(&record, &[("fax", text("030 1000001"))], &[])).await.unwrap();
    assert_eq!(house.row("customers", id).await["externalid"], "SHOP-7");
    for external in ["SHOP-7", "", "ledgercard-/../7"] {
        let refused = house.apply_one(Kind::Customer, create(external, &[("companyname", text("X"))], &[])).await;
        assert!(rejected("externalid")(refused.as_ref().unwrap_err()), "{external}: {refused:?}");
    }
    let outcome = house.apply_one(Kind::Customer, update(&record, &[("externalid", text("ledgercard-x"))], &[])).await;
    assert!(rejected("externalid")(outcome.as_ref().unwrap_err()), "{outcome:?}");
}

#[tokio::test]
async fn only_the_fields_given_are_changed_and_only_at_the_stamp_that_was_read() {
    let house = House::new().await;
    let id = company(&house, "Careful SA").await;
    house.edit("customers", id, json!({"phone": "030 1000001", "fax": "030 1000002", "comments": "as it was"})).await;
    let read = house.read_one(Kind::Customer, id, &["phone"]).await;
    house.clock.advance(Duration::from_secs(5));
    let written =
        house.apply_one(Kind::Customer, update(&read, &[("phone", text("030 1000011"))], &["fax"])).await.unwrap();
    assert!(!written.new);
    let after = written.record.unwrap();
    assert_eq!((after.fields.get("phone"), after.fields.get("fax")), (Some(&text("030 1000011")), None));
    assert_ne!(after.stamp, read.stamp);
    let row = house.row("customers", id).await;
    assert_eq!(
        (row["phone"].as_str(), row["comments"].as_str(), row.get("fax").and_then(Value::as_str)),
        (Some("030 1000011"), Some("as it was"), None)
    );

    // Somebody else was there: nothing is written, and the caller decides anew.
    house.clock.advance(Duration::from_secs(5));
    house.edit("customers", id, json!({"comments": "by somebody else"})).await;
    let (calls, outcome) =
        calls_of(&house, Kind::Customer, update(&after, &[("phone", text("030 1000012"))], &[])).await;
    assert_eq!((calls, outcome), (0, Err(NotWritten::Changed)));
    assert_eq!(house.row("customers", id).await["phone"], "030 1000011");

    // What is there already is not written, whatever the stamp.
    let (calls, outcome) =
        calls_of(&house, Kind::Customer, update(&after, &[("phone", text("030 1000011"))], &[])).await;
    assert_eq!((calls, outcome.map(|written| written.new)), (0, Ok(false)));
    let mut gone = after;
    gone.id = source(99_999_999);
    let outcome = house.apply_one(Kind::Customer, update(&gone, &[("phone", text("030 1000013"))], &[])).await;
    assert_eq!(outcome, Err(NotWritten::Missing));
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_looked_for_before_it_is_made_again() {
    let house = House::new().await;
    let id = company(&house, "Silent BV").await;
    for (at, (fault, calls)) in
        [(json!({"kind": "lost"}), 1), (json!({"kind": "cut"}), 2), (json!({"kind": "status", "status": 503}), 2)]
            .into_iter()
            .enumerate()
    {
        let read = house.read_one(Kind::Customer, id, &["phone"]).await;
        house.clock.advance(Duration::from_secs(5));
        house.fault("record", fault.clone(), Some(1)).await;
        let phone = text(&format!("030 100000{at}"));
        let (made, outcome) = calls_of(&house, Kind::Customer, update(&read, &[("phone", phone.clone())], &[])).await;
        assert_eq!(outcome.unwrap().record.unwrap().fields["phone"], phone);
        assert_eq!(made, calls, "{fault}: carried out once");
    }
}

#[tokio::test]
async fn what_netsuite_refuses_is_said_by_row_and_field() {
    let house = House::new().await;
    let id = company(&house, "Strict Inc").await;
    let read = house.read_one(Kind::Customer, id, &[]).await;
    let bad = [("email", text("no address"))];
    let long = [("companyname", text(&"x".repeat(84)))];
    let good = [("companyname", text("Good Inc"))];
    let writes = [
        update(&read, &bad, &[]),
        create("ledgercard-s-1", &[("email", text("a@b.example")), ("isperson", Field::Flag(false))], &[]),
        create("ledgercard-s-2", &[("firstname", text("Only"))], &[]),
        update(&read, &long, &[]),
        update(&read, &[("balancesearch", Field::Number(1.into()))], &[]),
        update(&read, &[("no_such_field", text("x"))], &[]),
        create("ledgercard-s-3", &good, &[]),
    ];
    let outcomes = house.erp.apply(Lane::Background, Kind::Customer, &writes).await.unwrap();
    let named = ["email", "companyname", "lastname", "companyname", "balancesearch", "no_such_field"];
    for (outcome, field) in outcomes.iter().zip(named) {
        assert!(rejected(field)(outcome.as_ref().unwrap_err()), "{field}: {outcome:?}");
    }
    assert!(outcomes[6].as_ref().is_ok_and(|written| written.new), "the rest is written: {:?}", outcomes[6]);

    house.switch(json!({"lockedRecords": [id]})).await;
    let outcome = house.apply_one(Kind::Customer, update(&read, &[("phone", text("030 1000001"))], &[])).await;
    assert_eq!(outcome, Err(NotWritten::Locked));
}

#[tokio::test]
async fn writing_without_the_right_names_it_with_its_level() {
    let house = House::new().await;
    let id = company(&house, "Look Only").await;
    let read = house.read_one(Kind::Customer, id, &[]).await;
    house.switch(json!({"permissionLevels": {"Customers": "View", "Contacts": "View"}})).await;
    for (kind, write, right) in [
        (Kind::Customer, update(&read, &[("phone", text("030 1000001"))], &[]), "Customers (Edit)"),
        (Kind::Customer, create("ledgercard-v-1", &[("companyname", text("X"))], &[]), "Customers (Edit)"),
        (Kind::Contact, create("ledgercard-v-2", &[("lastname", text("X"))], &[]), "Contacts (Edit)"),
    ] {
        let refused = house.erp.apply(Lane::Background, kind, &[write]).await;
        assert_eq!(refused.unwrap_err(), ErpError::Permission { permission: right.to_owned() });
    }
    assert_eq!(house.read_one(Kind::Customer, id, &[]).await, read, "reading goes on");
}

#[tokio::test]
async fn a_contact_is_made_at_its_companies() {
    let house = House::new().await;
    let (first, second) = (company(&house, "Home").await, company(&house, "Away").await);
    let person = [("firstname", text("Grace")), ("lastname", text("Hopper")), ("email", text("g@h.example"))];
    let new = create("ledgercard-c-1", &person, &[(second, false), (first, true)]);
    let made = house.apply_one(Kind::Contact, new.clone()).await.unwrap();
    let all = [(first, true), (second, false)];
    assert_eq!(parents(&made.record.unwrap()), all);

    // The tie that was lost is made by the repeat.
    let lost = create("ledgercard-c-2", &[("lastname", text("Tie"))], &[(second, false), (first, true)]);
    house
        .faults(json!([{"operation": "record", "contains": "!attach", "action": {"kind": "status", "status": 500}}]))
        .await;
    let refused = house.erp.apply(Lane::Background, Kind::Contact, std::slice::from_ref(&lost)).await;
    assert!(matches!(refused, Err(ErpError::Unavailable { .. })), "{refused:?}");
    house.faults(json!([])).await;
    let again = house.apply_one(Kind::Contact, lost).await.unwrap();
    assert!(!again.new);
    assert_eq!(parents(&again.record.unwrap()), all);
}

#[tokio::test]
async fn a_new_record_belongs_to_the_subsidiary_of_its_company_or_of_the_settings_or_the_first() {
    let house = House::new().await;
    let home = house.planted("customers", json!({"companyname": "Abroad", "isperson": "F", "subsidiary": 2})).await;
    let name = [("companyname", text("Somewhere"))];
    let of = async |erp: &NetSuite, kind, table: &str, write| {
        let made = erp.apply(Lane::Background, kind, &[write]).await.unwrap().pop().unwrap().unwrap();
        house.row(table, number(&made.id)).await["subsidiary"].as_u64()
    };
    assert_eq!(of(&house.erp, Kind::Customer, "customers", create("ledgercard-o-1", &name, &[])).await, Some(1));
    let set = house.connector(|settings| settings.subsidiary = Some(3));
    assert_eq!(of(&set, Kind::Customer, "customers", create("ledgercard-o-2", &name, &[])).await, Some(3));
    let person = create("ledgercard-o-3", &[("lastname", text("Local"))], &[(home, true)]);
    assert_eq!(of(&set, Kind::Contact, "contacts", person).await, Some(2));
    house.switch(json!({"oneWorld": false})).await;
    let made = house.apply_one(Kind::Customer, create("ledgercard-o-4", &name, &[])).await;
    assert!(made.unwrap().new, "an account with one company is not told of any");
}

#[tokio::test]
async fn every_kind_of_value_is_written_in_its_own_form() {
    let house = House::new().await;
    let id = company(&house, "Forms Ltd").await;
    let read = house.read_one(Kind::Customer, id, &[]).await;
    let choice = |id: &str| Field::Choice { id: id.to_owned(), label: "any".to_owned() };
    let set = [
        ("custentity_birthday", Field::Date("2001-02-03".parse().unwrap())),
        ("custentity_score", Field::Number("3.75".parse().unwrap())),
        ("custentity_newsletter", Field::Flag(true)),
        ("custentity_loyalty_tier", choice("2")),
        ("custentity_vat_id", text("GB 9")),
        ("isinactive", Field::Flag(true)),
    ];
    house.clock.advance(Duration::from_secs(2));
    let written = house.apply_one(Kind::Customer, update(&read, &set, &[])).await.unwrap();
    let now = written.record.unwrap();
    assert!(now.inactive);
    for (name, value) in &set {
        match (&now.fields[*name], value) {
            (Field::Choice { id, .. }, Field::Choice { id: wanted, .. }) => assert_eq!(id, wanted, "{name}"),
            (present, value) => assert_eq!(present, value, "{name}"),
        }
    }
    let names: Vec<&str> = set.iter().map(|(name, _)| *name).filter(|name| name.starts_with("cust")).collect();
    house.clock.advance(Duration::from_secs(2));
    let cleared = house.apply_one(Kind::Customer, update(&now, &[], &names)).await.unwrap().record.unwrap();
    // A box that is not ticked is a box.
    assert!(cleared.fields.iter().all(|(_, value)| *value == Field::Flag(false)), "{:?}", cleared.fields.keys());
}
