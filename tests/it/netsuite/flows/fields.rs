//! Which fields an account has.

use ledgercard::{
    domain::field::{FieldInfo, FieldKind},
    sandbox::data::extras,
};

use super::*;

fn named<'f>(fields: &'f [FieldInfo], name: &str) -> Option<&'f FieldInfo> {
    fields.iter().find(|field| field.name == name)
}

async fn fields_of(erp: &NetSuite, kind: Kind) -> Vec<FieldInfo> {
    erp.fields(Lane::Background, kind).await.unwrap()
}

#[tokio::test]
async fn fields_are_offered_by_name_and_type_those_of_administrators_too() {
    let house = House::new().await;
    let fields = fields_of(&house.erp, Kind::Customer).await;
    let kind = |name: &str| named(&fields, name).unwrap_or_else(|| panic!("no {name}")).kind;
    assert_eq!(
        (kind("companyname"), kind("email"), kind("phone"), kind("url")),
        (FieldKind::Text, FieldKind::Email, FieldKind::Phone, FieldKind::Url)
    );
    assert_eq!(
        (kind("isperson"), kind("creditlimit"), kind("terms")),
        (FieldKind::Flag, FieldKind::Money, FieldKind::Choice)
    );
    assert_eq!(
        (kind("datecreated"), kind("salesrep"), kind("billing_country")),
        (FieldKind::Instant, FieldKind::Reference, FieldKind::Text)
    );
    assert!(named(&fields, "billing_city").unwrap().read_only && !named(&fields, "phone").unwrap().read_only);
    let customs: Vec<_> =
        fields.iter().filter(|field| field.custom).map(|field| (field.name.as_str(), field.kind)).collect();
    assert_eq!(
        customs,
        [
            ("custentity_birthday", FieldKind::Date),
            ("custentity_loyalty_tier", FieldKind::Choice),
            ("custentity_newsletter", FieldKind::Flag),
            ("custentity_score", FieldKind::Number),
            ("custentity_vat_id", FieldKind::Text),
        ]
    );
    assert_eq!(named(&fields, "custentity_vat_id").unwrap().label, "VAT id");
    let contact = fields_of(&house.erp, Kind::Contact).await;
    assert!(named(&contact, "company_name").is_some() && named(&contact, "lastname").unwrap().required);
    assert!(named(&contact, "companyname").is_none() && named(&contact, "custentity_vat_id").is_none());
}

#[tokio::test]
async fn every_field_of_an_account_can_be_read() {
    let house = House::new().await;
    let rep = house.row("customers", u64::from(extras::ALL_STATUSES)).await["salesrep"].as_u64().unwrap();
    let address = json!({"addr1": "1 High St", "city": "Leeds", "zip": "LS1", "country": "GB"});
    let row = json!({
        "companyname": "Whole Ltd", "isperson": "F", "email": "office@whole.example", "creditlimit": 1250.5, "terms": 1,
        "salesrep": rep, "currency": 2, "url": "https://whole.example", "custentity_loyalty_tier": 3,
        "custentity_vat_id": "GB1", "custentity_birthday": "1999-12-31 00:00:00", "custentity_score": 7.25,
        "custentity_newsletter": "T", "address": address,
    });
    let id = house.planted("customers", row).await;
    for kind in [Kind::Customer, Kind::Contact] {
        let names: Vec<String> = fields_of(&house.erp, kind).await.into_iter().map(|field| field.name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut follower = Follower::new(kind, &names);
        let all = follower.drain(&house).await;
        assert_eq!(all.broken, []);
        let Some(record) = all.records.iter().find(|record| kind == Kind::Customer && number(&record.id) == id) else {
            assert_eq!(kind, Kind::Contact);
            continue;
        };
        let value = |name: &str| record.fields.get(name).unwrap_or_else(|| panic!("no {name}")).clone();
        assert_eq!((value("billing_city"), value("billing_country")), (text("Leeds"), text("GB")));
        assert_eq!(value("currency_code"), text("GBP"));
        let Field::Money(limit) = value("creditlimit") else { panic!("an amount") };
        assert_eq!((limit.amount().to_string(), limit.currency().to_string()), ("1250.5".to_owned(), "GBP".to_owned()));
        assert!(matches!(value("salesrep"), Field::Choice { id, label } if id == rep.to_string() && label != id));
        assert!(matches!(value("salesrep_email"), Field::Text(email) if email.contains('@')));
        assert!(
            matches!(value("custentity_loyalty_tier"), Field::Choice { id, label } if (id.as_str(), label.as_str()) == ("3", "Gold"))
        );
        assert_eq!(value("custentity_birthday"), Field::Date("1999-12-31".parse().unwrap()));
        assert_eq!(value("custentity_score"), Field::Number("7.25".parse().unwrap()));
        assert_eq!((value("custentity_newsletter"), value("custentity_vat_id")), (Field::Flag(true), text("GB1")));
    }
}

#[tokio::test]
async fn what_an_account_lacks_is_left_out_and_found_again() {
    let house = House::new().await;
    let names = ["email", "fax", "billing_city", "salesrep_email", "custentity_score", "no_such_field"];
    let mut follower = Follower::settled(&house, Kind::Customer, &names).await;
    let id = house.all("customers").await[0];
    let touch = async |house: &House| {
        house.clock.advance(Duration::from_mins(1));
        house.edit("customers", id, json!({"fax": "1", "email": "a@b.example", "custentity_score": 3})).await;
        house.clock.advance(Duration::from_mins(1));
    };
    // The statement that worked until now is refused; the account is asked, and the rest read.
    house.switch(json!({"missingColumns": ["customer.fax", "customer.custentity_score"], "missingTables": ["entityaddress", "employee"]})).await;
    touch(&house).await;
    let news = follower.drain(&house).await;
    assert_eq!(news.records[0].fields.keys().collect::<Vec<_>>(), ["email"]);
    let fields = fields_of(&house.connector(|_| ()), Kind::Customer).await;
    for lost in ["fax", "billing_city", "salesrep_email", "custentity_score"] {
        assert!(named(&fields, lost).is_none(), "{lost}");
    }
    // Given back: found again within the hour.
    house.switch(json!({"missingColumns": [], "missingTables": []})).await;
    house.clock.advance(Duration::from_hours(1));
    touch(&house).await;
    let news = follower.drain(&house).await;
    let found = news.records[0].fields.keys().map(String::as_str).collect::<Vec<_>>();
    assert!(["billing_city", "custentity_score", "email", "fax"].iter().all(|name| found.contains(name)), "{found:?}");
}

#[tokio::test]
async fn an_account_with_one_currency_has_plain_numbers_unless_it_is_told_which() {
    let house = House::new().await;
    house.switch(json!({"multiCurrency": false})).await;
    let kind = |fields: &[FieldInfo]| named(fields, "creditlimit").unwrap().kind;
    let fields = fields_of(&house.erp, Kind::Customer).await;
    assert!(named(&fields, "currency_code").is_none());
    assert_eq!(kind(&fields), FieldKind::Number);
    let told = house.connector(|settings| settings.base_currency = Some("SEK".parse().unwrap()));
    assert_eq!(kind(&fields_of(&told, Kind::Customer).await), FieldKind::Money);
    let id = house.planted("customers", json!({"companyname": "Limit AB", "isperson": "F", "creditlimit": 10})).await;
    let read =
        told.sources(Lane::Background, &wanted(Kind::Customer, &["creditlimit"]), &[source(id)]).await.unwrap().records;
    assert!(matches!(&read[0].fields["creditlimit"], Field::Money(limit) if limit.currency().to_string() == "SEK"));
}

#[tokio::test]
async fn a_kind_that_the_role_may_not_see_names_the_right() {
    let house = House::new().await;
    house.switch(json!({"missingPermissions": ["Contacts"]})).await;
    for _ in 0..2 {
        let refused = house.erp.fields(Lane::Background, Kind::Contact).await;
        assert_eq!(refused, Err(ErpError::Permission { permission: "Contacts".to_owned() }));
        let refused = Follower::new(Kind::Contact, &[]).ask(&house).await.map(|_| ());
        assert_eq!(refused, Err(ErpError::Permission { permission: "Contacts".to_owned() }));
    }
    assert!(!fields_of(&house.erp, Kind::Customer).await.is_empty());
    house.switch(json!({"missingPermissions": []})).await;
    assert!(!fields_of(&house.erp, Kind::Contact).await.is_empty(), "asked again at once");
}
