//! The flows that come with the product, held to what this module promises.

use std::collections::BTreeMap;

use super::{Account, Mapped, MappingDoc, Plan, Proofs, check, fixtures};
use crate::{
    domain::field::{FieldInfo, FieldKind, Value},
    sync::{
        defaults,
        flow::{FlowDefault, MatchKey},
    },
};

/// An account and a portal with everything that the flow names.
fn everything(flow: &FlowDefault) -> (Vec<FieldInfo>, BTreeMap<crate::domain::record::ObjectType, Vec<FieldInfo>>) {
    let (mut erp, mut properties) = (Vec::new(), BTreeMap::new());
    for target in &flow.targets {
        let infos: &mut Vec<FieldInfo> = properties.entry(target.object).or_default();
        infos.extend(target.rows.iter().map(|row| fixtures::info(&row.property, FieldKind::Text)));
    }
    // Each round tells the names that are missing still.
    for _ in 0..100 {
        let plan = Plan::of(&flow.targets, None, &erp, &properties).unwrap();
        let Some(missing) = plan.dropped().first() else { break };
        erp.push(fixtures::info(&missing.name, FieldKind::Text));
    }
    (erp, properties)
}

#[test]
fn they_are_sound_where_an_account_has_everything() {
    for flow in defaults::all("netsuite") {
        let (erp, properties) = everything(flow);
        let plan = Plan::of(&flow.targets, None, &erp, &properties).unwrap();
        assert_eq!(plan.dropped(), [], "{}", flow.key);
        for (target, made) in flow.targets.iter().zip(plan.targets()) {
            assert_eq!(made.rows().len(), target.rows.len(), "{}", target.key);
        }
        let doc = MappingDoc::of_defaults(&flow.key, &flow.targets);
        let account = Account { erp: &erp, properties: &properties };
        assert_eq!(check(&flow.key, &flow.targets, &doc, &account, &Proofs::new()), [], "{}", flow.key);
        assert_eq!(MappingDoc::parse(&doc.to_text()), Ok(doc));
    }
}

#[test]
fn what_a_flow_matches_by_cannot_be_taken_away() {
    for target in defaults::all("netsuite").iter().flat_map(|flow| &flow.targets) {
        for key in &target.matching {
            let property = match key {
                MatchKey::Key => continue,
                MatchKey::Email => "email",
                MatchKey::Domain => "domain",
            };
            assert!(target.rows.iter().any(|row| row.property == property && row.locked), "{} {property}", target.key);
        }
    }
}

#[test]
fn a_company_with_a_mailbox_becomes_two_records() {
    let flow = defaults::of("netsuite", "customers").unwrap();
    let (erp, properties) = everything(flow);
    let plan = Plan::of(&flow.targets, None, &erp, &properties).unwrap();
    let mut company = fixtures::record(&[
        ("companyname", "Acme GmbH"),
        ("email", "Office@Acme.de; billing@acme.de"),
        ("billing_country", "DE"),
    ]);
    company.fields.insert("isperson".to_owned(), Value::Flag(false));
    let applies: Vec<_> =
        plan.targets().iter().filter(|t| t.applies(&company) == Ok(true)).map(super::TargetPlan::key).collect();
    assert_eq!(applies, ["company", "mailbox"]);
    let said = |target: &str, row: &str| plan.target(target).unwrap().map(&company).set[row].1.clone();
    let set = |text: &str| Mapped::Set(text.to_owned());
    assert!(said("company", "name") == set("Acme GmbH"));
    assert!(said("company", "domain") == set("acme.de"));
    assert!(said("company", "country") == set("Germany"));
    assert!(said("mailbox", "email") == set("office@acme.de"));
}
