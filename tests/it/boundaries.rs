//! Who may use whom: reads the `crate::` paths of every file and holds them to the table in `src/lib.rs`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Module, and what of ours it may name. `*` stands for everything.
const RULES: [(&str, &[&str]); 17] = [
    ("clock", &[]),
    ("domain", &[]),
    ("telemetry", &[]),
    ("config", &["clock", "domain", "hubspot", "store", "vault", "telemetry"]),
    ("outbound", &["clock", "domain"]),
    ("store", &["clock", "domain"]),
    ("vault", &["clock", "store", "domain"]),
    ("hubspot", &["clock", "domain", "outbound", "vault"]),
    ("erp", &["clock", "domain", "outbound", "vault"]),
    ("cards", &["clock", "domain", "erp", "hubspot", "store", "vault"]),
    ("sync", &["clock", "domain", "erp", "hubspot", "store", "vault"]),
    ("admin", &["cards", "clock", "domain", "erp", "hubspot", "outbound", "store", "sync", "vault"]),
    ("api", &["admin", "clock", "cards", "domain", "hubspot", "sync", "telemetry"]),
    (
        "app",
        &[
            "admin",
            "api",
            "cards",
            "clock",
            "config",
            "domain",
            "erp",
            "hubspot",
            "outbound",
            "sync",
            "store",
            "telemetry",
            "vault",
        ],
    ),
    ("sandbox", &["clock"]),
    ("cli", &["*"]),
    ("main", &["*"]),
];

/// Libraries that only some modules may name.
const LIBRARIES: [(&str, &[&str]); 6] = [
    ("sqlx::", &["store"]),
    ("reqwest::", &["outbound", "sandbox"]),
    ("axum::", &["api", "app", "sandbox"]),
    ("StatusCode", &["api", "sandbox"]),
    ("rusqlite::", &["sandbox"]),
    ("jsonwebtoken::", &["outbound", "erp"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The top module of a file: `src/cards/list.rs` belongs to `cards`.
fn module(file: &Path) -> String {
    let inside = file.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    inside.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The code of a file without comments and without its test module. A file of tests alone (`…_tests.rs`) has none: tests may
/// use the sandbox.
fn code(file: &Path) -> String {
    if file.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("_tests")) {
        return String::new();
    }
    let text = fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    lines.join("\n")
}

/// Every top module that `code` names by `crate::x` or by `use crate::{ x…, y… }`.
fn named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (place, sign) in group.char_indices() {
            match sign {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                sign if start && depth == 0 && sign.is_alphabetic() => {
                    found.insert(word(&group[place..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn all_sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "only {} files found", files.len());
    files
}

#[test]
fn modules_use_only_whom_they_may() {
    let mut faults = Vec::new();
    for file in all_sources() {
        let module = module(&file);
        if module == "lib" {
            continue;
        }
        let allowed = RULES.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{module} is not in the table"));
        for name in named(&code(&file)) {
            // Exported macros live at the crate's root: in_tx belongs to the store.
            let name = if name == "in_tx" { "store".to_owned() } else { name };
            if name != module && !allowed.contains(&"*") && !allowed.contains(&name.as_str()) {
                faults.push(format!("{} names crate::{name}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn only_a_signed_request_makes_a_tenant() {
    // The sandbox speaks HTTP to the rest: who acts in it is nobody here.
    for file in all_sources().into_iter().filter(|file| module(file) != "sandbox") {
        let (name, text) = (file.to_string_lossy().into_owned(), code(&file).replace("-> Who {", ""));
        // A window's tenant comes from a row that a signed request made (DESIGN decision 12).
        let may = ["api/signed.rs", "cards/mod.rs", "admin/windows.rs"].iter().any(|end| name.ends_with(end));
        assert!(may || !text.contains("Who {"), "{name} makes a tenant without a signature");
        assert!(
            !module(&file).eq("api") || !text.contains(".route(\"/api"),
            "{name} adds a route that takes unsigned requests"
        );
    }
}

#[test]
fn connectors_never_know_each_other() {
    for file in all_sources().iter().filter(|f| module(f) == "erp") {
        let text = code(file);
        let own = |name: &str| file.components().any(|part| part.as_os_str() == name);
        let in_one = file.parent().is_some_and(|folder| !folder.ends_with("erp"));
        for other in ["netsuite", "salesforce", "eaccounting", "board", "artis"] {
            let foreign = in_one && !own(other) && text.contains(&format!("erp::{other}"));
            assert!(!foreign, "{} names erp::{other}", file.display());
        }
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for file in all_sources() {
        let (module, text) = (module(&file), code(&file));
        for (library, rooms) in LIBRARIES {
            if text.contains(library) && !rooms.contains(&module.as_str()) {
                faults.push(format!("{} names {library}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn files_stay_short_enough_to_read() {
    let mut faults = Vec::new();
    for file in all_sources() {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > 400 {
            faults.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
