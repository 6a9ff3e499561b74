//! What the pages say, in English and French.

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lang {
    /// English.
    En,
    /// French.
    Fr,
}

impl Lang {
    /// The first language of an `Accept-Language` header that we speak, the most wished for first; else English.
    pub(super) fn of(accepted: &str) -> Self {
        let mut wishes: Vec<(u32, Self)> = accepted
            .split(',')
            .filter_map(|part| {
                let mut parts = part.split(';');
                let tag = parts.next()?.trim().to_ascii_lowercase();
                let lang = match tag.split('-').next()? {
                    "en" => Self::En,
                    "fr" => Self::Fr,
                    _ => return None,
                };
                let weight = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
                Some(((weight.clamp(0.0, 1.0) * 1000.0) as u32, lang))
            })
            .filter(|(weight, _)| *weight > 0)
            .collect();
        // Stable: of equal wishes the first counts.
        wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wishes.first().map_or(Self::En, |(_, lang)| *lang)
    }

    /// The language's tag.
    pub(super) const fn tag(self) -> &'static str {
        self.say("en", "fr")
    }

    /// The text of this language.
    pub(super) const fn say(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wished_for_language_that_we_speak_is_taken() {
        for (header, lang) in [
            ("", Lang::En),
            ("de", Lang::En),
            ("fr-CA", Lang::Fr),
            ("de, fr;q=0.8, en;q=0.5", Lang::Fr),
            ("fr;q=0.3, en-GB;q=0.9", Lang::En),
            ("fr;q=0, de", Lang::En),
            ("fr;q=x, en", Lang::Fr),
        ] {
            assert_eq!(Lang::of(header), lang, "{header}");
        }
    }
}
