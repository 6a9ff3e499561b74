//! Filters over countries, phone numbers and e-mail addresses.

use minijinja::{Environment, Error, Value};

use super::{country, is_empty, of_text, raise};
use crate::sync::mapping::{forms, scope};

pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_filter("country_code", |value: &Value| of_text(value, |text| country::code(text).map(str::to_owned)));
    engine.add_filter("country_name", |value: &Value| of_text(value, |text| country::name(text).map(str::to_owned)));
    engine.add_filter("phone", phone);
    engine.add_filter("first_email", |value: &Value| of_text(value, |text| forms::emails(text).into_iter().next()));
    engine.add_filter("other_emails", |value: &Value| {
        of_text(value, |text| {
            let others = forms::emails(text).into_iter().skip(1).collect::<Vec<_>>();
            (!others.is_empty()).then(|| others.join(";"))
        })
    });
    engine.add_filter("domain_of", |value: &Value| of_text(value, own_domain));
}

/// The number as it is dialled from anywhere (`+4930123456`, `… ext. 12`), a national one by the country's plan. One that is
/// no number of the plan stays as it is written: a number is never lost.
fn phone(value: &Value, country: Option<&Value>) -> Result<Value, Error> {
    let home = match country.filter(|country| !is_empty(country)) {
        Some(given) => scope::text(given).map_err(raise)?.and_then(|text| country::code(&text)),
        None => None,
    };
    of_text(value, |text| {
        let text = text.trim();
        Some(dialled(text, home).unwrap_or_else(|| text.to_owned())).filter(|text| !text.is_empty())
    })
}

/// More signs than any number has; longer texts are notes.
const LONGEST: usize = 40;

fn dialled(text: &str, home: Option<&str>) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let international = text.starts_with('+') || text.starts_with("00");
    let number = match home.filter(|_| !international) {
        Some(home) => phonelib::PhoneNumber::parse_with_country(text, home),
        None if international => {
            phonelib::PhoneNumber::parse(&text.replacen("00", "+", usize::from(!text.starts_with('+'))))
        }
        None => None,
    }?;
    let extension = number.extension().map(|extension| format!(" ext. {extension}")).unwrap_or_default();
    Some(format!("{}{extension}", number.e164()))
}

/// Providers at which anybody can have an address, so that the domain says nothing of a company: the largest ones of the
/// countries whose languages the product speaks.
const FREE: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "aol.de",
    "arcor.de",
    "att.net",
    "bluewin.ch",
    "bol.com.br",
    "btinternet.com",
    "comcast.net",
    "docomo.ne.jp",
    "duck.com",
    "ezweb.ne.jp",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inbox.lv",
    "laposte.net",
    "libero.it",
    "live.com",
    "live.de",
    "live.fr",
    "mac.com",
    "mail.com",
    "mail.de",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "o2.pl",
    "online.de",
    "online.no",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.es",
    "outlook.fr",
    "outlook.jp",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "sbcglobal.net",
    "seznam.cz",
    "sfr.fr",
    "sky.com",
    "softbank.ne.jp",
    "t-online.de",
    "telia.com",
    "tiscali.it",
    "uol.com.br",
    "verizon.net",
    "virgilio.it",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "yahoo.ca",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.it",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// The registrable domain of an address or a web site (`www.shop.acme.co.uk` → `acme.co.uk`), by the public suffix list;
/// nothing for a provider of free mail and for what is no domain.
fn own_domain(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let host = if let Some(address) = forms::emails(&text).into_iter().next() {
        address.rsplit('@').next().unwrap_or_default().to_owned()
    } else {
        let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        rest.split(['/', ':', '?', '#']).next().unwrap_or(rest).trim_matches('.').to_owned()
    };
    let sound = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let fits =
        host.contains('.') && !host.contains("..") && host.chars().any(char::is_alphabetic) && host.chars().all(sound);
    let domain = fits.then(|| psl::domain_str(&host)).flatten()?;
    (!FREE.contains(&domain)).then(|| domain.to_owned())
}
