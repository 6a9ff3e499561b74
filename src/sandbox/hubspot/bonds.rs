//! Which records belong together, and in what way.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Value as Json, json};

use super::account::Key;
use crate::sandbox::data::crm::{COMPANY, CONTACT, DEAL};

/// A type of association, seen from one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    from: &'static str,
    to: &'static str,
    /// Its number.
    pub id: u32,
    /// The number of the same association seen from the other side.
    pub inverse: u32,
    /// What people see; none: that they are connected at all.
    pub label: Option<Cow<'static, str>>,
    /// How lists of objects name it.
    pub word: Cow<'static, str>,
    /// Whether an admin made it.
    own: bool,
    /// Whether it was deleted.
    gone: bool,
}

const fn one(
    from: &'static str,
    to: &'static str,
    (id, inverse): (u32, u32),
    label: Option<&'static str>,
    word: &'static str,
) -> Type {
    let label = match label {
        Some(label) => Some(Cow::Borrowed(label)),
        None => None,
    };
    Type { from, to, id, inverse, label, word: Cow::Borrowed(word), own: false, gone: false }
}

/// Every type that all portals have; the labelled ones of a pair first.
const TYPES: [Type; 15] = [
    one(CONTACT, COMPANY, (1, 2), Some(PRIMARY), "contact_to_company"),
    one(CONTACT, COMPANY, (279, 280), None, "contact_to_company_unlabeled"),
    one(COMPANY, CONTACT, (2, 1), Some(PRIMARY), "company_to_contact"),
    one(COMPANY, CONTACT, (280, 279), None, "company_to_contact_unlabeled"),
    one(CONTACT, DEAL, (4, 3), None, "contact_to_deal"),
    one(DEAL, CONTACT, (3, 4), None, "deal_to_contact"),
    one(COMPANY, DEAL, (6, 5), Some(PRIMARY), "company_to_deal"),
    one(COMPANY, DEAL, (342, 341), None, "company_to_deal_unlabeled"),
    one(DEAL, COMPANY, (5, 6), Some(PRIMARY), "deal_to_company"),
    one(DEAL, COMPANY, (341, 342), None, "deal_to_company_unlabeled"),
    one(CONTACT, CONTACT, (449, 449), None, "contact_to_contact"),
    one(COMPANY, COMPANY, (13, 14), Some("Child Company"), "parent_to_child_company"),
    one(COMPANY, COMPANY, (14, 13), Some("Parent Company"), "child_to_parent_company"),
    one(COMPANY, COMPANY, (450, 450), None, "company_to_company"),
    one(DEAL, DEAL, (451, 451), None, "deal_to_deal"),
];

const PRIMARY: &str = "Primary";
/// The first number of a type that an admin makes.
const OWN_FROM: u32 = 36;
/// The most types that admins may make for a pair of object types.
const MOST_OWN: usize = 50;

impl Type {
    pub(super) fn json(&self) -> Json {
        let mut json = json!({"category": self.category(), "typeId": self.id});
        if let Some(label) = &self.label {
            json["label"] = json!(label);
        }
        json
    }

    /// The category that names it.
    pub(super) const fn category(&self) -> &'static str {
        if self.own { "USER_DEFINED" } else { "HUBSPOT_DEFINED" }
    }

    /// Whether it says that a company is the primary one.
    pub(super) fn is_primary(&self) -> bool {
        self.label.as_deref() == Some(PRIMARY)
    }
}

/// That a type connects two records now, or no longer; seen from one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shift {
    pub from: Key,
    pub to: Key,
    pub id: u32,
    pub primary: bool,
    pub removed: bool,
}

/// The types of each pair of ids, a bit for each.
type Pairs = BTreeMap<(u64, u64), u64>;

/// All associations of a portal, each kept from both sides.
#[derive(Debug)]
pub(super) struct Bonds {
    types: Vec<Type>,
    /// By pair of object types. The bits are in the order of the pair's types.
    pairs: BTreeMap<(&'static str, &'static str), Pairs>,
}

impl Default for Bonds {
    fn default() -> Self {
        Self { types: TYPES.to_vec(), pairs: BTreeMap::new() }
    }
}

impl Bonds {
    /// The types of a pair, each with its bit.
    fn of_pair(&self, from: &str, to: &str) -> impl Iterator<Item = (u64, &Type)> {
        self.types.iter().filter(move |t| t.from == from && t.to == to).enumerate().map(|(at, t)| (1 << at, t))
    }

    /// The types of a pair that are there.
    pub(super) fn types(&self, from: &str, to: &str) -> impl Iterator<Item = &Type> {
        self.of_pair(from, to).map(|(_, t)| t).filter(|t| !t.gone)
    }

    /// The type of a pair with this number.
    pub(super) fn typed(&self, from: &str, to: &str, id: u32) -> Option<&Type> {
        self.types(from, to).find(|t| t.id == id)
    }

    /// The type that says no more than that two records are connected.
    pub(super) fn plain(&self, from: &str, to: &str) -> Option<&Type> {
        self.types(from, to).find(|t| t.label.is_none())
    }

    /// An admin makes a type: its two sides.
    ///
    /// # Errors
    /// Says so when the pair has as many as it may.
    pub(super) fn make(
        &mut self,
        (from, to): (&'static str, &'static str),
        (label, inverse): (&str, Option<&str>),
        name: &str,
    ) -> Result<Vec<Type>, usize> {
        if self.types(from, to).filter(|t| t.own).count() >= MOST_OWN {
            return Err(MOST_OWN);
        }
        let id = OWN_FROM + u32::try_from(self.types.len() - TYPES.len()).unwrap_or(0);
        let single = from == to && inverse.is_none();
        let side = |from, to, id, other, label: &str| Type {
            label: Some(Cow::Owned(label.to_owned())),
            word: Cow::Owned(name.to_owned()),
            own: true,
            ..one(from, to, (id, other), None, "")
        };
        let other = if single { id } else { id + 1 };
        let mut made = vec![side(from, to, id, other, label)];
        if !single {
            made.push(side(to, from, other, id, inverse.unwrap_or(label)));
        }
        self.types.extend(made.iter().cloned());
        Ok(made)
    }

    /// An admin words a type otherwise: whether it is one of theirs.
    pub(super) fn word(&mut self, from: &str, to: &str, id: u32, label: &str) -> bool {
        let found = self.types.iter_mut().find(|t| t.from == from && t.to == to && t.id == id && t.own && !t.gone);
        found.map(|t| t.label = Some(Cow::Owned(label.to_owned()))).is_some()
    }

    /// An admin deletes a type: whether it was one of theirs. What it connected stays connected.
    pub(super) fn unmake(&mut self, from: &str, to: &str, id: u32) -> bool {
        let Some(found) = self.typed(from, to, id).filter(|t| t.own).cloned() else { return false };
        let own = |t: &&mut Type| t.own && (t.id == found.id || t.id == found.inverse);
        self.types.iter_mut().filter(own).for_each(|t| t.gone = true);
        true
    }

    /// Connects two records; `primary`: the company becomes the other's primary one.
    pub(super) fn connect(&mut self, from: Key, to: Key, primary: bool) -> Vec<Shift> {
        let wanted = self.types(from.0, to.0).filter(|t| t.label.is_none() || (primary && t.is_primary()));
        let ids: BTreeSet<u32> = wanted.map(|t| t.id).collect();
        self.add(from, to, &ids)
    }

    /// Adds types to what connects two records: what is new by it, and what had to yield.
    pub(super) fn add(&mut self, from: Key, to: Key, ids: &BTreeSet<u32>) -> Vec<Shift> {
        let wanted = ids.iter().filter_map(|id| self.typed(from.0, to.0, *id)).chain(self.plain(from.0, to.0));
        let known: Vec<Type> = wanted.cloned().collect();
        let mut shifts = Vec::new();
        if known.iter().any(Type::is_primary) {
            // A contact or deal has one primary company.
            let (one, company) = if to.0 == COMPANY { (from, to) } else { (to, from) };
            shifts = self.no_primary(one, company);
        }
        for kind in known {
            if self.set(from, to, kind.id, true) {
                shifts.push(Shift { from, to, id: kind.id, primary: kind.is_primary(), removed: false });
            }
            if self.set(to, from, kind.inverse, true) {
                shifts.push(Shift { from: to, to: from, id: kind.inverse, primary: kind.is_primary(), removed: false });
            }
        }
        shifts
    }

    /// Sets or clears a type of one side: whether that changed anything.
    fn set(&mut self, from: Key, to: Key, id: u32, on: bool) -> bool {
        let Some(bit) = self.of_pair(from.0, to.0).find(|(_, t)| t.id == id).map(|(bit, _)| bit) else { return false };
        let pairs = self.pairs.entry((from.0, to.0)).or_default();
        let before = pairs.get(&(from.1, to.1)).copied().unwrap_or(0);
        let after = if on { before | bit } else { before & !bit };
        if after == 0 {
            pairs.remove(&(from.1, to.1));
        } else {
            pairs.insert((from.1, to.1), after);
        }
        before != after
    }

    /// Makes exactly these types connect two records.
    pub(super) fn replace(&mut self, from: Key, to: Key, ids: &BTreeSet<u32>) -> Vec<Shift> {
        let plain = self.plain(from.0, to.0).map(|t| t.id);
        let present: BTreeSet<u32> = self.between(from, to).iter().map(|t| t.id).collect();
        let surplus: BTreeSet<u32> = present.into_iter().filter(|id| !ids.contains(id) && Some(*id) != plain).collect();
        let mut shifts = self.unlabel(from, to, &surplus);
        shifts.extend(self.add(from, to, ids));
        shifts
    }

    /// Disconnects two records.
    pub(super) fn cut(&mut self, from: Key, to: Key) -> Vec<Shift> {
        let mut shifts = Vec::new();
        for (one, other) in [(from, to), (to, from)] {
            for kind in self.between(one, other) {
                let (id, primary) = (kind.id, kind.is_primary());
                shifts.push(Shift { from: one, to: other, id, primary, removed: true });
            }
        }
        for (one, other) in [(from, to), (to, from)] {
            if let Some(pairs) = self.pairs.get_mut(&(one.0, other.0)) {
                pairs.remove(&(one.1, other.1));
            }
        }
        shifts
    }

    /// Takes away single types; without the plain one nothing is left.
    pub(super) fn unlabel(&mut self, from: Key, to: Key, ids: &BTreeSet<u32>) -> Vec<Shift> {
        if self.plain(from.0, to.0).is_some_and(|t| ids.contains(&t.id)) {
            return self.cut(from, to);
        }
        let found: Vec<Type> = ids.iter().filter_map(|id| self.typed(from.0, to.0, *id)).cloned().collect();
        let mut shifts = Vec::new();
        for kind in found {
            let primary = kind.is_primary();
            if self.set(from, to, kind.id, false) {
                shifts.push(Shift { from, to, id: kind.id, primary, removed: true });
            }
            if self.set(to, from, kind.inverse, false) {
                shifts.push(Shift { from: to, to: from, id: kind.inverse, primary, removed: true });
            }
        }
        shifts
    }

    /// What connects two records.
    pub(super) fn between(&self, from: Key, to: Key) -> Vec<&Type> {
        let mask = self.pairs.get(&(from.0, to.0)).and_then(|p| p.get(&(from.1, to.1))).copied();
        mask.map(|mask| self.shown(from.0, to.0, mask)).unwrap_or_default()
    }

    fn shown(&self, from: &str, to: &str, mask: u64) -> Vec<&Type> {
        self.of_pair(from, to).filter(|(bit, t)| mask & bit != 0 && !t.gone).map(|(_, t)| t).collect()
    }

    /// The records of type `to` that belong to `from`, in the order of their ids, the labelled types first.
    pub(super) fn of(&self, from: Key, to: &'static str) -> impl Iterator<Item = (u64, Vec<&Type>)> {
        let pairs = self.pairs.get(&(from.0, to)).into_iter();
        pairs
            .flat_map(move |pairs| pairs.range((from.1, 0)..=(from.1, u64::MAX)))
            .map(move |((_, other), mask)| (*other, self.shown(from.0, to, *mask)))
    }

    /// The ids of type `to` that belong to `from`.
    pub(super) fn ids(&self, from: Key, to: &'static str) -> impl Iterator<Item = u64> {
        let pairs = self.pairs.get(&(from.0, to)).into_iter();
        pairs.flat_map(move |pairs| pairs.range((from.1, 0)..=(from.1, u64::MAX))).map(|((_, other), _)| *other)
    }

    /// Gives everything that belongs to `old` to `new`.
    pub(super) fn hand_over(&mut self, old: Key, new: Key) {
        for kind in [CONTACT, COMPANY, DEAL] {
            let found: Vec<(u64, BTreeSet<u32>)> =
                self.of(old, kind).map(|(id, types)| (id, types.iter().map(|t| t.id).collect())).collect();
            for (other, mut ids) in found {
                self.cut(old, (kind, other));
                // What is primary already stays so.
                if self.of(new, kind).any(|(_, types)| types.iter().any(|t| t.is_primary())) {
                    ids.retain(|id| !self.typed(old.0, kind, *id).is_some_and(Type::is_primary));
                }
                if (kind, other) != new {
                    self.add(new, (kind, other), &ids);
                }
            }
        }
    }

    /// Drops everything that belongs to a record.
    pub(super) fn drop_all(&mut self, key: Key) {
        for kind in [CONTACT, COMPANY, DEAL] {
            let others: Vec<u64> = self.ids(key, kind).collect();
            for other in others {
                self.cut(key, (kind, other));
            }
        }
    }

    /// Takes the primary company away from a record, unless it is `company`.
    fn no_primary(&mut self, one: Key, company: Key) -> Vec<Shift> {
        let found: Vec<(u64, u32)> = self
            .of(one, company.0)
            .filter(|(id, _)| *id != company.1)
            .flat_map(|(id, types)| types.into_iter().filter(|t| t.is_primary()).map(move |t| (id, t.id)))
            .collect();
        found.into_iter().flat_map(|(id, kind)| self.unlabel(one, (company.0, id), &BTreeSet::from([kind]))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(bonds: &Bonds, from: Key, to: &'static str) -> Vec<(u64, Vec<u32>)> {
        bonds.of(from, to).map(|(id, types)| (id, types.iter().map(|t| t.id).collect())).collect()
    }

    #[test]
    fn an_association_is_the_same_from_both_sides_and_a_contact_has_one_primary_company() {
        let mut bonds = Bonds::default();
        bonds.connect((CONTACT, 1), (COMPANY, 7), true);
        bonds.connect((COMPANY, 8), (CONTACT, 1), true);
        assert_eq!(ids(&bonds, (CONTACT, 1), COMPANY), [(7, vec![279]), (8, vec![1, 279])]);
        assert_eq!(ids(&bonds, (COMPANY, 8), CONTACT), [(1, vec![2, 280])]);
        assert_eq!(bonds.cut((COMPANY, 8), (CONTACT, 1)).len(), 4);
        assert_eq!(ids(&bonds, (CONTACT, 1), COMPANY), [(7, vec![279])]);
    }

    #[test]
    fn what_belonged_to_a_record_goes_over_to_the_one_it_was_merged_into() {
        let mut bonds = Bonds::default();
        bonds.connect((CONTACT, 1), (COMPANY, 7), true);
        bonds.connect((CONTACT, 2), (COMPANY, 8), true);
        bonds.connect((DEAL, 3), (CONTACT, 2), false);
        bonds.hand_over((CONTACT, 2), (CONTACT, 1));
        assert_eq!(ids(&bonds, (CONTACT, 1), COMPANY), [(7, vec![1, 279]), (8, vec![279])]);
        assert_eq!(ids(&bonds, (DEAL, 3), CONTACT), [(1, vec![3])]);
        assert!(ids(&bonds, (CONTACT, 2), COMPANY).is_empty());
    }
}
