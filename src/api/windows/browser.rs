//! What a browser sends and gets: its cookie, its language, the parameters of an address.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};

use super::words::Lang;

/// The cookie that binds windows to a browser. Its prefix lets only this very host set it, over TLS.
const COOKIE: &str = "__Host-ledgercard";
/// Its name on this very machine without TLS, where browsers refuse the prefix: the demo's, beside a local HubSpot.
const LOCAL_COOKIE: &str = "ledgercard-local";
/// How long the browser keeps it, in seconds: longer than any window is open.
const COOKIE_LIFE: u32 = 1_200;
/// The signs of 32 random bytes.
const COOKIE_SIGNS: usize = 43;

/// Who asks.
pub(super) struct Browser {
    /// The value of our cookie, if it is there once and is one of ours by its shape.
    pub(super) cookie: Option<SecretString>,
    /// The language to answer in.
    pub(super) lang: Lang,
    local: bool,
}

impl Browser {
    /// `beside_local_hubspot`: consent is given on this machine too, which no production has; only then may the cookie go
    /// without TLS, and only to a browser that calls this machine by its own address.
    pub(super) fn of(headers: &HeaderMap, beside_local_hubspot: bool) -> Self {
        let local = beside_local_hubspot && headers.get(header::HOST).is_some_and(is_loopback);
        let name = if local { LOCAL_COOKIE } else { COOKIE };
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Self { cookie: cookie(headers, name), lang: Lang::of(accepted), local }
    }

    /// The answer with our cookie set.
    pub(super) fn with_cookie(&self, mut response: Response, cookie: &SecretString) -> Response {
        let (name, secure) = if self.local { (LOCAL_COOKIE, "") } else { (COOKIE, " Secure;") };
        let cookie = cookie.expose_secret();
        let line = format!("{name}={cookie}; Path=/; Max-Age={COOKIE_LIFE};{secure} HttpOnly; SameSite=Lax");
        if let Ok(mut value) = HeaderValue::from_str(&line) {
            value.set_sensitive(true);
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

fn is_loopback(host: &HeaderValue) -> bool {
    let address = host.to_str().ok().and_then(|host| url::Url::parse(&format!("http://{host}")).ok());
    match address.as_ref().and_then(url::Url::host) {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn cookie(headers: &HeaderMap, wanted: &str) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    let value = ours.next().filter(|_| ours.next().is_none())?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (value.len() == COOKIE_SIGNS && value.bytes().all(fits)).then(|| value.into())
}

/// Sends the browser elsewhere, without telling where it was.
pub(super) fn redirect(url: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(url) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let referrer = (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), referrer]).into_response()
}

/// A parameter that is there more than once.
pub(super) struct Repeated;

/// The parameters of an address or a form.
pub(super) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    pub(super) fn of(raw: Option<&'a str>) -> Self {
        Self(url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).collect())
    }

    fn one(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_ref());
        let value = values.next();
        if values.next().is_some() { Err(Repeated) } else { Ok(value) }
    }

    /// A secret parameter.
    pub(super) fn secret(&self, name: &str) -> Result<Option<SecretString>, Repeated> {
        Ok(self.one(name)?.map(SecretString::from))
    }

    /// A parameter that is no secret; `None` also when it is there more than once.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.one(name).ok().flatten().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(cookies: &[&str]) -> Browser {
        let mut headers = HeaderMap::new();
        for line in cookies {
            headers.append(header::COOKIE, line.parse().unwrap());
        }
        Browser::of(&headers, false)
    }

    #[test]
    fn only_one_cookie_of_our_shape_counts() {
        let value = "A".repeat(43);
        let line = format!("other=1; {COOKIE}={value}; more=2");
        assert_eq!(browser(&[&line]).cookie.unwrap().expose_secret(), value);
        assert!(browser(&[&line, &line]).cookie.is_none(), "two of them");
        for bad in ["", "short", &"ü".repeat(43), &"A".repeat(44)] {
            assert!(browser(&[&format!("{COOKIE}={bad}")]).cookie.is_none(), "{bad}");
        }
        assert!(browser(&[&format!("__Host-other={value}")]).cookie.is_none());
    }

    #[test]
    fn without_tls_the_cookie_goes_only_beside_a_local_hubspot_and_to_this_machine() {
        let is_local = |host: &str, beside| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            Browser::of(&headers, beside).local
        };
        for host in ["127.0.0.1:4702", "localhost", "[::1]:4702"] {
            assert!(is_local(host, true) && !is_local(host, false), "{host}");
        }
        for host in ["ledgercard.example", "127.0.0.1.example", "localhost.example", "10.0.0.1"] {
            assert!(!is_local(host, true), "{host}");
        }
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_none() {
        let query = Query::of(Some("state=a&%73tate=b&code=c"));
        assert!(query.secret("state").is_err());
        assert_eq!(query.text("code").as_deref(), Some("c"));
        assert_eq!(Query::of(None).text("code"), None);
    }
}
