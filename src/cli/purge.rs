//! `purge`: erases what is kept of a portal that can no longer do it itself: HubSpot shows no settings page of an app that was
//! removed.
//!
//! Promise: tells what there is first and erases only with `--yes`; afterwards every table is counted anew.
//! Never: calls HubSpot or an ERP.

use std::path::Path;

use crate::{
    admin::leave,
    clock::Clock,
    config::Config,
    domain::ids::PortalId,
    store::{Db, purge::Counts},
};

pub(super) async fn run(file: Option<&Path>, portal: PortalId, yes: bool) -> anyhow::Result<()> {
    let config = Config::from_process(file)?;
    let db = Db::open(&config.database, Clock::system()).await?;
    let done = purge(&db, portal, yes).await;
    db.close().await;
    done
}

async fn purge(db: &Db, portal: PortalId, yes: bool) -> anyhow::Result<()> {
    let Some(there) = leave::count_portal(db, portal).await? else {
        super::print(&format!("Nothing is kept of portal {portal}.\n"));
        return Ok(());
    };
    if !yes {
        super::print(&format!(
            "Of portal {portal} there are kept: {}.\nNothing was erased. `ledgercard purge --portal {portal} --yes` erases all \
             of it for good; records in HubSpot and in the ERP, and our properties in HubSpot, stay as they are.\n",
            words(&there)
        ));
        return Ok(());
    }
    let (erased, left) = leave::erase_portal(db, portal).await?;
    super::print(&format!(
        "Erased of portal {portal}: {}.\nRows left, counted anew: {left}.\nA `ledgercard serve` that runs forgets what it has in \
         memory of it within minutes, and at once when it is restarted. NetSuite keeps a user's consent until it ends, seven \
         days at most, and a certificate until somebody removes it there.\n",
        words(&erased)
    ));
    anyhow::ensure!(left == 0, "somebody wrote meanwhile: is the app still installed there? Run it once more");
    Ok(())
}

fn words(counts: &Counts) -> String {
    let Counts { connections, associations, links, tombstones, drafts, credentials, others } = counts;
    format!(
        "{connections} connections, {associations} attached invoices, {links} links, {tombstones} tombstones, {drafts} drafts, \
         {credentials} credentials, {others} other rows"
    )
}
