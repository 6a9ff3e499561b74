//! What holds for any two rows: symmetry, folding once and for all, no panic on any text, no link over a contradiction.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    ExactOutcome, Found, Index, Key, Party, PartyKind, Verdict, compare, exact, facts::Facts, find, fold,
    score::contradictions,
};

/// Texts of any script, and pieces that matching treats in a way of their own.
fn text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "Anna",
        "Ana",
        "Berg",
        "Müller",
        "Mueller",
        "Jr.",
        "Dr.",
        "GmbH",
        "株式会社",
        "S.A.",
        "Sp. z o.o.",
        ",",
        "-",
        "'",
        "ß",
        "İ",
        "x12",
        "+49",
        "(0)",
        "00",
        "030 1234567",
        "@",
        "acme.de",
        "..",
        "a@b.de",
        "1970-01-02",
        "12 Main St",
        "\u{301}",
        "\u{200B}",
        " ",
        "#",
        "DE",
    ];
    prop_oneof![any::<String>(), vec(select(pieces), 0..5).prop_map(|some| some.concat())]
}

fn party() -> impl Strategy<Value = Party> {
    let kind = prop_oneof![Just(PartyKind::Person), Just(PartyKind::Company)];
    let names = (option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    let lists = (vec(text(), 0..3), vec(text(), 0..3), vec(text(), 0..2));
    let place = (option::of(text()), option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    (kind, names, lists, place).prop_map(|(kind, names, lists, place)| Party {
        kind,
        given: names.0,
        family: names.1,
        name: names.2,
        company: names.3,
        emails: lists.0,
        phones: lists.1,
        domains: lists.2,
        postcode: place.0,
        city: place.1,
        street: place.2,
        country: place.3,
        birth_date: place.4,
        numbers: Vec::new(),
    })
}

/// Two rows that have something in common.
fn pair() -> impl Strategy<Value = (Party, Party)> {
    (party(), party(), any::<[bool; 4]>()).prop_map(|(one, mut other, shared)| {
        if shared[0] {
            other.kind = one.kind;
        }
        if shared[1] {
            other.emails.push("shared@acme.de".to_owned());
        }
        if shared[2] {
            (other.given, other.family, other.name) = (one.given.clone(), one.family.clone(), one.name.clone());
        }
        if shared[3] {
            other.phones.clone_from(&one.phones);
        }
        let mut emails = one.emails.clone();
        emails.push("shared@acme.de".to_owned());
        (Party { emails, ..one }, other)
    })
}

const KEYS: [Key; 4] = [Key::Email, Key::Domain, Key::Name, Key::Whole];

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in text()) {
        let once = fold::fold(&text);
        prop_assert_eq!(&fold::fold(&once), &once);
        for word in fold::words(&text) {
            let plain = fold::umlauts(&word);
            prop_assert_eq!(&fold::umlauts(&plain), &plain);
        }
    }

    #[test]
    fn neither_side_matters((one, other) in pair()) {
        prop_assert_eq!(compare(&one, &other), compare(&other, &one));
        let linked = |row: &Party, there: &Party| {
            let index = Index::build(1, [(0, there.clone())]).unwrap();
            exact(&KEYS, row, &index) == ExactOutcome::One(0)
        };
        prop_assert_eq!(linked(&one, &other), linked(&other, &one));
    }

    #[test]
    fn what_contradicts_is_never_linked((one, other) in pair()) {
        let against = contradictions(&Facts::of(&one), &Facts::of(&other));
        let index = Index::build(1, [(0, other.clone())]).unwrap();
        let linked = matches!(find(&KEYS, &one, &index), Found::One(_));
        let same = matches!(compare(&one, &other), Verdict::Same(_));
        prop_assert!(against.is_empty() || !(linked || same), "{:?}", against);
        prop_assert!(one.kind == other.kind || !(linked || same));
    }

    #[test]
    fn nothing_is_linked_without_an_exact_key(one in party(), other in party()) {
        let index = Index::build(1, [(0, other)]).unwrap();
        prop_assert!(!matches!(find(&[], &one, &index), Found::One(_)));
    }
}
