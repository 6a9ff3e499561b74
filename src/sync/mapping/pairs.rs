//! Which kinds of fields fit together: before an administrator ties two of them, not when a row fails.

use serde::Serialize;

use super::{tables::ValueTable, to_property::find};
use crate::{
    domain::field::{FieldInfo, FieldKind, FieldOption},
    sync::flow::Direction,
};

/// How well two fields go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FitState {
    /// Every value goes over.
    Good,
    /// Something is lost, or some values will be refused.
    Lossy,
    /// No value goes over.
    Impossible,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody can write it.
    ReadOnly,
    /// The kinds have nothing in common.
    Kinds,
    /// No option of the one side is one of the other's.
    NoOption,
    /// Some options of the one side are none of the other's.
    SomeOptions,
    /// A value may not have the form that the other side wants.
    MayNotFit,
    /// The currency is lost.
    CurrencyLost,
    /// Nothing says in which currency the number is.
    CurrencyUnknown,
    /// The time of day is lost.
    TimeLost,
    /// A list becomes one text.
    ListAsText,
    /// Of several values there is place for one.
    OneOfSeveral,
    /// The other side takes fewer characters.
    MayBeTooLong,
    /// A number of another record means nothing on the other side.
    OtherRecord,
}

impl Reason {
    /// What it means, in a sentence without a full stop.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ReadOnly => "nobody can write it",
            Self::Kinds => "the two kinds of values have nothing in common",
            Self::NoOption => "no option of the one side is one of the other's; a value table can tie them",
            Self::SomeOptions => "some options of the one side are none of the other's; a value table can tie them",
            Self::MayNotFit => "some values may not have the form that the other side wants",
            Self::CurrencyLost => "the currency is lost",
            Self::CurrencyUnknown => "nothing says in which currency the number is",
            Self::TimeLost => "the time of day is lost",
            Self::ListAsText => "a list becomes one text",
            Self::OneOfSeveral => "of several values there is place for one",
            Self::MayBeTooLong => "the other side takes fewer characters",
            Self::OtherRecord => "the number of another record means nothing on the other side",
        }
    }
}

/// How well two fields go together, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fit {
    /// How well.
    pub state: FitState,
    /// Why not better.
    pub reasons: Vec<Reason>,
}

impl Fit {
    /// Nothing stands in the way.
    pub(super) const fn good() -> Self {
        Self { state: FitState::Good, reasons: Vec::new() }
    }

    pub(super) fn worsen(&mut self, state: FitState, reason: Reason) {
        self.state = self.state.max(state);
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

/// How well a field of the ERP and a property of HubSpot go together in this direction, through this table.
#[must_use]
pub fn fit(erp: &FieldInfo, hubspot: &FieldInfo, table: Option<&ValueTable>, direction: Direction) -> Fit {
    let mut fit = Fit::good();
    if direction != Direction::ToErp {
        one_way(erp, hubspot, table, &mut fit);
    }
    if direction != Direction::ToHubspot {
        if erp.kind == FieldKind::Money {
            fit.worsen(FitState::Impossible, Reason::CurrencyUnknown);
        }
        if erp.kind == FieldKind::Reference {
            fit.worsen(FitState::Impossible, Reason::OtherRecord);
        }
        one_way(hubspot, erp, table, &mut fit);
    }
    fit
}

fn one_way(from: &FieldInfo, to: &FieldInfo, table: Option<&ValueTable>, fit: &mut Fit) {
    if to.read_only {
        fit.worsen(FitState::Impossible, Reason::ReadOnly);
    }
    if table.is_some() {
        // Its words fit by what the administrator wrote; what has no word cannot go through it.
        if matches!(from.kind, FieldKind::Money | FieldKind::Instant | FieldKind::Many) {
            fit.worsen(FitState::Impossible, Reason::Kinds);
        }
        return;
    }
    if let Some((state, reason)) = kinds(from, to) {
        fit.worsen(state, reason);
    }
    let texts = from.kind != FieldKind::Choice && to.kind == FieldKind::Text;
    if texts && from.max_length.zip(to.max_length).is_some_and(|(most, room)| most > room) {
        fit.worsen(FitState::Lossy, Reason::MayBeTooLong);
    }
}

/// What stands in the way of a value of the one kind as a value of the other; `None`: nothing.
fn kinds(from: &FieldInfo, to: &FieldInfo) -> Option<(FitState, Reason)> {
    use FieldKind as K;
    use FitState::{Impossible, Lossy};
    match (from.kind, to.kind) {
        (K::Many, K::Text) => Some((Lossy, Reason::ListAsText)),
        (_, K::Text)
        | (K::Email, K::Email)
        | (K::Phone | K::Text, K::Phone)
        | (K::Url | K::Text, K::Url)
        | (K::Number, K::Number | K::Money)
        | (K::Money, K::Money)
        | (K::Flag, K::Flag)
        | (K::Date, K::Date | K::Instant)
        | (K::Instant, K::Instant) => None,
        (K::Money, K::Number) => Some((Lossy, Reason::CurrencyLost)),
        (K::Instant, K::Date) => Some((Lossy, Reason::TimeLost)),
        (K::Text | K::Choice | K::Number, K::Flag)
        | (K::Text | K::Choice, K::Number | K::Money)
        | (K::Text, K::Email | K::Date | K::Instant | K::Reference)
        | (K::Text | K::Number | K::Reference, K::Choice | K::Many)
        | (K::Number, K::Phone)
        | (K::Reference, K::Reference) => Some((Lossy, Reason::MayNotFit)),
        (K::Flag, K::Choice) => flags(&to.options),
        (K::Many, K::Choice) => options(&from.options, &to.options).or(Some((Lossy, Reason::OneOfSeveral))),
        (K::Choice, K::Choice | K::Many) | (K::Many, K::Many) => options(&from.options, &to.options),
        _ => Some((Impossible, Reason::Kinds)),
    }
}

fn flags(options: &[FieldOption]) -> Option<(FitState, Reason)> {
    if options.is_empty() {
        return Some((FitState::Lossy, Reason::MayNotFit));
    }
    let both = find(options, &["true", "yes"]).is_some() && find(options, &["false", "no"]).is_some();
    (!both).then_some((FitState::Impossible, Reason::NoOption))
}

/// Options are the same by their own word or by what people read.
fn options(from: &[FieldOption], to: &[FieldOption]) -> Option<(FitState, Reason)> {
    if from.is_empty() || to.is_empty() {
        return Some((FitState::Lossy, Reason::MayNotFit));
    }
    let known = from.iter().filter(|option| find(to, &[&option.value, &option.label]).is_some()).count();
    match known {
        0 => Some((FitState::Impossible, Reason::NoOption)),
        some if some < from.len() => Some((FitState::Lossy, Reason::SomeOptions)),
        _ => None,
    }
}
