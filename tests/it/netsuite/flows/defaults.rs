//! The flows that come with NetSuite.

use std::collections::BTreeSet;

use ledgercard::{
    domain::record::ObjectType,
    erp::netsuite::FLOWS,
    sync::flow::{Direction, FlowDefaults, MatchKey, Target, Winner},
};

use super::*;

fn defaults() -> FlowDefaults {
    toml::from_str(FLOWS).unwrap()
}

fn targets(defaults: &FlowDefaults) -> impl Iterator<Item = &Target> {
    defaults.flows.iter().flat_map(|flow| &flow.targets)
}

#[test]
fn persons_become_contacts_companies_become_companies_and_their_mailboxes_contacts_of_them() {
    let defaults = defaults();
    let shape: Vec<_> = defaults
        .flows
        .iter()
        .flat_map(|flow| flow.targets.iter().map(|t| (flow.key.as_str(), flow.kind, t.key.as_str(), t.object)))
        .collect();
    assert_eq!(
        shape,
        [
            ("customers", Kind::Customer, "person", ObjectType::Contact),
            ("customers", Kind::Customer, "company", ObjectType::Company),
            ("customers", Kind::Customer, "mailbox", ObjectType::Contact),
            ("contacts", Kind::Contact, "contact", ObjectType::Contact),
        ]
    );
    for target in targets(&defaults) {
        let last = if target.object == ObjectType::Contact { MatchKey::Email } else { MatchKey::Domain };
        assert_eq!(target.matching, [MatchKey::Key, last], "{}", target.key);
    }
    let named = |key: &str| targets(&defaults).find(|target| target.key == key).unwrap();
    assert_eq!(named("mailbox").belongs_to.as_deref(), Some("company"));
    assert_eq!(named("contact").parents.as_deref(), Some("company"));
}

#[test]
fn rows_go_to_hubspot_alone_have_names_of_their_own_and_leave_the_lifecycle_to_people_ns_16() {
    for target in targets(&defaults()) {
        let ids: BTreeSet<_> = target.rows.iter().map(|row| &row.id).collect();
        let properties: BTreeSet<_> = target.rows.iter().map(|row| row.property.as_str()).collect();
        assert_eq!((ids.len(), properties.len()), (target.rows.len(), target.rows.len()), "{}", target.key);
        assert!(!properties.contains("lifecyclestage") && !properties.iter().any(|p| p.contains("marketable")));
        for row in &target.rows {
            assert_eq!(row.direction, Direction::ToHubspot, "{}", row.id);
            assert!(matches!(row.winner, Winner::Erp | Winner::OnlyIfEmpty), "{}", row.id);
            assert!(row.field.is_some() != row.to_hubspot.is_some() && row.to_erp.is_none(), "{}", row.id);
            assert!(row.property.parse::<u32>().is_err());
        }
        let needed = if target.object == ObjectType::Contact { "email" } else { "domain" };
        assert!(target.rows.iter().any(|row| row.property == needed && row.locked), "{}", target.key);
    }
}

/// Words of expressions that are no fields.
const LANGUAGE: [&str; 9] =
    ["or", "and", "not", "is", "empty", "first_email", "domain_of", "country_name", "join_name"];

#[tokio::test]
async fn every_field_that_the_default_rows_name_is_one_of_the_connectors() {
    let house = House::new().await;
    for flow in defaults().flows {
        let fields = house.erp.fields(Lane::Background, flow.kind).await.unwrap();
        let known: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        for target in &flow.targets {
            let expressions =
                target.rows.iter().filter_map(|row| row.to_hubspot.as_deref()).chain([target.when.as_str()]);
            let words = expressions.flat_map(|text| {
                text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
            });
            let named = target.rows.iter().filter_map(|row| row.field.as_deref());
            for name in words.filter(|word| !LANGUAGE.contains(word)).chain(named) {
                assert!(known.contains(name), "{} names {name}", target.key);
            }
        }
    }
}
