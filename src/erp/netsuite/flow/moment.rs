//! The account's clock. NetSuite's stamps are its wall clock's, without a zone, to the second; an hour comes twice in autumn.
//!
//! Promise: a stamp is only ever compared with stamps; how far the wall clock is from UTC is measured, not assumed.

use std::{fmt, str::FromStr, sync::PoisonError, time::Duration};

use jiff::{SignedDuration, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize, de::Error as _};

use super::{
    super::{NetSuite, probe},
    select,
};
use crate::{
    clock::Millis,
    erp::{ErpError, Lane},
};

/// How stamps are written: `YYYY-MM-DD HH24:MI:SS`.
const FORM: &str = "%Y-%m-%d %H:%M:%S";

/// A reading of the account's wall clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wall(DateTime);

impl Wall {
    /// So much earlier.
    pub(super) fn back(self, by: Duration) -> Self {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        Self(self.0.saturating_sub(by))
    }

    /// So much later.
    pub(super) fn on(self, by: Duration) -> Self {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        Self(self.0.saturating_add(by))
    }

    /// The instant, if the clock was `offset` minutes before UTC.
    pub(super) fn at_offset(self, offset: i32) -> Option<Millis> {
        let zoned = self.0.to_zoned(TimeZone::UTC).ok()?;
        Some(Millis(zoned.timestamp().as_millisecond() - i64::from(offset) * 60_000))
    }
}

impl Wall {
    /// The instant in a zone; of two in an hour that comes twice, the first.
    pub(super) fn in_zone(self, zone: &TimeZone) -> Option<Millis> {
        let zoned = self.0.to_zoned(zone.clone()).ok()?;
        Some(Millis(zoned.timestamp().as_millisecond()))
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime(FORM))
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no stamp")]
pub(super) struct NoStamp;

impl FromStr for Wall {
    type Err = NoStamp;

    fn from_str(text: &str) -> Result<Self, NoStamp> {
        DateTime::strptime(FORM, text.trim()).map(Self).map_err(|_| NoStamp)
    }
}

impl Serialize for Wall {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Wall {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// The account's clock at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moment {
    /// What it shows.
    pub(super) wall: Wall,
    /// How far before UTC it is, in minutes.
    pub(super) offset: i32,
    /// The instant by our clock.
    pub(super) at: Millis,
}

/// Asks the account for its clock. Waits for one call.
///
/// # Errors
/// [`ErpError::Broken`] when what it shows is no time, or none that a zone on Earth can have now.
pub(super) async fn now(netsuite: &NetSuite, lane: Lane) -> Result<Moment, ErpError> {
    let clock = &netsuite.calls.clock;
    let before = clock.now();
    let row = select::clock().only(netsuite, lane).await?;
    // The call may have been tried for minutes: the answer is closer to its end.
    let at = clock.now();
    let shown = row.text("now").unwrap_or_default();
    let offset = probe::offset(shown, at).or_else(|| probe::offset(shown, before));
    match (shown.parse(), offset) {
        (Ok(wall), Some(offset)) => {
            let moment = Moment { wall, offset, at };
            *netsuite.shapes.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(moment);
            Ok(moment)
        }
        _ => Err(ErpError::Broken { what: "the account's clock".to_owned() }),
    }
}

/// The account's clock as it was within the last minute. Waits for one call at most.
///
/// # Errors
/// As [`now`].
pub(super) async fn lately(netsuite: &NetSuite, lane: Lane) -> Result<Moment, ErpError> {
    const LATELY: Duration = Duration::from_mins(1);
    let kept = *netsuite.shapes.clock.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.filter(|moment| netsuite.calls.clock.now().since(moment.at) < LATELY) {
        Some(moment) => Ok(moment),
        None => now(netsuite, lane).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read_and_written_alike() {
        let text = "2026-11-01 01:59:59";
        let wall: Wall = text.parse().unwrap();
        assert_eq!(
            (wall.to_string().as_str(), wall.on(Duration::from_secs(1)).to_string().as_str()),
            (text, "2026-11-01 02:00:00")
        );
        assert_eq!(wall.back(Duration::from_hours(2)).to_string(), "2026-10-31 23:59:59");
        assert_eq!(wall.at_offset(-480), Some(Millis(1_793_527_199_000)));
        for bad in ["", "###", "2026-02-30 00:00:00", "11/1/2026", "2026-11-01"] {
            assert_eq!(bad.parse::<Wall>(), Err(NoStamp), "{bad}");
        }
    }
}
