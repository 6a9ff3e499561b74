//! What expressions come to, and what is refused, with its place.

use std::{collections::BTreeMap, sync::Arc};

use rstest::rstest;

use super::{Expr, Outcome, Problem, Scope, Span, ValueTable, tables::ValueTables};
use crate::domain::{
    field::{Fields, Value},
    money::Money,
};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn record() -> Fields {
    let fields = [
        ("firstname", text("Ada")),
        ("lastname", text("o'neill-BYRON")),
        ("companyname", text("Acme GmbH & Co. KG")),
        ("email", text("Ada@Mail.Acme.co.uk; billing@acme.co.uk, ada@mail.acme.co.uk")),
        ("private", text("ada@gmail.com")),
        ("phone", text("030 1234567")),
        ("country", text("DE")),
        ("url", text("https://www.acme.de/shop?x=1")),
        ("score", Value::Number("12.35".parse().unwrap())),
        ("orders", Value::Number("7".parse().unwrap())),
        ("exact", Value::Number("1234567890123456.789".parse().unwrap())),
        ("isperson", Value::Flag(true)),
        ("birthday", Value::Date("1985-12-31".parse().unwrap())),
        ("created", Value::Instant(1_704_063_600_000)), // 2023-12-31T23:00:00Z
        ("limit", Value::Money(Money::parse("1500", "EUR".parse().unwrap()).unwrap())),
        ("category", Value::Choice { id: "3".to_owned(), label: "Retail".to_owned() }),
        ("tags", Value::Many(vec!["red".to_owned(), "blue".to_owned()])),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn tables() -> ValueTables {
    let pairs = vec![("Retail".to_owned(), "RETAIL".to_owned()), ("Trade".to_owned(), "WHOLESALE".to_owned())];
    let table = ValueTable { name: "sectors".to_owned(), pairs, otherwise: None };
    Arc::new(BTreeMap::from([("sectors".to_owned(), Arc::new(table))]))
}

fn eval(expression: &str) -> Result<Outcome, Problem> {
    let (fields, tables) = (record(), tables());
    let compiled = Expr::compile(expression).map_err(|error| error.problem)?;
    compiled.eval(&Scope::of_record(&fields, true, &tables)).map_err(|error| error.problem)
}

#[rstest]
#[case("firstname ~ ' ' ~ lastname|title", "Ada O'Neill-Byron")]
#[case("join_name(firstname, nickname, lastname|title)", "Ada O'Neill-Byron")]
#[case("nickname or firstname", "Ada")]
#[case("'Dr ' ~ nickname ~ firstname", "Dr Ada")]
#[case("companyname|strip_legal_form|upper", "ACME")]
#[case("email|first_email", "ada@mail.acme.co.uk")]
#[case("email|other_emails", "billing@acme.co.uk")]
#[case("email|domain_of", "acme.co.uk")]
#[case("private|domain_of or url|domain_of", "acme.de")]
#[case("phone|phone(country)", "+49301234567")]
#[case("phone|digits", "0301234567")]
#[case("'+1 416-555-0199 x12'|phone", "+14165550199 ext. 12")]
#[case("phone|phone", "030 1234567")]
#[case("country|country_name", "Germany")]
#[case("'Österreich'|country_code", "AT")]
#[case("category", "Retail")]
#[case("category.id", "3")]
#[case("category|lookup('sectors')", "RETAIL")]
#[case("'WHOLESALE'|lookup_erp('sectors')", "Trade")]
#[case("limit.currency", "EUR")]
#[case("limit", "1500.00 EUR")]
#[case("limit ~ '!'", "1500.00 EUR!")]
#[case("birthday", "1985-12-31")]
#[case("birthday|date('%d.%m.%Y')", "31.12.1985")]
#[case("created|date", "2023-12-31")]
#[case("created|date('', 'Europe/Berlin')", "2024-01-01")]
#[case("created|instant", "2023-12-31T23:00:00.000Z")]
#[case("'31/12/1985'|read_date('%d/%m/%Y')", "1985-12-31")]
#[case("firstname[:2]", "Ad")]
#[case("lastname|truncate(4)", "o'ne")]
#[case("nickname|default('none given')", "none given")]
#[case("tags|join(' + ')", "red + blue")]
#[case("tags|first", "red")]
#[case("'a; b ;;c'|split(';')|last", "c")]
#[case("'yes' if isperson else 'no'", "yes")]
#[case("'old' if inactive and orders > 5", "old")]
#[case("'early' if birthday < '1990-01-01' else 'late'", "early")]
#[case("'r' if category in ['Retail', 'Trade'] else 'o'", "r")]
#[case("isperson ~ ''", "True")]
#[case("isperson|text", "true")]
#[case("firstname|replace('a', 'e')", "Ade")]
#[case("lastname|lower|capitalize", "O'neill-byron")]
#[case("'a\n b'|words", "a b")]
fn an_expression_comes_to_a_text(#[case] expression: &str, #[case] expected: &str) {
    let outcome = eval(expression).unwrap();
    let shown = match &outcome {
        Outcome::Value(Value::Text(text)) => text.clone(),
        Outcome::Value(Value::Money(money)) => money.to_string(),
        other => panic!("{expression}: {other:?}"),
    };
    assert_eq!(shown, expected, "{expression}");
}

#[rstest]
#[case("score", "12.35")]
#[case("orders + 1", "8")]
#[case("score + 0.05", "12.4")]
#[case("score|times(3)", "37.05")]
#[case("orders|divided_by(2)|round(1)", "3.5")]
#[case("exact", "1234567890123456.789")]
#[case("exact|plus(0.001)", "1234567890123456.79")]
#[case("limit.amount", "1500")]
#[case("'4.5'|number|minus(1)", "3.5")]
#[case("0.1 + 0.2", "0.3")]
#[case("firstname|length", "3")]
fn numbers_stay_exact(#[case] expression: &str, #[case] expected: &str) {
    let shown = match eval(expression).unwrap() {
        Outcome::Value(Value::Number(number)) => number.normalize().to_string(),
        // A number that the engine could not hold exactly comes as its text.
        Outcome::Value(Value::Text(text)) => text,
        other => panic!("{expression}: {other:?}"),
    };
    assert_eq!(shown, expected, "{expression}");
}

#[rstest]
#[case("nickname")]
#[case("none")]
#[case("nickname|lower|trim|strip_legal_form")]
#[case("nickname|phone(country)")]
#[case("nickname|lookup('sectors')")]
#[case("nickname|date('%Y')")]
#[case("nickname|times(2)")]
#[case("nickname[:3]")]
#[case("'x' if not isperson")]
#[case("private|domain_of")]
#[case("'Atlantis'|country_code")]
#[case("join_name(nickname, middlename)")]
#[case("nickname|join(', ')")]
#[case("category.amount")]
fn nothing_leaves_alone(#[case] expression: &str) {
    assert_eq!(eval(expression), Ok(Outcome::Nothing), "{expression}");
}

#[rstest]
#[case("''")]
#[case("nickname ~ ''")]
#[case("'' if isperson else firstname")]
#[case("nickname|default('')")]
#[case("firstname|digits")]
fn an_empty_text_clears(#[case] expression: &str) {
    assert_eq!(eval(expression), Ok(Outcome::Empty), "{expression}");
}

#[rstest]
#[case("isperson", true)]
#[case("not isperson", false)]
#[case("nickname is empty and firstname is given", true)]
#[case("nickname is not none", false)]
#[case("inactive", true)]
#[case("orders > 7", false)]
#[case("nickname > 1", false)]
#[case("limit.currency", true)]
#[case("firstname and nickname", false)]
#[case("category == 'Retail'", false)]
fn a_trigger_says_yes_or_no(#[case] expression: &str, #[case] expected: bool) {
    let (mut fields, tables) = (record(), tables());
    fields.insert("category".to_owned(), Value::Choice { id: "1".to_owned(), label: "Trade".to_owned() });
    let compiled = Expr::compile(expression).unwrap();
    assert_eq!(compiled.holds(&Scope::of_record(&fields, true, &tables)), Ok(expected), "{expression}");
}

#[rstest]
#[case("(firstname", Problem::Syntax)]
#[case("firstname lastname", Problem::Syntax)]
#[case("firstname|shout", Problem::UnknownFilter("shout".to_owned()))]
#[case("'' if isperson else firstname|shout", Problem::UnknownFilter("shout".to_owned()))]
#[case("firstname is odd", Problem::UnknownTest("odd".to_owned()))]
#[case("range(10)", Problem::UnknownFunction("range".to_owned()))]
#[case("firstname.upper()", Problem::Attribute)]
#[case("(category).id", Problem::Attribute)]
#[case("firstname.length", Problem::Attribute)]
#[case("'x' * 1000000000", Problem::Repeated)]
#[case("orders ** 9", Problem::Repeated)]
#[case("nickname == ''", Problem::ComparedWithNothing)]
#[case("none != nickname", Problem::ComparedWithNothing)]
#[case("category|lookup(firstname)", Problem::TableName)]
#[case("category|lookup", Problem::TableName)]
#[case("category|lookup('nowhere')", Problem::UnknownTable("nowhere".to_owned()))]
#[case("firstname|lookup('sectors')", Problem::Unmatched("sectors".to_owned()))]
#[case("category.id ~ category_id", Problem::Ambiguous)]
#[case("limit + 1", Problem::Amount)]
#[case("limit|plus(1)", Problem::Amount)]
#[case("orders|times(limit)", Problem::Amount)]
#[case("limit.amount - 5", Problem::Amount)]
#[case("limit > 100", Problem::Amount)]
#[case("firstname + orders", Problem::Kind)]
#[case("1 / 0", Problem::Kind)]
#[case("orders|divided_by(0)", Problem::NotANumber)]
#[case("firstname|times(2)", Problem::NotANumber)]
#[case("firstname|date", Problem::NotADate)]
#[case("birthday|date('%Y', 'Mars/Base')", Problem::Arguments)]
#[case("firstname|replace('', 'x')", Problem::Arguments)]
#[case("firstname|truncate", Problem::Arguments)]
#[case("firstname|lower(1)", Problem::Arguments)]
#[case("{'a': 1}", Problem::Kind)]
fn what_cannot_be_is_refused(#[case] expression: &str, #[case] expected: Problem) {
    assert_eq!(eval(expression), Err(expected), "{expression}");
}

#[test]
fn a_problem_knows_its_place_in_characters() {
    let place = |expression: &str| Expr::compile(expression).unwrap_err().at;
    assert_eq!(place("'é' ~ name|shout"), Some(Span { from: 11, to: 16 }));
    assert_eq!(place("a * 2"), Some(Span { from: 2, to: 3 }));
    assert!(place("name ~ (").is_some());
    let (fields, tables) = (record(), tables());
    let failed = Expr::compile("'é' ~ (firstname + orders)").unwrap().eval(&Scope::of_record(&fields, false, &tables));
    assert_eq!(failed.unwrap_err().at, Some(Span { from: 7, to: 25 }));
}

#[test]
fn an_expression_knows_what_it_reads() {
    let expr = Expr::compile("join_name(a, b.id) ~ c|lookup('t') if d is empty and 'e' in [f|default('g')]").unwrap();
    assert_eq!(expr.fields().into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "f"]);
    assert_eq!(expr.tables().into_iter().collect::<Vec<_>>(), ["t"]);
}

#[test]
fn size_is_bounded_before_a_value_is_made() {
    let long = "x".repeat(40_000);
    let fields = Fields::from([("a".to_owned(), text(&long))]);
    let tables = tables();
    let scope = Scope::of_record(&fields, false, &tables);
    for expression in ["a ~ a", "a|replace('x', 'xxxxxxxx')", "a|replace('x', 'xx')|replace('x', 'xx')", "[a, a]|join"]
    {
        let problem = Expr::compile(expression).unwrap().eval(&scope).unwrap_err().problem;
        assert_eq!(problem, Problem::TooBig, "{expression}");
    }
    assert_eq!(Expr::compile(&format!("a{}", " ~ a".repeat(65))).unwrap_err().problem, Problem::TooLong);
    assert_eq!(Expr::compile(&"a".repeat(2_001)).unwrap_err().problem, Problem::TooLong);
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    for open in ["(", "[", "not ", "-", "a|default(", "a if "] {
        let nested = open.repeat(1_990 / open.len());
        assert!(Expr::compile(&nested).is_err(), "{open}");
    }
    let chain = format!("a{}", " or a".repeat(64));
    assert!(
        Expr::compile(&chain).is_ok_and(|expr| {
            expr.eval(&Scope::of_record(&Fields::new(), false, &tables())) == Ok(Outcome::Nothing)
        })
    );
}

#[test]
fn no_error_tells_a_value() {
    let (mut fields, tables) = (record(), tables());
    fields.insert("secret".to_owned(), text("Zebra-4711"));
    let scope = Scope::of_record(&fields, false, &tables);
    for expression in
        ["secret + 1", "secret|date", "secret|times(2)", "secret|lookup('sectors')", "1 % secret", "secret / 2"]
    {
        let error = Expr::compile(expression).unwrap().eval(&scope).unwrap_err();
        let told = format!("{error} {error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
        assert!(!told.contains("Zebra"), "{expression}: {told}");
    }
}
