//! The shapes of what the settings page shows.

use serde::Serialize;

use crate::{
    admin::{access::Because, connect::Ends},
    cards::answer::row::Environment,
    clock::Millis,
    domain::{
        ids::{ConnectionId, PortalId, UserId},
        permissions::Permissions,
        record::ObjectType,
    },
    erp::System,
    store::usage,
};

/// What the settings page gets first.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SettingsAnswer {
    /// The app is not installed in this portal.
    NotInstalled {
        /// Since when.
        reason: NotInstalled,
        /// The address that installs it.
        install_url: String,
        /// What answers.
        versions: Versions,
    },
    /// The user does not administer.
    NotAllowed {
        /// Why.
        why: NotAllowed,
        /// What answers.
        versions: Versions,
    },
    /// Everything.
    Ready(Box<Overview>),
}

/// Why the app counts as not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotInstalledReason)]
pub enum NotInstalled {
    /// Nothing is known of this portal: it never was, or everything of it was purged.
    Never,
    /// It was removed.
    Uninstalled,
}

/// Why a user does not administer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotAllowedWhy)]
pub enum NotAllowed {
    /// They are none of those who may.
    NotAnAdmin,
    /// HubSpot does not tell whether they are a super admin.
    UsersUnreadable,
}

/// What answers: the page warns when it expects something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Versions {
    /// The program's version.
    pub backend: &'static str,
    /// The version of the contract between page and program.
    pub contract: u32,
}

/// Everything the settings page shows of a portal.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct Overview {
    /// Who asks.
    pub you: You,
    /// The portal.
    pub portal: PortalView,
    /// Its connections, whatever their status.
    pub connections: Vec<ConnectionSettings>,
    /// Connections that are being made.
    pub drafts: Vec<crate::admin::connect::DraftView>,
    /// Who may do what.
    pub permissions: Permissions,
    /// What answers.
    pub versions: Versions,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct You {
    /// HubSpot's id.
    pub user_id: UserId,
    /// Why they may.
    pub because: Because,
}

/// The portal.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PortalSettings)]
pub struct PortalView {
    /// HubSpot's id.
    pub portal_id: PortalId,
    /// Its domain name.
    #[schema(required = true)]
    pub domain: Option<String>,
    /// Its time zone.
    pub time_zone: String,
    /// Its company currency.
    #[schema(required = true)]
    pub currency: Option<String>,
    /// Its further currencies.
    pub additional_currencies: Vec<String>,
    /// When the app was first installed.
    pub installed_at: Millis,
    /// Who installed it last.
    #[schema(required = true)]
    pub installed_by: Option<UserId>,
    /// What was not granted.
    pub scopes: Scopes,
    /// What keeps the installation from working.
    #[schema(required = true)]
    pub trouble: Option<Trouble>,
    /// The address that installs, installs again, and asks for consent again.
    pub install_url: String,
    /// Our property on each type of record.
    pub properties: Vec<PropertyView>,
    /// Calls to HubSpot in the last 24 hours.
    pub usage: Usage,
    /// How many calls we allow ourselves.
    pub limit: CallLimit,
}

/// What was not granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scopes {
    /// Of what must be.
    pub missing_required: Vec<&'static str>,
    /// Of what may be.
    pub missing_optional: Vec<&'static str>,
}

/// What keeps an installation from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = PortalTrouble)]
pub struct Trouble {
    /// In one word.
    pub code: TroubleCode,
    /// Since when.
    pub since: Millis,
}

/// What keeps an installation from working, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PortalTroubleCode)]
pub enum TroubleCode {
    /// HubSpot refuses for want of a scope.
    ConsentNeeded,
    /// The app was removed.
    Uninstalled,
    /// HubSpot refuses the refresh token.
    TokenRefused,
    /// HubSpot refuses our own client id or secret.
    Configuration,
    /// The installation is not finished.
    Installing,
}

/// Our property on one type of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PropertyView {
    /// The type.
    pub object_type_id: ObjectType,
    /// Whether it is there.
    pub state: PropertyState,
    /// Why that is not known, or why it is not as it must be.
    #[schema(required = true)]
    pub why: Option<PropertyWhy>,
}

/// Whether our property is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertyState {
    /// It is.
    Present,
    /// It is not.
    Missing,
    /// That could not be found out.
    Unknown,
}

/// Why it is not known, or not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertyWhy {
    /// A scope is missing.
    NoScope,
    /// HubSpot refuses, or there is one of this name that is not ours.
    Refused,
    /// HubSpot does not answer.
    Unavailable,
}

/// Calls of the last 24 hours by how they ended: our own counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Usage {
    /// All.
    pub calls: i64,
    /// Answered with 401.
    pub unauthorized: i64,
    /// With 403.
    pub forbidden: i64,
    /// With 429.
    pub throttled: i64,
    /// Failed in any other way.
    pub failed: i64,
}

impl From<usage::Used> for Usage {
    fn from(used: usage::Used) -> Self {
        let usage::Used { calls, unauthorized, forbidden, throttled, failed } = used;
        Self { calls, unauthorized, forbidden, throttled, failed }
    }
}

/// At most so many calls in any such span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CallLimit {
    /// Calls.
    pub calls: u32,
    /// Seconds.
    pub seconds: u32,
}

/// How many calls one account gets at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PermitLimit {
    /// In all.
    pub at_once: usize,
    /// Of these, for work that nobody waits for.
    pub background: usize,
}

/// One connection.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSettings {
    /// Our id.
    pub connection_id: ConnectionId,
    /// Which ERP.
    pub system: System,
    /// The ERP's name for people.
    pub system_name: &'static str,
    /// The account as the ERP writes it.
    pub account_id: String,
    /// What administrators call it.
    pub name: String,
    /// Production or sandbox.
    pub environment: Environment,
    /// How it signs in.
    pub method: MethodWord,
    /// Whether it is used.
    pub status: StatusWord,
    /// How the last call went.
    pub health: Health,
    /// When its credentials end.
    #[schema(required = true)]
    pub credentials_end_at: Option<Millis>,
    /// How soon that is; null: they do not end.
    #[schema(required = true)]
    pub ends: Option<Ends>,
    /// The account's own currency, where an administrator had to say it.
    #[schema(required = true)]
    pub base_currency: Option<String>,
    /// Calls in the last 24 hours.
    pub usage: Usage,
    /// How many calls it gets.
    pub limit: PermitLimit,
    /// What hangs on it.
    pub counts: Hanging,
}

/// How a connection signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionMethod)]
pub enum MethodWord {
    /// With a certificate.
    Certificate,
    /// With a user's consent.
    SignIn,
}

/// Whether a connection is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionStatus)]
pub enum StatusWord {
    /// It is.
    Active,
    /// An administrator paused it.
    Paused,
    /// An administrator ended it.
    Disconnected,
}

/// How the last call went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Whether the connection works, as far as is known.
    pub state: HealthState,
    /// Why not.
    #[schema(required = true)]
    pub why: Option<HealthWhy>,
    /// The right that is missing, in the ERP's own words.
    #[schema(required = true)]
    pub permission: Option<String>,
    /// When a call last worked.
    #[schema(required = true)]
    pub last_good_at: Option<Millis>,
}

/// Whether a connection works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// The last call worked.
    Valid,
    /// Somebody must do something.
    Invalid,
    /// Nothing was asked yet, or the ERP could not be asked: the credentials may be fine.
    Unknown,
}

/// Why the last call did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthWhy {
    /// It must be connected again.
    Reconnect,
    /// The ERP role lacks a right.
    NoPermission,
    /// The ERP limits the calls.
    Throttled,
    /// The ERP does not answer.
    Unavailable,
    /// The ERP's answers cannot be read.
    Broken,
}

/// What hangs on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
#[schema(as = ConnectionCounts)]
pub struct Hanging {
    /// Attached invoices.
    pub associations: i64,
    /// Linked customers.
    pub links: i64,
}
