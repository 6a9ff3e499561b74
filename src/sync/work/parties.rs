//! What matching compares: a row as it is mapped, and a record of HubSpot, by the properties that name people and companies.

use super::item::Item;
use crate::{
    domain::record::ObjectType,
    hubspot::{objects::Record, properties::OWN_PROPERTY},
    sync::matching::{Party, PartyKind},
};

/// The properties that matching looks at, our own key first.
pub(super) const PROPERTIES: [&str; 17] = [
    OWN_PROPERTY,
    "firstname",
    "lastname",
    "name",
    "company",
    "email",
    "hs_additional_emails",
    "phone",
    "mobilephone",
    "zip",
    "city",
    "address",
    "country",
    "date_of_birth",
    "domain",
    "website",
    "hs_country_region_code",
];

/// A HubSpot record.
pub(super) fn of_record(object: ObjectType, record: &Record) -> Party {
    party(object, |property| record.value(property))
}

/// A row of the ERP as it would be in HubSpot.
pub(super) fn of_item(item: &Item) -> Party {
    party(item.object(), |property| item.mapped(property))
}

fn party<'v>(object: ObjectType, value: impl Fn(&str) -> Option<&'v str>) -> Party {
    let text = |property: &str| value(property).map(str::to_owned);
    let company = object == ObjectType::Company;
    let all = |properties: &[&str]| -> Vec<String> {
        let values = properties.iter().filter_map(|property| value(property));
        values.flat_map(|values| values.split(';')).map(|one| one.trim().to_owned()).filter(|v| !v.is_empty()).collect()
    };
    Party {
        kind: if company { PartyKind::Company } else { PartyKind::Person },
        given: text("firstname").filter(|_| !company),
        family: text("lastname").filter(|_| !company),
        name: text("name").filter(|_| company),
        company: text("company").filter(|_| !company),
        emails: all(&["email", "hs_additional_emails"]),
        phones: all(&["phone", "mobilephone"]),
        postcode: text("zip"),
        city: text("city"),
        street: text("address"),
        country: text("hs_country_region_code").or_else(|| text("country")),
        birth_date: text("date_of_birth"),
        domains: all(if company { &["domain", "website"] } else { &[] }),
        ..Party::default()
    }
}
