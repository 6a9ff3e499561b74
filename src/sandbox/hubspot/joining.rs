//! Connecting records and cutting them off, with what HubSpot does besides: the first company of a contact or deal becomes
//! its primary one, an admin's cap is kept, and both sides are told as news.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    account::{Account, Key, noun},
    bonds::{Shift, Type},
    change::By,
    errors::Refusal,
    webhooks::News,
};
use crate::sandbox::data::crm::COMPANY;

/// Refuses a further association where an admin set a cap that is reached.
///
/// # Errors
/// 400.
pub(super) fn room(account: &Account, from: Key, to: Key) -> Result<(), Refusal> {
    for (one, other) in [(from, to), (to, from)] {
        let Some(cap) = account.rules.cap(one.0, other.0) else { continue };
        if account.bonds.between(one, other).is_empty() && account.bonds.ids(one, other.0).take(cap).count() >= cap {
            return Err(Refusal::too_many_associations(one.0, other.0, cap));
        }
    }
    Ok(())
}

/// Connects two records without a label.
pub(super) fn connect(account: &mut Account, from: Key, to: Key, by: By) {
    add(account, from, to, &BTreeSet::new(), by);
}

/// Adds types to what connects two records.
pub(super) fn add(account: &mut Account, from: Key, to: Key, ids: &BTreeSet<u32>, by: By) {
    let mut ids = ids.clone();
    let one = if to.0 == COMPANY { from } else { to };
    let alone = from.0 != to.0 && account.bonds.ids(one, COMPANY).next().is_none();
    if alone && (from.0 == COMPANY || to.0 == COMPANY) {
        ids.extend(account.bonds.types(from.0, to.0).find(|t| t.is_primary()).map(|t| t.id));
    }
    let shifts = account.bonds.add(from, to, &ids);
    tell(account, shifts, by);
}

/// Makes exactly these types connect two records.
pub(super) fn replace(account: &mut Account, from: Key, to: Key, ids: &BTreeSet<u32>, by: By) {
    let shifts = account.bonds.replace(from, to, ids);
    tell(account, shifts, by);
}

/// Disconnects two records.
pub(super) fn cut(account: &mut Account, from: Key, to: Key, by: By) {
    let shifts = account.bonds.cut(from, to);
    tell(account, shifts, by);
}

/// Takes away single types; without the plain one nothing is left.
pub(super) fn unlabel(account: &mut Account, from: Key, to: Key, ids: &BTreeSet<u32>, by: By) {
    let shifts = account.bonds.unlabel(from, to, ids);
    tell(account, shifts, by);
}

fn tell(account: &mut Account, shifts: Vec<Shift>, by: By) {
    for shift in shifts {
        let word = format!("{}_TO_{}", noun(shift.from.0), noun(shift.to.0)).to_uppercase();
        let category = account.bonds.typed(shift.from.0, shift.to.0, shift.id).map(Type::category);
        let news = News::about(shift.from.0, "associationChange", shift.from.1, by)
            .with("associationType", json!(word))
            .with("fromObjectId", json!(shift.from.1))
            .with("toObjectId", json!(shift.to.1))
            .with("fromObjectTypeId", json!(shift.from.0))
            .with("toObjectTypeId", json!(shift.to.0))
            .with("associationTypeId", json!(shift.id))
            .with("associationCategory", json!(category))
            .with("associationRemoved", json!(shift.removed))
            .with("isPrimaryAssociation", json!(shift.primary));
        account.news.push(news);
    }
}
