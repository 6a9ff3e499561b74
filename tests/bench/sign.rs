//! Requests as HubSpot's proxy sends them: identity parameters appended, signed with version 3.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ledgercard::{
    cli::demo::{APP_ID, CLIENT_SECRET, PUBLIC_URL},
    clock::Clock,
};
use ring::hmac;

/// The list of a record, as the card asks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// Before the path: nothing, or the place of another server's route.
    pub(crate) path: &'a str,
    pub(crate) portal: &'a str,
    pub(crate) object_type: &'a str,
    pub(crate) object: &'a str,
    pub(crate) page_size: u32,
}

/// The bytes of a GET for it, signed now for this user.
pub(crate) fn get(ask: Ask<'_>, user: u32) -> Vec<u8> {
    let Ask { path, portal, object_type, object, page_size } = ask;
    let path = format!(
        "{path}?objectTypeId={object_type}&objectId={object}&page=1&pageSize={page_size}&sort=-date\
         &userId={user}&portalId={portal}&userEmail=ann.berg%40example.com&appId={APP_ID}"
    );
    let stamp = Clock::system().now().0.to_string();
    let signed = format!("GET{PUBLIC_URL}{}{stamp}", path.replace("%40", "@"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, CLIENT_SECRET.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
    format!(
        "GET {path} HTTP/1.1\r\nhost: ledgercard.example\r\naccept: */*\r\naccept-encoding: gzip, deflate\r\n\
         content-type: application/json\r\nuser-agent: HubSpot Connect 2.0\r\nx-hubspot-signature-version: v2\r\n\
         x-hubspot-signature: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\r\n\
         x-hubspot-signature-v3: {signature}\r\nx-hubspot-request-timestamp: {stamp}\r\n\r\n"
    )
    .into_bytes()
}
