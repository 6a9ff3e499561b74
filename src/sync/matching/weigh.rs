//! What agreement and disagreement in a field are worth.
//!
//! Weights are tenths of a bit, after Fellegi and Sunter (A Theory for Record Linkage, 1969): the logarithm of how much more
//! often a field agrees so between two rows of one party than between two rows of two. They are set from what the fields are
//! like, not fitted to a data set: among a hundred thousand rows a family name is shared by some hundreds (9 bits), a given
//! name by more (7), a phone number by hardly any (15). A value that several rows of the other side share is worth the
//! logarithm of their number less: ten rows with the switchboard's number say that much less.

use super::{
    PartyKind, Reason,
    company::{self, CompanyLikeness},
    facts::Facts,
    fold::{Likeness, likeness},
    mail,
    person::{self, Part},
    phone::PhoneLikeness,
    place,
};

/// Which value of a row's is asked for when the index is asked how common it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    Name,
    Company,
    Email,
    Phone,
    Domain,
    Street,
}

/// How many rows share a value; 1 where nothing is known.
pub(super) type Common<'a> = &'a dyn Fn(Shared, &str) -> usize;

/// The sum of the weights, and why.
#[derive(Debug, Default)]
pub(super) struct Weight {
    /// Tenths of a bit.
    pub(super) total: i32,
    /// What agreed.
    pub(super) reasons: Vec<Reason>,
}

impl Weight {
    fn add(&mut self, worth: i32, reason: Reason) {
        self.total += worth;
        if worth > 0 && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    fn against(&mut self, worth: i32) {
        self.total -= worth;
    }
}

/// The logarithm of how many rows share a value, in tenths of a bit.
fn shared_by(rows: usize) -> i32 {
    i32::try_from(rows.max(1).ilog2()).unwrap_or(0) * 10
}

/// Weighs all that both rows say.
pub(super) fn weigh(a: &Facts, b: &Facts, common: Common<'_>) -> Weight {
    let mut weight = Weight::default();
    match a.kind {
        PartyKind::Person => person_name(a, b, common, &mut weight),
        PartyKind::Company => company_name(a, b, common, &mut weight),
    }
    email(a, b, common, &mut weight);
    phone(a, b, common, &mut weight);
    if a.kind == PartyKind::Company {
        domain(a, b, common, &mut weight);
    } else {
        employer(a, b, common, &mut weight);
        birth_date(a, b, &mut weight);
    }
    address(a, b, common, &mut weight);
    weight
}

fn person_name(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    let names = person::compare(&a.person, &b.person);
    let given = match names.given {
        Part::Equal => 70,
        Part::Variant => 55,
        Part::Slip => 50,
        Part::Similar => 30,
        Part::Silent => 0,
        Part::Far => -50,
    };
    let family = match names.family {
        Part::Equal => 90,
        Part::Variant => 70,
        Part::Slip => 65,
        Part::Similar => 40,
        Part::Silent => 0,
        Part::Far => -60,
    };
    let rows = if a.person.key() == b.person.key() { common(Shared::Name, &a.person.key()) } else { 1 };
    let worth = given + family - shared_by(rows) - if names.swapped { 10 } else { 0 };
    let exact = names.given >= Part::Variant && names.family >= Part::Variant;
    if worth < 0 {
        weight.against(-worth);
    } else {
        weight.add(worth, if exact { Reason::Name } else { Reason::NameAlike });
    }
    if names.generation_differs {
        weight.against(80);
    }
}

fn company_name(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    let (Some(name), Some(other)) = (&a.company, &b.company) else { return };
    match company::compare(name, other) {
        CompanyLikeness::Equal => weight.add(110 - shared_by(common(Shared::Company, &name.core)), Reason::Name),
        CompanyLikeness::Slip => weight.add(90, Reason::NameAlike),
        CompanyLikeness::Similar => weight.add(70, Reason::NameAlike),
        CompanyLikeness::Part => weight.add(40, Reason::NameAlike),
        CompanyLikeness::Far => weight.against(60),
    }
    if name.forms_differ(other) {
        weight.against(20);
    }
}

fn employer(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    let (Some(name), Some(other)) = (&a.company, &b.company) else { return };
    match company::compare(name, other) {
        CompanyLikeness::Equal => {
            weight.add((80 - shared_by(common(Shared::Company, &name.core))).max(20), Reason::Company);
        }
        CompanyLikeness::Slip | CompanyLikeness::Similar => weight.add(50, Reason::Company),
        CompanyLikeness::Part => weight.add(20, Reason::Company),
        CompanyLikeness::Far => weight.against(15),
    }
}

fn email(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    if a.emails.is_empty() || b.emails.is_empty() {
        return;
    }
    if let Some(address) = a.emails.iter().find(|address| b.emails.contains(address)) {
        return weight.add((180 - shared_by(common(Shared::Email, address))).max(0), Reason::Email);
    }
    if nearly_one_mailbox(a, b) { weight.add(100, Reason::NearlyEqual) } else { weight.against(15) }
}

/// Whether two addresses are one but for a letter, or but for the domain where the mailbox's name is long enough to be a
/// person's own. Not for the first letter: "a.berg" and "e.berg" are two of a family.
pub(super) fn nearly_one_mailbox(a: &Facts, b: &Facts) -> bool {
    let near = |x: &str, y: &str| {
        let (mine, theirs) = (mail::local(x), mail::local(y));
        let slip = likeness(mine, theirs) == Likeness::Slip && strsim::osa_distance(x, y) == 1;
        (mine == theirs && mine.len() >= 7) || (slip && mine.chars().next() == theirs.chars().next())
    };
    a.emails.iter().any(|x| b.emails.iter().any(|y| near(x, y)))
}

fn phone(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    let pairs = a.phones.iter().flat_map(|x| b.phones.iter().map(move |y| (x, x.likeness(y))));
    let Some((number, best)) = pairs.max_by_key(|(_, likeness)| *likeness) else { return };
    match best {
        PhoneLikeness::Equal => {
            weight.add((150 - shared_by(common(Shared::Phone, number.tail()))).max(0), Reason::Phone);
        }
        PhoneLikeness::Near => weight.add(80, Reason::NearlyEqual),
        PhoneLikeness::Far => weight.against(15),
    }
}

fn domain(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    if a.domains.is_empty() || b.domains.is_empty() {
        return;
    }
    match a.domains.iter().find(|domain| b.domains.contains(domain)) {
        Some(domain) => weight.add((130 - shared_by(common(Shared::Domain, domain))).max(0), Reason::Domain),
        None => weight.against(20),
    }
}

fn birth_date(a: &Facts, b: &Facts, weight: &mut Weight) {
    let (Some(x), Some(y)) = (&a.birth_date, &b.birth_date) else { return };
    if x == y {
        weight.add(140, Reason::BirthDate);
    } else if strsim::osa_distance(x, y) == 1 || swapped_day(x, y) {
        weight.add(70, Reason::NearlyEqual);
    } else {
        weight.against(90);
    }
}

/// Day and month exchanged, as between an American and a European form.
fn swapped_day(a: &str, b: &str) -> bool {
    a.get(..4) == b.get(..4) && a.get(4..6) == b.get(6..8) && a.get(6..8) == b.get(4..6)
}

fn address(a: &Facts, b: &Facts, common: Common<'_>, weight: &mut Weight) {
    if let (Some(x), Some(y)) = (&a.street, &b.street) {
        match x.likeness(y) {
            Likeness::Equal => weight.add((90 - shared_by(common(Shared::Street, &x.key()))).max(0), Reason::Street),
            Likeness::Slip => weight.add(70, Reason::Street),
            Likeness::Similar => weight.add(30, Reason::Street),
            Likeness::Far => weight.against(20),
        }
    }
    let mut same_postcode = false;
    if let (Some(x), Some(y)) = (&a.postcode, &b.postcode) {
        same_postcode = x == y;
        match same_postcode {
            true => weight.add(70, Reason::Postcode),
            false if place::near(x, y) => weight.add(25, Reason::Postcode),
            false => weight.against(30),
        }
    }
    if let (Some(x), Some(y)) = (&a.city, &b.city) {
        // A postcode says the town already.
        match likeness(x, y) {
            Likeness::Equal => weight.add(if same_postcode { 20 } else { 60 }, Reason::City),
            Likeness::Slip | Likeness::Similar => weight.add(if same_postcode { 10 } else { 40 }, Reason::City),
            Likeness::Far => weight.against(20),
        }
    }
    if let (Some(x), Some(y)) = (&a.country, &b.country)
        && x != y
    {
        weight.against(30);
    }
}
