//! The index: of many rows of one side, which few could be the same as a row of the other.
//!
//! Every row is filed under some twenty codes ("this phone number", "this name in this town"). A row of the other side is compared
//! with those that share a code, never with all. Codes that a great many rows share are passed over: they tell nothing and
//! would make a lookup slow.
//!
//! It lives in memory for one working-off and is dropped; a row costs about 1 KB, so that [`Index::build`] takes a limit. For
//! more rows than that, index the side whose rows are still without a link, in portions, and let the other side pass by.

use std::collections::HashMap;

use super::{Party, PartyKind, Reason, Score, Verdict, facts::Facts, fold::code, mail, score::verdict, weigh::Shared};

/// A code that more rows than this share leads to no candidates.
const CROWD: usize = 100;
/// No more rows than this are compared with one row: those that share the most codes.
const COMPARED: usize = 60;
/// No more proposals than this for one row: a person looks at them.
pub(super) const KEPT: usize = 3;
/// A proposal this much weaker than the best one is left out, in points of the score.
const BEHIND: u8 = 25;

/// There were more rows than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more rows than the {0} that the index may hold")]
pub struct Full(pub usize);

/// Rows of one side, found by what they say. `I` is the side's id.
pub struct Index<I> {
    rows: Vec<(I, Facts)>,
    /// `(code, row)`, sorted: small, and built at once.
    codes: Vec<(u64, u32)>,
}

/// A row that may be the same, for the review list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal<I> {
    /// The other side's id.
    pub id: I,
    /// How sure the scored stage is.
    pub score: Score,
    /// What agreed, and what contradicts.
    pub reasons: Vec<Reason>,
}

impl<I: Clone> Index<I> {
    /// Files the rows.
    ///
    /// # Errors
    /// [`Full`] where there are more than `limit` rows (or 2³²); nothing is kept then.
    pub fn build(limit: usize, parties: impl IntoIterator<Item = (I, Party)>) -> Result<Self, Full> {
        let (mut rows, mut codes) = (Vec::new(), Vec::new());
        for (id, party) in parties {
            let number = u32::try_from(rows.len()).map_err(|_| Full(limit))?;
            if rows.len() >= limit {
                return Err(Full(limit));
            }
            let facts = Facts::of(&party);
            codes.extend(codes_of(&facts).into_iter().map(|code| (code, number)));
            rows.push((id, facts));
        }
        codes.sort_unstable();
        codes.dedup();
        codes.shrink_to_fit();
        Ok(Self { rows, codes })
    }

    /// How many rows it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every row filed under a code.
    pub(super) fn under(&self, code: u64) -> impl Iterator<Item = &(I, Facts)> {
        self.filed(code).iter().filter_map(|(_, row)| self.rows.get(*row as usize))
    }

    fn filed(&self, code: u64) -> &[(u64, u32)] {
        let start = self.codes.partition_point(|(filed, _)| *filed < code);
        let rest = &self.codes[start..];
        &rest[..rest.partition_point(|(filed, _)| *filed == code)]
    }

    /// The rows that share the most codes with `facts`.
    fn candidates(&self, facts: &Facts) -> Vec<&(I, Facts)> {
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for code in codes_of(facts) {
            let filed = self.filed(code);
            if filed.len() <= CROWD {
                for (_, row) in filed {
                    *shared.entry(*row).or_default() += 1;
                }
            }
        }
        let mut found: Vec<(usize, u32)> = shared.into_iter().map(|(row, codes)| (codes, row)).collect();
        found.sort_unstable_by_key(|(codes, row)| (std::cmp::Reverse(*codes), *row));
        found.iter().take(COMPARED).filter_map(|(_, row)| self.rows.get(*row as usize)).collect()
    }

    /// Scores two rows with what the index knows of how common a value is.
    pub(super) fn verdict(&self, row: &Facts, other: &Facts) -> Verdict {
        verdict(row, other, &|what, value| self.filed(code(tag(what), value)).len())
    }
}

/// The rows of the index that `row` may be the same as, the likeliest first, at most three. They are for the review list,
/// whatever the score.
#[must_use]
pub fn propose<I: Clone>(row: &Party, index: &Index<I>) -> Vec<Proposal<I>> {
    let facts = Facts::of(row);
    let mut found: Vec<Proposal<I>> = Vec::new();
    for (id, other) in index.candidates(&facts) {
        match index.verdict(&facts, other) {
            Verdict::Same(score) => {
                found.push(Proposal { id: id.clone(), score, reasons: same_reasons(&facts, other) });
            }
            Verdict::Propose { score, reasons } => found.push(Proposal { id: id.clone(), score, reasons }),
            Verdict::Different => {}
        }
    }
    found.sort_by_key(|proposal| std::cmp::Reverse(proposal.score));
    let best = found.first().map_or(0, |proposal| proposal.score.percent());
    found.retain(|proposal| proposal.score.percent().saturating_add(BEHIND) >= best);
    found.truncate(KEPT);
    found
}

fn same_reasons(a: &Facts, b: &Facts) -> Vec<Reason> {
    let mailbox = a.emails.iter().any(|address| b.emails.contains(address));
    if mailbox { vec![Reason::Email, Reason::Name] } else { vec![Reason::Whole] }
}

/// The codes under which the values are filed whose commonness is asked for, and the exact keys.
pub(super) const fn tag(what: Shared) -> &'static str {
    match what {
        Shared::Name => "name",
        Shared::Company => "company",
        Shared::Email => "email",
        Shared::Phone => "phone",
        Shared::Domain => "domain",
        Shared::Street => "street",
    }
}

/// The code of a number that names a row.
pub(super) fn number_code(field: &str, value: &str) -> u64 {
    code(&format!("number {field}"), value)
}

/// Every code a row is filed under and looked for by.
fn codes_of(facts: &Facts) -> Vec<u64> {
    let mut codes = Vec::with_capacity(24);
    codes.extend(facts.numbers.iter().map(|(field, value)| number_code(field, value)));
    codes.extend(facts.emails.iter().map(|address| code(tag(Shared::Email), address)));
    codes.extend(facts.phones.iter().map(|phone| code(tag(Shared::Phone), phone.tail())));
    codes.extend(facts.phones.iter().flat_map(|phone| phone.parts().map(|part| code("digits", &part))));
    codes.extend(facts.company.iter().map(|name| code(tag(Shared::Company), &name.core)));
    codes.extend(facts.street.iter().map(|street| code(tag(Shared::Street), &street.key())));
    codes.extend(facts.birth_date.iter().map(|date| code("birth", date)));
    let words: Vec<&str> = match facts.kind {
        PartyKind::Person => {
            codes.extend(facts.emails.iter().map(|address| code("local", mail::local(address))));
            codes.push(code(tag(Shared::Name), &facts.person.key()));
            codes.extend(first_letters(facts).map(|letters| code("letters", &letters)));
            facts.person.given.iter().chain(&facts.person.family).map(String::as_str).collect()
        }
        PartyKind::Company => {
            codes.extend(facts.domains.iter().map(|domain| code(tag(Shared::Domain), domain)));
            facts.company.iter().flat_map(|name| name.words.iter().map(String::as_str)).collect()
        }
    };
    let places = [("postcode", facts.postcode.as_deref()), ("city", facts.city.as_deref()), ("at", employer(facts))];
    for (what, place) in places {
        let Some(place) = place else { continue };
        codes.extend(words.iter().take(6).map(|word| code(what, &format!("{place} {word}"))));
        let numbers = facts.street.iter().flat_map(|street| &street.numbers);
        codes.extend(numbers.take(3).map(|number| code(what, &format!("{place} {number}"))));
    }
    codes
}

fn employer(facts: &Facts) -> Option<&str> {
    let company = facts.company.as_ref().filter(|_| facts.kind == PartyKind::Person)?;
    Some(&company.core)
}

/// The beginnings of both names, in the order of the alphabet, so that neither a slip behind them nor an exchange hides a row.
fn first_letters(facts: &Facts) -> Option<String> {
    let begin = |words: &[String]| words.first().map(|word| word.chars().take(3).collect::<String>());
    let mut both = [begin(&facts.person.given)?, begin(&facts.person.family)?];
    both.sort_unstable();
    Some(both.join(" "))
}
