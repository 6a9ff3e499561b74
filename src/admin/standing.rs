//! How an installation stands: asked of HubSpot, and written down.
//!
//! Promise: a portal counts as left only when HubSpot itself says that its token is dead, asked with the client id that the
//! token was issued to. What cannot be asked changes nothing (hubspot.md §3.4).

use serde_json::{Map, Value, json};

use super::{Admin, AdminError};
use crate::{
    domain::{
        ids::{PortalId, UserId},
        record::ObjectType,
    },
    hubspot::{
        HubSpotError,
        account::AccountDetails,
        oauth::{Introspected, OAuthError, PortalCredential, TokenHint},
        scopes,
    },
    in_tx,
    outbound::Lane,
    store::portals::{self, Installed, Portal, PortalStatus, PortalTrouble},
    vault::{Holder, TokenError},
};

/// The key, in a portal's details, of the instant when it was last looked after.
pub(super) const CHECKED_AT: &str = "checkedAt";
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
}

impl Admin {
    /// Asks HubSpot about the installation in `portal` and writes down how it stands. `installer`: who installed it, where
    /// that is known better than by asking.
    ///
    /// # Errors
    /// [`AdminError`] when the database fails or a stored credential cannot be opened.
    pub(super) async fn look_after(&self, portal: PortalId, installer: Option<UserId>) -> Result<Standing, AdminError> {
        let row = in_tx!(self.db, read "look after a portal", |tx| { portals::get(tx, portal).await })?;
        let row = row.ok_or(AdminError::NotInstalled)?;
        let standing = self.ask(&row, installer).await?;
        tracing::info!(%portal, ?standing, "looked after an installation");
        let trouble = match &standing {
            Standing::Fine(_) => return Ok(standing),
            Standing::Unknown(_) => None,
            Standing::ConsentNeeded(_) => Some(PortalTrouble::ConsentNeeded),
            Standing::Gone => Some(PortalTrouble::Uninstalled),
            Standing::TokenRefused => Some(PortalTrouble::TokenRefused),
            Standing::Configuration | Standing::OtherApp => Some(PortalTrouble::Configuration),
            Standing::NoCredential => Some(PortalTrouble::TokenRefused).filter(|_| row.status == PortalStatus::Active),
        };
        self.write_trouble(&row, trouble, standing == Standing::Gone).await?;
        Ok(standing)
    }

    async fn ask(&self, row: &Portal, installer: Option<UserId>) -> Result<Standing, AdminError> {
        let portal = row.portal_id;
        let token = match self.vault.credential(Holder::Portal(portal)).await {
            Ok(kept) => PortalCredential::refresh_token(&kept)
                .ok_or_else(|| AdminError::Inside(format!("the stored credential of portal {portal}")))?,
            Err(TokenError::Missing) => return Ok(Standing::NoCredential),
            Err(TokenError::Store(_)) => return Err(AdminError::Unavailable("the database is busy".to_owned())),
            Err(error) => return Err(AdminError::Inside(format!("the credential of portal {portal}: {error}"))),
        };
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
            self.write_scopes(portal, &said).await?;
            return Ok(Standing::ConsentNeeded(missing));
        }
        match self.hubspot.account(Lane::Background, portal).await {
            Ok(account) => self.write_account(row, installer, &said, &account).await,
            Err(HubSpotError::Consent) => Ok(Standing::ConsentNeeded(Vec::new())),
            Err(HubSpotError::Reinstall { .. }) => Ok(Standing::TokenRefused),
            Err(error) => {
                tracing::warn!(%portal, %error, "the account's details cannot be read now");
                Ok(Standing::Unknown("the account's details cannot be read now"))
            }
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
        installer: Option<UserId>,
        said: &Introspected,
        account: &AccountDetails,
    ) -> Result<Standing, AdminError> {
        let (portal, now) = (row.portal_id, self.clock.now());
        let mut details = kept_details(row);
        details.insert("currency".to_owned(), json!(account.company_currency));
        details.insert("additionalCurrencies".to_owned(), json!(account.additional_currencies));
        details.insert(CLIENT_ID.to_owned(), json!(self.settings.app.client_id));
        details.insert(CHECKED_AT.to_owned(), json!(now.0));
        let (details, scopes) = (Value::Object(details), json!(said.scopes));
        let written = Installed {
            time_zone: &account.time_zone,
            ui_domain: account.ui_domain.as_deref().unwrap_or(&row.ui_domain),
            domain: said.hub_domain.as_deref(),
            details: &details,
            installed_by: installer.or(said.user),
            scopes: &scopes,
            trouble: None,
        };
        in_tx!(self.db, "an installation stands", |tx| { portals::activate(tx, portal, written, now).await })?;
        self.cards.portals_changed();
        self.ensure_properties(portal, details).await?;
        Ok(Standing::Fine(scopes::missing_optional(&said.scopes)))
    }

    /// Makes our property where it is not. What cannot be done now is named, and tried again by upkeep.
    async fn ensure_properties(&self, portal: PortalId, mut details: Value) -> Result<(), AdminError> {
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
        details[PROPERTIES] = Value::Object(states);
        in_tx!(self.db, "our properties", |tx| { portals::set_details(tx, portal, &details).await })?;
        Ok(())
    }

    async fn write_scopes(&self, portal: PortalId, said: &Introspected) -> Result<(), AdminError> {
        let scopes = json!(said.scopes);
        in_tx!(self.db, "granted scopes", |tx| { portals::set_scopes(tx, portal, &scopes).await })?;
        Ok(())
    }

    /// Notes when the portal was looked after, and what was found; `gone`: its work stops.
    async fn write_trouble(&self, row: &Portal, trouble: Option<PortalTrouble>, gone: bool) -> Result<(), AdminError> {
        let (portal, now) = (row.portal_id, self.clock.now());
        let mut details = kept_details(row);
        details.insert(CHECKED_AT.to_owned(), json!(now.0));
        let details = Value::Object(details);
        in_tx!(self.db, "an installation's trouble", |tx| {
            portals::set_details(tx, portal, &details).await?;
            if trouble.is_some() {
                portals::set_trouble(tx, portal, trouble, now).await?;
            }
            if gone {
                portals::set_status(tx, portal, PortalStatus::Disconnected, now).await?;
            }
            Ok(())
        })?;
        self.cards.portals_changed();
        Ok(())
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

fn kept_details(row: &Portal) -> Map<String, Value> {
    row.details.as_object().cloned().unwrap_or_default()
}
