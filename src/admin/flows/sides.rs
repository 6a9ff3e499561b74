//! Records of both sides in a few lines for people: what they are called, and what tells them apart.

use serde::Serialize;

use super::rules::Rules;
use crate::{
    domain::record::ObjectType,
    erp::source::SourceRecord,
    hubspot::objects::Record,
    sync::mapping::{Mapped, TargetPlan},
};

/// The properties that name a record.
pub(super) const NAMES: [&str; 4] = ["name", "firstname", "lastname", "email"];

/// The properties that tell records apart, in the order in which they are shown.
pub(super) const TELLING: [&str; 11] =
    ["email", "phone", "mobilephone", "company", "domain", "website", "address", "zip", "city", "country", "jobtitle"];

/// One side of a pair that a person decides about.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ReviewSide)]
pub struct SideView {
    /// Its id.
    pub id: String,
    /// What it is called; its id where that cannot be read.
    pub name: String,
    /// Its page.
    #[schema(required = true)]
    pub url: Option<String>,
    /// What tells it apart.
    pub fields: Vec<SideField>,
}

impl std::fmt::Debug for SideView {
    /// Values belong to a person and are not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SideView").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A value that tells a record apart.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ReviewField)]
pub struct SideField {
    /// What people read.
    pub label: String,
    /// The value.
    pub value: String,
}

/// What a row of the ERP would be in HubSpot, by property.
fn mapped(target: &TargetPlan, source: &SourceRecord) -> impl Fn(&str) -> Option<String> {
    let set: Vec<(String, Mapped)> = target.map(source).set.into_values().collect();
    move |property| {
        let found = set.iter().find(|(name, _)| name == property).map(|(_, mapped)| mapped);
        match found {
            Some(Mapped::Set(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }
}

fn name(value: impl Fn(&str) -> Option<String>, id: String) -> String {
    let person: Vec<String> = ["firstname", "lastname"].into_iter().filter_map(&value).collect();
    let person = Some(person.join(" ")).filter(|name| !name.is_empty());
    value("name").or(person).or_else(|| value("email")).or_else(|| value("company")).unwrap_or(id)
}

/// What a row of the ERP is called.
pub(super) fn name_of_source(target: &TargetPlan, source: &SourceRecord) -> String {
    name(mapped(target, source), source.id.to_string())
}

/// What a HubSpot record is called.
pub(super) fn name_of_record(record: &Record) -> String {
    name(|property| record.value(property).map(str::to_owned), record.id.to_string())
}

impl Rules {
    fn side(
        &self,
        object: ObjectType,
        value: impl Fn(&str) -> Option<String>,
        (id, url): (String, Option<String>),
    ) -> SideView {
        let infos = self.properties.get(&object).map(Vec::as_slice).unwrap_or_default();
        let fields = TELLING.into_iter().filter_map(|property| {
            let info = infos.iter().find(|info| info.name == property)?;
            Some(SideField { label: info.label.clone(), value: value(property)? })
        });
        let fields = fields.collect();
        SideView { name: name(value, id.clone()), id, url, fields }
    }

    /// A row of the ERP, in HubSpot's words.
    pub(super) fn side_of_source(&self, target: &TargetPlan, source: &SourceRecord) -> SideView {
        let url = self.erp.record_page(self.named.default.kind, &source.id);
        self.side(target.object(), mapped(target, source), (source.id.to_string(), Some(url)))
    }

    /// A HubSpot record.
    pub(super) fn side_of_record(&self, object: ObjectType, record: &Record, url: Option<String>) -> SideView {
        self.side(object, |property| record.value(property).map(str::to_owned), (record.id.to_string(), url))
    }
}

/// A side that cannot be read any more.
pub(super) fn gone(id: String, url: Option<String>) -> SideView {
    SideView { name: id.clone(), id, url, fields: Vec::new() }
}
