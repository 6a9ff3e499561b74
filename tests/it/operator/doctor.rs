//! `ledgercard doctor`.

use serde_json::json;

use super::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_finds_everything_in_order() {
    let site = Site::planted().await;
    let serving = site.serve().await;
    let said = site.run(&["doctor"]).await;
    assert!(said.ok, "{}", said.text);
    for line in [
        "ok    configuration: complete",
        &format!("checked over GET {}/api/card/invoices", serving.url),
        "ok    server.public_url: leads to a ledgercard",
        "ok    clock: within",
        "ok    HubSpot: answers, and takes the client id",
        "ok    database: SQLite",
        "ok    keys: k",
        "ok    portal 4711001: HubSpot answers (Europe/Stockholm)",
        "ok    netsuite TSTDRV4711 of portal 4711001: answers;",
    ] {
        assert!(said.text.contains(line), "no line {line:?} in\n{}", said.text);
    }
    assert!(!said.text.contains("FAIL") && !said.text.contains(&site.variable("HUBSPOT__CLIENT_SECRETS")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_names_everything_that_is_wrong_at_once() {
    let site = Site::planted().await;
    // Nobody listens under the public URL; NetSuite is down; the key ring is another one.
    let client = crate::ground::client();
    let down = json!([{ "operation": "*", "action": { "kind": "status", "status": 503 } }]);
    let set = client.put(site.netsuite.join("/_sandbox/faults").unwrap()).json(&down).send().await.unwrap();
    assert!(set.status().is_success(), "{}", set.text().await.unwrap());
    let said = site.run(&["doctor"]).await;
    assert!(!said.ok);
    for line in ["FAIL  server.public_url:", "FAIL  netsuite TSTDRV4711 of portal 4711001:", "of the checks failed"] {
        assert!(said.text.contains(line), "no line {line:?} in\n{}", said.text);
    }
    std::fs::remove_file(&site.keys).unwrap();
    assert!(site.run(&["keys", "generate", "--file", &site.keys.display().to_string()]).await.ok);
    let said = site.run(&["doctor"]).await;
    assert!(
        said.text.contains("FAIL  keys: credentials.sealed of portal/4711001: the key ring lacks the key"),
        "{}",
        said.text
    );
}
