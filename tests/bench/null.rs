//! The same server with the same layers and a route that answers bytes it was given, without doing anything for them:
//! what of a request is not the card's work.

use std::sync::{Arc, OnceLock};

use axum::{response::Response, routing::get};
use bytes::Bytes;
use http::{HeaderValue, header};
use ledgercard::{
    api::{self, card},
    app::App,
    clock::Clock,
    config::Config,
    telemetry,
};
use tokio::net::TcpListener;

/// Where it is; what is posted there is what it answers from then on.
pub(crate) const PATH: &str = "/bench/null";

/// The mode of this binary that is this server. Reads the same environment as `ledgercard serve`.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let config = Config::from_process(None)?;
    telemetry::start_log(config.log.format, &config.log.level)?;
    let app = App::build(&config, Clock::system()).await?;
    let kept: Arc<OnceLock<Bytes>> = Arc::default();
    let given = Arc::clone(&kept);
    let keep = move |body: Bytes| async move {
        // A second one would be a fault of the bench; the comparison of bytes would show it.
        let _ = given.set(body);
        answer(&Bytes::from_static(b"null"))
    };
    let route = get(move || async move { answer(kept.get().unwrap_or(&Bytes::new())) }).post(keep);
    let routes = api::with_layers(
        card::routes().into_router().route(PATH, route).route("/readyz", get(async || "ready")),
        app.api(),
    );
    let listener = TcpListener::bind(config.server.listen).await?;
    // As the program itself serves: the wait for a stop is part of every connection.
    axum::serve(listener, routes).with_graceful_shutdown(std::future::pending()).await?;
    Ok(())
}

fn answer(body: &Bytes) -> Response {
    let mut response = Response::new(body.clone().into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
