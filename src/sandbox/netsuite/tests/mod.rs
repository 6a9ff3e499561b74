//! The local NetSuite over HTTP.

mod living;
mod records;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, Response};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use serde_json::{Value as Json, json};

use super::{NetSuite, NetSuiteSettings, start};
use crate::{
    clock::{Clock, Millis},
    sandbox::data::accounts::MAIN,
};

/// 2026-11-21T22:05:09Z, 14:05:09 in Los Angeles.
const NOW: i64 = 1_795_298_709;

struct House {
    running: NetSuite,
    client: Client,
    key: Vec<u8>,
    certificate: String,
}

impl House {
    #[expect(clippy::disallowed_methods, reason = "a test talks to the sandbox without the program's own client")]
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Clock::manual(Millis(NOW * 1_000), 7);
        let listen = "127.0.0.1:0".parse().expect("an address");
        let running = start(NetSuiteSettings::new(listen, clock)).await.expect("it starts");
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
        let mut params = rcgen::CertificateParams::new(vec!["ledgercard".to_owned()]).expect("parameters");
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 12, 31);
        let pem = params.self_signed(&pair).expect("a certificate").pem();
        let client = Client::builder().no_proxy().build().expect("a client");
        let url = format!("{}/_sandbox/accounts/tstdrv4711/certificates", running.url());
        let answer: Json = client.post(url).body(pem).send().await.expect("sent").json().await.expect("JSON");
        let certificate = answer["certificateId"].as_str().expect("an id").to_owned();
        Self { running, client, key: pair.serialize_der(), certificate }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/tstdrv4711/services/rest/{path}", self.running.url())
    }

    fn claims(&self) -> Json {
        json!({"iss": MAIN.client_id, "scope": ["rest_webservices"], "aud": self.url("auth/oauth2/v1/token"), "iat": NOW, "exp": NOW + 300})
    }

    fn assertion(&self, alg: &str, claims: &Json) -> String {
        let header = json!({"typ": "JWT", "alg": alg, "kid": self.certificate});
        let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.key, &random).expect("a key");
        let signature = pair.sign(&random, message.as_bytes()).expect("a signature");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    async fn ask_token(&self, assertion: &str) -> Response {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        self.client.post(self.url("auth/oauth2/v1/token")).form(&form).send().await.expect("sent")
    }

    async fn token(&self) -> String {
        let answer = self.ask_token(&self.assertion("ES256", &self.claims())).await;
        assert_eq!(answer.status(), 200);
        let json: Json = answer.json().await.expect("JSON");
        assert_eq!(json["expires_in"], "3600");
        json["access_token"].as_str().expect("a token").to_owned()
    }

    async fn suiteql(&self, token: &str, query: &str, body: &Json) -> (u16, Json) {
        let call = self.client.post(self.url(&format!("query/v1/suiteql{query}"))).bearer_auth(token);
        let answer = call.header("prefer", "transient").json(body).send().await.expect("sent");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn control(&self, method: reqwest::Method, path: &str, body: &Json) -> u16 {
        let url = format!("{}/_sandbox/{path}", self.running.url());
        self.client.request(method, url).json(body).send().await.expect("sent").status().as_u16()
    }
}

#[tokio::test]
async fn a_signed_assertion_brings_a_token_that_expires() {
    let house = House::open().await;
    let token = house.token().await;
    let now = json!({"q": "SELECT TO_CHAR(SYSDATE,'YYYY-MM-DD HH24:MI:SS') AS now, '' AS nothing FROM DUAL"});
    let (status, answer) = house.suiteql(&token, "", &now).await;
    assert_eq!(status, 200);
    assert_eq!(answer["items"], json!([{"links": [], "now": "2026-11-21 14:05:09"}]));
    assert_eq!((&answer["count"], &answer["hasMore"], &answer["totalResults"]), (&json!(1), &json!(false), &json!(1)));
    assert_eq!(house.control(reqwest::Method::POST, "clock", &json!({"advanceSeconds": 3601})).await, 200);
    let (status, answer) = house.suiteql(&token, "", &now).await;
    assert_eq!((status, &answer["o:errorDetails"][0]["o:errorCode"]), (401, &json!("INVALID_LOGIN")));
    house.running.stop().await;
}

/// A key and certificate made for this test alone; they open nothing.
const RSA_KEY: &str = include_str!("../../../../tests/fixtures/sandbox-rsa-key.pem");
const RSA_CERTIFICATE: &str = include_str!("../../../../tests/fixtures/sandbox-rsa-cert.pem");

#[tokio::test]
async fn an_rsa_assertion_works_too_and_no_weaker_algorithm() {
    let house = House::open().await;
    // The certificate is valid from the end of the day on which it was made.
    house.control(reqwest::Method::POST, "clock", &json!({"advanceSeconds": 86_400})).await;
    let url = format!("{}/_sandbox/accounts/tstdrv4711/certificates", house.running.url());
    let answer = house.client.post(url).body(RSA_CERTIFICATE).send().await.expect("sent");
    let certificate = answer.json::<Json>().await.expect("JSON")["certificateId"].clone();
    let der: String = RSA_KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(der).expect("base64");
    let pair = ring::signature::RsaKeyPair::from_pkcs8(&der).expect("a key");
    let mut claims = house.claims();
    (claims["iat"], claims["exp"]) = (json!(NOW + 86_400), json!(NOW + 86_700));
    let signed = |alg: &str, padding: &'static dyn ring::signature::RsaEncoding| {
        let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&json!({"alg": alg, "kid": certificate})), part(&claims));
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(padding, &SystemRandom::new(), message.as_bytes(), &mut signature).expect("a signature");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let good = signed("PS256", &ring::signature::RSA_PSS_SHA256);
    assert_eq!(house.ask_token(&good).await.status(), 200);
    assert_eq!(house.ask_token(&signed("RS256", &ring::signature::RSA_PKCS1_SHA256)).await.status(), 400);
    assert_eq!(house.ask_token(&signed("PS256", &ring::signature::RSA_PKCS1_SHA256)).await.status(), 400);
    let url = format!("{}/_sandbox/accounts/tstdrv4711/certificates", house.running.url());
    assert_eq!(house.client.delete(url).send().await.expect("sent").status(), 204);
    assert_eq!(house.ask_token(&good).await.status(), 400);
}

#[tokio::test]
async fn a_bad_assertion_is_refused() {
    let house = House::open().await;
    let change = |key: &str, value: Json| {
        let mut claims = house.claims();
        claims[key] = value;
        house.assertion("ES256", &claims)
    };
    let good = house.assertion("ES256", &house.claims());
    let mut forged = good.clone();
    forged.truncate(good.len() - 4);
    forged.push_str("AAAA");
    let cases = [
        (change("aud", json!("https://elsewhere.example/token")), 400, "invalid_grant"),
        (change("exp", json!(NOW + 3_601)), 400, "invalid_grant"),
        (change("exp", json!(NOW - 1)), 400, "invalid_grant"),
        (change("iat", json!(NOW + 120)), 400, "invalid_grant"),
        (change("iss", json!("somebody else")), 401, "invalid_client"),
        (change("scope", json!(["restlets"])), 400, "invalid_scope"),
        (house.assertion("PS256", &house.claims()), 400, "invalid_grant"),
        (house.assertion("none", &house.claims()), 400, "invalid_grant"),
        (forged, 400, "invalid_grant"),
        ("nonsense".to_owned(), 400, "invalid_grant"),
    ];
    for (assertion, status, error) in cases {
        let answer = house.ask_token(&assertion).await;
        let challenge = answer.headers().contains_key("www-authenticate");
        assert_eq!(answer.status(), status, "{error}");
        assert_eq!(challenge, status == 401);
        assert_eq!(answer.json::<Json>().await.expect("JSON"), json!({"error": error}));
    }
    let answer = house.client.post(house.url("auth/oauth2/v1/token")).form(&[("grant_type", "password")]).send().await;
    assert_eq!(answer.expect("sent").json::<Json>().await.expect("JSON"), json!({"error": "unsupported_grant_type"}));
}

#[tokio::test]
async fn suiteql_keeps_netsuites_rules() {
    let house = House::open().await;
    let token = house.token().await;
    let ids = json!({"q": "SELECT id, tranid FROM transaction WHERE entity = ? AND type = 'CustInvc' ORDER BY id", "params": ["1102"]});
    let (_, page) = house.suiteql(&token, "?limit=5&offset=10", &ids).await;
    assert_eq!(
        (&page["count"], &page["offset"], &page["totalResults"], &page["hasMore"]),
        (&json!(5), &json!(10), &json!(10_000), &json!(true))
    );
    assert_eq!(page["items"][0], json!({"links": [], "id": "100011", "tranid": "WS-00011"}));
    let rels: Vec<_> =
        page["links"].as_array().expect("links").iter().map(|l| l["rel"].as_str().expect("rel")).collect();
    assert_eq!(rels, ["first", "prev", "next", "last", "self"]);
    for (query, field) in
        [("?limit=0", "limit"), ("?limit=1001", "limit"), ("?limit=5&offset=3", "offset"), ("?x=1", "x")]
    {
        let (status, answer) = house.suiteql(&token, query, &ids).await;
        let detail = &answer["o:errorDetails"][0];
        assert_eq!(
            (status, &detail["o:errorCode"], &detail["o:errorQueryParam"]),
            (400, &json!("INVALID_PARAMETER"), &json!(field))
        );
    }
    let (status, answer) = house.suiteql(&token, "", &json!({"q": "SELECT nothing FROM transaction"})).await;
    assert_eq!((status, &answer["o:errorDetails"][0]["o:errorQueryParam"]), (400, &json!("q")));
    let without =
        house.client.post(house.url("query/v1/suiteql")).bearer_auth(&token).json(&ids).send().await.expect("sent");
    assert_eq!(without.status(), 400);
    assert!(without.headers()["content-type"].to_str().expect("text").contains("type=error"));
}

#[tokio::test]
async fn records_are_read_one_by_one() {
    let house = House::open().await;
    let token = house.token().await;
    let get = async |path: &str| {
        let answer = house.client.get(house.url(path)).bearer_auth(&token).send().await.expect("sent");
        (answer.status().as_u16(), answer.json::<Json>().await.expect("JSON"))
    };
    let (status, invoice) = get("record/v1/invoice/30001?expandSubResources=true").await;
    assert_eq!(status, 200);
    assert_eq!(
        (&invoice["tranId"], &invoice["total"], &invoice["taxTotal"]),
        (&json!("INV-30001"), &json!(120.0), &json!(20.0))
    );
    assert_eq!(
        (&invoice["status"], &invoice["currency"]["refName"]),
        (&json!({"id": "A", "refName": "Open"}), &json!("EUR"))
    );
    assert_eq!(invoice["item"]["items"][0]["amount"], json!(100.0));
    let (_, short) = get("record/v1/invoice/30001?fields=tranId&simpleEnumFormat=true").await;
    assert_eq!(short.as_object().expect("an object").keys().collect::<Vec<_>>(), ["id", "links", "tranId"]);
    let (_, credit) = get("record/v1/creditMemo/35001").await;
    assert_eq!((&credit["total"], &credit["unapplied"]), (&json!(48.0), &json!(0.0)));
    assert_eq!(get("record/v1/customer/1002").await.1["companyName"], Json::Null);
    assert_eq!(get("record/v1/invoice/999").await.1["o:errorDetails"][0]["o:errorCode"], json!("NONEXISTENT_ID"));
    assert_eq!(get("record/v1/nothing/1").await.1["o:errorDetails"][0]["o:errorCode"], json!("INVALID_URL"));
    assert_eq!(get("record/v1/invoice/30001?x=1").await.0, 400);
    assert_eq!(get("system/v1/serverTime").await.1["datetime"], json!("2026-11-21T22:05:09.000Z"));
}

#[tokio::test]
async fn more_calls_at_once_than_allowed_are_refused() {
    let house = std::sync::Arc::new(House::open().await);
    let token = house.token().await;
    house
        .control(
            reqwest::Method::PUT,
            "faults",
            &json!([{"operation": "suiteql", "action": {"kind": "hang"}, "times": 5}]),
        )
        .await;
    let count = json!({"q": "SELECT COUNT(*) n FROM customer"});
    let waiting: Vec<_> = (0..5)
        .map(|_| {
            let (house, token, count) = (std::sync::Arc::clone(&house), token.clone(), count.clone());
            tokio::spawn(async move { house.suiteql(&token, "", &count).await })
        })
        .collect();
    let in_flight = async || {
        let url = format!("{}/_sandbox/stats", house.running.url());
        house.client.get(url).send().await.expect("sent").json::<Json>().await.expect("JSON")["inFlight"].clone()
    };
    while in_flight().await != json!(5) {
        tokio::task::yield_now().await;
    }
    let (status, answer) = house.suiteql(&token, "", &count).await;
    assert_eq!((status, &answer["o:errorDetails"][0]["o:errorCode"]), (429, &json!("CONCURRENCY_LIMIT_EXCEEDED")));
    // Whoever gives up frees a place.
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    while in_flight().await != json!(0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.suiteql(&token, "", &count).await.0, 200);
}

#[tokio::test]
async fn the_sandbox_account_is_another_one() {
    let house = House::open().await;
    let token = house.token().await;
    let elsewhere = house.url("query/v1/suiteql").replace("/tstdrv4711/", "/1234567-sb1/");
    let answer = house.client.post(&elsewhere).bearer_auth(&token).send().await.expect("sent");
    assert_eq!(answer.status(), 401);
    assert!(answer.headers()["www-authenticate"].to_str().expect("text").starts_with("Bearer realm=\"1234567_SB1\""));
    for wrong in ["1234567_sb1", "1234567-SB1", "TSTDRV4711"] {
        let url = elsewhere.replace("1234567-sb1", wrong);
        assert_eq!(house.client.post(url).send().await.expect("sent").status(), 404, "{wrong}");
    }
}

#[tokio::test]
async fn switches_and_faults_work_while_it_runs() {
    let house = House::open().await;
    let token = house.token().await;
    let put = reqwest::Method::PUT;
    let count = json!({"q": "SELECT COUNT(*) FROM transaction"});
    let lacks = |names: &[&str]| json!({"missingPermissions": names});
    house.control(put.clone(), "accounts/tstdrv4711/switches", &lacks(&["Invoice"])).await;
    assert!(house.suiteql(&token, "", &count).await.1.to_string().contains("Record 'transaction' was not found"));
    let refused =
        house.client.get(house.url("record/v1/invoice/30001")).bearer_auth(&token).send().await.expect("sent");
    assert_eq!(refused.status(), 403);
    house.control(put.clone(), "accounts/tstdrv4711/switches", &lacks(&["SuiteAnalytics Workbook"])).await;
    assert_eq!(house.suiteql(&token, "", &count).await.0, 403);
    assert_eq!(house.control(put.clone(), "accounts/tstdrv4711/switches", &lacks(&["Nonsense"])).await, 400);
    assert_eq!(house.control(put.clone(), "accounts/nowhere/switches", &json!({})).await, 404);
    house
        .control(put.clone(), "accounts/tstdrv4711/switches", &json!({"missingPermissions": [], "concurrencyLimit": 0}))
        .await;
    assert_eq!(house.suiteql(&token, "", &count).await.0, 429);
    house.control(reqwest::Method::POST, "reset", &json!({})).await;
    assert_eq!(house.suiteql(&token, "", &count).await.0, 200);
    for (action, outcome) in [
        (json!({"kind": "status", "status": 503, "retryAfter": 2}), Some(503)),
        (json!({"kind": "cut"}), None),
        (json!({"kind": "truncate"}), None),
    ] {
        let faults = json!([{"operation": "suiteql", "contains": "COUNT", "action": action, "times": 1}]);
        house.control(put.clone(), "faults", &faults).await;
        let call = house.client.post(house.url("query/v1/suiteql")).bearer_auth(&token).header("prefer", "transient");
        let whole = async {
            let answer = call.json(&count).send().await.ok()?;
            let status = answer.status().as_u16();
            answer.bytes().await.ok().map(|_| status)
        };
        assert_eq!(whole.await, outcome, "{action}");
        assert_eq!(house.suiteql(&token, "", &count).await.0, 200);
    }
}
