//! Contacts and companies by the thousand, made up from a number: the same number makes the same people.
//!
//! Promise: every address is unique by its row's number, whatever the names are.

use super::values::Values;
use crate::sandbox::data::crm::COMPANY;

const FIRST: [&str; 24] = [
    "Ada", "Bruno", "Chloé", "David", "Elif", "Frieda", "Giulia", "Hiro", "Inés", "Jan", "Karin", "Luca", "Maja",
    "Nils", "Olga", "Pavel", "Rosa", "Søren", "Tariq", "Ursula", "Viktor", "Wanda", "Yuki", "Zoë",
];
const LAST: [&str; 24] = [
    "Andersson",
    "Bauer",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Huber",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "López",
    "Müller",
    "Nguyen",
    "O'Neill",
    "Petrov",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ueda",
    "Visser",
    "Weber",
    "Yılmaz",
    "Zhang",
];
const CITIES: [(&str, &str, &str); 8] = [
    ("Berlin", "10115", "Germany"),
    ("Lyon", "69001", "France"),
    ("Madrid", "28001", "Spain"),
    ("Osaka", "530-0001", "Japan"),
    ("Toronto", "M5H 2N2", "Canada"),
    ("Zürich", "8001", "Switzerland"),
    ("Austin", "78701", "United States"),
    ("København", "1050", "Denmark"),
];
const TRADES: [&str; 8] = ["Records", "Audio", "Music", "Media", "Sound", "Vinyl", "Studios", "Instruments"];

/// A stream of numbers from a seed (SplitMix64): enough for made-up people, and the same everywhere.
pub(super) struct Dice(u64);

impl Dice {
    /// The stream of one row.
    pub(super) const fn of(seed: u64, row: u64) -> Self {
        Self(seed ^ row.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.roll() % of.len() as u64).unwrap_or(0);
        &of[at]
    }

    /// Whether something comes true that does so in `percent` of a hundred cases.
    pub(super) const fn comes(&mut self, percent: u8) -> bool {
        self.roll() % 100 < percent as u64
    }
}

/// The values of made-up record number `row` of a type; contacts have an address in `mailed` of a hundred cases.
pub(super) fn values(kind: &str, seed: u64, row: u64, mailed: u8) -> Values {
    let mut dice = Dice::of(seed, row);
    let (city, zip, country) = *dice.one(&CITIES);
    let (first, last) = (*dice.one(&FIRST), *dice.one(&LAST));
    let number = dice.roll() % 9_000_000 + 1_000_000;
    let plain: String = last.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    let mut values = Values::new();
    let mut put = |name: &str, value: String| values.insert(name.to_owned(), value);
    put("phone", format!("+49 30 {number}"));
    put("city", city.to_owned());
    put("zip", zip.to_owned());
    put("country", country.to_owned());
    if kind == COMPANY {
        put("name", format!("{last} {} {row}", dice.one(&TRADES)));
        put("domain", format!("{plain}{row}.example"));
    } else {
        put("firstname", first.to_owned());
        put("lastname", last.to_owned());
        if dice.comes(mailed) {
            put("email", format!("{plain}.{seed}.{row}@crowd.example"));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::data::crm::CONTACT;

    #[test]
    fn the_same_number_makes_the_same_people_and_no_two_share_an_address() {
        assert_eq!(values(CONTACT, 7, 3, 100), values(CONTACT, 7, 3, 100));
        let mails: std::collections::BTreeSet<_> =
            (0..500).filter_map(|row| values(CONTACT, 7, row, 100).remove("email")).collect();
        assert_eq!(mails.len(), 500);
        let without = (0..500).filter(|row| !values(CONTACT, 7, *row, 60).contains_key("email")).count();
        assert!((100..300).contains(&without), "{without}");
    }
}
