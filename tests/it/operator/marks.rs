//! DESIGN §2: values of ERP and CRM records and secrets go through everything, and are then looked for in the database, its
//! journal, a dump, the logs and the metrics; secrets in every answer, too.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use aho_corasick::AhoCorasick;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    marks_sync,
    site::{Serving, Site},
};
use crate::{ground, store::fixture::Schema, world};

/// What the walk leaves behind, by the name of the place.
pub(super) type Places = BTreeMap<String, Vec<u8>>;

/// Values that must not be found, with what they are.
#[derive(Default)]
pub(super) struct Marks(BTreeMap<String, &'static str>);

impl Marks {
    /// Short values would be found by chance.
    pub(super) fn add(&mut self, what: &'static str, value: &str) {
        if value.chars().count() >= 7 {
            self.0.insert(value.to_owned(), what);
        }
    }

    /// Where marks are, in any of the forms in which a value may hide.
    fn found_in(&self, places: &Places) -> Vec<String> {
        let all: Vec<(&str, &str, &str, String)> = self
            .0
            .iter()
            .flat_map(|(mark, what)| {
                forms(mark).into_iter().map(move |(form, text)| (mark.as_str(), *what, form, text))
            })
            .collect();
        let search = AhoCorasick::new(all.iter().map(|(.., text)| text)).unwrap();
        let mut found = BTreeSet::new();
        for (place, bytes) in places {
            let lower = String::from_utf8_lossy(bytes).to_lowercase().into_bytes();
            for hit in [bytes, &lower].into_iter().flat_map(|text| search.find_overlapping_iter(text)) {
                let (mark, what, form, _) = &all[hit.pattern().as_usize()];
                found.insert(format!("{what} {mark:?} as {form} in {place}"));
            }
        }
        found.into_iter().collect()
    }
}

/// Raw, small letters, base64 at each of its three alignments, SHA-256 as hex, and plain hex as a dump writes bytes.
fn forms(mark: &str) -> Vec<(&'static str, String)> {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let mut forms = vec![
        ("itself", mark.to_owned()),
        ("small letters", mark.to_lowercase()),
        ("SHA-256", hex(&Sha256::digest(mark.as_bytes()))),
        ("SHA-256 of small letters", hex(&Sha256::digest(mark.to_lowercase().as_bytes()))),
        ("hex", hex(mark.as_bytes())),
    ];
    for before in 0..3_usize {
        let shifted = [vec![b'x'; before], mark.as_bytes().to_vec()].concat();
        let text = STANDARD.encode(&shifted);
        // The signs at both ends depend on the neighbours.
        let (from, to) = ((before * 8).div_ceil(6), (before + mark.len()) * 8 / 6);
        forms.push(("base64", text[from..to].to_owned()));
    }
    forms
}

/// One signed request; its answer is kept as a place.
pub(super) async fn ask(serving: &Serving, places: &mut Places, method: &str, path: &str, body: &Value) -> Value {
    let uri = world::with_identity(path, world::PORTAL);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let stamp = ledgercard::clock::Clock::system().now().0.to_string();
    let signature = world::signature_for(&serving.url, method, &uri, &body, &stamp);
    let answer = ground::client()
        .request(method.parse().unwrap(), format!("{}{uri}", serving.url))
        .header("x-hubspot-signature-v3", signature)
        .header("x-hubspot-request-timestamp", stamp)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    assert_eq!(status, 200, "{method} {path}: {text}");
    places.entry("an answer".to_owned()).or_default().extend(text.bytes());
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Every record's card, with search, detail, adding, removing, undoing, choosing, refreshing; what was read becomes marks.
async fn use_the_card(serving: &Serving, site: &Site, places: &mut Places, marks: &mut Marks) {
    let catalogue = site.control(&site.hubspot, "/_sandbox/catalogue").await;
    let portal = catalogue["portals"].as_array().unwrap().iter().find(|p| p["portalId"] == world::PORTAL).unwrap();
    let mut attached = 0;
    for (n, record) in portal["records"].as_array().unwrap().iter().enumerate().take(40) {
        for (name, value) in record["properties"].as_object().unwrap() {
            let kept =
                ["hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate", "dealstage", "pipeline"];
            if !kept.contains(&name.as_str()) {
                marks.add("a HubSpot property", value.as_str().unwrap_or_default());
            }
        }
        let (kind, id) = (record["objectTypeId"].as_str().unwrap(), record["objectId"].as_str().unwrap());
        let of = format!("objectTypeId={kind}&objectId={id}");
        let list = ask(serving, places, "GET", &format!("/api/card/invoices?{of}"), &Value::Null).await;
        let found = ask(serving, places, "GET", &format!("/api/card/search?{of}&q=Wavelength"), &Value::Null).await;
        let searched: Vec<&Value> = found["rows"].as_array().unwrap().iter().map(|one| &one["row"]).collect();
        for row in list["rows"].as_array().unwrap().iter().chain(searched.iter().copied()) {
            for (what, value) in [
                ("an invoice's number", &row["number"]),
                ("a customer's name", &row["customer"]["name"]),
                ("a memo", &row["memo"]),
                ("a PO number", &row["poNumber"]),
                ("an amount", &row["total"]["amount"]),
            ] {
                marks.add(what, value.as_str().unwrap_or_default());
            }
        }
        let Some(row) = searched.first() else { continue };
        attach_and_remove(serving, places, (kind, id, n), row).await;
        attached += 1;
    }
    assert!(attached >= 10, "{attached} invoices were attached");
}

/// One invoice looked at, attached, removed and put back.
async fn attach_and_remove(serving: &Serving, places: &mut Places, (kind, id, n): (&str, &str, usize), row: &Value) {
    let of = format!("objectTypeId={kind}&objectId={id}");
    let invoice = json!({ "connectionId": row["connectionId"], "invoiceId": row["id"], "confirmed": true });
    let record = json!({ "objectTypeId": kind, "objectId": id });
    let with = |key: &str, more: Value| {
        let mut body = record.clone();
        body["idempotencyKey"] = json!(format!("marks-{key}-{n}"));
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let detail = format!(
        "/api/card/invoice?{of}&connectionId={}&invoiceId={}",
        row["connectionId"].as_str().unwrap(),
        row["id"].as_str().unwrap()
    );
    ask(serving, places, "GET", &detail, &Value::Null).await;
    let added =
        ask(serving, places, "POST", "/api/card/associations", &with("add", json!({ "invoices": [invoice] }))).await;
    let association = &added["results"][0]["associationId"];
    assert!(association.is_string(), "{added}");
    for path in ["/api/card/associations/remove", "/api/card/associations/restore"] {
        ask(
            serving,
            places,
            "POST",
            path,
            &with(path.rsplit('/').next().unwrap(), json!({ "associationId": association })),
        )
        .await;
    }
    ask(serving, places, "POST", "/api/card/refresh", &with("refresh", json!({}))).await;
}

/// The settings page, with secrets entered and wrong ones, too.
async fn use_the_settings(serving: &Serving, places: &mut Places, marks: &mut Marks) {
    const TYPED: &str = "typed-client-secret-Marked-7f3a";
    marks.add("the client secret of a sign-in", TYPED);
    for path in ["/api/settings", "/api/settings/people", "/api/settings/checklist", "/api/settings/leaving"] {
        ask(serving, places, "GET", path, &Value::Null).await;
    }
    let key = |n: u32| format!("marks-settings-{n}");
    let draft = json!({ "accountId": "1234567_SB1", "name": "Books", "idempotencyKey": key(1) });
    let draft = ask(serving, places, "POST", "/api/settings/netsuite/drafts", &draft).await;
    let id = draft["draft"]["draftId"].clone();
    assert!(id.is_string(), "{draft}");
    let connect = json!({ "draftId": id, "clientId": "unknown-client", "certificateId": "unknown", "confirmed": true, "idempotencyKey": key(2) });
    ask(serving, places, "POST", "/api/settings/netsuite/connect", &connect).await;
    let sign_in = json!({ "accountId": "1234567_SB1", "name": "Books", "clientId": "some-client", "clientSecret": TYPED, "confirmed": true, "idempotencyKey": key(3) });
    let window = ask(serving, places, "POST", "/api/settings/netsuite/sign-in", &sign_in).await;
    let url = window["url"].as_str().unwrap_or_else(|| panic!("no window: {window}")).to_owned();
    let page = ground::client().get(&url).send().await.unwrap().text().await.unwrap();
    places.insert("the window's page".to_owned(), page.into_bytes());
    install(serving, places, marks).await;
    events(serving, places, marks).await;
    // The ticket was in the answer to who asked for it, and nowhere else; so it is looked for where answers are not.
    let ticket = url.rsplit('/').next().unwrap().to_owned();
    let stored: Places = places
        .iter()
        .filter(|(place, _)| !place.starts_with("an answer"))
        .map(|(p, b)| (p.clone(), b.clone()))
        .collect();
    let mut alone = Marks::default();
    alone.add("a ticket", &ticket);
    assert_eq!(alone.found_in(&stored), Vec::<String>::new());
}

/// HubSpot's events, with a value in one that nobody asked for.
async fn events(serving: &Serving, places: &mut Places, marks: &mut Marks) {
    const VALUE: &str = "Marked-property-value-51d2";
    marks.add("a property's value in an event", VALUE);
    let event = |kind: &str| {
        json!({
            "eventId": 1, "subscriptionId": 1, "portalId": world::PORTAL.parse::<u64>().unwrap(), "appId": 77,
            "occurredAt": 1, "subscriptionType": kind, "attemptNumber": 0, "objectId": 501,
            "propertyName": "firstname", "propertyValue": VALUE,
        })
    };
    let body = json!([event("contact.propertyChange"), event("contact.restore")]).to_string();
    let stamp = ledgercard::clock::Clock::system().now().0.to_string();
    let signature = world::signature_for(&serving.url, "POST", "/webhooks/hubspot", &body, &stamp);
    let sent = ground::client().post(format!("{}/webhooks/hubspot", serving.url)).body(body);
    let sent = sent.header("x-hubspot-signature-v3", signature).header("x-hubspot-request-timestamp", stamp);
    let answer = sent.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    places.insert("the events' answer".to_owned(), answer.bytes().await.unwrap().to_vec());
}

/// The app installed once more through HubSpot's consent page, as a browser would.
async fn install(serving: &Serving, places: &mut Places, marks: &mut Marks) {
    let browser = ground::browser();
    let begun = browser.get(format!("{}/oauth/install", serving.url)).send().await.unwrap();
    let header = |answer: &reqwest::Response, name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let cookie = header(&begun, "set-cookie").split(';').next().unwrap().to_owned();
    marks.add("a cookie", cookie.split('=').nth(1).unwrap());
    let consent: url::Url = header(&begun, "location").parse().unwrap();
    let mut form: Vec<(String, String)> = consent.query_pairs().into_owned().collect();
    for (name, value) in &form {
        if name == "state" {
            marks.add("a state", value);
        }
    }
    form.extend(
        [("portal", world::PORTAL), ("user", "9001"), ("decision", "connect")]
            .map(|(n, v)| (n.to_owned(), v.to_owned())),
    );
    let mut to = consent.clone();
    to.set_query(None);
    let back = browser.post(to).form(&form).send().await.unwrap();
    assert_eq!(back.status().as_u16(), 302, "{}", back.text().await.unwrap());
    let done = browser.get(header(&back, "location")).header("cookie", cookie).send().await.unwrap();
    assert_eq!(done.status().as_u16(), 200);
    places.insert("the page of the installation".to_owned(), done.bytes().await.unwrap().to_vec());
}

/// Everything once; then nothing of it is anywhere.
async fn walk(site: &Site, dump: impl AsyncFnOnce() -> Places) {
    let log = site.folder.path().join("log.json");
    let (mut answers, mut values, mut secrets) = (Places::new(), Marks::default(), Marks::default());
    let serving = site.serve_logging(&log).await;
    use_the_card(&serving, site, &mut answers, &mut values).await;
    use_the_settings(&serving, &mut answers, &mut secrets).await;
    marks_sync::keep_in_step(&serving, site, &mut answers, &mut values).await;
    let metrics = ground::client().get(format!("{}/metrics", serving.url)).send().await.unwrap().bytes().await.unwrap();
    for (name, value) in [("the app's client secret", site.variable("HUBSPOT__CLIENT_SECRETS")), ("a key", site.key())]
    {
        secrets.add(name, &value);
    }
    for sandbox in [&site.hubspot, &site.netsuite] {
        for secret in site.control(sandbox, "/_sandbox/secrets").await.as_array().unwrap() {
            secrets.add("a token or code", secret.as_str().unwrap());
        }
    }
    assert!(values.0.len() > 100 && secrets.0.len() > 5, "{} values, {} secrets", values.0.len(), secrets.0.len());
    let mut kept = dump().await;
    drop(serving);
    kept.insert("the log".to_owned(), std::fs::read(&log).unwrap());
    kept.insert("the metrics".to_owned(), metrics.to_vec());
    assert!(kept["the log"].len() > 10_000, "the log tells something");
    assert_eq!(values.found_in(&kept), Vec::<String>::new());
    kept.append(&mut answers);
    assert_eq!(secrets.found_in(&kept), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_value_and_no_secret_is_in_sqlite_its_journal_the_logs_or_the_metrics() {
    let site = Site::planted().await;
    walk(&site, async || {
        let file = site.folder.path().join("ledgercard.sqlite");
        let read = |end: &str| std::fs::read(file.with_extension(format!("sqlite{end}"))).unwrap_or_default();
        let places = Places::from([("the database".to_owned(), read("")), ("its journal".to_owned(), read("-wal"))]);
        assert!(places.values().all(|bytes| bytes.len() > 4_096), "both hold something");
        places
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_value_and_no_secret_is_in_a_dump_of_postgresql() {
    let Some(schema) = Schema::make("marks").await else { return };
    let site = Site::planted_in(tempfile::tempdir().unwrap(), schema.address.clone()).await;
    walk(&site, async || Places::from([("a dump".to_owned(), schema.dump().await)])).await;
    schema.drop().await;
}

#[test]
fn debug_output_shows_no_secret() {
    use ledgercard::{config::Config, outbound, vault};
    const SECRETS: [&str; 4] =
        ["marked-client-secret", "k1:bWFya2VkLWtleS1vZi0zMi1ieXRlcy1pbi1hbGwhISE=", "marked-token", "marked-password"];
    let variables = [
        ("SERVER__PUBLIC_URL", "https://ledgercard.example"),
        ("HUBSPOT__APP_ID", "77"),
        ("HUBSPOT__CLIENT_ID", "client"),
        ("HUBSPOT__CLIENT_SECRETS", SECRETS[0]),
        ("KEYS", SECRETS[1]),
        ("DATABASE__URL", "postgres://user:marked-password@localhost/ledgercard"),
    ];
    let variables = variables.map(|(name, value)| (format!("LEDGERCARD_{name}"), Some(value.to_owned())));
    let config = Config::load(None, variables).unwrap();
    let call = outbound::Call {
        service: "hubspot",
        operation: "token",
        meter: outbound::Meter::Nobody,
        method: http::Method::POST,
        url: "https://example.com".parse().unwrap(),
        bearer: Some(SECRETS[2].into()),
        headers: Vec::new(),
        body: outbound::Body::Form(vec![("refresh_token", SECRETS[2].into())]),
        timeout: std::time::Duration::from_secs(1),
    };
    let fresh = vault::Fresh {
        access_token: SECRETS[2].into(),
        lifetime: std::time::Duration::from_secs(1),
        credential: Some(SECRETS[2].into()),
    };
    let shown =
        format!("{config:?} {call:?} {fresh:?} {:?}", config.keys.ring(ledgercard::clock::Clock::system()).unwrap());
    for secret in SECRETS {
        assert!(!shown.contains(secret) && !shown.contains(secret.split(':').next_back().unwrap()), "{secret}");
    }
    assert!(shown.contains("ledgercard.example") && shown.contains("k1"), "{shown}");
}

#[test]
fn the_search_for_marks_finds_them() {
    let marks = Marks(BTreeMap::from([("Köhler & Söhne".to_owned(), "a name")]));
    for hidden in [
        "x Köhler & Söhne y".to_owned(),
        "KÖHLER & SÖHNE".to_owned(),
        STANDARD.encode("a Köhler & Söhne b"),
        STANDARD.encode("ab Köhler & Söhne b"),
        STANDARD.encode("abcKöhler & Söhne b"),
        forms("Köhler & Söhne")[2].1.clone(),
    ] {
        assert!(
            !marks.found_in(&Places::from([("here".to_owned(), hidden.clone().into_bytes())])).is_empty(),
            "{hidden}"
        );
    }
    assert!(marks.found_in(&Places::from([("here".to_owned(), b"Koehler".to_vec())])).is_empty());
}
