//! The app with an empty database beside a local HubSpot in which nobody has installed it, and a browser.

use std::{borrow::Cow, time::Duration};

use ledgercard::{
    admin::Admin,
    app::App,
    cli::demo,
    clock::Clock,
    config::{self, Config},
    domain::ids::PortalId,
    hubspot::HubSpot,
    in_tx, sandbox,
    store::{
        DatabaseUrl, Db,
        portals::{self, Portal},
    },
    vault::{KeyRing, Vault},
};
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    ground::{self, Stage},
    world::NOON,
};

/// The portal that everything happens in.
pub(super) const PORTAL: PortalId = PortalId(4_711_001);
/// A super admin of it.
pub(super) const ANN: &str = "9001";
const RING: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// App and local HubSpot, running.
pub(super) struct House {
    pub(super) clock: Clock,
    pub(super) admin: Admin,
    pub(super) db: Db,
    pub(super) vault: Vault,
    pub(super) calls: HubSpot,
    pub(super) hubspot: Url,
    app: Url,
    database: DatabaseUrl,
    http: reqwest::Client,
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
    _sandbox: sandbox::hubspot::HubSpot,
    _folder: tempfile::TempDir,
}

/// Two tests of one walk: on SQLite and on PostgreSQL.
macro_rules! house {
    ($(#[$doc:meta])* $name:ident, |$house:ident| $body:block) => {
        $(#[$doc])*
        async fn $name($house: &$crate::install::house::House) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::ground::on_sqlite::<$crate::install::house::House>(|house| Box::pin(super::$name(house))).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::ground::on_postgres::<$crate::install::house::House>(stringify!($name), |house| Box::pin(super::$name(house))).await;
            }
        }
    };
}

pub(super) use house;

/// A configuration for a HubSpot at this address.
pub(super) fn config(database: DatabaseUrl, hubspot: &str) -> Config {
    ground::config(database, hubspot, SecretString::from(RING), config::NetSuite::default())
}

/// A page as the browser got it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) text: String,
}

impl Page {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Where it leads, parsed.
    pub(super) fn location(&self) -> Url {
        self.header("location").parse().unwrap_or_else(|e| panic!("no location ({e}): {self:?}"))
    }

    /// Checks status and a text of the page, and that it is one of our pages.
    #[track_caller]
    pub(super) fn says(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.text.contains(text), "{text}: {}", self.text);
        assert!(self.header("content-security-policy").contains("default-src 'none'"), "{self:?}");
        assert!(!self.text.contains("<script") && self.header("referrer-policy") == "no-referrer", "{self:?}");
    }
}

/// A browser with a cookie or without.
#[derive(Debug, Clone, Default)]
pub(super) struct Browser {
    pub(super) cookie: Option<String>,
    pub(super) language: &'static str,
}

impl Stage for House {
    async fn start(database: DatabaseUrl, folder: tempfile::TempDir) -> Self {
        let clock = Clock::manual(NOON, 7);
        let hubspot = sandbox::hubspot::start(ground::hubspot(&clock, false)).await.unwrap();
        let app = App::build(&config(database.clone(), &hubspot.url()), clock.clone()).await.unwrap();
        let (admin, db, vault, calls) = (app.admin.clone(), app.db.clone(), app.vault.clone(), app.hubspot.clone());
        let stop = CancellationToken::new();
        // Without what a program does in the background: upkeep is called by hand here.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (routes, asked) = (ledgercard::api::router(app.api()), stop.clone());
        let serving = tokio::spawn(async move {
            let server = axum::serve(listener, routes).with_graceful_shutdown(asked.cancelled_owned());
            server.await.unwrap();
        });
        let app = address;
        hubspot.set_backend(app.as_str().trim_end_matches('/'));
        Self {
            clock,
            admin,
            db,
            vault,
            calls,
            hubspot: hubspot.url().parse().unwrap(),
            app,
            database,
            http: ground::browser(),
            stop,
            serving,
            _sandbox: hubspot,
            _folder: folder,
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.serving.await.unwrap();
        self.db.close().await;
    }
}

impl House {
    /// Another program on the same database, with this client secret.
    pub(super) async fn replica(&self, client_secret: &str) -> App {
        self.replica_with(|config| config.hubspot.client_secrets = vec![SecretString::from(client_secret)]).await
    }

    /// Another program on the same database, configured otherwise.
    pub(super) async fn replica_with(&self, change: impl FnOnce(&mut Config)) -> App {
        let mut config = config(self.database.clone(), self.hubspot.as_str().trim_end_matches('/'));
        change(&mut config);
        App::build(&config, self.clock.clone()).await.unwrap()
    }

    /// What the browser gets at an address of the app.
    pub(super) async fn visit(&self, browser: &Browser, address: &str) -> Page {
        self.fetch(browser, "GET", address, None).await
    }

    pub(super) async fn fetch(&self, browser: &Browser, method: &str, address: &str, form: Option<&str>) -> Page {
        let path = address.strip_prefix(demo::PUBLIC_URL).unwrap_or(address);
        let mut request = self.http.request(method.parse().unwrap(), self.app.join(path).unwrap());
        if browser.language != "local" {
            request = request.header("host", "ledgercard.example");
        }
        if let Some(cookie) = &browser.cookie {
            request = request.header("cookie", format!("theme=dark; {cookie}"));
        }
        if !browser.language.is_empty() {
            request = request.header("accept-language", browser.language);
        }
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        }
        page(request.send().await.unwrap()).await
    }

    /// Begins an installation: HubSpot's page for consent, and the browser with its cookie.
    pub(super) async fn begin(&self) -> (Url, Browser) {
        let page = self.visit(&Browser::default(), "/oauth/install").await;
        assert_eq!(page.status, 303, "{page:?}");
        let cookie = page.header("set-cookie");
        for part in ["__Host-ledgercard=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (page.location(), Browser { cookie: Some(cookie), language: "" })
    }

    /// Fills in HubSpot's page for consent: where the browser is sent.
    pub(super) async fn consent(&self, page: &Url, decision: &str) -> Url {
        let portal = PORTAL.to_string();
        let chosen = [("portal", portal.as_str()), ("user", ANN), ("decision", decision)];
        let form = encoded(page.query_pairs().chain(chosen.map(|(name, value)| (name.into(), value.into()))));
        let request = self.http.post(self.hubspot.join("/oauth/authorize").unwrap());
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = self::page(request.send().await.unwrap()).await;
        assert_eq!(answer.status, 302, "{answer:?}");
        answer.location()
    }

    /// A whole installation: the page at its end.
    pub(super) async fn install(&self) -> Page {
        let (consent, browser) = self.begin().await;
        let back = self.consent(&consent, "connect").await;
        self.visit(&browser, &path(&back)).await
    }

    /// The portal's row.
    pub(super) async fn portal(&self) -> Option<Portal> {
        in_tx!(self.db, read "test", |tx| { portals::get(tx, PORTAL).await }).unwrap()
    }

    /// A page of HubSpot's controls.
    pub(super) async fn control(&self, method: &str, address: &str, body: Value) -> Value {
        let url = self.hubspot.join(address).unwrap();
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{address}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap_or(Value::Null)
    }

    /// HubSpot fails these operations with this status.
    pub(super) async fn fails(&self, operations: &[(&str, u16)]) {
        let fault = |(operation, status): &(&str, u16)| serde_json::json!({ "operation": operation, "action": { "kind": "status", "status": status } });
        self.control("PUT", "/_sandbox/faults", operations.iter().map(fault).collect()).await;
    }

    /// How often HubSpot was asked this.
    pub(super) async fn asked(&self, operation: &str) -> u64 {
        let figures = self.control("GET", "/_sandbox/stats", Value::Null).await;
        figures["calls"][operation].as_u64().unwrap_or(0)
    }

    /// One round of upkeep, `later` from now.
    pub(super) async fn upkeep_after(&self, later: Duration) {
        self.clock.advance(later);
        self.admin.upkeep_once(self.clock.now()).await;
    }
}

/// A form or a query.
pub(super) fn encoded<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Path and query of an address.
pub(super) fn path(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// A key ring as the houses have it.
pub(super) fn ring(clock: &Clock) -> KeyRing {
    KeyRing::parse(&SecretString::from(RING), clock.clone()).unwrap()
}

async fn page(response: reqwest::Response) -> Page {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, text: response.text().await.unwrap() }
}
