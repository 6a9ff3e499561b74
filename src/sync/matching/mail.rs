//! E-mail addresses and domains.
//!
//! An address names a mailbox, not a person: who shares it is for the names to say. A domain names a company unless anybody
//! can have an address there.

use super::fold::fold;

/// Providers at which anybody can have an address, so that the domain says nothing of a company. The largest ones of the
/// countries whose languages the product speaks; one that is missing costs a needless row in the review list, never a link,
/// since a domain alone links nothing.
const FREE: &[&str] = &[
    "163.com",
    "126.com",
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

/// The address in lower case, or nothing where it has not the shape of one: one `@`, something before it, a domain with a
/// dot after it, no white space. As HubSpot does, case is ignored on both sides of the `@`.
pub(super) fn address(text: &str) -> Option<String> {
    let text = fold(text.trim());
    let text = text.strip_prefix("mailto:").unwrap_or(&text);
    let (local, domain) = text.split_once('@')?;
    let fits = !local.is_empty()
        && !domain.contains('@')
        && !text.contains(|sign: char| sign.is_whitespace() || sign.is_control() || "<>,;()".contains(sign))
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty());
    fits.then(|| text.to_owned())
}

/// What stands before the `@`, without a tag ("anna+shop").
pub(super) fn local(address: &str) -> &str {
    let local = address.split('@').next().unwrap_or(address);
    local.split('+').next().filter(|plain| !plain.is_empty()).unwrap_or(local)
}

/// The registrable domain of an address, a web site or a host name (`www.shop.acme.co.uk` → `acme.co.uk`), by the public
/// suffix list; nothing for a provider of free mail and for what is no domain.
pub(super) fn own_domain(text: &str) -> Option<String> {
    let text = fold(text.trim());
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let text = text.rsplit('@').next().unwrap_or(text);
    let host = text.split(['/', ':', '?', '#']).next().unwrap_or(text).trim_matches('.');
    let fits = host.contains('.')
        && !host.contains("..")
        && host.chars().any(char::is_alphabetic)
        && host.chars().all(|sign| sign.is_alphanumeric() || sign == '-' || sign == '.');
    let domain = fits.then(|| psl::domain_str(host)).flatten()?;
    (!FREE.contains(&domain)).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(" Anna.Berg@Example.COM ", Some("anna.berg@example.com"))]
    #[case("mailto:a@b.ch", Some("a@b.ch"))]
    #[case("+1 943549", None)]
    #[case("a@b", None)]
    #[case("a@@b.ch", None)]
    #[case("a b@c.ch", None)]
    #[case("a@b..ch", None)]
    #[case("@b.ch", None)]
    fn what_is_no_address_is_ignored(#[case] text: &str, #[case] read: Option<&str>) {
        assert_eq!(address(text).as_deref(), read);
    }

    #[rstest]
    #[case("https://www.Acme.co.uk/shop?x=1", Some("acme.co.uk"))]
    #[case("anna@mail.acme.de", Some("acme.de"))]
    #[case("anna@gmail.com", None)]
    #[case("acme", None)]
    #[case("127.0.0.1", None)]
    #[case("co.uk", None)]
    #[case("..", None)]
    fn a_domain_is_the_companys_own(#[case] text: &str, #[case] read: Option<&str>) {
        assert_eq!(own_domain(text).as_deref(), read);
    }

    #[test]
    fn a_tag_is_no_part_of_the_mailbox() {
        assert_eq!(local("anna+shop@acme.de"), "anna");
        assert_eq!(local("+@acme.de"), "+");
    }
}
