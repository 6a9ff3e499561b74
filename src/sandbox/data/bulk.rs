//! Made-up customers in any number: the same seed makes the same ones.
//!
//! Promise: names, addresses and telephone numbers look like people's and firms'; every e-mail address is under `.example`
//! and nobody else's in the same load; customer n is the same whatever the number of customers (its stamp too, where the spread
//! is given).

use jiff::civil::DateTime;
use serde::Deserialize;

use super::{
    books::{Address, Contact, Customer},
    decorate::{CAD, EUR, GBP, NET_30, USD, subsidiary_of},
};

/// What is to be made up.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bulk {
    /// How many customers.
    pub count: u32,
    /// What the numbers start from.
    #[serde(default)]
    pub seed: u64,
    /// The share of customers that are persons, 0 to 1.
    #[serde(default = "a_third")]
    pub people: f64,
    /// The share of customers, and of contacts, that have an e-mail address.
    #[serde(default = "nearly_all")]
    pub with_email: f64,
    /// How many contacts each company has.
    #[serde(default)]
    pub contacts_per_company: u32,
    /// Over how many seconds before now their last changes are spread, 0: all in the same second; none: a hundred a second.
    #[serde(default)]
    pub stamp_spread: Option<u32>,
}

const fn a_third() -> f64 {
    0.3
}

const fn nearly_all() -> f64 {
    0.9
}

/// A customer that was made up, with its contacts.
pub type Made = (Customer, Vec<Contact>);

const GIVEN: [&str; 40] = [
    "Anna",
    "Björn",
    "Carla",
    "Dário",
    "Elif",
    "Frédéric",
    "Greta",
    "Hiroshi",
    "Ines",
    "Jonas",
    "Katarzyna",
    "Liam",
    "Márta",
    "Noah",
    "Olga",
    "Pedro",
    "Quentin",
    "Rosa",
    "Søren",
    "Tereza",
    "Ulrike",
    "Viktor",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zoë",
    "Amélie",
    "Benedikt",
    "Chiara",
    "Diego",
    "Emma",
    "Fatima",
    "Giulia",
    "Hannah",
    "Ivan",
    "Jürgen",
    "Klára",
    "Lucía",
    "Mateusz",
    "Nadia",
];
const FAMILY: [&str; 40] = [
    "Andersson",
    "Bauer",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Hansen",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Lehmann",
    "Müller",
    "Novák",
    "O'Connor",
    "Petit",
    "Quist",
    "Rossi",
    "Schäfer",
    "Tanaka",
    "Ueda",
    "Virtanen",
    "Weber",
    "Xu",
    "Yılmaz",
    "Zimmermann",
    "Álvarez",
    "Brown",
    "Clark",
    "Díaz",
    "Evans",
    "Fontaine",
    "Gruber",
    "Horváth",
    "Ionescu",
    "Jovanović",
    "Keller",
    "Laurent",
    "Meier",
    "Nilsson",
];
const TRADES: [&str; 24] = [
    "Audio",
    "Bakery",
    "Ceramics",
    "Design",
    "Electronics",
    "Foods",
    "Garden",
    "Hydraulics",
    "Instruments",
    "Joinery",
    "Kitchens",
    "Logistics",
    "Media",
    "Nautics",
    "Optics",
    "Print",
    "Records",
    "Software",
    "Textiles",
    "Utilities",
    "Ventures",
    "Wines",
    "Systems",
    "Tools",
];
const PLACES: [&str; 24] = [
    "Alpine", "Baltic", "Coastal", "Delta", "Eastern", "Fjord", "Golden", "Harbour", "Island", "Juniper", "Kestrel",
    "Lakeside", "Meridian", "Northern", "Orchard", "Pacific", "Quarry", "River", "Summit", "Tundra", "Upland",
    "Valley", "Western", "Zenith",
];
const STREETS: [&str; 12] = [
    "Market Street",
    "Station Road",
    "Church Lane",
    "Mill Lane",
    "High Street",
    "Park Avenue",
    "Lindenallee",
    "Rue de la Gare",
    "Calle Mayor",
    "Storgatan",
    "Via Roma",
    "Queen Street",
];
type Town = (&'static str, Option<&'static str>, u32, &'static str, &'static str, &'static str, u32);

/// City, state, first digits of the postal code, country, dialling code, legal form, currency.
const TOWNS: [Town; 10] = [
    ("Hamburg", None, 20_000, "DE", "+49 40", "GmbH", EUR),
    ("Lyon", None, 69_000, "FR", "+33 4", "SARL", EUR),
    ("Sevilla", None, 41_000, "ES", "+34 95", "S.L.", EUR),
    ("Milano", None, 20_100, "IT", "+39 02", "S.r.l.", EUR),
    ("Göteborg", None, 41_100, "SE", "+46 31", "AB", EUR),
    ("Leeds", None, 10_000, "GB", "+44 113", "Ltd", GBP),
    ("Toronto", Some("ON"), 50_000, "CA", "+1 416", "Inc.", CAD),
    ("Portland", Some("OR"), 97_200, "US", "+1 503", "LLC", USD),
    ("Austin", Some("TX"), 73_300, "US", "+1 512", "Inc.", USD),
    ("Chicago", Some("IL"), 60_600, "US", "+1 312", "Corp.", USD),
];

/// The seeded numbers of one row (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `most`.
    fn below(&mut self, most: u32) -> u32 {
        u32::try_from(self.next() % u64::from(most.max(1))).unwrap_or(0)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(u32::try_from(of.len()).unwrap_or(1));
        &of[at as usize % of.len()]
    }

    /// Whether a thing of this share happens.
    fn happens(&mut self, share: f64) -> bool {
        f64::from(self.below(1_000_000)) < share * 1_000_000.0
    }
}

impl Bulk {
    /// How many ids customer and contacts take at most.
    #[must_use]
    pub const fn ids_each(&self) -> u32 {
        1 + self.contacts_per_company
    }

    /// Customer number `at` (from 0), under ids from `first_id` on; `now` is the account's wall clock.
    #[must_use]
    pub fn make(&self, at: u32, first_id: u32, now: DateTime) -> Made {
        let mut dice = Dice(self.seed ^ u64::from(at).wrapping_mul(0xd134_2543_de82_ef95));
        let id = first_id + at * self.ids_each();
        let modified = self.stamp(&mut dice, now);
        let person = dice.happens(self.people);
        let (city, state, zip, country, dial, form, currency) = *dice.one(&TOWNS);
        let (given, family) = (*dice.one(&GIVEN), *dice.one(&FAMILY));
        let house = format!("{} {} {at}", dice.one(&PLACES), dice.one(&TRADES));
        let domain = format!("{}.example", plain(&house).replace(' ', "-"));
        let email = if person {
            format!("{}.{}.{id}@mail.example", plain(given), plain(family))
        } else {
            format!("office@{domain}")
        };
        let customer = Customer {
            id,
            number: format!("CUST-{id}"),
            company: (!person).then(|| format!("{house} {form}")),
            first_name: person.then(|| given.to_owned()),
            last_name: person.then(|| family.to_owned()),
            email: dice.happens(self.with_email).then_some(email),
            other_email: None,
            phone: dice.happens(0.8).then(|| format!("{dial} {:03} {:04}", dice.below(1_000), dice.below(10_000))),
            address: Address {
                street: format!("{} {}", dice.one(&STREETS), 1 + dice.below(199)),
                city: city.to_owned(),
                state: state.map(str::to_owned),
                zip: Some(format!("{:05}", zip + dice.below(100))),
                country,
            },
            currency,
            subsidiary: subsidiary_of(currency),
            terms: NET_30,
            sales_rep: None,
            inactive: dice.happens(0.02),
            comments: None,
            modified,
        };
        let staff = if person { 0 } else { self.contacts_per_company };
        let contacts = (1..=staff).map(|nth| self.contact(&mut dice, id, nth, &domain, modified)).collect();
        (customer, contacts)
    }

    fn contact(&self, dice: &mut Dice, company: u32, nth: u32, domain: &str, modified: DateTime) -> Contact {
        let (given, family) = (*dice.one(&GIVEN), *dice.one(&FAMILY));
        let email = format!("{}.{}.{nth}@{domain}", plain(given), plain(family));
        Contact {
            id: company + nth,
            first_name: given.to_owned(),
            last_name: family.to_owned(),
            email: if dice.happens(self.with_email) { email } else { String::new() },
            company,
            modified,
        }
    }

    fn stamp(&self, dice: &mut Dice, now: DateTime) -> DateTime {
        let back = dice.below(self.stamp_spread.unwrap_or(self.count / 100));
        now.saturating_sub(jiff::SignedDuration::from_secs(i64::from(back)))
    }
}

/// The letters of an address: lower case, without marks.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'á' | 'ä' | 'Á' => 'a',
        'ć' => 'c',
        'é' | 'ë' => 'e',
        'í' | 'ı' => 'i',
        'ö' | 'ø' => 'o',
        'ü' => 'u',
        other => other.to_ascii_lowercase(),
    };
    name.chars().map(letter).filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_customers_and_no_address_twice() {
        let bulk: Bulk =
            serde_json::from_str(r#"{"count": 500, "seed": 3, "contactsPerCompany": 2, "stampSpread": 3600}"#)
                .expect("a wish");
        let now = datetime(2026, 11, 1, 2, 0, 0, 0);
        let made: Vec<Made> = (0..bulk.count).map(|at| bulk.make(at, 10_000, now)).collect();
        assert_eq!(made[77], Bulk { count: 1_000_000, ..bulk }.make(77, 10_000, now));
        assert_ne!(made[77].0, Bulk { seed: 4, ..bulk }.make(77, 10_000, now).0);
        let ids: BTreeSet<u32> = made.iter().flat_map(|(c, staff)| staff.iter().map(|p| p.id).chain([c.id])).collect();
        let contacts: usize = made.iter().map(|(_, staff)| staff.len()).sum();
        assert_eq!(ids.len(), made.len() + contacts);
        let emails: Vec<String> = made.iter().filter_map(|(c, _)| c.email.clone()).collect();
        assert_eq!(emails.iter().collect::<BTreeSet<_>>().len(), emails.len());
        assert!((430..=470).contains(&emails.len()), "{}", emails.len());
        assert!(emails.iter().all(|e| e.is_ascii() && e.ends_with(".example")));
        let people = made.iter().filter(|(c, _)| c.company.is_none()).count();
        assert!((120..=180).contains(&people), "{people}");
        assert!(made.iter().map(|(c, _)| c.modified).collect::<BTreeSet<_>>().len() > 400);
    }
}
