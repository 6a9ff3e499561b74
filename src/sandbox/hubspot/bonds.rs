//! Which records belong together, and in what way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::account::Key;
use crate::sandbox::data::crm::{COMPANY, CONTACT, DEAL};

/// A type of association, seen from one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    from: &'static str,
    to: &'static str,
    /// Its number.
    pub id: u32,
    /// The number of the same association seen from the other side.
    inverse: u32,
    /// What people see; none: that they are connected at all.
    pub label: Option<&'static str>,
    /// How lists of objects name it.
    pub word: &'static str,
}

/// Every type that the sandbox knows; the labelled ones of a pair first.
const TYPES: [Type; 15] = {
    const fn one(
        from: &'static str,
        to: &'static str,
        (id, inverse): (u32, u32),
        label: Option<&'static str>,
        word: &'static str,
    ) -> Type {
        Type { from, to, id, inverse, label, word }
    }
    [
        one(CONTACT, COMPANY, (1, 2), Some("Primary"), "contact_to_company"),
        one(CONTACT, COMPANY, (279, 280), None, "contact_to_company_unlabeled"),
        one(COMPANY, CONTACT, (2, 1), Some("Primary"), "company_to_contact"),
        one(COMPANY, CONTACT, (280, 279), None, "company_to_contact_unlabeled"),
        one(CONTACT, DEAL, (4, 3), None, "contact_to_deal"),
        one(DEAL, CONTACT, (3, 4), None, "deal_to_contact"),
        one(COMPANY, DEAL, (6, 5), Some("Primary"), "company_to_deal"),
        one(COMPANY, DEAL, (342, 341), None, "company_to_deal_unlabeled"),
        one(DEAL, COMPANY, (5, 6), Some("Primary"), "deal_to_company"),
        one(DEAL, COMPANY, (341, 342), None, "deal_to_company_unlabeled"),
        one(CONTACT, CONTACT, (449, 449), None, "contact_to_contact"),
        one(COMPANY, COMPANY, (13, 14), Some("Child Company"), "parent_to_child_company"),
        one(COMPANY, COMPANY, (14, 13), Some("Parent Company"), "child_to_parent_company"),
        one(COMPANY, COMPANY, (450, 450), None, "company_to_company"),
        one(DEAL, DEAL, (451, 451), None, "deal_to_deal"),
    ]
};

impl Type {
    pub(super) fn json(&self) -> Json {
        let mut json = json!({"category": "HUBSPOT_DEFINED", "typeId": self.id});
        if let Some(label) = self.label {
            json["label"] = json!(label);
        }
        json
    }
}

/// The type of a pair with this number.
pub(super) fn typed(from: &str, to: &str, id: u32) -> Option<&'static Type> {
    TYPES.iter().find(|t| t.from == from && t.to == to && t.id == id)
}

/// The type that says no more than that two records are connected.
pub(super) fn plain(from: &str, to: &str) -> Option<&'static Type> {
    TYPES.iter().find(|t| t.from == from && t.to == to && t.label.is_none())
}

/// All associations of a portal, each kept from both sides.
#[derive(Debug, Default)]
pub(super) struct Bonds(BTreeMap<(Key, Key), BTreeSet<u32>>);

impl Bonds {
    /// Connects two records; `primary`: the company becomes the other's primary one.
    pub(super) fn connect(&mut self, from: Key, to: Key, primary: bool) {
        let types: Vec<_> = TYPES.iter().filter(|t| t.from == from.0 && t.to == to.0).collect();
        let wanted = types.iter().filter(|t| t.label.is_none() || (primary && t.label == Some("Primary")));
        let ids: BTreeSet<u32> = wanted.map(|t| t.id).collect();
        self.add(from, to, &ids);
    }

    /// Adds types to what connects two records.
    pub(super) fn add(&mut self, from: Key, to: Key, ids: &BTreeSet<u32>) {
        let known: Vec<_> = ids.iter().filter_map(|id| typed(from.0, to.0, *id)).chain(plain(from.0, to.0)).collect();
        if known.iter().any(|t| t.label == Some("Primary")) {
            // A contact or deal has one primary company.
            let (one, company) = if to.0 == COMPANY { (from, to) } else { (to, from) };
            self.no_primary(one, company.0);
        }
        for kind in known {
            self.0.entry((from, to)).or_default().insert(kind.id);
            self.0.entry((to, from)).or_default().insert(kind.inverse);
        }
    }

    /// Makes exactly these types connect two records.
    pub(super) fn replace(&mut self, from: Key, to: Key, ids: &BTreeSet<u32>) {
        self.cut(from, to);
        self.add(from, to, ids);
    }

    /// Disconnects two records: whether they were connected.
    pub(super) fn cut(&mut self, from: Key, to: Key) -> bool {
        self.0.remove(&(to, from));
        self.0.remove(&(from, to)).is_some()
    }

    /// Takes away single types; without the plain one nothing is left.
    pub(super) fn unlabel(&mut self, from: Key, to: Key, ids: &BTreeSet<u32>) {
        if plain(from.0, to.0).is_some_and(|t| ids.contains(&t.id)) {
            self.cut(from, to);
            return;
        }
        for kind in ids.iter().filter_map(|id| typed(from.0, to.0, *id)) {
            if let Some(set) = self.0.get_mut(&(from, to)) {
                set.remove(&kind.id);
            }
            if let Some(set) = self.0.get_mut(&(to, from)) {
                set.remove(&kind.inverse);
            }
        }
    }

    /// The records of type `to` that belong to `from`, in the order of their ids, the labelled types first.
    pub(super) fn of(&self, from: Key, to: &'static str) -> impl Iterator<Item = (u64, Vec<&'static Type>)> {
        let range = self.0.range((from, (to, 0))..=(from, (to, u64::MAX)));
        range.map(move |((_, other), ids)| {
            let of_pair = TYPES.iter().filter(|t| t.from == from.0 && t.to == to && ids.contains(&t.id));
            (other.1, of_pair.collect())
        })
    }

    /// Gives everything that belongs to `old` to `new`.
    pub(super) fn hand_over(&mut self, old: Key, new: Key) {
        for kind in [CONTACT, COMPANY, DEAL] {
            let found: Vec<_> =
                self.of(old, kind).map(|(id, types)| (id, types.iter().map(|t| t.id).collect())).collect();
            for (other, ids) in found {
                let ids: BTreeSet<u32> = ids;
                self.cut(old, (kind, other));
                // What is primary already stays so.
                let taken = self.of(new, kind).any(|(_, types)| types.iter().any(|t| t.label == Some("Primary")));
                let kept = ids
                    .into_iter()
                    .filter(|id| !(taken && typed(old.0, kind, *id).is_some_and(|t| t.label == Some("Primary"))));
                if (kind, other) != new {
                    let kept = kept.collect();
                    self.add(new, (kind, other), &kept);
                }
            }
        }
    }

    /// Drops everything that belongs to a record.
    pub(super) fn drop_all(&mut self, key: Key) {
        for kind in [CONTACT, COMPANY, DEAL] {
            let others: Vec<u64> = self.of(key, kind).map(|(id, _)| id).collect();
            for other in others {
                self.cut(key, (kind, other));
            }
        }
    }

    fn no_primary(&mut self, one: Key, companies: &'static str) {
        let found: Vec<(u64, u32)> = self
            .of(one, companies)
            .flat_map(|(id, types)| types.into_iter().filter(|t| t.label == Some("Primary")).map(move |t| (id, t.id)))
            .collect();
        for (company, id) in found {
            self.unlabel(one, (companies, company), &BTreeSet::from([id]));
        }
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
        assert!(bonds.cut((COMPANY, 8), (CONTACT, 1)));
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
