//! The key ring: sealing, opening, and keyed hashes.
//!
//! A ring is written as `id:base64` (32 bytes each), several parted by commas or white space. The first key seals; any key
//! opens; the **last** one makes the keyed hashes. So to rotate, put a new key in front and keep the old ones behind it:
//! what was sealed before still opens, and hashes still compare. Dropping the last key changes all hashes: what they
//! are compared with then counts as unknown.
//!
//! A sealed value is: 1 byte of format (1), 1 byte length of the key id, the key id, 24 bytes nonce, XChaCha20-Poly1305
//! text with its tag. Associated data: what stands before the nonce, then table, column and row, each with its length in
//! front, so that no two places give the same bytes. The keys in the ring are never used as they are: sealing and every
//! purpose of hashing has a key derived from them by HMAC-SHA256.

use std::{collections::HashSet, fmt, path::Path, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::Clock;

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const ID_MOST: usize = 32;

/// The place that a sealed value is for. It opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key as text.
    pub row: &'a str,
}

/// Why a sealed value cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is no sealed value, or one of a newer version.
    #[error("the stored value is not a sealed one")]
    Shape,
    /// The ring lacks the key that sealed it: it must be added again.
    #[error("the key ring lacks the key that sealed a stored value: add the key that was removed")]
    UnknownKey,
    /// It was changed, was sealed for another place, or the key under this id is another one.
    #[error("a stored value was changed, moved, or sealed with another key of the same id")]
    Changed,
}

/// Why a text is no key ring. The text is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// There is nothing in it.
    #[error("the key ring is empty; `ledgercard keys generate` makes a key")]
    Empty,
    /// A key is not written as asked. Keys are counted from 1.
    #[error("key {0} is not written as <id>:<base64 of 32 bytes>, the id being 1 to 32 of a-z 0-9 - _")]
    Shape(usize),
    /// Two keys have the same id.
    #[error("key {0} has the same id as an earlier one")]
    Twice(usize),
    /// The file cannot be read.
    #[error("the key file {file} cannot be read ({why})")]
    File {
        /// The file.
        file: String,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// The file to be made cannot be made, or is there already.
    #[error(
        "the key file {file} cannot be made ({why}); a file that exists is never written over, choose another name"
    )]
    Make {
        /// The file.
        file: String,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// Others may read or write the file.
    #[error("the key file {file} is open to other users (mode {mode:o}): chmod 600 it, or better, make new keys")]
    Open {
        /// The file.
        file: String,
        /// Its mode bits.
        mode: u32,
    },
}

struct Key {
    id: String,
    seal: XChaCha20Poly1305,
    master: Zeroizing<[u8; 32]>,
}

/// The keys that credentials are sealed with. Cheap to clone; its `Debug` shows ids only.
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<[Key]>,
    clock: Clock,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")?;
        f.debug_list().entries(self.ids()).finish()
    }
}

impl KeyRing {
    /// Reads a ring: one or more `id:base64`, parted by commas or white space; lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// [`RingError`] for an empty ring, a key that is not 32 bytes, a repeated id.
    pub fn parse(text: &SecretString, clock: Clock) -> Result<Self, RingError> {
        let text = text.expose_secret();
        let written = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let written = written.flat_map(|line| line.split([',', ' ', '\t'])).filter(|part| !part.is_empty());
        let mut keys = Vec::new();
        let mut seen = HashSet::new();
        for (place, part) in written.enumerate().map(|(at, part)| (at + 1, part)) {
            let key = Key::parse(part).ok_or(RingError::Shape(place))?;
            if !seen.insert(key.id.clone()) {
                return Err(RingError::Twice(place));
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(RingError::Empty);
        }
        Ok(Self { keys: keys.into(), clock })
    }

    /// Reads a ring from a file, which only its owner may read.
    ///
    /// # Errors
    /// [`RingError::File`], [`RingError::Open`], and those of [`KeyRing::parse`].
    pub fn load(path: &Path, clock: Clock) -> Result<Self, RingError> {
        let file = path.display().to_string();
        let unreadable = |error: std::io::Error| RingError::File { file: file.clone(), why: error.kind() };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(RingError::Open { file, mode });
            }
        }
        Self::parse(&SecretString::from(std::fs::read_to_string(path).map_err(unreadable)?), clock)
    }

    /// Makes a new key and writes it as a ring of one: `k<day>-<4 signs>:<base64>`.
    #[must_use]
    pub fn generate(clock: &Clock) -> SecretString {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        clock.fill(bytes.as_mut());
        let mut tail = [0_u8; 2];
        clock.fill(&mut tail);
        let day = clock.now().day_in(&jiff::tz::TimeZone::UTC).strftime("%Y%m%d").to_string();
        let encoded = Zeroizing::new(STANDARD.encode(bytes.as_ref()));
        SecretString::from(format!("k{day}-{:02x}{:02x}:{}", tail[0], tail[1], encoded.as_str()))
    }

    /// Writes a ring to a new file that only its owner may read.
    ///
    /// # Errors
    /// [`RingError::Make`], also when the file is there already: keys are never written over.
    pub fn write_new(path: &Path, ring: &SecretString) -> Result<(), RingError> {
        use std::io::Write as _;
        let failed = |error: std::io::Error| RingError::Make { file: path.display().to_string(), why: error.kind() };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        writeln!(file, "{}", ring.expose_secret()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Writes `key` in front of the ring that is in a file; the file is replaced as a whole or not at all.
    ///
    /// # Errors
    /// [`RingError::File`], [`RingError::Make`].
    pub fn put_first(path: &Path, key: &SecretString) -> Result<(), RingError> {
        let unreadable =
            |error: std::io::Error| RingError::File { file: path.display().to_string(), why: error.kind() };
        let old = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
        let both = Zeroizing::new(format!("{}\n{}", key.expose_secret(), old.trim_end()));
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let beside = path.with_file_name(name);
        Self::write_new(&beside, &SecretString::from(both.as_str()))?;
        let failed = |error: std::io::Error| RingError::Make { file: path.display().to_string(), why: error.kind() };
        std::fs::rename(&beside, path).map_err(failed)
    }

    /// The ids of the keys, the sealing one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// Seals `bytes` for `place` with the first key and a new random nonce.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "sealing refuses only texts of more than 256 GiB")]
    pub fn seal(&self, place: &Place<'_>, bytes: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let mut sealed = Vec::with_capacity(2 + key.id.len() + NONCE + bytes.len() + TAG);
        sealed.push(FORMAT);
        sealed.push(u8::try_from(key.id.len()).unwrap_or(u8::MAX));
        sealed.extend_from_slice(key.id.as_bytes());
        let bound = bound_to(&sealed, place);
        let mut nonce = [0_u8; NONCE];
        self.clock.fill(&mut nonce);
        sealed.extend_from_slice(&nonce);
        #[expect(clippy::expect_used, reason = "XChaCha20-Poly1305 refuses only texts of more than 256 GiB")]
        let text = key.seal.encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: &bound }).expect("short text");
        sealed.extend_from_slice(&text);
        sealed
    }

    /// Opens what was sealed for `place`, with whichever key of the ring sealed it.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (front, id, rest) = take_apart(sealed).ok_or(SealError::Shape)?;
        let key = self.keys.iter().find(|key| key.id.as_bytes() == id).ok_or(SealError::UnknownKey)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Shape)?;
        let payload = Payload { msg: text, aad: &bound_to(front, place) };
        key.seal.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| SealError::Changed)
    }

    /// Whether `sealed` was sealed with another key than the one that seals now.
    #[must_use]
    pub fn is_outdated(&self, sealed: &[u8]) -> bool {
        take_apart(sealed).is_none_or(|(_, id, _)| id != self.keys[0].id.as_bytes())
    }

    /// A keyed hash (HMAC-SHA256) of `bytes`, different for every `purpose`, made with the last key of the ring.
    #[must_use]
    pub fn mac(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let last = &self.keys[self.keys.len() - 1];
        hmac(derive(&last.master, "mac", purpose).as_ref(), &[bytes])
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (id, encoded) = text.split_once(':')?;
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        if id.is_empty() || id.len() > ID_MOST || !id.bytes().all(fits) {
            return None;
        }
        let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        let master = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
        let seal = XChaCha20Poly1305::new_from_slice(derive(&master, "seal", "").as_ref()).ok()?;
        Some(Self { id: id.to_owned(), seal, master })
    }
}

/// Format and key id; the key id alone; all behind them.
fn take_apart(sealed: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (&[format, length], _) = sealed.split_first_chunk::<2>()?;
    let behind = 2 + usize::from(length);
    if format != FORMAT || sealed.len() < behind {
        return None;
    }
    Some((&sealed[..behind], &sealed[2..behind], &sealed[behind..]))
}

fn bound_to(front: &[u8], place: &Place<'_>) -> Vec<u8> {
    let mut bound = Vec::with_capacity(128);
    for part in [front, place.table.as_bytes(), place.column.as_bytes(), place.row.as_bytes()] {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

fn derive(master: &[u8; 32], use_of: &str, purpose: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(hmac(master, &[b"ledgercard 1 ", use_of.as_bytes(), b"\0", purpose.as_bytes()]))
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
