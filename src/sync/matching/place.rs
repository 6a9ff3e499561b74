//! Addresses: postcode, town, street.

use super::fold::{self, Likeness, likeness, umlauts};

/// Words for kinds of streets, in the languages the product serves, brought to one form: "Main St" is "Main Street".
const STREETS: &[(&str, &str)] = &[
    ("st", "street"),
    ("str", "street"),
    ("strasse", "street"),
    ("rd", "road"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("blvd", "boulevard"),
    ("bd", "boulevard"),
    ("ln", "lane"),
    ("dr", "drive"),
    ("ct", "court"),
    ("pl", "place"),
    ("cir", "circuit"),
    ("circle", "circuit"),
    ("cct", "circuit"),
    ("cres", "crescent"),
    ("cr", "crescent"),
    ("sq", "square"),
    ("hwy", "highway"),
    ("pde", "parade"),
    ("tce", "terrace"),
];

/// Street lines: the names' words in order, and the numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Street {
    /// Words of letters, sorted: one side has the number first, the other the lines exchanged.
    pub(super) words: Vec<String>,
    /// Words with a digit, sorted.
    pub(super) numbers: Vec<String>,
}

impl Street {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (mut numbers, mut words): (Vec<String>, Vec<String>) = fold::words(text)
            .into_iter()
            .map(|word| {
                let long = STREETS.iter().find(|(short, _)| *short == word).map(|(_, long)| (*long).to_owned());
                // "Hauptstr." and "Hauptstrasse" are one word in German.
                long.unwrap_or_else(|| {
                    umlauts(word.strip_suffix("strasse").or(word.strip_suffix("str")).unwrap_or(&word))
                })
            })
            .filter(|word| !word.is_empty())
            .partition(|word| word.chars().any(|sign| sign.is_ascii_digit()));
        words.sort_unstable();
        numbers.sort_unstable();
        (!words.is_empty() || !numbers.is_empty()).then_some(Self { words, numbers })
    }

    /// All of it, for the index and for counting how common it is.
    pub(super) fn key(&self) -> String {
        let all: Vec<&str> = self.numbers.iter().chain(&self.words).map(String::as_str).collect();
        all.join(" ")
    }

    /// [`Likeness::Slip`] stands for the same street with a word written differently, [`Likeness::Similar`] for half of it.
    pub(super) fn likeness(&self, other: &Self) -> Likeness {
        if self == other {
            return Likeness::Equal;
        }
        let (few, many) = if self.words.len() <= other.words.len() { (self, other) } else { (other, self) };
        let found =
            few.words.iter().filter(|word| many.words.iter().any(|w| likeness(word, w) > Likeness::Far)).count();
        let numbers_agree = self.numbers.iter().any(|number| other.numbers.contains(number));
        let all = !few.words.is_empty() && found == few.words.len();
        if all && numbers_agree {
            Likeness::Slip
        } else if all || (numbers_agree && found > 0) {
            Likeness::Similar
        } else {
            Likeness::Far
        }
    }
}

/// A postcode's letters and digits.
pub(super) fn postcode(text: &str) -> Option<String> {
    let code = fold::words(text).concat();
    (code.len() >= 3 && code.chars().any(|sign| sign.is_ascii_digit())).then_some(code)
}

/// A town's name, its words run together.
pub(super) fn city(text: &str) -> Option<String> {
    let city = fold::words(text).iter().map(|word| umlauts(word)).collect::<String>();
    (!city.is_empty()).then_some(city)
}

/// Whether two postcodes differ by one sign.
pub(super) fn near(a: &str, b: &str) -> bool {
    strsim::osa_distance(a, b) == 1
}

/// The eight digits of a date, or nothing where it is none.
pub(super) fn birth_date(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let shaped = text.chars().all(|sign| sign.is_ascii_digit() || sign == '-');
    (shaped && digits.len() == 8).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn street(text: &str) -> Street {
        Street::read(text).unwrap()
    }

    #[test]
    fn a_street_is_written_in_many_ways() {
        assert_eq!(street("12 Main St").likeness(&street("Main Street 12")), Likeness::Equal);
        assert_eq!(street("Hauptstraße 5a").likeness(&street("Hauptstr. 5a")), Likeness::Equal);
        assert_eq!(street("3271 Highland Cir").likeness(&street("3271 Hihgland Circle")), Likeness::Slip);
        assert_eq!(street("12 Main St").likeness(&street("7 Oak Lane")), Likeness::Far);
    }

    #[test]
    fn codes_and_dates_have_one_form() {
        assert_eq!(postcode("SW1A 1AA").as_deref(), Some("sw1a1aa"));
        assert_eq!(postcode("-"), None);
        assert_eq!(city("Sankt-Gallen"), city("sankt gallen"));
        assert_eq!(birth_date("1970-02-28").as_deref(), Some("19700228"));
        assert_eq!(birth_date("28.02.1970"), None);
        assert!(near("3212", "3221") && !near("3212", "4223"));
    }
}
