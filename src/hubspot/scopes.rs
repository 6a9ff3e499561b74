//! The scopes that the app asks for: one list here, the same in `hubspot-app/src/app/app-hsmeta.json`; a test compares both.
//!
//! Promise: nothing is asked for that no call needs. What only makes things nicer is optional, so that a portal whose plan
//! lacks it can install all the same (hubspot.md §3.6).

/// Without these nothing works: an installation that lacks one does not stay.
pub const REQUIRED: [&str; 7] = [
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.companies.read",
    "crm.objects.deals.read",
    "crm.schemas.contacts.read",
    "crm.schemas.companies.read",
    "crm.schemas.deals.read",
];

/// With these we make our own property, keep contacts and companies in step, and know users, their teams and who is a super
/// admin.
pub const OPTIONAL: [&str; 7] = [
    "crm.objects.contacts.write",
    "crm.objects.companies.write",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.write",
    "crm.schemas.deals.write",
    "settings.users.read",
    "settings.users.teams.read",
];

/// Without these a flow can only be previewed.
pub const WRITING: [&str; 2] = ["crm.objects.contacts.write", "crm.objects.companies.write"];

/// The required scopes that are not among the `granted` ones, in our order.
#[must_use]
pub fn missing_required(granted: &[String]) -> Vec<&'static str> {
    missing(&REQUIRED, granted)
}

/// The optional scopes that are not among the `granted` ones, in our order.
#[must_use]
pub fn missing_optional(granted: &[String]) -> Vec<&'static str> {
    missing(&OPTIONAL, granted)
}

fn missing(wanted: &[&'static str], granted: &[String]) -> Vec<&'static str> {
    wanted.iter().copied().filter(|scope| !granted.iter().any(|g| g == scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apps_file_asks_for_the_same_scopes() {
        let text = include_str!("../../hubspot-app/src/app/app-hsmeta.json");
        let file: serde_json::Value = serde_json::from_str(text).unwrap();
        let listed = |name: &str| -> Vec<String> {
            let list = file["config"]["auth"][name].as_array().unwrap();
            list.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(listed("requiredScopes"), REQUIRED);
        assert_eq!(listed("optionalScopes"), OPTIONAL);
    }

    #[test]
    fn what_is_missing_is_named_whatever_else_was_granted() {
        let mut granted: Vec<String> = REQUIRED.iter().map(|s| (*s).to_owned()).collect();
        assert_eq!(missing_required(&granted), Vec::<&str>::new());
        assert_eq!(missing_optional(&granted), OPTIONAL);
        granted.retain(|scope| scope != "oauth");
        granted.push("tickets".to_owned());
        assert_eq!(missing_required(&granted), ["oauth"]);
    }
}
