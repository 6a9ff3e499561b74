//! Refusals as they are parked: a stable cause, the field, the rule.

use super::{
    item::Item,
    outcome::{Belongs, Refused},
};
use crate::{
    domain::record::RecordRef,
    erp::source::{BrokenRow, NotWritten, SourceRecord},
    hubspot::refusal::{Refusal, RefusalCode},
    store::links::Link,
    sync::mapping::{RowFault, TargetPlan},
};

/// The rule of what is parked because its record could not be archived or marked.
pub(super) const DELETION: &str = "deletion";

impl Refused {
    fn of(item: &Item, cause: &str, field: Option<String>) -> Self {
        Self {
            target: item.target.key().to_owned(),
            erp_id: Some(item.erp_id().clone()),
            record: item.linked_record(),
            by_erp: false,
            cause: cause.to_owned(),
            field,
            rule: None,
            stamp: Some(item.source.stamp.clone()),
            passing: false,
        }
    }

    /// A row whose trigger cannot be told.
    pub(super) fn unmapped(target: &TargetPlan, source: &SourceRecord, fault: &RowFault) -> Self {
        Self {
            target: target.key().to_owned(),
            erp_id: Some(source.id.clone()),
            record: None,
            by_erp: false,
            cause: "mapping_failed".to_owned(),
            field: None,
            rule: Some(fault.cause.word().to_owned()),
            stamp: Some(source.stamp.clone()),
            passing: false,
        }
    }

    /// A row that cannot be mapped.
    pub(super) fn of_mapping(item: &Item) -> Self {
        let fault = item.mapping.faults.first();
        fault.map_or_else(|| Self::of(item, "mapping_failed", None), |fault| Self::of_fault(item, fault))
    }

    /// A value that cannot go over.
    pub(super) fn of_fault(item: &Item, fault: &RowFault) -> Self {
        Self { rule: Some(fault.row.clone()), ..Self::of(item, fault.cause.word(), Some(fault.field.clone())) }
    }

    /// HubSpot says that the record is there already, and it is not found.
    pub(super) fn conflict(item: &Item) -> Self {
        Self::of(item, "conflict", None)
    }

    /// A record of HubSpot's with a value that cannot go to the ERP.
    pub(super) fn new_of_fault(target: &TargetPlan, record: RecordRef, fault: &RowFault) -> Self {
        Self {
            target: target.key().to_owned(),
            erp_id: None,
            record: Some(record),
            by_erp: true,
            cause: fault.cause.word().to_owned(),
            field: Some(fault.field.clone()),
            rule: Some(fault.row.clone()),
            stamp: None,
            passing: false,
        }
    }

    /// A record of HubSpot's that the ERP did not want.
    pub(super) fn new_in_erp(target: &TargetPlan, record: RecordRef, why: &NotWritten) -> Self {
        let (cause, field, rule, passing) = by_erp(why);
        let (target, cause) = (target.key().to_owned(), cause.to_owned());
        Self { target, erp_id: None, record: Some(record), by_erp: true, cause, field, rule, stamp: None, passing }
    }

    /// A record of HubSpot's that the ERP has already, by the value of this field.
    pub(super) fn there_already(target: &TargetPlan, record: RecordRef, field: &str) -> Self {
        Self {
            target: target.key().to_owned(),
            erp_id: None,
            record: Some(record),
            by_erp: true,
            cause: "conflict".to_owned(),
            field: Some(field.to_owned()),
            rule: None,
            stamp: None,
            passing: false,
        }
    }

    /// A row of the ERP that cannot be read.
    pub(super) fn broken(target: &TargetPlan, row: &BrokenRow) -> Self {
        Self {
            target: target.key().to_owned(),
            erp_id: Some(row.id.clone()),
            record: None,
            by_erp: true,
            cause: "broken_row".to_owned(),
            field: Some(row.field.clone()),
            rule: None,
            stamp: Some(row.stamp.clone()),
            passing: false,
        }
    }

    /// A row that HubSpot refused.
    pub(super) fn by_hubspot(item: &Item, refusal: &Refusal) -> Self {
        let (cause, rule) = cause(&refusal.code);
        // A property may have changed since the rules were put together: they are put together anew before the next try.
        let of_rules = matches!(refusal.code, RefusalCode::UnknownProperty | RefusalCode::ReadOnly) && !item.parked;
        let passing = refusal.code == RefusalCode::Locked || of_rules;
        Self { rule, passing, ..Self::of(item, cause, refusal.properties.first().cloned()) }
    }

    /// A value that HubSpot left as it was without a word.
    pub(super) fn ignored(item: &Item, record: RecordRef, property: String) -> Self {
        Self { record: Some(record), ..Self::of(item, "lifecycle_backwards", Some(property)) }
    }

    /// Too many changes to and fro.
    pub(super) fn in_a_loop(item: &Item) -> Self {
        Self::of(item, "loop", None)
    }

    /// An association that HubSpot refused.
    pub(super) fn bond(one: &Belongs, refusal: &Refusal) -> Self {
        let (cause, _) = cause(&refusal.code);
        Self {
            target: one.target.clone(),
            erp_id: Some(one.erp_id.clone()),
            record: Some(one.record),
            by_erp: false,
            cause: cause.to_owned(),
            field: None,
            rule: Some("association".to_owned()),
            stamp: None,
            passing: refusal.code == RefusalCode::Locked,
        }
    }

    /// A record that HubSpot would not archive or mark although its row is gone.
    pub(super) fn of_deletion(link: &Link, refusal: &Refusal) -> Self {
        let (cause, _) = cause(&refusal.code);
        Self {
            target: link.target.clone(),
            erp_id: Some(link.erp_id.clone()),
            record: Some(link.record),
            by_erp: false,
            cause: cause.to_owned(),
            field: refusal.properties.first().cloned(),
            rule: Some(DELETION.to_owned()),
            stamp: link.erp_stamp.clone(),
            passing: refusal.code == RefusalCode::Locked,
        }
    }

    /// A record that the ERP refused.
    pub(super) fn by_erp(item: &Item, why: &NotWritten) -> Self {
        let (cause, field, rule, passing) = by_erp(why);
        Self { by_erp: true, rule, passing, ..Self::of(item, cause, field) }
    }
}

/// Our word for why the ERP did not write, the field, its own word, and whether that may pass.
fn by_erp(why: &NotWritten) -> (&'static str, Option<String>, Option<String>, bool) {
    match why {
        NotWritten::Changed => ("erp_changed", None, None, true),
        NotWritten::Missing => ("missing", None, None, false),
        NotWritten::Locked => ("erp_locked", None, None, true),
        NotWritten::Rejected { field, code } => ("erp_rejected", field.clone(), Some(code.clone()), false),
    }
}

/// Our word for a refusal, and HubSpot's where ours says nothing.
pub(super) fn cause(code: &RefusalCode) -> (&'static str, Option<String>) {
    let word = match code {
        RefusalCode::InvalidEmail => "invalid_email",
        RefusalCode::InvalidOption => "invalid_option",
        RefusalCode::InvalidNumber => "invalid_number",
        RefusalCode::InvalidDate => "invalid_date",
        RefusalCode::TooLong => "too_long",
        RefusalCode::ReadOnly => "read_only",
        RefusalCode::UnknownProperty => "unknown_property",
        RefusalCode::RequiredMissing => "required_missing",
        RefusalCode::ConditionalRequired => "conditional_required",
        RefusalCode::Conflict => "conflict",
        RefusalCode::Blocked => "blocked",
        RefusalCode::Missing => "missing",
        RefusalCode::Forbidden => "forbidden",
        RefusalCode::Locked => "locked",
        RefusalCode::Other(word) => return ("other", Some(word.clone())),
    };
    (word, None)
}
