//! Reading the query of the card's GET calls.
//!
//! Promise: that of [`crate::api::reading`].

use crate::{
    api::{ApiError, reading::Parameters, signed::Input},
    cards::{ListRequest, SearchRequest, SortKey},
    domain::{
        ids::{ConnectionId, InvoiceId},
        query::InvoiceQuery,
        record::RecordRef,
        status::Status,
    },
};

fn record(parameters: &Parameters<'_>) -> Result<RecordRef, ApiError> {
    Ok(RecordRef { object_type: parameters.required("objectTypeId")?, object_id: parameters.required("objectId")? })
}

fn text(parameters: &Parameters<'_>) -> Result<InvoiceQuery, ApiError> {
    let text = parameters.text("q").unwrap_or_default();
    InvoiceQuery::parse(text).map_err(|why| ApiError::Invalid(format!("the query parameter q is wrong: {why}")))
}

/// What the list is asked for.
pub(in crate::api) struct ListQuery {
    pub(in crate::api) record: RecordRef,
    pub(in crate::api) request: ListRequest,
}

impl Input for ListQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        const KNOWN: [&str; 7] = ["objectTypeId", "objectId", "page", "pageSize", "sort", "status", "q"];
        let parameters = Parameters::read(query, &KNOWN)?;
        let (sort, descending) = sort(parameters.text("sort").unwrap_or("-date"))?;
        let request = ListRequest {
            page: parameters.number("page", 1, 1_000_000)?,
            page_size: parameters.number("pageSize", 10, 100)?,
            sort,
            descending,
            statuses: statuses(parameters.text("status").unwrap_or_default())?,
            text: text(&parameters)?,
        };
        Ok(Self { record: record(&parameters)?, request })
    }
}

/// The words for sorting.
const SORTS: [(&str, SortKey); 6] = [
    ("date", SortKey::Date),
    ("dueDate", SortKey::DueDate),
    ("number", SortKey::Number),
    ("total", SortKey::Total),
    ("remaining", SortKey::Remaining),
    ("status", SortKey::Status),
];

fn sort(text: &str) -> Result<(SortKey, bool), ApiError> {
    let word = text.strip_prefix('-').unwrap_or(text);
    let key = SORTS.iter().find(|(name, _)| *name == word).map(|(_, key)| *key);
    let words = || SORTS.map(|(name, _)| name).join(", ");
    let key = key.ok_or_else(|| {
        ApiError::Invalid(format!(
            "the query parameter sort must be one of {}, with a leading - for descending",
            words()
        ))
    })?;
    Ok((key, text.starts_with('-')))
}

fn statuses(text: &str) -> Result<Vec<Status>, ApiError> {
    let words = text.split(',').filter(|word| !word.is_empty());
    let read: Result<Vec<Status>, _> = words.map(str::parse).collect();
    read.map_err(|why| ApiError::Invalid(format!("the query parameter status is wrong: {why}")))
}

/// What the search is asked for.
pub(in crate::api) struct SearchQuery {
    pub(in crate::api) record: RecordRef,
    pub(in crate::api) request: SearchRequest,
}

impl Input for SearchQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        const KNOWN: [&str; 5] = ["objectTypeId", "objectId", "page", "pageSize", "q"];
        let parameters = Parameters::read(query, &KNOWN)?;
        let request = SearchRequest {
            query: text(&parameters)?,
            page: parameters.number("page", 1, 1_000)?,
            page_size: parameters.number("pageSize", 10, 50)?,
        };
        Ok(Self { record: record(&parameters)?, request })
    }
}

/// Which invoice is asked for.
pub(in crate::api) struct DetailQuery {
    pub(in crate::api) record: RecordRef,
    pub(in crate::api) connection: ConnectionId,
    pub(in crate::api) invoice: InvoiceId,
}

impl Input for DetailQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        const KNOWN: [&str; 4] = ["objectTypeId", "objectId", "connectionId", "invoiceId"];
        let parameters = Parameters::read(query, &KNOWN)?;
        Ok(Self {
            record: record(&parameters)?,
            connection: parameters.required("connectionId")?,
            invoice: parameters.required("invoiceId")?,
        })
    }
}

/// The record, as every GET names it.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct ListParams {
    /// `0-1` contact, `0-2` company, `0-3` deal.
    #[param(rename = "objectTypeId")]
    object_type_id: crate::domain::record::ObjectType,
    /// The record's id.
    #[param(rename = "objectId", pattern = "^[0-9]{1,18}$")]
    object_id: String,
    /// From 1 on.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
    /// Rows a page.
    #[param(rename = "pageSize", minimum = 1, maximum = 100)]
    page_size: Option<u32>,
    /// `date`, `dueDate`, `number`, `total`, `remaining` or `status`; a leading `-` for descending. Default `-date`.
    sort: Option<String>,
    /// Statuses, parted by commas.
    status: Option<String>,
    /// Number, purchase order, customer, amount, day or memo.
    #[param(max_length = 200)]
    q: Option<String>,
}

/// The search.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct SearchParams {
    /// `0-1` contact, `0-2` company, `0-3` deal.
    #[param(rename = "objectTypeId")]
    object_type_id: crate::domain::record::ObjectType,
    /// The record's id.
    #[param(rename = "objectId", pattern = "^[0-9]{1,18}$")]
    object_id: String,
    /// From 1 on.
    #[param(minimum = 1, maximum = 1_000)]
    page: Option<u32>,
    /// Rows a page.
    #[param(rename = "pageSize", minimum = 1, maximum = 50)]
    page_size: Option<u32>,
    /// Number, purchase order, customer, amount, day or memo.
    #[param(max_length = 200)]
    q: Option<String>,
}

/// One invoice.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, clippy::struct_field_names, reason = "describes the query, whose parameters are all ids")]
pub(in crate::api) struct DetailParams {
    /// `0-1` contact, `0-2` company, `0-3` deal.
    #[param(rename = "objectTypeId")]
    object_type_id: crate::domain::record::ObjectType,
    /// The record's id.
    #[param(rename = "objectId", pattern = "^[0-9]{1,18}$")]
    object_id: String,
    /// The connection the invoice comes from.
    #[param(rename = "connectionId", value_type = String, format = Uuid)]
    connection_id: ConnectionId,
    /// The ERP's id.
    #[param(rename = "invoiceId", value_type = String)]
    invoice_id: InvoiceId,
}
