//! A person's name, and how two of them compare.
//!
//! Two members of one family often share a mailbox, a phone and an address. So a difference that could be a slip of the
//! keyboard but is as often another person ("Jan" and "Jana", "Jean" and "Jean-Pierre", senior and junior) counts as one.

use super::{
    Party,
    fold::{self, Likeness, filled, likeness, umlauts},
};

/// Titles and forms of address: part of how a person is spoken to, not of the name.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "herr",
    "frau",
    "hr",
    "fr",
    "dipl",
    "ing",
    "mag",
    "phd",
    "md",
    "mba",
    "msc",
    "bsc",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "sr",
    "sra",
    "srta",
    "sig",
    "様",
    "さん",
];

/// What tells a father from his son, at the end of a name.
const GENERATIONS: &[(&str, u8)] =
    &[("sr", 1), ("senior", 1), ("jr", 2), ("junior", 2), ("ii", 2), ("iii", 3), ("iv", 4)];

/// Short forms that are used in business next to the full name, by group. Only where the name is the same without doubt in the
/// family ("Bob" is a Robert); there is no maintained list under a free licence that is free of doubtful pairs.
const SHORT: &[&[&str]] = &[
    &["alexander", "alex"],
    &["alexandra", "alex"],
    &["andrew", "andy"],
    &["anthony", "tony"],
    &["antonio", "toni"],
    &["benjamin", "ben"],
    &["catherine", "katherine", "kathryn", "kate", "katie", "kathy", "cathy"],
    &["charles", "charlie", "chuck"],
    &["christopher", "chris"],
    &["christine", "christina", "chris"],
    &["daniel", "dan", "danny"],
    &["david", "dave"],
    &["deborah", "debra", "debbie", "deb"],
    &["edward", "ed", "eddie", "ted"],
    &["elizabeth", "liz", "beth", "betty", "lisa"],
    &["francisco", "paco"],
    &["gregory", "greg"],
    &["james", "jim", "jimmy", "jamie"],
    &["jennifer", "jen", "jenny"],
    &["jeffrey", "geoffrey", "jeff", "geoff"],
    &["johannes", "hannes", "hans"],
    &["john", "jack", "johnny"],
    &["jonathan", "jon"],
    &["jose", "pepe"],
    &["joseph", "joe", "josef"],
    &["kenneth", "ken"],
    &["lawrence", "laurence", "larry"],
    &["margaret", "maggie", "peggy"],
    &["matthew", "matt"],
    &["michael", "mike", "mick"],
    &["nicholas", "nicolas", "nick"],
    &["patrick", "pat"],
    &["patricia", "pat", "patty"],
    &["peter", "pete"],
    &["philip", "phillip", "phil"],
    &["rebecca", "becky"],
    &["richard", "rick", "rich", "dick"],
    &["robert", "rob", "bob", "bobby"],
    &["ronald", "ron"],
    &["samantha", "sam"],
    &["samuel", "sam"],
    &["stephen", "steven", "stefan", "steve"],
    &["susan", "suzanne", "sue"],
    &["theodore", "theo", "ted"],
    &["thomas", "tom", "tommy"],
    &["timothy", "tim"],
    &["victoria", "vicky"],
    &["walter", "walt"],
    &["william", "will", "bill", "billy"],
    &["zachary", "zach", "zack"],
];

/// A person's name, ready to compare. A hyphen joins given names ("Jean-Pierre" is one name) and splits family names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PersonName {
    /// Given names.
    pub(super) given: Vec<String>,
    /// Words of the family name.
    pub(super) family: Vec<String>,
    /// 1 senior, 2 junior and so on.
    pub(super) generation: Option<u8>,
}

/// How one part of a name compares with the other side's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Two different names.
    Far,
    /// Many letters in common.
    Similar,
    /// One slip within the word.
    Slip,
    /// One side does not say.
    Silent,
    /// A short form, an initial, or one of several names.
    Variant,
    /// The same.
    Equal,
}

/// Whether two names may belong to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They are the same name.
    Same,
    /// One side has no name, or only a part, and nothing differs.
    Unknown,
    /// They look alike, but may be two members of a family.
    Alike,
    /// Two names.
    Other,
}

/// Two names side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Compared {
    /// The given names.
    pub(super) given: Part,
    /// The family names.
    pub(super) family: Part,
    /// Whether given and family name stand in each other's place.
    pub(super) swapped: bool,
    /// Whether one is senior or junior and the other is not the same.
    pub(super) generation_differs: bool,
}

impl PersonName {
    /// Reads given and family name, or splits the full name where both are absent.
    pub(super) fn read(party: &Party) -> Self {
        let mut name = Self::default();
        match (filled(party.given.as_ref()), filled(party.family.as_ref()), filled(party.name.as_ref())) {
            (None, None, Some(full)) => name.split(full),
            (given, family, _) => {
                name.given = given.map(given_words).unwrap_or_default();
                name.family = family.map(fold::words).unwrap_or_default();
            }
        }
        name.take_generation();
        if name.given.len() + name.family.len() > 1 {
            name.given.retain(|word| !TITLES.contains(&word.as_str()));
        }
        for word in name.given.iter_mut().chain(&mut name.family) {
            *word = umlauts(word);
        }
        name
    }

    /// "Berg, Anna" and "Anna Berg".
    fn split(&mut self, full: &str) {
        if let Some((family, given)) = full.split_once(',') {
            (self.family, self.given) = (fold::words(family), given_words(given));
            if self.given.iter().all(|word| generation(word).is_some()) {
                let generation = std::mem::take(&mut self.given);
                self.split_words(family);
                self.family.extend(generation);
            }
        } else {
            self.split_words(full);
        }
    }

    fn split_words(&mut self, full: &str) {
        let mut words = given_words(full);
        let last = words.iter().rposition(|word| generation(word).is_none()).unwrap_or(0);
        self.family = words.split_off(last.min(words.len()));
        self.given = words;
    }

    fn take_generation(&mut self) {
        for part in [&mut self.family, &mut self.given] {
            if part.len() > 1
                && let Some(found) = part.last().and_then(|word| generation(word))
            {
                part.pop();
                self.generation = Some(found);
            }
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty() && self.family.is_empty()
    }

    /// All of it, the same whatever stands in which place: for the index and for counting how common it is.
    pub(super) fn key(&self) -> String {
        let mut words: Vec<&str> = self.given.iter().chain(&self.family).map(String::as_str).collect();
        words.sort_unstable();
        words.join(" ")
    }
}

/// Compares two names, trying whether given and family name were exchanged.
pub(super) fn compare(a: &PersonName, b: &PersonName) -> Compared {
    let generation_differs = a.generation != b.generation;
    if !a.is_empty() && a.key() == b.key() {
        let swapped = a.given != b.given;
        return Compared { given: Part::Equal, family: Part::Equal, swapped, generation_differs };
    }
    let straight = (given(&a.given, &b.given), family(&a.family, &b.family));
    let crossed = (given(&a.given, &b.family).min(Part::Slip), given(&a.family, &b.given).min(Part::Slip));
    let worth = |parts: (Part, Part)| usize::from(parts.0 != Part::Far) + usize::from(parts.1 != Part::Far);
    let silent = [&a.given, &a.family, &b.given, &b.family].iter().any(|part| part.is_empty());
    let swapped = !silent && worth(crossed) > worth(straight);
    let (given, family) = if swapped { crossed } else { straight };
    Compared { given, family, swapped, generation_differs }
}

impl Compared {
    /// What it means where an exact key is equal.
    pub(super) fn agreement(self) -> Agreement {
        if self.generation_differs {
            return Agreement::Alike;
        }
        match (self.given, self.family) {
            (Part::Equal | Part::Variant, Part::Equal | Part::Variant)
            | (Part::Slip, Part::Equal)
            | (Part::Equal, Part::Slip)
                if !(self.swapped && self.given.min(self.family) < Part::Variant) =>
            {
                Agreement::Same
            }
            (Part::Silent, part) | (part, Part::Silent) if part >= Part::Silent => Agreement::Unknown,
            (given, family) if given > Part::Far && family > Part::Far => Agreement::Alike,
            _ => Agreement::Other,
        }
    }
}

fn generation(word: &str) -> Option<u8> {
    GENERATIONS.iter().find(|(written, _)| *written == word).map(|(_, number)| *number)
}

/// Given names: a hyphen joins.
fn given_words(text: &str) -> Vec<String> {
    fold::words(&text.replace(['-', '\u{2010}', '\u{2011}'], ""))
}

fn given(a: &[String], b: &[String]) -> Part {
    let (Some(first_a), Some(first_b)) = (a.first(), b.first()) else { return Part::Silent };
    if a == b || a.concat() == b.concat() {
        return Part::Equal;
    }
    if first_a == first_b || is_variant(first_a, first_b) || a.iter().any(|word| b.contains(word) && word.len() > 1) {
        return Part::Variant;
    }
    match likeness(first_a, first_b) {
        // The last letter tells a man from a woman in many languages.
        Likeness::Slip if first_a.chars().count().min(first_b.chars().count()) >= 6 && same_end(first_a, first_b) => {
            Part::Slip
        }
        Likeness::Far if !is_cut(first_a, first_b) => Part::Far,
        _ => Part::Similar,
    }
}

fn family(a: &[String], b: &[String]) -> Part {
    if a.is_empty() || b.is_empty() {
        return Part::Silent;
    }
    let (whole_a, whole_b) = (a.concat(), b.concat());
    if whole_a == whole_b {
        return Part::Equal;
    }
    // A name added at marriage, a second surname that one side leaves out.
    if a.len() != b.len() && (a.iter().all(|word| b.contains(word)) || b.iter().all(|word| a.contains(word))) {
        return Part::Variant;
    }
    match likeness(&whole_a, &whole_b) {
        Likeness::Slip => Part::Slip,
        Likeness::Far if !is_cut(&whole_a, &whole_b) => Part::Far,
        _ => Part::Similar,
    }
}

/// A known short form, or an initial.
fn is_variant(a: &str, b: &str) -> bool {
    let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    initial(a, b) || initial(b, a) || SHORT.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// Whether one is the beginning of the other, as where a field was too short.
fn is_cut(a: &str, b: &str) -> bool {
    let short = a.chars().count().min(b.chars().count());
    short >= 2 && (a.starts_with(b) || b.starts_with(a))
}

fn same_end(a: &str, b: &str) -> bool {
    a.chars().next_back() == b.chars().next_back()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn name(text: &str) -> PersonName {
        let (given, family) = text.split_once('|').unwrap();
        PersonName::read(&Party { given: Some(given.to_owned()), family: Some(family.to_owned()), ..Party::default() })
    }

    #[rstest]
    #[case("Anna|Berg", "ANNA|BERG", Agreement::Same)]
    #[case("Jürgen|Müller", "Juergen|Mueller", Agreement::Same)]
    #[case("Anna|Berg", "Berg|Anna", Agreement::Same)]
    #[case("Bob|Miller", "Robert|Miller", Agreement::Same)]
    #[case("R.|Miller", "Robert|Miller", Agreement::Same)]
    #[case("Anna|Berg", "Anna|Berg-Holm", Agreement::Same)]
    #[case("Anna Maria|Berg", "Anna|Berg", Agreement::Same)]
    #[case("Jonathan|Berg", "Jonathon|Berg", Agreement::Same)]
    #[case("Anna|Rodriguez", "Anna|Rodrigez", Agreement::Same)]
    #[case("Jan van|der Berg", "Jan|van der Berg", Agreement::Same)]
    #[case("Dr. Anna|Berg", "Anna|Berg", Agreement::Same)]
    #[case("|Berg", "Anna|Berg", Agreement::Unknown)]
    #[case("|", "Anna|Berg", Agreement::Unknown)]
    #[case("Jan|Novak", "Jana|Novak", Agreement::Alike)]
    #[case("Martin|Berg", "Martina|Berg", Agreement::Alike)]
    #[case("Jean|Dupont", "Jean-Pierre|Dupont", Agreement::Alike)]
    #[case("John|Smith Jr.", "John|Smith", Agreement::Alike)]
    #[case("John|Smith Jr.", "John|Smith Sr.", Agreement::Alike)]
    #[case("Anna|Berg", "Erik|Berg", Agreement::Other)]
    #[case("Anna|Berg", "Anna|Holm", Agreement::Other)]
    #[case("|Berg", "Anna|Holm", Agreement::Other)]
    fn a_family_is_not_one_person(#[case] a: &str, #[case] b: &str, #[case] expected: Agreement) {
        assert_eq!(compare(&name(a), &name(b)).agreement(), expected);
        assert_eq!(compare(&name(b), &name(a)).agreement(), expected);
    }

    #[rstest]
    #[case("Berg, Anna", "Anna Berg")]
    #[case("Smith, John, Jr.", "John Smith Jr")]
    #[case("John Smith, Jr.", "John Smith Junior")]
    #[case("山田 太郎", "山田　太郎")]
    fn a_full_name_is_split(#[case] a: &str, #[case] b: &str) {
        let read = |text: &str| PersonName::read(&Party { name: Some(text.to_owned()), ..Party::default() });
        assert_eq!(compare(&read(a), &read(b)).agreement(), Agreement::Same, "{:?} {:?}", read(a), read(b));
    }
}
