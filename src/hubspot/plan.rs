//! Working off a batch of which HubSpot refuses a part, or the whole without saying which row is to blame: pure.
//!
//! Promise: every row ends done or refused, exactly once, whatever the answers say. A batch refused as a whole is halved down
//! to the row: at most 2·⌈log₂ n⌉ more calls for a bad row; a row alone is refused only after it was sent alone, or named.
//! Never: makes a call.

use std::collections::BTreeSet;

use super::refusal::{Refusal, RefusalCode};

/// Rows that are sent together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    rows: Vec<usize>,
    /// The first half of a refused group; the second lies right below it.
    first: bool,
    /// The first half went well, so a bad row must be in this one: there is no use in sending it whole.
    suspect: bool,
}

/// What a call told of the rows it was sent. Rows of which it told nothing are sent again, in smaller groups.
#[derive(Debug)]
pub(super) struct Told<D> {
    /// Rows that were written.
    pub(super) done: Vec<(usize, D)>,
    /// Rows that were refused by name.
    pub(super) refused: Vec<(usize, Refusal)>,
    /// What was said about rows that were not named.
    pub(super) why: Option<Refusal>,
}

/// How all rows ended, in the order of the rows.
#[derive(Debug)]
pub(super) struct Ended<D> {
    pub(super) done: Vec<(usize, D)>,
    pub(super) refused: Vec<(usize, Refusal)>,
}

/// What is still to be sent, and how the rest ended.
#[derive(Debug)]
pub(super) struct Plan<D> {
    waiting: Vec<Group>,
    ended: BTreeSet<usize>,
    done: Vec<(usize, D)>,
    refused: Vec<(usize, Refusal)>,
}

impl Group {
    pub(super) fn rows(&self) -> &[usize] {
        &self.rows
    }
}

impl<D> Plan<D> {
    /// Sends these batches, the first one first.
    pub(super) fn new(batches: Vec<Vec<usize>>) -> Self {
        let plain = |rows| Group { rows, first: false, suspect: false };
        let waiting = batches.into_iter().rev().filter(|rows| !rows.is_empty()).map(plain).collect();
        Self { waiting, ended: BTreeSet::new(), done: Vec::new(), refused: Vec::new() }
    }

    /// What to send next; nothing: all rows have ended.
    pub(super) fn next(&mut self) -> Option<Group> {
        loop {
            let group = self.waiting.pop()?;
            if !group.suspect || group.rows.len() == 1 {
                return Some(group);
            }
            self.halve(group.rows);
        }
    }

    /// Notes what came of a group that [`Plan::next`] gave.
    pub(super) fn told(&mut self, group: &Group, told: Told<D>) {
        let known: BTreeSet<usize> = group.rows.iter().copied().collect();
        let named = !told.refused.is_empty();
        // What an answer says twice, or about others, is not heard.
        for (row, done) in told.done.into_iter().filter(|(row, _)| known.contains(row)) {
            if self.ended.insert(row) {
                self.done.push((row, done));
            }
        }
        for (row, refusal) in told.refused.into_iter().filter(|(row, _)| known.contains(row)) {
            if self.ended.insert(row) {
                self.refused.push((row, refusal));
            }
        }
        let open: Vec<usize> = group.rows.iter().copied().filter(|row| !self.ended.contains(row)).collect();
        match open[..] {
            [] if group.first && !named => {
                if let Some(second) = self.waiting.last_mut() {
                    second.suspect = true;
                }
            }
            [] => {}
            [row] if group.rows.len() == 1 => {
                self.ended.insert(row);
                let untold = || Refusal::bare(RefusalCode::Other("UNTOLD".to_owned()));
                self.refused.push((row, told.why.unwrap_or_else(untold)));
            }
            _ if open.len() < group.rows.len() => {
                self.waiting.push(Group { rows: open, first: false, suspect: false });
            }
            _ => self.halve(open),
        }
    }

    fn halve(&mut self, mut rows: Vec<usize>) {
        let second = rows.split_off(rows.len() / 2);
        self.waiting.push(Group { rows: second, first: false, suspect: false });
        self.waiting.push(Group { rows, first: true, suspect: false });
    }

    /// How all rows ended, once there is nothing more to send.
    pub(super) fn end(mut self) -> Ended<D> {
        self.done.sort_by_key(|(row, _)| *row);
        self.refused.sort_by_key(|(row, _)| *row);
        Ended { done: self.done, refused: self.refused }
    }
}

/// Puts rows into batches of at most `most`, so that no batch holds two rows with a key in common; rows with a common key
/// keep their order over the batches.
pub(super) fn batches(keys: &[Vec<String>], most: usize) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    let mut waves: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for (row, keys) in keys.iter().enumerate() {
        let wave = keys.iter().filter_map(|key| waves.get(key.as_str())).max().map_or(0, |last| last + 1);
        for key in keys {
            waves.insert(key, wave);
        }
        if rows.len() <= wave {
            rows.resize_with(wave + 1, Vec::new);
        }
        rows[wave].push(row);
    }
    for wave in rows {
        out.extend(wave.chunks(most.max(1)).map(<[usize]>::to_vec));
    }
    out
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
