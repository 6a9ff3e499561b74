//! Both stages together: what becomes of a row that no link names yet.

use super::{
    ExactOutcome, Index, Key, Party, Proposal,
    exact::exact,
    index::{KEPT, propose},
};

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<I> {
    /// The same party by an exact key, with nothing against it: may be linked, unless another row has it already.
    One(I),
    /// A person decides among these, the likeliest first, at most six.
    Review {
        /// Why it is not linked.
        why: Why,
        /// Those it may be.
        candidates: Vec<Proposal<I>>,
    },
    /// No row of the other side is like it.
    Nobody,
}

/// Why a row goes to the review list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Several rows share an exact key.
    Several,
    /// Those that share an exact key are somebody else by all appearances.
    Contradicted,
    /// No exact key is shared; these are alike.
    Fuzzy,
}

impl Why {
    /// The code that rows of the review list and the settings page use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Several => "several",
            Self::Contradicted => "contradicted",
            Self::Fuzzy => "fuzzy",
        }
    }
}

/// Asks the exact keys, then, where they name nobody without doubt, the scored stage. Of those that a key contradicts the true
/// one may be another row, which is why the scored stage's candidates stand beside them.
#[must_use]
pub fn find<I: Clone + PartialEq>(keys: &[Key], row: &Party, index: &Index<I>) -> Found<I> {
    let (why, mut candidates) = match exact(keys, row, index) {
        ExactOutcome::One(id) => return Found::One(id),
        ExactOutcome::Several(candidates) => (Why::Several, candidates),
        ExactOutcome::Contradicted(candidates) => (Why::Contradicted, candidates),
        ExactOutcome::None => (Why::Fuzzy, Vec::new()),
    };
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    candidates.truncate(KEPT);
    if why != Why::Several {
        for proposal in propose(row, index) {
            if !candidates.iter().any(|known| known.id == proposal.id) {
                candidates.push(proposal);
            }
        }
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    }
    if candidates.is_empty() { Found::Nobody } else { Found::Review { why, candidates } }
}
