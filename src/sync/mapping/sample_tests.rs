//! Proving on records that two expressions undo each other.

use std::collections::BTreeMap;

use rstest::rstest;

use super::{Cause, Plan, Proof, Unproved, fixtures::*, prove};
use crate::{domain::field::Fields, sync::flow::Direction};

fn proof(to_hubspot: &str, to_erp: &str, erp_side: &[&str], hubspot_side: &[&str]) -> Proof {
    let mut targets = targets();
    targets[0].rows.push(row("x", "jobtitle", |row| {
        row.direction = Direction::Both;
        row.field = Some("title".to_owned());
        row.to_hubspot = Some(to_hubspot.to_owned());
        row.to_erp = Some(to_erp.to_owned());
    }));
    let plan = Plan::of(&targets, None, &erp(), &properties()).unwrap();
    let records: Vec<Fields> = erp_side.iter().map(|title| record(&[("title", title)]).fields).collect();
    let properties: Vec<_> =
        hubspot_side.iter().map(|title| BTreeMap::from([("jobtitle".to_owned(), Some((*title).to_owned()))])).collect();
    prove(plan.target("person").unwrap(), "x", &records, &properties)
}

#[test]
fn what_came_back_as_it_was_is_proved() {
    let proved = proof("'T: ' ~ title", "jobtitle[3:]", &["Countess", "Duke"], &["T: Clerk", " "]);
    assert_eq!(proved, Proof::Proved { tried: 3 });
}

#[rstest]
#[case("title|upper", "jobtitle|lower", &["clerk", "Duke"], &[], Unproved::Erp { sample: 1, cause: None })]
#[case("title|upper", "jobtitle|lower", &["clerk"], &["Duke"], Unproved::Hubspot { sample: 0, cause: None })]
#[case("title", "none", &["clerk"], &[], Unproved::Erp { sample: 0, cause: None })]
#[case("title|date", "jobtitle", &["clerk"], &[], Unproved::Erp { sample: 0, cause: Some(Cause::InvalidDate) })]
#[case("title", "jobtitle|times(2)", &[], &["clerk"], Unproved::Hubspot { sample: 0, cause: Some(Cause::InvalidNumber) })]
#[case("title ~ firstname", "jobtitle", &["clerk"], &[], Unproved::ReadsOthers("firstname".to_owned()))]
#[case("title", "jobtitle or department", &["clerk"], &[], Unproved::ReadsOthers("department".to_owned()))]
#[case("title", "jobtitle", &[], &["", "  "], Unproved::NoSample)]
fn what_did_not_is_not(
    #[case] to_hubspot: &str,
    #[case] to_erp: &str,
    #[case] erp_side: &[&str],
    #[case] hubspot_side: &[&str],
    #[case] expected: Unproved,
) {
    assert_eq!(proof(to_hubspot, to_erp, erp_side, hubspot_side), Proof::Unproved(expected));
}

#[test]
fn a_row_that_goes_one_way_cannot_be_proved() {
    let plan = Plan::of(&targets(), None, &erp(), &properties()).unwrap();
    for row in ["email", "no such row"] {
        assert_eq!(prove(plan.target("person").unwrap(), row, &[], &[]), Proof::Unproved(Unproved::OneWay));
    }
}
