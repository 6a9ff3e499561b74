//! The local HubSpot over HTTP.

mod associating;
mod browsing;
mod desk;
mod installing;
mod leaving;
mod past;
mod people;
mod properties;
mod proxy;
mod reading;
mod records;
mod ruled;
mod searching;
mod several;
mod webhooks;
mod windows;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use axum::{Router, extract::Request, http::StatusCode, routing::any};
use reqwest::{Client, Method};
use serde_json::{Value as Json, json};

use super::{HubSpot, HubSpotSettings, scopes, start};
use crate::clock::{Clock, Millis};

const NOW: i64 = 1_795_298_709_000;
const SECRET: &str = "sandbox-client-secret";
const PUBLIC: &str = "https://ledgercard.example.com";

struct House {
    hubspot: HubSpot,
    client: Client,
}

impl House {
    /// With the app installed in both portals.
    async fn open() -> Self {
        Self::with_log(exchanges()).await
    }

    /// With the app installed nowhere.
    async fn empty() -> Self {
        Self::start(exchanges(), false).await
    }

    async fn with_log(exchange_log: Option<PathBuf>) -> Self {
        Self::start(exchange_log, true).await
    }

    #[expect(clippy::disallowed_methods, reason = "a test talks to the sandbox without the program's own client")]
    async fn start(exchange_log: Option<PathBuf>, installed: bool) -> Self {
        let hubspot = start(HubSpotSettings {
            listen: "127.0.0.1:0".parse().expect("an address"),
            clock: Clock::manual(Millis(NOW), 3),
            client_id: "client".to_owned(),
            client_secret: SECRET.to_owned(),
            app_id: "77".to_owned(),
            public_url: PUBLIC.to_owned(),
            backend: None,
            preview_dir: None,
            exchange_log,
            installed,
        });
        let hubspot = hubspot.await.expect("it starts");
        Self {
            hubspot,
            client: Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client"),
        }
    }

    /// A form posted: status, `Location`, body.
    async fn form(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let call = self.client.post(format!("{}{path}", self.hubspot.url())).form(form);
        let answer = call.send().await.expect("sent");
        let location = answer.headers().get("location").map(|v| v.to_str().expect("text").to_owned());
        (answer.status().as_u16(), location.unwrap_or_default(), answer.text().await.expect("text"))
    }

    /// A call to an endpoint for tokens, with the app's own identity and these fields.
    async fn oauth(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Json) {
        let mut form: Vec<(&str, &str)> = vec![("client_id", "client"), ("client_secret", SECRET)];
        form.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        form.extend(fields);
        let (status, _, text) = self.form(&format!("/oauth/2026-09/{path}"), &form).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn ask_token(&self, refresh: &str) -> (u16, Json) {
        self.oauth("token", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
    }

    async fn token(&self, refresh: &str) -> String {
        let (status, answer) = self.ask_token(refresh).await;
        assert_eq!((status, &answer["expires_in"]), (200, &json!(1_800)));
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    async fn call(&self, token: &str, method: Method, path: &str, body: Option<&Json>) -> (u16, Json) {
        let call = self.client.request(method, format!("{}{path}", self.hubspot.url())).bearer_auth(token);
        let call = if let Some(body) = body { call.json(body) } else { call };
        let answer = call.send().await.expect("sent");
        let (status, text) = (answer.status().as_u16(), answer.text().await.expect("text"));
        (status, if text.is_empty() { Json::Null } else { serde_json::from_str(&text).expect("JSON") })
    }

    async fn post(&self, token: &str, path: &str, body: &Json) -> (u16, Json) {
        self.call(token, Method::POST, path, Some(body)).await
    }

    async fn delete(&self, token: &str, path: &str) -> u16 {
        self.call(token, Method::DELETE, path, None).await.0
    }

    async fn get(&self, token: &str, path: &str) -> (u16, Json) {
        self.call(token, Method::GET, path, None).await
    }

    async fn control(&self, method: Method, path: &str, body: &Json) -> Json {
        let (status, answer) = self.call("", method, &format!("/_sandbox/{path}"), Some(body)).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    /// A page as a browser gets it.
    async fn page(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.hubspot.url())).send().await.expect("sent");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }
}

/// A file for the exchanges of this test, where the conformance check collects them.
fn exchanges() -> Option<PathBuf> {
    static NAME: AtomicU32 = AtomicU32::new(0);
    let folder = std::env::var_os("LEDGERCARD_EXCHANGES")?;
    let name = format!("hubspot-{}-{}.jsonl", std::process::id(), NAME.fetch_add(1, Ordering::SeqCst));
    Some(PathBuf::from(folder).join(name))
}

/// The fields of the consent page's form, as a person fills it in who connects the demo portal.
fn consent() -> Vec<(&'static str, String)> {
    let callback = format!("{PUBLIC}/oauth/callback");
    [
        ("client_id", "client"),
        ("redirect_uri", &callback),
        ("scope", &scopes::REQUIRED.join(" ")),
        ("optional_scope", &scopes::OPTIONAL.join(" ")),
        ("state", "st/ate 1"),
        ("portal", "4711001"),
        ("user", "9"),
        ("decision", "connect"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// The form with some fields filled in otherwise.
fn consent_with(more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut form = consent();
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    form
}

impl House {
    async fn decide(&self, form: &[(&'static str, String)]) -> (u16, String, String) {
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.form("/oauth/authorize", &form).await
    }

    /// The code that a consent brings.
    async fn code(&self, more: &[(&'static str, &str)]) -> String {
        let (status, location, text) = self.decide(&consent_with(more)).await;
        assert_eq!(status, 302, "{text}");
        let url = url::Url::parse(&location).expect("an address");
        url.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
    }

    async fn exchange(&self, code: &str, more: &[(&str, &str)]) -> (u16, Json) {
        let callback = format!("{PUBLIC}/oauth/callback");
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &callback)];
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        fields.extend(more);
        self.oauth("token", &fields).await
    }
}

/// A stand-in for the program: answers by path, and says what arrived.
async fn program() -> (String, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handler = move |request: Request| {
        let counted = Arc::clone(&counted);
        async move {
            let at = counted.fetch_add(1, Ordering::SeqCst);
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 10_000_000).await.expect("a body");
            let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
            let seen = json!({
                "uri": parts.uri.to_string(), "body": String::from_utf8_lossy(&body), "v3": header("x-hubspot-signature-v3"),
                "timestamp": header("x-hubspot-request-timestamp"), "authorization": header("authorization"),
            });
            match parts.uri.path() {
                "/once-broken" if at == 0 => (StatusCode::SERVICE_UNAVAILABLE, "down".to_owned()),
                "/broken" => (StatusCode::INTERNAL_SERVER_ERROR, "down".to_owned()),
                "/missing" => (StatusCode::NOT_FOUND, r#"{"title":"missing"}"#.to_owned()),
                "/large" => (StatusCode::OK, "x".repeat(1_100_000)),
                "/slow" => std::future::pending().await,
                _ => (StatusCode::OK, seen.to_string()),
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(handler))).await });
    (url, calls)
}

fn asked(method: &str, uri: &str, more: &Json) -> Json {
    let mut asked = json!({"portalId": 4_711_001, "userId": "9002", "userEmail": "bruno+crm@chinook.example", "requestUri": uri, "method": method});
    for (key, value) in more.as_object().expect("an object") {
        asked[key] = value.clone();
    }
    asked
}

async fn fetch(house: &House, asked: &Json) -> (u16, Json) {
    house.call("", Method::POST, "/_sandbox/proxy", Some(asked)).await
}
