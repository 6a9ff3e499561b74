//! Legal forms: what a company's name carries to say what kind of legal person it is.
//!
//! They are taken off before names are compared, since one side often leaves them out, and are compared on their own, since
//! "Acme SARL" and "Acme Ltd" are two legal persons of one group.

/// `(as written, folded and without dots; the form it stands for)`. Taken from the company law of the countries whose ERPs
/// and languages the product serves, with the forms their customers write most. An empty form is decoration: it says nothing
/// of the legal person ("& Co.").
const FORMS: &[(&str, &str)] = &[
    // Germany, Austria, Switzerland
    ("gmbh", "gmbh"),
    ("mbh", "gmbh"),
    ("ggmbh", "gmbh"),
    ("ag", "ag"),
    ("kg", "kg"),
    ("kgaa", "kgaa"),
    ("ohg", "ohg"),
    ("ug", "ug"),
    ("haftungsbeschrankt", ""),
    ("gbr", "gbr"),
    ("ev", "ev"),
    ("eg", "eg"),
    ("ek", "ek"),
    ("se", "se"),
    // United Kingdom, Ireland, and countries with their law
    ("ltd", "ltd"),
    ("limited", "ltd"),
    ("plc", "plc"),
    ("llp", "llp"),
    ("dac", "dac"),
    ("pty", ""),
    ("pte", ""),
    ("pvt", ""),
    ("private", ""),
    ("bhd", "bhd"),
    ("sdn", ""),
    // United States, Canada
    ("inc", "inc"),
    ("incorporated", "inc"),
    ("corp", "corp"),
    ("corporation", "corp"),
    ("llc", "llc"),
    ("lp", "lp"),
    ("pllc", "pllc"),
    ("ltee", "ltd"),
    // France, Belgium, Luxembourg
    ("sarl", "sarl"),
    ("sas", "sas"),
    ("sasu", "sas"),
    ("sa", "sa"),
    ("eurl", "eurl"),
    ("sci", "sci"),
    ("snc", "snc"),
    ("scop", "scop"),
    ("sprl", "srl"),
    ("srl", "srl"),
    // Italy, Spain, Portugal, Latin America
    ("srls", "srl"),
    ("spa", "spa"),
    ("sl", "sl"),
    ("slu", "sl"),
    ("sau", "sa"),
    ("lda", "lda"),
    ("ltda", "ltda"),
    ("sapi", "sapi"),
    ("de", ""),
    ("cv", ""),
    // Netherlands
    ("bv", "bv"),
    ("nv", "nv"),
    ("vof", "vof"),
    // The North
    ("ab", "ab"),
    ("aktiebolag", "ab"),
    ("publ", ""),
    ("hb", "hb"),
    ("kb", "kb"),
    ("oy", "oy"),
    ("oyj", "oyj"),
    ("as", "as"),
    ("asa", "asa"),
    ("aps", "aps"),
    ("ehf", "ehf"),
    ("hf", "hf"),
    ("ou", "ou"),
    // Central and eastern Europe
    ("sro", "sro"),
    ("spzoo", "spzoo"),
    ("kft", "kft"),
    ("zrt", "zrt"),
    ("nyrt", "nyrt"),
    ("doo", "doo"),
    ("dd", "dd"),
    ("eood", "eood"),
    ("ood", "ood"),
    ("uab", "uab"),
    ("sia", "sia"),
    ("ooo", "ooo"),
    ("ооо", "ooo"),
    ("зао", "zao"),
    ("ао", "ao"),
    // Japan, China, Korea
    ("kk", "kk"),
    ("kabushiki", ""),
    ("kaisha", "kk"),
    ("gk", "gk"),
    ("yk", "yk"),
    // Decoration
    ("co", ""),
    ("company", ""),
    ("cie", ""),
    ("the", ""),
];

/// Written without a space, before or after the name; the brackets are what 「㈱」 becomes when folded.
const JOINED: &[(&str, &str)] = &[
    ("株式会社", "kk"),
    ("(株)", "kk"),
    ("合同会社", "gk"),
    ("有限会社", "yk"),
    ("(有)", "yk"),
    ("有限公司", "ltd"),
    ("주식회사", "kr"),
    ("(주)", "kr"),
];

/// The words between parts of a name: written or left out at will.
const BETWEEN: &[&str] = &["and", "und", "et", "y", "e", "och", "og", "en", "i"];

/// Takes the joined forms off a folded name; the forms found are added to `forms`.
pub(super) fn take_joined(folded: &str, forms: &mut Vec<&'static str>) -> String {
    let mut rest = folded.trim().to_owned();
    for (written, form) in JOINED {
        // Folding leaves Hangul and Han as they are, so that the texts above are folded already.
        let stripped =
            rest.strip_prefix(written).or_else(|| rest.strip_suffix(written)).map(|name| name.trim().to_owned());
        if let Some(name) = stripped {
            forms.push(form);
            rest = name;
        }
    }
    rest
}

/// Forms that stand before the name as well: French, Romance and Russian usage. "De" or "As" there belong to the name.
const LEADING: &[&str] =
    &["the", "sarl", "sas", "sa", "eurl", "sci", "ooo", "ооо", "зао", "ао", "kk", "kabushiki", "kaisha"];

/// Takes forms off the end of a name's words, then off its beginning, but never the last word that is left.
pub(super) fn take(words: &mut Vec<String>, forms: &mut Vec<&'static str>) {
    if words.len() > 3 && words.ends_with(&["sp".to_owned(), "z".to_owned(), "oo".to_owned()]) {
        words.truncate(words.len() - 3);
        note("spzoo", forms);
    }
    while words.len() > 1 {
        let Some(taken) = words.last().and_then(|word| form(word)) else { break };
        words.pop();
        note(taken, forms);
        while words.len() > 1 && words.last().is_some_and(|word| is_between(word)) {
            words.pop();
        }
    }
    while words.len() > 1 {
        let first = words.first().filter(|word| LEADING.contains(&word.as_str()));
        let Some(taken) = first.and_then(|word| form(word)) else { break };
        words.remove(0);
        note(taken, forms);
    }
    if words.len() > 2 {
        let last = words.len() - 1;
        let mut at = 0;
        words.retain(|word| {
            at += 1;
            at == 1 || at == last + 1 || !is_between(word)
        });
    }
}

fn note(taken: &'static str, forms: &mut Vec<&'static str>) {
    if !taken.is_empty() && !forms.contains(&taken) {
        forms.push(taken);
    }
}

fn form(word: &str) -> Option<&'static str> {
    FORMS.iter().find(|(written, _)| *written == word).map(|(_, form)| *form)
}

fn is_between(word: &str) -> bool {
    BETWEEN.contains(&word)
}
