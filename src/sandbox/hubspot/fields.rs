//! The values of a record, packed: one text and one list, since a portal may hold a million records.
//!
//! Promise: a value costs its text and eight bytes. An empty value is not there.
//! Never: is changed in place; a changed record is packed anew.

use std::{collections::HashMap, sync::Arc};

/// The number of a property's name within a portal.
pub(super) type Name = u32;

/// The names of properties, each kept once.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, Name>,
    all: Vec<Arc<str>>,
}

impl Names {
    /// The number of a name, given out now if it has none yet.
    pub(super) fn number(&mut self, name: &str) -> Name {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = Name::try_from(self.all.len()).unwrap_or(Name::MAX);
        let name: Arc<str> = name.into();
        self.all.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    /// The number of a name, if any record ever had it.
    pub(super) fn known(&self, name: &str) -> Option<Name> {
        self.numbers.get(name).copied()
    }

    /// The name behind a number.
    pub(super) fn name(&self, number: Name) -> &str {
        self.all.get(number as usize).map_or("", |name| name)
    }
}

/// The values of one record.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    /// Where each value ends in the text, in the order of the names' numbers.
    ends: Box<[(Name, u32)]>,
    text: Box<str>,
}

impl Fields {
    /// Packs values.
    pub(super) fn pack(mut values: Vec<(Name, &str)>) -> Self {
        values.retain(|(_, value)| !value.is_empty());
        values.sort_unstable_by_key(|(name, _)| *name);
        let mut text = String::with_capacity(values.iter().map(|(_, value)| value.len()).sum());
        let mut ends = Vec::with_capacity(values.len());
        for (name, value) in values {
            text.push_str(value);
            ends.push((name, u32::try_from(text.len()).unwrap_or(u32::MAX)));
        }
        Self { ends: ends.into(), text: text.into() }
    }

    /// The value of a name.
    pub(super) fn get(&self, name: Name) -> Option<&str> {
        let at = self.ends.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.at(at).map(|(_, value)| value)
    }

    /// All values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Name, &str)> {
        (0..self.ends.len()).filter_map(|at| self.at(at))
    }

    fn at(&self, at: usize) -> Option<(Name, &str)> {
        let (name, end) = self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        self.text.get(start as usize..*end as usize).map(|value| (*name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_without_the_empty_ones() {
        let mut names = Names::default();
        let numbers = ["email", "city", "zip", "fax"].map(|n| names.number(n));
        assert_eq!(names.number("city"), numbers[1]);
        let fields = Fields::pack(vec![(numbers[2], "8000"), (numbers[0], "ä@b.example"), (numbers[3], "")]);
        let found: Vec<_> = fields.iter().map(|(name, value)| (names.name(name), value)).collect();
        assert_eq!(found, [("email", "ä@b.example"), ("zip", "8000")]);
        assert_eq!((fields.get(numbers[2]), fields.get(numbers[1])), (Some("8000"), None));
        assert_eq!((names.known("zip"), names.known("phone")), (Some(numbers[2]), None));
    }
}
