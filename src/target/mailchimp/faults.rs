//! What Mailchimp would refuse, as far as a body shows it.

use serde_json::Value;

use super::LONGEST_NAME;
use super::fields::LONGEST_TAG;
use crate::target::Request;
use crate::target::field::Fields;

/// Words that tags may begin with and that are no fields.
const WORDS: &[&str] = &["IF", "IFNOT", "ELSEIF", "HTML"];

/// Tags that Mailchimp fills by itself.
const OWN: &[&str] = &["UNSUB", "LIST_ADDRESS_HTML", "ELSE:", "END:IF"];

/// What is wrong with a request; nothing when all is well.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut fields = Fields::default();
    match request.path.as_str() {
        "/3.0/templates" => template(&mut fields, &request.body),
        path => fields.fault(format!("nothing is known of `{path}`")),
    }
    fields.done()
}

fn template(fields: &mut Fields, body: &Value) {
    fields.keys("the template", body, &["name", "html"], &["folder_id"]);
    fields.text(body, "name", LONGEST_NAME);
    fields.bytes(body, "html", usize::MAX);
    let html = body["html"].as_str().unwrap_or_default();
    if html.is_empty() {
        fields.fault("`html` is empty");
    }
    let mut open = 0_usize;
    let mut rest = html;
    while let Some((_, behind)) = rest.split_once("*|") {
        let Some((tag, after)) = behind.split_once("|*") else {
            fields.fault("a tag is not closed");
            break;
        };
        check(fields, tag);
        open = match tag {
            it if it.starts_with("IF:") || it.starts_with("IFNOT:") => open + 1,
            "END:IF" if open == 0 => {
                fields.fault("`END:IF` ends nothing");
                0
            }
            "END:IF" => open - 1,
            it if open == 0 && (it == "ELSE:" || it.starts_with("ELSEIF:")) => {
                fields.fault(format!("`{it}` belongs to no `IF`"));
                0
            }
            _ => open,
        };
        rest = after;
    }
    if open > 0 {
        fields.fault("an `IF` has no `END:IF`");
    }
}

/// A tag that no audience can have.
fn check(fields: &mut Fields, tag: &str) {
    if OWN.contains(&tag) {
        return;
    }
    let name = match tag.split_once(':') {
        Some((word, name)) if WORDS.contains(&word) => name,
        _ => tag,
    };
    let end = name.find(['=', '<', '>', '!']).unwrap_or(name.len());
    let name = &name[..end];
    if OWN.contains(&name) {
        return;
    }
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        fields.fault(format!("`{tag}` is no tag"));
    } else if name.len() > LONGEST_TAG {
        fields.fault(format!(
            "the tag `{name}` has {} characters; {LONGEST_TAG} are the most",
            name.len()
        ));
    }
}
