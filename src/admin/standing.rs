//! How an installation stands: asked of HubSpot, and written down.
//!
//! Promise: a portal counts as left only when HubSpot itself says that its token is dead, asked with the client id that the
//! token was issued to. What cannot be asked changes nothing (hubspot.md §3.4).

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{Admin, AdminError};
use crate::{
    domain::{
        ids::{PortalId, UserId},
        record::ObjectType,
    },
    hubspot::{
        HubSpotError, Notice,
        account::AccountDetails,
        oauth::{Introspected, OAuthError, PortalCredential, TokenHint},
        scopes,
    },
    in_tx,
    outbound::Lane,
    store::{
        StoreError, Tx,
        portals::{self, Installed, Portal, PortalStatus, PortalTrouble},
    },
    vault::{Holder, Seen, TokenError},
};

/// The key, in a portal's details, of the instant when it was last looked after.
pub(super) const CHECKED_AT: &str = "checkedAt";
/// The key of whether that look told nothing, so that another is due soon.
pub(super) const UNSETTLED: &str = "unsettled";
/// The key of the client id that its token was issued to.
const CLIENT_ID: &str = "clientId";
/// The key of what became of our property: an object type's id → `present`, `no_scope`, `refused` or `unavailable`.
const PROPERTIES: &str = "properties";

/// How an installation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It works; these optional scopes are missing.
    Fine(Vec<&'static str>),
    /// It cannot be told now; nothing was changed.
    Unknown(&'static str),
    /// These required scopes are missing, or HubSpot refuses for want of one.
    ConsentNeeded(Vec<&'static str>),
    /// HubSpot says that the token is dead.
    Gone,
    /// HubSpot says that the token lives and refuses it all the same.
    TokenRefused,
    /// Our own configuration is at fault.
    Configuration,
    /// The token is one of another app or portal.
    OtherApp,
    /// No credential is kept.
    NoCredential,
    /// Another credential took the place of the one that was asked about, or it was erased; nothing was changed.
    Replaced,
}

impl Admin {
    /// Asks HubSpot about the installation in `portal` and writes down how it stands. `installer`: who installed it, where
    /// that is known better than by asking; `notice`: what a call showed of it.
    ///
    /// # Errors
    /// [`AdminError`] when the database fails or a stored credential cannot be opened.
    pub(super) async fn look_after(
        &self,
        portal: PortalId,
        installer: Option<UserId>,
        notice: Option<Notice>,
    ) -> Result<Standing, AdminError> {
        let holder = Holder::Portal(portal);
        let seen = in_tx!(self.db, read "look after a portal", |tx| { self.vault.see(tx, holder).await })?;
        self.look_at(portal, &seen, installer, notice).await
    }

    /// Like [`Self::look_after`], of the credential that was seen. What is found is written down only while that is still
    /// the one that is kept: the answer about an old token says nothing of a new installation.
    pub(super) async fn look_at(
        &self,
        portal: PortalId,
        seen: &Seen,
        installer: Option<UserId>,
        notice: Option<Notice>,
    ) -> Result<Standing, AdminError> {
        let row = in_tx!(self.db, read "look at a portal", |tx| { portals::get(tx, portal).await })?;
        let row = row.ok_or(AdminError::NotInstalled)?;
        let asked = self.ask(&row, seen, installer).await;
        let found = asked.as_ref().unwrap_or(&Standing::Unknown("a fault of ours"));
        let written = self.write_found(&row, seen, found, notice).await?;
        let standing = if written { asked? } else { Standing::Replaced };
        tracing::info!(%portal, ?standing, "looked after an installation");
        Ok(standing)
    }

    async fn ask(&self, row: &Portal, seen: &Seen, installer: Option<UserId>) -> Result<Standing, AdminError> {
        let portal = row.portal_id;
        let Some(token) = self.refresh_token(portal, seen)? else { return Ok(Standing::NoCredential) };
        let said = match self.oauth()?.introspect(&token, TokenHint::Refresh).await {
            Ok(said) => said,
            Err(error) => return Ok(unanswered(portal, &error)),
        };
        if !said.active {
            return Ok(self.dead(row));
        }
        if !self.is_ours(portal, &said) {
            tracing::error!(%portal, "the token of this portal is one of another app; check hubspot.app_id");
            return Ok(Standing::OtherApp);
        }
        let missing = scopes::missing_required(&said.scopes);
        if !missing.is_empty() {
            self.write_scopes(portal, seen, &said).await?;
            return Ok(Standing::ConsentNeeded(missing));
        }
        match self.hubspot.account(Lane::Background, portal).await {
            Ok(account) => self.write_account(row, seen, installer, &said, &account).await,
            Err(HubSpotError::Consent) => Ok(Standing::ConsentNeeded(Vec::new())),
            Err(HubSpotError::Reinstall { .. }) => Ok(Standing::TokenRefused),
            Err(error) => {
                tracing::warn!(%portal, %error, "the account's details cannot be read now");
                Ok(Standing::Unknown("the account's details cannot be read now"))
            }
        }
    }

    /// The refresh token in the credential that was seen; `None`: there was none.
    fn refresh_token(&self, portal: PortalId, seen: &Seen) -> Result<Option<SecretString>, AdminError> {
        match self.vault.open(seen) {
            Ok(kept) => PortalCredential::refresh_token(&kept)
                .map(Some)
                .ok_or_else(|| AdminError::Inside(format!("the stored credential of portal {portal}"))),
            Err(TokenError::Missing) => Ok(None),
            Err(error) => Err(AdminError::Inside(format!("the credential of portal {portal}: {error}"))),
        }
    }

    /// What a token means that HubSpot calls dead. Asked with another client id than it was issued to, it always does.
    fn dead(&self, row: &Portal) -> Standing {
        let issued_to = row.details.get(CLIENT_ID).and_then(Value::as_str);
        if issued_to.is_none_or(|id| id == self.settings.app.client_id) {
            return Standing::Gone;
        }
        tracing::error!(
            portal = %row.portal_id,
            "the token was issued to another client id than hubspot.client_id; the portal is left as it is"
        );
        Standing::Configuration
    }

    fn is_ours(&self, portal: PortalId, said: &Introspected) -> bool {
        said.app_id.is_none_or(|id| id == self.settings.app_id)
            && said.client_id.as_ref().is_none_or(|id| *id == self.settings.app.client_id)
            && said.portal.is_none_or(|id| id == portal)
    }

    async fn write_account(
        &self,
        row: &Portal,
        seen: &Seen,
        installer: Option<UserId>,
        said: &Introspected,
        account: &AccountDetails,
    ) -> Result<Standing, AdminError> {
        let (portal, now) = (row.portal_id, self.clock.now());
        let scopes = json!(said.scopes);
        let written = in_tx!(self.db, "an installation stands", |tx| {
            let Some(mut details) = held(tx, portal, seen).await? else { return Ok(false) };
            details.insert("currency".to_owned(), json!(account.company_currency));
            details.insert("additionalCurrencies".to_owned(), json!(account.additional_currencies));
            details.insert(CLIENT_ID.to_owned(), json!(self.settings.app.client_id));
            details.insert(CHECKED_AT.to_owned(), json!(now.0));
            details.remove(UNSETTLED);
            let account = Installed {
                time_zone: &account.time_zone,
                ui_domain: account.ui_domain.as_deref().unwrap_or(&row.ui_domain),
                domain: said.hub_domain.as_deref(),
                details: &Value::Object(details),
                installed_by: installer.or(said.user),
                scopes: &scopes,
                trouble: None,
            };
            portals::activate(tx, portal, account, now).await
        })?;
        if !written {
            return Ok(Standing::Replaced);
        }
        self.cards.portals_changed();
        self.ensure_properties(portal, seen).await?;
        Ok(Standing::Fine(scopes::missing_optional(&said.scopes)))
    }

    /// Makes our property where it is not. What cannot be done now is named, and tried again by upkeep.
    async fn ensure_properties(&self, portal: PortalId, seen: &Seen) -> Result<(), AdminError> {
        let mut states = Map::new();
        for object_type in ObjectType::ALL {
            let ensured = self.hubspot.ensure_own_property(Lane::Background, portal, object_type).await;
            let state = match &ensured {
                Ok(_) => "present",
                Err(HubSpotError::Consent) => "no_scope",
                Err(HubSpotError::Rejected { .. }) => "refused",
                Err(_) => "unavailable",
            };
            match ensured {
                Ok(how) => tracing::info!(%portal, object = object_type.plural(), ?how, "our property is there"),
                Err(error) => {
                    tracing::warn!(%portal, object = object_type.plural(), %error, "our property cannot be made now");
                }
            }
            states.insert(object_type.type_id().to_owned(), json!(state));
        }
        let states = Value::Object(states);
        in_tx!(self.db, "our properties", |tx| {
            let Some(mut details) = held(tx, portal, seen).await? else { return Ok(false) };
            details.insert(PROPERTIES.to_owned(), states.clone());
            portals::set_details(tx, portal, &Value::Object(details)).await
        })?;
        Ok(())
    }

    async fn write_scopes(&self, portal: PortalId, seen: &Seen, said: &Introspected) -> Result<(), AdminError> {
        let scopes = json!(said.scopes);
        in_tx!(self.db, "granted scopes", |tx| {
            if held(tx, portal, seen).await?.is_none() {
                return Ok(false);
            }
            portals::set_scopes(tx, portal, &scopes).await
        })?;
        Ok(())
    }

    /// Notes when the portal was looked after, and what was found. `false`: the credential that was asked about is no
    /// longer the one that is kept, and nothing was written.
    async fn write_found(
        &self,
        row: &Portal,
        seen: &Seen,
        standing: &Standing,
        notice: Option<Notice>,
    ) -> Result<bool, AdminError> {
        let (portal, now) = (row.portal_id, self.clock.now());
        let trouble = trouble_of(standing, notice, row.status);
        if *standing == Standing::Replaced || (matches!(standing, Standing::Fine(_)) && trouble.is_none()) {
            return Ok(true);
        }
        let written = in_tx!(self.db, "how an installation stands", |tx| {
            let Some(mut details) = held(tx, portal, seen).await? else { return Ok(false) };
            details.insert(CHECKED_AT.to_owned(), json!(now.0));
            details.insert(UNSETTLED.to_owned(), json!(matches!(standing, Standing::Unknown(_))));
            portals::set_details(tx, portal, &Value::Object(details)).await?;
            if trouble.is_some() {
                portals::set_trouble(tx, portal, trouble, now).await?;
            }
            // Its work stops.
            if *standing == Standing::Gone {
                portals::set_status(tx, portal, PortalStatus::Disconnected, now).await?;
            }
            Ok(true)
        })?;
        self.cards.portals_changed();
        Ok(written)
    }
}

/// The portal's details, if the credential that was seen is still the one that is kept; both stay as they are until the
/// transaction ends.
async fn held(tx: &mut Tx, portal: PortalId, seen: &Seen) -> Result<Option<Map<String, Value>>, StoreError> {
    let Some(row) = portals::hold(tx, portal).await? else { return Ok(None) };
    Ok(seen.is_current(tx).await?.then(|| row.details.as_object().cloned().unwrap_or_default()))
}

/// What keeps an installation from working that was found to stand like this. HubSpot's refusal of a call outweighs what
/// it says of the token, until the next look.
const fn trouble_of(standing: &Standing, notice: Option<Notice>, status: PortalStatus) -> Option<PortalTrouble> {
    match (standing, notice) {
        (Standing::Fine(_), Some(Notice::ScopeMissing)) | (Standing::ConsentNeeded(_), _) => {
            Some(PortalTrouble::ConsentNeeded)
        }
        (Standing::Unknown(_), Some(Notice::Configuration)) | (Standing::Configuration | Standing::OtherApp, _) => {
            Some(PortalTrouble::Configuration)
        }
        (Standing::Fine(_) | Standing::Unknown(_) | Standing::Replaced, _) => None,
        (Standing::Gone, _) => Some(PortalTrouble::Uninstalled),
        (Standing::TokenRefused, _) => Some(PortalTrouble::TokenRefused),
        (Standing::NoCredential, _) => match status {
            PortalStatus::Active => Some(PortalTrouble::TokenRefused),
            PortalStatus::Disconnected => None,
        },
    }
}

/// What it means that HubSpot would not say anything about a token.
fn unanswered(portal: PortalId, error: &OAuthError) -> Standing {
    match error {
        OAuthError::Configuration { .. } => {
            tracing::error!(%portal, %error, "HubSpot does not take this app's own identity");
            Standing::Configuration
        }
        OAuthError::Gone | OAuthError::BadCode => Standing::TokenRefused,
        OAuthError::Unavailable { .. } | OAuthError::Broken { .. } => {
            tracing::warn!(%portal, %error, "HubSpot cannot be asked about a token now");
            Standing::Unknown("HubSpot cannot be asked about the token now")
        }
    }
}
