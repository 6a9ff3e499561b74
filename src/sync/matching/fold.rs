//! Folding: the same word written in two ways becomes the same text.
//!
//! Promises: folding twice changes nothing more; letters of scripts whose marks carry meaning (kana, Indic vowels) keep
//! them. Never: a folded text that is shown to anybody; it is for comparison only.

use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::UnicodeNormalization;

/// Case, compatibility forms (full width, ligatures), accents, and signs nobody sees are gone; what is left is in NFC.
pub(super) fn fold(text: &str) -> String {
    // Twice, because lower-casing can bring a mark of its own ("İ") and stripping a mark can bring letters together.
    once(&once(text))
}

fn once(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        match sign {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ħ' => plain.push('h'),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            sign if is_accent(sign) || is_unseen(sign) => {}
            sign => plain.push(sign),
        }
    }
    plain.nfc().collect()
}

/// Marks that change a Latin, Greek or Cyrillic letter only, and the optional vowel points of Hebrew and Arabic. Not the
/// voicing marks of kana nor the vowel signs of Indic scripts: without them it is another word.
fn is_accent(sign: char) -> bool {
    matches!(sign,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{0591}'..='\u{05BD}' | '\u{064B}'..='\u{0652}')
}

/// Zero-width signs, direction marks, soft hyphens and control codes other than white space: they come along from web
/// pages and PDFs.
fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
        || (sign.is_control() && !sign.is_whitespace())
}

/// The folded words of `text`: runs of letters and digits. A dot after a single letter joins ("S.A." is "sa"), an
/// apostrophe too ("O'Neill" is "oneill").
pub(super) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut letters = 0;
    for sign in fold(text).chars() {
        match sign {
            '\'' | '’' | 'ʼ' | '`' | '´' => {}
            '.' if letters == 1 => letters = 0,
            sign if sign.is_alphanumeric() || is_voicing(sign) => {
                word.push(sign);
                letters += 1;
            }
            _ => {
                if !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
                letters = 0;
            }
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// Marks that belong to the letter before them although Unicode does not count them as letters.
fn is_voicing(sign: char) -> bool {
    unicode_normalization::char::is_combining_mark(sign)
}

/// A word with the German way of writing umlauts taken back: "mueller", which stands for "müller", becomes "muller", as
/// folding makes of "müller". For comparison it does no harm that "samuel" becomes "samul".
pub(super) fn umlauts(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for sign in word.chars() {
        if !(sign == 'e' && plain.ends_with(['a', 'o', 'u'])) {
            plain.push(sign);
        }
    }
    plain
}

/// A trimmed text, or nothing where it is absent or blank.
pub(super) fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// A short code of a value and of what it is, for the index. It lives as long as the run and is stored nowhere.
pub(super) fn code(what: &str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish()
}

/// How alike two folded words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// Two different words.
    Far,
    /// So many letters in common that both may be the same word, badly written.
    Similar,
    /// One slip: a letter too many, missing, wrong or exchanged with its neighbour, in a word long enough for it.
    Slip,
    /// The same.
    Equal,
}

/// Compares two folded words. Digits are never taken for a slip: "store 12" is not "store 13".
pub(super) fn likeness(a: &str, b: &str) -> Likeness {
    if a == b {
        return Likeness::Equal;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if digits(a) != digits(b) {
        return Likeness::Far;
    }
    let short = a.chars().count().min(b.chars().count());
    let distance = strsim::osa_distance(a, b);
    if distance == 1 && short >= 5 {
        Likeness::Slip
    } else if short >= 3 && (distance * 3 <= short + 1 || strsim::jaro_winkler(a, b) >= 0.88) {
        Likeness::Similar
    } else {
        Likeness::Far
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Müller", "muller")]
    #[case("STRAẞE", "strasse")]
    #[case("Łódź", "lodz")]
    #[case("ＡＢＣ", "abc")]
    #[case("İstanbul", "istanbul")]
    #[case("A\u{200B}nna", "anna")]
    #[case("ガス", "ガス")]
    #[case("हिन्दी", "हिन्दी")]
    #[case("한국", "한국")]
    fn a_word_has_one_folded_form(#[case] text: &str, #[case] folded: &str) {
        assert_eq!(fold(text), folded);
    }

    #[test]
    fn words_are_split_as_people_read_them() {
        assert_eq!(words("S.A.R.L. O'Neill & Fils"), ["sarl", "oneill", "fils"]);
        assert_eq!(words("Amazon.com, Inc."), ["amazon", "com", "inc"]);
        assert_eq!(words("  "), Vec::<String>::new());
    }

    #[test]
    fn a_number_is_no_slip() {
        assert_eq!(likeness("store12", "store13"), Likeness::Far);
        assert_eq!(likeness("andrews", "andrwes"), Likeness::Slip);
        assert_eq!(likeness("rodriguez", "rodrigez"), Likeness::Slip);
        assert_eq!(likeness("anna", "erik"), Likeness::Far);
    }
}
