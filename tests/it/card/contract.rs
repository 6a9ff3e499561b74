//! The front end's types and the API's description say the same: field by field, word by word.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

type Names = BTreeSet<String>;

fn read(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A file that the card and the settings page share.
fn shared(name: &str) -> String {
    read(&format!("hubspot-app/src/app/packages/shared/{name}"))
}

/// The front end's files of types, one after the other and without comments.
fn types() -> String {
    let text = ["types.ts", "settings-types.ts", "sync-types.ts", "mapping-types.ts"].map(shared).concat();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").unwrap().1;
    }
    out + rest
}

/// Every interface with its fields, those it extends included.
fn interfaces(types: &str) -> BTreeMap<String, Names> {
    let mut found: BTreeMap<String, Names> = BTreeMap::new();
    for part in types.split("export interface ").skip(1) {
        let (head, body) = part.split_once('{').unwrap();
        let mut words = head.split_whitespace();
        let name = words.next().unwrap().to_owned();
        let mut fields = Names::new();
        if let (Some("extends"), Some(base)) = (words.next(), words.next()) {
            fields.extend(found[base].iter().cloned());
        }
        let mut depth = 0;
        for line in body.lines() {
            if depth == 0 && line.starts_with('}') {
                break;
            }
            if depth == 0
                && let Some((field, _)) = line.trim().split_once(':')
            {
                fields.insert(field.trim_end_matches('?').to_owned());
            }
            depth += line.matches('{').count();
            depth -= line.matches('}').count();
        }
        found.insert(name, fields);
    }
    found
}

/// Every union of words.
fn unions(types: &str) -> BTreeMap<String, Names> {
    let parts = types.split("export type ").skip(1);
    let unions = parts.filter_map(|part| part.split_once(';')?.0.split_once('='));
    let words = |text: &str| text.split('\'').skip(1).step_by(2).map(str::to_owned).collect::<Names>();
    unions.map(|(name, text)| (name.trim().to_owned(), words(text))).filter(|(_, words)| words.len() > 1).collect()
}

/// The fields of a schema, those of its parts included.
fn fields(schemas: &Value, schema: &Value) -> Names {
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let of_parts = parts.flat_map(|part| match part["$ref"].as_str() {
        Some(path) => fields(schemas, &schemas[path.rsplit('/').next().unwrap()]),
        None => fields(schemas, part),
    });
    own.chain(of_parts).collect()
}

#[test]
fn the_front_ends_types_are_the_apis() {
    let types = types();
    let document: Value = serde_json::from_str(&read("src/api/openapi.json")).unwrap();
    let schemas = &document["components"]["schemas"];
    let (interfaces, unions) = (interfaces(&types), unions(&types));
    let (mut objects, mut words) = (0, 0);
    for (name, schema) in schemas.as_object().unwrap() {
        if let Some(theirs) = interfaces.get(name) {
            assert_eq!(&fields(schemas, schema), theirs, "{name}");
            objects += 1;
        }
        let enumeration =
            schema["enum"].as_array().map(|all| all.iter().map(|w| w.as_str().unwrap().to_owned()).collect::<Names>());
        if let (Some(ours), Some(theirs)) = (enumeration, unions.get(name)) {
            assert_eq!(&ours, theirs, "{name}");
            words += 1;
        }
    }
    assert!(
        objects >= 116 && words >= 40,
        "only {objects} objects and {words} word lists have the same name on both sides"
    );
}

#[test]
fn every_path_the_front_end_calls_is_described() {
    let document: Value = serde_json::from_str(&read("src/api/openapi.json")).unwrap();
    let described: Names = document["paths"].as_object().unwrap().keys().cloned().collect();
    let clients = ["api.ts", "settings-api.ts", "sync-api.ts"].map(shared).concat();
    let called: Names =
        clients.split('\'').skip(1).step_by(2).filter(|text| text.starts_with("/api/")).map(str::to_owned).collect();
    assert_eq!(called, described);
}
