//! Signed tokens (JWT) on *ring*: PS256, RS256 and ES256, for signing and for checking.
//!
//! Promise: nothing of a key shows up in an error or in `Debug`.
//! Never: HMAC tokens, "none", or keys that are not the algorithm's kind.
//!
//! `jsonwebtoken` comes without cryptography here: of its two own providers one rests on a crate with an unmended timing
//! weakness in RSA signing (RUSTSEC-2023-0071), the other on a second TLS library. PEM is decoded here for the same reason.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey, Header,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaParameters,
        RsaPublicKeyComponents, UnparsedPublicKey,
    },
};
use serde::Serialize;
use signature::{Signer, Verifier};
use zeroize::Zeroizing;

static ON_RING: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // Only JWK thumbprints use these; we have none.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes *ring* the provider of `jsonwebtoken`. May be called any number of times.
pub fn install() {
    // The error only says that it was done before.
    let _before = ON_RING.install_default();
}

/// Why a text is no key we can sign with. Nothing of the text is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No `-----BEGIN … PRIVATE KEY-----` block, or its content is not Base64.
    #[error("the private key must be in PEM form (-----BEGIN PRIVATE KEY-----)")]
    NotPem,
    /// Locked with a pass phrase.
    #[error("the private key must not be protected by a pass phrase")]
    Locked,
    /// A kind or size we cannot sign with.
    #[error("the private key must be RSA (2048 to 4096 bits) or EC P-256 in PKCS#8 form")]
    Kind,
    /// Signing failed.
    #[error("the token could not be signed")]
    Signing,
}

/// A private key and the algorithm that goes with it.
#[derive(Clone)]
pub struct SigningKey {
    key: EncodingKey,
    algorithm: Algorithm,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({:?})", self.algorithm)
    }
}

impl SigningKey {
    /// Reads a PEM private key: RSA as PKCS#1 or PKCS#8 (signs PS256), EC P-256 as PKCS#8 (signs ES256).
    ///
    /// # Errors
    /// [`KeyError`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        install();
        let (label, der) = decode_pem(pem)?;
        let read = match label.as_str() {
            "RSA PRIVATE KEY" => rsa_pair(&der).map(|_| Algorithm::PS256),
            "PRIVATE KEY" => {
                rsa_pair(&der).map(|_| Algorithm::PS256).or_else(|()| ec_pair(&der).map(|_| Algorithm::ES256))
            }
            "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Locked),
            _ => Err(()),
        };
        let algorithm = read.map_err(|()| KeyError::Kind)?;
        let key = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_der(&der),
            _ => EncodingKey::from_rsa_der(&der),
        };
        Ok(Self { key, algorithm })
    }

    /// The algorithm it signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `claims` as a signed token whose header names the key `key_id`.
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub fn sign<T: Serialize>(&self, key_id: &str, claims: &T) -> Result<String, KeyError> {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(key_id.to_owned());
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| KeyError::Signing)
    }
}

/// The label and the bytes of the first PEM block in `text`.
///
/// # Errors
/// [`KeyError::NotPem`] without one, [`KeyError::Locked`] for the old form of encrypted keys.
pub fn decode_pem(text: &str) -> Result<(String, Zeroizing<Vec<u8>>), KeyError> {
    let mut lines = text.lines().map(str::trim);
    let label = lines
        .find_map(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"))
        .ok_or(KeyError::NotPem)?
        .to_owned();
    let end = format!("-----END {label}-----");
    let mut body = Zeroizing::new(String::with_capacity(text.len()));
    let mut closed = false;
    for line in lines {
        if line == end {
            closed = true;
            break;
        }
        if line.contains(':') {
            return Err(KeyError::Locked);
        }
        body.push_str(line);
    }
    let bytes = Zeroizing::new(STANDARD.decode(body.as_bytes()).map_err(|_| KeyError::NotPem)?);
    if closed && !bytes.is_empty() { Ok((label, bytes)) } else { Err(KeyError::NotPem) }
}

/// An RSA key in either of its DER forms.
fn rsa_pair(der: &[u8]) -> Result<RsaKeyPair, ()> {
    RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)).map_err(drop)
}

fn ec_pair(der: &[u8]) -> Result<EcdsaKeyPair, ()> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new()).map_err(drop)
}

struct RsaSigner {
    pair: RsaKeyPair,
    padding: &'static dyn RsaEncoding,
    algorithm: Algorithm,
}

impl Signer<Vec<u8>> for RsaSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let mut signed = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(self.padding, &SystemRandom::new(), message, &mut signed)
            .map_err(|_| signature::Error::new())?;
        Ok(signed)
    }
}

impl JwtSigner for RsaSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

struct EcSigner(EcdsaKeyPair);

impl Signer<Vec<u8>> for EcSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let signed = self.0.sign(&SystemRandom::new(), message).map_err(|_| signature::Error::new())?;
        Ok(signed.as_ref().to_vec())
    }
}

impl JwtSigner for EcSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature the provider table asks for")]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    let rsa = |padding| -> Result<Box<dyn JwtSigner>, Error> {
        if key.family() != AlgorithmFamily::Rsa {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        let pair = rsa_pair(key.as_bytes()).map_err(|()| Error::from(ErrorKind::InvalidKeyFormat))?;
        Ok(Box::new(RsaSigner { pair, padding, algorithm: *algorithm }))
    };
    match algorithm {
        Algorithm::PS256 => rsa(&RSA_PSS_SHA256),
        Algorithm::RS256 => rsa(&RSA_PKCS1_SHA256),
        Algorithm::ES256 if key.family() == AlgorithmFamily::Ec => {
            let pair = ec_pair(key.as_bytes()).map_err(|()| Error::from(ErrorKind::InvalidEcdsaKey))?;
            Ok(Box::new(EcSigner(pair)))
        }
        Algorithm::ES256 => Err(ErrorKind::InvalidKeyFormat.into()),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

struct RsaVerifier {
    key: DecodingKeyKind,
    padding: &'static RsaParameters,
    algorithm: Algorithm,
}

impl Verifier<Vec<u8>> for RsaVerifier {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), signature::Error> {
        match &self.key {
            DecodingKeyKind::SecretOrDer(der) => UnparsedPublicKey::new(self.padding, der).verify(message, signed),
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(self.padding, message, signed)
            }
        }
        .map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for RsaVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

struct EcVerifier(Vec<u8>);

impl Verifier<Vec<u8>> for EcVerifier {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), signature::Error> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signed)
            .map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for EcVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

/// Checks with a public key: of RSA the PKCS#1 `RSAPublicKey` or modulus and exponent, of EC the uncompressed point. Both
/// are what an X.509 certificate holds as its subject's public key.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature the provider table asks for")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let rsa = |padding| -> Result<Box<dyn JwtVerifier>, Error> {
        if key.family() != AlgorithmFamily::Rsa {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        Ok(Box::new(RsaVerifier { key: key.kind().clone(), padding, algorithm: *algorithm }))
    };
    match algorithm {
        Algorithm::PS256 => rsa(&RSA_PSS_2048_8192_SHA256),
        Algorithm::RS256 => rsa(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::ES256 if key.family() == AlgorithmFamily::Ec => {
            Ok(Box::new(EcVerifier(key.try_get_as_bytes()?.to_vec())))
        }
        Algorithm::ES256 => Err(ErrorKind::InvalidKeyFormat.into()),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
