//! Reviews: pairs of records that a flow does not link by itself, since a person must decide. What a person refused is not
//! proposed again for the same ERP record.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{
    StoreError, Tx,
    bulk::{all_written, filled, listed, pieces},
    column::{Column, from_row, words},
    tx::on,
};
use crate::{
    clock::Millis,
    domain::ids::{FlowId, ObjectId, PortalId, ReviewId, SourceId, UserId},
};

words! {
    /// Why a person must decide.
    ReviewReason {
        /// Several records match.
        Several = "several",
        /// The record that matches is another ERP record's.
        Taken = "taken",
        /// The record matches by a key, and what else is known contradicts.
        Contradicted = "contradicted",
        /// A record looks alike, and no key says so.
        Fuzzy = "fuzzy",
        /// HubSpot says that the record is there already.
        Conflict = "conflict",
    }
}

words! {
    /// How a review stands.
    ReviewState {
        /// Nobody has decided.
        Open = "open",
        /// The ERP record is to be linked with the chosen record, or, where none was chosen, to get one of its own.
        Accepted = "accepted",
        /// None of the candidates it is.
        Refused = "refused",
    }
}

/// A HubSpot record that it could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Which.
    pub object_id: ObjectId,
    /// How alike the two are, 0 to 1,000.
    pub score: u32,
    /// What speaks for and against it, as codes.
    pub reasons: Vec<String>,
}

impl Column for Vec<Candidate> {
    type Raw = Json<Self>;

    fn read(raw: Self::Raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(raw.0)
    }
}

impl Column for BTreeSet<ObjectId> {
    type Raw = Json<Self>;

    fn read(raw: Self::Raw) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(raw.0)
    }
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Our id.
    pub id: ReviewId,
    /// Whose it is.
    pub portal_id: PortalId,
    /// The flow that asks.
    pub flow_id: FlowId,
    /// What the ERP record becomes in HubSpot.
    pub target: String,
    /// The ERP record.
    pub erp_id: SourceId,
    /// Why a person must decide.
    pub reason: ReviewReason,
    /// The records that it could be, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// The records that it is not, as people decided.
    pub refused: BTreeSet<ObjectId>,
    /// How it stands.
    pub state: ReviewState,
    /// The record that was chosen.
    pub chosen: Option<ObjectId>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Millis>,
    /// When it was first asked.
    pub created_at: Millis,
}

from_row!(Review {
    id,
    portal_id,
    flow_id,
    target,
    erp_id,
    reason,
    candidates,
    refused,
    state,
    chosen,
    decided_by,
    decided_at,
    created_at,
});

/// A review to be asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewReview<'a> {
    /// The id it gets when it was not asked for yet.
    pub id: ReviewId,
    /// What the ERP record becomes in HubSpot.
    pub target: &'a str,
    /// The ERP record.
    pub erp_id: &'a SourceId,
    /// Why a person must decide.
    pub reason: ReviewReason,
    /// The records that it could be, the likeliest first.
    pub candidates: &'a [Candidate],
}

/// Asks a flow's people. Candidates that were refused for the same ERP record are left out, and where none is left nothing is
/// asked; a review that stands already gets the new reason and candidates and is open (again). Of several in the list about
/// the same, the last counts. Gives the number of reviews that are open by this.
///
/// # Errors
/// [`StoreError::Dangling`] when the portal has no such flow.
pub async fn put_many(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    new: &[NewReview<'_>],
    now: Millis,
) -> Result<u64, StoreError> {
    let ids: Vec<SourceId> = new.iter().map(|one| one.erp_id.clone()).collect();
    let there = of_erp_ids(tx, portal_id, flow_id, &ids).await?;
    let refused: BTreeMap<(&str, &SourceId), &BTreeSet<ObjectId>> =
        there.iter().map(|row| ((row.target.as_str(), &row.erp_id), &row.refused)).collect();
    let mut asked: BTreeMap<(&str, &SourceId), (&NewReview<'_>, Vec<&Candidate>)> = BTreeMap::new();
    for one in new {
        let key = (one.target, one.erp_id);
        let is_refused = |one: &&Candidate| refused.get(&key).is_some_and(|ids| ids.contains(&one.object_id));
        let left: Vec<&Candidate> = one.candidates.iter().filter(|one| !is_refused(one)).collect();
        if !left.is_empty() {
            asked.insert(key, (one, left));
        }
    }
    let rows: Vec<_> = asked.into_values().collect();
    let mut open = 0;
    for some in pieces(&rows) {
        let written = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new(
                "INSERT INTO reviews (id, portal_id, flow_id, target, erp_id, reason, candidates, refused, state, \
                 created_at) ",
            );
            sql.push_values(some, |mut row, (one, candidates)| {
                row.push_bind(one.id.0)
                    .push_bind(portal_id.as_i64())
                    .push_bind(flow_id.0)
                    .push_bind(one.target)
                    .push_bind(one.erp_id.as_str())
                    .push_bind(one.reason.word())
                    .push_bind(Json(candidates))
                    .push("'[]', 'open'")
                    .push_bind(now.0);
            });
            sql.push(
                " ON CONFLICT (flow_id, target, erp_id) DO UPDATE SET reason = excluded.reason, \
                 candidates = excluded.candidates, state = 'open', chosen = NULL, decided_by = NULL, decided_at = NULL \
                 WHERE reviews.portal_id = excluded.portal_id",
            );
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
        all_written(written, some.len())?;
        open += written;
    }
    Ok(open)
}

/// The reviews of a flow about any of these ERP records, however they stand, by ERP id.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_erp_ids(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    ids: &[SourceId],
) -> Result<Vec<Review>, StoreError> {
    let mut each: Vec<&SourceId> = ids.iter().collect();
    each.sort_unstable();
    each.dedup();
    let mut found: Vec<Review> = Vec::new();
    for some in filled(&each) {
        let part: Vec<Review> = on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM reviews WHERE portal_id = ");
            sql.push_bind(portal_id.as_i64()).push(" AND flow_id = ").push_bind(flow_id.0).push(" AND erp_id IN (");
            listed!(sql, some.iter().map(|id| id.as_str()));
            sql.build_query_as().fetch_all(c).await
        })?;
        found.extend(part);
    }
    found.sort_by(|a, b| (&a.erp_id, &a.target).cmp(&(&b.erp_id, &b.target)));
    Ok(found)
}

/// One review of a portal.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(tx: &mut Tx, portal_id: PortalId, id: ReviewId) -> Result<Option<Review>, StoreError> {
    const SQL: &str = "SELECT * FROM reviews WHERE portal_id = $1 AND id = $2";
    Ok(on!(tx, |c| sqlx::query_as(SQL).bind(portal_id.as_i64()).bind(id.0).fetch_optional(c).await)?)
}

/// Up to `most` open reviews of a flow, by id; `after`: those behind that one.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    tx: &mut Tx,
    portal_id: PortalId,
    flow_id: FlowId,
    after: Option<ReviewId>,
    most: u32,
) -> Result<Vec<Review>, StoreError> {
    const SQL: &str = "SELECT * FROM reviews WHERE portal_id = $1 AND flow_id = $2 AND state = 'open' AND id > $3 \
         ORDER BY id LIMIT $4";
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?)
}

/// How many reviews of a flow are open.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM reviews WHERE portal_id = $1 AND flow_id = $2 AND state = 'open'";
    Ok(on!(tx, |c| sqlx::query_scalar(SQL).bind(portal_id.as_i64()).bind(flow_id.0).fetch_one(c).await)?)
}

/// Whether a person is to decide if an ERP record is this one.
///
/// # Errors
/// See [`StoreError`].
pub async fn names(tx: &mut Tx, portal_id: PortalId, flow_id: FlowId, id: ObjectId) -> Result<bool, StoreError> {
    // Ids stand as texts in the list.
    const SQL: &str = "SELECT COUNT(*) FROM reviews WHERE portal_id = $1 AND flow_id = $2 AND state = 'open' \
         AND CAST(candidates AS TEXT) LIKE $3";
    let named: i64 = on!(tx, |c| sqlx::query_scalar(SQL)
        .bind(portal_id.as_i64())
        .bind(flow_id.0)
        .bind(format!("%\"{id}\"%"))
        .fetch_one(c)
        .await)?;
    Ok(named > 0)
}

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is this record.
    Link(ObjectId),
    /// It is none of them and gets a record of its own.
    Create,
    /// It is none of them.
    Refuse,
}

/// Decides an open review; the review as it stands then. `None`: it was decided before, is not there, or the record is none
/// of its candidates.
///
/// # Errors
/// See [`StoreError`].
pub async fn decide(
    tx: &mut Tx,
    portal_id: PortalId,
    id: ReviewId,
    decision: Decision,
    by: UserId,
    now: Millis,
) -> Result<Option<Review>, StoreError> {
    const SQL: &str = "UPDATE reviews SET state = $3, chosen = $4, refused = $5, decided_by = $6, decided_at = $7 \
         WHERE portal_id = $1 AND id = $2 AND state = 'open' RETURNING *";
    let Some(review) = get(tx, portal_id, id).await? else { return Ok(None) };
    let mut refused = review.refused;
    let candidates = review.candidates.iter().map(|one| one.object_id);
    let (state, chosen) = match decision {
        Decision::Link(object) if candidates.clone().any(|id| id == object) => (ReviewState::Accepted, Some(object)),
        Decision::Link(_) => return Ok(None),
        Decision::Create => (ReviewState::Accepted, None),
        Decision::Refuse => (ReviewState::Refused, None),
    };
    refused.extend(candidates.filter(|id| Some(*id) != chosen));
    Ok(on!(tx, |c| sqlx::query_as(SQL)
        .bind(portal_id.as_i64())
        .bind(id.0)
        .bind(state.word())
        .bind(chosen.map(ObjectId::as_i64))
        .bind(Json(&refused))
        .bind(by.as_i64())
        .bind(now.0)
        .fetch_optional(c)
        .await)?)
}

/// Takes reviews off; what was refused in them is forgotten. Gives their number.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_off(tx: &mut Tx, portal_id: PortalId, ids: &[ReviewId]) -> Result<u64, StoreError> {
    let mut gone = 0;
    for some in pieces(ids) {
        gone += on!(tx, |c| {
            let mut sql = sqlx::QueryBuilder::new("DELETE FROM reviews WHERE portal_id = ");
            sql.push_bind(portal_id.as_i64()).push(" AND id IN (");
            listed!(sql, some.iter().map(|id| id.0));
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(gone)
}
