//! The cursor of changes: opaque text outside, in here what was read and what comes next.
//!
//! First everything by id, then what was stamped since the account's clock was read before that, then and ever after by stamp.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};

use super::{moment::Moment, stream::Stream};
use crate::erp::{ErpError, source::Kind};

/// The form of the text. Another one is not read: its flow begins anew by an administrator's hand only.
const VERSION: u8 = 1;

/// Up to where a kind was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    #[serde(rename = "v")]
    version: u8,
    kind: Kind,
    #[serde(flatten)]
    pub(super) reading: Reading,
}

/// What is being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reading", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one of them at a time")]
pub(super) enum Reading {
    /// Everything there is, by id.
    All {
        /// The last id read.
        after: u64,
        /// When it began.
        start: Moment,
    },
    /// What changed, by stamp.
    Since {
        /// When the last drain that came to its end began.
        last: Moment,
        /// When the running one began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        running: Option<Moment>,
        /// Records.
        rows: Stream,
        /// Deletions.
        gone: Stream,
    },
}

impl Cursor {
    /// The cursor before anything was read.
    pub(super) const fn first(kind: Kind, start: Moment) -> Self {
        Self { version: VERSION, kind, reading: Reading::All { after: 0, start } }
    }

    /// Reads a cursor's text.
    ///
    /// # Errors
    /// [`ErpError::Broken`] when it is none of ours, or another kind's.
    pub(super) fn read(text: &str, kind: Kind) -> Result<Self, ErpError> {
        let broken = || ErpError::Broken { what: "the cursor of changes".to_owned() };
        let json = BASE64.decode(text).map_err(|_| broken())?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| broken())?;
        if cursor.version == VERSION && cursor.kind == kind { Ok(cursor) } else { Err(broken()) }
    }

    /// Its text.
    ///
    /// # Errors
    /// [`ErpError::Broken`]; only if serde fails.
    pub(super) fn write(&self) -> Result<String, ErpError> {
        let json =
            serde_json::to_vec(self).map_err(|_| ErpError::Broken { what: "the cursor of changes".to_owned() })?;
        Ok(BASE64.encode(json))
    }
}

impl Reading {
    /// What comes after everything was read that was there from `start` on.
    pub(super) const fn since(start: Moment) -> Self {
        Self::Since { last: start, running: None, rows: Stream::from(&start), gone: Stream::from(&start) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{clock::Millis, erp::netsuite::flow::stream::Place};

    fn moment(wall: &str) -> Moment {
        Moment { wall: wall.parse().unwrap(), offset: -480, at: Millis(1_795_435_200_000) }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let start = moment("2026-11-23 04:00:00");
        let first = Cursor::first(Kind::Contact, start);
        let text = first.write().unwrap();
        assert_eq!(Cursor::read(&text, Kind::Contact), Ok(first));
        assert!(Cursor::read(&text, Kind::Customer).is_err(), "another kind's");

        let mut rows = Stream::from(&start);
        let later = moment("2026-11-23 05:00:00");
        rows.begin(&start, &later);
        for id in [7, 3, 1_000_000, 8] {
            assert!(rows.take(Place { stamp: start.wall, id }, &later, later.at));
        }
        let gone = Stream::from(&start);
        let reading = Reading::Since { last: start, running: Some(later), rows, gone };
        let cursor = Cursor { version: VERSION, kind: Kind::Customer, reading };
        assert_eq!(Cursor::read(&cursor.write().unwrap(), Kind::Customer), Ok(cursor));
    }

    #[test]
    fn the_cursor_of_a_busy_second_stays_small() {
        let start = moment("2026-11-23 04:00:00");
        let (mut rows, later) = (Stream::from(&start), moment("2026-11-23 05:00:00"));
        rows.begin(&start, &later);
        for id in 1..=5_000 {
            rows.take(Place { stamp: start.wall, id: id * 9 }, &later, later.at);
        }
        rows.forget();
        let reading = Reading::Since { last: start, running: Some(later), rows, gone: Stream::from(&start) };
        let text = Cursor { version: VERSION, kind: Kind::Customer, reading }.write().unwrap();
        assert!(text.len() < 10_000, "{}", text.len());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
            prop_assert!(Cursor::read(&text, Kind::Customer).is_err());
        }
    }
}
