//! What the program itself calls unfinished: parked rows, reviews, trouble. Each must have a reason that the torture gave.

use serde_json::Value;

use super::Facts;
use crate::{
    fields::Target,
    sides::{Kind, RowId},
    site::Site,
};

impl Facts<'_> {
    /// Every parked row and every review has a reason; no flow is in trouble.
    pub(super) async fn unfinished(&mut self, site: &Site) -> anyhow::Result<()> {
        for (key, kind) in [("customers", Kind::Customer), ("contacts", Kind::Contact)] {
            let flow = site.flow(key).await?;
            if !flow.view["trouble"].is_null() {
                self.differs(format!("the flow {key} is in trouble: {}", flow.view["trouble"]));
            }
            for review in reviews(site, &flow.id).await? {
                let id = review["erp"]["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
                if !self.is_explained((kind, id)) {
                    self.differs(format!("a review nobody gave reason for: {} {id} {}", key, review["reason"]));
                }
            }
            for (cause, row) in parked(site, &flow.id).await? {
                let id: Option<u64> = row["erpId"].as_str().and_then(|id| id.parse().ok());
                if !id.is_some_and(|id| self.is_explained((kind, id))) {
                    self.differs(format!("parked without a reason: {key} {cause} {row}"));
                }
            }
        }
        Ok(())
    }

    /// Whether the torture gave a reason: the sandbox's own oddities, a shared address, a record that people took away or
    /// merged, a row that is gone, a contact whose company is.
    fn is_explained(&self, id: RowId) -> bool {
        let saga = self.story.sagas.get(&id);
        let left_alone = id.0 == Kind::Contact
            && self.world.rows.get(&id).is_some_and(|row| super::values::is_left_alone(Target::Contact, row));
        left_alone
            || self.story.demo.contains(&id)
            || saga.is_some_and(|saga| saga.doubt.is_some() || saga.gone.is_some() || !saga.fates.is_empty())
    }
}

async fn reviews(site: &Site, flow: &str) -> anyhow::Result<Vec<Value>> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = site.ask("GET", &format!("/api/settings/reviews?flow={flow}{after}"), None).await?;
        all.extend(page["reviews"].as_array().into_iter().flatten().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(all),
        }
    }
}

async fn parked(site: &Site, flow: &str) -> anyhow::Result<Vec<(String, Value)>> {
    let mut all = Vec::new();
    let groups = site.ask("GET", &format!("/api/settings/parked?flow={flow}"), None).await?;
    for cause in groups["groups"].as_array().into_iter().flatten().filter_map(|group| group["cause"].as_str()) {
        let mut after = String::new();
        loop {
            let page = format!("/api/settings/parked/rows?flow={flow}&cause={cause}{after}");
            let page = site.ask("GET", &page, None).await?;
            all.extend(page["rows"].as_array().into_iter().flatten().map(|row| (cause.to_owned(), row.clone())));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
    }
    Ok(all)
}
