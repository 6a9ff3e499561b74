//! The dated versions of HubSpot's API, one a family: `2026-09` is current, `2026-03` the known-good fallback
//! (hubspot.md §0).

use std::str::FromStr;

/// Why a text does not name versions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be <family>=<version>, several parted by commas; families are {FAMILIES}; a version is a year and 03 or 09, as in objects=2026-03"
)]
pub struct BadVersions;

const FAMILIES: &str = "account, associations, oauth, objects, owners, properties, uninstall, users";
const CURRENT: &str = "2026-09";

/// The version of every family that we call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The account itself: `/account-info/{account}/details`.
    pub account: String,
    /// Associations of many records: `/crm/associations/{associations}/…`.
    pub associations: String,
    /// Tokens: `/oauth/{oauth}/token`.
    pub oauth: String,
    /// Records, and a record's associations: `/crm/objects/{objects}/…`.
    pub objects: String,
    /// Owners: `/crm/owners/{owners}`.
    pub owners: String,
    /// Properties and their groups: `/crm/properties/{properties}/…`.
    pub properties: String,
    /// Leaving: `/appinstalls/{uninstall}/external-install`.
    pub uninstall: String,
    /// Users and teams: `/settings/users/{users}/…`.
    pub users: String,
}

impl Default for Versions {
    fn default() -> Self {
        let current = || CURRENT.to_owned();
        Self {
            account: current(),
            associations: current(),
            oauth: current(),
            objects: current(),
            owners: current(),
            properties: current(),
            uninstall: current(),
            users: current(),
        }
    }
}

impl FromStr for Versions {
    type Err = BadVersions;

    /// `objects=2026-03,users=2026-03`: what is not named is current.
    fn from_str(text: &str) -> Result<Self, BadVersions> {
        let mut versions = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (family, version) = part.split_once('=').ok_or(BadVersions)?;
            let slot = match family.trim() {
                "account" => &mut versions.account,
                "associations" => &mut versions.associations,
                "oauth" => &mut versions.oauth,
                "objects" => &mut versions.objects,
                "owners" => &mut versions.owners,
                "properties" => &mut versions.properties,
                "uninstall" => &mut versions.uninstall,
                "users" => &mut versions.users,
                _ => return Err(BadVersions),
            };
            *slot = dated(version.trim()).ok_or(BadVersions)?;
        }
        Ok(versions)
    }
}

fn dated(version: &str) -> Option<String> {
    let (year, month) = version.split_once('-')?;
    let fits = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) && matches!(month, "03" | "09");
    fits.then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_family_can_fall_back_alone() {
        let versions: Versions = "objects=2026-03, users=2027-09".parse().unwrap();
        assert_eq!((versions.objects.as_str(), versions.users.as_str()), ("2026-03", "2027-09"));
        assert_eq!(
            Versions { objects: CURRENT.to_owned(), users: CURRENT.to_owned(), ..versions },
            Versions::default()
        );
        assert_eq!("".parse(), Ok(Versions::default()));
    }

    #[test]
    fn what_names_no_version_is_refused() {
        for text in
            ["objects", "objects=v3", "objects=2026-04", "orders=2026-03", "objects=2026-03/../x", "objects=26-03"]
        {
            assert_eq!(text.parse::<Versions>(), Err(BadVersions), "{text}");
        }
    }
}
