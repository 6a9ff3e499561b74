//! HubSpot's events: what a call of its webhooks says, and the old signature that some apps still get.
//!
//! Promise: an event that cannot be read, or that says nothing we act on, costs nothing but itself; ids are taken as numbers
//! and as texts.
//! Never: takes a value of a record out of an event.

use ring::digest;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::any_id::AnyId;
use crate::domain::{
    ids::{AppId, ObjectId, PortalId},
    record::{ObjectType, RecordRef},
};

/// Secrets of the old signature (version 1): hex of SHA-256 over the client secret and the raw body. It covers neither URL
/// nor time, so it is taken only where an operator says so.
pub struct OldSecrets(Vec<SecretString>);

impl OldSecrets {
    /// Any of `secrets` may have signed.
    #[must_use]
    pub fn new(secrets: &[SecretString]) -> Self {
        Self(secrets.to_vec())
    }

    /// Whether `signature` (the header's text) was made over `body` with one of them.
    #[must_use]
    pub fn verify(&self, body: &[u8], signature: &str) -> bool {
        let mut fits = subtle::Choice::from(0);
        for secret in &self.0 {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(secret.expose_secret().as_bytes());
            context.update(body);
            let mut hex = String::with_capacity(64);
            for byte in context.finish().as_ref() {
                for half in [byte >> 4, byte & 15] {
                    hex.extend(char::from_digit(u32::from(half), 16));
                }
            }
            fits |= hex.as_bytes().ct_eq(signature.to_ascii_lowercase().as_bytes());
        }
        fits.into()
    }
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Records became one.
    Merge,
    /// A record went into the recycle bin.
    Deletion,
    /// It came out of there.
    Restore,
    /// It was erased for privacy.
    Erasure,
    /// Anything else.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Merge, Self::Deletion, Self::Restore, Self::Erasure, Self::Other];

    /// The word it is counted under.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Deletion => "deletion",
            Self::Restore => "restore",
            Self::Erasure => "erasure",
            Self::Other => "other",
        }
    }
}

/// "Look at this record", as an event says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// The record.
    pub record: RecordRef,
    /// The record that survives a merge.
    pub into: Option<ObjectId>,
    /// Whether the record was erased for privacy.
    pub erased: bool,
}

/// One event, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub kind: Kind,
    /// Whose it is.
    pub portal: Option<PortalId>,
    /// The records to look at; empty for one we do not act on.
    pub hints: Vec<Hint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    subscription_type: Option<String>,
    /// Some of HubSpot's tables call it so.
    #[serde(default)]
    event_type: Option<String>,
    #[serde(default)]
    portal_id: Option<AnyId>,
    #[serde(default)]
    app_id: Option<AnyId>,
    #[serde(default)]
    object_id: Option<AnyId>,
    #[serde(default)]
    object_type_id: Option<String>,
    #[serde(default)]
    primary_object_id: Option<AnyId>,
    #[serde(default)]
    merged_object_ids: Option<Vec<AnyId>>,
    #[serde(default)]
    new_object_id: Option<AnyId>,
}

/// The events of a call's body, each read for itself; `None`: the body is no list of events.
#[must_use]
pub fn read(body: &[u8], ours: AppId) -> Option<Vec<Event>> {
    let all: Vec<Value> = serde_json::from_slice(body).ok()?;
    Some(all.into_iter().map(|event| one(event, ours)).collect())
}

fn one(event: Value, ours: AppId) -> Event {
    let nothing = Event { kind: Kind::Other, portal: None, hints: Vec::new() };
    let Ok(wire) = serde_json::from_value::<Wire>(event) else { return nothing };
    let number = |id: Option<AnyId>| id.and_then(AnyId::object);
    let portal = wire.portal_id.and_then(AnyId::portal);
    let name = wire.subscription_type.or(wire.event_type).unwrap_or_default();
    let (noun, what) = name.split_once('.').unwrap_or_default();
    let kind = match what {
        "merge" => Kind::Merge,
        "deletion" => Kind::Deletion,
        "restore" => Kind::Restore,
        "privacyDeletion" => Kind::Erasure,
        _ => return Event { portal, ..nothing },
    };
    let foreign = wire.app_id.is_some_and(|id| id.app() != Some(ours));
    let object_type = match noun {
        "contact" => Some(ObjectType::Contact),
        "company" => Some(ObjectType::Company),
        "deal" => Some(ObjectType::Deal),
        _ => wire.object_type_id.and_then(|id| id.parse().ok()),
    };
    let Some(object_type) = object_type.filter(|_| !foreign) else { return Event { kind, portal, hints: Vec::new() } };
    let hint = |object_id, into: Option<ObjectId>| Hint {
        record: RecordRef { object_type, object_id },
        into: into.filter(|into| *into != object_id),
        erased: kind == Kind::Erasure,
    };
    let object = number(wire.object_id);
    if kind != Kind::Merge {
        return Event { kind, portal, hints: object.map(|id| hint(id, None)).into_iter().collect() };
    }
    let primary = number(wire.primary_object_id);
    let into = number(wire.new_object_id).or(primary).or(object);
    let losers = wire.merged_object_ids.unwrap_or_default().into_iter().filter_map(|id| number(Some(id)));
    let mut hints: Vec<Hint> = losers.chain(primary).chain(object).map(|id| hint(id, into)).collect();
    hints.dedup_by_key(|hint| hint.record);
    Event { kind, portal, hints }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(text: &str) -> Vec<Event> {
        read(text.as_bytes(), AppId(77)).unwrap()
    }

    fn contact(id: u64) -> RecordRef {
        RecordRef { object_type: ObjectType::Contact, object_id: ObjectId(id) }
    }

    #[test]
    fn a_merge_is_a_hint_at_each_record_that_it_ends() {
        let text = r#"[{"subscriptionType":"contact.merge","portalId":"4711","appId":77,"objectId":9,
            "primaryObjectId":1,"mergedObjectIds":["2",3],"newObjectId":9}]"#;
        let hints = events(text).remove(0).hints;
        let told: Vec<_> = hints.iter().map(|h| (h.record.object_id.0, h.into.map(|i| i.0))).collect();
        assert_eq!(told, [(2, Some(9)), (3, Some(9)), (1, Some(9)), (9, None)]);
    }

    #[test]
    fn names_and_ids_are_taken_in_every_form() {
        for text in [
            r#"[{"subscriptionType":"contact.privacyDeletion","portalId":4711,"objectId":5}]"#,
            r#"[{"eventType":"object.privacyDeletion","objectTypeId":"0-1","portalId":"4711","objectId":"5"}]"#,
        ] {
            let event = events(text).remove(0);
            assert_eq!((event.kind, event.portal), (Kind::Erasure, Some(PortalId(4711))));
            assert_eq!(event.hints, [Hint { record: contact(5), into: None, erased: true }]);
        }
    }

    #[test]
    fn what_is_not_ours_or_not_known_is_no_hint() {
        for text in [
            r#"[{"subscriptionType":"contact.deletion","portalId":1,"appId":78,"objectId":5}]"#,
            r#"[{"subscriptionType":"ticket.deletion","portalId":1,"objectId":5}]"#,
            r#"[{"subscriptionType":"contact.propertyChange","portalId":1,"objectId":5,"propertyValue":"x"}]"#,
            r#"[{"subscriptionType":"contact.deletion","portalId":1}]"#,
            r"[17]",
            r"[{}]",
        ] {
            assert!(events(text).remove(0).hints.is_empty(), "{text}");
        }
        assert_eq!(read(b"{}", AppId(77)), None);
    }

    #[test]
    fn the_old_signature_is_that_of_secret_and_body() {
        let secrets = OldSecrets::new(&[SecretString::from("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")]);
        let body = br#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]"#;
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        context.update(body);
        let hex = context.finish().as_ref().iter().fold(String::new(), |text, b| text + &format!("{b:02x}"));
        assert!(secrets.verify(body, &hex) && secrets.verify(body, &hex.to_uppercase()));
        assert!(!secrets.verify(b"[]", &hex) && !secrets.verify(body, "") && !secrets.verify(body, &hex[..63]));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&body, AppId(77)).is_none_or(|events| events.len() < 200));
        }
    }
}
