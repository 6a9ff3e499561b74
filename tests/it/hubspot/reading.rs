//! Records read by id and by value, with their past; properties and owners.

use std::collections::BTreeMap;

use ledgercard::{
    domain::field::FieldKind,
    hubspot::properties::{Ensured, OWN_PROPERTY, STATE_PROPERTY},
};
use serde_json::json;

use super::{COMPANY, CONTACT, LANE, Line, ObjectId, PORTAL, of, update};

/// What was asked and the id that came.
async fn read(line: &Line, by: Option<&str>, asked: &[String]) -> BTreeMap<String, ObjectId> {
    let found = line.calls.read_by(LANE, PORTAL, CONTACT, by, asked, &["lastname"]).await.unwrap();
    found.into_iter().map(|found| (found.asked.unwrap(), found.record.id)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_were_merged_away_lead_to_the_survivor_and_gone_ones_to_nothing() {
    let line = Line::open().await;
    let ids = line.crowd(4).await;
    let survivor = line.merge(ids[0], ids[1]).await;
    line.calls.archive_many(LANE, PORTAL, CONTACT, &ids[2..3]).await.unwrap();
    let asked: Vec<String> = ids.iter().map(ToString::to_string).chain(["999999999".to_owned()]).collect();
    let expected = [(&ids[0], survivor), (&ids[1], survivor), (&ids[3], ids[3])];
    assert_eq!(read(&line, None, &asked).await, expected.map(|(asked, id)| (asked.to_string(), id)).into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_found_whatever_its_case_and_also_when_it_is_a_second_one() {
    let line = Line::open().await;
    let ids = line.contacts(&[of(&[("email", "ann@two.example")]), of(&[("email", "ann@old.example")])]).await;
    let survivor = line.merge(ids[0], ids[1]).await;
    let asked = ["Ann@Two.example", "ann@two.example", "ann@old.example", "nobody@two.example"].map(str::to_owned);
    let found = read(&line, Some("email"), &asked).await;
    assert_eq!(found, asked[..3].iter().map(|address| (address.clone(), survivor)).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_of_a_property_comes_newest_first_with_who_wrote_it() {
    let line = Line::open().await;
    let id = line.contacts(&[of(&[("lastname", "Born"), ("city", "Oslo")])]).await[0];
    line.clock.advance(std::time::Duration::from_mins(1));
    line.portal("PATCH", &format!("records/contacts/{id}"), json!({ "properties": { "lastname": "Wed" } })).await;
    line.clock.advance(std::time::Duration::from_mins(1));
    line.update(&[update(id, &[("lastname", "")])]).await;
    let told = line.calls.with_history(LANE, PORTAL, CONTACT, &[id], &["lastname", "city"]).await.unwrap();
    let past = &told[0].history["lastname"];
    let values: Vec<_> = past.iter().map(|past| past.value.as_str()).collect();
    assert_eq!((told[0].record.id, values), (id, vec!["", "Wed", "Born"]));
    let sources: Vec<_> = past.iter().map(|past| past.source.as_str()).collect();
    assert_eq!(sources, ["INTEGRATION", "CRM_UI", "INTEGRATION"]);
    assert_eq!(past[0].at.unwrap().0 - past[2].at.unwrap().0, 120_000);
    assert_eq!(told[0].history["city"].len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn properties_are_fields_with_stages_in_their_order_and_own_ones_marked() {
    let line = Line::open().await;
    let option = json!({ "value": "987654", "label": "Partner", "displayOrder": 2 });
    line.portal("POST", "properties/contacts/lifecyclestage/options", option).await;
    let fields = line.calls.fields(LANE, PORTAL, CONTACT).await.unwrap();
    let field = |name: &str| fields.iter().find(|field| field.name == name).unwrap();
    assert_eq!(field("email").kind, FieldKind::Email);
    assert!(field("createdate").read_only && !field("lastname").read_only);
    assert!(!field("lastname").custom && fields.iter().any(|field| field.custom));
    let stages: Vec<_> = field("lifecyclestage").options.iter().map(|option| option.value.as_str()).collect();
    let place = |stage: &str| stages.iter().position(|value| *value == stage).unwrap();
    assert!(place("subscriber") < place("lead") && place("lead") < place("987654"), "{stages:?}");
    assert!(place("987654") < place("customer") && place("customer") < place("evangelist"), "{stages:?}");
    let owners = line.calls.owners(LANE, PORTAL).await.unwrap();
    assert!(!owners.is_empty() && owners.iter().all(|owner| !owner.id.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_property_for_what_became_of_a_record_is_made_once_and_goes_with_the_key() {
    let line = Line::open().await;
    line.calls.ensure_own_property(LANE, PORTAL, COMPANY).await.unwrap();
    let first = line.calls.ensure_state_property(LANE, PORTAL, COMPANY).await.unwrap();
    let second = line.calls.ensure_state_property(LANE, PORTAL, COMPANY).await.unwrap();
    assert_eq!((first, second), (Ensured::Created, Ensured::Present));
    let id = line.made(COMPANY, &[of(&[("name", "Gone Ltd"), (STATE_PROPERTY, "deleted_in_erp")])]).await;
    assert_eq!(id.len(), 1);
    assert!(line.calls.archive_own_property(LANE, PORTAL, COMPANY).await.unwrap());
    for name in [OWN_PROPERTY, STATE_PROPERTY] {
        assert_eq!(line.calls.property(LANE, PORTAL, COMPANY, name).await, Ok(None));
    }
}
