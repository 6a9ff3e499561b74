//! The API's description (OpenAPI 3.1), made from the code. A copy is checked in as `openapi.json` beside this file, and a
//! test compares both.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Ledgercard", description = "What HubSpot's card asks the backend. HubSpot's proxy appends userId, portalId, userEmail and appId to every query and signs the whole request."),
    paths(
        super::card::list, super::card::detail, super::card::search, super::card::add, super::card::remove,
        super::card::restore, super::card::link, super::card::refresh,
        super::settings::settings, super::settings::people, super::settings::leaving, super::settings::test,
        super::settings::change, super::settings::permissions, super::settings::leave,
        super::settings::netsuite::checklist, super::settings::netsuite::draft, super::settings::netsuite::remove,
        super::settings::netsuite::connect, super::settings::netsuite::sign_in, super::settings::netsuite::certificate
    ),
    modifiers(&Signature)
)]
struct Description;

struct Signature;

impl Modify for Signature {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let header = ApiKeyValue::with_description(
            "X-HubSpot-Signature-v3",
            "HubSpot's request signature, version 3, together with X-HubSpot-Request-Timestamp",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("hubspotSignatureV3", SecurityScheme::ApiKey(ApiKey::Header(header)));
    }
}

/// The description as pretty JSON with a line break at the end.
///
/// # Errors
/// Never in practice: the document is made of texts and numbers.
pub fn document() -> Result<String, serde_json::Error> {
    Description::openapi().to_pretty_json().map(|text| text + "\n")
}
