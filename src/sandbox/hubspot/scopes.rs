//! What the app asks for at install, and which scope each call needs.

use super::errors::Refusal;

/// The scopes that the app's configuration requires: an install must ask for exactly these.
pub(super) const REQUIRED: [&str; 7] = [
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.companies.read",
    "crm.objects.deals.read",
    "crm.schemas.contacts.read",
    "crm.schemas.companies.read",
    "crm.schemas.deals.read",
];

/// The scopes that an install may ask for besides.
pub(super) const OPTIONAL: [&str; 9] = [
    "crm.objects.contacts.write",
    "crm.objects.companies.write",
    "crm.objects.owners.read",
    "crm.lists.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.write",
    "crm.schemas.deals.write",
    "settings.users.read",
    "settings.users.teams.read",
];

/// What the planted installs have besides: the tests write deals with their tokens.
const PLANTED: [&str; 1] = ["crm.objects.deals.write"];

/// All scopes, as the planted portals granted them.
pub(super) fn all() -> Vec<String> {
    REQUIRED.iter().chain(&OPTIONAL).chain(&PLANTED).map(|s| (*s).to_owned()).collect()
}

/// What a call does with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It reads.
    Read,
    /// It writes.
    Write,
}

impl Access {
    const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// The word that scopes use for an object type.
pub(super) const fn plural(kind: &str) -> &'static str {
    match kind.as_bytes() {
        b"0-1" => "contacts",
        b"0-2" => "companies",
        _ => "deals",
    }
}

/// Demands one of `wanted`.
///
/// # Errors
/// 403 with the scopes that would do.
pub(super) fn demand(granted: &[String], wanted: &[String]) -> Result<(), Refusal> {
    if wanted.iter().any(|w| granted.contains(w)) { Ok(()) } else { Err(Refusal::missing_scopes(wanted)) }
}

/// Demands the right to read or write records of a type.
pub(super) fn objects(granted: &[String], kind: &str, access: Access) -> Result<(), Refusal> {
    demand(granted, &[format!("crm.objects.{}.{}", plural(kind), access.word())])
}

/// Demands the right to read or write the properties of a type. Reading records includes reading what they are made of.
pub(super) fn schemas(granted: &[String], kind: &str, access: Access) -> Result<(), Refusal> {
    let name = plural(kind);
    let mut wanted = vec![format!("crm.schemas.{name}.{}", access.word())];
    if access == Access::Read {
        wanted.push(format!("crm.objects.{name}.read"));
    }
    demand(granted, &wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::data::crm::{COMPANY, CONTACT};

    #[test]
    fn a_call_needs_the_scope_of_its_type_and_way() {
        let granted = vec!["crm.objects.contacts.read".to_owned()];
        assert_eq!(objects(&granted, CONTACT, Access::Read), Ok(()));
        assert!(objects(&granted, CONTACT, Access::Write).is_err());
        assert!(objects(&granted, COMPANY, Access::Read).is_err());
        assert_eq!(schemas(&granted, CONTACT, Access::Read), Ok(()));
        assert!(schemas(&granted, CONTACT, Access::Write).is_err());
    }
}
