//! `ledgercard keys rotate`.

use super::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotate_seals_everything_with_a_new_key_and_the_old_one_can_stay_behind() {
    let site = Site::planted().await;
    let before = std::fs::read_to_string(&site.keys).unwrap();
    let said = site.run(&["keys", "rotate"]).await;
    assert!(said.ok, "{}", said.text);
    let after = std::fs::read_to_string(&site.keys).unwrap();
    assert!(after.ends_with(&before) && after.lines().count() == 2, "the new key stands in front of the old one");
    let first = after.split(':').next().unwrap();
    assert!(said.text.contains(&format!("are sealed with the key {first} now, 0 still")), "{}", said.text);
    assert!(!said.text.contains(after.lines().next().unwrap().split(':').nth(1).unwrap()), "a key was printed");
    // The new key alone opens everything; the last key is needed for hashes only.
    std::fs::write(&site.keys, after.lines().next().unwrap()).unwrap();
    let serving = site.serve().await;
    let doctor = site.run(&["doctor"]).await;
    assert!(doctor.ok, "{}", doctor.text);
    drop(serving);
    let again = site.run(&["keys", "rotate", "--reseal-only"]).await;
    assert!(again.text.contains("0 stored values are sealed"), "{}", again.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotate_changes_nothing_when_a_value_cannot_be_opened() {
    let site = Site::planted().await;
    std::fs::remove_file(&site.keys).unwrap();
    assert!(site.run(&["keys", "generate", "--file", &site.keys.display().to_string()]).await.ok);
    let before = std::fs::read_to_string(&site.keys).unwrap();
    let said = site.run(&["keys", "rotate"]).await;
    assert!(
        !said.ok && said.text.contains("nothing was changed") && said.text.contains("lacks the key"),
        "{}",
        said.text
    );
    assert_eq!(std::fs::read_to_string(&site.keys).unwrap(), before);
}
