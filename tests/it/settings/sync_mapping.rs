//! The mapping of a flow over the wire: shown, checked, saved, compared, taken out and in.

use serde_json::{Value, json};

use super::sync::{act, flow, flow_id, keyed, started};
use crate::world::{World, walk};

pub(crate) async fn mapping(world: &World, flow: &str) -> Value {
    world.get(&format!("/api/settings/mappings?flow={flow}")).await.ok()
}

/// The rows of a target as they were shown.
pub(crate) fn rows(mapping: &Value, target: &str) -> Vec<Value> {
    let targets = mapping["targets"].as_array().unwrap();
    targets.iter().find(|one| one["key"] == target).unwrap()["rows"].as_array().unwrap().clone()
}

walk!(
    /// NS-15: the default rows are there with the fields of both sides; a changed row is saved, and the version tells.
    ns_15_the_mapping_is_shown_changed_and_put_back,
    |world| {
        let id = flow_id(world, "customers").await;
        let shown = mapping(world, &id).await;
        assert_eq!((shown["isDefault"].as_bool(), shown["version"].as_i64()), (Some(true), Some(1)));
        assert!(rows(&shown, "person").iter().any(|row| row["id"] == "email" && row["locked"] == true), "{shown}");
        assert!(shown["erpFields"].as_array().unwrap().len() > 10 && shown["properties"]["0-2"].as_array().is_some());
        let mut person = rows(&shown, "person");
        let city = person.iter_mut().find(|row| row["id"] == "city").unwrap();
        city["winner"] = json!("only_if_empty");
        let body = json!({ "flowId": id, "version": 1, "rows": { "person": person }, "tables": [] });
        let saved = act(world, "mappings/save", body.clone()).await;
        assert_eq!(saved, json!({ "version": 2, "faults": [] }));
        let stale = world.post("/api/settings/mappings/save", &keyed(world, json!({ "flowId": id, "version": 1, "rows": {}, "tables": [{ "name": "late", "pairs": [] }] }))).await;
        assert_eq!(stale.problem(), (409, "conflict".to_owned()));
        assert_eq!(act(world, "mappings/save", body).await["version"], 2, "a repeat saves nothing");
        let now = mapping(world, &id).await;
        assert_eq!((now["isDefault"].as_bool(), flow(world, "customers").await["mappingVersion"].as_i64()), (Some(false), Some(2)));
        let file = world.get(&format!("/api/settings/mappings/file?flow={id}")).await.ok();
        act(world, "mappings/reset", json!({ "flowId": id })).await;
        let compared = act(world, "mappings/compare", json!({ "flowId": id, "file": file })).await;
        assert_eq!(compared["differences"], json!([{ "what": "changed", "target": "person", "row": "city", "table": null, "parts": ["winner"] }]));
        let imported = act(world, "mappings/import", json!({ "flowId": id, "version": 3, "file": file })).await;
        assert_eq!(imported, json!({ "version": 4, "faults": [] }));
    }
);

walk!(
    /// A mapping that is not sound is refused whole, with every fault and its place; nothing is saved.
    a_mapping_that_is_not_sound_is_refused_with_every_fault,
    |world| {
        let id = flow_id(world, "customers").await;
        let shown = mapping(world, &id).await;
        let mut person = rows(&shown, "person");
        person.retain(|row| row["id"] != "email");
        person.push(json!({ "id": "x", "property": "nothing_like_it", "field": "firstname", "direction": "to_hubspot", "winner": "erp", "locked": false }));
        person.push(json!({ "id": "y", "property": "jobtitle2", "toHubspot": "firstname|", "direction": "to_hubspot", "winner": "erp", "locked": false }));
        let saved = act(world, "mappings/save", json!({ "flowId": id, "version": 1, "rows": { "person": person }, "tables": [] })).await;
        let codes: Vec<&str> = saved["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"locked_missing") && codes.contains(&"unknown_property") && codes.len() >= 3, "{saved}");
        assert_eq!((saved["version"].as_i64(), mapping(world, &id).await["isDefault"].as_bool()), (Some(1), Some(true)));
        let file = act(world, "mappings/compare", json!({ "flowId": id, "file": { "version": 9 } })).await;
        assert_eq!(file["faults"][0]["code"], "version", "{file}");
    }
);

walk!(
    /// A mapping is tried on a record before it is saved: both sides before and after, from either side's id.
    a_mapping_is_tried_on_a_record,
    |world| {
        started(world, "customers").await;
        let id = flow_id(world, "customers").await;
        let created = world.get(&format!("/api/settings/activity?flow={id}&what=created&limit=200")).await.ok();
        let one = created["entries"].as_array().unwrap().iter().find(|one| one["target"] == "person").unwrap().clone();
        let mut person = rows(&mapping(world, &id).await, "person");
        let last = person.iter_mut().find(|row| row["id"] == "lastname").unwrap();
        (last["field"], last["toHubspot"]) = (json!(null), json!("lastname|upper"));
        for (side, key) in [("erp", "erpId"), ("hubspot", "objectId")] {
            let body = json!({ "flowId": id, "target": "person", "rows": person, "tables": [], "sample": { "side": side, "id": one[key] } });
            let tried = act(world, "mappings/check", body).await;
            assert_eq!(tried["faults"], json!([]), "{tried}");
            assert_eq!((&tried["sample"]["erpId"], &tried["sample"]["objectId"]), (&one["erpId"], &one["objectId"]));
            let row = tried["sample"]["rows"].as_array().unwrap().iter().find(|row| row["rowId"] == "lastname").unwrap();
            let (before, after) = (row["hubspotBefore"].as_str().unwrap(), row["hubspotAfter"].as_str().unwrap());
            assert_eq!(before.to_uppercase(), after);
        }
        let city = person.iter_mut().find(|row| row["id"] == "city").unwrap();
        city["table"] = json!("cities");
        let tables = json!([{ "name": "cities", "pairs": [["Nowhere", "Nirgends"]] }]);
        let tried = act(world, "mappings/check", json!({ "flowId": id, "target": "person", "rows": person, "tables": tables })).await;
        let lacking = tried["unmatched"].as_array().unwrap();
        assert!(!lacking.is_empty() && lacking.iter().all(|one| one["table"] == "cities" && one["count"].as_u64() > Some(0)), "{tried}");
        let gone = json!({ "flowId": id, "target": "person", "rows": [], "tables": [], "sample": { "side": "hubspot", "id": "999999999" } });
        assert_eq!(world.post("/api/settings/mappings/check", &keyed(world, gone)).await.problem(), (404, "not-found".to_owned()));
    }
);
