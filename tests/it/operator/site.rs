//! A place to run the binary in: a database file, a key file, both sandboxes, and the variables that name them.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use ledgercard::{
    app::App,
    cli::{demo, plant},
    clock::Clock,
    config::Config,
    sandbox,
    vault::KeyRing,
};
use url::Url;

use crate::ground;

/// Everything that the binary needs, on this machine.
pub(crate) struct Site {
    pub(crate) hubspot: Url,
    pub(crate) netsuite: Url,
    pub(crate) keys: PathBuf,
    variables: Vec<(String, String)>,
    _sandboxes: (sandbox::hubspot::HubSpot, sandbox::netsuite::NetSuite),
    pub(crate) folder: tempfile::TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) ok: bool,
    pub(crate) text: String,
}

impl Site {
    /// Both sandboxes, and a SQLite file with what the demo plants.
    pub(crate) async fn planted() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("ledgercard.sqlite").display());
        Self::planted_in(folder, database).await
    }

    /// Both sandboxes, and this database with what the demo plants.
    pub(crate) async fn planted_in(folder: tempfile::TempDir, database: String) -> Self {
        let clock = Clock::system();
        let free = ground::free();
        let port = std::net::TcpListener::bind(free).unwrap().local_addr().unwrap().port();
        let public_url = format!("http://127.0.0.1:{port}");
        let netsuite = sandbox::netsuite::NetSuiteSettings::new(free, clock.clone());
        let netsuite = sandbox::netsuite::start(netsuite).await.unwrap();
        let (is, backend) = (ground::hubspot(&clock, true), Some(public_url.clone()));
        let is =
            sandbox::hubspot::HubSpotSettings { public_url: public_url.clone(), backend, exchange_log: None, ..is };
        let hubspot = sandbox::hubspot::start(is).await.unwrap();
        let (hubspot_url, netsuite_url): (Url, Url) = (hubspot.url().parse().unwrap(), netsuite.url().parse().unwrap());
        let keys = folder.path().join("ledgercard.keys");
        KeyRing::write_new(&keys, &KeyRing::generate(&clock)).unwrap();
        let variables = [
            ("SERVER__LISTEN", format!("127.0.0.1:{port}")),
            ("SERVER__PUBLIC_URL", public_url),
            ("HUBSPOT__APP_ID", demo::APP_ID.to_owned()),
            ("HUBSPOT__CLIENT_ID", demo::CLIENT_ID.to_owned()),
            ("HUBSPOT__CLIENT_SECRETS", demo::CLIENT_SECRET.to_owned()),
            ("HUBSPOT__API_URL", hubspot.url()),
            ("HUBSPOT__AUTHORIZE_URL", format!("{}/oauth/authorize", hubspot.url())),
            ("DATABASE__URL", database),
            ("KEYS__FILE", keys.display().to_string()),
            ("NETSUITE__SUITETALK_URL", format!("{netsuite_url}{{label}}")),
        ];
        let variables = variables.map(|(name, value)| (format!("LEDGERCARD_{name}"), value)).to_vec();
        let read = variables.iter().map(|(name, value)| (name.clone(), Some(value.clone())));
        let app = App::build(&Config::load(None, read).unwrap(), clock.clone()).await.unwrap();
        plant::plant(&app, &clock, &hubspot_url, &netsuite_url).await.unwrap();
        app.db.close().await;
        let sandboxes = (hubspot, netsuite);
        Self { hubspot: hubspot_url, netsuite: netsuite_url, keys, variables, _sandboxes: sandboxes, folder }
    }

    /// The binary with these arguments and the site's variables.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledgercard"));
        command.args(arguments).env_clear().envs(self.variables.iter().cloned());
        command
    }

    /// Runs it to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        let ended: Output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = [ended.stdout, ended.stderr].concat();
        Said { ok: ended.status.success(), text: String::from_utf8(text).unwrap() }
    }

    /// Starts `serve` and waits until it answers.
    pub(crate) async fn serve(&self) -> Serving {
        let mut command = self.command(&["serve"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.answering(command).await
    }

    /// Starts `serve` with everything that it says in a file.
    pub(crate) async fn serve_logging(&self, log: &Path) -> Serving {
        let mut command = self.command(&["serve"]);
        let file = std::fs::File::create(log).unwrap();
        command.env("LEDGERCARD_LOG__LEVEL", "trace").env("LEDGERCARD_LOG__FORMAT", "json");
        command.stdout(file.try_clone().unwrap()).stderr(file);
        self.answering(command).await
    }

    async fn answering(&self, mut command: Command) -> Serving {
        let child = command.spawn().unwrap();
        let serving = Serving { child, url: self.variable("SERVER__PUBLIC_URL") };
        let clock = Clock::system();
        for _ in 0..200 {
            if ground::client().get(format!("{}/healthz", serving.url)).send().await.is_ok() {
                return serving;
            }
            clock.pause(std::time::Duration::from_millis(50)).await;
        }
        panic!("the server did not answer within ten seconds");
    }

    /// A control page of a sandbox.
    pub(crate) async fn control(&self, sandbox: &Url, page: &str) -> serde_json::Value {
        ground::client().get(sandbox.join(page).unwrap()).send().await.unwrap().json().await.unwrap()
    }

    /// The first key of the key file, without its id.
    pub(crate) fn key(&self) -> String {
        let text = std::fs::read_to_string(&self.keys).unwrap();
        text.lines().next().unwrap().split(':').nth(1).unwrap().to_owned()
    }

    /// A variable's value.
    pub(crate) fn variable(&self, name: &str) -> String {
        let name = format!("LEDGERCARD_{name}");
        self.variables.iter().find(|(known, _)| *known == name).unwrap().1.clone()
    }
}

/// A server that runs. Killed when dropped.
pub(crate) struct Serving {
    child: std::process::Child,
    pub(crate) url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
