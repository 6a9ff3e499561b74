//! Values from one side's form to the other's, and the table of kinds that says so beforehand.

use rstest::rstest;

use super::{
    Cause, FitState, Reason, ValueTable, canon, fit, forms,
    to_field::{of_property, to_field},
    to_property::to_property,
    unmatched,
};
use crate::{
    domain::{
        field::{FieldInfo, FieldKind, FieldOption, Value},
        money::Money,
    },
    sync::flow::Direction,
};

fn info(kind: FieldKind) -> FieldInfo {
    let listed = matches!(kind, FieldKind::Choice | FieldKind::Many);
    let option = |value: &str, label: &str| FieldOption { value: value.to_owned(), label: label.to_owned() };
    FieldInfo {
        name: "f".to_owned(),
        label: "F".to_owned(),
        kind,
        options: if listed { vec![option("g1", "Gold"), option("s1", "Silver")] } else { Vec::new() },
        max_length: None,
        required: false,
        read_only: false,
        custom: false,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn choice(id: &str, label: &str) -> Value {
    Value::Choice { id: id.to_owned(), label: label.to_owned() }
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn eur(amount: &str) -> Value {
    Value::Money(Money::parse(amount, "EUR".parse().unwrap()).unwrap())
}

#[rstest]
#[case(text(" Ada "), FieldKind::Text, Ok("Ada"))]
#[case(number("12.50"), FieldKind::Number, Ok("12.5"))]
#[case(number("-0.0"), FieldKind::Number, Ok("0"))]
#[case(text("1e3"), FieldKind::Number, Ok("1000"))]
#[case(text("1,5"), FieldKind::Number, Err(Cause::InvalidNumber))]
#[case(eur("12.5"), FieldKind::Number, Ok("12.5"))]
#[case(eur("12.5"), FieldKind::Text, Ok("12.50 EUR"))]
#[case(Value::Flag(true), FieldKind::Flag, Ok("true"))]
#[case(text("F"), FieldKind::Flag, Ok("false"))]
#[case(text("maybe"), FieldKind::Flag, Err(Cause::InvalidOption))]
#[case(Value::Date("2026-02-28".parse().unwrap()), FieldKind::Date, Ok("2026-02-28"))]
#[case(Value::Date("2026-02-28".parse().unwrap()), FieldKind::Instant, Ok("1772236800000"))]
#[case(Value::Instant(1_772_323_199_999), FieldKind::Date, Ok("2026-02-28"))]
#[case(Value::Instant(1_772_236_800_000), FieldKind::Instant, Ok("1772236800000"))]
#[case(Value::Instant(1_772_236_800_000), FieldKind::Text, Ok("2026-02-28T00:00:00.000Z"))]
#[case(text("28.02.2026"), FieldKind::Date, Err(Cause::InvalidDate))]
#[case(text("2026-02-30"), FieldKind::Date, Err(Cause::InvalidDate))]
#[case(text("20260228"), FieldKind::Date, Err(Cause::InvalidDate))]
#[case(text("Ada@Example.COM"), FieldKind::Email, Ok("ada@example.com"))]
#[case(text("a@x.de; b@x.de"), FieldKind::Email, Err(Cause::InvalidEmail))]
#[case(text("nobody"), FieldKind::Email, Err(Cause::InvalidEmail))]
#[case(choice("7", "Gold"), FieldKind::Choice, Ok("g1"))]
#[case(choice("g1", "Or"), FieldKind::Choice, Ok("g1"))]
#[case(text("SILVER"), FieldKind::Choice, Ok("s1"))]
#[case(text("Tin"), FieldKind::Choice, Err(Cause::InvalidOption))]
#[case(choice("7", "Gold"), FieldKind::Text, Ok("Gold"))]
#[case(Value::Many(vec!["Silver".to_owned(), "g1".to_owned(), "Gold".to_owned()]), FieldKind::Many, Ok("s1;g1"))]
#[case(text("gold;silver"), FieldKind::Many, Ok("g1;s1"))]
#[case(text("gold;tin"), FieldKind::Many, Err(Cause::InvalidOption))]
fn a_value_gets_hubspots_form(#[case] value: Value, #[case] kind: FieldKind, #[case] expected: Result<&str, Cause>) {
    assert_eq!(to_property(&value, &info(kind)), expected.map(str::to_owned));
}

#[test]
fn what_is_too_long_is_a_fault_and_not_cut() {
    let short = FieldInfo { max_length: Some(4), ..info(FieldKind::Text) };
    assert_eq!(to_property(&text("Anna"), &short), Ok("Anna".to_owned()));
    assert_eq!(to_property(&text("Annas"), &short), Err(Cause::TooLong));
    assert_eq!(to_property(&text("ab😀"), &short), Ok("ab😀".to_owned()));
    assert_eq!(to_property(&text("abc😀"), &short), Err(Cause::TooLong));
    assert_eq!(to_property(&text(&"x".repeat(65_537)), &info(FieldKind::Text)), Err(Cause::TooLong));
    assert_eq!(to_field(&text("Annas"), &short), Err(Cause::TooLong));
}

#[rstest]
#[case("true", FieldKind::Flag, FieldKind::Flag, Ok(Value::Flag(true)))]
#[case("1772236800000", FieldKind::Date, FieldKind::Date, Ok(Value::Date("2026-02-28".parse().unwrap())))]
#[case("2026-02-28T10:00:00Z", FieldKind::Instant, FieldKind::Instant, Ok(Value::Instant(1_772_272_800_000)))]
#[case("g1", FieldKind::Choice, FieldKind::Text, Ok(text("Gold")))]
#[case("g1", FieldKind::Choice, FieldKind::Choice, Ok(choice("g1", "Gold")))]
#[case("Gold", FieldKind::Text, FieldKind::Choice, Ok(choice("g1", "Gold")))]
#[case("Tin", FieldKind::Text, FieldKind::Choice, Err(Cause::InvalidOption))]
#[case("s1;g1", FieldKind::Many, FieldKind::Many, Ok(Value::Many(vec!["s1".to_owned(), "g1".to_owned()])))]
#[case("12.50", FieldKind::Number, FieldKind::Number, Ok(number("12.5")))]
#[case("12.50", FieldKind::Number, FieldKind::Money, Err(Cause::InvalidNumber))]
#[case("twelve", FieldKind::Text, FieldKind::Number, Err(Cause::InvalidNumber))]
fn a_property_becomes_a_value_of_the_erp(
    #[case] written: &str,
    #[case] from: FieldKind,
    #[case] to: FieldKind,
    #[case] expected: Result<Value, Cause>,
) {
    let read = of_property(written, &info(from)).unwrap();
    let got = to_field(&read, &info(to));
    // A value shows no content in its debug text, so that equality is what is asserted.
    assert!(got == expected, "{written} as {to:?}");
}

#[rstest]
#[case(FieldKind::Date, "2026-02-28", "1772236800000", true)]
#[case(FieldKind::Instant, "2026-02-28T00:00:00Z", "1772236800000", true)]
#[case(FieldKind::Instant, "2026-02-28T00:00:00+01:00", "1772236800000", false)]
#[case(FieldKind::Number, "1.50", "1.5", true)]
#[case(FieldKind::Number, "1.2E7", "12000000", true)]
#[case(FieldKind::Flag, "TRUE", "true", true)]
#[case(FieldKind::Email, "Ada@Example.com ", "ada@example.com", true)]
#[case(FieldKind::Phone, "+49 (30) 12-34", "0049301234", true)]
#[case(FieldKind::Phone, "+49301234 ext. 5", "+49301234", false)]
#[case(FieldKind::Url, "HTTPS://Acme.de/", "https://acme.de", true)]
#[case(FieldKind::Url, "https://acme.de/A", "https://acme.de/a", false)]
#[case(FieldKind::Many, "a;b", "b;a;", true)]
#[case(FieldKind::Choice, "Gold", "gold", false)]
#[case(FieldKind::Text, "a\r\nb ", "a\nb", true)]
#[case(FieldKind::Text, "Ada", "ada", false)]
#[case(FieldKind::Text, "1.50", "1.5", false)]
fn two_texts_are_the_same_when_hubspot_means_the_same(
    #[case] kind: FieldKind,
    #[case] a: &str,
    #[case] b: &str,
    #[case] same: bool,
) {
    assert_eq!(canon(kind, a) == canon(kind, b), same, "{a} {b}");
}

const KINDS: [FieldKind; 11] = [
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
];

/// A value that any field of this kind may have, odd ones among them.
fn samples(kind: FieldKind) -> Vec<Value> {
    match kind {
        FieldKind::Text => ["x@y.de", "12", "2026-01-01", "true", "Gold", "g1;s1"].map(text).to_vec(),
        FieldKind::Email => vec![text("x@y.de")],
        FieldKind::Phone => vec![text("+49 30 1")],
        FieldKind::Url => vec![text("https://y.de")],
        FieldKind::Number => vec![number("1"), number("-12.75")],
        FieldKind::Flag => vec![Value::Flag(true), Value::Flag(false)],
        FieldKind::Date => vec![Value::Date("2026-01-01".parse().unwrap())],
        FieldKind::Instant => vec![Value::Instant(1_772_272_800_000)],
        FieldKind::Money => vec![eur("12.50")],
        FieldKind::Choice => vec![choice("g1", "Gold"), choice("s1", "Silver")],
        FieldKind::Many => vec![Value::Many(vec!["g1".to_owned(), "s1".to_owned()])],
        FieldKind::Reference => vec![text("12")],
    }
}

#[test]
fn the_table_of_kinds_says_what_the_conversions_do() {
    for from in KINDS {
        for to in KINDS {
            let outcomes: Vec<_> = samples(from).iter().map(|value| to_property(value, &info(to)).is_ok()).collect();
            let fit = fit(&info(from), &info(to), None, Direction::ToHubspot);
            // A connector gives all of these as texts: that an address is no number to dial only the kinds can tell.
            let texts = |kind| matches!(kind, FieldKind::Email | FieldKind::Phone | FieldKind::Url);
            if texts(from) && texts(to) {
                continue;
            }
            match fit.state {
                FitState::Good => assert!(outcomes.iter().all(|ok| *ok), "{from:?} → {to:?} is said to be good"),
                FitState::Impossible => {
                    assert!(outcomes.iter().all(|ok| !ok), "{from:?} → {to:?} is said to be impossible");
                }
                FitState::Lossy => assert!(!fit.reasons.is_empty(), "{from:?} → {to:?}"),
            }
        }
    }
}

#[test]
fn options_are_compared_by_word_and_by_label() {
    let erp = info(FieldKind::Choice);
    let with = |options: &[(&str, &str)]| FieldInfo {
        options: options.iter().map(|(v, l)| FieldOption { value: (*v).to_owned(), label: (*l).to_owned() }).collect(),
        ..info(FieldKind::Choice)
    };
    let fit = |hubspot: &FieldInfo| fit(&erp, hubspot, None, Direction::ToHubspot);
    assert_eq!(fit(&with(&[("GOLD", "Or"), ("x", "silver")])).state, FitState::Good);
    assert_eq!(fit(&with(&[("a", "Gold"), ("b", "Silver"), ("c", "Tin")])).state, FitState::Good);
    assert_eq!(fit(&with(&[("a", "Gold"), ("c", "Tin")])).reasons, [Reason::SomeOptions]);
    assert_eq!(fit(&with(&[("c", "Tin")])).reasons, [Reason::NoOption]);
    assert_eq!(fit(&with(&[("c", "Tin")])).state, FitState::Impossible);
}

#[test]
fn what_nobody_can_write_is_impossible_that_way_only() {
    let read_only = FieldInfo { read_only: true, ..info(FieldKind::Text) };
    let plain = info(FieldKind::Text);
    assert_eq!(fit(&plain, &read_only, None, Direction::ToHubspot).reasons, [Reason::ReadOnly]);
    assert_eq!(fit(&read_only, &plain, None, Direction::ToHubspot).state, FitState::Good);
    assert_eq!(fit(&read_only, &plain, None, Direction::Both).state, FitState::Impossible);
    assert_eq!(
        fit(&info(FieldKind::Money), &info(FieldKind::Number), None, Direction::ToHubspot).reasons,
        [Reason::CurrencyLost]
    );
    let back = fit(&info(FieldKind::Money), &info(FieldKind::Number), None, Direction::ToErp);
    assert_eq!((back.state, back.reasons[0]), (FitState::Impossible, Reason::CurrencyUnknown));
}

fn table(pairs: &[(&str, &str)], otherwise: Option<&str>) -> ValueTable {
    let pairs = pairs.iter().map(|(erp, hubspot)| ((*erp).to_owned(), (*hubspot).to_owned())).collect();
    ValueTable { name: "t".to_owned(), pairs, otherwise: otherwise.map(str::to_owned) }
}

#[test]
fn a_table_knows_words_whatever_their_case() {
    let sectors = table(&[("Retail", "RETAIL"), ("3", "TRADE")], None);
    assert_eq!(sectors.to_hubspot(" retail"), Some("RETAIL"));
    assert_eq!(sectors.of(&choice("3", "Grosshandel")), Some("TRADE"));
    assert_eq!(sectors.of(&choice("9", "Retail")), Some("RETAIL"));
    assert_eq!(sectors.to_erp("trade"), Some("3"));
    assert_eq!(sectors.to_hubspot("Mining"), None);
    assert_eq!(table(&[], Some("OTHER")).to_hubspot("Mining"), Some("OTHER"));
}

#[test]
fn one_to_one_means_nothing_twice_and_nothing_left_over() {
    assert!(table(&[("a", "A"), ("b", "B")], None).is_one_to_one());
    assert!(!table(&[("a", "A"), ("b", "a")], None).is_one_to_one());
    assert!(!table(&[("a", "A"), ("A ", "B")], None).is_one_to_one());
    assert!(!table(&[("a", "A")], Some("B")).is_one_to_one());
}

#[test]
fn unmatched_values_are_listed_by_how_often_they_were_met() {
    let sectors = table(&[("Retail", "RETAIL")], Some("OTHER"));
    let values = [
        text("Mining"),
        choice("4", "Farming"),
        text("retail"),
        text("Mining"),
        Value::Many(vec!["Retail".to_owned(), "Farming".to_owned(), "Mining".to_owned()]),
    ];
    assert_eq!(unmatched(&sectors, &values), [("Mining".to_owned(), 3), ("Farming".to_owned(), 2)]);
}

#[test]
fn numbers_that_fit_nowhere_are_no_numbers() {
    for bad in ["", "1e999999999", "1e-999999999", "1.2.3", "٣", "0x10", "NaN", "1_000", &"9".repeat(40)] {
        assert_eq!(forms::number(bad), None, "{bad}");
    }
}
