//! Windows outside HubSpot: ordinary pages in a browser, which no signature covers (DESIGN decision 12).
//!
//! Promise: who asks is the browser that holds the cookie which the window was opened with; a parameter that occurs twice is
//! taken as none of ours; every page says what happened and what to do, runs no script, and tells nobody where it was.
//! Never: a ticket, code or state in a log or on a page.

mod browser;
mod pages;
mod words;

use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
    routing,
};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use secrecy::SecretString;

use self::{
    browser::{Browser, Query},
    pages::Page,
    words::Lang,
};
use super::Api;
use crate::admin::{
    AdminError,
    install::{InstallError, InstallReturn},
    windows::{NetSuiteReturn, WindowError, WindowPurpose},
};

/// The windows' routes. A look ahead (HEAD) must not use up what works once.
pub(super) fn routes() -> Router<Api> {
    let no_head = || async { StatusCode::METHOD_NOT_ALLOWED };
    Router::new()
        .route("/oauth/install", routing::get(install).head(no_head))
        .route("/oauth/callback", routing::get(installed).head(no_head))
        .route("/oauth/netsuite/callback", routing::get(signed_in).head(no_head))
        .route("/window/continue", routing::post(go_on))
        .route("/window/certificate", routing::get(certificate).head(no_head))
        .route("/window/activity", routing::get(activity).head(no_head))
        .route("/window/{ticket}", routing::get(enter).head(no_head))
}

fn browser_of(api: &Api, headers: &HeaderMap) -> Browser {
    Browser::of(headers, api.admin.is_beside_local_hubspot())
}

/// Begins an installation.
async fn install(State(api): State<Api>, headers: HeaderMap) -> Response {
    let browser = browser_of(&api, &headers);
    let cookie = browser.cookie.clone().unwrap_or_else(|| api.admin.new_cookie());
    match api.admin.begin_install(&cookie).await {
        Ok(url) => browser.with_cookie(browser::redirect(url.as_str()), &cookie),
        Err(error) => pages::failed(browser.lang, &error).into_response(),
    }
}

/// Ends an installation.
async fn installed(State(api): State<Api>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let (browser, query) = (browser_of(&api, &headers), Query::of(query.as_deref()));
    let ended = match query.secret("state") {
        Err(_) => Err(WindowError::Unknown.into()),
        Ok(state) => {
            let code = query.secret("code").ok().flatten();
            let back = InstallReturn { code, state, error: query.text("error") };
            api.admin.finish_install(back, browser.cookie.as_ref()).await
        }
    };
    let page = match ended {
        Ok(installation) => pages::installed(browser.lang, &installation),
        Err(error) => {
            note("an installation did not come about", &error);
            pages::not_installed(browser.lang, &error, &api.admin.install_url())
        }
    };
    page.into_response()
}

/// Opens the window of a ticket.
async fn enter(State(api): State<Api>, Path(ticket): Path<String>, headers: HeaderMap) -> Response {
    let browser = browser_of(&api, &headers);
    let cookie = browser.cookie.clone().unwrap_or_else(|| api.admin.new_cookie());
    let window = match api.admin.enter_window(&SecretString::from(ticket), &cookie).await {
        Ok(window) => window,
        Err(error) => return refused(browser.lang, &error),
    };
    let page = match window.purpose {
        WindowPurpose::Certificate => pages::certificate_window(browser.lang, &window),
        WindowPurpose::Activity => pages::activity_window(browser.lang, &window),
        WindowPurpose::SignIn => {
            // A form that leads elsewhere must name where: browsers hold redirects to it.
            let address = api.admin.sign_in_address(&window, "state", "challenge").await;
            let origin = address.map(|url| url.origin().ascii_serialization()).ok();
            pages::sign_in_window(browser.lang, &window, origin.as_deref())
        }
    };
    browser.with_cookie(page.into_response(), &cookie)
}

/// Goes on from an open window to the ERP's page for consent.
async fn go_on(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Response {
    let browser = browser_of(&api, &headers);
    let form = std::str::from_utf8(&body).ok();
    let left = match window_id(&Query::of(form)) {
        Some(id) => api.admin.leave_window(id, browser.cookie.as_ref()).await,
        None => Err(WindowError::Unknown),
    };
    match left {
        Ok(url) => browser::redirect(url.as_str()),
        Err(error) => refused(browser.lang, &error),
    }
}

/// Ends a sign-in to NetSuite.
async fn signed_in(State(api): State<Api>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let (browser, query) = (browser_of(&api, &headers), Query::of(query.as_deref()));
    let Ok(Some(state)) = query.secret("state") else {
        return refused(browser.lang, &WindowError::Unknown);
    };
    let claimed = match api.admin.claim_state(browser.cookie.as_ref(), &state).await {
        Ok(claimed) => claimed,
        Err(error) => return refused(browser.lang, &error),
    };
    let back = NetSuiteReturn {
        code: query.secret("code").ok().flatten(),
        company: query.text("company"),
        role: query.text("role"),
        entity: query.text("entity"),
        error: query.text("error"),
    };
    // In a task of its own: a browser that leaves must not leave a sign-in half done.
    let admin = api.admin.clone();
    let ended = api.admin.see_through(async move { admin.finish_sign_in(claimed, back).await }).await;
    match ended.unwrap_or_else(|_| Err(AdminError::Inside("the end of a sign-in panicked".to_owned()))) {
        Ok(finished) => pages::signed_in(browser.lang, &finished).into_response(),
        Err(error) => refused(browser.lang, &WindowError::Failed(error)),
    }
}

/// The certificate that an open window is about.
async fn certificate(State(api): State<Api>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let browser = browser_of(&api, &headers);
    let found = async {
        let id = window_id(&Query::of(query.as_deref())).ok_or(WindowError::Unknown)?;
        let window = api.admin.open_window_of(id, browser.cookie.as_ref()).await?;
        if window.purpose != WindowPurpose::Certificate {
            return Err(WindowError::Unknown);
        }
        Ok(api.admin.certificate_of(&window).await?)
    };
    match found.await {
        Ok((name, pem)) => download(&name, pem),
        Err(error) => refused(browser.lang, &error),
    }
}

/// The activity that an open window is about, as CSV. It is read while it is sent.
async fn activity(State(api): State<Api>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let browser = browser_of(&api, &headers);
    let found = async {
        let id = window_id(&Query::of(query.as_deref())).ok_or(WindowError::Unknown)?;
        let window = api.admin.open_window_of(id, browser.cookie.as_ref()).await?;
        if window.purpose != WindowPurpose::Activity {
            return Err(WindowError::Unknown);
        }
        Ok(api.admin.download_of(&window).await?)
    };
    let download = match found.await {
        Ok(download) => download,
        Err(error) => return refused(browser.lang, &error),
    };
    let parts = stream::try_unfold((api, download), |(api, mut download)| async move {
        // What fails half-way ends the download, which a browser tells.
        let part = api.admin.next_part(&mut download).await;
        let part = part.inspect_err(|error| tracing::warn!(%error, "a download of the activity broke off"))?;
        Ok::<_, AdminError>(part.map(|part| (Bytes::from(part), (api, download))))
    });
    attachment("ledgercard-activity.csv", "text/csv; charset=utf-8", Body::from_stream(parts))
}

fn download(name: &str, pem: String) -> Response {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().filter(fits).collect();
    attachment(&name, "application/x-pem-file", pem.into())
}

/// A file to keep.
fn attachment(name: &str, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn refused(lang: Lang, error: &WindowError) -> Response {
    note("a window does not go on", error);
    let page: Page = pages::no_window(lang, error);
    page.into_response()
}

/// A refusal is expected; a fault of ours is not.
fn note(what: &'static str, error: &(dyn std::error::Error + 'static)) {
    let inside = |error: &(dyn std::error::Error + 'static)| {
        let admin = match (error.downcast_ref::<InstallError>(), error.downcast_ref::<WindowError>()) {
            (Some(InstallError::Failed(admin) | InstallError::Window(WindowError::Failed(admin))), _)
            | (_, Some(WindowError::Failed(admin))) => Some(admin),
            _ => None,
        };
        matches!(admin, Some(AdminError::Inside(_)))
    };
    if inside(error) { tracing::error!(%error, what) } else { tracing::info!(%error, what) }
}

/// A window's id, as our own pages name it.
fn window_id(query: &Query<'_>) -> Option<uuid::Uuid> {
    uuid::Uuid::try_parse(&query.text("window")?).ok()
}
