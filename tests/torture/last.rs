//! The last changes, on rows that nobody touched until now and while nothing fails: what must come of them follows from the
//! policies to the letter.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};

use crate::{
    fields::{Target, Way},
    people::People,
    run::FLOWS,
    sides::{Kind, RowId},
    site::Site,
};

/// Stamps in NetSuite have whole seconds: what is to be later must be later by more than that.
const LATER: Duration = Duration::from_millis(2_100);

/// Who changes a field, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Only somebody in HubSpot.
    Hubspot,
    /// Only somebody in NetSuite.
    Netsuite,
    /// Both, NetSuite's last.
    NetsuiteLast,
    /// Both, HubSpot's last.
    HubspotLast,
}

/// Which side's change must be there at the end; `None`: each side keeps its own.
fn winner(way: Way, order: Order) -> Option<bool> {
    const HUBSPOT: Option<bool> = Some(true);
    const NETSUITE: Option<bool> = Some(false);
    match (way, order) {
        // Each side keeps its own; or whether NetSuite's went over before is chance, and not asked for.
        (Way::ToHubspot, Order::Hubspot | Order::HubspotLast) | (Way::Erp, Order::HubspotLast) => None,
        (_, Order::Hubspot | Order::HubspotLast) | (Way::Hubspot, Order::NetsuiteLast) => HUBSPOT,
        (_, Order::Netsuite | Order::NetsuiteLast) => NETSUITE,
    }
}

/// A row whose fields are all changed in one order: "newest" goes by the stamps of records.
struct Change {
    at: (RowId, Target),
    id: u64,
    order: Order,
}

/// What people gave the fields of a row, by property.
type Given = BTreeMap<&'static str, String>;

/// Makes the last changes.
pub(crate) async fn changes(site: &Site, people: &mut People<'_>) -> anyhow::Result<()> {
    let plan = plan(site, people).await?;
    let mut serial = 0;
    let mut given: BTreeMap<(usize, bool), Given> = BTreeMap::new();
    for (n, change) in plan.iter().enumerate() {
        let in_hubspot = matches!(change.order, Order::Hubspot | Order::NetsuiteLast);
        given.insert((n, in_hubspot), write(site, people, change, in_hubspot, &mut serial).await?);
    }
    site.clock.pause(LATER).await;
    for (n, change) in plan.iter().enumerate().filter(|(_, change)| change.order == Order::NetsuiteLast) {
        given.insert((n, false), write(site, people, change, false, &mut serial).await?);
    }
    // HubSpot knows no conditional write: what somebody writes there in the instant between the program's reading and its
    // writing is lost. So NetSuite's changes go over first.
    for flow in FLOWS {
        site.run_through(flow, "all").await?;
    }
    for (n, change) in plan.iter().enumerate().filter(|(_, change)| change.order == Order::HubspotLast) {
        given.insert((n, true), write(site, people, change, true, &mut serial).await?);
    }
    for (n, change) in plan.iter().enumerate() {
        let Some(saga) = people.story.sagas.get_mut(&change.at.0) else { continue };
        for field in change.at.1.fields() {
            let must =
                winner(field.way, change.order).and_then(|hubspot| given.get(&(n, hubspot))?.get(field.property));
            saga.must.extend(must.map(|must| ((change.at.1, field.property), must.clone())));
        }
    }
    people.story.counts.insert("rows changed at last", plan.len() as u64);
    Ok(())
}

/// The rows that were left alone, each with another order.
async fn plan(site: &Site, people: &People<'_>) -> anyhow::Result<Vec<Change>> {
    let orders = [Order::Hubspot, Order::NetsuiteLast, Order::Netsuite, Order::HubspotLast];
    let world = site.world().await?;
    let mut plan = Vec::new();
    for (id, saga) in people.story.sagas.iter().filter(|(_, saga)| saga.calm) {
        let company = !saga.last_in_erp("companyname").1.is_empty();
        let target = match id.0 {
            Kind::Contact => Target::Contact,
            Kind::Customer if company => Target::Company,
            Kind::Customer => Target::Person,
        };
        let records = world.records(target.object());
        if let Some(record) = records.live().find(|record| record.row() == Some(*id)) {
            plan.push(Change { at: (*id, target), id: record.id, order: orders[plan.len() % orders.len()] });
        }
    }
    Ok(plan)
}

/// Gives all fields of a row new values, in one call.
async fn write(
    site: &Site,
    people: &mut People<'_>,
    change: &Change,
    in_hubspot: bool,
    serial: &mut u64,
) -> anyhow::Result<Given> {
    let (mut given, mut body) = (Given::new(), Map::new());
    let fields = || change.at.1.fields().iter().filter(|field| field.property != "email");
    for field in fields() {
        *serial += 1;
        let value = match field.property {
            "mobilephone" | "fax" | "phone" => format!("+49 30 {:07}", 1_000_000 + *serial),
            other => format!("{other} {serial} at last"),
        };
        body.insert(if in_hubspot { field.property } else { field.column }.to_owned(), json!(value));
        given.insert(field.property, value);
    }
    let ((kind, id), now) = (change.at.0, site.clock.now().0);
    if in_hubspot {
        let page = format!("records/{}/{}", change.at.1.object(), change.id);
        site.hubspot_does("PATCH", &page, &json!({"properties": body})).await?;
    } else {
        site.netsuite_does("PATCH", &format!("{}/{id}", kind.plural()), &Value::Object(body)).await?;
    }
    for field in fields() {
        let value = &given[field.property];
        if in_hubspot {
            people.story.wrote_hubspot(change.at, field.property, value, now);
        } else {
            people.story.wrote_erp(change.at.0, field.column, value, now);
        }
    }
    Ok(given)
}
