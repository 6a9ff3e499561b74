//! What a flow is: the default that comes with a system (`flows.toml`), and what an administrator set.
//!
//! Promise: settings that were once kept can always be read again; a default that changes with a new release changes no flow
//! whose mapping an administrator has edited.

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, domain::record::ObjectType, erp::source::Kind};

/// What a row of the ERP becomes in HubSpot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Target {
    /// Its name within the flow: `person`, `company`, `mailbox`, `contact`.
    pub key: String,
    /// What it is in HubSpot.
    pub object: ObjectType,
    /// Which rows of the ERP it is for: an expression over the row's fields.
    pub when: String,
    /// How an unlinked row finds its record, in this order; the first that finds one decides.
    #[serde(rename = "match")]
    pub matching: Vec<MatchKey>,
    /// The target of the same row whose record this one's is associated with (`mailbox` belongs to `company`).
    #[serde(default)]
    pub belongs_to: Option<String>,
    /// The target that the row's parents have (`contact` belongs to the parent's `company`).
    #[serde(default)]
    pub parents: Option<String>,
    /// Its mapping.
    #[serde(default, rename = "row")]
    pub rows: Vec<Row>,
}

/// What an unlinked row finds its record by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKey {
    /// The property `ledgercard_key`.
    Key,
    /// The value that the row maps to `email`.
    Email,
    /// The value that the row maps to `domain`, with a name that does not contradict.
    Domain,
}

/// Which way a property's value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the ERP to HubSpot.
    ToHubspot,
    /// From HubSpot to the ERP.
    ToErp,
    /// Both ways.
    Both,
}

/// Which side's value stays when both have changed since they last agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    /// The record that was changed last; the ERP's when both were at the same time.
    Newest,
    /// The ERP's.
    Erp,
    /// HubSpot's.
    Hubspot,
    /// The other side's is written only where there is none.
    OnlyIfEmpty,
    /// It is written when the record is made, and never after.
    OnlyAtCreation,
    /// It is never written.
    Never,
}

/// One property and what it is filled from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Row {
    /// Its name within the target, which hashes and parked rows refer to; never changes.
    pub id: String,
    /// The property in HubSpot.
    pub property: String,
    /// The field in the ERP, for a row that renames.
    #[serde(default)]
    pub field: Option<String>,
    /// An expression over the ERP's fields, for a row that computes.
    #[serde(default)]
    pub to_hubspot: Option<String>,
    /// An expression over HubSpot's properties, for a row that computes the other way.
    #[serde(default)]
    pub to_erp: Option<String>,
    /// Which way it goes.
    #[serde(default = "to_hubspot")]
    pub direction: Direction,
    /// Which side wins.
    #[serde(default = "erp")]
    pub winner: Winner,
    /// The value table it goes through.
    #[serde(default)]
    pub table: Option<String>,
    /// Whether an administrator cannot take it away, since matching needs it.
    #[serde(default)]
    pub locked: bool,
}

const fn to_hubspot() -> Direction {
    Direction::ToHubspot
}

const fn erp() -> Winner {
    Winner::Erp
}

/// The default flow of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct FlowDefault {
    /// Its name within the connection: `customers`, `contacts`.
    pub key: String,
    /// What flows.
    pub kind: Kind,
    /// What it becomes.
    #[serde(rename = "target")]
    pub targets: Vec<Target>,
}

/// The content of a `flows.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowDefaults {
    /// The system's flows, in the order in which they are shown and first run.
    #[serde(rename = "flow")]
    pub flows: Vec<FlowDefault>,
}

/// What happens in HubSpot when a row is new in the ERP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnCreate {
    /// It is linked with its record, or one is made.
    #[default]
    Create,
    /// It is linked with its record where there is one.
    LinkOnly,
    /// Nothing.
    Nothing,
}

/// What happens in HubSpot when a row changed in the ERP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnUpdate {
    /// Its record is brought in step.
    #[default]
    Update,
    /// Nothing.
    Nothing,
}

/// What happens in HubSpot when a row is deleted in the ERP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// Nothing.
    #[default]
    Nothing,
    /// Its record is archived after a time of grace.
    Archive,
    /// Its record is marked in the property `ledgercard_state`.
    Mark,
}

/// What becomes of rows that the ERP marks as no longer in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inactive {
    /// A linked one stays in step; none is made.
    #[default]
    Keep,
    /// They are left alone altogether.
    Skip,
}

/// What goes from HubSpot to the ERP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToErp {
    /// Nothing.
    #[default]
    Off,
    /// Changes of linked records, in the rows that say so.
    Update,
    /// These, and records that are new in HubSpot.
    Create,
}

/// When a flow comes due by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", untagged, deny_unknown_fields)]
pub enum Schedule {
    /// So many seconds after it ended.
    Every {
        /// 30 to 86,400.
        every_seconds: u32,
    },
    /// Once a day.
    Daily {
        /// `HH:MM`.
        daily_at: String,
        /// An IANA time zone.
        time_zone: String,
    },
}

impl Default for Schedule {
    fn default() -> Self {
        Self::Every { every_seconds: 60 }
    }
}

impl Schedule {
    /// When a flow that ended `now` comes due next. A time of day that a change of the clock leaves out is the next one there
    /// is; an unreadable one counts as every day at the same time.
    #[must_use]
    pub fn next(&self, now: Millis) -> Millis {
        match self {
            Self::Every { every_seconds } => Millis(now.0 + i64::from(*every_seconds) * 1_000),
            Self::Daily { daily_at, time_zone } => {
                daily(daily_at, time_zone, now).unwrap_or(Millis(now.0 + 86_400_000))
            }
        }
    }
}

/// The next time it is `at` in `zone`.
fn daily(at: &str, zone: &str, now: Millis) -> Option<Millis> {
    let at = jiff::civil::Time::strptime("%H:%M", at).ok()?;
    let zone = jiff::tz::TimeZone::get(zone).ok()?;
    let now = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
    let of = |date: jiff::civil::Date| date.to_datetime(at).to_zoned(zone.clone()).ok();
    let today = of(now.date()).filter(|today| *today > now);
    let next = today.or_else(|| of(now.date().tomorrow().ok()?))?;
    Some(Millis(next.timestamp().as_millisecond()))
}

/// What an administrator decides about a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policies {
    /// When a row is new.
    pub on_create: OnCreate,
    /// When it changed.
    pub on_update: OnUpdate,
    /// When it was deleted.
    pub on_delete: OnDelete,
    /// How many days a deleted row's record is left alone before it is archived.
    pub grace_days: u32,
    /// Whether a company's own e-mail address becomes a contact of that company.
    pub mailbox: bool,
    /// What becomes of rows that are no longer in use.
    pub inactive: Inactive,
    /// What goes back.
    pub to_erp: ToErp,
    /// When it comes due.
    pub schedule: Schedule,
    /// The share of linked records, in per cent, that one run may archive or clear before it stops and asks.
    pub brake_share: u32,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            on_create: OnCreate::default(),
            on_update: OnUpdate::default(),
            on_delete: OnDelete::default(),
            grace_days: 7,
            mailbox: true,
            inactive: Inactive::default(),
            to_erp: ToErp::default(),
            schedule: Schedule::default(),
            brake_share: 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Millis {
        Millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_daily_flow_comes_due_at_its_hour_in_its_zone_also_when_the_clock_changes() {
        let daily = Schedule::Daily { daily_at: "02:30".to_owned(), time_zone: "Europe/Berlin".to_owned() };
        assert_eq!(daily.next(ms("2026-11-22T00:00:00Z")), ms("2026-11-22T01:30:00Z"));
        assert_eq!(daily.next(ms("2026-11-22T01:30:00Z")), ms("2026-11-23T01:30:00Z"));
        // 02:30 does not exist on 28 March 2027 in Berlin: the clock goes from 02:00 to 03:00.
        assert_eq!(daily.next(ms("2027-03-27T12:00:00Z")), ms("2027-03-28T01:30:00Z"));
    }

    #[test]
    fn schedules_are_read_in_both_forms() {
        let every: Schedule = serde_json::from_str(r#"{"everySeconds":60}"#).unwrap();
        assert_eq!(every, Schedule::default());
        let daily: Schedule = serde_json::from_str(r#"{"dailyAt":"03:00","timeZone":"UTC"}"#).unwrap();
        assert_eq!(serde_json::to_value(&daily).unwrap()["dailyAt"], "03:00");
    }
}
