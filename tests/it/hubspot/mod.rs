//! HubSpot's API as the contact sync uses it, over the wire against the local HubSpot. A database is there for the portal's
//! token only, so one kind is enough.

mod associating;
mod limits;
mod reading;
mod scanning;
mod writing;

use std::collections::BTreeMap;

use ledgercard::{
    app::App,
    clock::{Clock, Millis},
    config,
    domain::{
        ids::{ObjectId, PortalId},
        record::ObjectType,
    },
    hubspot::{
        HubSpot,
        oauth::PortalCredential,
        writing::{Create, Properties, Update, Upsert, Written},
    },
    in_tx,
    outbound::Lane,
    sandbox,
    store::{DatabaseUrl, portals},
    vault::{Holder, KeyRing},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{ground, world::NOON};

const PORTAL: PortalId = PortalId(4_711_001);
const LANE: Lane = Lane::Background;
const CONTACT: ObjectType = ObjectType::Contact;
const COMPANY: ObjectType = ObjectType::Company;

/// The local HubSpot, and our client with a portal's token.
struct Line {
    clock: Clock,
    calls: HubSpot,
    url: String,
    http: reqwest::Client,
    _sandbox: sandbox::hubspot::HubSpot,
    _folder: tempfile::TempDir,
}

impl Line {
    /// With a clock that stands: nobody waits for a limit, so a test moves it on before it calls more often than that.
    async fn open() -> Self {
        Self::with(Clock::manual(NOON, 7)).await
    }

    async fn with(clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hubspot = sandbox::hubspot::start(ground::hubspot(&clock, true)).await.unwrap();
        let database = DatabaseUrl::sqlite(folder.path().join("ledgercard.sqlite"));
        let ring = KeyRing::generate(&clock);
        let config = ground::config(database, &hubspot.url(), ring, config::NetSuite::default());
        let app = App::build(&config, clock.clone()).await.unwrap();
        let (http, url) = (ground::client(), hubspot.url());
        let plan: Value = http.get(format!("{url}/_sandbox/plant")).send().await.unwrap().json().await.unwrap();
        let planned = plan["portals"].as_array().unwrap().iter().find(|p| p["portalId"] == PORTAL.to_string()).unwrap();
        let refresh = SecretString::from(planned["refreshToken"].as_str().unwrap());
        in_tx!(app.db, "test", |tx| { portals::begin_install(tx, PORTAL, clock.now()).await }).unwrap();
        app.vault.keep(Holder::Portal(PORTAL), &PortalCredential::of(&refresh)).await.unwrap();
        Self { clock, calls: app.hubspot.clone(), url, http, _sandbox: hubspot, _folder: folder }
    }

    /// A control of the local HubSpot.
    async fn control(&self, method: &str, page: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/{page}", self.url);
        let answer = self.http.request(method.parse().unwrap(), url).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{page}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A control of the portal.
    async fn portal(&self, method: &str, page: &str, body: Value) -> Value {
        self.control(method, &format!("portals/{PORTAL}/{page}"), body).await
    }

    async fn faults(&self, faults: Value) {
        self.control("PUT", "faults", faults).await;
    }

    async fn figures(&self) -> Value {
        self.http.get(format!("{}/_sandbox/stats", self.url)).send().await.unwrap().json().await.unwrap()
    }

    /// How many calls there were so far whose answers had this status.
    async fn answered(&self, status: u16) -> u64 {
        self.figures().await["statuses"][status.to_string()].as_u64().unwrap_or(0)
    }

    /// New contacts, one for each set of values, in this order.
    async fn contacts(&self, all: &[Properties]) -> Vec<ObjectId> {
        self.made(CONTACT, all).await
    }

    async fn made(&self, object_type: ObjectType, all: &[Properties]) -> Vec<ObjectId> {
        let create = |(at, properties): (usize, &Properties)| Create {
            trace: format!("new-{at}"),
            properties: properties.clone(),
            associations: Vec::new(),
        };
        let creates: Vec<Create> = all.iter().enumerate().map(create).collect();
        let written = self.calls.create_many(LANE, PORTAL, object_type, &creates).await.unwrap();
        assert_eq!(written.refused, []);
        assert!(written.done.iter().all(|done| done.new));
        written.done.iter().map(|done| done.id).collect()
    }

    /// Contacts with a name and nothing else.
    async fn crowd(&self, count: usize) -> Vec<ObjectId> {
        let all: Vec<Properties> = (0..count).map(|at| of(&[("lastname", &format!("Crowd {at}"))])).collect();
        let mut ids = Vec::new();
        for part in all.chunks(100) {
            ids.extend(self.contacts(part).await);
        }
        ids
    }

    async fn update(&self, updates: &[Update]) -> Written {
        self.calls.update_many(LANE, PORTAL, CONTACT, updates).await.unwrap()
    }

    /// A contact's values.
    async fn values(&self, id: ObjectId, names: &[&str]) -> BTreeMap<String, Option<String>> {
        let found = self.calls.read_by(LANE, PORTAL, CONTACT, None, &[id.to_string()], names).await.unwrap();
        found.into_iter().next().unwrap().record.properties
    }

    /// Two contacts become one: its id.
    async fn merge(&self, primary: ObjectId, loser: ObjectId) -> ObjectId {
        let body = json!({ "primary": primary.0, "loser": loser.0 });
        let answer = self.portal("POST", "records/contacts/merge", body).await;
        answer["objectId"].as_str().unwrap().parse().unwrap()
    }
}

fn of(values: &[(&str, &str)]) -> Properties {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn update(id: ObjectId, values: &[(&str, &str)]) -> Update {
    Update { trace: format!("row-{id}"), id, properties: of(values) }
}

fn upsert(key: &str, values: &[(&str, &str)]) -> Upsert {
    Upsert { trace: format!("row-{key}"), key: format!("netsuite:1:customer:{key}"), properties: of(values) }
}

/// A second before and after now: everything that a test does on a clock that stands.
fn around(clock: &Clock) -> (Millis, Millis) {
    (Millis(clock.now().0 - 1_000), Millis(clock.now().0 + 1_000))
}
