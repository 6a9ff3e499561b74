//! The fields of a kind, as an administrator chooses among them.

use std::time::Duration;

use super::{
    super::NetSuite,
    select::kind_of,
    shape::{Shape, shape},
    standard::{Standard, standard},
};
use crate::{
    domain::field::{FieldInfo, FieldOption},
    erp::{ErpError, Lane, source::Kind},
};

/// Somebody who looks at the settings sees a field that was added a minute ago.
const KNOWN_FOR: Duration = Duration::from_mins(1);

/// Every field that the account has, NetSuite's own first. Waits for some ten calls, unless they were made within the minute.
pub(in crate::erp::netsuite) async fn fields(
    netsuite: &NetSuite,
    lane: Lane,
    kind: Kind,
) -> Result<Vec<FieldInfo>, ErpError> {
    let shape = shape(netsuite, lane, kind, KNOWN_FOR).await?;
    let own = standard(kind).iter().filter(|field| shape.has(field)).map(|field| info(&shape, field));
    let custom = shape.customs.iter().map(|field| FieldInfo {
        name: field.name.clone(),
        label: field.label.clone(),
        kind: field.kind,
        options: field.options.clone(),
        max_length: field.most,
        required: false,
        read_only: field.read_only,
        custom: true,
    });
    Ok(own.chain(custom).collect())
}

fn info(shape: &Shape, field: &Standard) -> FieldInfo {
    // A person needs a last name, a company its name; which of the two a customer is, is told by another field.
    let required = shape.kind == Kind::Contact && field.name == "lastname";
    FieldInfo {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        kind: kind_of(shape, field),
        options: options(field.name),
        max_length: field.most,
        required,
        read_only: field.written.is_none(),
        custom: false,
    }
}

fn options(name: &str) -> Vec<FieldOption> {
    let stages: &[&str] = if name == "searchstage" { &["Lead", "Prospect", "Customer"] } else { &[] };
    stages.iter().map(|stage| FieldOption { value: (*stage).to_owned(), label: (*stage).to_owned() }).collect()
}
