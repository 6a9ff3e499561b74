//! A mapping as a file, what is found wrong with one, and how two differ.

use rstest::rstest;

use super::{
    Account, Fault, FitState, MappingDoc, Place, Plan, Proofs, Reason, Trouble, ValueTable, What, check, compare,
    fit_of, fixtures::*,
};
use crate::{
    domain::{
        field::{FieldKind, FieldOption},
        record::ObjectType,
    },
    sync::flow::{Direction, Row, Winner},
};

fn doc() -> MappingDoc {
    MappingDoc::of_defaults("customers", &targets())
}

fn faults_of(doc: &MappingDoc, proofs: &Proofs) -> Vec<Fault> {
    let (erp, mut properties) = (erp(), properties());
    let options = ["noble", "plain"].map(|word| FieldOption { value: word.to_owned(), label: word.to_owned() });
    let title = super::fixtures::info("rank", FieldKind::Choice);
    let title = crate::domain::field::FieldInfo { options: options.to_vec(), ..title };
    properties.get_mut(&ObjectType::Contact).unwrap().push(title);
    check("customers", &targets(), doc, &Account { erp: &erp, properties: &properties }, proofs)
}

fn with(made: impl FnOnce(&mut MappingDoc)) -> MappingDoc {
    let mut doc = doc();
    made(&mut doc);
    doc
}

/// The faults of a mapping with one more row on the person.
fn faults_with(row: Row) -> Vec<(Place, &'static str)> {
    let doc = with(|doc| doc.targets[0].rows.push(row));
    faults_of(&doc, &Proofs::new()).into_iter().map(|fault| (fault.place, fault.trouble.code())).collect()
}

#[test]
fn the_defaults_are_sound() {
    assert_eq!(faults_of(&doc(), &Proofs::new()), []);
}

#[rstest]
#[case(row("x", "jobtitle", |_| {}), Place::ToHubspot, "no_source")]
#[case(row("x", "jobtitle", |r| r.direction = Direction::ToErp), Place::Field, "no_field")]
#[case(row("x y", "jobtitle", |r| r.field = Some("title".to_owned())), Place::Row, "bad_id")]
#[case(row("email", "jobtitle", |r| r.field = Some("title".to_owned())), Place::Row, "row_twice")]
#[case(row("x", "phone", |r| r.field = Some("title".to_owned())), Place::Property, "property_twice")]
#[case(row("x", "shoe_size", |r| r.field = Some("title".to_owned())), Place::Property, "unknown_property")]
#[case(row("x", "jobtitle", |r| r.field = Some("tilte".to_owned())), Place::Field, "unknown_field")]
#[case(row("x", "jobtitle", |r| r.to_hubspot = Some("tilte or title".to_owned())), Place::ToHubspot, "unknown_field")]
#[case(row("x", "jobtitle", |r| r.to_hubspot = Some("title|shout".to_owned())), Place::ToHubspot, "unknown_filter")]
#[case(row("x", "jobtitle", |r| r.to_hubspot = Some("title|lookup('no')".to_owned())), Place::ToHubspot, "unknown_table")]
#[case(row("x", "score", |r| r.to_hubspot = Some("creditlimit.amount - 1".to_owned())), Place::ToHubspot, "amount")]
#[case(row("x", "createdate", |r| r.field = Some("title".to_owned())), Place::Row, "impossible")]
#[case(row("x", "createdate", |r| r.to_hubspot = Some("title".to_owned())), Place::Row, "impossible")]
#[case(row("x", "score", |r| r.field = Some("email".to_owned())), Place::Row, "impossible")]
fn a_fault_has_its_place(#[case] row: Row, #[case] place: Place, #[case] code: &str) {
    assert_eq!(faults_with(row), [(place, code)]);
}

#[test]
fn both_ways_needs_a_way_back_that_is_sure() {
    let both = |made: fn(&mut Row)| {
        faults_with(row("x", "jobtitle", |row| {
            row.direction = Direction::Both;
            row.field = Some("title".to_owned());
            made(row);
        }))
    };
    assert_eq!(both(|_| {}), []);
    assert_eq!(both(|row| row.to_hubspot = Some("title|upper".to_owned())), [(Place::ToErp, "no_way_back")]);
    assert_eq!(both(|row| row.to_erp = Some("jobtitle|lower".to_owned())), [(Place::ToHubspot, "no_way_back")]);
    let expressions = |row: &mut Row| {
        row.to_hubspot = Some("title|upper".to_owned());
        row.to_erp = Some("jobtitle|lower".to_owned());
    };
    assert_eq!(both(expressions), [(Place::Direction, "unproved")]);

    let proved = with(|doc| {
        doc.targets[0].rows.push(row("x", "jobtitle", |row| {
            row.direction = Direction::Both;
            row.field = Some("title".to_owned());
            expressions(row);
        }));
    });
    assert_eq!(faults_of(&proved, &Proofs::from([("person".to_owned(), "x".to_owned())])), []);
}

#[test]
fn two_rows_must_not_fill_one_field() {
    let doc = with(|doc| {
        for (id, property) in [("a", "jobtitle"), ("b", "department")] {
            doc.targets[0].rows.push(row(id, property, |row| {
                row.direction = Direction::Both;
                row.field = Some("title".to_owned());
            }));
        }
    });
    let faults = faults_of(&doc, &Proofs::new());
    assert_eq!(faults, [Fault::of_row("person", "b", Place::Field, Trouble::FieldTwice("a".to_owned()))]);
}

#[test]
fn a_table_is_checked_against_the_propertys_list() {
    let table = |pairs: &[(&str, &str)], otherwise: Option<&str>| {
        with(|doc| {
            let pairs = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            doc.tables.push(ValueTable { name: "t".to_owned(), pairs, otherwise: otherwise.map(str::to_owned) });
            doc.targets[0].rows.push(row("x", "rank", |row| {
                row.direction = Direction::Both;
                row.field = Some("title".to_owned());
                row.table = Some("t".to_owned());
            }));
        })
    };
    let codes = |doc: &MappingDoc| -> Vec<_> {
        faults_of(doc, &Proofs::new())
            .into_iter()
            .map(|fault| (fault.place.to_string(), fault.trouble.code()))
            .collect()
    };
    assert_eq!(codes(&table(&[("Countess", "noble"), ("Clerk", "Plain")], None)), []);
    let unknown = [("tables.t[1]".to_owned(), "pair_option")];
    assert_eq!(codes(&table(&[("Countess", "noble"), ("King", "royal")], None)), unknown);
    let twice = [("tables.t[1]".to_owned(), "pair_twice"), ("direction".to_owned(), "unproved")];
    assert_eq!(codes(&table(&[("Countess", "noble"), ("countess", "plain")], None)), twice);
    assert_eq!(codes(&table(&[("Countess", "noble")], Some("plain"))), [("direction".to_owned(), "unproved")]);
}

#[test]
fn what_matching_needs_must_stay() {
    let gone = with(|doc| drop(doc.targets[0].rows.remove(0)));
    let told =
        |doc: &MappingDoc| faults_of(doc, &Proofs::new()).into_iter().map(|fault| fault.trouble).collect::<Vec<_>>();
    assert_eq!(told(&gone), [Trouble::LockedMissing("email".to_owned())]);
    let never = with(|doc| doc.targets[0].rows[0].winner = Winner::Never);
    assert_eq!(told(&never), [Trouble::LockedChanged]);
    // What a row says of itself counts for nothing; how it is computed is the administrator's.
    let other = with(|doc| {
        doc.targets[0].rows[0].locked = false;
        doc.targets[0].rows[0].to_hubspot = Some("email|lower|first_email".to_owned());
    });
    assert_eq!(told(&other), []);
}

#[test]
fn a_default_row_may_name_what_the_account_lacks_and_a_changed_one_may_not() {
    let (erp, properties) = (vec![info("email", FieldKind::Email), info("companyname", FieldKind::Text)], properties());
    let account = Account { erp: &erp, properties: &properties };
    assert_eq!(check("customers", &targets(), &doc(), &account, &Proofs::new()), []);
    let changed = with(|doc| doc.targets[0].rows[1].winner = Winner::Newest);
    let faults = check("customers", &targets(), &changed, &account, &Proofs::new());
    assert_eq!(faults, [Fault::of_row("person", "firstname", Place::Field, Trouble::UnknownField)]);
}

#[test]
fn targets_and_flows_are_held_to_their_names() {
    let strange = with(|doc| {
        doc.flow = "contacts".to_owned();
        doc.targets[1].key = "person".to_owned();
        doc.targets.push(super::TargetRows { key: "robot".to_owned(), rows: Vec::new() });
    });
    let codes: Vec<_> = faults_of(&strange, &Proofs::new()).iter().map(|fault| fault.trouble.code()).collect();
    assert!(codes.starts_with(&["other_flow", "target_twice"]), "{codes:?}");
    assert!(codes.ends_with(&["unknown_target"]), "{codes:?}");
}

#[test]
fn a_sound_mapping_makes_a_plan() {
    let doc = with(|doc| {
        doc.targets[0].rows.push(row("x", "jobtitle", |row| row.to_hubspot = Some("title|title or none".to_owned())));
    });
    assert_eq!(faults_of(&doc, &Proofs::new()), []);
    let plan = Plan::of(&targets(), Some(&doc), &erp(), &properties()).unwrap();
    assert_eq!(plan.dropped(), []);
    assert!(plan.target("person").unwrap().row("x").is_some());
}

#[test]
fn a_fit_is_told_for_every_row() {
    let (erp, properties) = (erp(), properties());
    let account = Account { erp: &erp, properties: &properties };
    let fit = |row: &Row| fit_of(row, ObjectType::Contact, &account, &[]);
    let money = row("x", "score", |row| row.field = Some("creditlimit".to_owned()));
    assert_eq!((fit(&money).state, fit(&money).reasons), (FitState::Lossy, vec![Reason::CurrencyLost]));
    let rename = row("x", "jobtitle", |row| row.field = Some("title".to_owned()));
    assert_eq!(fit(&rename).state, FitState::Good);
    let made = row("x", "createdate", |row| row.to_hubspot = Some("title".to_owned()));
    assert_eq!(fit(&made).reasons, [Reason::ReadOnly]);
}

#[test]
fn every_part_of_a_file_that_cannot_be_read_is_told() {
    let text = r#"{
        "version": 1, "flow": "customers", "colour": "red",
        "targets": [
            { "key": "person", "rows": [
                { "id": "a", "property": "email", "field": "email" },
                { "id": "b", "property": "phone", "winner": "loudest" },
                { "id": "c", "property": "fax", "fields": "fax" } ] },
            { "rows": [] } ],
        "tables": [ { "name": "t", "pairs": [["a", "b"], ["c"]] } ]
    }"#;
    let faults = MappingDoc::parse(text).unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| fault.place.to_string()).collect();
    let expected =
        ["targets[0].rows[1].winner", "targets[0].rows[2].fields", "targets[1]", "tables[0].pairs[1]", "colour"];
    assert_eq!(places, expected);
    assert!(faults.iter().all(|fault| fault.trouble.code() == "malformed"));
    assert!(faults[0].to_string().contains("loudest"));
}

#[rstest]
#[case("", "not_json")]
#[case("[1, 2", "not_json")]
#[case("[]", "version")]
#[case(r#"{"version": 2, "flow": "customers", "targets": []}"#, "version")]
#[case(r#"{"version": 1, "flow": "customers", "targets": {}}"#, "malformed")]
#[case(r#"{"version": 1, "flow": "customers"}"#, "malformed")]
fn what_is_no_mapping_is_refused(#[case] text: &str, #[case] code: &str) {
    let faults = MappingDoc::parse(text).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.trouble.code()).collect::<Vec<_>>(), [code]);
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let faults = MappingDoc::parse(&" ".repeat(1_000_001)).unwrap_err();
    assert_eq!(faults[0].trouble, Trouble::TooLarge);
}

#[test]
fn two_mappings_differ_row_by_row() {
    let after = with(|doc| {
        drop(doc.targets[0].rows.remove(3));
        doc.targets[0].rows.swap(1, 2);
        doc.targets[0].rows[0].winner = Winner::Newest;
        doc.targets[0].rows[0].to_hubspot = None;
        doc.targets[1].rows.push(row("x", "domain", |_| {}));
        doc.tables.push(ValueTable { name: "t".to_owned(), pairs: Vec::new(), otherwise: None });
    });
    let told: Vec<_> = compare(&doc(), &after)
        .into_iter()
        .map(|d| (d.target.or(d.table).unwrap(), d.row.unwrap_or_default(), d.what, d.parts))
        .collect();
    let expected = [
        ("company".to_owned(), "x".to_owned(), What::Added, vec![]),
        ("person".to_owned(), "email".to_owned(), What::Changed, vec!["toHubspot", "winner"]),
        ("person".to_owned(), "phone".to_owned(), What::Removed, vec![]),
        ("t".to_owned(), String::new(), What::Added, vec![]),
    ];
    assert_eq!(told, expected);
}
