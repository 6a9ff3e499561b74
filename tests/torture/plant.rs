//! The beginning: customers in NetSuite, and in HubSpot some of the same people, strangers, and what people must decide about.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    dice::Dice,
    fields::Target,
    sides::{Kind, Row, RowId},
    site::Site,
    story::{Saga, Story, Stranger},
};

/// So many rows of each sort are left alone until the end.
const CALM: usize = 12;
/// So many persons get the address of another one.
const SHARED: usize = 3;

/// Plants everything.
pub(crate) async fn plant(site: &Site, customers: usize, seed: u64) -> anyhow::Result<Story> {
    let bulk = json!({
        "count": customers, "seed": seed, "people": 0.7, "withEmail": 0.9, "contactsPerCompany": 1, "stampSpread": 3_600,
    });
    let made = site.netsuite_does("POST", "customers/bulk", &bulk).await?;
    let first = made["firstId"].as_u64().context("the first id")?;
    let (mut story, mut dice, now) = (Story::default(), Dice::of(seed, 1), site.clock.now().0);
    let mut rows = BTreeMap::new();
    for kind in Kind::ALL {
        for row in site.rows(kind).await? {
            let id = (kind, row.id);
            if row.id < first {
                story.demo.insert(id);
            } else {
                story.sagas.insert(id, Saga::of(&row, now));
                rows.insert(id, row);
            }
        }
    }
    calm(&mut story, &rows);
    shared(site, &mut story, &rows).await?;
    twins(site, &mut story, &rows, &mut dice).await?;
    strangers(site, &mut story, customers / 50 + 5).await?;
    Ok(story)
}

/// Chooses who is left alone until the end: people in use with an address.
fn calm(story: &mut Story, rows: &BTreeMap<RowId, Row>) {
    let sort = |(kind, _): &RowId, row: &Row| (*kind, row.is_person());
    let mut taken: BTreeMap<(Kind, bool), usize> = BTreeMap::new();
    for (id, row) in rows.iter().filter(|(_, row)| !row.is_inactive() && !row.value("email").is_empty()) {
        let taken = taken.entry(sort(id, row)).or_default();
        if *taken < CALM
            && let Some(saga) = story.sagas.get_mut(id)
        {
            *taken += 1;
            saga.calm = true;
        }
    }
}

/// Persons in use with an address, who may be written to.
fn people<'r>(story: &Story, rows: &'r BTreeMap<RowId, Row>) -> Vec<(RowId, &'r Row)> {
    let fits = |(id, row): &(&RowId, &Row)| {
        row.is_person() && !row.is_inactive() && !row.value("email").is_empty() && story.sagas[*id].is_free()
    };
    rows.iter().filter(fits).map(|(id, row)| (*id, row)).collect()
}

/// Some persons have the address of another one: a person must decide whose record it is.
async fn shared(site: &Site, story: &mut Story, rows: &BTreeMap<RowId, Row>) -> anyhow::Result<()> {
    let people = people(story, rows);
    for pair in people.chunks_exact(2).take(SHARED) {
        let [(one, row), (other, _)] = pair else { continue };
        let change = json!({"email": row.value("email")});
        site.netsuite_does("PATCH", &format!("customers/{}", other.1), &change).await?;
        story.wrote_erp(*other, "email", row.value("email"), site.clock.now().0);
        for id in [one, other] {
            if let Some(saga) = story.sagas.get_mut(id) {
                saga.doubt = Some("shares an address");
            }
        }
    }
    Ok(())
}

/// Some persons and companies are in HubSpot already.
async fn twins(site: &Site, story: &mut Story, rows: &BTreeMap<RowId, Row>, dice: &mut Dice) -> anyhow::Result<()> {
    let now = site.clock.now().0;
    for (id, row) in people(story, rows) {
        if !dice.happens(4) {
            continue;
        }
        let title = format!("Known before {}", id.1);
        let properties = json!({
            "email": row.value("email"), "firstname": row.value("firstname"), "lastname": row.value("lastname"),
            "jobtitle": title,
        });
        site.make("0-1", &properties, &[]).await?;
        story.wrote_hubspot((id, Target::Person), "jobtitle", &title, now);
        known_before(story, id);
    }
    for (id, row) in rows {
        let company = id.0 == Kind::Customer && !row.is_person() && !row.is_inactive();
        let domain = row.value("email").split_once('@').map(|(_, domain)| domain);
        let Some(domain) = domain.filter(|_| company && story.sagas[id].is_free() && dice.happens(4)) else { continue };
        site.make("0-2", &json!({"name": row.value("companyname"), "domain": domain}), &[]).await?;
        known_before(story, *id);
    }
    Ok(())
}

fn known_before(story: &mut Story, id: RowId) {
    story.did("known before");
    if let Some(saga) = story.sagas.get_mut(&id) {
        saga.twin = true;
    }
}

/// Records in HubSpot that are nobody's in NetSuite.
async fn strangers(site: &Site, story: &mut Story, many: usize) -> anyhow::Result<()> {
    for n in 0..many {
        let (object, properties) = if n % 4 == 0 {
            ("0-2", json!({"name": format!("Elsewhere Holding {n}"), "domain": format!("elsewhere{n}.invalid")}))
        } else {
            let mail = format!("nobody{n}@elsewhere.invalid");
            ("0-1", json!({"email": mail, "firstname": format!("Nemo{n}"), "lastname": format!("Outis{n}")}))
        };
        let id = site.make(object, &properties, &[]).await?;
        let properties = properties.as_object().into_iter().flatten();
        let properties = properties.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        story.strangers.push(Stranger { object, id, properties: properties.collect() });
    }
    Ok(())
}

impl Site {
    /// A person makes a record in HubSpot, at these companies; its id.
    pub(crate) async fn make(&self, object: &str, properties: &Value, companies: &[u64]) -> anyhow::Result<u64> {
        let ends: Vec<Value> = companies.iter().map(|id| json!({"type": "0-2", "id": id.to_string()})).collect();
        let body = json!({"properties": properties, "associations": ends});
        let made = self.hubspot_does("POST", &format!("records/{object}"), &body).await?;
        made["id"].as_str().and_then(|id| id.parse().ok()).context("the new record's id")
    }
}
