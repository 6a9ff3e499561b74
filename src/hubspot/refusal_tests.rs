use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(error: &Value) -> Refusal {
    Said::read(error).refusal
}

/// `{error, name}` inside the text, as HubSpot puts it.
fn in_text(error: &str, name: &str) -> Value {
    let wrong = json!([{
        "isValid": false, "message": "marked.value@secret.example was not valid", "error": error, "name": name,
        "localizedErrorMessage": "marked.value@secret.example was not valid", "portalId": 5,
    }]);
    json!({
        "status": "error", "category": "VALIDATION_ERROR", "correlationId": "c",
        "message": format!("Property values were not valid: {wrong}"),
    })
}

#[test]
fn values_that_are_wrong_are_told_by_code_and_property() {
    let cases = [
        ("INVALID_EMAIL", RefusalCode::InvalidEmail),
        ("INVALID_OPTION", RefusalCode::InvalidOption),
        ("INVALID_BOOLEAN", RefusalCode::InvalidOption),
        ("INVALID_INTEGER", RefusalCode::InvalidNumber),
        ("INVALID_DATE", RefusalCode::InvalidDate),
        ("PROPERTY_VALUE_TOO_LONG", RefusalCode::TooLong),
        ("READ_ONLY_VALUE", RefusalCode::ReadOnly),
        ("PROPERTY_DOESNT_EXIST", RefusalCode::UnknownProperty),
        ("INVALID_PHONE_NUMBER", RefusalCode::Other("INVALID_PHONE_NUMBER".to_owned())),
    ];
    for (word, code) in cases {
        assert_eq!(
            read(&in_text(word, "some_field")),
            Refusal { properties: vec!["some_field".to_owned()], ..Refusal::bare(code) }
        );
    }
}

#[test]
fn a_portals_own_rules_are_told_with_the_properties_they_want() {
    let error = |code: &str| {
        json!({
            "status": "error", "category": "VALIDATION_ERROR", "message": "A value for firstname must be provided",
            "errors": [{ "message": "…", "code": code, "context": { "propertyName": ["firstname", "vat_number"] } }],
        })
    };
    let named = vec!["firstname".to_owned(), "vat_number".to_owned()];
    assert_eq!(
        read(&error("MISSING_REQUIRED_PROPERTY")),
        Refusal { properties: named.clone(), ..Refusal::bare(RefusalCode::RequiredMissing) }
    );
    assert_eq!(
        read(&error("MISSING_CONDITIONAL_REQUIRED_PROPERTY")),
        Refusal { properties: named, ..Refusal::bare(RefusalCode::ConditionalRequired) }
    );
    let bare = json!({ "category": "VALIDATION_ERROR", "message": "A value for firstname must be provided" });
    assert_eq!(
        read(&bare),
        Refusal { properties: vec!["firstname".to_owned()], ..Refusal::bare(RefusalCode::RequiredMissing) }
    );
}

#[test]
fn a_conflict_names_the_record_that_has_the_value() {
    let email = json!({ "category": "CONFLICT", "message": "Contact already exists. Existing ID: 123" });
    assert_eq!(read(&email), Refusal { existing: Some(ObjectId(123)), ..Refusal::bare(RefusalCode::Conflict) });
    let own = json!({
        "category": "VALIDATION_ERROR",
        "message": "Cannot set PropertyValueCoordinates{objectTypeId=0-2, propertyName=ledgercard_key, value=netsuite:1:customer:7} \
                    on 55. 44 already has that value.",
    });
    let properties = vec!["ledgercard_key".to_owned()];
    let conflict = Refusal { code: RefusalCode::Conflict, properties, existing: Some(ObjectId(44)) };
    assert_eq!(read(&own), conflict);
    assert_eq!(Said::conflict(&json!(null)).refusal, Refusal::bare(RefusalCode::Conflict));
}

#[test]
fn what_only_the_text_says_is_understood() {
    let said = |message: &str| read(&json!({ "category": "VALIDATION_ERROR", "message": message })).code;
    assert_eq!(said("The email marked@secret.example is on the GDPR blocklist"), RefusalCode::Blocked);
    assert_eq!(said("Missing 'Edit Associations' permission."), RefusalCode::Forbidden);
    assert_eq!(said("Property \"nope\" does not exist"), RefusalCode::UnknownProperty);
    assert_eq!(
        said("Unable to perform update/upsert by non-unique property ledgercard_key"),
        RefusalCode::Other("PROPERTY_NOT_UNIQUE".to_owned())
    );
    assert_eq!(said("Something new"), RefusalCode::Other("VALIDATION_ERROR".to_owned()));
    assert_eq!(read(&json!({ "category": "OBJECT_NOT_FOUND" })).code, RefusalCode::Missing);
    assert_eq!(read(&Value::Null).code, RefusalCode::Other("UNKNOWN".to_owned()));
}

#[test]
fn rows_are_named_by_trace_by_id_and_by_the_ends_of_a_pair() {
    let said = Said::read(&json!({ "context": { "objectWriteTraceId": ["a"], "ids": ["7", 8] } }));
    assert_eq!((said.traces, said.ids), (vec!["a".to_owned()], vec!["7".to_owned(), "8".to_owned()]));
    let pair = Said::read(&json!({ "context": { "fromObjectId": ["1"], "toObjectId": ["2"] } }));
    assert_eq!(pair.ends, (vec!["1".to_owned()], vec!["2".to_owned()]));
}

/// Any JSON, with HubSpot's own names in it more often than chance would put them there.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "[a-z]{0,6}",
        proptest::sample::select(vec![
            "message",
            "category",
            "errors",
            "context",
            "code",
            "error",
            "name",
            "propertyName",
            "ids"
        ])
        .prop_map(str::to_owned),
    ];
    let text = prop_oneof![
        "\\PC{0,30}",
        Just("Property values were not valid: [{\"error\":\"INVALID_EMAIL\",\"name\":\"email\"}]".to_owned()),
        Just("Existing ID: 99999999999999999999999".to_owned()),
        Just("é already has that value".to_owned()),
        Just("[[[[{\"a\":".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn any_answer_is_read_and_only_words_names_and_ids_stay(error in any_json()) {
        let said = Said::read(&error);
        if let RefusalCode::Other(word) = &said.refusal.code {
            prop_assert!(word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'), "{}", word);
        }
        for name in &said.refusal.properties {
            prop_assert!(is_property(name), "{}", name);
        }
        prop_assert!(said.refusal.existing.is_none() || said.refusal.code == RefusalCode::Conflict);
    }

    #[test]
    fn no_text_of_theirs_stays(text in "\\PC{0,200}", error in "[A-Z][A-Z_]{2,19}", name in "[a-z_]{1,20}") {
        let marked = "marked.value@secret.example";
        for message in [format!("{text} {marked} {text}"), format!("{marked}[{{{text}"), format!("propertyName={marked}, {text}")] {
            let said = Said::read(&json!({ "message": message, "category": marked, "subCategory": marked, "errors": [{
                "message": marked, "code": marked, "name": marked, "context": { "propertyName": [marked] } }] }));
            let shown = format!("{:?}", said.refusal);
            prop_assert!(!shown.contains("marked"), "{}", shown);
        }
        let said = Said::read(&in_text(&error, &name));
        let shown = format!("{:?}", said.refusal);
            prop_assert!(!shown.contains("marked"), "{}", shown);
        prop_assert_eq!(said.refusal.properties, [name]);
    }
}
