//! What the local HubSpot portals hold: contacts, companies and deals that fit the local NetSuite's customers.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    accounts::{DEMO, EMPTY, PortalSeed},
    chinook::Chinook,
    decorate::CUSTOMERS_FROM,
    extras,
};

/// Object type id of contacts.
pub const CONTACT: &str = "0-1";
/// Object type id of companies.
pub const COMPANY: &str = "0-2";
/// Object type id of deals.
pub const DEAL: &str = "0-3";

/// One CRM record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Object type id (`0-1`).
    pub kind: &'static str,
    /// Its id.
    pub id: u64,
    /// Its properties; an empty one is not there.
    pub properties: BTreeMap<String, String>,
    /// One sentence on what it is good for in the demo.
    pub hint: &'static str,
    /// What it shows, as words.
    pub tags: BTreeSet<&'static str>,
}

impl Record {
    /// What people call it.
    #[must_use]
    pub fn name(&self) -> String {
        Self::name_of(self.kind, &self.properties)
    }

    /// What people call a record of this type with these properties.
    #[must_use]
    pub fn name_of(kind: &str, properties: &BTreeMap<String, String>) -> String {
        let get = |key: &str| properties.get(key).map(String::as_str);
        let names: Vec<_> = match kind {
            COMPANY => vec![get("name")],
            DEAL => vec![get("dealname")],
            _ => vec![get("firstname"), get("lastname")],
        };
        names.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Two records that belong together, and whether the company is the contact's or deal's primary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Association {
    /// One record.
    pub from: (&'static str, u64),
    /// The other.
    pub to: (&'static str, u64),
    /// `to` is `from`'s primary company.
    pub primary: bool,
}

/// A link that the demo plants in the app's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planted {
    /// The customer's internal id.
    pub customer: u32,
    /// The record.
    pub record: (&'static str, u64),
}

/// One portal with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Id, name, zone, refresh token.
    pub seed: PortalSeed,
    /// Whether it has a connection to NetSuite.
    pub connected: bool,
    /// Its records.
    pub records: Vec<Record>,
    /// Which belong together.
    pub associations: Vec<Association>,
    /// Links to plant.
    pub links: Vec<Planted>,
}

/// Added to a Chinook customer's number, this is its contact's id.
const CONTACTS_FROM: u64 = 500;

/// Both portals.
#[must_use]
pub fn portals(shop: &Chinook) -> Vec<Portal> {
    let mut demo =
        Portal { seed: DEMO, connected: true, records: Vec::new(), associations: Vec::new(), links: Vec::new() };
    let mut next_company = 901;
    for buyer in &shop.customers {
        let id = CONTACTS_FROM + u64::from(buyer.id);
        demo.contact(id, &buyer.first_name, &buyer.last_name, &buyer.email, "Matched by e-mail.", &["matched"]);
        if let Some(company) = &buyer.company {
            demo.company(
                next_company,
                company,
                "Linked to its customer; its contact matches too.",
                &["linked", "company"],
            );
            demo.links.push(Planted { customer: CUSTOMERS_FROM + buyer.id, record: (COMPANY, next_company) });
            demo.associate((CONTACT, id), (COMPANY, next_company), true);
            next_company += 1;
        }
    }
    showcases(&mut demo);
    mailboxes(&mut demo);
    large_and_small(&mut demo);
    deals(&mut demo);
    let mut empty = Portal { seed: EMPTY, connected: false, ..demo.clone() };
    empty.records.retain(|r| [501, 901, 701].contains(&r.id));
    for record in &mut empty.records {
        record.hint = "This portal has no ERP connection.";
        record.tags = ["no_connection"].into();
    }
    let kept: Vec<_> = empty.records.iter().map(|r| (r.kind, r.id)).collect();
    empty.associations.retain(|a| kept.contains(&a.from) && kept.contains(&a.to));
    empty.links.clear();
    vec![demo, empty]
}

/// Records that show one thing each.
fn showcases(demo: &mut Portal) {
    demo.tag(
        (CONTACT, 502),
        "Linked to a customer with an invoice in every status.",
        &["linked", "all_statuses", "page2"],
    );
    demo.links.push(Planted { customer: extras::ALL_STATUSES, record: (CONTACT, 502) });
    demo.tag((CONTACT, 515), "Its customer is invoiced in two currencies.", &["two_currencies"]);
    demo.tag((COMPANY, 907), "Its customer is invoiced in two currencies.", &["two_currencies"]);
}

/// A mailbox that customers share, and a contact known by its second address only.
fn mailboxes(demo: &mut Portal) {
    demo.contact(
        560,
        "Ingrid",
        "Fjord",
        extras::SHARED_MAILBOX,
        "Three customers share its mailbox.",
        &["ambiguous", "shared_mailbox"],
    );
    demo.company(
        920,
        "Fjord Audio Group",
        "No link of its own; its contact's mailbox is shared.",
        &["company", "shared_mailbox"],
    );
    demo.associate((CONTACT, 560), (COMPANY, 920), true);
    demo.contact(
        561,
        "Greta",
        "Lindner",
        "greta.lindner@home.example",
        "Its second address is a customer's.",
        &["matched", "secondary_email"],
    );
    demo.set((CONTACT, 561), "hs_additional_emails", "g.lindner@old.example;Rechnung@allegro-musikhaus.example");
    demo.company(921, "Allegro Musikhaus", "No link; suggestions come from its contact.", &["company"]);
    demo.associate((CONTACT, 561), (COMPANY, 921), true);
}

/// Contacts and companies with no invoice, ten thousand, and some in a currency without cents.
fn large_and_small(demo: &mut Portal) {
    demo.contact(562, "Nadia", "Newcomer", "nadia@newcomer.example", "The ERP has no such customer.", &["empty"]);
    demo.contact(
        563,
        "Walter",
        "Wave",
        "payables@wavelength.example",
        "Its customer has 10,000 invoices.",
        &["linked", "ten_thousand", "page2"],
    );
    demo.links.push(Planted { customer: extras::BUSY, record: (CONTACT, 563) });
    demo.company(
        922,
        "Wavelength Streaming Ltd",
        "Its customer has 10,000 invoices.",
        &["linked", "company", "ten_thousand", "page2"],
    );
    demo.links.push(Planted { customer: extras::BUSY, record: (COMPANY, 922) });
    demo.associate((CONTACT, 563), (COMPANY, 922), true);
    demo.contact(
        564,
        "Haruka",
        "Sato",
        "keiri@sakura-records.example",
        "Invoiced in yen, which have no cents.",
        &["matched", "jpy"],
    );
    demo.company(923, "Sakura Records K.K.", "Invoiced in yen, which have no cents.", &["linked", "company", "jpy"]);
    demo.links.push(Planted { customer: extras::YEN, record: (COMPANY, 923) });
    demo.associate((CONTACT, 564), (COMPANY, 923), true);
    demo.contact(
        565,
        "Vera",
        "Palace",
        "OFFICE@vinylpalace.example",
        "Its customer is inactive in the ERP.",
        &["matched"],
    );
    demo.contact(566, "Noel", "Mailless", "", "Has no e-mail address at all.", &["empty"]);
}

fn deals(demo: &mut Portal) {
    demo.deal(
        701,
        "Rogers: catalogue licence",
        "12500",
        "Suggestions come from its company and contact.",
        &["deal", "two_currencies"],
    );
    demo.associate((DEAL, 701), (COMPANY, 907), true);
    demo.associate((CONTACT, 515), (DEAL, 701), false);
    demo.deal(
        702,
        "Wavelength: renewal",
        "84000",
        "Its company has 10,000 invoices.",
        &["deal", "ten_thousand", "page2"],
    );
    demo.associate((DEAL, 702), (COMPANY, 922), true);
    demo.associate((CONTACT, 563), (DEAL, 702), false);
    demo.deal(
        703,
        "Köhler: first order",
        "640",
        "Its contact has an invoice in every status.",
        &["deal", "all_statuses"],
    );
    demo.associate((CONTACT, 502), (DEAL, 703), false);
    demo.deal(704, "Newcomer: pilot", "900", "Nobody the ERP knows.", &["deal", "empty"]);
    demo.associate((CONTACT, 562), (DEAL, 704), false);
    demo.deal(
        705,
        "Fjord: live sound",
        "15000",
        "Its contact's mailbox is shared by three customers.",
        &["deal", "shared_mailbox"],
    );
    demo.associate((DEAL, 705), (COMPANY, 920), true);
    demo.associate((CONTACT, 560), (DEAL, 705), false);
}

impl Portal {
    /// The record of a type and id.
    #[must_use]
    pub fn record(&self, kind: &str, id: u64) -> Option<&Record> {
        self.records.iter().find(|r| r.kind == kind && r.id == id)
    }

    fn add(
        &mut self,
        kind: &'static str,
        id: u64,
        properties: &[(&str, &str)],
        hint: &'static str,
        tags: &[&'static str],
    ) {
        let filled = properties.iter().filter(|(_, value)| !value.is_empty());
        let mut properties: BTreeMap<_, _> = filled.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        properties.insert("hs_object_id".to_owned(), id.to_string());
        self.records.push(Record { kind, id, properties, hint, tags: tags.iter().copied().collect() });
    }

    fn contact(&mut self, id: u64, first: &str, last: &str, email: &str, hint: &'static str, tags: &[&'static str]) {
        self.add(
            CONTACT,
            id,
            &[("firstname", first), ("lastname", last), ("email", &email.to_lowercase())],
            hint,
            tags,
        );
    }

    fn company(&mut self, id: u64, name: &str, hint: &'static str, tags: &[&'static str]) {
        self.add(COMPANY, id, &[("name", name)], hint, tags);
    }

    fn deal(&mut self, id: u64, name: &str, amount: &str, hint: &'static str, tags: &[&'static str]) {
        let properties =
            [("dealname", name), ("amount", amount), ("dealstage", "qualifiedtobuy"), ("pipeline", "default")];
        self.add(DEAL, id, &properties, hint, tags);
    }

    fn tag(&mut self, (kind, id): (&str, u64), hint: &'static str, tags: &[&'static str]) {
        if let Some(record) = self.records.iter_mut().find(|r| r.kind == kind && r.id == id) {
            record.hint = hint;
            record.tags.extend(tags);
        }
    }

    fn set(&mut self, (kind, id): (&str, u64), property: &str, value: &str) {
        if let Some(record) = self.records.iter_mut().find(|r| r.kind == kind && r.id == id) {
            record.properties.insert(property.to_owned(), value.to_owned());
        }
    }

    fn associate(&mut self, from: (&'static str, u64), to: (&'static str, u64), primary: bool) {
        self.associations.push(Association { from, to, primary });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::data::chinook;

    #[test]
    fn every_association_and_link_names_records_that_are_there() {
        for portal in portals(&chinook::load().expect("the shop's books")) {
            for association in &portal.associations {
                for (kind, id) in [association.from, association.to] {
                    assert!(portal.record(kind, id).is_some(), "{kind} {id}");
                }
            }
            for link in &portal.links {
                assert!(portal.record(link.record.0, link.record.1).is_some(), "{link:?}");
            }
            let ids: BTreeSet<_> = portal.records.iter().map(|r| (r.kind, r.id)).collect();
            assert_eq!(ids.len(), portal.records.len());
        }
    }

    #[test]
    fn every_kind_of_record_is_in_the_demo() {
        let shop = chinook::load().expect("the shop's books");
        let demo = portals(&shop).remove(0);
        let tags: BTreeSet<_> = demo.records.iter().flat_map(|r| r.tags.iter().copied()).collect();
        let wanted = [
            "linked",
            "matched",
            "secondary_email",
            "page2",
            "two_currencies",
            "ambiguous",
            "shared_mailbox",
            "ten_thousand",
            "jpy",
            "company",
            "deal",
            "empty",
            "all_statuses",
        ];
        for tag in wanted {
            assert!(tags.contains(tag), "{tag}");
        }
        let rogers = demo.record(COMPANY, 907).expect("company 907").name();
        assert!(rogers.starts_with("Rogers"), "{rogers}");
    }
}
