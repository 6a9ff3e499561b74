//! Laws that hold for any value and any text.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{
    Expr, MappingDoc, Scope, TargetRows, ValueTable, canon, compare, forms, row::field_form, tables::ValueTables,
    to_field, to_property,
};
use crate::{
    domain::field::{FieldInfo, FieldKind, FieldOption, Fields, Value},
    sync::flow::{Direction, Row, Winner},
};

const KINDS: [FieldKind; 12] = [
    FieldKind::Text,
    FieldKind::Email,
    FieldKind::Phone,
    FieldKind::Url,
    FieldKind::Number,
    FieldKind::Flag,
    FieldKind::Date,
    FieldKind::Instant,
    FieldKind::Money,
    FieldKind::Choice,
    FieldKind::Many,
    FieldKind::Reference,
];

fn options() -> Vec<FieldOption> {
    ["Gold", "Silver", "Bronze"]
        .into_iter()
        .enumerate()
        .map(|(at, label)| FieldOption { value: format!("o{at}"), label: label.to_owned() })
        .collect()
}

fn info(kind: FieldKind) -> FieldInfo {
    FieldInfo {
        name: "f".to_owned(),
        label: "F".to_owned(),
        kind,
        options: if matches!(kind, FieldKind::Choice | FieldKind::Many) { options() } else { Vec::new() },
        max_length: None,
        required: false,
        read_only: false,
        custom: false,
    }
}

/// Texts as both sides write them, and any other.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,24}",
        "-?[0-9]{1,18}(\\.[0-9]{1,9})?([eE]-?[0-9]{1,3})?",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?",
        "\\+?[0-9 ().-]{3,20}( ext\\.? ?[0-9]{1,4})?",
        "(https?://)?[A-Za-z]{1,8}\\.[A-Za-z]{2,3}(/[a-zA-Z]{0,4})?",
        "[A-Za-z.]{1,8}@[A-Za-z]{1,8}\\.[a-z]{2,3}",
        "([a-c ]{0,3};){0,4}[a-c]{0,3}",
    ]
}

/// A value of a field of this kind, as a connector gives it.
fn values(kind: FieldKind) -> BoxedStrategy<Value> {
    let text = |pattern: &'static str| pattern.prop_map(Value::Text).boxed();
    match kind {
        FieldKind::Email => text("[a-z0-9.]{1,12}@[a-z0-9]{1,12}\\.[a-z]{2,4}"),
        FieldKind::Phone => text("\\+?[0-9]{1,4}[0-9 -]{4,10}[0-9]"),
        FieldKind::Url => text("https?://[a-z]{1,9}\\.[a-z]{2,3}/[a-zA-Z0-9]{0,9}"),
        FieldKind::Number => {
            (any::<i64>(), 0_u32..9).prop_map(|(n, scale)| Value::Number(Decimal::new(n, scale))).boxed()
        }
        FieldKind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        FieldKind::Date => (-60_000_i64..60_000)
            .prop_map(|day| forms::day_of(day * 86_400_000).map_or(Value::Flag(true), Value::Date))
            .boxed(),
        FieldKind::Instant => (-4_000_000_000_000_i64..8_000_000_000_000)
            .prop_filter("shorter ones could be a day written together", |ms| ms.abs() >= 100_000_000)
            .prop_map(Value::Instant)
            .boxed(),
        FieldKind::Choice => {
            proptest::sample::select(options()).prop_map(|o| Value::Choice { id: o.value, label: o.label }).boxed()
        }
        FieldKind::Many => proptest::sample::subsequence(options(), 1..=3)
            .prop_map(|some| Value::Many(some.into_iter().map(|o| o.value).collect()))
            .boxed(),
        FieldKind::Text | FieldKind::Money | FieldKind::Reference => text("[!-~äöüßéñ日本]{1,12}( [!-~ø]{1,12})?"),
    }
}

/// Every kind that can be renamed both ways.
fn renamed() -> impl Strategy<Value = (FieldKind, Value)> {
    let kinds =
        KINDS.into_iter().filter(|kind| !matches!(kind, FieldKind::Money | FieldKind::Reference)).collect::<Vec<_>>();
    proptest::sample::select(kinds).prop_flat_map(|kind| (Just(kind), values(kind)))
}

fn any_row() -> impl Strategy<Value = Row> {
    let name = || "[a-z][a-z0-9_]{0,9}";
    let expression = || proptest::option::of(any::<String>());
    let direction = proptest::sample::select(vec![Direction::ToHubspot, Direction::ToErp, Direction::Both]);
    let winner = proptest::sample::select(vec![Winner::Newest, Winner::OnlyIfEmpty, Winner::Never]);
    (name(), name(), proptest::option::of(name()), expression(), expression(), direction, winner, any::<bool>())
        .prop_map(|(id, property, field, to_hubspot, to_erp, direction, winner, locked)| Row {
            id,
            property,
            field,
            to_hubspot,
            to_erp,
            direction,
            winner,
            table: None,
            locked,
        })
}

fn any_doc() -> impl Strategy<Value = MappingDoc> {
    let pairs = proptest::collection::vec((any::<String>(), any::<String>()), 0..4);
    let table = ("[a-z]{1,5}", pairs, proptest::option::of(any::<String>()))
        .prop_map(|(name, pairs, otherwise)| ValueTable { name, pairs, otherwise });
    let target =
        ("[a-z]{1,8}", proptest::collection::vec(any_row(), 0..4)).prop_map(|(key, rows)| TargetRows { key, rows });
    let targets = proptest::collection::vec(target, 0..3);
    (targets, proptest::collection::vec(table, 0..3)).prop_map(|(targets, tables)| MappingDoc {
        version: 1,
        flow: "customers".to_owned(),
        targets,
        tables,
    })
}

/// Pieces of expressions put together at random: most compile.
fn expressions() -> impl Strategy<Value = String> {
    let atom = || {
        prop_oneof![
            Just("a".to_owned()),
            Just("b".to_owned()),
            Just("c.id".to_owned()),
            Just("none".to_owned()),
            Just("[a, b]".to_owned()),
            "-?[0-9]{1,30}(\\.[0-9]{1,20})?",
            "'[a-zA-Z0-9%é日]{0,12}'",
        ]
    };
    let filter = || proptest::sample::select(super::FILTERS.to_vec());
    let piped = (atom(), proptest::collection::vec((filter(), proptest::option::of(atom())), 0..5)).prop_map(
        |(atom, filters)| {
            filters.into_iter().fold(atom, |text, (filter, argument)| match argument {
                Some(argument) => format!("{text}|{filter}({argument})"),
                None => format!("{text}|{filter}"),
            })
        },
    );
    let sign = proptest::sample::select(vec![
        " ~ ", " + ", " - ", " / ", " // ", " % ", " or ", " and ", " < ", " in ", " if ",
    ]);
    (piped.clone(), sign, piped).prop_map(|(left, sign, right)| format!("{left}{sign}{right}"))
}

fn hostile_tables() -> ValueTables {
    Arc::new(BTreeMap::new())
}

proptest! {
    #[test]
    fn the_form_of_a_form_is_itself(text in texts()) {
        for kind in KINDS {
            let form = canon(kind, &text);
            prop_assert_eq!(canon(kind, &form), form, "{:?}", kind);
        }
    }

    #[test]
    fn a_rename_comes_back_as_it_went((kind, value) in renamed()) {
        let info = info(kind);
        let text = to_property::to_property(&value, &info).map_err(|cause| TestCaseError::fail(format!("{kind:?} {cause:?}")))?;
        prop_assert!(!text.trim().is_empty());
        let read = to_field::of_property(&text, &info).unwrap();
        let back = to_field::to_field(&read, &info).map_err(|cause| TestCaseError::fail(format!("{kind:?} {cause:?}")))?;
        let sorted = |value: &Value| match (kind, value) {
            (FieldKind::Text, Value::Text(text)) => text.trim().to_owned(),
            _ => field_form(value),
        };
        prop_assert_eq!(sorted(&back), sorted(&value));
        // And what HubSpot was given is what it means.
        prop_assert_eq!(canon(kind, &to_property::to_property(&back, &info).unwrap()), canon(kind, &text));
    }

    #[test]
    fn no_text_makes_the_compiler_panic(text in any::<String>()) {
        let _ = Expr::compile(&text);
    }

    #[test]
    fn no_expression_panics_or_runs_long(text in expressions(), a in texts(), (_, b) in renamed(), id in any::<String>()) {
        let Ok(expr) = Expr::compile(&text) else { return Ok(()) };
        let fields = Fields::from([
            ("a".to_owned(), Value::Text(a)),
            ("b".to_owned(), b),
            ("c".to_owned(), Value::Choice { id: id.clone(), label: id }),
        ]);
        let tables = hostile_tables();
        let began = std::time::Instant::now();
        let outcome = expr.eval(&Scope::of_record(&fields, false, &tables));
        // A hang, not a slow machine: an ordinary run takes microseconds.
        prop_assert!(began.elapsed() < Duration::from_secs(10));
        if let Ok(super::Outcome::Value(value)) = outcome {
            for kind in KINDS {
                let _ = to_property::to_property(&value, &info(kind));
                let _ = to_field::to_field(&value, &info(kind));
            }
        }
    }

    #[test]
    fn any_property_is_read_without_panic(text in texts()) {
        for kind in KINDS {
            let info = info(kind);
            if let Some(value) = to_field::of_property(&text, &info) {
                let _ = to_field::to_field(&value, &info);
            }
        }
    }

    #[test]
    fn an_export_imports_as_the_same(doc in any_doc()) {
        prop_assert_eq!(MappingDoc::parse(&doc.to_text()), Ok(doc.clone()));
        prop_assert_eq!(MappingDoc::from_value(doc.to_value()), Ok(doc));
    }

    #[test]
    fn a_mapping_does_not_differ_from_itself(doc in any_doc()) {
        prop_assert_eq!(compare(&doc, &doc), []);
    }

    #[test]
    fn a_one_to_one_table_leads_back(words in proptest::collection::btree_map("[a-z ]{1,8}", "[A-Z]{1,8}", 1..8)) {
        let table = ValueTable { name: "t".to_owned(), pairs: words.into_iter().collect(), otherwise: None };
        prop_assume!(table.is_one_to_one());
        for (erp, hubspot) in &table.pairs {
            prop_assert_eq!(table.to_hubspot(erp), Some(hubspot.as_str()));
            prop_assert_eq!(table.to_erp(hubspot), Some(erp.as_str()));
        }
    }
}
