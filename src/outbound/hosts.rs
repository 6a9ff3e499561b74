//! Which hosts may be called: public ones, and those of this network that the configuration names.
//!
//! Promise: a name that leads to a private address is not called, whenever it begins to do so; the check is made on the
//! addresses that the connection then uses, not before. (Behind an HTTP proxy of the operator's, the proxy resolves names.)

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The hosts that may be private, by the names that the configuration uses.
#[derive(Debug, Clone, Default)]
pub struct LocalHosts(Arc<BTreeSet<String>>);

impl LocalHosts {
    /// The hosts of these addresses; of a template, the host of its first part.
    #[must_use]
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Self {
        let plain = addresses.into_iter().map(|text| text.replace("{label}", "label"));
        let hosts = plain.filter_map(|text| Url::parse(&text).ok()?.host_str().map(str::to_owned));
        Self(Arc::new(hosts.collect()))
    }

    fn has(&self, host: &str) -> bool {
        self.0.contains(host)
    }

    /// Whether `url` may be called as far as its text tells: names are looked at when they are resolved.
    pub(super) fn may_call(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(ip)) => is_public(ip.into()) || url.host_str().is_some_and(|host| self.has(host)),
            Some(Host::Ipv6(ip)) => is_public(ip.into()) || url.host_str().is_some_and(|host| self.has(host)),
            None => false,
        }
    }
}

/// A name leads to no address that may be called. The client gives it out as a failed connection.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to private addresses only, and the configuration does not name it")]
struct Private;

impl Resolve for LocalHosts {
    fn resolve(&self, name: Name) -> Resolving {
        let local = self.has(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may: Vec<SocketAddr> = found.filter(|address| local || is_public(address.ip())).collect();
            if may.is_empty() {
                tracing::warn!("a host's name leads to private addresses only; it is not called");
                return Err(Private.into());
            }
            let addresses: Addrs = Box::new(may.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address belongs to the public network (the special ranges of RFC 6890 and its successors do not).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped().or_else(|| translated(ip)) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let special = ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || (first & 0xfe00) == 0xfc00
        || (first & 0xffc0) == 0xfe80
        || (first & 0xffc0) == 0xfec0
        || (first == 0x2001 && second == 0x0db8)
        || first == 0x0100;
    !special
}

/// The IPv4 address inside of one of NAT64's or 6to4's.
fn translated(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = ip.octets();
    let part = |from: usize| Ipv4Addr::new(octets[from], octets[from + 1], octets[from + 2], octets[from + 3]);
    match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(part(12)),
        [0x2002, ..] => Some(part(2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("8.8.8.8", true)]
    #[case("2606:4700::1111", true)]
    #[case("10.0.0.1", false)]
    #[case("127.0.0.1", false)]
    #[case("169.254.169.254", false)]
    #[case("172.31.255.255", false)]
    #[case("192.168.1.1", false)]
    #[case("100.64.0.1", false)]
    #[case("0.0.0.0", false)]
    #[case("255.255.255.255", false)]
    #[case("::1", false)]
    #[case("::", false)]
    #[case("fe80::1", false)]
    #[case("fd00::1", false)]
    #[case("::ffff:10.0.0.1", false)]
    #[case("::ffff:8.8.8.8", true)]
    #[case("64:ff9b::a00:1", false)]
    #[case("2002:7f00:1::", false)]
    fn addresses(#[case] ip: &str, #[case] public: bool) {
        assert_eq!(is_public(ip.parse().unwrap()), public);
    }

    #[rstest]
    #[case("http://127.0.0.1:4701/x", true)]
    #[case("http://127.0.0.2:4701/x", false)]
    #[case("http://2130706434/x", false)]
    #[case("http://[::1]/", false)]
    #[case("https://1234567.suitetalk.api.netsuite.com/", true)]
    #[case("http://169.254.169.254/latest/meta-data", false)]
    fn only_what_the_configuration_names_may_be_private(#[case] url: &str, #[case] may: bool) {
        let hosts = LocalHosts::of(["http://127.0.0.1:4701/{label}", "https://{label}.suitetalk.api.netsuite.com"]);
        assert_eq!(hosts.may_call(&url.parse().unwrap()), may);
    }
}
