//! One set sits the exam: every ERP row asks what it matches among HubSpot's rows, as a first sync does.

use std::collections::{BTreeSet, HashMap, HashSet};

use ledgercard::sync::matching::{Found, Index, Key, find};

use crate::rows::{Row, Set, Side};

/// More than any set holds.
const LIMIT: usize = 50_000;

/// An ERP row and a HubSpot row.
type Pair = (String, String);

/// What happened to the pairs of a set, over all turns.
#[derive(Default)]
pub(crate) struct Marks {
    pub(crate) erp: usize,
    pub(crate) hubspot: usize,
    /// True pairs labelled as exact duplicates, all others, and the hard negatives.
    pub(crate) exact: HashSet<Pair>,
    pub(crate) fuzzy: HashSet<Pair>,
    pub(crate) hard: HashSet<Pair>,
    /// What was linked without a person, and what was put into the review list.
    pub(crate) linked: HashSet<Pair>,
    pub(crate) review: HashSet<Pair>,
    /// Rows of the review list: one for an ERP row, whatever the number of its candidates.
    pub(crate) entries: usize,
}

impl Marks {
    pub(crate) fn right(&self, pair: &Pair) -> bool {
        self.exact.contains(pair) || self.fuzzy.contains(pair)
    }
}

/// Lets the set sit.
///
/// # Errors
/// Where the set is larger than any should be.
pub(crate) fn sit(set: &Set) -> anyhow::Result<Marks> {
    let mut marks = Marks { hard: set.hard.clone(), ..Marks::default() };
    marks.erp = set.rows.iter().filter(|row| row.side == Side::Erp).count();
    marks.hubspot = set.rows.len() - marks.erp;
    let families: BTreeSet<&str> = set.rows.iter().map(|row| row.family.as_str()).collect();
    let turns: BTreeSet<u32> = set.rows.iter().map(|row| row.turn).filter(|turn| *turn > 0).collect();
    for family in families {
        let erp: Vec<&Row> = set.rows.iter().filter(|row| row.family == family && row.side == Side::Erp).collect();
        for turn in &turns {
            let there = |row: &&Row| row.family == family && row.side == Side::Hubspot && row.turn == *turn;
            let hubspot: Vec<&Row> = set.rows.iter().filter(there).collect();
            one_turn(&erp, &hubspot, &mut marks)?;
        }
    }
    Ok(marks)
}

fn one_turn(erp: &[&Row], hubspot: &[&Row], marks: &mut Marks) -> anyhow::Result<()> {
    let truth: HashMap<&str, &Row> = hubspot.iter().map(|row| (row.entity.as_str(), *row)).collect();
    let index = Index::build(LIMIT, hubspot.iter().map(|row| (row.id.as_str(), row.party())))?;
    let keys = [Key::Email, Key::Domain, Key::Whole];
    let mut taken = HashSet::new();
    for row in erp {
        let pair = |other: &str| (row.id.clone(), other.to_owned());
        if let Some(same) = truth.get(row.entity.as_str()) {
            let pairs = if row.exact && same.exact { &mut marks.exact } else { &mut marks.fuzzy };
            pairs.insert(pair(&same.id));
        }
        match find(&keys, &row.party(), &index) {
            Found::One(id) if taken.insert(id) => {
                marks.linked.insert(pair(id));
            }
            // Another ERP row has it: a person decides (DESIGN decision 5).
            Found::One(id) => {
                marks.review.insert(pair(id));
                marks.entries += 1;
            }
            Found::Review { candidates, .. } => {
                marks.review.extend(candidates.iter().map(|candidate| pair(candidate.id)));
                marks.entries += 1;
            }
            Found::Nobody => {}
        }
    }
    Ok(())
}
