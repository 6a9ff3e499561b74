//! The brake on changes that nobody can have meant: a run that would archive or clear very much stops and asks.

use std::sync::atomic::{AtomicU64, Ordering};

use super::trouble::Trouble;

/// So many records may be archived or cleared in a run whatever their share.
const ALWAYS: u64 = 20;

/// How far a run may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// Up to a share of the flow's links.
    Share,
    /// As far as it takes: an administrator said so of this run.
    Lifted,
    /// Not at all: a run before stopped at the brake, and nobody said yet that it may go on.
    None,
}

/// The brake of one run, over all its rounds.
#[derive(Debug)]
pub(super) struct Brake {
    share: u64,
    leave: Leave,
    /// How many records the flow has links to; set once it is known.
    of: AtomicU64,
    harmed: AtomicU64,
}

impl Brake {
    /// A brake at `share` per cent of the flow's links, of a run that has harmed so many records already.
    pub(super) fn new(share: u32, leave: Leave, harmed: u64) -> Self {
        Self { share: u64::from(share), leave, of: AtomicU64::new(0), harmed: AtomicU64::new(harmed) }
    }

    /// So many links the flow has.
    pub(super) fn set_of(&self, links: u64) {
        self.of.store(links, Ordering::SeqCst);
    }

    /// Whether nothing may be harmed at present.
    pub(super) fn is_closed(&self) -> bool {
        self.leave == Leave::None
    }

    /// Whether an administrator lets the run go on.
    pub(super) fn is_lifted(&self) -> bool {
        self.leave == Leave::Lifted
    }

    /// How many records were archived or cleared.
    pub(super) fn harmed(&self) -> i64 {
        i64::try_from(self.harmed.load(Ordering::SeqCst)).unwrap_or(i64::MAX)
    }

    /// Asks to archive or clear `records` more.
    ///
    /// # Errors
    /// [`Trouble::Braked`]: not without a person.
    pub(super) fn ask(&self, records: u64) -> Result<(), Trouble> {
        if records == 0 {
            return Ok(());
        }
        let harmed = self.harmed.fetch_add(records, Ordering::SeqCst) + records;
        let most = match self.leave {
            Leave::Share => (self.of.load(Ordering::SeqCst) * self.share / 100).max(ALWAYS),
            Leave::Lifted => u64::MAX,
            Leave::None => 0,
        };
        if harmed <= most {
            return Ok(());
        }
        // They were left as they are.
        self.harmed.fetch_sub(records, Ordering::SeqCst);
        Err(Trouble::Braked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_always_allowed_and_then_a_share() {
        let brake = Brake::new(20, Leave::Share, 0);
        brake.set_of(1_000);
        assert!(brake.ask(200).is_ok());
        assert!(brake.ask(1).is_err());
        assert_eq!(brake.harmed(), 200, "what was refused was not done");
        let small = Brake::new(20, Leave::Share, 0);
        small.set_of(10);
        assert!(small.ask(20).is_ok());
        assert!(small.ask(1).is_err());
        let lifted = Brake::new(20, Leave::Lifted, 0);
        assert!(lifted.ask(10_000).is_ok());
        assert_eq!(lifted.harmed(), 10_000);
    }

    #[test]
    fn rounds_of_a_run_have_one_share_together() {
        let brake = Brake::new(20, Leave::Share, 150);
        brake.set_of(1_000);
        assert!(brake.ask(50).is_ok());
        assert!(brake.ask(1).is_err());
    }

    #[test]
    fn while_a_person_is_asked_nothing_is_harmed() {
        let brake = Brake::new(20, Leave::None, 0);
        brake.set_of(1_000);
        assert!(brake.ask(0).is_ok());
        assert!(brake.ask(1).is_err());
        assert_eq!(brake.harmed(), 0);
    }
}
