//! The token endpoints' error words, sorted by who must act (hubspot.md §3.4).
//!
//! Promise: only a dead refresh token asks for a new install; a fault of our configuration or of HubSpot never does.

use serde::Deserialize;

use crate::{outbound::Answer, vault::RenewError};

/// Why a call with the app's own identity failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The code of a consent was used before, or is too old.
    #[error("HubSpot says that the code of this consent was used before or is too old; begin again")]
    BadCode,
    /// The refresh token is not, or no longer, one of this app's.
    #[error("HubSpot says that the app is no longer installed in this portal")]
    Gone,
    /// Our configuration is at fault: an operator must look.
    #[error("HubSpot refuses this app: {why}")]
    Configuration {
        /// Which part of it, and what to check.
        why: &'static str,
    },
    /// HubSpot does not answer, or asks to try later.
    #[error("HubSpot does not answer: {why}")]
    Unavailable {
        /// Why, in words.
        why: &'static str,
    },
    /// The answer cannot be read.
    #[error("HubSpot gave an answer that cannot be read ({what})")]
    Broken {
        /// Which part of it.
        what: String,
    },
}

impl From<OAuthError> for RenewError {
    fn from(error: OAuthError) -> Self {
        match error {
            OAuthError::Gone => Self::Reconnect { why: "HubSpot says the app is no longer installed in this portal" },
            OAuthError::Configuration { why } => Self::Configuration { why },
            OAuthError::Unavailable { why } => Self::Unavailable { why },
            OAuthError::Broken { what } => Self::Broken { what },
            OAuthError::BadCode => Self::Broken { what: "HubSpot speaks of a code where none was sent".to_owned() },
        }
    }
}

/// What was sent to the token endpoint: the same word (`invalid_grant`) means different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// A code of a consent.
    Code,
    /// A refresh token, or no grant at all.
    Token,
}

#[derive(Deserialize, Default)]
struct Fault {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: String,
}

/// Who must act on a refusal.
pub(super) fn sort(answer: &Answer, sent: Sent) -> OAuthError {
    let fault: Fault = answer.json().unwrap_or_default();
    match (answer.status, fault.status.as_str(), fault.error.as_str()) {
        (400 | 401, "BAD_REFRESH_TOKEN" | "BAD_HUB", _) => OAuthError::Gone,
        (400 | 401, "", "invalid_grant") if sent == Sent::Token => OAuthError::Gone,
        (400 | 401, "BAD_AUTH_CODE", _) | (400 | 401, "", "invalid_grant") => OAuthError::BadCode,
        (400 | 401 | 403, word, _) => OAuthError::Configuration { why: configuration(word) },
        (408 | 423 | 429 | 477 | 500..=599, _, _) => {
            OAuthError::Unavailable { why: "its token endpoint asks to try later" }
        }
        (status, _, _) => OAuthError::Broken { what: format!("the token endpoint's answer with status {status}") },
    }
}

/// What an operator has to check.
fn configuration(word: &str) -> &'static str {
    match word {
        "BAD_REDIRECT_URI" => {
            "its redirect address is another than the app's file says; check server.public_url and upload the app again"
        }
        "BAD_CLIENT_ID" => "its client id is not known; check hubspot.client_id",
        "BAD_CLIENT_SECRET" => "its client secret is wrong; check hubspot.client_secrets",
        "BAD_SCOPES" => "its scopes differ from the app's file; upload the app again",
        "BAD_CODE_VERIFIER" => "the proof of who began this consent does not fit",
        _ => "check hubspot.client_id and hubspot.client_secrets",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: http::HeaderMap::new(), body: body.to_owned().into() }
    }

    #[test]
    fn only_a_dead_refresh_token_asks_for_a_new_install() {
        let dead = answer(400, r#"{"status":"BAD_REFRESH_TOKEN","error":"invalid_grant"}"#);
        assert_eq!(sort(&dead, Sent::Token), OAuthError::Gone);
        for status in ["BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "BAD_REDIRECT_URI", "BAD_GRANT_TYPE", "BAD_SCOPES"] {
            let ours = answer(400, &format!(r#"{{"status":"{status}","error":"invalid_client"}}"#));
            assert!(matches!(sort(&ours, Sent::Token), OAuthError::Configuration { .. }), "{status}");
        }
        for status in [408, 423, 429, 477, 500, 502, 503, 504] {
            let later = sort(&answer(status, "<html>"), Sent::Token);
            assert!(matches!(later, OAuthError::Unavailable { .. }), "{status}");
        }
    }

    #[test]
    fn a_refused_grant_means_what_was_sent() {
        let bare = answer(400, r#"{"error":"invalid_grant"}"#);
        assert_eq!(sort(&bare, Sent::Code), OAuthError::BadCode);
        assert_eq!(sort(&bare, Sent::Token), OAuthError::Gone);
        let used = answer(400, r#"{"status":"BAD_AUTH_CODE","error":"invalid_grant"}"#);
        assert_eq!(sort(&used, Sent::Code), OAuthError::BadCode);
        let proof = answer(400, r#"{"status":"BAD_CODE_VERIFIER","error":"invalid_grant"}"#);
        assert!(matches!(sort(&proof, Sent::Code), OAuthError::Configuration { .. }));
    }
}
