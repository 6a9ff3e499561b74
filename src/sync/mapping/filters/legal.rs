//! Taking the legal form off a company's name that is shown: `Acme GmbH & Co. KG` becomes `Acme`.
//!
//! Promise: what is left is written as it was, and it is never nothing. Only forms that are no words of a name are taken;
//! "Company" and "The" stay.

/// As written, in lower case and without dots and spaces. From the company law of the countries whose ERPs and languages
/// the product serves.
const FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "asa",
    "as",
    "bhd",
    "bv",
    "bvba",
    "corp",
    "corporation",
    "cv",
    "doo",
    "eg",
    "ehf",
    "ek",
    "eood",
    "eurl",
    "ev",
    "gbr",
    "ggmbh",
    "gmbh",
    "gmbh&cokg",
    "hb",
    "inc",
    "incorporated",
    "kb",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "ltee",
    "mbh",
    "nv",
    "nyrt",
    "ohg",
    "ood",
    "ou",
    "oy",
    "oyj",
    "plc",
    "pllc",
    "pte",
    "pty",
    "publ",
    "pvt",
    "sa",
    "sadecv",
    "sapi",
    "sarl",
    "sas",
    "sasu",
    "sau",
    "sci",
    "scop",
    "sdn",
    "se",
    "sia",
    "sl",
    "slu",
    "snc",
    "spa",
    "spzoo",
    "sprl",
    "srl",
    "srls",
    "sro",
    "uab",
    "ug",
    "vof",
    "yk",
    "zrt",
    "ооо",
    "зао",
    "ао",
];

/// Forms that stand before the name in French and Russian usage.
const LEADING: &[&str] = &["eurl", "sarl", "sas", "sci", "snc", "ооо", "зао", "ао"];

/// Words that belong to a form and are taken only together with one.
const TOGETHER: &[&str] = &["&", "+", "and", "co", "cie", "et", "und", "haftungsbeschränkt"];

/// Written without a space, before or after the name.
const JOINED: &[&str] = &[
    "株式会社",
    "（株）",
    "(株)",
    "㈱",
    "合同会社",
    "有限会社",
    "（有）",
    "(有)",
    "㈲",
    "有限公司",
    "주식회사",
    "(주)",
    "㈜",
];

/// The name without its legal form.
pub(super) fn strip(name: &str) -> String {
    let mut rest = name.trim();
    for form in JOINED {
        let bare = rest.strip_prefix(form).or_else(|| rest.strip_suffix(form)).map(str::trim);
        rest = bare.filter(|bare| !bare.is_empty()).unwrap_or(rest);
    }
    let mut words: Vec<&str> = rest.split_whitespace().collect();
    while let Some(taken) = trailing(&words) {
        words.truncate(words.len() - taken);
        while words.len() > 1 && words.last().is_some_and(|word| TOGETHER.contains(&bare(word).as_str())) {
            words.pop();
        }
    }
    while words.len() > 1 && words.first().is_some_and(|word| LEADING.contains(&bare(word).as_str())) {
        words.remove(0);
    }
    let left = words.join(" ");
    let left = left.trim_end_matches([',', '-', '–', ' ']);
    if left.is_empty() { name.trim().to_owned() } else { left.to_owned() }
}

/// How many words at the end are one form: "S. A." and "Sp. z o.o." have several. The first word always stays.
fn trailing(words: &[&str]) -> Option<usize> {
    (1..=4).rev().find(|count| {
        let Some(start) = words.len().checked_sub(*count).filter(|start| *start > 0) else { return false };
        let form: String = words[start..].iter().map(|word| bare(word)).collect();
        FORMS.contains(&form.as_str())
    })
}

fn bare(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '.' | ',' | '(' | ')')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Acme GmbH & Co. KG", "Acme")]
    #[case("Acme, Inc.", "Acme")]
    #[case("Acme Pty Ltd", "Acme")]
    #[case("Banco Uno S. A.", "Banco Uno")]
    #[case("Piekarnia Sp. z o.o.", "Piekarnia")]
    #[case("Grupo Sol S.A. de C.V.", "Grupo Sol")]
    #[case("SARL Dupont et Fils", "Dupont et Fils")]
    #[case("株式会社山田", "山田")]
    #[case("GmbH", "GmbH")]
    #[case("The Coffee Company", "The Coffee Company")]
    #[case("Johnson & Johnson", "Johnson & Johnson")]
    #[case("  ", "")]
    fn what_is_left_is_the_name(#[case] name: &str, #[case] left: &str) {
        assert_eq!(strip(name), left);
    }
}
