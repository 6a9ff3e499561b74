//! The fields that the torture edits and compares, and by which policy each goes: the torture's own list, which its mapping is
//! made from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What a NetSuite row becomes in HubSpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A contact of a customer that is a person.
    Person,
    /// A company.
    Company,
    /// A contact of a company's own address.
    Mailbox,
    /// A contact of a NetSuite contact.
    Contact,
}

/// Which way a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To HubSpot; what people change there stays until NetSuite's changes.
    ToHubspot,
    /// Both ways; the later change wins.
    Newest,
    /// Both ways; HubSpot's wins.
    Hubspot,
    /// Both ways; NetSuite's wins.
    Erp,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// In HubSpot.
    pub(crate) property: &'static str,
    /// In NetSuite.
    pub(crate) column: &'static str,
    /// Which way.
    pub(crate) way: Way,
}

const fn field(property: &'static str, column: &'static str, way: Way) -> Field {
    Field { property, column, way }
}

const PERSON: &[Field] = &[
    field("email", "email", Way::ToHubspot),
    field("firstname", "firstname", Way::ToHubspot),
    field("lastname", "lastname", Way::ToHubspot),
    field("phone", "phone", Way::ToHubspot),
    field("jobtitle", "title", Way::Newest),
    field("mobilephone", "mobilephone", Way::Hubspot),
    field("fax", "fax", Way::Erp),
];
const COMPANY: &[Field] = &[field("name", "companyname", Way::Newest), field("phone", "phone", Way::Newest)];
const MAILBOX: &[Field] = &[field("email", "email", Way::ToHubspot), field("company", "companyname", Way::ToHubspot)];
const CONTACT: &[Field] = &[
    field("email", "email", Way::Newest),
    field("firstname", "firstname", Way::Newest),
    field("lastname", "lastname", Way::Newest),
    field("phone", "officephone", Way::ToHubspot),
    field("jobtitle", "title", Way::Newest),
    field("mobilephone", "mobilephone", Way::Hubspot),
    field("fax", "fax", Way::Erp),
];

impl Target {
    /// The fields of the torture.
    pub(crate) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Person => PERSON,
            Self::Company => COMPANY,
            Self::Mailbox => MAILBOX,
            Self::Contact => CONTACT,
        }
    }

    /// HubSpot's type of record.
    pub(crate) const fn object(self) -> &'static str {
        match self {
            Self::Company => "0-2",
            Self::Person | Self::Mailbox | Self::Contact => "0-1",
        }
    }

    fn named(key: &str) -> Option<Self> {
        match key {
            "person" => Some(Self::Person),
            "company" => Some(Self::Company),
            "mailbox" => Some(Self::Mailbox),
            "contact" => Some(Self::Contact),
            _ => None,
        }
    }
}

impl Field {
    /// Whether it goes both ways.
    pub(crate) fn both(&self) -> bool {
        self.way != Way::ToHubspot
    }
}

/// The rows of a mapping as they come with the system, with those that go both ways made so, by target.
pub(crate) fn two_way(mapping: &Value) -> Option<BTreeMap<String, Value>> {
    let mut all = BTreeMap::new();
    for target in mapping["targets"].as_array()? {
        let key = target["key"].as_str()?;
        let fields = Target::named(key)?.fields();
        let mut rows = target["rows"].as_array()?.clone();
        for row in &mut rows {
            let Some(field) = fields.iter().find(|field| field.both() && row["property"] == field.property) else {
                continue;
            };
            row["field"] = json!(field.column);
            (row["toHubspot"], row["toErp"]) = (Value::Null, Value::Null);
            row["direction"] = json!("both");
            row["winner"] = json!(match field.way {
                Way::Hubspot => "hubspot",
                Way::Erp => "erp",
                Way::Newest | Way::ToHubspot => "newest",
            });
        }
        all.insert(key.to_owned(), Value::Array(rows));
    }
    Some(all)
}
