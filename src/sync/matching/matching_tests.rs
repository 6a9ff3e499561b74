//! What is linked, what goes to a person, and what is left alone, case by case.

use rstest::rstest;

use super::{ExactOutcome, Found, Index, Key, Party, PartyKind, Reason, Verdict, Why, compare, exact, find, propose};

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// "given|family|e-mail|phone|company".
fn person(text: &str) -> Party {
    let mut parts = text.split('|');
    let mut next = || parts.next().unwrap_or_default();
    let (given, family, email, phone, company) = (next(), next(), next(), next(), next());
    Party {
        given: some(given),
        family: some(family),
        emails: some(email).into_iter().collect(),
        phones: some(phone).into_iter().collect(),
        company: some(company),
        ..Party::default()
    }
}

/// "name|domain|country|postcode|phone".
fn company(text: &str) -> Party {
    let mut parts = text.split('|');
    let mut next = || parts.next().unwrap_or_default();
    let (name, domain, country, postcode, phone) = (next(), next(), next(), next(), next());
    Party {
        kind: PartyKind::Company,
        name: some(name),
        domains: some(domain).into_iter().collect(),
        country: some(country),
        postcode: some(postcode),
        phones: some(phone).into_iter().collect(),
        ..Party::default()
    }
}

fn index(parties: Vec<Party>) -> Index<usize> {
    Index::build(1_000, parties.into_iter().enumerate()).unwrap()
}

fn reasons(outcome: ExactOutcome<usize>) -> Vec<Reason> {
    match outcome {
        ExactOutcome::Contradicted(found) => found.into_iter().flat_map(|proposal| proposal.reasons).collect(),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case("Anna|Berg|a@x.ch", "ANNA|BERG|A@X.CH")]
#[case("Anna|Berg|a@x.ch|030 1234567", "Anna|Berg|a@x.ch|089 7654321")]
#[case("||a@x.ch", "Anna|Berg|a@x.ch")]
#[case("|Berg|a@x.ch", "Anna|Berg|a@x.ch")]
#[case("Bob|Miller|a@x.ch||Acme", "Robert|Miller|a@x.ch||Other")]
fn an_equal_address_links_where_nothing_contradicts(#[case] row: &str, #[case] other: &str) {
    assert_eq!(exact(&[Key::Email], &person(row), &index(vec![person(other)])), ExactOutcome::One(0));
}

#[rstest]
#[case("Anna|Berg|info@x.ch", "Erik|Holm|info@x.ch", Reason::NameDiffers)]
#[case("Jan|Novak|n@x.cz|02 1234567", "Jana|Novak|n@x.cz|02 1234567", Reason::NameDiffers)]
#[case("John|Smith Sr|s@x.uk", "John|Smith Jr|s@x.uk", Reason::GenerationDiffers)]
#[case("||s@x.uk||Acme", "||s@x.uk||Borealis", Reason::NameDiffers)]
fn a_shared_mailbox_goes_to_a_person(#[case] row: &str, #[case] other: &str, #[case] why: Reason) {
    let found = reasons(exact(&[Key::Email], &person(row), &index(vec![person(other)])));
    assert!(found.starts_with(&[Reason::Email]) && found.contains(&why), "{found:?}");
}

#[test]
fn another_birth_date_is_another_person() {
    let born = |date: &str| Party { birth_date: some(date), ..person("John|Smith|s@x.uk") };
    let found = reasons(exact(&[Key::Email], &born("1950-01-02"), &index(vec![born("1980-03-04")])));
    assert!(found.contains(&Reason::BirthDateDiffers), "{found:?}");
    assert_eq!(exact(&[Key::Email], &born("1950-01-02"), &index(vec![born("19500102")])), ExactOutcome::One(0));
}

#[test]
fn of_a_shared_mailbox_the_one_with_the_name_is_linked() {
    let rows = index(vec![person("Erik|Holm|info@x.ch"), person("Anna|Berg|info@x.ch"), person("||info@x.ch")]);
    assert_eq!(exact(&[Key::Email], &person("Anna|Berg|info@x.ch"), &rows), ExactOutcome::One(1));
    let two = index(vec![person("Anna|Berg|info@x.ch|030 1234567"), person("Anna|Berg|info@x.ch|030 7654321")]);
    assert!(
        matches!(exact(&[Key::Email], &person("Anna|Berg|info@x.ch"), &two), ExactOutcome::Several(found) if found.len() == 2)
    );
    // Nameless beside a stranger: the mailbox may be either's.
    let either = index(vec![person("Erik|Holm|info@x.ch"), person("||info@x.ch")]);
    assert!(matches!(exact(&[Key::Email], &person("Anna|Berg|info@x.ch"), &either), ExactOutcome::Several(_)));
}

#[test]
fn of_several_the_one_equal_in_every_field_is_linked() {
    let two = index(vec![person("Anna|Berg|info@x.ch|030 1234567"), person("Anna|Berg|info@x.ch|030 7654321")]);
    assert_eq!(exact(&[Key::Email], &person("Anna|Berg|info@x.ch|030/7654321"), &two), ExactOutcome::One(1));
}

#[test]
fn keys_are_asked_in_their_order() {
    let keyed = |party: Party| Party { numbers: vec![("vat".to_owned(), "DE 123-456".to_owned())], ..party };
    let rows = index(vec![person("Anna|Berg|a@x.ch"), keyed(person("Erik|Holm|e@x.ch"))]);
    let row = Party { numbers: vec![("vat".to_owned(), "de123456".to_owned())], ..person("Anna|Berg|a@x.ch") };
    let vat = Key::Number("vat".to_owned());
    assert_eq!(exact(&[vat.clone(), Key::Email], &row, &rows), ExactOutcome::One(1));
    assert_eq!(exact(&[Key::Email, vat], &row, &rows), ExactOutcome::One(0));
    assert_eq!(exact(&[Key::Number("siret".to_owned())], &row, &rows), ExactOutcome::None);
    assert_eq!(exact(&[], &row, &rows), ExactOutcome::None);
}

#[rstest]
#[case("Acme GmbH|acme.com|DE", "ACME|www.acme.com|", true)]
#[case("Acme GmbH|acme.com|DE", "Acme Ltd|acme.com|", false)]
#[case("Acme|acme.com|DE", "Acme|acme.com|FR", false)]
#[case("Acme|acme.com|", "Acme France|acme.com|", false)]
fn a_subsidiary_is_never_linked_by_the_domain(#[case] row: &str, #[case] other: &str, #[case] linked: bool) {
    let outcome = exact(&[Key::Domain], &company(row), &index(vec![company(other)]));
    let contradicted = matches!(outcome, ExactOutcome::Contradicted(_));
    assert_eq!((outcome == ExactOutcome::One(0), contradicted), (linked, !linked));
}

#[test]
fn a_companys_name_links_only_at_one_place() {
    let rows = index(vec![company("Acme GmbH|||10115|"), company("Borealis||||+49 30 1234567")]);
    let by_name = |text: &str| exact(&[Key::Name], &company(text), &rows);
    assert_eq!(by_name("Acme|||10115|"), ExactOutcome::One(0));
    assert_eq!(by_name("Acme|||20095|"), ExactOutcome::None);
    assert_eq!(by_name("Acme||||"), ExactOutcome::None);
    assert_eq!(by_name("Borealis AG||||030 1234567"), ExactOutcome::One(1));
    let people = index(vec![person("Anna|Berg||030 1234567")]);
    assert_eq!(exact(&[Key::Name], &person("Anna|Berg||030 1234567"), &people), ExactOutcome::None);
}

#[test]
fn an_exact_duplicate_needs_no_address() {
    let rows = index(vec![person("Katie|Townsend||+1 681 555 0145|Eclipse"), person("Katie|Townsend|||Eclipse")]);
    let whole = |text: &str| exact(&[Key::Email, Key::Whole], &person(text), &rows);
    assert_eq!(
        whole("KATIE|Townsend||681-555-0145|Eclipse Inc."),
        ExactOutcome::None,
        "the legal form is one thing more"
    );
    assert_eq!(whole("KATIE|Townsend||+1-681-555-0145|eclipse"), ExactOutcome::One(0));
    assert_eq!(whole("Katie|Townsend|||Eclipse"), ExactOutcome::None, "a name and an employer are too little");
}

#[test]
fn the_same_name_is_not_the_same_person() {
    let rows = index(vec![person("John|Smith|john@x.uk|020 1111111"), person("John|Smith|js@y.uk|020 2222222")]);
    assert_eq!(find(&[Key::Email, Key::Whole], &person("John|Smith|j.smith@z.uk|020 3333333"), &rows), Found::Nobody);
}

#[test]
fn a_person_is_never_a_company() {
    let rows = index(vec![company("Anna Berg|x.ch|||030 1234567")]);
    let row = Party { domains: vec!["x.ch".to_owned()], ..person("Anna|Berg|anna@x.ch|030 1234567") };
    assert_eq!(find(&[Key::Email, Key::Domain, Key::Name, Key::Whole], &row, &rows), Found::Nobody);
    assert_eq!(compare(&row, &company("Anna Berg|x.ch|||030 1234567")), Verdict::Different);
}

#[test]
fn a_family_is_not_proposed_but_a_slip_is() {
    let rows = index(vec![person("Erik|Berg||030 1234567|Berg & Co"), person("Ana|Bergg||030 1234567|Berg Co")]);
    let found = propose(&person("Anna|Berg||+49 30 1234567|Berg"), &rows);
    assert_eq!(found.iter().map(|proposal| proposal.id).collect::<Vec<_>>(), [1]);
    assert!(found.iter().all(|proposal| proposal.reasons.contains(&Reason::Phone)), "{found:?}");
}

#[test]
fn the_scored_stage_proposes_and_never_links() {
    let rows = index(vec![company("Nordwnd Logistik|nordwind.de||20095|040 1234567")]);
    let row = company("Nordwind Logistik GmbH|||20095|+49 40 1234567");
    match find(&[Key::Domain, Key::Whole], &row, &rows) {
        Found::Review { why: Why::Fuzzy, candidates } => assert_eq!(candidates.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_contradicted_row_shows_the_likelier_one_beside() {
    let rows = index(vec![person("Erik|Holm|anna@x.ch"), person("Anna|Berg|anna.berg@x.ch|030 1234567|Acme")]);
    match find(&[Key::Email], &person("Anna|Berg|anna@x.ch|030 1234567|Acme"), &rows) {
        Found::Review { why: Why::Contradicted, candidates } => {
            assert_eq!(candidates.iter().map(|found| found.id).collect::<Vec<_>>(), [1, 0]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_many_share_says_less() {
    let crowd = (0..64)
        .map(|number| person(&format!("Staff{number}|Member|||Acme")))
        .map(|party| Party { phones: vec!["030 1234567".to_owned()], ..party });
    let one = person("Ana|Bergg||030 1234567|");
    let row = person("Anna|Berg||030 1234567|Acme");
    let few = propose(&row, &index(vec![one.clone()]));
    let many = propose(&row, &index(crowd.chain([one]).collect()));
    assert_eq!((few.len(), many.len()), (1, 0));
}

#[test]
fn an_index_is_bounded() {
    let parties = |count: usize| (0..count).map(|id| (id, person("Anna|Berg")));
    assert_eq!(Index::build(2, parties(2)).map(|index| (index.len(), index.is_empty())), Ok((2, false)));
    assert_eq!(
        Index::build(2, parties(3)).err().map(|full| full.to_string()),
        some("more rows than the 2 that the index may hold")
    );
}

#[test]
fn nothing_shows_a_value() {
    let shown = format!("{:?}", person("Annamarked|Bergmarked|marked@x.ch|030 1234567|Markedcompany"));
    assert_eq!(shown, "Party { kind: Person, .. }");
}
