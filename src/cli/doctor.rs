//! `doctor`: looks at everything that must work, and says what to do about what does not.
//!
//! Promise: every check runs, whatever the others found; a line each; ends non-zero when one failed.
//! Never: writes anything but the schema's updates, which `serve` would make too; never prints a secret.

use std::{path::Path, time::Duration};

use http::Method;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    in_tx,
    outbound::{Answer, Body, Call, Lane, LocalHosts, Meter, Outbound, OutboundError, OutboundSettings},
    store::{
        connections::{self, Connection, ConnectionStatus},
        newest_schema, portals,
    },
};

/// Signatures hold for five minutes, and NetSuite's assertions for ten: a clock that is off by more than this is mended.
const SKEW: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(10);

/// The lines so far.
#[derive(Default)]
struct Report {
    looked: usize,
    noted: usize,
    failed: usize,
}

impl Report {
    fn ok(&mut self, what: &str, found: &str) {
        self.looked += 1;
        super::print(&format!("ok    {what}: {found}\n"));
    }

    fn note(&mut self, what: &str, found: &str) {
        self.noted += 1;
        super::print(&format!("note  {what}: {found}\n"));
    }

    fn bad(&mut self, what: &str, found: &str) {
        self.failed += 1;
        super::print(&format!("FAIL  {what}: {found}\n"));
    }

    fn take(&mut self, what: &str, found: Result<String, String>) {
        match found {
            Ok(found) => self.ok(what, &found),
            Err(found) => self.bad(what, &found),
        }
    }
}

pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::from_process(file)?;
    let clock = Clock::system();
    let mut report = Report::default();
    report.ok("configuration", "complete, without contradictions");
    let out = outbound(&config, &clock)?;
    public_url(&mut report, &config, &out).await;
    hubspot(&mut report, &config, &out, &clock).await;
    match App::build(&config, clock).await {
        Ok(app) => stored(&mut report, &config, &app).await,
        Err(error) => {
            let why = std::error::Error::source(&error).map_or_else(String::new, |source| format!(": {source}"));
            report.bad("database and keys", &format!("{error}{why}; connections are not looked at"));
        }
    }
    anyhow::ensure!(report.failed == 0, "{} of the checks failed; see the lines that begin with FAIL", report.failed);
    super::print(&format!("All {} checks passed; {} notes.\n", report.looked, report.noted));
    Ok(())
}

/// Calls to whatever the configuration names, this machine included.
fn outbound(config: &Config, clock: &Clock) -> Result<Outbound, OutboundError> {
    let addresses = [&*config.server.public_url, &*config.hubspot.api_url, &*config.netsuite.suitetalk_url];
    let local = LocalHosts::of(addresses);
    Outbound::new(clock.clone(), OutboundSettings { local, ..OutboundSettings::default() })
}

/// Whether we are reached under the public URL, and what a signature is checked over.
async fn public_url(report: &mut Report, config: &Config, out: &Outbound) {
    let public = &config.server.public_url;
    let signed = format!("GET {public}/api/card/invoices?<query as it came>");
    report.note("signatures", &format!("are checked over {signed}; HubSpot must call exactly this address"));
    let found = match get(out, &format!("{public}/healthz")).await {
        Ok(answer) if answer.status == 200 && answer.body.starts_with(b"ok") => Ok("leads to a ledgercard".to_owned()),
        Ok(answer) => Err(format!(
            "{public}/healthz answers {} but not as ledgercard does; does a proxy change the path?",
            answer.status
        )),
        Err(error) => Err(format!(
            "{public}/healthz: {error}; run this while `ledgercard serve` runs, and look at DNS, certificate and proxy"
        )),
    };
    report.take("server.public_url", found);
}

/// Whether HubSpot answers, takes our client id and secret, and agrees with our clock.
async fn hubspot(report: &mut Report, config: &Config, out: &Outbound, clock: &Clock) {
    let api = &config.hubspot.api_url;
    let url = format!("{api}/oauth/{}/token/introspect", config.hubspot.versions.oauth);
    let form = vec![
        ("client_id", SecretString::from(config.hubspot.client_id.clone())),
        ("client_secret", config.hubspot.client_secrets[0].clone()),
        ("token", SecretString::from("a-token-that-does-not-exist")),
        ("token_type_hint", SecretString::from("access_token")),
    ];
    let answer = match send(out, Method::POST, &url, Body::Form(form)).await {
        Ok(answer) => answer,
        Err(error) => {
            return report.bad("HubSpot", &format!("{api} cannot be reached: {error}; look at DNS and firewall"));
        }
    };
    skew(report, "clock", &answer, clock);
    match answer.status {
        200..=299 => report.ok("HubSpot", "answers, and takes the client id and the first client secret"),
        400 | 401 | 403 => report.bad(
            "HubSpot",
            &format!(
                "refuses the client id or secret ({}); check hubspot.client_id and the first of hubspot.client_secrets",
                answer.status
            ),
        ),
        status => report.bad("HubSpot", &format!("answers {status}; try again later")),
    }
}

/// Compares our clock with the time that the answer was sent at.
fn skew(report: &mut Report, what: &str, answer: &Answer, clock: &Clock) {
    let date = answer.headers.get(http::header::DATE).and_then(|value| value.to_str().ok());
    let Some(theirs) = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()).map(|time| time.timestamp()) else {
        return report.note(what, "HubSpot's answer does not tell the time, so the clock was not compared");
    };
    let ours = Timestamp::from_millisecond(clock.now().0).unwrap_or(Timestamp::UNIX_EPOCH);
    let apart = Duration::from_secs(ours.as_second().abs_diff(theirs.as_second()));
    if apart <= SKEW {
        report.ok(what, &format!("within {} s of HubSpot's", apart.as_secs()));
    } else {
        report.bad(
            what,
            &format!("{} s away from HubSpot's; signatures hold for 300 s only: set up NTP", apart.as_secs()),
        );
    }
}

/// What the database holds.
async fn stored(report: &mut Report, config: &Config, app: &App) {
    let kind = if app.db.is_postgres() { "PostgreSQL" } else { "SQLite: one process only" };
    report.take(
        "database",
        app.db.ping().await.map(|()| format!("{kind}, schema {}", newest_schema())).map_err(|e| e.to_string()),
    );
    sealed(report, app).await;
    let rows = in_tx!(app.db, read "doctor", |tx| {
        let mut all = Vec::new();
        for portal in portals::list(tx).await? {
            let connections = connections::list_of_portal(tx, portal.portal_id).await?;
            all.push((portal, connections));
        }
        Ok(all)
    });
    match rows {
        Ok(rows) if rows.is_empty() => {
            report.note(
                "portals",
                &format!("none yet; open {}/oauth/install to install the app", config.server.public_url),
            );
        }
        Ok(rows) => {
            for (portal, connections) in &rows {
                of_portal(report, app, portal).await;
                for connection in connections {
                    of_connection(report, app, connection).await;
                }
            }
        }
        Err(error) => report.bad("portals", &error.to_string()),
    }
}

/// Whether the keys open everything.
async fn sealed(report: &mut Report, app: &App) {
    let keys: Vec<String> = app.vault.ring().ids().map(str::to_owned).collect();
    match app.vault.look().await {
        Ok(looked) if looked.closed.is_empty() => {
            let older = if looked.older > 0 {
                "; `ledgercard keys rotate --reseal-only` seals the older ones anew"
            } else {
                ""
            };
            let (current, old) = (looked.current, looked.older);
            report.ok(
                "keys",
                &format!("{} open all {} stored values, {old} of them older{older}", keys.join(", "), current + old),
            );
        }
        Ok(looked) => {
            for (place, why) in &looked.closed {
                report.bad("keys", &format!("{place}: {why}"));
            }
        }
        Err(error) => report.bad("keys", &error.to_string()),
    }
}

async fn of_portal(report: &mut Report, app: &App, portal: &portals::Portal) {
    let what = format!("portal {}", portal.portal_id);
    if portal.status == portals::PortalStatus::Disconnected {
        return report.note(&what, "the app is no longer installed there");
    }
    let asked = app.hubspot.account(Lane::Background, portal.portal_id).await;
    report.take(
        &what,
        asked.map(|account| format!("HubSpot answers ({})", account.time_zone)).map_err(|e| e.to_string()),
    );
}

async fn of_connection(report: &mut Report, app: &App, connection: &Connection) {
    let what = format!("{} {} of portal {}", connection.system, connection.account_id, connection.portal_id);
    if connection.status != ConnectionStatus::Active {
        return report.note(&what, connection.status.word());
    }
    let erp = match app.connectors.connect(connection) {
        Ok(erp) => erp,
        Err(why) => return report.bad(&what, &why),
    };
    match erp.probe(Lane::Background).await {
        Err(error) => report.bad(&what, &error.to_string()),
        Ok(probe) => {
            use crate::erp::Finding;
            let refused = probe.prerequisites.iter().filter(|p| p.required && p.finding == Finding::Refused);
            let refused: Vec<String> = refused.map(|p| format!("{} is missing ({})", p.name, p.mend)).collect();
            let proved = probe.prerequisites.iter().filter(|p| p.finding == Finding::Proved).count();
            if refused.is_empty() {
                report.ok(&what, &format!("answers; {proved} prerequisites proved"));
            } else {
                report.bad(&what, &refused.join("; "));
            }
        }
    }
}

async fn get(out: &Outbound, url: &str) -> Result<Answer, String> {
    send(out, Method::GET, url, Body::None).await
}

async fn send(out: &Outbound, method: Method, url: &str, body: Body) -> Result<Answer, String> {
    let url = url.parse().map_err(|_| "it is no address".to_owned())?;
    let (service, operation, meter) = ("doctor", "look", Meter::Nobody);
    let call =
        Call { service, operation, meter, method, url, bearer: None, headers: Vec::new(), body, timeout: PATIENCE };
    out.send(call).await.map_err(|error| error.to_string())
}
