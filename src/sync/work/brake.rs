//! The brake on changes that nobody can have meant: a run that would archive or clear very much stops and asks.

use std::sync::atomic::{AtomicU64, Ordering};

use super::trouble::Trouble;

/// So many records may be archived or cleared in a run whatever their share.
const ALWAYS: u64 = 20;

/// The brake of one run.
#[derive(Debug)]
pub(super) struct Brake {
    share: u64,
    lifted: bool,
    /// How many records the flow has links to; set once it is known.
    of: AtomicU64,
    harmed: AtomicU64,
}

impl Brake {
    /// A brake at `share` per cent of the flow's links, or none, since an administrator said that the run may go on.
    pub(super) fn new(share: u32, lifted: bool) -> Self {
        Self { share: u64::from(share), lifted, of: AtomicU64::new(0), harmed: AtomicU64::new(0) }
    }

    /// So many links the flow has.
    pub(super) fn set_of(&self, links: u64) {
        self.of.store(links, Ordering::SeqCst);
    }

    /// Asks to archive or clear `records` more.
    ///
    /// # Errors
    /// [`Trouble::Braked`]: not without a person.
    pub(super) fn ask(&self, records: u64) -> Result<(), Trouble> {
        if records == 0 || self.lifted {
            return Ok(());
        }
        let harmed = self.harmed.fetch_add(records, Ordering::SeqCst) + records;
        let most = (self.of.load(Ordering::SeqCst) * self.share / 100).max(ALWAYS);
        if harmed > most { Err(Trouble::Braked) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_always_allowed_and_then_a_share() {
        let brake = Brake::new(20, false);
        brake.set_of(1_000);
        assert!(brake.ask(200).is_ok());
        assert!(brake.ask(1).is_err());
        let small = Brake::new(20, false);
        small.set_of(10);
        assert!(small.ask(20).is_ok());
        assert!(small.ask(1).is_err());
        let lifted = Brake::new(20, true);
        assert!(lifted.ask(10_000).is_ok());
    }
}
