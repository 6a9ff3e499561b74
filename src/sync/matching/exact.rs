//! The exact keys of a flow: the only way to a link without a person.
//!
//! A key that is equal is not enough. Who shares a mailbox with others, a subsidiary with its parent's domain and a son with
//! his father's name must not be linked, so that what speaks against it sends the row to the review list.

use super::{
    Party, PartyKind, Reason, Score, Verdict,
    facts::Facts,
    fold::code,
    index::{Index, Proposal, number_code, tag},
    person::Agreement,
    phone::PhoneLikeness,
    score::{self, agreement, contradictions},
    weigh::Shared,
};

/// One of a flow's ordered keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A number of [`Party::numbers`] with this field: our own key, a VAT id, a SIRET. It names the party, whatever it calls
    /// itself, so that nothing contradicts it.
    Number(String),
    /// An e-mail address; contradicted by another name, generation or birth date.
    Email,
    /// A company's own domain together with its name; contradicted by another name (a subsidiary), legal form or country. Rows
    /// without a name are not found by it.
    Domain,
    /// A company's name together with its phone, street, postcode or domain, where none of these differs; contradicted as a
    /// domain is. Not for persons: father and son share all of it.
    Name,
    /// Every field equal, with both names and two things more: the way to find an exact duplicate that has no e-mail address.
    Whole,
}

/// What the exact keys found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExactOutcome<I> {
    /// This one: it may be linked.
    One(I),
    /// Nobody shares a key.
    None,
    /// Several share the key and nothing tells which: for the review list.
    Several(Vec<Proposal<I>>),
    /// Those that share the key are somebody else by all appearances: for the review list, with what contradicts.
    Contradicted(Vec<Proposal<I>>),
}

/// Asks the keys in their order; the first that anybody shares decides.
#[must_use]
pub fn exact<I: Clone>(keys: &[Key], row: &Party, index: &Index<I>) -> ExactOutcome<I> {
    let row = Facts::of(row);
    for key in keys {
        let sharing = sharing(key, &row, index);
        if !sharing.is_empty() {
            return decide(key, &row, &sharing, index);
        }
    }
    ExactOutcome::None
}

type Row<I> = (I, Facts);

/// The rows of the same kind that share the key.
fn sharing<'a, I: Clone>(key: &Key, row: &Facts, index: &'a Index<I>) -> Vec<&'a Row<I>> {
    let codes: Vec<u64> = match key {
        Key::Number(field) => {
            row.numbers.iter().filter(|(name, _)| name == field).map(|(name, value)| number_code(name, value)).collect()
        }
        Key::Email => row.emails.iter().map(|address| code(tag(Shared::Email), address)).collect(),
        Key::Domain => row.domains.iter().map(|domain| code(tag(Shared::Domain), domain)).collect(),
        Key::Name | Key::Whole if row.kind == PartyKind::Company => {
            row.company.iter().map(|name| code(tag(Shared::Company), &name.core)).collect()
        }
        Key::Name => Vec::new(),
        Key::Whole => vec![code(tag(Shared::Name), &row.person.key())],
    };
    let mut found: Vec<&Row<I>> = Vec::new();
    for filed in codes.into_iter().flat_map(|code| index.under(code)) {
        if filed.1.kind == row.kind
            && shares(key, row, &filed.1)
            && !found.iter().any(|known| std::ptr::eq(*known, filed))
        {
            found.push(filed);
        }
    }
    found
}

/// Whether the values themselves are equal: two values may have one code.
fn shares(key: &Key, a: &Facts, b: &Facts) -> bool {
    match key {
        Key::Number(field) => a.numbers.iter().any(|number| number.0 == *field && b.numbers.contains(number)),
        Key::Email => a.emails.iter().any(|address| b.emails.contains(address)),
        Key::Domain => a.kind == PartyKind::Company && a.is_named() && b.is_named() && same_domain(a, b),
        Key::Name => a.company.is_some() && agreement(a, b) == Agreement::Same && at_one_place(a, b),
        Key::Whole => score::is_whole(a, b),
    }
}

fn same_domain(a: &Facts, b: &Facts) -> bool {
    a.domains.iter().any(|domain| b.domains.contains(domain))
}

/// At least one of phone, street, postcode and domain is equal, and none that both say differs.
fn at_one_place(a: &Facts, b: &Facts) -> bool {
    let phones = a.phones.iter().flat_map(|x| b.phones.iter().map(move |y| x.likeness(y)));
    let said = [
        phones.max().map(|best| best == PhoneLikeness::Equal),
        a.street.as_ref().zip(b.street.as_ref()).map(|(x, y)| x == y),
        a.postcode.as_ref().zip(b.postcode.as_ref()).map(|(x, y)| x == y),
        (!a.domains.is_empty() && !b.domains.is_empty()).then(|| same_domain(a, b)),
    ];
    said.contains(&Some(true)) && !said.contains(&Some(false))
}

/// One that agrees, or one of whom nothing is said either way, is the one; of several that agree the one that is equal in
/// every field, if it is alone in that. Else a person decides.
fn decide<I: Clone>(key: &Key, row: &Facts, sharing: &[&Row<I>], index: &Index<I>) -> ExactOutcome<I> {
    let trusted = matches!(key, Key::Number(_) | Key::Whole);
    let (agreeing, against): (Vec<&Row<I>>, Vec<&Row<I>>) =
        sharing.iter().partition(|(_, other)| trusted || contradictions(row, other).is_empty());
    let named: Vec<&Row<I>> =
        agreeing.iter().copied().filter(|(_, other)| trusted || agreement(row, other) == Agreement::Same).collect();
    let whole: Vec<&Row<I>> = named.iter().copied().filter(|(_, other)| score::is_whole(row, other)).collect();
    let proposals = |rows: &[&Row<I>]| rows.iter().map(|(id, other)| proposal(key, id, row, other, index)).collect();
    match (named.as_slice(), agreeing.as_slice()) {
        ([(id, _)], _) => ExactOutcome::One(id.clone()),
        ([_, ..], _) if let [(id, _)] = whole.as_slice() => ExactOutcome::One(id.clone()),
        ([], [(id, _)]) if against.is_empty() => ExactOutcome::One(id.clone()),
        ([], []) => ExactOutcome::Contradicted(proposals(&against)),
        ([], _) => ExactOutcome::Several(proposals(sharing)),
        (several, _) => ExactOutcome::Several(proposals(several)),
    }
}

fn proposal<I: Clone>(key: &Key, id: &I, row: &Facts, other: &Facts, index: &Index<I>) -> Proposal<I> {
    let (score, mut reasons) = match index.verdict(row, other) {
        Verdict::Same(score) => (score, Vec::new()),
        Verdict::Propose { score, reasons } => (score, reasons),
        Verdict::Different => (Score::LEAST, contradictions(row, other)),
    };
    let of_key = match key {
        Key::Number(_) => Reason::Number,
        Key::Email => Reason::Email,
        Key::Domain => Reason::Domain,
        Key::Name => Reason::Name,
        Key::Whole => Reason::Whole,
    };
    reasons.retain(|reason| *reason != of_key);
    reasons.insert(0, of_key);
    Proposal { id: id.clone(), score, reasons }
}
