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
        super::card::restore, super::card::link, super::card::refresh, super::card::sync,
        super::settings::settings, super::settings::people, super::settings::leaving, super::settings::test,
        super::settings::change, super::settings::permissions, super::settings::leave,
        super::settings::netsuite::checklist, super::settings::netsuite::draft, super::settings::netsuite::remove,
        super::settings::netsuite::connect, super::settings::netsuite::sign_in, super::settings::netsuite::certificate,
        super::settings::sync::flows::flows, super::settings::sync::flows::switch, super::settings::sync::flows::start,
        super::settings::sync::flows::policies, super::settings::sync::flows::run, super::settings::sync::flows::cancel,
        super::settings::sync::flows::go_on, super::settings::sync::mapping::mapping, super::settings::sync::mapping::check, super::settings::sync::mapping::save,
        super::settings::sync::mapping::reset, super::settings::sync::mapping::file, super::settings::sync::mapping::compare,
        super::settings::sync::mapping::import, super::settings::sync::log::runs, super::settings::sync::log::activity,
        super::settings::sync::log::parked, super::settings::sync::log::rows, super::settings::sync::log::retry,
        super::settings::sync::reviews::samples, super::settings::sync::reviews::reviews, super::settings::sync::reviews::decide,
        super::settings::sync::undo::plan, super::settings::sync::undo::undo, super::settings::sync::undo::tombstones,
        super::settings::sync::undo::lift, super::settings::sync::alerts::alerts, super::settings::sync::alerts::set,
        super::settings::sync::alerts::download
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
