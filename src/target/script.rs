//! `send.sh`: sends the requests of one account with `curl` and `jq`.
//!
//! In: how a provider's API is reached ([`Provider`]), and the requests. Out: the text of a POSIX
//! shell script, or nothing where nothing is sent. Invariant: no key is ever in the script; it reads
//! the requests from their files, so what a person has looked at is what is sent.
//! Not done here: sending.

use std::fmt::Write as _;

use super::{Provider, Request, Target};

/// The script without what differs between providers.
const SCRIPT: &str = include_str!("send.sh");

/// Writes the script that sends these requests.
pub(super) fn script(target: &dyn Target, requests: &[(String, Request)]) -> Option<String> {
    let provider = target.provider();
    let address = provider.address.filter(|_| !requests.is_empty())?;
    let mut text = String::with_capacity(SCRIPT.len() + 1_000);
    let keys = keys(target);
    let mut rest = SCRIPT;
    while let Some((before, after)) = rest.split_once('@') {
        text.push_str(before);
        let name = after.split('@').next().unwrap_or_default();
        let put = match name {
            "TITLE" => Some(target.title().to_owned()),
            "TITLE_QUOTED" => Some(quoted(target.title())),
            "COUNT" => Some(requests.len().to_string()),
            "KEYS" => Some(quoted(&keys.join(" "))),
            "KEYS_WORDS" => Some(keys.join(", ")),
            "ADDRESS" => Some(expanded(address)),
            "ADDRESS_VARIABLE" => Some(provider.address_variable.to_owned()),
            "HEADERS" => Some(headers(provider)),
            "BODY" => Some(body(target)),
            _ => None,
        };
        if let Some(put) = put {
            text.push_str(&put);
            rest = &after[name.len() + 1..];
        } else {
            text.push('@');
            rest = after;
        }
    }
    text.push_str(rest);
    Some(text)
}

/// The body as it is sent, for jq: with the key where the provider wants it there.
fn body(target: &dyn Target) -> String {
    match target.key_in_body() {
        Some((field, variable)) => format!(".body + {{\"{field}\": env.{variable}}}"),
        None => ".body".to_owned(),
    }
}

/// The environment variables that hold keys, or parts of the address, each once.
pub(super) fn keys(target: &dyn Target) -> Vec<&'static str> {
    let provider = target.provider();
    let values = provider.headers.iter().map(|it| it.1);
    let mut keys = Vec::new();
    for value in values.chain(provider.address) {
        for (name, _) in variables(value) {
            if !keys.contains(&name) {
                keys.push(name);
            }
        }
    }
    keys.extend(target.key_in_body().map(|it| it.1));
    keys
}

/// One branch for each header.
fn headers(provider: &Provider) -> String {
    let mut text = String::new();
    for (name, value) in provider.headers {
        let value = expanded(value);
        let _ = writeln!(text, "    {name}) printf '%s' \"{value}\" ;;");
    }
    text
}

/// The names behind each `$`, and what stands behind each name.
fn variables(value: &'static str) -> Vec<(&'static str, &'static str)> {
    let split = |part: &'static str| {
        let end = part
            .find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'))
            .unwrap_or(part.len());
        part.split_at(end)
    };
    value.split('$').skip(1).map(split).collect()
}

/// A value as it stands between double quotes, its variables read by the shell.
fn expanded(value: &'static str) -> String {
    let mut text = escaped(value.split('$').next().unwrap_or_default());
    for (name, behind) in variables(value) {
        let _ = write!(text, "${{{name}}}");
        text.push_str(&escaped(behind));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('`', "\\`")
}

/// A word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::ALL;

    #[test]
    fn every_place_of_the_script_is_filled_and_no_request_means_no_script() {
        for target in ALL {
            assert_eq!(script(*target, &[]), None);
            let request = Request {
                method: "POST",
                path: "/a".to_owned(),
                headers: Vec::new(),
                form: false,
                body: serde_json::Value::Null,
                binds: indexmap::IndexMap::default(),
            };
            let files = [("requests/001-a.json".to_owned(), request)];
            let Some(text) = script(*target, &files) else {
                assert_eq!(target.provider().address, None);
                continue;
            };
            let left = ["@TITLE", "@COUNT", "@KEYS", "@ADDRESS", "@HEADERS", "@BODY"];
            assert!(left.iter().all(|it| !text.contains(it)), "{text}");
            assert!(text.contains("\ncount=1\n"));
        }
    }

    #[test]
    fn variables_are_read_by_the_shell_and_nothing_else_is() {
        assert_eq!(expanded("Bearer $A_KEY"), "Bearer ${A_KEY}");
        assert_eq!(expanded("a\"`\\$B.c$D"), "a\\\"\\`\\\\${B}.c${D}");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
