//! What the vault keeps of a connection: a certificate's key, or what a user's consent brought.
//!
//! Never: any of it in a log, an error or `Debug`.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Millis,
    outbound::jwt::{KeyError, SigningKey},
};

/// How a connection signs in. Kept as JSON, sealed by the vault.
#[derive(Clone)]
pub enum Credential {
    /// Machine to machine: NetSuite knows a certificate, we hold its key.
    Certificate(CertificateKey),
    /// A user consented; the refresh token dies seven days after.
    SignIn(Consent),
}

/// The private half of a certificate that NetSuite knows.
#[derive(Clone)]
pub struct CertificateKey {
    /// The integration record's client id (consumer key).
    pub(super) client_id: String,
    /// The id that NetSuite gave the uploaded certificate.
    pub(super) certificate_id: String,
    /// The certificate's private key, PEM.
    pub(super) private_key: SecretString,
}

/// What a user's consent brought.
#[derive(Clone)]
pub struct Consent {
    /// The integration record's client id.
    pub(super) client_id: String,
    /// The integration record's client secret.
    pub(super) client_secret: SecretString,
    /// The refresh token.
    pub(super) refresh_token: SecretString,
    /// When the user consented: the seven days count from here.
    pub(super) consented_at: Millis,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential")
    }
}

/// The stored text is no credential of NetSuite's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored credential is not NetSuite's")]
pub struct NotOurs;

impl Credential {
    /// A certificate's key as it was entered, outer spaces aside.
    ///
    /// # Errors
    /// [`KeyError`] when the private key is none that we can sign with.
    pub fn new(client_id: &str, certificate_id: &str, private_key: &SecretString) -> Result<Self, KeyError> {
        SigningKey::from_pem(private_key.expose_secret())?;
        Ok(Self::Certificate(CertificateKey {
            client_id: client_id.trim().to_owned(),
            certificate_id: certificate_id.trim().to_owned(),
            private_key: private_key.clone(),
        }))
    }

    /// What a consent at `consented_at` brought.
    #[must_use]
    pub fn sign_in(
        client_id: &str,
        client_secret: &SecretString,
        refresh_token: &SecretString,
        consented_at: Millis,
    ) -> Self {
        Self::SignIn(Consent {
            client_id: client_id.to_owned(),
            client_secret: client_secret.clone(),
            refresh_token: refresh_token.clone(),
            consented_at,
        })
    }

    /// The text to keep in the vault.
    #[must_use]
    pub fn to_secret(&self) -> SecretString {
        let kept = match self {
            Self::Certificate(key) => Kept {
                kind: "certificate",
                client_id: &key.client_id,
                certificate_id: Some(&key.certificate_id),
                private_key: Some(key.private_key.expose_secret()),
                client_secret: None,
                refresh_token: None,
                consented_at: None,
            },
            Self::SignIn(consent) => Kept {
                kind: "sign_in",
                client_id: &consent.client_id,
                certificate_id: None,
                private_key: None,
                client_secret: Some(consent.client_secret.expose_secret()),
                refresh_token: Some(consent.refresh_token.expose_secret()),
                consented_at: Some(consent.consented_at),
            },
        };
        // Texts and a number always make JSON.
        serde_json::to_string(&kept).unwrap_or_default().into()
    }

    /// Reads what [`Credential::to_secret`] wrote. A text without a kind, as the first release wrote it, is a certificate's.
    ///
    /// # Errors
    /// [`NotOurs`].
    pub fn read(kept: &SecretString) -> Result<Self, NotOurs> {
        let stored: Stored = serde_json::from_str(kept.expose_secret()).map_err(|_| NotOurs)?;
        match stored {
            Stored {
                kind: Kind::Certificate,
                client_id,
                certificate_id: Some(certificate_id),
                private_key: Some(private_key),
                client_secret: None,
                refresh_token: None,
                consented_at: None,
            } => Ok(Self::Certificate(CertificateKey { client_id, certificate_id, private_key })),
            Stored {
                kind: Kind::SignIn,
                client_id,
                certificate_id: None,
                private_key: None,
                client_secret: Some(client_secret),
                refresh_token: Some(refresh_token),
                consented_at: Some(consented_at),
            } => Ok(Self::SignIn(Consent { client_id, client_secret, refresh_token, consented_at })),
            _ => Err(NotOurs),
        }
    }
}

impl Consent {
    /// The same consent with the refresh token that took the old one's place.
    pub(super) fn with(&self, refresh_token: SecretString) -> Self {
        Self { refresh_token, ..self.clone() }
    }
}

/// A [`Credential`] on its way into the vault: a secret does not serialize by itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a> {
    kind: &'static str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consented_at: Option<Millis>,
}

/// Any [`Credential`] as it comes out of the vault.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stored {
    #[serde(default)]
    kind: Kind,
    client_id: String,
    #[serde(default)]
    certificate_id: Option<String>,
    #[serde(default)]
    private_key: Option<SecretString>,
    #[serde(default)]
    client_secret: Option<SecretString>,
    #[serde(default)]
    refresh_token: Option<SecretString>,
    #[serde(default)]
    consented_at: Option<Millis>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Certificate,
    SignIn,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const RSA: &str = include_str!("../../../tests/fixtures/rsa-test-key.pem");

    #[test]
    fn both_kinds_come_back_as_they_were_kept_and_one_without_a_kind_is_a_certificates() {
        let kept = Credential::new(" client ", "cert\n", &RSA.into()).unwrap().to_secret();
        assert!(
            matches!(Credential::read(&kept), Ok(Credential::Certificate(k)) if k.client_id == "client" && k.certificate_id == "cert")
        );
        let old = kept.expose_secret().replace(r#""kind":"certificate","#, "");
        assert_ne!(old, kept.expose_secret());
        assert!(matches!(Credential::read(&old.into()), Ok(Credential::Certificate(_))));
        let kept = Credential::sign_in("c", &"s".into(), &"r".into(), Millis(5)).to_secret();
        let Ok(Credential::SignIn(consent)) = Credential::read(&kept) else { panic!() };
        assert_eq!(consent.with("n".into()).refresh_token.expose_secret(), "n");
        assert_eq!(
            (consent.client_id.as_str(), consent.client_secret.expose_secret(), consent.consented_at),
            ("c", "s", Millis(5))
        );
    }

    #[rstest]
    #[case("")]
    #[case("{}")]
    #[case(r#"{"clientId":"a","certificateId":"b","privateKey":"c","refreshToken":"d"}"#)]
    #[case(r#"{"kind":"sign_in","clientId":"a","certificateId":"b","privateKey":"c"}"#)]
    #[case(r#"{"kind":"other","clientId":"a"}"#)]
    fn a_credential_that_is_none_is_refused(#[case] kept: &str) {
        assert_eq!(Credential::read(&kept.into()).unwrap_err(), NotOurs);
    }

    #[test]
    fn a_key_that_cannot_sign_is_refused_when_it_is_entered() {
        assert_eq!(Credential::new("a", "b", &"no key".into()).unwrap_err(), KeyError::NotPem);
    }

    #[test]
    fn nothing_of_a_credential_shows_in_debug() {
        assert_eq!(format!("{:?}", Credential::new("a", "b", &RSA.into())), "Ok(Credential)");
        assert_eq!(format!("{:?}", Credential::sign_in("c", &"s".into(), &"r".into(), Millis(5))), "Credential");
    }
}
