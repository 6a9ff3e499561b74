//! A company's name: what is left without its legal form, and how two of them compare.

use super::{
    fold::{self, Likeness, likeness, umlauts},
    legal,
};

/// A company's name, ready to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompanyName {
    /// The words without legal forms.
    pub(super) words: Vec<String>,
    /// The words run together: "Net Work" and "Network" are one name.
    pub(super) core: String,
    /// The legal forms it named.
    pub(super) forms: Vec<&'static str>,
}

impl CompanyName {
    /// Nothing where the text has no letter or digit.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut forms = Vec::new();
        let joined = legal::take_joined(&fold::fold(text), &mut forms);
        let mut words: Vec<String> = fold::words(&joined);
        if words.is_empty() {
            words = fold::words(text);
        }
        legal::take(&mut words, &mut forms);
        for word in &mut words {
            *word = umlauts(word);
        }
        forms.sort_unstable();
        let core = words.concat();
        (!core.is_empty()).then_some(Self { words, core, forms })
    }

    /// Whether both name a legal form and none in common: two legal persons.
    pub(super) fn forms_differ(&self, other: &Self) -> bool {
        !self.forms.is_empty() && !other.forms.is_empty() && !self.forms.iter().any(|form| other.forms.contains(form))
    }
}

/// How two company names compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CompanyLikeness {
    /// Two names.
    Far,
    /// One is the other's initials, or has more words ("Acme" and "Acme France", which may be a subsidiary).
    Part,
    /// Written differently, most letters the same.
    Similar,
    /// One slip in a long name.
    Slip,
    /// The same name.
    Equal,
}

pub(super) fn compare(a: &CompanyName, b: &CompanyName) -> CompanyLikeness {
    if a.core == b.core {
        return CompanyLikeness::Equal;
    }
    match likeness(&a.core, &b.core) {
        // In a short name one letter makes another company.
        Likeness::Slip if a.core.chars().count().min(b.core.chars().count()) >= 8 => return CompanyLikeness::Slip,
        Likeness::Slip | Likeness::Similar if !is_part(a, b) => return CompanyLikeness::Similar,
        _ => {}
    }
    if is_part(a, b) || is_initials(a, b) || is_initials(b, a) {
        return CompanyLikeness::Part;
    }
    let (few, many) = if a.words.len() <= b.words.len() { (a, b) } else { (b, a) };
    let alike = few.words.iter().filter(|word| many.words.iter().any(|w| likeness(word, w) > Likeness::Far)).count();
    if few.words.len() == many.words.len() && few.words.len() > 1 && alike == few.words.len() {
        CompanyLikeness::Similar
    } else {
        CompanyLikeness::Far
    }
}

/// Whether every word of the shorter name is in the longer one.
fn is_part(a: &CompanyName, b: &CompanyName) -> bool {
    let (few, many) = if a.words.len() <= b.words.len() { (a, b) } else { (b, a) };
    few.words.len() < many.words.len() && few.words.iter().all(|word| many.words.contains(word))
}

/// Whether `short` is one word made of the first letters of the words of `long`.
fn is_initials(short: &CompanyName, long: &CompanyName) -> bool {
    let initials: String = long.words.iter().filter_map(|word| word.chars().next()).collect();
    short.words.len() == 1 && long.words.len() > 1 && short.core == initials
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn name(text: &str) -> CompanyName {
        CompanyName::read(text).unwrap()
    }

    #[rstest]
    #[case("Müller GmbH & Co. KG", "Mueller")]
    #[case("The Smith and Sons Company Ltd.", "Smith & Sons")]
    #[case("株式会社山田", "山田")]
    #[case("山田㈱", "山田")]
    #[case("S.A.R.L. Dupont", "dupont")]
    #[case("Novák, s.r.o.", "Novak")]
    #[case("Data Works Oy", "DataWorks")]
    #[case("Kowalski Sp. z o.o.", "Kowalski")]
    fn a_legal_form_is_no_part_of_the_name(#[case] long: &str, #[case] short: &str) {
        assert_eq!(compare(&name(long), &name(short)), CompanyLikeness::Equal, "{:?}", name(long));
    }

    #[test]
    fn a_subsidiary_is_not_its_parent() {
        assert_eq!(compare(&name("Acme"), &name("Acme France SAS")), CompanyLikeness::Part);
        assert!(name("Acme GmbH").forms_differ(&name("Acme Ltd")));
        assert!(!name("Acme").forms_differ(&name("Acme Ltd")));
        assert!(!name("Acme Co., Ltd.").forms_differ(&name("Acme Limited")));
    }

    #[test]
    fn a_name_that_is_only_a_form_stays_a_name() {
        assert_eq!(name("AG").core, "ag");
        assert_eq!(name("株式会社").core, "株式会社");
        assert!(CompanyName::read(" - ").is_none());
    }

    #[test]
    fn one_letter_makes_another_company_in_a_short_name_only() {
        assert_eq!(compare(&name("Nordwind Logistik"), &name("Nordwnd Logistik")), CompanyLikeness::Slip);
        assert_ne!(compare(&name("Arla"), &name("Aral")), CompanyLikeness::Slip);
        assert_eq!(compare(&name("GS"), &name("Global Services")), CompanyLikeness::Part);
    }
}
