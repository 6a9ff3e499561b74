//! The ways out: pause and resume, disconnect the ERP, purge a connection or the portal, remove the app from HubSpot.
//!
//! | way | erased | kept |
//! | --- | --- | --- |
//! | pause, resume | nothing | everything |
//! | disconnect | the connection's credentials and drafts | associations, links, tombstones |
//! | purge a connection | all rows of the connection | the ERP itself |
//! | purge the portal | all rows of the portal | the app in HubSpot, which then knows nothing here |
//! | remove | our access to HubSpot | everything else, for a new installation |
//!
//! Promise: what is erased is erased in one transaction and counted anew afterwards; what lives in memory of this process is
//! forgotten at once, that of others within five seconds. A way that was begun is gone to its end, whoever waits for it.
//! Each way is naturally idempotent: a repeat finds nothing left to do (after a purge of the portal it finds no portal).
//! Never: touches a record in HubSpot or in the ERP; erases without the id that the user typed to confirm.

mod remove;

use std::time::Duration;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::{Admin, AdminError, Administrator, connect::Consent};
use crate::{
    domain::ids::{ConnectionId, PortalId},
    in_tx,
    store::{
        Db,
        connections::{self, Connection, ConnectionStatus},
        flows, purge, windows,
    },
    vault::{Holder, VaultError},
};

/// How long ERPs are waited for that take their consents back, all together.
const GIVEN_BACK_WITHIN: Duration = Duration::from_secs(3);

/// A way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Nothing is read from the ERP until it is resumed.
    Pause,
    /// It is read again.
    Resume,
    /// The credentials go, associations and links stay.
    Disconnect,
    /// Everything of the connection goes.
    PurgeConnection,
    /// Everything of the portal goes.
    PurgePortal,
    /// The app leaves HubSpot.
    Remove,
}

/// What becomes of our property in HubSpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Properties {
    /// It stays.
    Keep,
    /// It is archived.
    Archive,
}

/// What became of our property in HubSpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertiesLeft {
    /// It stayed.
    Kept,
    /// It was archived.
    Archived,
    /// HubSpot did not let us archive it: an administrator does it there.
    NotPossible,
}

/// How many rows of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
#[schema(as = RowCounts)]
pub struct Counts {
    /// Connections.
    pub connections: u64,
    /// Associations, removed ones included.
    pub associations: u64,
    /// Links.
    pub links: u64,
    /// Tombstones.
    pub tombstones: u64,
    /// Connections that are being made.
    pub drafts: u64,
    /// Sealed credentials.
    pub credentials: u64,
}

impl From<purge::Counts> for Counts {
    fn from(all: purge::Counts) -> Self {
        let purge::Counts { connections, associations, links, tombstones, drafts, credentials, .. } = all;
        Self { connections, associations, links, tombstones, drafts, credentials }
    }
}

/// What each way out would touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeavingAnswer {
    /// Of the connection, where one was named.
    #[schema(required = true)]
    pub connection: Option<Counts>,
    /// Of the portal.
    pub portal: Counts,
}

/// Which way out.
#[derive(Debug, Clone)]
pub struct LeaveRequest {
    /// Which.
    pub way: Way,
    /// The connection, for the ways that are about one.
    pub connection_id: Option<ConnectionId>,
    /// What becomes of our property, when the portal is purged.
    pub properties: Properties,
    /// What the user typed to confirm.
    pub confirm: String,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeaveAnswer {
    /// Which way it was.
    pub way: Way,
    /// What was erased.
    pub erased: Counts,
    /// Rows of it that are still there, counted anew: 0.
    pub remaining: u64,
    /// What became of our property; null where the way is not about it.
    #[schema(required = true)]
    pub properties: Option<PropertiesLeft>,
}

impl LeaveAnswer {
    const fn nothing(way: Way) -> Self {
        let erased = Counts { connections: 0, associations: 0, links: 0, tombstones: 0, drafts: 0, credentials: 0 };
        Self { way, erased, remaining: 0, properties: None }
    }
}

impl From<VaultError> for AdminError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => error.into(),
            VaultError::Stopped => Self::Unavailable("the server is stopping".to_owned()),
        }
    }
}

impl Admin {
    /// What each way out would touch.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's connection; database trouble.
    pub async fn leaving(
        &self,
        by: &Administrator,
        connection: Option<ConnectionId>,
    ) -> Result<LeavingAnswer, AdminError> {
        let portal = by.who().portal;
        if let Some(id) = connection {
            self.connection_row(portal, id).await?;
        }
        let (of_connection, of_portal) = in_tx!(self.db, read "leaving", |tx| {
            let all = connections::list_of_portal(tx, portal).await?;
            let ids: Vec<ConnectionId> = all.iter().map(|c| c.id).collect();
            let one = match connection {
                Some(id) => Some(purge::count_of_connection(tx, portal, id).await?),
                None => None,
            };
            Ok((one, purge::count_of_portal(tx, portal, &ids).await?))
        })?;
        Ok(LeavingAnswer { connection: of_connection.map(Into::into), portal: of_portal.into() })
    }

    /// Goes a way out.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] when the confirmation does not fit or a connection is missing, [`AdminError::NoSuch`] for
    /// another portal's, [`AdminError::Conflict`] where it does not fit the present state, [`AdminError::Unavailable`] when
    /// HubSpot would have to do its part and does not answer; then nothing was erased.
    pub async fn leave(&self, by: &Administrator, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        let (admin, by, request) = (self.clone(), *by, request.clone());
        let gone = self.see_through(async move { admin.go(&by, &request).await });
        gone.await.map_err(|_| AdminError::Inside("a way out stopped half-way".to_owned()))?
    }

    async fn go(&self, by: &Administrator, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        let portal = by.who().portal;
        let answer = match request.way {
            Way::Pause | Way::Resume => self.pause(portal, request).await,
            Way::Disconnect => self.disconnect(portal, request).await,
            Way::PurgeConnection => self.purge_connection(portal, request).await,
            Way::PurgePortal => self.purge_portal(portal, request).await,
            Way::Remove => self.remove(portal, request).await,
        }?;
        tracing::info!(%portal, user = %by.who().user, way = ?request.way, erased = ?answer.erased, "a way out was gone");
        Ok(answer)
    }

    async fn pause(&self, portal: PortalId, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        confirmed(request, "", "nothing")?;
        let row = self.named(portal, request).await?;
        if row.status == ConnectionStatus::Disconnected {
            return Err(AdminError::Conflict(
                "this connection was ended; connect the account again to use it".to_owned(),
            ));
        }
        let status = if request.way == Way::Pause { ConnectionStatus::Paused } else { ConnectionStatus::Active };
        let now = self.clock.now();
        in_tx!(self.db, "pause", |tx| {
            if status == ConnectionStatus::Active {
                flows::make_all_due(tx, portal, row.id, now).await?;
            }
            connections::set_status(tx, portal, row.id, status, now).await
        })?;
        self.flows.woken.wake();
        self.cards.portals_changed();
        Ok(LeaveAnswer::nothing(request.way))
    }

    async fn disconnect(&self, portal: PortalId, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        let row = self.named(portal, request).await?;
        confirmed(request, &row.account_id, "the account id")?;
        let consents = self.consents(std::slice::from_ref(&row)).await;
        let (id, now) = (row.id, self.clock.now());
        let (erased, left) = in_tx!(self.db, "disconnect", |tx| {
            connections::set_status(tx, portal, id, ConnectionStatus::Disconnected, now).await?;
            windows::remove_sign_ins(tx, portal, &row.account_id).await?;
            let erased = purge::secrets_of_connection(tx, portal, id).await?;
            Ok((erased, purge::count_secrets_of_connection(tx, portal, id).await?))
        })?;
        self.forget_connection(id);
        self.give_back(consents).await;
        Ok(LeaveAnswer { erased: erased.into(), remaining: left.all(), ..LeaveAnswer::nothing(request.way) })
    }

    async fn purge_connection(&self, portal: PortalId, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        let row = self.named(portal, request).await?;
        confirmed(request, &row.account_id, "the account id")?;
        let consents = self.consents(std::slice::from_ref(&row)).await;
        let id = row.id;
        let erased = in_tx!(self.db, "purge a connection", |tx| {
            windows::remove_sign_ins(tx, portal, &row.account_id).await?;
            purge::connection(tx, portal, id).await
        })?;
        self.forget_connection(id);
        self.give_back(consents).await;
        let left =
            in_tx!(self.db, read "count what is left", |tx| { purge::count_of_connection(tx, portal, id).await })?;
        Ok(LeaveAnswer { erased: erased.into(), remaining: left.all(), ..LeaveAnswer::nothing(request.way) })
    }

    async fn purge_portal(&self, portal: PortalId, request: &LeaveRequest) -> Result<LeaveAnswer, AdminError> {
        confirmed(request, &portal.to_string(), "the portal id")?;
        let rows = in_tx!(self.db, read "connections", |tx| { connections::list_of_portal(tx, portal).await })?;
        let properties = match request.properties {
            Properties::Keep => PropertiesLeft::Kept,
            Properties::Archive => self.archive(portal).await?,
        };
        let consents = self.consents(&rows).await;
        let (erased, remaining) = erase_portal(&self.db, portal).await?;
        for row in &rows {
            self.forget_connection(row.id);
        }
        self.forget_portal(portal);
        self.give_back(consents).await;
        Ok(LeaveAnswer { way: request.way, erased: erased.into(), remaining, properties: Some(properties) })
    }

    /// The connection that the request names.
    async fn named(&self, portal: PortalId, request: &LeaveRequest) -> Result<Connection, AdminError> {
        let id = request.connection_id.ok_or_else(|| {
            AdminError::Invalid("connectionId must name the connection that this is about".to_owned())
        })?;
        self.connection_row(portal, id).await
    }

    /// The users' consents behind these connections, while their credentials are still there.
    async fn consents(&self, rows: &[Connection]) -> Vec<Consent> {
        let mut all = Vec::new();
        for row in rows {
            match self.consent_of(row).await {
                Ok(consent) => all.extend(consent),
                Err(error) => {
                    tracing::warn!(connection = %row.id, %error, "the sign-in cannot be ended in the ERP; it ends by itself");
                }
            }
        }
        all
    }

    /// Ends what ERPs keep of sign-ins whose credentials are erased here. That one could not be ended changes nothing here.
    async fn give_back(&self, consents: Vec<Consent>) {
        let each = consents.iter().map(async |consent| {
            if let Err(error) = self.take_back(consent).await {
                tracing::warn!(account = %consent.account, %error, "the sign-in could not be ended in the ERP; it ends by itself");
            }
        });
        if tokio::time::timeout(GIVEN_BACK_WITHIN, join_all(each)).await.is_err() {
            tracing::warn!("a sign-in could not be ended in the ERP in time; it ends by itself");
        }
    }

    /// What lives in memory of a connection whose credential is gone.
    fn forget_connection(&self, id: ConnectionId) {
        self.vault.changed(Holder::Connection(id));
        self.cards.connection_gone(id);
    }

    /// What lives in memory of a portal whose rows, or whose access to HubSpot, are gone.
    fn forget_portal(&self, portal: PortalId) {
        self.vault.changed(Holder::Portal(portal));
        self.cards.portal_gone(portal);
        self.memory().properties.forget(portal);
    }
}

/// What there is of a portal; `None`: nothing is known of it.
///
/// # Errors
/// [`AdminError::Unavailable`] when the database is busy.
pub async fn count_portal(db: &Db, portal: PortalId) -> Result<Option<purge::Counts>, AdminError> {
    let counts = in_tx!(*db, read "count a portal", |tx| {
        let all = connections::list_of_portal(tx, portal).await?;
        let ids: Vec<ConnectionId> = all.iter().map(|row| row.id).collect();
        purge::count_of_portal(tx, portal, &ids).await
    })?;
    Ok(Some(counts).filter(|counts| counts.all() > 0))
}

/// Erases every row of a portal: what was erased, and how many rows of it are still there, counted anew.
///
/// # Errors
/// [`AdminError::Unavailable`] when the database is busy; then nothing was erased.
pub async fn erase_portal(db: &Db, portal: PortalId) -> Result<(purge::Counts, u64), AdminError> {
    let (erased, ids) = in_tx!(*db, "purge a portal", |tx| {
        let all = connections::list_of_portal(tx, portal).await?;
        let ids: Vec<ConnectionId> = all.iter().map(|row| row.id).collect();
        Ok((purge::portal(tx, portal).await?, ids))
    })?;
    let left = in_tx!(*db, read "count what is left", |tx| { purge::count_of_portal(tx, portal, &ids).await })?;
    Ok((erased, left.all()))
}

/// Whether the user typed what confirms this way.
fn confirmed(request: &LeaveRequest, wanted: &str, what: &str) -> Result<(), AdminError> {
    if request.confirm.trim().eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let typed = if wanted.is_empty() { "must be empty".to_owned() } else { format!("must be {what}, {wanted}") };
    Err(AdminError::Invalid(format!("confirm {typed}; nothing was changed")))
}
