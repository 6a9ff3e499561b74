//! A HubSpot that says what a test wants it to say: for grants that the local one would never make.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, routing::post};
use ledgercard::{cli::demo, hubspot::scopes::REQUIRED};
use serde_json::{Value, json};

/// What it says.
#[derive(Clone)]
pub(super) struct Answers {
    /// The scopes in the answer with the tokens.
    pub(super) token_scopes: Value,
    /// The scopes that introspection tells.
    pub(super) scopes: Value,
    /// The app that introspection tells.
    pub(super) app_id: u64,
}

impl Default for Answers {
    fn default() -> Self {
        Self { token_scopes: json!(REQUIRED), scopes: json!(REQUIRED), app_id: demo::APP_ID.parse().unwrap() }
    }
}

#[derive(Clone)]
struct Shared {
    answers: Answers,
    revoked: Arc<Mutex<Vec<String>>>,
}

/// It, running.
pub(super) struct Fake {
    pub(super) url: String,
    revoked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// The tokens that were revoked.
    pub(super) fn revoked(&self) -> Vec<String> {
        self.revoked.lock().unwrap().clone()
    }
}

/// Starts it on a free port, until the test ends.
pub(super) async fn start(answers: Answers) -> Fake {
    let revoked = Arc::<Mutex<Vec<String>>>::default();
    let routes = Router::new()
        .route("/oauth/2026-09/token", post(token))
        .route("/oauth/2026-09/token/introspect", post(introspect))
        .route("/oauth/2026-09/token/revoke", post(revoke))
        .with_state(Shared { answers, revoked: Arc::clone(&revoked) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Fake { url, revoked }
}

async fn token(State(shared): State<Shared>) -> Json<Value> {
    Json(json!({
        "token_type": "bearer", "access_token": "access-token-of-the-fake",
        "refresh_token": "refresh-token-of-the-fake", "expires_in": 1800, "hub_id": 4_711_001, "user_id": 9001,
        "scopes": shared.answers.token_scopes,
    }))
}

async fn introspect(State(shared): State<Shared>) -> Json<Value> {
    Json(json!({
        "active": true, "hub_id": 4_711_001, "user_id": 9001, "app_id": shared.answers.app_id,
        "client_id": demo::CLIENT_ID, "scopes": shared.answers.scopes, "hub_domain": "fake.example",
    }))
}

async fn revoke(State(shared): State<Shared>, body: String) {
    let form = url::form_urlencoded::parse(body.as_bytes()).into_owned();
    let token = form.into_iter().find(|(name, _)| name == "token").unwrap().1;
    shared.revoked.lock().unwrap().push(token);
}
