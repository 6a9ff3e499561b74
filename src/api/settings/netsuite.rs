//! Connecting NetSuite, as the settings page asks for it.
//!
//! Promise: that of [`super`]; connecting twice with one key connects once.

use axum::response::Response;
use secrecy::SecretString;

use super::{administrator, administrator_until};
use crate::{
    admin::{
        access::answer_until,
        checklist::{self, ChecklistAnswer},
        connect::{ConnectAnswer, ConnectRequest, DraftRequest, SignInRequest},
    },
    api::{
        Api, ApiError, json,
        problem::Problem,
        reading::{Parameters, parse},
        signed::{Input, Signed, SignedRoutes},
    },
    clock::Millis,
    domain::ids::ConnectionId,
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .get("/api/settings/checklist", checklist)
        .post("/api/settings/netsuite/drafts", draft)
        .post("/api/settings/drafts/remove", remove)
        .post("/api/settings/netsuite/connect", connect)
        .post("/api/settings/netsuite/sign-in", sign_in)
        .post("/api/settings/netsuite/certificate", certificate)
}

/// The bodies and answers as they are sent.
pub mod shapes {
    use serde::{Deserialize, Serialize};

    use crate::{
        admin::connect::DraftView,
        clock::Millis,
        domain::ids::{ConnectionId, DraftId, IdempotencyKey},
    };

    /// A key pair and certificate to be made.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct NewDraftRequest {
        /// The account id, as it stands in NetSuite.
        pub account_id: String,
        /// What the connection is to be called.
        pub name: String,
        /// The connection that is to get a new certificate.
        pub connection_id: Option<ConnectionId>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// The draft that was made.
    #[derive(Serialize, utoipa::ToSchema)]
    pub struct NewDraftAnswer {
        /// The draft.
        pub draft: DraftView,
    }

    /// A draft to forget, or to download the certificate of.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct NamedDraftRequest {
        /// The draft.
        pub draft_id: DraftId,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// Whether there was one.
    #[derive(Serialize, utoipa::ToSchema)]
    pub struct DraftRemovedAnswer {
        /// It was there, and is gone.
        pub removed: bool,
    }

    /// A certificate that NetSuite took.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct ConnectDraftRequest {
        /// The draft whose certificate it is.
        pub draft_id: DraftId,
        /// The integration record's client id.
        pub client_id: String,
        /// The id that NetSuite gave the certificate.
        pub certificate_id: String,
        /// Whether the user confirmed that NetSuite is set up.
        pub confirmed: bool,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// A sign-in by consent that is to begin.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct BeginSignInRequest {
        /// The account id, as it stands in NetSuite.
        pub account_id: String,
        /// What the connection is to be called.
        pub name: String,
        /// The integration record's client id.
        pub client_id: String,
        /// The integration record's client secret.
        #[schema(value_type = String)]
        pub client_secret: secrecy::SecretString,
        /// Whether the user confirmed that NetSuite is set up.
        pub confirmed: bool,
        /// The connection that is signed in again.
        pub connection_id: Option<ConnectionId>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }

    /// The address of a window outside HubSpot.
    #[derive(Serialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct WindowAnswer {
        /// To be opened at once: it works once.
        pub url: String,
        /// Until when it works.
        pub expires_at: Millis,
    }
}

macro_rules! bodies {
    ($($name:ident($shape:ident);)+) => {
        $(
            #[doc = concat!("The body of the shape of this name: [`shapes::", stringify!($shape), "`].")]
            pub(in crate::api) struct $name(shapes::$shape);

            impl Input for $name {
                fn read(_: &str, body: &[u8]) -> Result<Self, ApiError> {
                    parse(body).map(Self)
                }
            }
        )+
    };
}

bodies! {
    NewDraft(NewDraftRequest);
    NamedDraft(NamedDraftRequest);
    ConnectDraft(ConnectDraftRequest);
    BeginSignIn(BeginSignInRequest);
}

/// Which checklist.
pub(in crate::api) struct ChecklistQuery {
    connection: Option<ConnectionId>,
}

impl Input for ChecklistQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["connectionId"])?;
        let connection = parameters.text("connectionId").map(str::parse).transpose()?;
        Ok(Self { connection })
    }
}

/// What NetSuite must have: for a connection asked now, else the list alone.
#[utoipa::path(
    get, path = "/api/settings/checklist", operation_id = "getChecklist", tag = "settings",
    params(("connectionId" = Option<String>, Query, description = "The connection to ask")),
    security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ChecklistAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn checklist(api: Api, signed: Signed<ChecklistQuery>) -> Result<Response, ApiError> {
    let (who, query) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    match query.connection {
        Some(id) => json(&api.admin.test(&by, id, until).await?),
        None => json(&checklist::not_asked()),
    }
}

/// Makes a key pair and certificate for an account.
#[utoipa::path(
    post, path = "/api/settings/netsuite/drafts", operation_id = "newDraft", tag = "settings",
    request_body = shapes::NewDraftRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = shapes::NewDraftAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn draft(api: Api, signed: Signed<NewDraft>) -> Result<Response, ApiError> {
    let (who, NewDraft(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let request = DraftRequest {
        account: sent.account_id,
        name: sent.name,
        connection: sent.connection_id,
        key: sent.idempotency_key,
    };
    json(&shapes::NewDraftAnswer { draft: api.admin.new_draft(&by, &request).await? })
}

/// Forgets a draft and its key.
#[utoipa::path(
    post, path = "/api/settings/drafts/remove", operation_id = "removeDraft", tag = "settings",
    request_body = shapes::NamedDraftRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = shapes::DraftRemovedAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn remove(api: Api, signed: Signed<NamedDraft>) -> Result<Response, ApiError> {
    let (who, NamedDraft(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    json(&shapes::DraftRemovedAnswer { removed: api.admin.remove_draft(&by, sent.draft_id).await? })
}

/// Connects an account with the certificate of a draft.
#[utoipa::path(
    post, path = "/api/settings/netsuite/connect", operation_id = "connectNetSuite", tag = "settings",
    request_body = shapes::ConnectDraftRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ConnectAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn connect(api: Api, signed: Signed<ConnectDraft>) -> Result<Response, ApiError> {
    let (who, ConnectDraft(sent)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    let request = ConnectRequest {
        draft: sent.draft_id,
        client_id: sent.client_id,
        certificate_id: sent.certificate_id,
        confirmed: sent.confirmed,
        key: sent.idempotency_key,
    };
    json(&api.admin.connect(&by, &request, until).await?)
}

/// Makes the window in which a user signs in to NetSuite.
#[utoipa::path(
    post, path = "/api/settings/netsuite/sign-in", operation_id = "signInToNetSuite", tag = "settings",
    request_body = shapes::BeginSignInRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = shapes::WindowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn sign_in(api: Api, signed: Signed<BeginSignIn>) -> Result<Response, ApiError> {
    let (who, BeginSignIn(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let client_secret: SecretString = sent.client_secret;
    let request = SignInRequest {
        account: sent.account_id,
        name: sent.name,
        client_id: sent.client_id,
        client_secret,
        confirmed: sent.confirmed,
        connection: sent.connection_id,
    };
    let opened = api.admin.begin_sign_in(&by, &request).await?;
    window(opened.url, opened.expires_at)
}

/// Makes the window in which a draft's certificate is downloaded.
#[utoipa::path(
    post, path = "/api/settings/netsuite/certificate", operation_id = "downloadCertificate", tag = "settings",
    request_body = shapes::NamedDraftRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = shapes::WindowAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn certificate(api: Api, signed: Signed<NamedDraft>) -> Result<Response, ApiError> {
    let (who, NamedDraft(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let opened = api.admin.certificate_window(&by, sent.draft_id).await?;
    window(opened.url, opened.expires_at)
}

pub(super) fn window(url: String, expires_at: Millis) -> Result<Response, ApiError> {
    json(&shapes::WindowAnswer { url, expires_at })
}
