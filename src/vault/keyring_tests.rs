//! What sealing promises, held against any text, any place and any flipped byte.

use proptest::prelude::*;

use super::*;
use crate::clock::Millis;

const ONE: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const TWO: &str = "b:HxAPDg0MCwoJCAcGBQQDAgEAAAECAwQFBgcICQoLDA0=";
const HERE: Place<'static> = Place { table: "credentials", column: "sealed", row: "portal/1" };

fn ring(text: &str) -> KeyRing {
    KeyRing::parse(&SecretString::from(text), Clock::manual(Millis(1_700_000_000_000), 3)).unwrap()
}

fn refusal(text: &str) -> RingError {
    KeyRing::parse(&SecretString::from(text), Clock::manual(Millis(0), 1)).unwrap_err()
}

proptest! {
    #[test]
    fn what_is_sealed_opens(bytes in proptest::collection::vec(any::<u8>(), 0..300), row in "\\PC{0,40}") {
        let place = Place { row: &row, ..HERE };
        let ring = ring(ONE);
        let opened = ring.open(&place, &ring.seal(&place, &bytes)).unwrap();
        prop_assert_eq!(opened.as_slice(), bytes.as_slice());
    }

    #[test]
    fn any_flipped_bit_fails(bytes in proptest::collection::vec(any::<u8>(), 0..40), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let ring = ring(&format!("{ONE},{TWO}"));
        let mut sealed = ring.seal(&HERE, &bytes);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(ring.open(&HERE, &sealed).is_err());
    }

    #[test]
    fn a_shortened_value_fails(bytes in proptest::collection::vec(any::<u8>(), 0..40), keep in any::<prop::sample::Index>()) {
        let ring = ring(ONE);
        let sealed = ring.seal(&HERE, &bytes);
        prop_assert!(ring.open(&HERE, &sealed[..keep.index(sealed.len())]).is_err());
    }

    #[test]
    fn another_place_fails(
        a in ("[ab]{0,3}", "[ab]{0,3}", "[ab]{0,3}"),
        b in ("[ab]{0,3}", "[ab]{0,3}", "[ab]{0,3}"),
    ) {
        let ring = ring(ONE);
        let place_of = |p: &(String, String, String)| (p.0.clone(), p.1.clone(), p.2.clone());
        let (a, b) = (place_of(&a), place_of(&b));
        let sealed = ring.seal(&Place { table: &a.0, column: &a.1, row: &a.2 }, b"x");
        let opened = ring.open(&Place { table: &b.0, column: &b.1, row: &b.2 }, &sealed);
        prop_assert_eq!(opened.is_ok(), a == b);
    }

    #[test]
    fn no_text_makes_the_ring_panic(text in "\\PC{0,80}") {
        let _ = KeyRing::parse(&SecretString::from(text), Clock::manual(Millis(0), 1));
    }

    #[test]
    fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(ring(ONE).open(&HERE, &bytes).is_err());
    }
}

#[test]
fn another_key_fails_even_under_the_same_id() {
    let sealed = ring(ONE).seal(&HERE, b"secret");
    assert_eq!(ring(TWO).open(&HERE, &sealed), Err(SealError::UnknownKey));
    let same_id = TWO.replace("b:", "a:");
    assert_eq!(ring(&same_id).open(&HERE, &sealed), Err(SealError::Changed));
}

#[test]
fn the_text_is_not_to_be_seen_and_no_two_sealings_are_alike() {
    let ring = ring(ONE);
    let (first, second) = (ring.seal(&HERE, b"hunter2hunter2"), ring.seal(&HERE, b"hunter2hunter2"));
    assert_ne!(first, second);
    assert!(!first.windows(7).any(|w| w == b"hunter2"));
}

#[test]
fn a_rotated_ring_opens_the_old_seals_with_the_new_and_keeps_its_hashes() {
    let old = ring(ONE);
    let rotated = ring(&format!("# the new one first\n{TWO}\n{ONE}\n"));
    let sealed = old.seal(&HERE, b"secret");
    assert_eq!(rotated.open(&HERE, &sealed).unwrap().as_slice(), b"secret");
    assert!(rotated.is_outdated(&sealed));
    let again = rotated.seal(&HERE, b"secret");
    assert!(!rotated.is_outdated(&again));
    assert_eq!(old.open(&HERE, &again), Err(SealError::UnknownKey));
    assert_eq!(old.mac("x", b"y"), rotated.mac("x", b"y"));
}

#[test]
fn hashes_differ_by_purpose_text_and_key() {
    let ring_one = ring(ONE);
    let hash = ring_one.mac("fingerprint", b"a");
    assert_eq!(hash, ring_one.mac("fingerprint", b"a"));
    assert_ne!(hash, ring_one.mac("email", b"a"));
    assert_ne!(hash, ring_one.mac("fingerprint", b"b"));
    assert_ne!(hash, ring(TWO).mac("fingerprint", b"a"));
}

#[test]
fn wrong_rings_are_refused_without_repeating_them() {
    for (text, why) in [
        ("", RingError::Empty),
        (" \n# nothing\n", RingError::Empty),
        ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", RingError::Shape(1)),
        ("a:AAEC", RingError::Shape(1)),
        ("a:not base64", RingError::Shape(1)),
        ("A:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", RingError::Shape(1)),
    ] {
        assert_eq!(refusal(text), why, "{text}");
    }
    assert_eq!(refusal(&format!("{ONE},{TWO},{ONE}")), RingError::Twice(3));
    assert!(!refusal("a:AAEC").to_string().contains("AAEC"));
}

#[test]
fn debug_shows_ids_only() {
    assert_eq!(format!("{:?}", ring(&format!("{ONE} {TWO}"))), "KeyRing[\"a\", \"b\"]");
}

#[test]
fn a_generated_ring_is_written_for_its_owner_alone_and_read_again() {
    let clock = Clock::manual(Millis(1_700_000_000_000), 9);
    let made = KeyRing::generate(&clock);
    assert_ne!(made.expose_secret(), KeyRing::generate(&clock).expose_secret());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    KeyRing::write_new(&path, &made).unwrap();
    let ring = KeyRing::load(&path, clock.clone()).unwrap();
    assert!(ring.ids().next().unwrap().starts_with("k20231114-"));

    let over = KeyRing::write_new(&path, &made).unwrap_err();
    assert!(matches!(over, RingError::Make { why: std::io::ErrorKind::AlreadyExists, .. }), "{over}");
    let missing = KeyRing::load(&folder.path().join("none"), clock).unwrap_err();
    assert!(matches!(missing, RingError::File { why: std::io::ErrorKind::NotFound, .. }), "{missing}");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let clock = Clock::manual(Millis(0), 9);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    KeyRing::write_new(&path, &KeyRing::generate(&clock)).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o601] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = KeyRing::load(&path, clock.clone()).unwrap_err();
        assert!(matches!(refused, RingError::Open { mode: seen, .. } if seen == mode), "{refused}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(KeyRing::load(&path, clock).is_ok());
}
