//! Tickets: once, within a minute, in one browser.

use std::time::Duration;

use ledgercard::{
    admin::windows::{Opened, WindowPurpose},
    cards::Who,
    domain::ids::UserId,
};
use secrecy::SecretString;
use serde_json::json;

use super::house::{Browser, House, PORTAL, Page, house};

async fn ticket(house: &House, purpose: WindowPurpose) -> Opened {
    let who = Who { portal: PORTAL, user: UserId(9001) };
    let secret = Some(SecretString::from("a-client-secret"));
    house.admin.open_window(who, purpose, json!({ "account": "TSTDRV4711" }), secret).await.unwrap()
}

fn with_cookie(page: &Page) -> Browser {
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    Browser { cookie: Some(cookie), language: "" }
}

/// The window's id in its page.
fn id(page: &Page) -> String {
    let at = page.text.find("window").map(|at| &page.text[at..]).unwrap();
    let found = at.match_indices(|c: char| c.is_ascii_hexdigit()).find_map(|(at_, _)| {
        let word = at.get(at_..at_ + 36)?;
        uuid_like(word).then(|| word.to_owned())
    });
    found.unwrap_or_else(|| panic!("no id: {}", page.text))
}

fn uuid_like(word: &str) -> bool {
    word.char_indices().all(|(at, c)| if matches!(at, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() })
}

house!(a_ticket_opens_a_window_that_says_what_it_is_about_once, |house| {
    house.install().await;
    let opened = ticket(house, WindowPurpose::SignIn).await;
    assert!(opened.url.starts_with("https://ledgercard.example/window/"), "{}", opened.url);
    assert_eq!(opened.expires_at, house.clock.now().plus(Duration::from_mins(1)));
    let head = house.fetch(&Browser::default(), "HEAD", &opened.url, None).await;
    assert_eq!(head.status, 405, "a look ahead does not use it up");
    let page = house.visit(&Browser::default(), &opened.url).await;
    page.says(200, "TSTDRV4711");
    let domain = house.portal().await.unwrap().domain.unwrap();
    assert!(page.text.contains(&domain) && !page.text.contains("a-client-secret"), "{}", page.text);
    assert!(page.header("set-cookie").starts_with("__Host-ledgercard="), "{page:?}");
    let browser = with_cookie(&page);
    for again in [browser, Browser::default()] {
        house.visit(&again, &opened.url).await.says(410, "each works once");
    }
});

house!(a_ticket_is_too_old_after_a_minute_and_a_made_up_one_is_unknown, |house| {
    house.install().await;
    let opened = ticket(house, WindowPurpose::Certificate).await;
    house.clock.advance(Duration::from_mins(1));
    house.visit(&Browser::default(), &opened.url).await.says(410, "too old");
    let made_up = format!("/window/{}", "A".repeat(43));
    house.visit(&Browser::default(), &made_up).await.says(400, "not one of ours");
});

house!(an_open_window_goes_on_in_its_own_browser_only_and_for_ten_minutes, |house| {
    house.install().await;
    let opened = ticket(house, WindowPurpose::Certificate).await;
    let page = house.visit(&Browser::default(), &opened.url).await;
    page.says(200, "Download the certificate");
    let (browser, id) = (with_cookie(&page), id(&page));
    let address = format!("/window/certificate?window={id}");
    let (_, stranger) = house.begin().await;
    for other in [Browser::default(), stranger] {
        house.visit(&other, &address).await.says(403, "another browser");
        let form = format!("window={id}");
        house.fetch(&other, "POST", "/window/continue", Some(&form)).await.says(403, "another browser");
    }
    // A certificate's window is none to sign in with.
    let form = format!("window={id}");
    house.fetch(&browser, "POST", "/window/continue", Some(&form)).await.says(400, "not one of ours");
    house.clock.advance(Duration::from_mins(10));
    house.visit(&browser, &address).await.says(410, "too old");
});

house!(a_state_of_an_installation_does_not_end_a_sign_in, |house| {
    let (consent, browser) = house.begin().await;
    let state = consent.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let address = format!("/oauth/netsuite/callback?state={state}&code=c&company=1");
    house.visit(&browser, &address).await.says(400, "not one of ours");
    house.visit(&browser, "/oauth/netsuite/callback?code=c").await.says(400, "not one of ours");
});
