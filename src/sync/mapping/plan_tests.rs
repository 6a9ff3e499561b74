//! A flow's mapping for accounts and portals that differ.

use std::collections::BTreeMap;

use super::{Cause, Mapped, MappedErp, MappingDoc, Place, Plan, Trouble, ValueTable, fixtures::*};
use crate::{
    domain::{
        field::{FieldKind, Value},
        record::ObjectType,
    },
    sync::flow::Direction,
};

#[test]
fn a_record_is_mapped_by_renames_and_expressions() {
    let plan = Plan::of(&targets(), None, &erp(), &properties()).unwrap();
    let mapping = plan.target("person").unwrap().map(&record(&[("firstname", "Ada"), ("email", "ADA@x.de; b@x.de")]));
    assert_eq!(mapping.faults, []);
    let said = |row: &str| mapping.set.get(row).map(|(property, mapped)| (property.as_str(), mapped.clone()));
    assert!(said("email") == Some(("email", Mapped::Set("ada@x.de".to_owned()))));
    assert!(said("firstname") == Some(("firstname", Mapped::Set("Ada".to_owned()))));
    // A renamed field that is empty clears; an expression that comes to nothing leaves alone.
    assert_eq!(said("lastname"), Some(("lastname", Mapped::Clear)));
    assert_eq!(said("phone"), Some(("phone", Mapped::Leave)));
}

#[test]
fn triggers_see_the_fields_and_whether_the_record_is_in_use() {
    let mut targets = targets();
    targets[0].when = "isperson and not inactive".to_owned();
    let plan = Plan::of(&targets, None, &erp(), &properties()).unwrap();
    let mut person = record(&[]);
    person.fields.insert("isperson".to_owned(), Value::Flag(true));
    assert_eq!(plan.target("person").unwrap().applies(&person), Ok(true));
    assert_eq!(plan.target("company").unwrap().applies(&person), Ok(false));
    person.inactive = true;
    assert_eq!(plan.target("person").unwrap().applies(&person), Ok(false));
}

#[test]
fn a_trigger_that_fails_is_a_fault_of_the_record() {
    let mut targets = targets();
    targets[0].when = "firstname|times(2) > 1".to_owned();
    let plan = Plan::of(&targets, None, &erp(), &properties()).unwrap();
    let fault = plan.target("person").unwrap().applies(&record(&[("firstname", "Ada")])).unwrap_err();
    assert_eq!((fault.row.as_str(), fault.cause), ("when", Cause::MappingFailed));
}

#[test]
fn it_asks_for_what_it_reads_and_no_more() {
    let mut targets = targets();
    targets[0].rows.push(row("back", "jobtitle", |row| {
        row.direction = Direction::ToErp;
        row.field = Some("title".to_owned());
        row.to_erp = Some("jobtitle or department".to_owned());
    }));
    let plan = Plan::of(&targets, None, &erp(), &properties()).unwrap();
    let fields: Vec<_> = plan.fields().iter().map(String::as_str).collect();
    assert_eq!(fields, ["companyname", "email", "firstname", "isperson", "lastname", "mobilephone", "phone", "title"]);
    let contact: Vec<_> = plan.properties(ObjectType::Contact).collect();
    assert_eq!(contact, ["department", "email", "firstname", "jobtitle", "lastname", "phone"]);
    assert_eq!(plan.properties(ObjectType::Company).collect::<Vec<_>>(), ["name"]);
    assert_eq!(plan.properties(ObjectType::Deal).count(), 0);
}

#[test]
fn what_an_account_lacks_is_left_out_and_told() {
    let lacking: Vec<_> =
        erp().into_iter().filter(|f| !["lastname", "mobilephone"].contains(&f.name.as_str())).collect();
    let mut portal = properties();
    portal.get_mut(&ObjectType::Company).unwrap().retain(|p| p.name != "name");
    let plan = Plan::of(&targets(), None, &lacking, &portal).unwrap();
    let told: Vec<_> = plan
        .dropped()
        .iter()
        .map(|d| (d.target.as_str(), d.row.as_deref().unwrap_or("when"), d.name.as_str(), d.in_hubspot, d.whole))
        .collect();
    // The phone's expression has another field to read, so that the row stays.
    let expected = [
        ("person", "lastname", "lastname", false, true),
        ("person", "phone", "mobilephone", false, false),
        ("company", "name", "name", true, true),
    ];
    assert_eq!(told, expected);
    let person = plan.target("person").unwrap();
    assert!(person.row("lastname").is_none() && person.row("phone").is_some());
    assert!(!plan.fields().contains("mobilephone") && plan.fields().contains("phone"));
    let without: Vec<_> = lacking.into_iter().filter(|f| f.name != "phone").collect();
    let plan = Plan::of(&targets(), None, &without, &portal).unwrap();
    assert!(plan.target("person").unwrap().row("phone").is_none());
}

#[test]
fn a_value_that_cannot_go_over_is_a_fault_and_holds_up_no_other_row() {
    let mut targets = targets();
    targets[0].rows.push(row("score", "score", |row| row.field = Some("title".to_owned())));
    targets[0].rows.push(row("sum", "department", |row| row.to_hubspot = Some("firstname|times(2)".to_owned())));
    let plan = Plan::of(&targets, None, &erp(), &properties()).unwrap();
    let mapping = plan.target("person").unwrap().map(&record(&[("firstname", "Ada"), ("title", "Countess")]));
    assert_eq!(mapping.set.len(), 4);
    let faults: Vec<_> = mapping.faults.iter().map(|f| (f.row.as_str(), f.field.as_str(), f.cause)).collect();
    assert_eq!(faults, [("score", "score", Cause::InvalidNumber), ("sum", "department", Cause::InvalidNumber)]);
    assert!(!format!("{:?}", mapping.faults).contains("Countess"));
    assert!(!format!("{:?}", mapping.set).contains("Ada"));
}

#[test]
fn a_record_in_hubspot_is_mapped_back() {
    let mut targets = targets();
    targets[0].rows[1].direction = Direction::Both;
    targets[0].rows.push(row("back", "jobtitle", |row| {
        row.direction = Direction::ToErp;
        row.field = Some("title".to_owned());
        row.to_erp = Some("jobtitle|upper".to_owned());
    }));
    let plan = Plan::of(&targets, None, &erp(), &properties()).unwrap();
    let person = plan.target("person").unwrap();
    let properties = BTreeMap::from([
        ("firstname".to_owned(), Some(String::new())),
        ("jobtitle".to_owned(), Some("countess".to_owned())),
        ("lastname".to_owned(), Some("never asked".to_owned())),
    ]);
    let back = person.back(&properties);
    assert_eq!((back.set.len(), back.faults.len()), (2, 0));
    assert!(back.set["firstname"] == ("firstname".to_owned(), MappedErp::Clear));
    assert!(back.set["back"] == ("title".to_owned(), MappedErp::Set(Value::Text("COUNTESS".to_owned()))));
    // What the row is compared by: of a rename HubSpot's words, of a row to the ERP only the field itself.
    let record = record(&[("firstname", " Ada "), ("title", "Countess")]);
    let form = |row: &str| person.row(row).unwrap().erp_form(&person.scope(&record)).unwrap();
    assert_eq!((form("firstname"), form("back")), (Some("Ada".to_owned()), Some("Countess".to_owned())));
    assert_eq!(form("phone"), None);
    assert_eq!(person.row("email").unwrap().hubspot_form(Some("ADA@X.de")), "ada@x.de");
    assert_eq!(person.row("email").unwrap().hubspot_form(None), "");
}

#[test]
fn a_table_stands_between_the_two_sides() {
    let mut doc = MappingDoc::of_defaults("customers", &targets());
    let pairs = vec![("Countess".to_owned(), "noble".to_owned()), ("Retired".to_owned(), String::new())];
    doc.tables.push(ValueTable { name: "titles".to_owned(), pairs, otherwise: None });
    doc.targets[0].rows.push(row("title", "jobtitle", |row| {
        row.field = Some("title".to_owned());
        row.table = Some("titles".to_owned());
        row.direction = Direction::Both;
    }));
    let plan = Plan::of(&targets(), Some(&doc), &erp(), &properties()).unwrap();
    let person = plan.target("person").unwrap();
    let mapped = |title: &str| person.map(&record(&[("title", title)]));
    assert!(mapped("countess").set["title"].1 == Mapped::Set("noble".to_owned()));
    assert_eq!(mapped("Retired").set["title"].1, Mapped::Clear);
    assert_eq!(mapped("Duke").faults[0].cause, Cause::InvalidOption);
    let back = person.back(&BTreeMap::from([("jobtitle".to_owned(), Some("NOBLE".to_owned()))]));
    assert!(back.set["title"].1 == MappedErp::Set(Value::Text("Countess".to_owned())));
}

#[test]
fn a_fault_of_the_rows_makes_no_plan() {
    let mut doc = MappingDoc::of_defaults("customers", &targets());
    doc.targets[0].rows[0].to_hubspot = Some("email|shout".to_owned());
    doc.targets[0].rows[1].table = Some("nowhere".to_owned());
    let faults = Plan::of(&targets(), Some(&doc), &erp(), &properties()).unwrap_err();
    let told: Vec<_> = faults.iter().map(|f| (f.row.as_deref(), f.place.clone(), f.trouble.code())).collect();
    let table = Place::Table("nowhere".to_owned());
    assert_eq!(
        told,
        [(Some("email"), Place::ToHubspot, "unknown_filter"), (Some("firstname"), table, "unknown_table")]
    );
    assert_eq!(faults[1].trouble, Trouble::UnknownTable("nowhere".to_owned()));
}

#[test]
fn the_hash_changes_with_what_the_mapping_says_and_with_nothing_else() {
    let hash = |targets: &[_], doc: Option<&MappingDoc>, erp: &[_], properties: &_| {
        Plan::of(targets, doc, erp, properties).unwrap().rules_hash().to_owned()
    };
    let first = hash(&targets(), None, &erp(), &properties());
    assert_eq!(first.len(), 16);
    assert_eq!(first, hash(&targets(), None, &erp(), &properties()));
    let mut relabelled = erp();
    for field in &mut relabelled {
        field.label.push('!');
    }
    assert_eq!(first, hash(&targets(), None, &relabelled, &properties()));

    let mut kinds = properties();
    kinds.get_mut(&ObjectType::Contact).unwrap()[1].kind = FieldKind::Choice;
    let mut doc = MappingDoc::of_defaults("customers", &targets());
    doc.targets[0].rows[1].winner = crate::sync::flow::Winner::Newest;
    let mut triggered = targets();
    triggered[0].when = "not not isperson".to_owned();
    let fewer: Vec<_> = erp().into_iter().filter(|f| f.name != "mobilephone").collect();
    let others = [
        hash(&targets(), None, &erp(), &kinds),
        hash(&targets(), Some(&doc), &erp(), &properties()),
        hash(&triggered, None, &erp(), &properties()),
        hash(&targets(), None, &fewer, &properties()),
    ];
    assert!(others.iter().all(|other| *other != first));
}
