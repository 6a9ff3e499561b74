//! The flows that come with each system.

use std::sync::LazyLock;

use super::flow::{FlowDefault, FlowDefaults};
use crate::erp::{System, netsuite};

static NETSUITE: LazyLock<FlowDefaults> = LazyLock::new(|| read(netsuite::FLOWS));

/// The flows of a system, by its word; none for one that this build does not know.
#[must_use]
pub fn all(system: &str) -> &'static [FlowDefault] {
    match System::from_word(system) {
        Some(System::NetSuite) => &NETSUITE.flows,
        None => &[],
    }
}

/// One flow of a system.
#[must_use]
pub fn of(system: &str, key: &str) -> Option<&'static FlowDefault> {
    all(system).iter().find(|flow| flow.key == key)
}

#[expect(clippy::expect_used, reason = "a file of this build, which a test reads")]
fn read(text: &str) -> FlowDefaults {
    toml::from_str(text).expect("the flows that come with this build are written as they must be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netsuite_brings_customers_and_contacts() {
        let keys: Vec<&str> = all("netsuite").iter().map(|flow| flow.key.as_str()).collect();
        assert_eq!(keys, ["customers", "contacts"]);
        assert!(all("another").is_empty());
    }
}
