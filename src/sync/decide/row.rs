//! One row of the mapping: which way its value goes, if any.
//!
//! Both sides' values are compared with the common base: the keyed hashes of what they were when they last agreed. Changed on
//! one side → that side's value goes over; on both → the row's winner. Our own echo has the base's hash and is nothing.
//!
//! Promise: a value that was never ours is never cleared; an answer depends on nothing but its input.

use std::cmp::Ordering;

use crate::sync::flow::{Direction, Winner};

/// The keyed hash of a value on one side; of an empty one too.
pub type Digest = [u8; 8];

/// What both sides were when they last agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// The ERP's value, as it is mapped.
    pub erp: Digest,
    /// HubSpot's value, as HubSpot answered it.
    pub hubspot: Digest,
}

/// A row's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Which way it goes.
    pub direction: Direction,
    /// Which side wins.
    pub winner: Winner,
    /// What its values must keep to.
    pub guard: Guard,
}

/// What a property's values must keep to, whatever the row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    None,
    /// Only forward in HubSpot's order of stages (hubspot.md §8): how the two values stand in it.
    Forward {
        /// The place of the ERP's value.
        erp: Option<usize>,
        /// The place of HubSpot's.
        hubspot: Option<usize>,
    },
    /// An opt-out, which is only ever set.
    OnlyTrue,
}

/// When a row is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The record is being made in HubSpot.
    Creation,
    /// The record is there.
    Later,
}

/// Both sides of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides<'v> {
    /// What the ERP's value is in HubSpot's form, empty as `None`; `None` outside: the ERP says nothing about it.
    pub erp: Option<Option<&'v str>>,
    /// HubSpot's value in its form, empty as `None`.
    pub hubspot: Option<&'v str>,
    /// The hashes of the two now.
    pub now: Base,
    /// What they were when they last agreed.
    pub base: Option<Base>,
    /// The ERP's stamp against HubSpot's: `Greater` if the ERP's record was changed later.
    pub newer: Ordering,
}

/// What is to be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Both sides agree, or agreed to differ: the base is what they are now.
    Agreed,
    /// The ERP's value goes to HubSpot.
    ToHubspot,
    /// HubSpot's value goes to the ERP.
    ToErp,
    /// They differ and stay as they are; the base stays, too.
    Kept,
}

/// Decides about one row.
#[must_use]
pub fn decide(rule: Rule, sides: &Sides<'_>, moment: Moment) -> Outcome {
    let Some(erp) = sides.erp else { return silent(rule, sides) };
    if erp == sides.hubspot {
        return Outcome::Agreed;
    }
    let wished = match rule.winner {
        Winner::OnlyAtCreation if moment == Moment::Creation && erp.is_some() => Outcome::ToHubspot,
        Winner::OnlyIfEmpty if sides.hubspot.is_none() => Outcome::ToHubspot,
        Winner::OnlyIfEmpty if erp.is_none() => Outcome::ToErp,
        Winner::Never | Winner::OnlyAtCreation | Winner::OnlyIfEmpty => Outcome::Kept,
        Winner::Newest | Winner::Erp | Winner::Hubspot => changed(rule.winner, erp, sides),
    };
    allowed(rule, wished, erp, sides.hubspot)
}

/// The ERP says nothing: HubSpot's value may still go over.
fn silent(rule: Rule, sides: &Sides<'_>) -> Outcome {
    let changed = sides.base.is_some_and(|base| base.hubspot != sides.now.hubspot);
    let wished = if changed { Outcome::ToErp } else { Outcome::Kept };
    allowed(rule, wished, None, sides.hubspot)
}

/// By who changed since they last agreed.
fn changed(winner: Winner, erp: Option<&str>, sides: &Sides<'_>) -> Outcome {
    let Some(base) = sides.base else {
        return match (erp, sides.hubspot) {
            // What was never ours is never cleared.
            (None, _) => Outcome::ToErp,
            (_, None) => Outcome::ToHubspot,
            _ => won(winner, sides.newer),
        };
    };
    match (base.erp != sides.now.erp, base.hubspot != sides.now.hubspot) {
        (false, false) => Outcome::Agreed,
        (true, false) => Outcome::ToHubspot,
        (false, true) => Outcome::ToErp,
        (true, true) => won(winner, sides.newer),
    }
}

fn won(winner: Winner, newer: Ordering) -> Outcome {
    match winner {
        Winner::Hubspot => Outcome::ToErp,
        Winner::Newest if newer == Ordering::Less => Outcome::ToErp,
        _ => Outcome::ToHubspot,
    }
}

/// What the direction and the guard leave of a wish.
fn allowed(rule: Rule, wished: Outcome, erp: Option<&str>, hubspot: Option<&str>) -> Outcome {
    let may = match wished {
        Outcome::ToHubspot => rule.direction != Direction::ToErp && guarded(rule.guard, erp),
        // An opt-out that somebody took back in HubSpot stays one in the ERP.
        Outcome::ToErp if rule.guard == Guard::OnlyTrue && hubspot != Some("true") => false,
        Outcome::ToErp => rule.direction != Direction::ToHubspot,
        Outcome::Agreed | Outcome::Kept => true,
    };
    if may { wished } else { Outcome::Kept }
}

fn guarded(guard: Guard, erp: Option<&str>) -> bool {
    match guard {
        Guard::OnlyTrue => erp == Some("true"),
        Guard::Forward { erp: Some(next), hubspot: Some(present) } => next > present,
        Guard::None | Guard::Forward { erp: Some(_), hubspot: None } => true,
        // A stage that this portal does not have, or none: HubSpot would refuse it or lose the record's.
        Guard::Forward { erp: None, .. } => false,
    }
}
