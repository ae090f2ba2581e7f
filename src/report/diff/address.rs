//! Addresses that a report may link to.
//!
//! In: what somebody said on the command line, and paths of files. Out: addresses of pages. Invariant:
//! they begin with `http://` or `https://`, and hold nothing that could end an attribute or a link.
//! Not done here: the link.

use std::fmt::Write as _;

use crate::diff::Place;

/// How long an address may be; longer ones are not made links.
const LONGEST: usize = 2_000;

/// An address that can stand in a link; nothing where it leads to no page.
pub(super) fn address(it: &str) -> Option<String> {
    let is_page = it.starts_with("https://") || it.starts_with("http://");
    let is_kept = |it: char| "-._~:/?#@!$&'*+,;=%".contains(it);
    if !is_page || it.len() > LONGEST {
        return None;
    }
    Some(percent(it, is_kept)).filter(|it| it.len() <= LONGEST)
}

/// The address of a line, where it is known what files are looked at with.
pub(super) fn line(place: &Place, source: Option<&str>) -> Option<String> {
    let source = source.and_then(address)?;
    let path = percent(&place.file, |it| matches!(it, '-' | '.' | '_' | '/'));
    let source = source.trim_end_matches('/');
    Some(format!("{source}/{path}#L{}", place.line))
}

/// Letters and digits as they are, what `is_kept` says as well, all else as `%2D`.
pub(super) fn percent(it: &str, mut is_kept: impl FnMut(char) -> bool) -> String {
    let mut out = String::with_capacity(it.len());
    for each in it.chars() {
        let is_kept = is_kept(each);
        if each.is_ascii_alphanumeric() || is_kept {
            out.push(each);
        } else {
            let mut bytes = [0; 4];
            for byte in each.encode_utf8(&mut bytes).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str) -> Place {
        Place {
            file: file.to_owned(),
            line: 3,
        }
    }

    #[test]
    fn only_pages_are_linked() {
        for it in [
            "javascript:alert(1)",
            " https://a",
            "//a",
            "data:text/html,x",
            "",
        ] {
            assert_eq!(address(it), None, "{it}");
            assert_eq!(line(&place("a.yaml"), Some(it)), None, "{it}");
        }
        assert_eq!(
            address("https://a.example/\"><i>").as_deref(),
            Some("https://a.example/%22%3E%3Ci%3E")
        );
    }

    #[test]
    fn paths_stay_paths() {
        assert_eq!(
            line(&place("journeys/<é>?#.yaml"), Some("https://a.example/x/")).as_deref(),
            Some("https://a.example/x/journeys/%3C%C3%A9%3E%3F%23.yaml#L3")
        );
        assert_eq!(line(&place("a.yaml"), None), None);
    }
}
