//! The key pair and certificate of a connection: made here, the certificate uploaded to NetSuite by a person.
//!
//! P-256 with a self-signed certificate: the easiest of the kinds that NetSuite takes, and it signs ES256.

use secrecy::SecretString;

use super::AccountId;
use crate::clock::Millis;

/// Two years less a day: NetSuite cuts what is valid for longer to two years, and we would not know the day.
const VALID_YEARS: i16 = 2;

/// A new key pair and its certificate.
pub struct NewCertificate {
    /// The certificate as PEM, for upload. Public.
    pub certificate: String,
    /// The private key as PEM (PKCS#8).
    pub private_key: SecretString,
    /// The instant from which it is no longer valid.
    pub ends_at: Millis,
}

impl std::fmt::Debug for NewCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCertificate").field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}

/// Why no certificate could be made: a fault of ours or of the machine.
#[derive(Debug, thiserror::Error)]
pub enum NoCertificate {
    /// The key or the signature failed.
    #[error("a key pair and certificate cannot be made: {0}")]
    Crypto(#[from] rcgen::Error),
    /// The clock shows a year that no certificate can hold.
    #[error("the clock shows a date that no certificate can hold")]
    Date,
}

/// Makes a key pair and a certificate "Ledgercard <account>", valid from the beginning of today (UTC) for two years less a
/// day.
///
/// # Errors
/// [`NoCertificate`].
pub fn make(account: &AccountId, now: Millis) -> Result<NewCertificate, NoCertificate> {
    let today = now.day_in(&jiff::tz::TimeZone::UTC);
    let years = jiff::Span::new().years(VALID_YEARS);
    let last = today.checked_add(years).and_then(jiff::civil::Date::yesterday).map_err(|_| NoCertificate::Date)?;
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let mut params = rcgen::CertificateParams::default();
    let mut subject = rcgen::DistinguishedName::new();
    subject.push(rcgen::DnType::CommonName, format!("Ledgercard {account}"));
    params.distinguished_name = subject;
    let ((year, month, day), (last_year, last_month, last_day)) = (parts(today)?, parts(last)?);
    params.not_before = rcgen::date_time_ymd(year, month, day);
    params.not_after = rcgen::date_time_ymd(last_year, last_month, last_day);
    let certificate = params.self_signed(&pair)?.pem();
    let ends_at = last.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| NoCertificate::Date)?;
    Ok(NewCertificate {
        certificate,
        private_key: pair.serialize_pem().into(),
        ends_at: Millis(ends_at.timestamp().as_millisecond()),
    })
}

/// Year, month and day as the certificate wants them.
fn parts(date: jiff::civil::Date) -> Result<(i32, u8, u8), NoCertificate> {
    let part = |n: i8| u8::try_from(n).map_err(|_| NoCertificate::Date);
    Ok((i32::from(date.year()), part(date.month())?, part(date.day())?))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::outbound::jwt::SigningKey;

    const NOON: Millis = Millis(1_795_262_400_000); // 2026-11-21T12:00:00Z

    #[test]
    fn a_certificate_is_what_netsuite_takes() {
        let made = make(&"1234567_SB1".parse().unwrap(), NOON).unwrap();
        let (_, pem) = x509_parser::pem::parse_x509_pem(made.certificate.as_bytes()).unwrap();
        let read = pem.parse_x509().unwrap();
        assert_eq!(read.subject().to_string(), "CN=Ledgercard 1234567_SB1");
        let (from, until) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
        assert!(from <= NOON.as_seconds() && until == made.ends_at.as_seconds());
        assert_eq!((until - from) / 86_400, 730, "two years less a day, one of them a leap year");
        let key = SigningKey::from_pem(made.private_key.expose_secret()).unwrap();
        assert_eq!(key.algorithm(), jsonwebtoken::Algorithm::ES256);
        assert!(!format!("{made:?}").contains("PRIVATE"));
    }

    #[test]
    fn the_end_of_february_is_no_trouble() {
        let leap = Millis("2028-02-29T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond());
        assert!(make(&"1".parse().unwrap(), leap).unwrap().ends_at > leap);
    }
}
