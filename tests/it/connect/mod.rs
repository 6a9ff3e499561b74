//! Connecting NetSuite over the wire, both ways: with a certificate, and by a user's consent in a browser.

mod certificate;
mod checklist;
mod health;
mod refusals;
mod sign_in;

use serde_json::{Value, json};
use url::Url;

use crate::world::World;

/// The sandbox account beside [`BOOKS`].
pub(super) const SANDBOX: &str = "1234567_SB1";
/// A production account.
pub(super) const BOOKS: &str = "1234567";

/// What NetSuite's administrator has of an account.
pub(super) struct Account {
    pub(super) label: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
}

/// A hand on the sandbox and a browser, in one: follows no redirect by itself.
pub(super) struct Hand<'w> {
    pub(super) world: &'w World,
    http: reqwest::Client,
}

impl<'w> Hand<'w> {
    pub(super) fn of(world: &'w World) -> Self {
        Self { world, http: crate::ground::browser() }
    }

    /// An account as its set-up page shows it.
    pub(super) async fn account(&self, id: &str) -> Account {
        let label = id.to_lowercase().replace('_', "-");
        let page = self.page(&self.at(&format!("/{label}/app/setup"))).await;
        let shown = |name: &str| {
            let (_, rest) = page.split_once(&format!("id=\"{name}\">")).unwrap();
            rest.split_once('<').unwrap().0.to_owned()
        };
        Account { client_id: shown("client-id"), client_secret: shown("client-secret"), label }
    }

    /// An address of the sandbox NetSuite.
    pub(super) fn at(&self, path: &str) -> Url {
        self.world.netsuite.join(path).unwrap()
    }

    async fn page(&self, url: &Url) -> String {
        let answer = self.http.get(url.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        answer.text().await.unwrap()
    }

    /// Uploads a certificate on the set-up page; its Certificate ID.
    pub(super) async fn upload(&self, account: &Account, pem: &str) -> String {
        let url = self.at(&format!("/{}/app/setup/certificates", account.label));
        let answer = self.http.post(url).form(&[("certificate", pem)]).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let to = answer.headers()["location"].to_str().unwrap().to_owned();
        to.split_once("certificate=").unwrap().1.to_owned()
    }

    /// Sets switches of an account.
    pub(super) async fn switch(&self, account: &Account, switches: &Value) {
        let url = self.at(&format!("/_sandbox/accounts/{}/switches", account.label));
        assert_eq!(self.http.put(url).json(switches).send().await.unwrap().status(), 200);
    }

    /// Puts NetSuite's clock ahead.
    pub(super) async fn skew(&self, seconds: i64) {
        let url = self.at("/_sandbox/clock");
        let body = json!({ "advanceSeconds": seconds });
        assert_eq!(self.http.post(url).json(&body).send().await.unwrap().status(), 200);
    }

    /// Takes every consent of an account back, as an administrator of NetSuite can.
    pub(super) async fn end_consents(&self, account: &Account) {
        let url = self.at(&format!("/_sandbox/accounts/{}/consents", account.label));
        assert_eq!(self.http.delete(url).send().await.unwrap().status(), 204);
    }

    /// Takes a certificate back on the set-up page.
    pub(super) async fn revoke(&self, account: &Account, id: &str) {
        let url = self.at(&format!("/{}/app/setup/certificates/revoke", account.label));
        assert_eq!(self.http.post(url).form(&[("id", id)]).send().await.unwrap().status(), 303);
    }

    /// A draft for an account.
    pub(super) async fn draft(&self, account: &str, connection: Option<&str>, key: &str) -> Value {
        let body = json!({ "accountId": account, "name": format!("Books {account}"), "connectionId": connection, "idempotencyKey": key });
        self.world.post("/api/settings/netsuite/drafts", &body).await.ok()["draft"].clone()
    }

    /// Connects with a draft.
    pub(super) async fn connect(&self, draft: &Value, client_id: &str, certificate_id: &str, key: &str) -> Value {
        let body = json!({ "draftId": draft["draftId"], "clientId": client_id, "certificateId": certificate_id, "confirmed": true, "idempotencyKey": key });
        self.world.post("/api/settings/netsuite/connect", &body).await.ok()
    }

    /// Makes a draft, uploads its certificate and connects; connection id and certificate id.
    pub(super) async fn connected(&self, account: &str, connection: Option<&str>, key: &str) -> (String, String) {
        let known = self.account(account).await;
        let draft = self.draft(account, connection, &format!("draft-{key}")).await;
        let certificate = self.upload(&known, draft["certificatePem"].as_str().unwrap()).await;
        let answer = self.connect(&draft, &known.client_id, &certificate, &format!("connect-{key}")).await;
        assert_eq!(answer["result"], "connected", "{answer}");
        (answer["connectionId"].as_str().unwrap().to_owned(), certificate)
    }

    /// The settings' connections and drafts.
    pub(super) async fn settings(&self) -> (Vec<Value>, Vec<Value>) {
        let settings = self.world.get("/api/settings").await.ok();
        let list = |name: &str| settings[name].as_array().unwrap().clone();
        (list("connections"), list("drafts"))
    }

    /// The connection to an account, if there is one.
    pub(super) async fn connection(&self, account: &str) -> Option<Value> {
        self.settings().await.0.into_iter().find(|c| c["accountId"] == account)
    }

    /// The answer of the checklist of a connection.
    pub(super) async fn checklist(&self, id: &str) -> Value {
        self.world.get(&format!("/api/settings/checklist?connectionId={id}")).await.ok()
    }

    /// The body that begins a sign-in.
    pub(super) fn sign_in_body(account: &str, known: &Account, key: &str) -> Value {
        json!({ "accountId": account, "name": "Signed in", "clientId": known.client_id, "clientSecret": known.client_secret, "confirmed": true, "connectionId": null, "idempotencyKey": key })
    }

    /// Opens the window, goes on to NetSuite and decides there; where the browser is then sent, with its cookie.
    pub(super) async fn decide(&self, body: &Value, decision: &str) -> (Url, String) {
        let opened = self.world.post("/api/settings/netsuite/sign-in", body).await.ok();
        let ticket = opened["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let window = self.http.get(self.world.app.join(&format!("/window/{ticket}")).unwrap()).send().await.unwrap();
        let cookie = window.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = window.text().await.unwrap();
        let id = page.split_once("name=\"window\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let go_on = self.http.post(self.world.app.join("/window/continue").unwrap());
        let left = go_on.header("cookie", &cookie).form(&[("window", id.as_str())]).send().await.unwrap();
        let consent: Url = left.headers()["location"].to_str().unwrap().parse().unwrap();
        assert!(self.page(&consent).await.contains("Allow Ledgercard"), "{consent}");
        let mut form: Vec<(String, String)> = consent.query_pairs().into_owned().collect();
        for (name, value) in [("entity", "11"), ("role", "1001"), ("decision", decision)] {
            form.push((name.to_owned(), value.to_owned()));
        }
        let mut to = consent;
        to.set_query(None);
        let decided = self.http.post(to).form(&form).send().await.unwrap();
        let status = decided.status();
        let location = decided.headers().get("location").map(|v| v.to_str().unwrap().to_owned());
        let text = decided.text().await.unwrap();
        (location.unwrap_or_else(|| panic!("{status} {text}")).parse().unwrap(), cookie)
    }

    /// Comes back to the program; status and page.
    pub(super) async fn back(&self, url: &Url, cookie: &str) -> (u16, String) {
        let answer = self.http.get(url.clone()).header("cookie", cookie).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// The finding of a line, by its code.
pub(super) fn finding(checklist: &Value, code: &str) -> String {
    let items = checklist["items"].as_array().unwrap();
    let item = items.iter().find(|i| i["code"] == code).unwrap_or_else(|| panic!("no {code}: {checklist}"));
    item["finding"].as_str().unwrap().to_owned()
}
