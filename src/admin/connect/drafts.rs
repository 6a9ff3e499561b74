//! Drafts: a key pair and certificate are made here, and wait until NetSuite has taken the certificate.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::{account, name};
use crate::{
    admin::{
        Admin, AdminError, Administrator,
        windows::{Opened, Window, WindowPurpose},
    },
    clock::Millis,
    domain::ids::{ConnectionId, DraftId, IdempotencyKey, PortalId},
    erp::{
        System,
        netsuite::{AccountId, certificate},
    },
    in_tx,
    store::{
        connections,
        drafts::{self, Draft},
    },
    vault::Place,
};

/// How long a draft waits.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// A draft to be made.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// The account, as it was typed.
    pub account: String,
    /// What the connection is to be called.
    pub name: String,
    /// The connection that is to get a new certificate.
    pub connection: Option<ConnectionId>,
    /// New for every action of a user.
    pub key: IdempotencyKey,
}

/// A draft as the settings page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// The draft.
    pub draft_id: DraftId,
    /// The account.
    pub account_id: String,
    /// What the connection will be called.
    pub name: String,
    /// The connection that gets a new certificate by it.
    #[schema(required = true)]
    pub connection_id: Option<ConnectionId>,
    /// The certificate to upload. Public.
    pub certificate_pem: String,
    /// When the certificate ends.
    pub certificate_ends_at: Millis,
    /// When the draft was made.
    pub created_at: Millis,
}

impl From<Draft> for DraftView {
    fn from(row: Draft) -> Self {
        Self {
            draft_id: row.id,
            account_id: row.account_id,
            name: row.name,
            connection_id: row.connection_id,
            certificate_pem: row.certificate,
            certificate_ends_at: row.certificate_ends_at,
            created_at: row.created_at,
        }
    }
}

impl Admin {
    /// Makes a draft with a key pair and certificate of its own. The same key gives the same draft.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for an account or name that cannot be; [`AdminError::NoSuch`] and [`AdminError::Conflict`]
    /// when the connection is not this portal's or of another account.
    pub async fn new_draft(
        &self,
        administrator: &Administrator,
        request: &DraftRequest,
    ) -> Result<DraftView, AdminError> {
        let who = administrator.who();
        let account = account(&request.account)?;
        let name = match request.connection {
            Some(id) => self.connection_to_renew(who.portal, id, &account).await?,
            None => name(&request.name)?,
        };
        let key = request.key.as_str();
        let seen = in_tx!(self.db, read "draft", |tx| { drafts::by_key(tx, who.portal, key).await })?;
        let made = if let Some(draft) = seen {
            draft
        } else {
            let draft = self.draft(administrator, request, &account, name)?;
            in_tx!(self.db, "make a draft", |tx| { drafts::put(tx, &draft).await })?
        };
        if made.account_id != account.realm() || made.connection_id != request.connection {
            return Err(AdminError::Conflict(
                "this idempotency key was used for another draft; use a new key for each action".to_owned(),
            ));
        }
        Ok(made.into())
    }

    fn draft(
        &self,
        administrator: &Administrator,
        request: &DraftRequest,
        account: &AccountId,
        name: String,
    ) -> Result<Draft, AdminError> {
        let (id, now) = (DraftId(self.clock.new_id()), self.clock.now());
        let made = certificate::make(account, now).map_err(|error| AdminError::Inside(error.to_string()))?;
        let row = id.to_string();
        let sealed = self.vault.ring().seal(&place(&row), made.private_key.expose_secret().as_bytes());
        Ok(Draft {
            id,
            portal_id: administrator.who().portal,
            connection_id: request.connection,
            system: System::NetSuite.word().to_owned(),
            account_id: account.realm().to_owned(),
            name,
            certificate: made.certificate,
            certificate_ends_at: made.ends_at,
            sealed,
            key: request.key.as_str().to_owned(),
            created_by: administrator.who().user,
            created_at: now,
        })
    }

    /// The name of the portal's connection `id`, which must be of `account`.
    pub(super) async fn connection_to_renew(
        &self,
        portal: PortalId,
        id: ConnectionId,
        account: &AccountId,
    ) -> Result<String, AdminError> {
        let row = in_tx!(self.db, read "connection", |tx| { connections::get(tx, portal, id).await })?;
        let row = row.ok_or(AdminError::NoSuch("connection"))?;
        if row.account_id != account.realm() {
            return Err(AdminError::Conflict(format!(
                "this connection is of the account {}, not of {account}; connect {account} as a connection of its own",
                row.account_id
            )));
        }
        Ok(row.name)
    }

    /// The drafts of a portal, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drafts(&self, portal: PortalId) -> Result<Vec<DraftView>, AdminError> {
        let rows = in_tx!(self.db, read "drafts", |tx| { drafts::list_of_portal(tx, portal).await })?;
        Ok(rows.into_iter().map(DraftView::from).collect())
    }

    /// Forgets a draft and its key. `false`: there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_draft(&self, administrator: &Administrator, id: DraftId) -> Result<bool, AdminError> {
        let portal = administrator.who().portal;
        Ok(in_tx!(self.db, "remove a draft", |tx| { drafts::remove(tx, portal, id).await })?)
    }

    /// Forgets drafts older than 30 days; gives their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_drafts(&self, now: Millis) -> Result<u64, AdminError> {
        let oldest = Millis(now.0.saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX)));
        Ok(in_tx!(self.db, "clear old drafts", |tx| { drafts::clear(tx, oldest).await })?)
    }

    /// Opens a window in which the certificate of a draft is downloaded.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for a draft of another portal.
    pub async fn certificate_window(&self, administrator: &Administrator, id: DraftId) -> Result<Opened, AdminError> {
        let draft = self.draft_of(administrator.who().portal, id).await?;
        let details = serde_json::json!({ "account": draft.account_id, "draft": draft.id });
        self.open_window(administrator.who(), WindowPurpose::Certificate, details, None).await
    }

    /// File name and PEM text of the certificate that a window is about.
    pub(crate) async fn certificate_of(&self, window: &Window) -> Result<(String, String), AdminError> {
        let id = window.details["draft"].as_str().and_then(|id| id.parse().ok());
        let id = id.ok_or_else(|| AdminError::Inside(format!("window {} names no draft", window.id)))?;
        let draft = self.draft_of(window.who.portal, id).await?;
        let account = account(&draft.account_id)?;
        Ok((format!("ledgercard-{}.pem", account.label()), draft.certificate))
    }

    pub(super) async fn draft_of(&self, portal: PortalId, id: DraftId) -> Result<Draft, AdminError> {
        let row = in_tx!(self.db, read "draft", |tx| { drafts::get(tx, portal, id).await })?;
        row.ok_or(AdminError::NoSuch("draft"))
    }

    /// The private key of a draft.
    pub(super) fn key_of(&self, draft: &Draft) -> Result<SecretString, AdminError> {
        let row = draft.id.to_string();
        let opened = self.vault.ring().open(&place(&row), &draft.sealed);
        let opened = opened.map_err(|error| AdminError::Inside(format!("draft {}: {error}", draft.id)))?;
        let text =
            std::str::from_utf8(&opened).map_err(|_| AdminError::Inside(format!("draft {}: no text", draft.id)))?;
        Ok(text.into())
    }
}

const fn place(row: &str) -> Place<'_> {
    Place { table: "drafts", column: "sealed", row }
}
