//! Hosts that hide where a link leads.

use std::collections::BTreeSet;

use super::lines;

/// The hosts; those below a host stand with a dot before.
#[derive(Debug)]
pub(crate) struct Redirectors(BTreeSet<&'static str>);

impl Redirectors {
    /// Reads the table.
    pub(super) fn read() -> Self {
        Self(lines(include_str!("redirectors.txt")).collect())
    }

    /// Whether a host hides where its links lead.
    pub(crate) fn holds(&self, host: &str) -> bool {
        let host = host.strip_prefix("www.").unwrap_or(host);
        let below = host.match_indices('.').map(|(at, _)| &host[at..]);
        self.0.contains(host) || below.into_iter().any(|it| self.0.contains(it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known_with_those_below() {
        let all = Redirectors::read();
        for it in ["bit.ly", "www.bit.ly", "a.short.gy", "tinyurl.com"] {
            assert!(all.holds(it), "{it}");
        }
        for it in ["rabbit.ly", "youtu.be", "fernandfinch.example", "a.bit.ly"] {
            assert!(!all.holds(it), "{it}");
        }
    }
}
