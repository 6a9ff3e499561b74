//! Users and teams.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::House;
use crate::sandbox::data::accounts::DEMO;

fn ids(list: &Json) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|u| u["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn users_are_listed_in_pages_and_read_one_by_one() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let (_, page) = house.get(&token, "/settings/users/2026-09?limit=3").await;
    assert_eq!(ids(&page["results"]), ["9", "9001", "9002"]);
    let after = page["paging"]["next"]["after"].as_str().expect("a cursor");
    let (_, rest) = house.get(&token, &format!("/settings/users/2026-09?limit=3&after={after}")).await;
    assert_eq!((ids(&rest["results"]), rest.get("paging")), (vec!["9003"], None));
    let (_, chiara) = house.get(&token, "/settings/users/2026-03/9003").await;
    let expected = json!({
        "id": "9003", "email": "chiara@chinook.example", "firstName": "Chiara", "lastName": "Conti", "roleIds": [],
        "superAdmin": false, "primaryTeamId": "802", "secondaryTeamIds": ["801"],
    });
    assert_eq!(chiara, expected);
    let (_, ann) = house.get(&token, "/settings/users/2026-09/ann%40chinook.example?idProperty=EMAIL").await;
    assert_eq!((&ann["id"], ann.get("primaryTeamId")), (&json!("9001"), None));
    assert_eq!(house.get(&token, "/settings/users/2026-09/1").await.0, 404);
    assert_eq!(house.call(&token, Method::POST, "/settings/users/2026-09", Some(&json!({}))).await.0, 405);
}

#[tokio::test]
async fn teams_say_who_is_in_them_and_controls_change_it() {
    let house = House::open().await;
    let token = house.token(DEMO.refresh_token).await;
    let (_, teams) = house.get(&token, "/settings/users/2026-09/teams").await;
    assert_eq!(
        teams["results"][0],
        json!({"id": "801", "name": "Sales North", "userIds": ["9002"], "secondaryUserIds": ["9003"]})
    );
    assert_eq!(teams["results"][1]["userIds"], json!(["9003"]));
    let change = json!({"superAdmin": true, "primaryTeamId": null, "secondaryTeamIds": ["802"]});
    house.control(Method::PUT, "portals/4711001/users/9002", &change).await;
    let (_, bruno) = house.get(&token, "/settings/users/2026-09/9002").await;
    assert_eq!((&bruno["superAdmin"], bruno.get("primaryTeamId")), (&json!(true), None));
    house.control(Method::PUT, "portals/4711001/users/9002", &json!({"superAdmin": false})).await;
    let (_, bruno) = house.get(&token, "/settings/users/2026-09/9002").await;
    assert_eq!((&bruno["superAdmin"], &bruno["secondaryTeamIds"]), (&json!(false), &json!(["802"])));
    let wrong =
        house.call("", Method::PUT, "/_sandbox/portals/4711001/users/9002", Some(&json!({"primaryTeamId": 1}))).await;
    assert_eq!(wrong.0, 400);
}

#[tokio::test]
async fn the_catalogue_lists_the_same_users() {
    let house = House::open().await;
    let (_, catalogue) = house.get("", "/_sandbox/catalogue").await;
    let users = catalogue["portals"][0]["users"].as_array().expect("users");
    let ids: Vec<_> = users.iter().map(|u| u["userId"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["9001", "9002", "9003", "9"]);
    assert_eq!(catalogue["portals"][0]["records"][0]["objectId"], "501");
}
