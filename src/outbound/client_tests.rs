//! The client against a server whose answers are given byte by byte.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::oneshot,
};

use super::*;
use crate::clock::Millis;

/// What a server does with its one connection.
enum Play {
    /// Sends this and closes.
    Say(Vec<u8>),
    /// Reads the request and says nothing, until the other side goes.
    Hang,
}

/// A server for one call: its address, and what it was sent.
async fn serve(play: Play) -> (Url, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/path?secret=in-the-query", listener.local_addr().unwrap()).parse().unwrap();
    let (told, heard) = oneshot::channel();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !whole(&request) {
            let mut chunk = [0; 4096];
            let n = socket.read(&mut chunk).await.unwrap();
            request.extend_from_slice(&chunk[..n]);
        }
        drop(told.send(String::from_utf8(request).unwrap()));
        match play {
            Play::Say(answer) => drop(socket.write_all(&answer).await),
            Play::Hang => drop(socket.read(&mut [0]).await),
        }
    });
    (url, heard)
}

/// Whether head and announced body are there.
fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    body.len() >= length
}

fn said(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn call(url: Url) -> Call {
    Call {
        service: "netsuite",
        operation: "suiteql",
        meter: Meter::Nobody,
        method: Method::GET,
        url,
        bearer: None,
        headers: Vec::new(),
        body: Body::None,
        timeout: Duration::from_secs(5),
    }
}

fn outbound() -> Outbound {
    let settings = OutboundSettings {
        max_body: 100,
        local: LocalHosts::of(["http://127.0.0.1", "http://localhost"]),
        ..OutboundSettings::default()
    };
    Outbound::new(Clock::manual(Millis(1_700_000_000_000), 1), settings).unwrap()
}

#[tokio::test]
async fn any_status_is_an_answer_and_is_counted() {
    let out = outbound();
    for status in ["200 OK", "404 Not Found", "429 Too Many", "500 Oh"] {
        let (url, _) = serve(Play::Say(said(status, "x-a: b\r\n", b"{\"n\":1}"))).await;
        let answer = out.send(call(url)).await.unwrap();
        assert!(status.starts_with(&answer.status.to_string()));
        assert_eq!(answer.headers["x-a"], "b");
        assert_eq!(answer.json::<serde_json::Value>().unwrap()["n"], 1);
    }
    let words: Vec<_> = out.counts().into_iter().map(|(_, _, outcome, n)| (outcome, n)).collect();
    assert_eq!(words, [("ok", 1), ("refused", 1), ("server_error", 1), ("throttled", 1)]);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (url, _) = serve(Play::Say(said("302 Found", "location: http://127.0.0.1:1/elsewhere\r\n", b""))).await;
    assert_eq!(outbound().send(call(url)).await.unwrap().status, 302);
}

#[tokio::test]
async fn errors_are_sorted_by_what_happened() {
    let out = outbound();
    let (url, _) = serve(Play::Say(said("200 OK", "", &[b'x'; 101]))).await;
    assert_eq!(out.send(call(url)).await.unwrap_err(), OutboundError::TooLarge);

    let (url, _) = serve(Play::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf".to_vec())).await;
    assert_eq!(out.send(call(url)).await.unwrap_err(), OutboundError::Cut);

    let (url, _) = serve(Play::Say(Vec::new())).await;
    assert_eq!(out.send(call(url)).await.unwrap_err(), OutboundError::Cut);

    let (url, _) = serve(Play::Hang).await;
    let soon = Call { timeout: Duration::from_millis(30), ..call(url) };
    assert_eq!(out.send(soon).await.unwrap_err(), OutboundError::TimedOut);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", free.local_addr().unwrap()).parse().unwrap();
    drop(free);
    assert_eq!(out.send(call(url)).await.unwrap_err(), OutboundError::Unreachable);
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_a_large_one_is_refused() {
    // A thousand x, packed by gzip.
    let packed =
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 168, 24, 5, 163, 96, 20, 12, 119, 0, 0, 230, 201, 65, 59, 232, 3, 0, 0];
    let (url, _) = serve(Play::Say(said("200 OK", "content-encoding: gzip\r\n", &packed))).await;
    assert_eq!(outbound().send(call(url)).await.unwrap_err(), OutboundError::TooLarge);
}

#[tokio::test]
async fn token_headers_and_form_are_sent() {
    let (url, heard) = serve(Play::Say(said("200 OK", "", b"{}"))).await;
    let form = Body::Form(vec![("grant_type", "client_credentials".into()), ("assertion", "a b&c=d".into())]);
    let headers = vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
    let post = Call { method: Method::POST, bearer: Some("tok".into()), headers, body: form, ..call(url) };
    outbound().send(post).await.unwrap();
    let request = heard.await.unwrap();
    assert!(request.starts_with("POST /path?secret=in-the-query HTTP/1.1\r\n"), "{request}");
    for part in [
        "authorization: Bearer tok",
        "accept: application/json",
        "content-type: application/x-www-form-urlencoded",
        "user-agent: ledgercard/",
        "grant_type=client_credentials&assertion=a+b%26c%3Dd",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[derive(serde::Deserialize, Debug)]
struct Wanted {
    #[serde(rename = "name")]
    _name: Vec<u8>,
}

#[tokio::test]
async fn nothing_secret_shows_in_errors_or_debug() {
    let (url, _) = serve(Play::Say(Vec::new())).await;
    let secret = Call { bearer: Some("hidden-token".into()), ..call(url) };
    assert!(!format!("{secret:?}").contains("hidden-token"));
    let error = outbound().send(secret).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));

    let (url, _) = serve(Play::Say(said("200 OK", "", br#"{"name":["hidden-name"]}"#))).await;
    let answer = outbound().send(call(url)).await.unwrap();
    assert_eq!(format!("{answer:?}"), "Answer(200, 24 bytes)");
    let error = answer.json::<Wanted>().unwrap_err();
    assert_eq!(error, OutboundError::Unreadable { what: "at name[0], line 1 column 22".to_owned() });
}

#[tokio::test]
async fn a_private_address_is_not_called_unless_the_configuration_names_it() {
    let settings = OutboundSettings { local: LocalHosts::default(), ..OutboundSettings::default() };
    let out = Outbound::new(Clock::manual(Millis(1_700_000_000_000), 1), settings).unwrap();
    let (url, _) = serve(Play::Say(said("200 OK", "", b"{}"))).await;
    let refused = out.send(call(url.clone())).await.unwrap_err();
    assert!(matches!(refused, OutboundError::Unsendable { .. }), "{refused:?}");
    // A name is looked at when it is resolved: that one leads to this machine.
    let named: Url = url.as_str().replace("127.0.0.1", "localhost").parse().unwrap();
    assert_eq!(out.send(call(named.clone())).await.unwrap_err(), OutboundError::Unreachable);
    assert_eq!(outbound().send(call(named)).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_call_leaves_only_while_its_guard_says_so() {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };
    let held = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&held);
    let with_token = |url| Call { bearer: Some("tok".into()), ..call(url) };
    crate::outbound::guard::under(Arc::new(move || asked.load(Ordering::SeqCst)), async {
        let (url, _) = serve(Play::Say(said("200 OK", "", b"{}"))).await;
        assert_eq!(outbound().send(with_token(url)).await.unwrap().status, 200);
        held.store(false, Ordering::SeqCst);
        let (url, _) = serve(Play::Say(said("200 OK", "", b"{}"))).await;
        let refused = outbound().send(with_token(url.clone())).await.unwrap_err();
        assert!(matches!(refused, OutboundError::Unsendable { .. }), "{refused:?}");
        assert_eq!(outbound().send(call(url)).await.unwrap().status, 200, "a token may be renewed");
    })
    .await;
}
