//! A party brought into the form in which it is compared: every value folded once, so that comparing does no such work.

use super::{
    Party, PartyKind,
    company::CompanyName,
    fold::{filled, fold},
    mail,
    person::PersonName,
    phone::Phone,
    place::{self, Street},
};

/// What a row says, folded. Two rows that say the same are equal.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) kind: PartyKind,
    pub(super) person: PersonName,
    /// A company's own name, or where a person works.
    pub(super) company: Option<CompanyName>,
    pub(super) emails: Vec<String>,
    pub(super) phones: Vec<Phone>,
    /// Domains that are a company's own, those of its addresses among them.
    pub(super) domains: Vec<String>,
    pub(super) postcode: Option<String>,
    pub(super) city: Option<String>,
    pub(super) street: Option<Street>,
    pub(super) country: Option<String>,
    pub(super) birth_date: Option<String>,
    pub(super) numbers: Vec<(String, String)>,
}

impl Facts {
    pub(super) fn of(party: &Party) -> Self {
        let emails = sorted(party.emails.iter().filter_map(|text| mail::address(text)));
        let sites = party.domains.iter().filter_map(|text| mail::own_domain(text));
        let domains = sorted(sites.chain(emails.iter().filter_map(|address| mail::own_domain(address))));
        let company = match party.kind {
            PartyKind::Person => filled(party.company.as_ref()),
            PartyKind::Company => filled(party.name.as_ref()).or_else(|| filled(party.company.as_ref())),
        };
        let person = match party.kind {
            PartyKind::Person => PersonName::read(party),
            PartyKind::Company => PersonName::default(),
        };
        let numbers = party.numbers.iter().filter_map(|(field, value)| Some((field.clone(), number(value)?)));
        Self {
            kind: party.kind,
            person,
            company: company.and_then(CompanyName::read),
            phones: sorted(party.phones.iter().filter_map(|text| Phone::read(text))),
            emails,
            domains,
            postcode: filled(party.postcode.as_ref()).and_then(place::postcode),
            city: filled(party.city.as_ref()).and_then(place::city),
            street: filled(party.street.as_ref()).and_then(Street::read),
            country: filled(party.country.as_ref()).map(fold).filter(|code| code.len() == 2),
            birth_date: filled(party.birth_date.as_ref()).and_then(place::birth_date),
            numbers: sorted(numbers),
        }
    }

    /// Whether it names somebody: a person by both names, a company by its name.
    pub(super) fn is_named(&self) -> bool {
        match self.kind {
            PartyKind::Person => !self.person.given.is_empty() && !self.person.family.is_empty(),
            PartyKind::Company => self.company.is_some(),
        }
    }

    /// How many things it says beyond the name, of those that tell one bearer of a name from another.
    pub(super) fn richness(&self) -> usize {
        let employer = self.kind == PartyKind::Person && self.company.is_some();
        let said = [
            !self.emails.is_empty(),
            !self.phones.is_empty(),
            !self.domains.is_empty() && self.kind == PartyKind::Company,
            employer,
            self.birth_date.is_some(),
            self.street.is_some(),
            self.postcode.is_some(),
            self.city.is_some(),
        ];
        said.iter().filter(|said| **said).count()
    }
}

/// Case and separators aside; nothing where nothing is left.
fn number(value: &str) -> Option<String> {
    let kept: String =
        fold(value).chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '.' | '-' | '/')).collect();
    (!kept.is_empty()).then_some(kept)
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}
