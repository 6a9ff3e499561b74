//! Which records belong together, for many at once.

use ledgercard::hubspot::refusal::RefusalCode;
use serde_json::json;

use super::{COMPANY, CONTACT, LANE, Line, ObjectId, PORTAL, of};

async fn companies(line: &Line, count: usize) -> Vec<ObjectId> {
    let all: Vec<_> = (0..count).map(|at| of(&[("name", &format!("Bonded {at}"))])).collect();
    line.made(COMPANY, &all).await
}

/// The companies of a contact, the primary one marked.
async fn of_contact(line: &Line, contact: ObjectId) -> Vec<(ObjectId, bool)> {
    let bonds = line.calls.associations_of(LANE, PORTAL, CONTACT, COMPANY, &[contact]).await.unwrap();
    bonds.get(&contact).into_iter().flatten().map(|bond| (bond.to, bond.is_primary_company())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pairs_are_connected_once_and_those_that_cannot_be_are_named() {
    let line = Line::open().await;
    let (contacts, companies) = (line.crowd(3).await, companies(&line, 2).await);
    let gone = ObjectId(999_999_999);
    let pairs =
        [(contacts[0], companies[0]), (contacts[1], companies[0]), (contacts[1], gone), (contacts[0], companies[0])];
    for _ in 0..2 {
        let told = line.calls.associate(LANE, PORTAL, CONTACT, COMPANY, &pairs).await.unwrap();
        assert_eq!(told.done, pairs[..2]);
        let refused: Vec<_> = told.refused.iter().map(|(pair, refusal)| (*pair, refusal.code.clone())).collect();
        assert_eq!(refused, [(pairs[2], RefusalCode::Missing)]);
    }
    let asked = [contacts[0], contacts[1], contacts[2], gone];
    let bonds = line.calls.associations_of(LANE, PORTAL, CONTACT, COMPANY, &asked).await.unwrap();
    assert_eq!(bonds.keys().copied().collect::<Vec<_>>(), contacts[..2]);
    let back = line.calls.associations_of(LANE, PORTAL, COMPANY, CONTACT, &companies).await.unwrap();
    let people: Vec<_> = back[&companies[0]].iter().map(|bond| bond.to).collect();
    assert_eq!((people, back.len()), (contacts[..2].to_vec(), 1));
    line.calls.dissociate(LANE, PORTAL, CONTACT, COMPANY, &pairs[..2]).await.unwrap();
    assert_eq!(of_contact(&line, contacts[0]).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_has_one_primary_company_and_keeps_the_one_it_had() {
    let line = Line::open().await;
    let (contact, companies) = (line.crowd(1).await[0], companies(&line, 2).await);
    let pairs = [(contact, companies[0]), (contact, companies[1])];
    line.calls.associate(LANE, PORTAL, CONTACT, COMPANY, &pairs[..1]).await.unwrap();
    let told = line.calls.set_primary_company(LANE, PORTAL, &pairs).await.unwrap();
    assert_eq!((told.done, told.refused.len()), (pairs.to_vec(), 0));
    assert_eq!(of_contact(&line, contact).await, [(companies[0], false), (companies[1], true)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_that_an_admin_set_refuses_the_pair_and_no_other() {
    let line = Line::open().await;
    let (contacts, companies) = (line.crowd(3).await, companies(&line, 3).await);
    line.portal(
        "PUT",
        "rules",
        json!({ "associationLimits": [{ "from": "contacts", "to": "companies", "limit": 1 }] }),
    )
    .await;
    let pairs = [
        (contacts[0], companies[0]),
        (contacts[1], companies[0]),
        (contacts[1], companies[1]),
        (contacts[2], companies[2]),
    ];
    let told = line.calls.associate(LANE, PORTAL, CONTACT, COMPANY, &pairs).await.unwrap();
    assert_eq!(told.done, [pairs[0], pairs[1], pairs[3]]);
    let refused: Vec<_> = told.refused.iter().map(|(pair, refusal)| (*pair, refusal.code.clone())).collect();
    assert_eq!(refused, [(pairs[2], RefusalCode::Other("ASSOCIATION_LIMIT_EXCEEDED".to_owned()))]);
}
