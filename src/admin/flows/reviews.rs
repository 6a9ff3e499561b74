//! Pairs of records that a person must decide about, side by side.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::time::Instant;

use super::{
    Done,
    pages::Pages,
    rules::Rules,
    sides::{NAMES, SideView, TELLING, gone},
    steer::hint,
};
use crate::{
    admin::{Admin, AdminError, Administrator},
    clock::Millis,
    domain::{
        ids::{FlowId, ObjectId, ReviewId, SourceId, UserId},
        record::{ObjectType, RecordRef},
    },
    hubspot::objects::Record,
    in_tx,
    store::{
        StoreError, Tx,
        activity::{self, NewActivity, What},
        flows,
        parked::Side,
        reviews::{self, Decision, Review, ReviewState},
    },
    sync::mapping::{Plan, TargetPlan},
};

/// So many reviews are on a page.
const PAGE: u32 = 10;

/// Open reviews.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ReviewsAnswer {
    /// At most 10.
    pub reviews: Vec<ReviewView>,
    /// What to ask behind for more; null: that was all.
    #[schema(required = true)]
    pub next: Option<ReviewId>,
    /// How many are open in all.
    pub total: i64,
}

/// A pair that a person must decide about.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Review)]
pub struct ReviewView {
    /// Our id.
    pub id: ReviewId,
    /// The flow that asks.
    pub flow_id: FlowId,
    /// What the ERP record becomes in HubSpot.
    pub target: String,
    /// Why a person must decide: `several`, `taken`, `contradicted`, `fuzzy` or `conflict`.
    pub reason: &'static str,
    /// The ERP record.
    pub erp: SideView,
    /// The HubSpot records that it could be, the likeliest first.
    pub candidates: Vec<CandidateView>,
}

/// A record that it could be.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReviewCandidate)]
pub struct CandidateView {
    /// Which.
    pub object_id: ObjectId,
    /// How alike the two are, 0 to 100.
    pub score: u32,
    /// What speaks for and against it, as codes.
    pub reasons: Vec<String>,
    /// What it is.
    pub side: SideView,
}

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is this record.
    Accept(ObjectId),
    /// It is none of them; never ask again for these.
    Refuse,
    /// It is none of them and gets a record of its own.
    Create,
}

impl Verdict {
    const fn decision(self) -> Decision {
        match self {
            Self::Accept(id) => Decision::Link(id),
            Self::Refuse => Decision::Refuse,
            Self::Create => Decision::Create,
        }
    }

    /// Whether a review was decided so already.
    fn is_that_of(self, review: &Review) -> bool {
        let (state, chosen) = match self {
            Self::Accept(id) => (ReviewState::Accepted, Some(id)),
            Self::Create => (ReviewState::Accepted, None),
            Self::Refuse => (ReviewState::Refused, None),
        };
        (review.state, review.chosen) == (state, chosen)
    }
}

/// How deciding went.
enum Decided {
    Now,
    NoSuch,
    Otherwise,
}

impl Admin {
    /// Open reviews of the portal, or of one flow, with both sides read now.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow; [`AdminError::Conflict`] and [`AdminError::Unavailable`] when a side
    /// cannot be read.
    pub async fn reviews(
        &self,
        by: &Administrator,
        (flow, after): (Option<FlowId>, Option<ReviewId>),
        until: Instant,
    ) -> Result<ReviewsAnswer, AdminError> {
        let portal = by.who().portal;
        if let Some(flow) = flow {
            self.named_flow(portal, flow).await?;
        }
        let (mut found, total) = in_tx!(self.db, read "open reviews", |tx| {
            let (mut found, mut total) = (Vec::new(), 0);
            for of in flows::of_portal(tx, portal).await?.into_iter().filter(|of| flow.is_none_or(|id| id == of.id)) {
                found.extend(reviews::page(tx, portal, of.id, after, PAGE).await?);
                total += reviews::count(tx, portal, of.id).await?;
            }
            Ok((found, total))
        })?;
        found.sort_by_key(|review| review.id);
        found.truncate(PAGE as usize);
        let next = found.last().filter(|_| found.len() >= PAGE as usize).map(|review| review.id);
        let (pages, _) = self.pages(portal).await?;
        let mut by_flow: BTreeMap<FlowId, Vec<Review>> = BTreeMap::new();
        for review in found {
            by_flow.entry(review.flow_id).or_default().push(review);
        }
        let mut views = Vec::new();
        for (flow, reviews) in by_flow {
            let rules = self.rules(portal, flow, until).await?;
            views.extend(self.both_sides(&rules, reviews, &pages, until).await?);
        }
        views.sort_by_key(|view| view.id);
        Ok(ReviewsAnswer { reviews: views, next, total })
    }

    async fn both_sides(
        &self,
        rules: &Rules,
        reviews: Vec<Review>,
        pages: &Pages,
        until: Instant,
    ) -> Result<Vec<ReviewView>, AdminError> {
        let plan = rules.plan_in_force()?;
        let ids: Vec<SourceId> = reviews.iter().map(|review| review.erp_id.clone()).collect();
        let sources = self.sources(rules, &plan, &ids, until).await?;
        let records = self.candidates((rules, &plan), &reviews, until).await?;
        let view = |review: Review| {
            let target = plan.target(&review.target)?;
            let source = sources.iter().find(|source| source.id == review.erp_id);
            let page = || Some(rules.erp.record_page(rules.named.default.kind, &review.erp_id));
            let erp = source
                .map_or_else(|| gone(review.erp_id.to_string(), page()), |source| rules.side_of_source(target, source));
            let candidates = review.candidates.iter().map(|one| CandidateView {
                object_id: one.object_id,
                score: one.score / 10,
                reasons: one.reasons.clone(),
                side: candidate(rules, target, one.object_id, &records, pages),
            });
            Some(ReviewView {
                id: review.id,
                flow_id: review.flow_id,
                reason: review.reason.word(),
                erp,
                candidates: candidates.collect(),
                target: review.target,
            })
        };
        Ok(reviews.into_iter().filter_map(view).collect())
    }

    async fn candidates(
        &self,
        (rules, plan): (&Rules, &Plan),
        reviews: &[Review],
        until: Instant,
    ) -> Result<BTreeMap<RecordRef, Record>, AdminError> {
        let mut ids: BTreeMap<ObjectType, Vec<String>> = BTreeMap::new();
        for review in reviews {
            let Some(target) = plan.target(&review.target) else { continue };
            let of = ids.entry(target.object()).or_default();
            of.extend(review.candidates.iter().map(|one| one.object_id.to_string()));
        }
        let mut found = BTreeMap::new();
        let more: Vec<&str> = NAMES.into_iter().chain(TELLING).collect();
        for (object_type, ids) in ids {
            for record in self.records((rules, plan), object_type, &ids, &more, until).await? {
                found.insert(RecordRef { object_type, object_id: record.id }, record);
            }
        }
        Ok(found)
    }

    /// Decides a review; the flow looks at the row at once. Deciding the same twice is the same as deciding once.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's; [`AdminError::Conflict`] for one that was decided otherwise, or whose
    /// candidates changed.
    pub async fn decide_review(&self, by: &Administrator, id: ReviewId, verdict: Verdict) -> Result<Done, AdminError> {
        let (portal, user, now, entry) = (by.who().portal, by.who().user, self.clock.now(), self.clock.new_id());
        let decided = in_tx!(self.db, "decide a review", |tx| {
            let Some(review) = reviews::get(tx, portal, id).await? else { return Ok(Decided::NoSuch) };
            if verdict.is_that_of(&review) {
                return Ok(Decided::Now);
            }
            match reviews::decide(tx, portal, id, verdict.decision(), user, now).await? {
                Some(review) => {
                    follow(tx, &review, entry, user, now).await?;
                    Ok(Decided::Now)
                }
                None => Ok(Decided::Otherwise),
            }
        })?;
        match decided {
            Decided::Now => {}
            Decided::NoSuch => return Err(AdminError::NoSuch("review")),
            Decided::Otherwise => {
                return Err(AdminError::Conflict(
                    "this was decided otherwise meanwhile, or the candidates changed; reload the page".to_owned(),
                ));
            }
        }
        self.flows.woken.wake();
        Ok(Done {})
    }
}

/// Has the flow look at the row of a decided review, and writes that a person decided.
async fn follow(tx: &mut Tx, review: &Review, entry: uuid::Uuid, user: UserId, now: Millis) -> Result<(), StoreError> {
    let Some(named) = super::named(tx, review.portal_id, review.flow_id).await? else { return Ok(()) };
    hint(tx, &named.flow, Side::Erp, review.erp_id.as_str(), now).await?;
    let object = named.default.targets.iter().find(|target| target.key == review.target).map(|target| target.object);
    let record = object.zip(review.chosen).map(|(object_type, object_id)| RecordRef { object_type, object_id });
    let new = NewActivity {
        id: entry,
        portal_id: review.portal_id,
        connection_id: named.connection.id,
        flow_id: review.flow_id,
        run_id: None,
        at: now,
        what: What::Reviewed,
        target: &review.target,
        kind: named.kind(),
        erp_id: Some(&review.erp_id),
        record,
        fields: &[],
        cause: None,
    };
    activity::write_many(tx, &[new]).await?;
    tracing::info!(portal = %review.portal_id, %user, review = %review.id, "a review was decided");
    Ok(())
}

fn candidate(
    rules: &Rules,
    target: &TargetPlan,
    object_id: ObjectId,
    records: &BTreeMap<RecordRef, Record>,
    pages: &Pages,
) -> SideView {
    let record = RecordRef { object_type: target.object(), object_id };
    let url = pages.of_record(record);
    match records.get(&record) {
        Some(found) => rules.side_of_record(target.object(), found, url),
        None => gone(object_id.to_string(), url),
    }
}
