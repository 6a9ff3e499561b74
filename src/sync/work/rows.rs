//! The mapping's rows of one item: what is to be written where, and what both sides agree upon.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::item::Item;
use crate::{
    erp::source::SourceRecord,
    hubspot::objects::Record,
    sync::{
        bases::{Bases, Hasher},
        decide::{Base, Guard, Moment, Outcome, Rule, Sides, decide_row},
        flow::Winner,
        mapping::{Mapped, RowPlan, TargetPlan},
    },
};

/// Properties as HubSpot answered them.
pub(super) type Answered = BTreeMap<String, Option<String>>;

/// The property whose values only go forward (hubspot.md §8).
const LIFECYCLE: &str = "lifecyclestage";

/// What is to be written for one item.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// Properties to write to HubSpot; an empty text clears.
    pub(super) properties: BTreeMap<String, String>,
    /// What stays agreed upon or is agreed upon without writing.
    pub(super) bases: Bases,
    /// The rows whose HubSpot value goes to the ERP.
    pub(super) to_erp: BTreeSet<String>,
    /// How many values of HubSpot's it would clear.
    pub(super) clears: usize,
    /// How many values of the ERP's it would clear.
    pub(super) clears_erp: usize,
}

impl Draft {
    /// Whether it writes nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.to_erp.is_empty()
    }
}

/// What is to be written for `item`, whose record is `record`; none: it is being made.
pub(super) fn draft(item: &Item, record: Option<&Record>, hasher: &Hasher) -> Draft {
    let moment = if record.is_some() { Moment::Later } else { Moment::Creation };
    let newer = newer(item, record);
    let mut draft = Draft::default();
    for row in item.target.rows() {
        let (id, property) = (row.id(), row.property().name.as_str());
        let erp = erp_side(item, row);
        let hubspot = hubspot_value(row, record);
        let erp_now = erp.as_ref().and_then(Option::as_deref);
        let now = Base { erp: hasher.of(id, erp_now), hubspot: hasher.of(id, hubspot.as_deref()) };
        let sides = Sides {
            erp: erp.as_ref().map(Option::as_deref),
            hubspot: hubspot.as_deref(),
            now,
            base: item.bases.rows.get(id).copied(),
            newer,
        };
        match decide_row(rule(item, row, &sides), &sides, moment) {
            Outcome::Agreed => _ = draft.bases.rows.insert(id.to_owned(), now),
            Outcome::ToHubspot => {
                let text = item.mapping.set.get(id).map_or("", |(_, mapped)| text(mapped));
                draft.clears += usize::from(text.is_empty() && hubspot.is_some());
                draft.properties.insert(property.to_owned(), text.to_owned());
            }
            // Agreed upon only when the ERP has taken it; until then it counts as changed in HubSpot.
            Outcome::ToErp => {
                draft.clears_erp += usize::from(hubspot.is_none() && erp_now.is_some());
                draft.to_erp.insert(id.to_owned());
                draft.bases.rows.extend(sides.base.map(|base| (id.to_owned(), base)));
            }
            Outcome::Kept => draft.bases.rows.extend(sides.base.map(|base| (id.to_owned(), base))),
        }
    }
    draft.bases.parents = Some(item.bases.parents_now(&item.source.parents));
    draft
}

/// Which rows agree, now that HubSpot answered what it made of `draft`.
pub(super) fn agreed(item: &Item, draft: &Draft, answered: &Answered, hasher: &Hasher) -> Bases {
    let mut bases = draft.bases.clone();
    for row in item.target.rows().iter().filter(|row| draft.properties.contains_key(&row.property().name)) {
        let property = &row.property().name;
        let erp = erp_side(item, row).flatten();
        let sent = draft.properties.get(property).filter(|text| !text.is_empty());
        let hubspot = answered.get(property).map_or_else(|| sent.cloned(), Clone::clone);
        let hubspot = form(row, hubspot.as_deref());
        let base = Base { erp: hasher.of(row.id(), erp.as_deref()), hubspot: hasher.of(row.id(), hubspot.as_deref()) };
        bases.rows.insert(row.id().to_owned(), base);
    }
    bases
}

/// The properties that HubSpot silently left as they were although another value was sent (hubspot.md §8).
pub(super) fn ignored(item: &Item, draft: &Draft, answered: &Answered) -> Vec<String> {
    let left = |row: &&RowPlan| {
        let property = &row.property().name;
        let (Some(sent), Some(Some(now))) = (draft.properties.get(property), answered.get(property)) else {
            return false;
        };
        property == LIFECYCLE && form(row, Some(sent)) != form(row, Some(now))
    };
    item.target.rows().iter().filter(left).map(|row| row.property().name.clone()).collect()
}

/// Whether nothing changed in the ERP since both sides last agreed: then HubSpot need not be asked.
pub(super) fn unchanged(item: &Item, hasher: &Hasher) -> bool {
    let same = |row: &RowPlan| {
        let Some(erp) = erp_side(item, row) else { return true };
        item.bases.rows.get(row.id()).is_some_and(|base| base.erp == hasher.of(row.id(), erp.as_deref()))
    };
    let parents = item.bases.parents.as_ref() == Some(&item.bases.parents_now(&item.source.parents));
    parents && item.mapping.faults.is_empty() && item.target.rows().iter().all(same)
}

/// The ERP's value in HubSpot's form: nothing said, empty, or a text.
#[expect(clippy::option_option, reason = "saying nothing and being empty are two things")]
fn erp_side(item: &Item, row: &RowPlan) -> Option<Option<String>> {
    if !row.goes_to_hubspot() {
        let form = row.erp_form(&item.target.scope(&item.source)).ok()??;
        return Some(Some(form).filter(|form| !form.is_empty()));
    }
    match &item.mapping.set.get(row.id())?.1 {
        Mapped::Leave => None,
        Mapped::Clear => Some(None),
        Mapped::Set(text) => Some(form(row, Some(text))),
    }
}

/// The value that a row gives the ERP, in HubSpot's form.
pub(super) fn erp_value(row: &RowPlan, target: &TargetPlan, source: &SourceRecord) -> Option<String> {
    row.erp_form(&target.scope(source)).ok().flatten().filter(|form| !form.is_empty())
}

/// HubSpot's value of a row's property in its one form.
pub(super) fn hubspot_value(row: &RowPlan, record: Option<&Record>) -> Option<String> {
    form(row, record.and_then(|record| record.value(&row.property().name)))
}

fn form(row: &RowPlan, text: Option<&str>) -> Option<String> {
    Some(row.hubspot_form(text)).filter(|form| !form.is_empty())
}

fn text(mapped: &Mapped) -> &str {
    match mapped {
        Mapped::Set(text) => text,
        Mapped::Leave | Mapped::Clear => "",
    }
}

fn rule(item: &Item, row: &RowPlan, sides: &Sides<'_>) -> Rule {
    let (property, options) = (row.property().name.as_str(), &row.property().options);
    let place = |value: Option<&str>| value.and_then(|v| options.iter().position(|option| option.value == v));
    let guard = if property == LIFECYCLE {
        Guard::Forward { erp: place(sides.erp.flatten()), hubspot: place(sides.hubspot) }
    } else if property.contains("optout") || property.contains("opt_out") {
        Guard::OnlyTrue
    } else {
        Guard::None
    };
    // What stands in a record that was made of the row, and whose link was not kept, is what the row was then: not newer,
    // though its stamp is.
    let winner = match row.winner() {
        Winner::Newest | Winner::Hubspot if item.remade => Winner::Erp,
        winner => winner,
    };
    Rule { direction: row.direction(), winner, guard }
}

/// The ERP's stamp against HubSpot's; unknown ones are equal.
fn newer(item: &Item, record: Option<&Record>) -> Ordering {
    match (item.source.modified_at, record.and_then(|record| record.updated_at)) {
        (Some(erp), Some(hubspot)) => erp.cmp(&hubspot),
        _ => Ordering::Equal,
    }
}
