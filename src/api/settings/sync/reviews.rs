//! What a person looks at side by side: samples of a preview, and pairs to decide about.

use axum::response::Response;

use super::Body;
use crate::{
    admin::{
        access::answer_until,
        flows::{Done, Group, ReviewsAnswer, SamplesAnswer, Verdict},
    },
    api::{
        Api, ApiError, json,
        problem::Problem,
        reading::Parameters,
        settings::{administrator, administrator_until},
        signed::{Input, Signed, SignedRoutes},
    },
    domain::ids::{FlowId, ReviewId},
};

/// Adds the routes.
pub(super) fn add(routes: SignedRoutes) -> SignedRoutes {
    routes
        .get("/api/settings/flows/samples", samples)
        .get("/api/settings/reviews", reviews)
        .post("/api/settings/reviews/decide", decide)
}

/// The bodies as they are sent.
pub mod shapes {
    use serde::Deserialize;

    use crate::domain::ids::{IdempotencyKey, ObjectId, ReviewId};

    /// What is decided.
    #[derive(Deserialize, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum ReviewDecision {
        /// It is the record `objectId`.
        Accept,
        /// It is none of them; never ask again for these.
        Refuse,
        /// It is none of them and gets a record of its own.
        Create,
    }

    /// A review to decide.
    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct DecideRequest {
        /// The review.
        pub review_id: ReviewId,
        /// What is decided.
        pub decision: ReviewDecision,
        /// To accept: the candidate.
        pub object_id: Option<ObjectId>,
        /// New for every action of a user.
        pub idempotency_key: IdempotencyKey,
    }
}

/// Some rows of a preview.
pub(in crate::api) struct SamplesQuery(FlowId, Group);

impl Input for SamplesQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["flow", "what"])?;
        Ok(Self(parameters.required("flow")?, parameters.required("what")?))
    }
}

/// Some rows of a preview.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct SamplesParams {
    /// The flow.
    #[param(value_type = String, format = Uuid)]
    flow: FlowId,
    /// `link`, `create`, `update`, `skip` or `unsure`.
    what: String,
}

/// Some rows of a preview with both their sides, read now.
#[utoipa::path(
    get, path = "/api/settings/flows/samples", operation_id = "listSamples", tag = "sync",
    params(SamplesParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = SamplesAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn samples(api: Api, signed: Signed<SamplesQuery>) -> Result<Response, ApiError> {
    let (who, SamplesQuery(flow, group)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.samples(&by, (flow, group), until).await?)
}

/// Open reviews, of one flow or of all.
pub(in crate::api) struct ReviewsQuery(Option<FlowId>, Option<ReviewId>);

impl Input for ReviewsQuery {
    fn read(query: &str, _: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::read(query, &["flow", "after"])?;
        Ok(Self(parameters.optional("flow")?, parameters.optional("after")?))
    }
}

/// Open reviews, of one flow or of all.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query")]
pub(in crate::api) struct ReviewsParams {
    /// The flow.
    #[param(value_type = Option<String>, format = Uuid)]
    flow: Option<FlowId>,
    /// Those behind this one.
    #[param(value_type = Option<String>, format = Uuid)]
    after: Option<ReviewId>,
}

/// Pairs that a person must decide about, side by side, read now.
#[utoipa::path(
    get, path = "/api/settings/reviews", operation_id = "listReviews", tag = "sync",
    params(ReviewsParams), security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = ReviewsAnswer), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn reviews(api: Api, signed: Signed<ReviewsQuery>) -> Result<Response, ApiError> {
    let (who, ReviewsQuery(flow, after)) = signed.into_parts();
    let until = answer_until();
    let by = administrator_until(&api, who, until).await?;
    json(&api.admin.reviews(&by, (flow, after), until).await?)
}

/// Decides about a pair; the flow looks at the row at once.
#[utoipa::path(
    post, path = "/api/settings/reviews/decide", operation_id = "decideReview", tag = "sync",
    request_body = shapes::DecideRequest, security(("hubspotSignatureV3" = [])),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(in crate::api) async fn decide(
    api: Api,
    signed: Signed<Body<shapes::DecideRequest>>,
) -> Result<Response, ApiError> {
    let (who, Body(sent)) = signed.into_parts();
    let by = administrator(&api, who).await?;
    let verdict = match (sent.decision, sent.object_id) {
        (shapes::ReviewDecision::Accept, Some(id)) => Verdict::Accept(id),
        (shapes::ReviewDecision::Accept, None) => {
            return Err(ApiError::Invalid("to accept, objectId must name the candidate".to_owned()));
        }
        (shapes::ReviewDecision::Refuse, _) => Verdict::Refuse,
        (shapes::ReviewDecision::Create, _) => Verdict::Create,
    };
    json(&api.admin.decide_review(&by, sent.review_id, verdict).await?)
}
