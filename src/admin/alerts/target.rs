//! Where a portal's alerts go: set, shown, tried.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use super::message::{self, Message};
use crate::{
    admin::{Admin, AdminError, Administrator, windows::new_word},
    clock::Millis,
    domain::ids::{FlowId, PortalId},
    in_tx,
    store::{alerts, portals},
    vault::Place,
};

/// Under this name the address stands in the portal's settings.
const NAME: &str = "alerts";
/// The longest address.
const LONGEST: usize = 2_000;

/// What is to be done about a portal's alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertsRequest {
    /// They go to this address; empty: to none.
    Target(String),
    /// A message is sent now to try the address.
    Test,
}

/// A portal's alerts.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct AlertsAnswer {
    /// Where they go; null: nowhere.
    #[schema(required = true)]
    pub url: Option<String>,
    /// What messages are signed with; told once, when it was made.
    #[schema(required = true)]
    pub secret: Option<String>,
    /// Those whose cause is there.
    pub raised: Vec<RaisedView>,
}

impl std::fmt::Debug for AlertsAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlertsAnswer").field("raised", &self.raised).finish_non_exhaustive()
    }
}

/// An alert whose cause is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RaisedAlert)]
pub struct RaisedView {
    /// Why, as a code.
    pub cause: String,
    /// The flow.
    #[schema(required = true)]
    pub flow_id: Option<FlowId>,
    /// Since when.
    pub raised_at: Millis,
}

impl Admin {
    /// Where the portal's alerts go, and those that are raised.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn alerts(&self, by: &Administrator) -> Result<AlertsAnswer, AdminError> {
        self.alerts_with(by.who().portal, None).await
    }

    async fn alerts_with(&self, portal: PortalId, secret: Option<SecretString>) -> Result<AlertsAnswer, AdminError> {
        let (row, raised) = in_tx!(self.db, read "alerts", |tx| {
            Ok((portals::get(tx, portal).await?, alerts::raised(tx, portal).await?))
        })?;
        let row = row.ok_or(AdminError::NotInstalled)?;
        let raised = raised.into_iter().map(|alert| RaisedView {
            cause: alert.cause.split(':').next().unwrap_or_default().to_owned(),
            flow_id: alert.flow_id,
            raised_at: alert.raised_at,
        });
        let secret = secret.map(|secret| secret.expose_secret().to_owned());
        Ok(AlertsAnswer { url: url_of(&row.settings), secret, raised: raised.collect() })
    }

    /// Sets where alerts go, or tries it. A new address gets a new secret, which is told in this answer alone.
    ///
    /// # Errors
    /// [`AdminError::Invalid`] for what cannot be an address; [`AdminError::Conflict`] where a try finds none, or it does not
    /// take the message.
    pub async fn set_alerts(&self, by: &Administrator, request: &AlertsRequest) -> Result<AlertsAnswer, AdminError> {
        let portal = by.who().portal;
        let secret = match request {
            AlertsRequest::Test => {
                self.try_alert(portal).await?;
                None
            }
            AlertsRequest::Target(text) if text.is_empty() => {
                self.set_target(portal, None).await?;
                None
            }
            AlertsRequest::Target(text) => {
                let url = self.checked_target(text)?;
                self.set_target(portal, Some(&url)).await?
            }
        };
        tracing::info!(%portal, user = %by.who().user, new = secret.is_some(), "the target of alerts was set or tried");
        self.alerts_with(portal, secret).await
    }

    fn checked_target(&self, text: &str) -> Result<Url, AdminError> {
        let good = |url: &Url| {
            let safe = url.scheme() == "https" || (url.scheme() == "http" && self.is_beside_local_hubspot());
            safe && url.has_host() && url.username().is_empty() && url.password().is_none() && text.len() <= LONGEST
        };
        Url::parse(text)
            .ok()
            .filter(good)
            .ok_or_else(|| AdminError::Invalid("url must be an address that begins with https://".to_owned()))
    }

    /// Sets the address; the secret that was made for it, unless it is the one that was set already.
    async fn set_target(&self, portal: PortalId, url: Option<&Url>) -> Result<Option<SecretString>, AdminError> {
        let secret = SecretString::from(format!("lcs_{}", new_word(&self.clock).expose_secret()));
        let row = format!("portal/{portal}");
        let place = Place { table: "portals", column: "alert_secret", row: &row };
        let sealed = self.vault.ring().seal(&place, secret.expose_secret().as_bytes());
        let (now, target) = (self.clock.now(), url.map(Url::to_string));
        let changed = in_tx!(self.db, "set where alerts go", |tx| {
            let Some(portal_row) = portals::get(tx, portal).await? else { return Ok(None) };
            if url_of(&portal_row.settings) == target {
                return Ok(Some(false));
            }
            let mut all = portal_row.settings.as_object().cloned().unwrap_or_default();
            match &target {
                Some(url) => all.insert(NAME.to_owned(), json!({ "url": url })),
                None => all.remove(NAME),
            };
            portals::set_settings(tx, portal, &all.into(), now).await?;
            portals::set_alert_secret(tx, portal, target.as_ref().map(|_| sealed.as_slice())).await?;
            Ok(Some(true))
        })?;
        let changed = changed.ok_or(AdminError::NotInstalled)?;
        Ok(url.filter(|_| changed).map(|_| secret))
    }

    /// The address and the secret of a portal's alerts; `None`: they go nowhere.
    pub(super) async fn alert_target(&self, portal: PortalId) -> Result<Option<(Url, SecretString)>, AdminError> {
        let (row, sealed) = in_tx!(self.db, read "where alerts go", |tx| {
            Ok((portals::get(tx, portal).await?, portals::alert_secret(tx, portal).await?))
        })?;
        let url = row.and_then(|row| url_of(&row.settings)).and_then(|url| Url::parse(&url).ok());
        let (Some(url), Some(sealed)) = (url, sealed) else { return Ok(None) };
        let row = format!("portal/{portal}");
        let place = Place { table: "portals", column: "alert_secret", row: &row };
        let inside = |what: String| AdminError::Inside(format!("portals.alert_secret of {portal}: {what}"));
        let opened = self.vault.ring().open(&place, &sealed).map_err(|error| inside(error.to_string()))?;
        let secret = std::str::from_utf8(&opened).map_err(|_| inside("no text".to_owned()))?;
        Ok(Some((url, SecretString::from(secret))))
    }

    async fn try_alert(&self, portal: PortalId) -> Result<(), AdminError> {
        let target = self.alert_target(portal).await?;
        let (url, secret) =
            target.ok_or_else(|| AdminError::Conflict("there is no address yet; save one, then try it".to_owned()))?;
        let now = self.clock.now();
        let message = Message {
            id: self.clock.new_id(),
            event: "test",
            cause: "test".to_owned(),
            portal_id: portal,
            connection_id: None,
            flow_id: None,
            flow: None,
            raised_at: now,
            cleared_at: None,
        };
        let sent = message::send(&self.outbound, (&url, &secret), &message, now).await;
        sent.map_err(|error| AdminError::Conflict(format!("the message did not arrive: {error}")))
    }
}

fn url_of(settings: &Value) -> Option<String> {
    settings.get(NAME)?.get("url")?.as_str().map(str::to_owned)
}
