//! What an account has given out: codes of the consent page, refresh tokens, access tokens. All end by the movable clock.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::token::LIFETIME;
use crate::{clock::Millis, sandbox::moment::Moment};

/// How long a code can be used, in seconds: "minutes".
const CODE_SECONDS: i64 = 300;
/// How long a confidential client's refresh token lives after the consent, in seconds: seven days, not renewed.
const CONFIDENTIAL_SECONDS: i64 = 7 * 86_400;
/// How long a public client's refresh token lives, in seconds: the default of 48 hours; it is used once and replaced.
const PUBLIC_SECONDS: i64 = 48 * 3_600;

/// What a code stands for.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: Option<String>,
}

#[derive(Debug, Clone)]
struct Kept {
    code: Code,
    until: Millis,
    /// The consent that it became; a code that comes twice ends it.
    used_for: Option<String>,
}

#[derive(Debug, Clone)]
struct Refresh {
    consent: String,
    client_id: String,
    public: bool,
    until: Millis,
}

#[derive(Debug, Clone)]
struct Access {
    /// The consent or certificate that it was given for.
    source: String,
    until: Millis,
}

/// A token answer.
pub(super) struct Given {
    pub access: String,
    pub refresh: Option<String>,
}

/// Everything that was given out.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: BTreeMap<String, Kept>,
    refreshes: BTreeMap<String, Refresh>,
    issued: BTreeMap<String, Access>,
}

impl Grants {
    /// Every token and code that there is.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.codes.keys().chain(self.refreshes.keys()).chain(self.issued.keys()).cloned().collect()
    }

    /// A code for a consent.
    pub(super) fn code(&mut self, code: Code, moment: &Moment) -> String {
        let word = moment.word(32);
        let until = after(moment, CODE_SECONDS);
        self.codes.insert(word.clone(), Kept { code, until, used_for: None });
        word
    }

    /// Turns a code into tokens. `None`: it is not good, and if it was used before, what it brought ends.
    pub(super) fn redeem(
        &mut self,
        word: &str,
        client_id: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
        public: bool,
        moment: &Moment,
    ) -> Option<Given> {
        let kept = self.codes.get_mut(word)?;
        if let Some(consent) = kept.used_for.clone() {
            self.end(&consent);
            return None;
        }
        let challenged = match (&kept.code.challenge, verifier) {
            (None, None) => !public,
            (Some(challenge), Some(verifier)) => {
                let fits = (43..=128).contains(&verifier.len());
                let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
                fits && URL_SAFE_NO_PAD.encode(digest) == *challenge
            }
            _ => false,
        };
        let good = kept.code.client_id == client_id
            && kept.code.redirect_uri == redirect_uri
            && challenged
            && moment.now() < kept.until;
        if !good {
            return None;
        }
        let consent = moment.new_id();
        kept.used_for = Some(consent.clone());
        let seconds = if public { PUBLIC_SECONDS } else { CONFIDENTIAL_SECONDS };
        let refresh = moment.word(48);
        let until = after(moment, seconds);
        let row = Refresh { consent: consent.clone(), client_id: client_id.to_owned(), public, until };
        self.refreshes.insert(refresh.clone(), row);
        Some(Given { access: self.issue(&consent, moment), refresh: Some(refresh) })
    }

    /// A new access token; a public client's refresh token is used up and replaced.
    pub(super) fn refresh(&mut self, token: &str, client_id: &str, moment: &Moment) -> Option<Given> {
        let now = moment.now();
        let row = self.refreshes.get(token).filter(|r| r.client_id == client_id && now < r.until)?.clone();
        let refresh = row.public.then(|| {
            self.refreshes.remove(token);
            let new = moment.word(48);
            self.refreshes.insert(new.clone(), Refresh { until: after(moment, PUBLIC_SECONDS), ..row.clone() });
            new
        });
        Some(Given { access: self.issue(&row.consent, moment), refresh })
    }

    /// An access token for a certificate or a consent.
    pub(super) fn issue(&mut self, source: &str, moment: &Moment) -> String {
        let now = moment.now();
        self.issued.retain(|_, access| now < access.until);
        let token = moment.word(48);
        let until = after(moment, LIFETIME);
        self.issued.insert(token.clone(), Access { source: source.to_owned(), until });
        token
    }

    /// Takes a refresh token back, or an access token, with all that came of the same consent.
    pub(super) fn revoke(&mut self, token: &str) {
        let consent = self.refreshes.get(token).map(|r| r.consent.clone());
        let consent = consent.or_else(|| self.issued.get(token).map(|a| a.source.clone()));
        if let Some(consent) = consent {
            self.end(&consent);
        }
    }

    /// Ends everything that was given for a consent or certificate.
    pub(super) fn end(&mut self, source: &str) {
        self.refreshes.retain(|_, r| r.consent != source);
        self.issued.retain(|_, a| a.source != source);
    }

    /// Ends everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether an access token was given out here and still works.
    pub(super) fn valid(&self, token: &str, now: Millis) -> bool {
        self.issued.get(token).is_some_and(|access| now < access.until)
    }
}

fn after(moment: &Moment, seconds: i64) -> Millis {
    Millis(moment.now().0.saturating_add(seconds * 1_000))
}
