//! What a NetSuite account must be set up with, as data: features, and the rights of the role that a connection uses.
//!
//! The checklist asks for exactly what stands here, and `ledgercard netsuite role` prints it; so the two cannot differ.
//! Sources: netsuite.md section 2. The keys of the rights (`ADMI_…`) are NetSuite's own in SDF objects; they were collected
//! from public material and not tried on an account.

use std::fmt::Write as _;

use crate::erp::source::Kind;

/// Something that is set up once per account.
#[derive(Debug, Clone, Copy)]
pub struct SetUp {
    /// A stable word for it.
    pub code: &'static str,
    /// The rule of the replaced product.
    pub seed: &'static str,
    /// Its name in NetSuite's menus.
    pub name: &'static str,
    /// Whether this product needs it at all.
    pub needed: bool,
    /// Whether invoices cannot be shown without it.
    pub required: bool,
    /// The click path.
    pub mend: &'static str,
}

/// How far a right goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Looking.
    View,
    /// Changing.
    Edit,
    /// Everything.
    Full,
}

impl Level {
    /// The word in NetSuite's menus.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Edit => "Edit",
            Self::Full => "Full",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::View => "VIEW",
            Self::Edit => "EDIT",
            Self::Full => "FULL",
        }
    }
}

/// One right of the role.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    /// A stable word for it.
    pub code: &'static str,
    /// Its name in NetSuite's menus.
    pub name: &'static str,
    /// The tab of the role on which it stands.
    pub tab: &'static str,
    /// How far it must go.
    pub level: Level,
    /// Its key in an SDF object.
    pub key: &'static str,
    /// Whether invoices cannot be shown without it.
    pub required: bool,
    /// What it is for.
    pub why: &'static str,
    /// The click path.
    pub mend: &'static str,
}

/// Features and other things of the account, by the replaced product's rules.
pub const SET_UP: &[SetUp] = &[
    SetUp {
        code: "server_suitescript",
        seed: "NS-03",
        name: "Server SuiteScript",
        needed: false,
        required: false,
        mend: "Nothing to do: no script of ours runs in NetSuite, so this box may be ticked or not",
    },
    SetUp {
        code: "rest_web_services",
        seed: "NS-04",
        name: "REST Web Services",
        needed: true,
        required: true,
        mend: "Setup > Company > Enable Features > SuiteCloud > SuiteTalk (Web Services) > REST Web Services > Save",
    },
    SetUp {
        code: "rest_record_service_beta",
        seed: "NS-05",
        name: "REST Record Service (BETA)",
        needed: false,
        required: false,
        mend: "Nothing to do: this box no longer exists in NetSuite; REST Web Services covers it",
    },
    SetUp {
        code: "oauth2",
        seed: "NS-06",
        name: "OAuth 2.0",
        needed: true,
        required: true,
        mend: "Setup > Company > Enable Features > SuiteCloud > Manage Authentication > OAuth 2.0 > Save",
    },
    SetUp {
        code: "multiple_currencies",
        seed: "NS-07",
        name: "Multiple Currencies",
        needed: true,
        required: false,
        mend: "Setup > Company > Enable Features > Company > International > Multiple Currencies > Save; an account with one currency does without it",
    },
    SetUp {
        code: "bundle",
        seed: "NS-08",
        name: "Bundle \"HubSpot Connector for NetSuite\"",
        needed: false,
        required: false,
        mend: "Nothing to install: a role of your own takes the bundle's place; `ledgercard netsuite role` prints it as an SDF object, `ledgercard netsuite role --steps` as clicks",
    },
    SetUp {
        code: "role",
        seed: "NS-09",
        name: "The role is given to the user",
        needed: true,
        required: true,
        mend: "Lists > Employees > Employees > Search > (the user's name) > Submit > View > Edit > Access > Roles > Ledgercard > Add > Save",
    },
];

macro_rules! right {
    ($code:literal, $tab:literal, $name:literal, $level:ident, $key:literal, $required:literal, $why:literal) => {
        Right {
            code: $code,
            name: $name,
            tab: $tab,
            level: Level::$level,
            key: $key,
            required: $required,
            why: $why,
            mend: concat!(
                "Setup > Users/Roles > Manage Roles > Ledgercard > Edit > Permissions > ",
                $tab,
                " > ",
                $name,
                " (",
                stringify!($level),
                ") > Add > Save"
            ),
        }
    };
}

/// The rights of the role.
pub const RIGHTS: &[Right] = &[
    right!("rest_web_services_right", "Setup", "REST Web Services", Full, "ADMI_RESTWEBSERVICES", true, "every call"),
    right!(
        "oauth2_right",
        "Setup",
        "Log in using OAuth 2.0 Access Tokens",
        Full,
        "ADMI_LOGIN_OAUTH2",
        true,
        "every call"
    ),
    right!("deleted_records", "Setup", "Deleted Records", Full, "ADMI_DELETEDRECORD", false, "what was deleted"),
    right!(
        "suiteanalytics_workbook",
        "Reports",
        "SuiteAnalytics Workbook",
        Edit,
        "REPO_ANALYTICS",
        true,
        "every query"
    ),
    right!("find_transaction", "Transactions", "Find Transaction", View, "TRAN_FIND", true, "invoices"),
    right!("invoice", "Transactions", "Invoice", View, "TRAN_CUSTINVC", true, "invoices"),
    right!("credit_memo", "Transactions", "Credit Memo", View, "TRAN_CUSTCRED", false, "credit notes"),
    right!(
        "customer_payment",
        "Transactions",
        "Customer Payment",
        View,
        "TRAN_CUSTPYMT",
        false,
        "payments of an invoice"
    ),
    right!("sales_order", "Transactions", "Sales Order", View, "TRAN_SALESORD", false, "the order of an invoice"),
    right!("customers", "Lists", "Customers", View, "LIST_CUSTJOB", true, "whose invoice it is"),
    right!("contacts", "Lists", "Contacts", View, "LIST_CONTACT", false, "customers by a contact's e-mail address"),
    right!("currency", "Lists", "Currency", View, "LIST_CURRENCY", true, "amounts"),
    right!("subsidiaries", "Lists", "Subsidiaries", View, "LIST_SUBSIDIARY", false, "the subsidiary's name (OneWorld)"),
    right!("employees", "Lists", "Employees", View, "LIST_EMPLOYEE", false, "names of sales representatives"),
    right!("items", "Lists", "Items", View, "LIST_ITEM", false, "names of items on an invoice"),
];

/// The rights that take the place of those with the same name once changes go from HubSpot to NetSuite. The checklist does not
/// ask for them: who only reads needs none of them.
pub const WRITING: &[Right] = &[
    right!("customers_writing", "Lists", "Customers", Edit, "LIST_CUSTJOB", false, "customers are changed and made"),
    right!("contacts_writing", "Lists", "Contacts", Edit, "LIST_CONTACT", false, "contacts are changed and made"),
];

/// The right that writing records of a kind needs.
#[must_use]
pub const fn right_to_write(kind: Kind) -> &'static Right {
    match kind {
        Kind::Customer => &WRITING[0],
        Kind::Contact => &WRITING[1],
    }
}

/// The role as an SDF object (`Objects/customrole_ledgercard.xml`).
#[must_use]
pub fn xml() -> String {
    let mut out = String::from(
        "<!-- Objects/customrole_ledgercard.xml of an SDF project. The keys of the permissions come from public material:\n     \
         have them checked in your account (suitecloud project:validate) before you deploy. -->\n\
         <customrole scriptid=\"customrole_ledgercard\">\n  <name>Ledgercard</name>\n  \
         <centertype>BASICCENTER</centertype>\n  <isinactive>F</isinactive>\n  <issalesrole>F</issalesrole>\n  \
         <issupportrole>F</issupportrole>\n  <subsidiaryoption>ALL</subsidiaryoption>\n  <permissions>\n",
    );
    for right in RIGHTS {
        // Writing to a text cannot fail.
        let _ = writeln!(
            out,
            "    <!-- {}: {} -->\n    <permission>\n      <permkey>{}</permkey>\n      <permlevel>{}</permlevel>\n    </permission>",
            right.tab,
            right.name,
            right.key,
            right.level.key()
        );
    }
    out.push_str("  </permissions>\n</customrole>\n");
    out
}

/// The role and what goes with it as clicks.
#[must_use]
pub fn steps() -> String {
    let mut out = String::from("1. Features\n");
    for set_up in SET_UP.iter().filter(|s| s.needed && s.code != "role") {
        let _ = writeln!(out, "   - {}: {}", set_up.name, set_up.mend);
    }
    out.push_str(
        "2. The role: Setup > Users/Roles > Manage Roles > New, name \"Ledgercard\", then on the tab Permissions\n",
    );
    for right in RIGHTS {
        let need = if right.required { "needed" } else { "optional" };
        let _ = writeln!(
            out,
            "   - {} > {} > {} > Add   ({need}: {})",
            right.tab,
            right.name,
            right.level.name(),
            right.why
        );
    }
    out.push_str(
        "   Do not add \"OAuth 2.0 Authorized Applications Management\": NetSuite lets no role with it sign in.\n\
         3. The user: ",
    );
    out.push_str(SET_UP.iter().find(|s| s.code == "role").map_or("", |s| s.mend));
    out.push_str(
        "\n4. The integration: Setup > Integration > Manage Integrations > New, state Enabled, scope REST Web Services;\n   \
         for a certificate tick Client Credentials (Machine to Machine) Grant, for the sign-in of a user tick Authorization\n   \
         Code Grant and enter the redirect URI that the settings page shows. Client id and secret are shown once.\n\
         5. For a certificate: Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup >\n   \
         Create New: the user, this role, the integration, and the certificate that the settings page made.\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::netsuite::prerequisites;

    #[test]
    fn every_right_of_the_checklist_is_in_the_recipe_and_the_other_way_round_ns_08() {
        let (xml, steps) = (xml(), steps());
        let asked: Vec<&str> = prerequisites().iter().filter(|p| p.seed.is_none()).map(|p| p.name).collect();
        assert_eq!(xml.matches("<permkey>").count(), asked.len());
        for name in &asked {
            let right = RIGHTS.iter().find(|r| r.name == *name).unwrap();
            assert!(xml.contains(&format!("<permkey>{}</permkey>", right.key)), "{name}");
            assert!(steps.contains(&format!("{} > {} > {}", right.tab, name, right.level.name())), "{name}");
        }
        let keys: std::collections::BTreeSet<&str> = RIGHTS.iter().map(|r| r.key).collect();
        assert_eq!(keys.len(), asked.len(), "no key twice");
    }

    #[test]
    fn every_rule_from_ns_03_to_ns_09_has_its_line() {
        let seeds: Vec<&str> = prerequisites().iter().filter_map(|p| p.seed).collect();
        assert_eq!(seeds, ["NS-03", "NS-04", "NS-05", "NS-06", "NS-07", "NS-08", "NS-09"]);
    }

    #[test]
    fn writing_needs_the_rights_of_reading_one_level_up() {
        for kind in [Kind::Customer, Kind::Contact] {
            let writing = right_to_write(kind);
            let reading = RIGHTS.iter().find(|right| right.key == writing.key).unwrap();
            assert_eq!((reading.name, reading.level, writing.level), (writing.name, Level::View, Level::Edit));
            assert!(writing.mend.contains(&format!("{} (Edit)", writing.name)));
        }
    }

    #[test]
    fn the_role_as_xml() {
        insta::assert_snapshot!(xml());
    }

    #[test]
    fn the_role_as_clicks() {
        insta::assert_snapshot!(steps());
    }
}
