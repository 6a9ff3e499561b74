//! `ledgercard purge`.

use super::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn purge_tells_what_is_kept_and_erases_it_when_that_is_confirmed() {
    let site = Site::planted().await;
    let told = site.run(&["purge", "--portal", "4711001"]).await;
    assert!(
        told.ok && told.text.contains("1 connections") && told.text.contains("Nothing was erased"),
        "{}",
        told.text
    );
    let done = site.run(&["purge", "--portal", "4711001", "--yes"]).await;
    assert!(done.ok && done.text.contains("1 connections"), "{}", done.text);
    assert!(done.text.contains("Rows left, counted anew: 0."), "{}", done.text);
    let again = site.run(&["purge", "--portal", "4711001", "--yes"]).await;
    assert!(again.ok && again.text.contains("Nothing is kept of portal 4711001"), "{}", again.text);
    let other = site.run(&["purge", "--portal", "4711002"]).await;
    assert!(other.ok && other.text.contains("Nothing was erased"), "another portal was purged: {}", other.text);
    let wrong = site.run(&["purge", "--portal", "acme"]).await;
    assert!(!wrong.ok && wrong.text.contains("decimal digits"), "{}", wrong.text);
}
