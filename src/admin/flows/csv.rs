//! The activity as a table to keep: a window outside HubSpot that gives CSV.
//!
//! Promise: no cell is taken for a formula by a spreadsheet; ids, names of fields and codes alone.

use serde_json::{Value, json};
use uuid::Uuid;

use super::pages::Pages;
use crate::{
    admin::{
        Admin, AdminError, Administrator,
        windows::{Opened, Window, WindowPurpose},
    },
    domain::ids::{FlowId, PortalId, RunId},
    in_tx,
    store::{
        activity::{self, Activity, Filter},
        runs,
    },
};

/// So many lines are read at once.
const AT_ONCE: u32 = 1_000;
/// The first line.
const HEAD: &str =
    "time,what,target,erp_kind,erp_id,erp_url,hubspot_type,hubspot_id,hubspot_url,fields,cause,run,flow\r\n";

/// What of the activity is downloaded, read part by part.
pub struct Download {
    portal: PortalId,
    flow: Option<FlowId>,
    run: Option<RunId>,
    pages: Pages,
    before: Option<Uuid>,
    begun: bool,
}

impl Admin {
    /// A ticket for a window in which the activity of the portal, of a flow or of a run is downloaded.
    ///
    /// # Errors
    /// [`AdminError::NoSuch`] for another portal's flow or run.
    pub async fn activity_window(
        &self,
        by: &Administrator,
        flow: Option<FlowId>,
        run: Option<RunId>,
    ) -> Result<Opened, AdminError> {
        let portal = by.who().portal;
        if let Some(flow) = flow {
            self.named_flow(portal, flow).await?;
        }
        if let Some(run) = run {
            let there = in_tx!(self.db, read "a run to download", |tx| { runs::get(tx, portal, run).await })?;
            there.ok_or(AdminError::NoSuch("run"))?;
        }
        let details = json!({ "flow": flow, "run": run });
        self.open_window(by.who(), WindowPurpose::Activity, details, None).await
    }

    /// What an open window downloads.
    ///
    /// # Errors
    /// [`AdminError::Inside`] for a window of another purpose.
    pub async fn download_of(&self, window: &Window) -> Result<Download, AdminError> {
        if window.purpose != WindowPurpose::Activity {
            return Err(AdminError::Inside(format!("window {} downloads nothing", window.id)));
        }
        let portal = window.who.portal;
        let id = |name: &str| window.details.get(name).and_then(Value::as_str);
        let (flow, run) = (id("flow").and_then(|id| id.parse().ok()), id("run").and_then(|id| id.parse().ok()));
        let (pages, _) = self.pages(portal).await?;
        Ok(Download { portal, flow, run, pages, before: None, begun: false })
    }

    /// The next part of a download; `None`: that was all.
    ///
    /// # Errors
    /// Database trouble.
    pub async fn next_part(&self, download: &mut Download) -> Result<Option<String>, AdminError> {
        let filter = Filter { flow_id: download.flow, run_id: download.run, ..Filter::default() };
        let (portal, before) = (download.portal, download.before);
        let some = in_tx!(self.db, read "activity to download", |tx| {
            activity::page(tx, portal, filter, before, AT_ONCE).await
        })?;
        let mut part = if download.begun { String::new() } else { HEAD.to_owned() };
        download.begun = true;
        for one in &some {
            line(&mut part, one, &download.pages);
        }
        download.before = some.last().map(|one| one.id).or(before);
        Ok(Some(part).filter(|part| !part.is_empty()))
    }
}

fn line(to: &mut String, one: &Activity, pages: &Pages) {
    let time = jiff::Timestamp::from_millisecond(one.at.0).map_or_else(|_| one.at.0.to_string(), |at| at.to_string());
    let text = |text: Option<String>| text.unwrap_or_default();
    let erp_url = one.erp_id.as_ref().and_then(|id| pages.of_source(one.connection_id, one.kind, id));
    let cells = [
        time,
        one.what.word().to_owned(),
        one.target.clone(),
        one.kind.word().to_owned(),
        text(one.erp_id.as_ref().map(ToString::to_string)),
        text(erp_url),
        text(one.object_type.map(|object| object.type_id().to_owned())),
        text(one.object_id.map(|id| id.to_string())),
        text(one.record().and_then(|record| pages.of_record(record))),
        one.fields.join(" "),
        text(one.cause.clone()),
        text(one.run_id.map(|id| id.to_string())),
        one.flow_id.to_string(),
    ];
    for (place, text) in cells.iter().enumerate() {
        if place > 0 {
            to.push(',');
        }
        cell(to, text);
    }
    to.push_str("\r\n");
}

/// A cell in quotes. What a spreadsheet would take for a formula gets an apostrophe before it.
fn cell(to: &mut String, text: &str) {
    to.push('"');
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        to.push('\'');
    }
    to.push_str(&text.replace('"', "\"\""));
    to.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let mut to = String::new();
        cell(&mut to, text);
        to
    }

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_out_of_its_quotes() {
        assert_eq!(of("created"), "\"created\"");
        assert_eq!(of(""), "\"\"");
        assert_eq!(of("a\"b,c"), "\"a\"\"b,c\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert!(of(formula).starts_with("\"'"), "{formula:?}");
        }
    }
}
