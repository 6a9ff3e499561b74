//! Planting a portal and its ERP connection, as an install and a connect would leave them: for the demo and the tests.
//!
//! Promise: real credentials of the sandbox, sealed like any other; planting twice leaves what planting once did.
//! Never: part of a production build.

use std::time::Duration;

use anyhow::{Context as _, bail};
use http::{HeaderValue, Method, header};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::{
    app::App,
    clock::Clock,
    domain::{
        ids::{ConnectionId, CustomerId, LinkId, ObjectId, PortalId, SourceId, UserId},
        record::{ObjectType, RecordRef},
    },
    erp::{
        System,
        netsuite::{AccountId, Credential, certificate},
    },
    hubspot::oauth::PortalCredential,
    in_tx,
    outbound::{Answer, Body, Call, Meter},
    store::{
        connections::{self, Environment, Method as SignsIn, NewConnection},
        links::{self, LinkBasis, LinkKind, NewLink},
        portals,
    },
    vault::Holder,
};

/// The user who installed the app in the planted portals.
const INSTALLER: UserId = UserId(9001);

/// What the sandbox says is to be planted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    portals: Vec<PlannedPortal>,
    connections: Vec<PlannedConnection>,
    links: Vec<PlannedLink>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlannedPortal {
    portal_id: PortalId,
    refresh_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlannedConnection {
    portal_id: PortalId,
    account: String,
    client_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlannedLink {
    portal_id: PortalId,
    account: String,
    customer_id: CustomerId,
    object_type_id: ObjectType,
    object_id: ObjectId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    certificate_id: String,
}

/// Plants what the sandbox HubSpot at `hubspot` plans, with connections to the sandbox NetSuite at `netsuite`.
///
/// # Errors
/// When a sandbox does not answer as it should, or the database refuses.
pub async fn plant(app: &App, clock: &Clock, hubspot: &Url, netsuite: &Url) -> anyhow::Result<()> {
    let answer = call(app, Method::GET, hubspot.join("/_sandbox/plant")?, None).await?;
    let plan: Plan = answer.json().context("the sandbox HubSpot's plan")?;
    for portal in &plan.portals {
        plant_portal(app, clock, portal).await.with_context(|| format!("portal {}", portal.portal_id))?;
    }
    let mut made = Vec::new();
    for connection in &plan.connections {
        let id = plant_connection(app, clock, netsuite, connection)
            .await
            .with_context(|| format!("NetSuite account {}", connection.account))?;
        made.push((connection.portal_id, connection.account.clone(), id));
    }
    for link in &plan.links {
        let fits = |(portal, account, _): &&(PortalId, String, ConnectionId)| {
            *portal == link.portal_id && *account == link.account
        };
        let Some((_, _, id)) = made.iter().find(fits) else {
            bail!("a link names the unknown account {}", link.account)
        };
        plant_link(app, clock, *id, link).await?;
    }
    app.cards.portals_changed();
    Ok(())
}

async fn plant_portal(app: &App, clock: &Clock, planned: &PlannedPortal) -> anyhow::Result<()> {
    let (id, now) = (planned.portal_id, clock.now());
    let credential = PortalCredential::of(&SecretString::from(planned.refresh_token.clone()));
    let prepared = app.vault.prepare(Holder::Portal(id), &credential, None);
    in_tx!(app.db, "plant portal", |tx| {
        portals::begin_install(tx, id, now).await?;
        prepared.write(tx).await
    })?;
    prepared.written();
    app.admin.settle(id, Some(INSTALLER)).await?;
    Ok(())
}

async fn plant_connection(
    app: &App,
    clock: &Clock,
    netsuite: &Url,
    planned: &PlannedConnection,
) -> anyhow::Result<ConnectionId> {
    let account: AccountId = planned.account.parse()?;
    let made = certificate::make(&account, clock.now())?;
    let url = netsuite.join(&format!("/_sandbox/accounts/{}/certificates", account.label()))?;
    let answer = call(app, Method::POST, url, Some(made.certificate)).await?;
    let registered: Registered = answer.json().context("the sandbox NetSuite's certificate")?;
    let credential = Credential::new(&planned.client_id, &registered.certificate_id, &made.private_key)?.to_secret();
    let (new_id, now) = (ConnectionId(clock.new_id()), clock.now());
    let environment = if account.is_sandbox() { Environment::Sandbox } else { Environment::Production };
    let row = in_tx!(app.db, "plant connection", |tx| {
        let new = NewConnection {
            id: new_id,
            portal_id: planned.portal_id,
            system: System::NetSuite.word(),
            account_id: account.realm(),
            name: "NetSuite",
            environment,
            settings: &serde_json::json!({}),
        };
        let row = connections::put(tx, new, now).await?;
        connections::set_sign_in(tx, planned.portal_id, row.id, SignsIn::Certificate, made.ends_at, now).await?;
        Ok(row)
    })?;
    app.vault.keep(Holder::Connection(row.id), &credential).await?;
    Ok(row.id)
}

async fn plant_link(app: &App, clock: &Clock, connection: ConnectionId, planned: &PlannedLink) -> anyhow::Result<()> {
    let (id, now, erp_id) = (LinkId(clock.new_id()), clock.now(), SourceId::from(&planned.customer_id));
    let record = RecordRef { object_type: planned.object_type_id, object_id: planned.object_id };
    in_tx!(app.db, "plant link", |tx| {
        let new = NewLink {
            id,
            portal_id: planned.portal_id,
            connection_id: connection,
            kind: LinkKind::Customer,
            erp_id: &erp_id,
            record,
            basis: LinkBasis::Planted,
            created_by: None,
        };
        links::put(tx, new, now).await.map(|_| ())
    })?;
    Ok(())
}

/// A call to a sandbox's controls.
async fn call(app: &App, method: Method, url: Url, body: Option<String>) -> anyhow::Result<Answer> {
    let headers = vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
    let body = body.map_or(Body::None, Body::Text);
    let timeout = Duration::from_secs(30);
    let (service, operation, meter) = ("sandbox", "plant", Meter::Nobody);
    let call = Call { service, operation, meter, method, url, bearer: None, headers, body, timeout };
    let answer = app.outbound.send(call).await.context("the sandbox does not answer")?;
    if !(200..300).contains(&answer.status) {
        bail!("the sandbox answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(answer)
}
