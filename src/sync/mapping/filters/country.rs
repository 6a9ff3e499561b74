//! Countries: ISO 3166's codes and the names people write.

/// `(code, the everyday English name)` where ISO's own name is not what people write; the first name of a code is the one
/// that is given out, the others are read.
const EVERYDAY: &[(&str, &str)] = &[
    ("BO", "Bolivia"),
    ("BN", "Brunei"),
    ("CD", "Democratic Republic of the Congo"),
    ("CD", "DR Congo"),
    ("CI", "Ivory Coast"),
    ("CV", "Cape Verde"),
    ("CZ", "Czech Republic"),
    ("FK", "Falkland Islands"),
    ("FM", "Micronesia"),
    ("GB", "United Kingdom"),
    ("GB", "UK"),
    ("GB", "Great Britain"),
    ("GB", "England"),
    ("GB", "Scotland"),
    ("GB", "Wales"),
    ("GB", "Northern Ireland"),
    ("IR", "Iran"),
    ("KP", "North Korea"),
    ("KR", "South Korea"),
    ("KR", "Korea"),
    ("KR", "Republic of Korea"),
    ("LA", "Laos"),
    ("MD", "Moldova"),
    ("MF", "Saint Martin"),
    ("MO", "Macau"),
    ("MM", "Burma"),
    ("NL", "Netherlands"),
    ("NL", "The Netherlands"),
    ("NL", "Holland"),
    ("PS", "Palestine"),
    ("RU", "Russia"),
    ("SX", "Sint Maarten"),
    ("SY", "Syria"),
    ("SZ", "Swaziland"),
    ("TR", "Turkey"),
    ("TW", "Taiwan"),
    ("TZ", "Tanzania"),
    ("US", "United States"),
    ("US", "USA"),
    ("US", "United States of America"),
    ("US", "America"),
    ("VA", "Vatican City"),
    ("VE", "Venezuela"),
    ("VG", "British Virgin Islands"),
    ("VI", "U.S. Virgin Islands"),
    ("VN", "Vietnam"),
];

/// `(code, name)` in the product's other languages and those of its largest markets; read, never given out.
const FOREIGN: &[(&str, &str)] = &[
    ("AT", "Österreich"),
    ("AT", "Autriche"),
    ("BE", "Belgien"),
    ("BE", "Belgique"),
    ("BE", "België"),
    ("BR", "Brasil"),
    ("CH", "Schweiz"),
    ("CH", "Suisse"),
    ("CH", "Svizzera"),
    ("CH", "Suiza"),
    ("DE", "Deutschland"),
    ("DE", "Allemagne"),
    ("DE", "Alemania"),
    ("DK", "Danmark"),
    ("ES", "España"),
    ("ES", "Spanien"),
    ("ES", "Espagne"),
    ("FI", "Suomi"),
    ("FR", "Frankreich"),
    ("FR", "Francia"),
    ("GB", "Royaume-Uni"),
    ("GB", "Vereinigtes Königreich"),
    ("GB", "Reino Unido"),
    ("IT", "Italia"),
    ("IT", "Italien"),
    ("IT", "Italie"),
    ("JP", "日本"),
    ("MX", "México"),
    ("NL", "Niederlande"),
    ("NL", "Nederland"),
    ("NL", "Pays-Bas"),
    ("NO", "Norge"),
    ("PL", "Polska"),
    ("SE", "Sverige"),
    ("US", "États-Unis"),
    ("US", "Vereinigte Staaten"),
    ("US", "Estados Unidos"),
];

/// Codes that are written although ISO has others: the United Kingdom's in common use, Greece's in VAT numbers.
const OTHER_CODES: &[(&str, &str)] = &[("UK", "GB"), ("EL", "GR")];

/// The two-letter code of a country given by either code or by a name.
pub(super) fn code(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let upper = text.to_uppercase();
    let upper = OTHER_CODES.iter().find(|(other, _)| *other == upper).map_or(upper.as_str(), |(_, iso)| iso);
    let by_code = match upper.len() {
        2 => rust_iso3166::from_alpha2(upper),
        3 => rust_iso3166::from_alpha3(upper),
        _ => None,
    };
    if let Some(country) = by_code {
        return Some(country.alpha2);
    }
    let wanted = plain(text);
    if wanted.is_empty() {
        return None;
    }
    let everyday = EVERYDAY.iter().chain(FOREIGN).find(|(_, name)| plain(name) == wanted).map(|(code, _)| *code);
    everyday.or_else(|| rust_iso3166::ALL.iter().find(|c| plain(c.name) == wanted).map(|c| c.alpha2))
}

/// The everyday English name of a country given by either code or by a name.
pub(super) fn name(text: &str) -> Option<&'static str> {
    let code = code(text)?;
    let everyday = EVERYDAY.iter().find(|(everyday, _)| *everyday == code).map(|(_, name)| *name);
    everyday.or_else(|| rust_iso3166::from_alpha2(code).map(|country| country.name))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("de", "DE", "Germany")]
    #[case("USA", "US", "United States")]
    #[case("United States of America", "US", "United States")]
    #[case("Uk", "GB", "United Kingdom")]
    #[case("Korea (Republic of)", "KR", "South Korea")]
    #[case("Österreich", "AT", "Austria")]
    #[case(" Côte d'Ivoire", "CI", "Ivory Coast")]
    fn a_country_is_known_by_codes_and_names(#[case] written: &str, #[case] iso: &str, #[case] english: &str) {
        assert_eq!((code(written), name(written)), (Some(iso), Some(english)));
    }

    #[test]
    fn every_code_leads_to_a_name_and_back() {
        for country in rust_iso3166::ALL {
            let english = name(country.alpha2).unwrap();
            assert_eq!(code(english), Some(country.alpha2), "{english}");
        }
        assert_eq!((code("Atlantis"), name("")), (None, None));
    }
}
