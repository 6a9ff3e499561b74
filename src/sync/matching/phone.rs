//! Phone numbers, brought so far that two notations of one number compare as equal.
//!
//! No numbering plan is needed for that: a national number is a suffix of the international one, whatever the country, once
//! the trunk zero is off. What is never done is to guess a country for a number that will be dialled or stored.

use super::fold::fold;

/// Fewer digits than this are a short code or a slip, and no key.
const SHORTEST: usize = 7;

/// A phone number's digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Phone {
    /// With country code where it was written with `+` or `00`.
    digits: String,
    /// Whether the country code is in `digits`.
    international: bool,
    /// What is dialled after the number.
    extension: Option<String>,
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PhoneLikeness {
    /// Two numbers.
    Far,
    /// One digit differs, or two extensions of one switchboard.
    Near,
    /// The same number.
    Equal,
}

impl Phone {
    /// Nothing where there are too few digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = fold(text.trim());
        let (number, extension) = split_extension(&text);
        let digits = digits_of(&number.replace("(0)", ""));
        let international = number.trim_start().starts_with('+') || digits.starts_with("00");
        let digits = digits.trim_start_matches('0').to_owned();
        let extension = extension.map(digits_of).filter(|extension| !extension.is_empty());
        (digits.len() >= SHORTEST).then_some(Self { digits, international, extension })
    }

    /// The part in which every notation of the number agrees, for the index and for counting how common it is.
    pub(super) fn tail(&self) -> &str {
        &self.digits[self.digits.len() - SHORTEST..]
    }

    /// Parts of which one survives a wrong digit, and an extension that was run together with the number.
    pub(super) fn parts(&self) -> [String; 3] {
        let whole = self.whole();
        let end = self.digits.len();
        let middle = end.saturating_sub(9)..end - 4;
        [whole[whole.len() - SHORTEST..].to_owned(), self.digits[end - 5..].to_owned(), self.digits[middle].to_owned()]
    }

    fn whole(&self) -> String {
        format!("{}{}", self.digits, self.extension.as_deref().unwrap_or_default())
    }

    /// How it compares with another number.
    pub(super) fn likeness(&self, other: &Self) -> PhoneLikeness {
        let (mine, theirs) = (self.whole(), other.whole());
        if mine == theirs || doubled(&mine, &theirs) || doubled(&theirs, &mine) {
            return PhoneLikeness::Equal;
        }
        if self.same_line(other) {
            return match (&self.extension, &other.extension) {
                (Some(a), Some(b)) if a != b => PhoneLikeness::Near,
                _ => PhoneLikeness::Equal,
            };
        }
        let near = self.extension == other.extension && strsim::osa_distance(&self.digits, &other.digits) == 1;
        if near && self.digits.len().min(other.digits.len()) >= 9 { PhoneLikeness::Near } else { PhoneLikeness::Far }
    }

    fn same_line(&self, other: &Self) -> bool {
        let (short, long) = if self.digits.len() <= other.digits.len() { (self, other) } else { (other, self) };
        // Two numbers that both say their country are the same only if they agree in it.
        short.digits == long.digits
            || (!short.international && long.international && long.digits.ends_with(&short.digits))
    }
}

/// Whether `long` is `short` with its country code written twice ("+1 1 681 …"), as forms do that put it before what was
/// typed.
fn doubled(long: &str, short: &str) -> bool {
    long.strip_suffix(short).is_some_and(|code| (1..=3).contains(&code.len()) && short.starts_with(code))
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// "x", "ext", "#" and ";" begin an extension once there are digits enough for a number: "fax" before it does not. The text
/// is folded.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let mut digits = 0;
    for (at, sign) in text.char_indices() {
        if sign.is_ascii_digit() {
            digits += 1;
        } else if digits >= SHORTEST && matches!(sign, 'x' | '#' | ';') {
            return (&text[..at], Some(&text[at..]));
        }
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn phone(text: &str) -> Phone {
        Phone::read(text).unwrap()
    }

    #[rstest]
    #[case("+49 (0)30 123456-78", "030/12345678", PhoneLikeness::Equal)]
    #[case("0049 30 12345678", "+49 30 12345678", PhoneLikeness::Equal)]
    #[case("+1-681-555-0145 x3748", "16815550145 ext. 3748", PhoneLikeness::Equal)]
    #[case("+1-681-555-0145 x3748", "+1 681 555 0145", PhoneLikeness::Equal)]
    #[case("+1-681-555-0145 x3748", "+1-681-555-0145 x3749", PhoneLikeness::Near)]
    #[case("+1-681-555-0145", "+1-681-555-0146", PhoneLikeness::Near)]
    #[case("+1 44 681 555 0145", "+1-681-555-0145", PhoneLikeness::Far)]
    #[case("+1 (16) 81-5550145", "+1-681-555-0145", PhoneLikeness::Equal)]
    #[case("+49 30 12345678", "+43 30 12345678", PhoneLikeness::Near)]
    #[case("+49 30 12345678", "+358 30 12345678", PhoneLikeness::Far)]
    #[case("030 12345678", "089 87654321", PhoneLikeness::Far)]
    fn one_number_has_many_notations(#[case] a: &str, #[case] b: &str, #[case] expected: PhoneLikeness) {
        assert_eq!(phone(a).likeness(&phone(b)), expected);
        assert_eq!(phone(b).likeness(&phone(a)), expected);
    }

    #[test]
    fn a_short_code_is_no_key() {
        assert_eq!(Phone::read("112"), None);
        assert_eq!(Phone::read("x"), None);
    }
}
