//! A small flow, an account and a portal, for the tests of this module.

use std::collections::BTreeMap;

use crate::{
    domain::{
        field::{FieldInfo, FieldKind, Value},
        record::ObjectType,
    },
    erp::source::{Kind, SourceRecord},
    sync::flow::{Direction, MatchKey, Row, Target, Winner},
};

pub(super) fn row(id: &str, property: &str, made: impl FnOnce(&mut Row)) -> Row {
    let mut row = Row {
        id: id.to_owned(),
        property: property.to_owned(),
        field: None,
        to_hubspot: None,
        to_erp: None,
        direction: Direction::ToHubspot,
        winner: Winner::Erp,
        table: None,
        locked: false,
    };
    made(&mut row);
    row
}

fn rename(name: &str) -> Row {
    row(name, name, |row| row.field = Some(name.to_owned()))
}

fn target(key: &str, object: ObjectType, when: &str, rows: Vec<Row>) -> Target {
    Target {
        key: key.to_owned(),
        object,
        when: when.to_owned(),
        matching: vec![MatchKey::Key],
        belongs_to: None,
        parents: None,
        rows,
    }
}

pub(super) fn targets() -> Vec<Target> {
    let email = row("email", "email", |row| {
        row.to_hubspot = Some("email|first_email".to_owned());
        row.locked = true;
    });
    let phone = row("phone", "phone", |row| row.to_hubspot = Some("phone or mobilephone".to_owned()));
    let name = row("name", "name", |row| row.field = Some("companyname".to_owned()));
    vec![
        target("person", ObjectType::Contact, "isperson", vec![email, rename("firstname"), rename("lastname"), phone]),
        target("company", ObjectType::Company, "not isperson", vec![name]),
    ]
}

pub(super) fn info(name: &str, kind: FieldKind) -> FieldInfo {
    FieldInfo {
        name: name.to_owned(),
        label: name.to_uppercase(),
        kind,
        options: Vec::new(),
        max_length: None,
        required: false,
        read_only: false,
        custom: false,
    }
}

pub(super) fn erp() -> Vec<FieldInfo> {
    let texts = ["companyname", "firstname", "lastname", "phone", "mobilephone", "title", "comments"];
    let mut fields: Vec<_> = texts.into_iter().map(|name| info(name, FieldKind::Text)).collect();
    fields.push(info("email", FieldKind::Email));
    fields.push(info("isperson", FieldKind::Flag));
    fields.push(info("creditlimit", FieldKind::Money));
    fields
}

pub(super) fn properties() -> BTreeMap<ObjectType, Vec<FieldInfo>> {
    let contact = ["email", "firstname", "lastname", "phone", "jobtitle", "department"];
    let mut contact: Vec<_> = contact.into_iter().map(|name| info(name, FieldKind::Text)).collect();
    contact[0].kind = FieldKind::Email;
    contact.push(info("score", FieldKind::Number));
    contact.push(FieldInfo { read_only: true, ..info("createdate", FieldKind::Instant) });
    let company = vec![info("name", FieldKind::Text), info("domain", FieldKind::Text)];
    BTreeMap::from([(ObjectType::Contact, contact), (ObjectType::Company, company)])
}

pub(super) fn record(fields: &[(&str, &str)]) -> SourceRecord {
    SourceRecord {
        kind: Kind::Customer,
        id: "42".parse().unwrap(),
        stamp: "1".to_owned(),
        modified_at: None,
        inactive: false,
        fields: fields.iter().map(|(name, text)| ((*name).to_owned(), Value::Text((*text).to_owned()))).collect(),
        parents: Vec::new(),
        ours: None,
    }
}
