//! What is accepted, what is refused, and that nothing is told one fault at a time.

use secrecy::ExposeSecret as _;

use super::{read::KEYS, *};

const RING: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect()
}

/// The least that is needed.
const LEAST: [(&str, &str); 6] = [
    ("LEDGERCARD_SERVER__PUBLIC_URL", "https://invoices.example.com"),
    ("LEDGERCARD_HUBSPOT__APP_ID", "4711"),
    ("LEDGERCARD_HUBSPOT__CLIENT_ID", "aaaa-bbbb"),
    ("LEDGERCARD_HUBSPOT__CLIENT_SECRETS", "s3cr3t-one"),
    ("LEDGERCARD_DATABASE__URL", "postgres://lc:s3cr3t-two@db.example/lc"),
    ("LEDGERCARD_KEYS", RING),
];

fn with(changed: &[(&str, &str)]) -> Result<Config, Faults> {
    let kept = LEAST.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    Config::load(None, variables(&kept.chain(changed).copied().collect::<Vec<_>>()))
}

fn faults(changed: &[(&str, &str)]) -> Vec<String> {
    with(changed).unwrap_err().0.into_iter().map(|fault| format!("{}: {}", fault.place, fault.what)).collect()
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledgercard.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn the_least_that_is_needed_gets_the_defaults() {
    let config = with(&[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:4702");
    assert_eq!(config.hubspot.api_url, "https://api.hubapi.com");
    assert_eq!(config.hubspot.app_id, AppId(4711));
    assert_eq!((config.card, config.netsuite), (Card::default(), NetSuite::default()));
    assert_eq!(config.log, Log { format: LogFormat::Text, level: "info".to_owned() });
    assert_eq!(config.keys.ring(Clock::system()).unwrap().ids().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn the_file_is_read_and_variables_go_over_it() {
    let (folder, path) = file(
        r#"
        [server]
        listen = "0.0.0.0:8080"
        public_url = "https://from-file.example"
        [hubspot]
        app_id = 12
        client_id = "x"
        client_secrets_file = "SECRETS"
        [database]
        url = "sqlite:data.db"
        [keys]
        file = "KEYS"
        [card]
        fresh_seconds = 30
        cache_bytes = 2097152
        [log]
        format = "json"
        level = "warn,ledgercard=debug"
        "#,
    );
    let (secrets, keys) = (folder.path().join("secrets"), folder.path().join("keys"));
    std::fs::write(&secrets, "new-secret\nold-secret\n").unwrap();
    KeyRing::write_new(&keys, &SecretString::from(RING)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("SECRETS", &secrets.display().to_string()).replace("KEYS", &keys.display().to_string());
    std::fs::write(&path, text).unwrap();

    let over = variables(&[("LEDGERCARD_SERVER__PUBLIC_URL", "https://over.example"), ("LEDGERCARD_LOG__FORMAT", "")]);
    let config = Config::load(Some(&path), over).unwrap();
    assert_eq!(config.server.public_url, "https://over.example");
    assert_eq!(config.server.listen.port(), 8080);
    let secrets: Vec<&str> = config.hubspot.client_secrets.iter().map(SecretString::expose_secret).collect();
    assert_eq!(secrets, ["new-secret", "old-secret"]);
    assert_eq!((config.card.fresh, config.card.cache_bytes), (Duration::from_secs(30), 2_097_152));
    assert_eq!(config.log.format, LogFormat::Json, "an empty variable is none");
    assert_eq!(config.database.to_string(), "sqlite:data.db");
}

#[test]
fn nothing_given_tells_everything_that_is_missing() {
    let refused = Config::load(None, []).unwrap_err();
    insta::assert_snapshot!(refused.to_string(), @r"
    the configuration cannot be used:
      server.public_url (LEDGERCARD_SERVER__PUBLIC_URL): is missing: the address under which HubSpot calls this server
      hubspot.app_id (LEDGERCARD_HUBSPOT__APP_ID): is missing: the number of the HubSpot app
      hubspot.client_id (LEDGERCARD_HUBSPOT__CLIENT_ID): is missing: the client id of the HubSpot app
      LEDGERCARD_HUBSPOT__CLIENT_SECRETS: is missing: give the app's client secret (its Auth tab shows it)
      database.url (LEDGERCARD_DATABASE__URL): is missing: sqlite:<file> or postgres://…
      keys.file (LEDGERCARD_KEYS__FILE): is missing: make a key file with `ledgercard keys generate`, or set LEDGERCARD_KEYS
    ");
}

#[test]
fn all_faults_are_told_at_once_and_none_repeats_a_secret() {
    let (_folder, path) = file(
        r#"
        surprise = 1
        [server]
        listen = "everywhere"
        port = 80
        [hubspot]
        client_secrets = "hunter2-in-file"
        [keys]
        ring = "hunter2-ring"
        [card]
        fresh_seconds = 1.5
        wait_ms = 5000
        "#,
    );
    let refused = Config::load(
        Some(&path),
        variables(&[
            ("LEDGERCARD_SERVER__PUBLIC_URL", "http://invoices.example.com/"),
            ("LEDGERCARD_HUBSPOT__APP_ID", "-1"),
            ("LEDGERCARD_HUBSPOT__CLIENT_ID", "x"),
            ("LEDGERCARD_HUBSPOT__CLIENT_SECRETS", "hunter2"),
            ("LEDGERCARD_DATABASE__URL", "mysql://u:hunter2@x/y"),
            ("LEDGERCARD_KEYS", "hunter2"),
            ("LEDGERCARD_KEY", "hunter2"),
            ("LEDGERCARD_LOG__LEVEL", "inof"),
            ("LEDGERCARD_TEST_POSTGRES", "required"),
            ("PATH", "/bin"),
        ]),
    )
    .unwrap_err();
    let text = refused.to_string().replace(&path.display().to_string(), "FILE");
    assert!(!text.contains("hunter2") && !format!("{refused:?}").contains("hunter2"), "{text}");
    insta::assert_snapshot!(text, @r"
    the configuration cannot be used:
      server.listen (LEDGERCARD_SERVER__LISTEN): must be an address and port such as 127.0.0.1:4702
      server.public_url (LEDGERCARD_SERVER__PUBLIC_URL): must begin with https:// (http:// only for localhost)
      hubspot.app_id (LEDGERCARD_HUBSPOT__APP_ID): must be the number of the HubSpot app
      LEDGERCARD_HUBSPOT__CLIENT_SECRETS: holds a secret of fewer than 8 signs
      database.url (LEDGERCARD_DATABASE__URL): must be sqlite:<path of a file> or postgres://<user>:<password>@<host>:<port>/<database>
      keys.file (LEDGERCARD_KEYS__FILE): key 1 is not written as <id>:<base64 of 32 bytes>, the id being 1 to 32 of a-z 0-9 - _
      card.fresh_seconds (LEDGERCARD_CARD__FRESH_SECONDS): must be text or a whole number, not float
      card.wait_ms (LEDGERCARD_CARD__WAIT_MS): must be less than card.answer_ms, or no answer could come in time
      log.level (LEDGERCARD_LOG__LEVEL): must be off, error, warn, info, debug or trace, or several parted by commas, of which all but one name a part of the program: info,sqlx=debug
      FILE: secrets do not belong into this file: set LEDGERCARD_HUBSPOT__CLIENT_SECRETS instead, or name a file that holds nothing else
      FILE: secrets do not belong into this file: set LEDGERCARD_KEYS instead, or name a file that holds nothing else
      FILE: unknown key server.port
      FILE: unknown key surprise: keys stand in sections such as [server]
      LEDGERCARD_KEY: unknown variable
    ");
}

#[test]
fn addresses_must_be_plain() {
    let wrong = |url: &str| faults(&[("LEDGERCARD_SERVER__PUBLIC_URL", url)]);
    for url in [
        "http://invoices.example.com",
        "https://invoices.example.com/",
        "https://invoices.example.com/app",
        "https://invoices.example.com?x=1",
        "https://invoices.example.com#x",
        "https://user:hunter2@invoices.example.com",
        "https://Invoices.example.com",
        "https://invoices.example.com:443",
        "ftp://invoices.example.com",
        "invoices.example.com",
        "https://",
    ] {
        let told = wrong(url);
        assert_eq!(told.len(), 1, "{url}: {told:?}");
        assert!(told[0].starts_with("server.public_url (LEDGERCARD_SERVER__PUBLIC_URL): must "), "{told:?}");
        assert!(!told[0].contains("hunter2"));
    }
    for url in
        ["https://invoices.example.com:8443", "http://localhost:4702", "http://127.0.0.1:4702", "http://[::1]:4702"]
    {
        assert!(with(&[("LEDGERCARD_SERVER__PUBLIC_URL", url)]).is_ok(), "{url}");
    }
}

#[test]
fn templates_need_their_label() {
    for (url, good) in [
        ("https://{label}.suitetalk.api.netsuite.com", true),
        ("http://127.0.0.1:4703/{label}", true),
        ("https://suitetalk.api.netsuite.com", false),
        ("https://{label}.{label}.example", false),
        ("http://{label}.suitetalk.api.netsuite.com", false),
        ("https://{label}.suitetalk.api.netsuite.com/", false),
        ("{label}", false),
    ] {
        let told = with(&[("LEDGERCARD_NETSUITE__SUITETALK_URL", url)]);
        assert_eq!(told.is_ok(), good, "{url}: {:?}", told.err());
    }
}

#[test]
fn contradictions_are_refused() {
    let (folder, _) = file("");
    let path = folder.path().join("secrets").display().to_string();
    for (changed, says) in [
        (vec![("LEDGERCARD_KEYS__FILE", "keys")], "keys.file (LEDGERCARD_KEYS__FILE): contradicts LEDGERCARD_KEYS"),
        (
            vec![("LEDGERCARD_HUBSPOT__CLIENT_SECRETS_FILE", path.as_str())],
            "contradicts LEDGERCARD_HUBSPOT__CLIENT_SECRETS",
        ),
        (vec![("LEDGERCARD_CARD__FRESH_SECONDS", "90"), ("LEDGERCARD_CARD__STALE_SECONDS", "60")], "must not be less"),
        (vec![("LEDGERCARD_CARD__WAIT_MS", "3000")], "must be less than card.answer_ms"),
        (vec![("LEDGERCARD_HUBSPOT__CLIENT_SECRETS", "aaaaaaaa,bbbbbbbb,cccccccc")], "two secrets at most"),
        (vec![("LEDGERCARD_HUBSPOT__CLIENT_SECRETS", "aaaaaaaa,aaaaaaaa")], "the same secret twice"),
        (vec![("LEDGERCARD_HUBSPOT__CLIENT_SECRETS", " , ")], "is missing"),
        (vec![("LEDGERCARD_CARD__CACHE_BYTES", "1000")], "at least 1048576"),
        (vec![("LEDGERCARD_CARD__ANSWER_MS", "100000")], "must lie between 200 and 10000"),
        (vec![("LEDGERCARD_CARD__FRESH_SECONDS", "0")], "must lie between 1 and 3600"),
    ] {
        let told = faults(&changed);
        assert!(told.iter().any(|fault| fault.contains(says)), "{changed:?}: {told:?}");
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let missing = Config::load(Some(Path::new("/no/such/file.toml")), variables(&LEAST)).unwrap_err();
    assert_eq!(missing.0.len(), 1);
    assert_eq!(missing.0[0].place, "/no/such/file.toml");

    let (_folder, path) = file("[server]\nlisten = \"0.0.0.0:1\"\n[database]\nurl = \"postgres://u:hunter2@x/y\n");
    let broken = Config::load(Some(&path), variables(&LEAST)).unwrap_err().to_string();
    assert!(broken.contains("line 4 is no TOML") && !broken.contains("hunter2"), "{broken}");

    let told =
        faults(&[("LEDGERCARD_HUBSPOT__CLIENT_SECRETS", ""), ("LEDGERCARD_HUBSPOT__CLIENT_SECRETS_FILE", "/no/such")]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("/no/such"), "{told:?}");
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:#?}", with(&[]).unwrap());
    assert!(!shown.contains("s3cr3t") && !shown.contains("AAEC"), "{shown}");
    assert!(shown.contains("db.example"));
}

#[test]
fn the_table_in_the_text_names_every_key_and_variable() {
    let text = include_str!("../config.rs");
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("//! | `") || line.starts_with("//! | –")).collect();
    assert_eq!(rows.len(), KEYS.len());
    for ((key, in_file), row) in KEYS.iter().zip(rows) {
        let first = if *in_file { format!("`{key}`") } else { "–".to_owned() };
        let begin = format!("//! | {first} | `{}` |", read::variable(key));
        assert!(row.starts_with(&begin), "{row} does not begin with {begin}");
    }
}

#[test]
fn the_defaults_in_the_text_are_the_defaults() {
    let config = with(&[]).unwrap();
    let shown = [
        config.server.listen.to_string(),
        config.hubspot.api_url.clone(),
        config.hubspot.authorize_url.clone(),
        config.hubspot.versions.oauth.clone(),
        "refuse".to_owned(),
        config.hubspot.calls.to_string(),
        config.netsuite.suitetalk_url.clone(),
        config.netsuite.app_url.clone(),
        config.card.fresh.as_secs().to_string(),
        config.card.wait.as_millis().to_string(),
        config.card.stale.as_secs().to_string(),
        config.card.answer.as_millis().to_string(),
        config.card.cache_bytes.to_string(),
        config.sync.workers.to_string(),
        "text".to_owned(),
        config.log.level.clone(),
    ];
    let defaults: Vec<&str> = include_str!("../config.rs")
        .lines()
        .filter(|line| line.starts_with("//! | `") || line.starts_with("//! | –"))
        .filter_map(|line| line.split(" | ").nth(3))
        .filter(|cell| !cell.starts_with("none"))
        .filter_map(|cell| cell.split('`').nth(1))
        .collect();
    assert_eq!(defaults, shown);
}

#[test]
fn a_configuration_made_in_code_is_held_to_the_same_rules() {
    let mut config = with(&[]).unwrap();
    config.database = DatabaseUrl::sqlite("demo.db");
    config.server.public_url = "http://127.0.0.1:4702".to_owned();
    config.netsuite.suitetalk_url = "http://127.0.0.1:4703/{label}".to_owned();
    assert_eq!(config.check(), Ok(()));
    config.server.public_url = "http://demo.example".to_owned();
    config.card.wait = config.card.answer;
    config.keys = Keys::File(PathBuf::from("/no/such/keys"));
    let places: Vec<String> = config.check().unwrap_err().0.into_iter().map(|fault| fault.place).collect();
    assert_eq!(
        places,
        [
            "server.public_url (LEDGERCARD_SERVER__PUBLIC_URL)",
            "keys.file (LEDGERCARD_KEYS__FILE)",
            "card.wait_ms (LEDGERCARD_CARD__WAIT_MS)"
        ]
    );
}
