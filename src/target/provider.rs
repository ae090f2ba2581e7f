//! How a provider's API is reached, and how the provider calls things: data for scripts and plans.

/// How a provider's API is reached.
#[derive(Debug)]
pub struct Provider {
    /// The address below which its paths stand; nothing where nothing is sent.
    pub address: Option<&'static str>,
    /// The environment variable that names another address, such as one for tests or another region.
    pub address_variable: &'static str,
    /// The headers of every request: a name, and its value, in which `$NAME` stands for an
    /// environment variable that holds a key. A value without a `$` is sent as it is.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether a template of the provider holds subject, preheader and sender too.
    pub envelopes: bool,
    /// Whether it takes the preheader apart from the page; where it does not, the page holds it,
    /// hidden at its top, and [`super::Mail::preheader`] is nothing.
    pub preheaders: bool,
    /// The account's own ids that journeys need, by kind.
    pub ids: &'static [IdKind],
    /// What a person must know about sending: speed limits, scopes of the key.
    pub remarks: &'static [&'static str],
}

/// A kind of id that an account gives to its things.
#[derive(Debug)]
pub struct IdKind {
    /// Its name below `ids` in `journeyc.yaml`.
    pub kind: &'static str,
    /// What it is the id of, as the provider calls it, in the singular: `metric`.
    pub what: &'static str,
    /// Where people find it at the provider.
    pub place: &'static str,
}

impl Provider {
    /// The environment variables that hold keys, in the order of the headers, each once.
    pub fn keys(&self) -> Vec<&'static str> {
        keys(self.headers)
    }
}

fn keys(headers: &[(&str, &'static str)]) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for (_, value) in headers {
        for part in value.split('$').skip(1) {
            let end = part.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
            let name = &part[..end.unwrap_or(part.len())];
            if !name.is_empty() && !keys.contains(&name) {
                keys.push(name);
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_what_the_headers_take_from_the_environment() {
        let headers = [
            ("Authorization", "Basic $USER_NAME:$KEY"),
            ("revision", "2026-07-15"),
            ("X-Key", "$KEY"),
        ];
        assert_eq!(keys(&headers), ["USER_NAME", "KEY"]);
    }
}
