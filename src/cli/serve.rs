//! `serve` and `migrate`.

use std::path::Path;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::{app::App, clock::Clock, config::Config, store::Db, telemetry};

pub(super) async fn serve(file: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::from_process(file)?;
    telemetry::start_log(config.log.format, &config.log.level)?;
    let app = App::build(&config, Clock::system()).await?;
    let stop = CancellationToken::new();
    let serving = app.serve(stop.clone()).await?;
    super::asked_to_stop().await;
    tracing::info!("asked to stop; letting running requests end");
    stop.cancel();
    serving.ended.await.context("the server's task failed")
}

pub(super) async fn migrate(file: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::from_process(file)?;
    let db = Db::open(&config.database, Clock::system()).await.context("the schema could not be brought up to date")?;
    db.close().await;
    super::print("The database's schema is up to date.\n");
    Ok(())
}
