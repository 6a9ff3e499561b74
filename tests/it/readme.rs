//! What the README says is true: its commands exist, its files are there, its example works, its tour finds its people.

use std::{collections::BTreeSet, fs, path::Path};

use ledgercard::config::Config;
use serde_json::Value;

use crate::world::{PORTAL, walk};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The fenced blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn every_make_target_exists() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let text = readme();
    let after = |before: &'static str| text.split(before).skip(1).collect::<Vec<_>>();
    let quoted = after("`make ").into_iter().chain(after("\nmake "));
    let named: BTreeSet<&str> = quoted
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next())
        .filter(|w| !w.is_empty())
        .collect();
    assert!(named.len() >= 6, "{named:?}");
    for target in named {
        assert!(makefile.lines().any(|line| line.starts_with(&format!("{target}:"))), "make {target} is not there");
    }
}

#[test]
fn every_file_it_links_to_exists() {
    let text = readme();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut seen = 0;
    for link in links.filter(|link| !link.starts_with("http")) {
        assert!(root().join(link).exists(), "{link} is not there");
        seen += 1;
    }
    assert!(seen >= 8, "only {seen} links found");
}

#[test]
fn the_example_configuration_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("hubspot.secret");
    fs::write(&secret, "an app's client secret\n").unwrap();
    let key = ledgercard::vault::KeyRing::generate(&ledgercard::clock::Clock::system());
    let keys = folder.path().join("ledgercard.keys");
    ledgercard::vault::KeyRing::write_new(&keys, &key).unwrap();
    let example = blocks("toml").remove(0);
    let example = example.replace("\"hubspot.secret\"", &format!("{:?}", secret.display().to_string()));
    let example = example.replace("\"ledgercard.keys\"", &format!("{:?}", keys.display().to_string()));
    let file = folder.path().join("ledgercard.toml");
    fs::write(&file, example).unwrap();
    let config = Config::load(Some(&file), []).unwrap();
    assert_eq!(config.server.public_url, "https://ledgercard.example.com");
}

walk!(
    /// The people and deals of the tour are in the demo's data, and its fault is one that the sandbox takes.
    the_tour_finds_what_it_names,
    |world| {
        let catalogue = world.control(&world.hubspot, "/_sandbox/catalogue").await;
        let portals = catalogue["portals"].as_array().unwrap();
        let portal = portals.iter().find(|p| p["portalId"] == PORTAL).unwrap();
        let names: Vec<&str> = portal["records"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
        let text = readme();
        for name in ["Leonie Köhler", "Rogers: catalogue licence", "Jennifer Peterson", "Wavelength"] {
            assert!(text.contains(name), "the README no longer names {name}");
            assert!(names.iter().any(|known| known.contains(name)), "{name} is not in {names:?}");
        }
        let fault = text.split("-d '").nth(1).unwrap().split('\'').next().unwrap();
        world.faults(&world.netsuite, serde_json::from_str::<Value>(fault).unwrap()).await;
        let answer = world.list(&world.record("linked").await, "").await;
        assert_eq!(answer["state"], "unavailable");
    }
);
