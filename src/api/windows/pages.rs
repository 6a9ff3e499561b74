//! The pages: one frame, and what each of them says.

use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::words::Lang;
use crate::{
    admin::{
        AdminError,
        install::{InstallError, Installation},
        windows::{Finished, Window, WindowError},
    },
    hubspot::oauth::OAuthError,
};

const STYLE: &str = "body{font:100%/1.5 system-ui,sans-serif;margin:0;background:#f5f8fa;color:#213343}\
main{box-sizing:border-box;max-width:40rem;margin:2rem auto;padding:1.5rem;background:#fff;border:1px solid #cbd6e2;\
border-radius:.4rem;overflow-wrap:anywhere}h1{font-size:1.4rem;line-height:1.25;margin:0 0 1rem}ul{padding-left:1.2rem}\
a{color:#00597a}.go{display:inline-block;font:inherit;margin-top:.75rem;padding:.6rem 1.2rem;border:0;\
border-radius:.25rem;background:#00597a;color:#fff;text-decoration:none;cursor:pointer}\
.go:focus-visible,a:focus-visible{outline:3px solid #b0541b;outline-offset:2px}\
@media(max-width:42rem){main{margin:0;border:0;border-radius:0}}";

/// A page, ready to be sent.
pub(super) struct Page {
    status: StatusCode,
    lang: Lang,
    title: &'static str,
    content: Markup,
    /// Where its form may lead, beside here.
    leads_to: Option<String>,
}

impl Page {
    fn new(status: StatusCode, lang: Lang, title: &'static str, content: Markup) -> Self {
        Self { status, lang, title, content, leads_to: None }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let document = html! {
            (DOCTYPE)
            html lang=(self.lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) " – Ledgercard" }
                    style { (PreEscaped(STYLE)) }
                }
                body { main { h1 { (self.title) } (self.content) } }
            }
        };
        let mut response = (self.status, document).into_response();
        let headers = response.headers_mut();
        let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        let form = self.leads_to.map_or_else(|| "'none'".to_owned(), |origin| format!("'self' https: {origin}"));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action {form}; frame-ancestors 'none'"
        );
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        response
    }
}

/// The app is installed.
pub(super) fn installed(lang: Lang, done: &Installation) -> Page {
    let title = lang.say("Ledgercard is installed", "Ledgercard est installé");
    let content = html! {
        p { (lang.say("HubSpot account: ", "Compte HubSpot : ")) strong { (done.name) } }
        @if done.unfinished {
            p { (lang.say(
                "HubSpot did not answer every question yet. Ledgercard goes on asking by itself; this takes a few minutes.",
                "HubSpot n'a pas encore répondu à tout. Ledgercard continue de lui-même ; cela prend quelques minutes.",
            )) }
        }
        @if !done.missing_optional.is_empty() {
            p { (lang.say(
                "These permissions were not granted. Ledgercard works without them, with less:",
                "Ces autorisations n'ont pas été accordées. Ledgercard fonctionne sans elles, avec moins de possibilités :",
            )) }
            ul { @for scope in &done.missing_optional { li { code { (scope) } } } }
        }
        p { (if done.begun_here {
            lang.say(
                "Go back to HubSpot and reload the page you came from, or open Ledgercard's settings there: \
                 Settings → Integrations → Connected apps → Ledgercard.",
                "Retournez dans HubSpot et rechargez la page d'où vous venez, ou ouvrez-y les paramètres de Ledgercard : \
                 Paramètres → Intégrations → Applications connectées → Ledgercard.",
            )
        } else {
            lang.say(
                "Next, open the settings in HubSpot: Settings → Integrations → Connected apps → Ledgercard. \
                 There you connect your ERP.",
                "Ensuite, ouvrez les paramètres dans HubSpot : Paramètres → Intégrations → Applications connectées → \
                 Ledgercard. Vous y connectez votre ERP.",
            )
        }) }
        @if let Some(back) = &done.back {
            a.go href=(back) rel="noreferrer" { (lang.say("Open HubSpot", "Ouvrir HubSpot")) }
        }
    };
    Page::new(StatusCode::OK, lang, title, content)
}

/// Why the app is not installed, and what to do.
pub(super) fn not_installed(lang: Lang, error: &InstallError, install_url: &str) -> Page {
    if let InstallError::Window(window) = error {
        let mut page = no_window(lang, window);
        page.content = html! { (page.content) (again(lang, install_url)) };
        return page;
    }
    let (status, text, mends) = told(lang, error);
    let missing: &[&str] = if let InstallError::MissingScopes(missing) = error { missing } else { &[] };
    let content = html! {
        p role="alert" { (text) }
        @if !missing.is_empty() { ul { @for scope in missing { li { code { (scope) } } } } }
        @if mends { (again(lang, install_url)) }
    };
    Page::new(status, lang, lang.say("Ledgercard is not installed", "Ledgercard n'est pas installé"), content)
}

/// Status, text, and whether beginning again may help.
fn told(lang: Lang, error: &InstallError) -> (StatusCode, &'static str, bool) {
    match error {
        InstallError::Denied => (StatusCode::OK, lang.say(
            "You chose not to connect. Nothing was changed.",
            "Vous avez choisi de ne pas connecter. Rien n'a été modifié.",
        ), true),
        InstallError::MissingScopes(_) => (StatusCode::FORBIDDEN, lang.say(
            "Required permissions were not granted, so nothing was installed. Install again as a super admin, and leave \
             all required permissions as they are.",
            "Des autorisations requises n'ont pas été accordées ; rien n'a été installé. Recommencez en tant que super \
             administrateur, en laissant toutes les autorisations requises.",
        ), true),
        InstallError::OAuth(OAuthError::BadCode) | InstallError::NoCode => (StatusCode::BAD_REQUEST, lang.say(
            "HubSpot's code was missing, used before, or too old. Nothing was changed; begin again.",
            "Le code de HubSpot manquait, avait déjà servi ou était trop ancien. Rien n'a été modifié ; recommencez.",
        ), true),
        InstallError::OAuth(OAuthError::Configuration { .. }) | InstallError::OtherApp => {
            (StatusCode::BAD_GATEWAY, lang.say(
                "HubSpot does not take this server's own identity or address. That is not your doing: whoever runs this \
                 server finds the reason in its log.",
                "HubSpot n'accepte pas l'identité ou l'adresse de ce serveur. Ce n'est pas de votre fait : la personne qui \
                 exploite ce serveur en trouve la raison dans son journal.",
            ), false)
        }
        InstallError::OAuth(_) => (StatusCode::SERVICE_UNAVAILABLE, lang.say(
            "HubSpot does not answer just now. Nothing was changed; begin again in a few minutes.",
            "HubSpot ne répond pas pour le moment. Rien n'a été modifié ; recommencez dans quelques minutes.",
        ), true),
        InstallError::Gone => (StatusCode::CONFLICT, lang.say(
            "HubSpot says that the app was removed again meanwhile. Begin again if you want it.",
            "HubSpot indique que l'application a été retirée entre-temps. Recommencez si vous la voulez.",
        ), true),
        InstallError::Window(_) | InstallError::Failed(_) => (StatusCode::SERVICE_UNAVAILABLE, lang.say(
            "This server could not finish it. Begin again in a moment; if it stays, its operator finds the reason in the log.",
            "Ce serveur n'a pas pu terminer. Recommencez dans un instant ; si cela persiste, la raison se trouve dans son \
             journal.",
        ), true),
    }
}

fn again(lang: Lang, install_url: &str) -> Markup {
    html! { a.go href=(install_url) rel="noreferrer" { (lang.say("Begin again", "Recommencer")) } }
}

/// A window that leads to an ERP's sign-in at `origin`.
pub(super) fn sign_in_window(lang: Lang, window: &Window, origin: Option<&str>) -> Page {
    let content = html! {
        (about(lang, window))
        p { (lang.say(
            "You go on to NetSuite and sign in there. Ledgercard never sees your password.",
            "Vous continuez vers NetSuite et vous y connectez. Ledgercard ne voit jamais votre mot de passe.",
        )) }
        form method="post" action="/window/continue" {
            input type="hidden" name="window" value=(window.id);
            button.go type="submit" { (lang.say("Continue to NetSuite", "Continuer vers NetSuite")) }
        }
    };
    let mut page = Page::new(StatusCode::OK, lang, lang.say("Connect NetSuite", "Connecter NetSuite"), content);
    page.leads_to = Some(origin.unwrap_or_default().to_owned());
    page
}

/// A window that offers a certificate.
pub(super) fn certificate_window(lang: Lang, window: &Window) -> Page {
    let content = html! {
        (about(lang, window))
        p { (lang.say(
            "This certificate holds no secret. Upload it to NetSuite, then go back to HubSpot and enter the certificate id \
             that NetSuite shows.",
            "Ce certificat ne contient aucun secret. Déposez-le dans NetSuite, puis retournez dans HubSpot et saisissez \
             l'identifiant de certificat que NetSuite affiche.",
        )) }
        a.go href={ "/window/certificate?window=" (window.id) } download {
            (lang.say("Download the certificate", "Télécharger le certificat"))
        }
    };
    Page::new(StatusCode::OK, lang, lang.say("Certificate for NetSuite", "Certificat pour NetSuite"), content)
}

/// A window that offers the activity.
pub(super) fn activity_window(lang: Lang, window: &Window) -> Page {
    let content = html! {
        p {
            (lang.say("HubSpot portal: ", "Portail HubSpot : ")) strong { (window.portal_name) }
        }
        p { (lang.say(
            "The table tells what the contact sync did: ids, names of fields and codes, never values. This window works for \
             ten minutes.",
            "Le tableau indique ce que la synchronisation a fait : des identifiants, des noms de champs et des codes, jamais de \
             valeurs. Cette fenêtre fonctionne pendant dix minutes.",
        )) }
        a.go href={ "/window/activity?window=" (window.id) } download {
            (lang.say("Download the activity", "Télécharger l'activité"))
        }
    };
    Page::new(StatusCode::OK, lang, lang.say("Activity", "Activité"), content)
}

/// "Connect <account> to HubSpot portal <name>."
fn about(lang: Lang, window: &Window) -> Markup {
    let account = window.details.get("account").and_then(serde_json::Value::as_str).unwrap_or("NetSuite");
    html! {
        p {
            (lang.say("Connect ", "Connecter ")) strong { (account) }
            (lang.say(" to HubSpot portal ", " au portail HubSpot ")) strong { (window.portal_name) } "."
        }
    }
}

/// A sign-in that worked.
pub(super) fn signed_in(lang: Lang, finished: &Finished) -> Page {
    let content = html! {
        p { strong { (finished.name) } " (" (finished.account) ")" }
        p { (lang.say(
            "Go back to HubSpot and reload Ledgercard's settings. You can close this window.",
            "Retournez dans HubSpot et rechargez les paramètres de Ledgercard. Vous pouvez fermer cette fenêtre.",
        )) }
    };
    Page::new(StatusCode::OK, lang, lang.say("NetSuite is connected", "NetSuite est connecté"), content)
}

/// Why a window does not go on.
pub(super) fn no_window(lang: Lang, error: &WindowError) -> Page {
    let (status, text) = match error {
        WindowError::Unknown => (StatusCode::BAD_REQUEST, lang.say(
            "This address is not one of ours, or it is no longer known. Nothing was changed; begin again in HubSpot.",
            "Cette adresse n'est pas l'une des nôtres, ou n'est plus connue. Rien n'a été modifié ; recommencez dans HubSpot.",
        )),
        WindowError::Expired => (StatusCode::GONE, lang.say(
            "This address is too old. Nothing was changed; begin again in HubSpot.",
            "Cette adresse est trop ancienne. Rien n'a été modifié ; recommencez dans HubSpot.",
        )),
        WindowError::Used => (StatusCode::GONE, lang.say(
            "This address was used before; each works once. Nothing was changed; begin again in HubSpot.",
            "Cette adresse a déjà servi ; chacune ne sert qu'une fois. Rien n'a été modifié ; recommencez dans HubSpot.",
        )),
        WindowError::OtherBrowser => (StatusCode::FORBIDDEN, lang.say(
            "This was begun in another browser, or this browser keeps no cookies. Nothing was changed; begin again and stay \
             in one browser.",
            "Ceci a été commencé dans un autre navigateur, ou celui-ci ne garde pas les cookies. Rien n'a été modifié ; \
             recommencez en restant dans un seul navigateur.",
        )),
        WindowError::Failed(error) => return failed(lang, error),
    };
    Page::new(status, lang, lang.say("This window does not go on", "Cette fenêtre s'arrête ici"), alert(text))
}

/// What an administrator's wish failed for; an inside text is for the log only.
pub(super) fn failed(lang: Lang, error: &AdminError) -> Page {
    let status = match error {
        AdminError::Invalid(_) => StatusCode::BAD_REQUEST,
        AdminError::NotAllowed(_) => StatusCode::FORBIDDEN,
        AdminError::NotInstalled | AdminError::Conflict(_) => StatusCode::CONFLICT,
        AdminError::NoSuch(_) => StatusCode::NOT_FOUND,
        AdminError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        AdminError::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let text = if matches!(error, AdminError::Inside(_)) {
        "The server failed; its operator finds the reason in the log.".to_owned()
    } else {
        // Errors are written without a full stop, to be parts of longer lines.
        format!("{}.", error.to_string().trim_end_matches('.'))
    };
    Page::new(status, lang, lang.say("This did not work", "Cela n'a pas fonctionné"), alert(&text))
}

fn alert(text: &str) -> Markup {
    html! { p role="alert" { (text) } }
}
