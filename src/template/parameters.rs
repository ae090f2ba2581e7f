//! What policy adds to links, so that the own site knows which mail a visit came from.

use std::sync::Arc;

/// The parameters of one mail's links, and the links that get them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkParameters {
    /// The hosts whose links get them, each with its subdomains.
    pub hosts: Arc<[String]>,
    /// Names and values, percent-encoded.
    pub pairs: Vec<(String, String)>,
}

impl LinkParameters {
    /// Whether links to this host get them.
    pub fn are_for(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.hosts.iter().any(|own| {
            host.strip_suffix(own.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

/// The host of a web address, in small letters and without port: where it ends must be known.
pub fn host_of(url: &str) -> Option<String> {
    let url = url.trim_start();
    let after = |scheme: &str| {
        let head = url.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme)
            .then(|| &url[scheme.len()..])
    };
    let rest = after("https://").or_else(|| after("http://"))?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("");
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_covers_its_subdomains_and_nothing_that_only_ends_alike() {
        let parameters = LinkParameters {
            hosts: Arc::new(["shop.example".to_owned()]),
            pairs: Vec::new(),
        };
        assert!(parameters.are_for("shop.example") && parameters.are_for("help.Shop.example"));
        assert!(!parameters.are_for("myshop.example") && !parameters.are_for("example"));
        assert_eq!(
            host_of("HTTPS://a:b@Shop.example:8080/x?y").as_deref(),
            Some("shop.example")
        );
        assert_eq!(host_of("mailto:a@shop.example"), None);
        assert_eq!(host_of("https:///x"), None);
    }
}
