//! A client that nobody here wrote.

use std::path::Path;

use super::{House, SECRET};
use crate::sandbox::data::accounts::DEMO;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a Python with the package hubspot-sdk 0.1.0a9; LEDGERCARD_SDK_PYTHON names it"]
async fn hubspots_own_python_client_has_no_complaint() {
    let python = std::env::var("LEDGERCARD_SDK_PYTHON").expect("LEDGERCARD_SDK_PYTHON names the Python to use");
    let house = House::open().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/python/walk.py");
    let mut walk = std::process::Command::new(python);
    let arguments = [house.hubspot.url(), DEMO.refresh_token.to_owned(), "client".to_owned(), SECRET.to_owned()];
    walk.arg(script).args(arguments);
    let done = tokio::task::spawn_blocking(move || walk.output()).await.expect("a task").expect("it runs");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}
