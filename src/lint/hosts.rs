//! Hosts in addresses: whose they are, and whether everybody can reach them.

use std::net::IpAddr;

use crate::model::Project;

/// Why a host is not for customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Private {
    /// The own machine, or a name that only an office knows.
    Inside,
    /// A number instead of a name.
    Number,
    /// A name that is reserved for examples and tests.
    Reserved,
    /// A tunnel to a developer's machine.
    Tunnel,
    /// A copy of the site for trying things.
    Trial,
}

/// Last parts of names that only a network inside knows.
const INSIDE: [&str; 8] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "corp",
    "home",
    "localdomain",
];

/// Names that are reserved for examples.
const RESERVED: [&str; 6] = [
    "example",
    "test",
    "invalid",
    "example.com",
    "example.net",
    "example.org",
];

/// Services that lend a public name to a developer's machine.
const TUNNELS: [&str; 8] = [
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "loca.lt",
    "trycloudflare.com",
    "localhost.run",
    "serveo.net",
    "webhook.site",
];

/// What copies of a site for trying things are called.
const TRIALS: [&str; 11] = [
    "staging", "stage", "stg", "dev", "test", "testing", "qa", "uat", "preprod", "preview",
    "sandbox",
];

/// Why customers cannot or should not reach a host; nothing if it may be public. Names that the project
/// declares as its own are public even if they are reserved.
pub(crate) fn private(project: &Project, host: &str) -> Option<Private> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() {
        return Some(Private::Number);
    }
    let is_below = |all: &[&str]| all.iter().any(|it| covers(it, host));
    if is_below(&INSIDE) || !host.contains('.') {
        return Some(Private::Inside);
    }
    if is_below(&TUNNELS) {
        return Some(Private::Tunnel);
    }
    let owned = own(project);
    if is_below(&RESERVED) && !owned.iter().any(|it| covers(it, host)) {
        return Some(Private::Reserved);
    }
    // A host that is declared by its own name is meant.
    let is_meant = owned.iter().any(|it| it == host);
    let labels: Vec<&str> = host.split('.').collect();
    let names = &labels[..labels.len() - 2];
    let is_trial = |label: &str| label.split('-').any(|it| TRIALS.contains(&it));
    (!is_meant && names.iter().any(|it| is_trial(it))).then_some(Private::Trial)
}

/// The hosts that a project declares: `policy.link_domains`, and those of `brand.url` and
/// `brand.links`.
pub(crate) fn own(project: &Project) -> Vec<String> {
    let domains = project.policy.link_domains.iter();
    let domains = domains.map(|it| host(&it.value).unwrap_or_else(|| it.value.to_lowercase()));
    domains.chain(of_brand(project)).collect()
}

/// The hosts of `brand.url` and `brand.links`.
pub(crate) fn of_brand(project: &Project) -> Vec<String> {
    let brand = &project.brand;
    let links = brand.links.values().chain([&brand.url]);
    links.filter_map(|it| host(&it.value)).collect()
}

/// Whether a host is another one or stands below it.
pub(crate) fn covers(above: &str, host: &str) -> bool {
    let above = above.strip_prefix("www.").unwrap_or(above);
    host.strip_suffix(above)
        .is_some_and(|it| it.is_empty() || it.ends_with('.'))
}

/// The host of an address, in small letters; nothing if it has none, or a value makes a part of it.
pub(crate) fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.chars().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next().unwrap_or("");
    let host = match authority.strip_prefix('[') {
        Some(it) => it.split(']').next().unwrap_or(it),
        None => authority.split(':').next().unwrap_or(authority),
    };
    let host = host.trim_end_matches('.').to_lowercase();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    (!host.is_empty() && host.chars().all(is_name)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_off_addresses() {
        for (address, expected) in [
            ("https://Shop.Example/a?b", Some("shop.example")),
            ("http://user:pw@shop.example:8080", Some("shop.example")),
            ("https://[::1]/", Some("::1")),
            ("https://\u{FFFC}.example/", None),
            ("mailto:a@b.example", None),
            ("/plants", None),
        ] {
            assert_eq!(host(address).as_deref(), expected, "{address}");
        }
        assert!(covers("shop.example", "www.shop.example"));
        assert!(covers("www.shop.example", "shop.example"));
        assert!(!covers("shop.example", "myshop.example"));
    }
}
