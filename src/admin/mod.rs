//! What a portal's administrators can do, and what happens to a portal as a whole: installing the app, connecting an ERP,
//! who may do what, the flows, HubSpot's events, and the ways out.
//!
//! Promise: nothing half-connected remains after a failure; whoever is no administrator changes nothing
//! ([`access::Administrator`] cannot be made elsewhere); every id is checked against the portal that the signature, a ticket
//! or a stored token named.
//! Never: names SQL, axum or a status code; never hands out a secret.

pub mod access;
pub mod alerts;
pub mod checklist;
pub mod connect;
pub mod error;
pub mod events;
pub mod flows;
pub mod install;
pub mod leave;
pub mod overview;
pub mod people;
pub mod permissions;
mod standing;
pub mod upkeep;
pub mod usage;
mod warnings;
pub mod windows;

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use url::Url;

pub use self::{
    access::{Administrator, Refused},
    error::AdminError,
};
use crate::{
    cards::{Cards, Connectors},
    clock::Clock,
    domain::ids::AppId,
    erp::health::Board,
    hubspot::{HubSpot, oauth::AppCredentials, versions::Versions},
    outbound::Outbound,
    store::Db,
    sync::work::Flows,
    vault::Vault,
};

/// Where things are, for those who connect them.
#[derive(Clone)]
pub struct AdminSettings {
    /// Our address as HubSpot and browsers call it, without a slash at the end.
    pub public_url: String,
    /// Our app.
    pub app_id: AppId,
    /// Our app's identity towards HubSpot.
    pub app: AppCredentials,
    /// HubSpot's page for consent.
    pub authorize_url: Url,
    /// HubSpot's API.
    pub api_url: Url,
    /// The version of every family of HubSpot's API.
    pub versions: Versions,
    /// The template of NetSuite's API addresses, with `{label}` in it.
    pub suitetalk: String,
    /// The template of NetSuite's pages, with `{label}` in it.
    pub netsuite_ui: String,
}

/// Everything an administrator can do. Cheap to clone.
#[derive(Clone)]
pub struct Admin(Arc<Whole>);

struct Whole {
    parts: Inner,
    memory: Memory,
}

/// What is kept in memory between calls.
#[derive(Default)]
struct Memory {
    /// Whether our property is there, as found out lately.
    properties: overview::Remembered,
    /// Users and teams, as HubSpot told them lately.
    people: people::Remembered,
    /// There are new hints.
    hints: tokio::sync::Notify,
    /// Installations that were not begun here.
    cold: install::Cold,
    /// What goes on when its caller leaves.
    tasks: TaskTracker,
    /// What upkeep was shown and has looked at lately.
    looks: upkeep::Looks,
    /// Which ends of credentials were warned of.
    warned: warnings::Warned,
}

/// The parts of [`Admin`].
pub struct Inner {
    /// The database.
    pub db: Db,
    /// Time, randomness, new ids.
    pub clock: Clock,
    /// Sealed credentials.
    pub vault: Vault,
    /// HubSpot's API with a portal's token.
    pub hubspot: HubSpot,
    /// Calls without a portal's token.
    pub outbound: Outbound,
    /// The card, whose memory must learn of changes.
    pub cards: Cards,
    /// Makes the connector of a connection.
    pub connectors: Arc<dyn Connectors>,
    /// What is kept in step in the background.
    pub flows: Flows,
    /// How their calls went lately.
    pub health: Board,
    /// Where things are.
    pub settings: AdminSettings,
}

impl Admin {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Inner) -> Self {
        Self(Arc::new(Whole { parts, memory: Memory::default() }))
    }

    /// Runs something that goes on when its caller leaves, and that a stop of the program waits for.
    pub(crate) fn see_through<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.memory().tasks.spawn(task)
    }

    /// Waits for what goes on though its caller left. Afterwards nothing is to be asked of it any more.
    pub async fn finish(&self) {
        self.memory().tasks.close();
        self.memory().tasks.wait().await;
    }

    fn memory(&self) -> &Memory {
        &self.0.memory
    }
}

impl std::ops::Deref for Admin {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0.parts
    }
}
