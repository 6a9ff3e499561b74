//! The scored stage's verdict over two rows.

use super::{
    Party, PartyKind, Reason,
    company::{self, CompanyLikeness},
    facts::Facts,
    person::{self, Agreement},
    weigh::{self, Common},
};

/// How sure the scored stage is, 50 (just worth a look) to 99. For sorting and for the eye; it links nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// Just worth a look.
    pub(super) const LEAST: Self = Self(50);

    /// As a percentage.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }

    /// 50 at the threshold, 99 from 25 bits above it on.
    fn of(total: i32) -> Self {
        let above = (total - ENOUGH).clamp(0, 250) * 49 / 250;
        Self(u8::try_from(50 + above).unwrap_or(99))
    }
}

/// What two rows are to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An exact key is equal and nothing contradicts: an equal e-mail address under the same name, or every field equal.
    Same(Score),
    /// Likely enough for a person to look at.
    Propose {
        /// How sure.
        score: Score,
        /// What agreed, and what contradicts.
        reasons: Vec<Reason>,
    },
    /// Nothing to show anybody.
    Different,
}

/// Worth a look from here, in tenths of a bit. A row has a hundred thousand others to be wrong with (17 bits against it); 3
/// more make it eight to one.
const ENOUGH: i32 = 200;

/// How many things beyond the name a row must say for "all is equal" to mean anything.
const RICH: usize = 2;

/// Compares two rows by themselves. Symmetric; how common a value is among many rows only the [`super::Index`] knows.
#[must_use]
pub fn compare(a: &Party, b: &Party) -> Verdict {
    verdict(&Facts::of(a), &Facts::of(b), &|_, _| 1)
}

pub(super) fn verdict(a: &Facts, b: &Facts, common: Common<'_>) -> Verdict {
    if a.kind != b.kind {
        return Verdict::Different;
    }
    let weight = weigh::weigh(a, b, common);
    let against = contradictions(a, b);
    let same_mailbox = a.emails.iter().any(|address| b.emails.contains(address));
    let sure = is_whole(a, b) || (same_mailbox && against.is_empty() && agreement(a, b) == Agreement::Same);
    if sure {
        return Verdict::Same(Score::of(weight.total));
    }
    // A family shares phone and address: without something of the person's own, two names are two persons.
    let own =
        same_mailbox || weigh::nearly_one_mailbox(a, b) || (a.birth_date.is_some() && a.birth_date == b.birth_date);
    let two = a.kind == PartyKind::Person && agreement(a, b) == Agreement::Other && !own;
    if weight.total < ENOUGH || two {
        return Verdict::Different;
    }
    let mut reasons = weight.reasons;
    reasons.extend(against);
    Verdict::Propose { score: Score::of(weight.total), reasons }
}

/// Everything either row says is equal, and it says enough to tell one bearer of the name from another.
pub(super) fn is_whole(a: &Facts, b: &Facts) -> bool {
    a.is_named() && a.richness() >= RICH && a == b
}

/// Whether the names may be one party's.
pub(super) fn agreement(a: &Facts, b: &Facts) -> Agreement {
    let companies = || match (&a.company, &b.company) {
        (Some(x), Some(y)) => match company::compare(x, y) {
            CompanyLikeness::Equal | CompanyLikeness::Slip => Agreement::Same,
            CompanyLikeness::Similar | CompanyLikeness::Part => Agreement::Alike,
            CompanyLikeness::Far => Agreement::Other,
        },
        _ => Agreement::Unknown,
    };
    match a.kind {
        // Two mailboxes without a person's name belong to their companies.
        PartyKind::Person if a.person.is_empty() && b.person.is_empty() => companies(),
        PartyKind::Person => person::compare(&a.person, &b.person).agreement(),
        PartyKind::Company => companies(),
    }
}

/// What speaks against two rows that share an exact key. Any of these sends them to a person.
pub(super) fn contradictions(a: &Facts, b: &Facts) -> Vec<Reason> {
    let mut found = Vec::new();
    let differ = |x: &Option<String>, y: &Option<String>| x.is_some() && y.is_some() && x != y;
    if a.kind == PartyKind::Person
        && person::compare(&a.person, &b.person).generation_differs
        && !a.person.is_empty()
        && !b.person.is_empty()
    {
        found.push(Reason::GenerationDiffers);
    } else if matches!(agreement(a, b), Agreement::Alike | Agreement::Other) {
        found.push(Reason::NameDiffers);
    }
    if differ(&a.birth_date, &b.birth_date) {
        found.push(Reason::BirthDateDiffers);
    }
    if a.kind == PartyKind::Company {
        if let (Some(x), Some(y)) = (&a.company, &b.company)
            && x.forms_differ(y)
        {
            found.push(Reason::LegalFormDiffers);
        }
        if differ(&a.country, &b.country) {
            found.push(Reason::CountryDiffers);
        }
    }
    found
}
