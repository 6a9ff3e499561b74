//! Statements out of the words of good ones, put together at random: whatever comes, the engine answers or refuses; it
//! never hands SQLite something that SQLite cannot run.

use std::sync::LazyLock;

use jiff::civil::{date, datetime};
use proptest::{
    prelude::*,
    sample::select,
    strategy::{BoxedStrategy, Union},
};

use super::{Engine, SuiteQlError};
use crate::sandbox::data::{chinook, decorate};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let shop = chinook::load().expect("the shop's books");
    Engine::new(&decorate::decorate(&shop, date(2026, 11, 21), decorate::Extent::Part)).expect("an engine")
});

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Text,
    Date,
}

// In a shape, `#` stands for a number, `$` for a text, `@` for a date, `!` for any value and `?` for a condition.

const NUMBERS: &[&str] = &["t.id", "t.foreigntotal", "t.entity", "1", ".5", "-3", "ROWNUM", "NULL", "'12'"];

const NUMBER_SHAPES: &[&str] = &[
    "# + #",
    "# - #",
    "# * #",
    "# / #",
    "ROUND(#, 1)",
    "ABS(#)",
    "FLOOR(#)",
    "MOD(#, 7)",
    "NVL(#, #)",
    "LENGTH($)",
    "INSTR($, $)",
    "SUM(#)",
    "COUNT(!)",
    "COUNT(DISTINCT !)",
    "AVG(#)",
    "MAX(#)",
    "COUNT(*)",
    "@ - @",
    "CASE WHEN ? THEN # ELSE # END",
    "DECODE($, 'A', #, 'B', #, #)",
    "GREATEST(#, #)",
    "TRUNC(#)",
    "(#)",
    "-#",
    "EXTRACT(YEAR FROM @)",
    "NULLIF(#, #)",
    "(SELECT MAX(x.id) FROM customer x WHERE x.id < #)",
];

const TEXTS: &[&str] =
    &["t.tranid", "t.memo", "t.status", "t.type", "'x'", "''", "'a''b'", "'CustInvc:A'", "NULL", "status"];

const TEXT_SHAPES: &[&str] = &[
    "UPPER($)",
    "$ || $",
    "! || !",
    "NVL($, $)",
    "NVL2(!, $, $)",
    "TO_CHAR(@, 'YYYY-MM-DD')",
    "TO_CHAR(#)",
    "SUBSTR($, #)",
    "REPLACE($, $, $)",
    "COALESCE($, $)",
    "BUILTIN.DF(t.status)",
    "BUILTIN.DF(t.entity)",
    "BUILTIN.CF(t.status)",
    "TRIM($)",
    "LPAD($, 5)",
    "CASE $ WHEN $ THEN $ END",
    "CASE WHEN ? THEN $ END",
    "MIN($)",
    "($)",
    "DECODE(#, #, $, $)",
    "CAST(# AS VARCHAR(20))",
];

const DATES: &[&str] = &["t.trandate", "t.duedate", "SYSDATE", "NULL"];

const DATE_SHAPES: &[&str] = &[
    "TRUNC(@)",
    "@ + #",
    "@ - #",
    "TO_DATE('2026-01-02', 'YYYY-MM-DD')",
    "NVL(@, @)",
    "MAX(@)",
    "LAST_DAY(@)",
    "CASE WHEN ? THEN @ END",
];

/// The words of a kind, and the shapes that make it.
const fn words(kind: Kind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        Kind::Number => (NUMBERS, NUMBER_SHAPES),
        Kind::Text => (TEXTS, TEXT_SHAPES),
        Kind::Date => (DATES, DATE_SHAPES),
    }
}

fn condition(depth: u32) -> BoxedStrategy<String> {
    let shapes = [
        "# = #",
        "# > $",
        "$ = $",
        "$ <> $",
        "t.status = $",
        "$ = t.status",
        "t.status IN ($, 'A')",
        "t.status NOT IN ('CustInvc:B')",
        "@ < @",
        "$ LIKE $",
        "# IN (#, #)",
        "$ IN ($, $)",
        "! IS NULL",
        "NOT (! IS NOT NULL)",
        "# BETWEEN # AND #",
        "(# = # OR $ = $)",
        "ROWNUM <= 3",
        "EXISTS (SELECT 1 FROM customer c WHERE c.id = t.entity AND # = #)",
        "t.entity IN (SELECT id FROM customer WHERE id < #)",
    ];
    shaped(select(shapes.to_vec()).boxed(), depth)
}

fn value(kind: Kind, depth: u32) -> BoxedStrategy<String> {
    let (leaves, shapes) = words(kind);
    let leaf = select(leaves).prop_map(str::to_owned).boxed();
    if depth == 0 { leaf } else { Union::new([leaf, shaped(select(shapes).boxed(), depth - 1)]).boxed() }
}

/// Fills the places of a shape.
fn shaped(shapes: BoxedStrategy<&'static str>, depth: u32) -> BoxedStrategy<String> {
    let fill = move |shape: &'static str| {
        let pieces: Vec<BoxedStrategy<String>> = shape
            .chars()
            .map(|c| match c {
                '#' => value(Kind::Number, depth),
                '$' => value(Kind::Text, depth),
                '@' => value(Kind::Date, depth),
                '!' => any_value(depth),
                '?' if depth == 0 => Just("1 = 1".to_owned()).boxed(),
                '?' => condition(depth - 1),
                other => Just(other.to_string()).boxed(),
            })
            .collect();
        pieces.prop_map(|pieces| pieces.concat())
    };
    shapes.prop_flat_map(fill).boxed()
}

fn any_value(depth: u32) -> BoxedStrategy<String> {
    Union::new([value(Kind::Number, depth), value(Kind::Text, depth), value(Kind::Date, depth)]).boxed()
}

fn statement() -> impl Strategy<Value = String> {
    let list = proptest::collection::vec(any_value(2), 1..3);
    let few = || proptest::option::weighted(0.3, any_value(1));
    (list, condition(2), few(), few(), any::<[bool; 3]>()).prop_map(
        |(list, condition, group, order, [sub, distinct, own])| {
            let list = match (&group, own) {
                (Some(group), true) => format!("{group}, COUNT(*)"),
                _ => list.join(", "),
            };
            let group = group.map_or_else(String::new, |g| format!(" GROUP BY {g}"));
            let order = order.map_or_else(String::new, |o| format!(" ORDER BY {o} DESC"));
            let from = if sub { "(SELECT * FROM transaction WHERE id < 20030) t" } else { "transaction t" };
            let distinct = if distinct { "DISTINCT " } else { "" };
            format!("SELECT {distinct}{list} FROM {from} WHERE t.id < 20020 AND {condition}{group}{order}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_statement_breaks_the_engine(sql in statement()) {
        let answer = ENGINE.query(&sql, &[], (5, 0), datetime(2026, 11, 21, 14, 5, 9, 0));
        prop_assert!(!matches!(answer, Err(SuiteQlError::Inside(_))), "{}: {:?}", sql, answer);
    }
}
