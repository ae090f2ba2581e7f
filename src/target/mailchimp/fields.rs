//! The values of a mail as fields of the audience: Mailchimp's journeys hand nothing else over.
//!
//! In: a printed mail, whose tags carry long names. Out: the same with tags that an audience can have,
//! and the values to keep under them. Invariant: one tag stands for one value in all mails.
//! Not done here: keeping the values (the shop does).

use crate::dialect::{Form, Variable};
use crate::manifest::content_hash;
use crate::target::{Account, Mail};
use crate::template::ir::{Expr, Path, Root, Step};

/// The longest tag of an audience field.
pub(super) const LONGEST_TAG: usize = 10;

/// The mail with the audience's tags.
pub(super) fn fitted(account: &Account, mail: &Mail) -> Mail {
    let mut variables = Vec::new();
    let mut names = Vec::new();
    for variable in &mail.variables {
        let own = own_field(account, variable);
        let tag = own.map_or_else(|| tag(&variable.name), str::to_owned);
        names.push((variable.name.as_str(), tag.clone(), own.is_some()));
        if own.is_none() {
            variables.push(Variable {
                name: tag,
                ..variable.clone()
            });
        }
    }
    let text = |it: &str| renamed(it, &names);
    Mail {
        subject: text(&mail.subject),
        preheader: mail.preheader.as_deref().map(text),
        html: text(&mail.html),
        text: text(&mail.text),
        variables,
    }
}

/// The tag under which a worked-out value is kept: the same for the same value, in every mail.
pub(super) fn tag(name: &str) -> String {
    let hash = content_hash(&[name]).to_ascii_uppercase();
    format!("J{}", &hash[..8])
}

/// The tag of the audience that the account names for an attribute, where a value is nothing else.
fn own_field<'a>(account: &'a Account, variable: &Variable) -> Option<&'a str> {
    let Expr::Path(Path {
        root: Root::Contact,
        steps,
        ..
    }) = &variable.value
    else {
        return None;
    };
    let [Step::Key(key)] = steps.as_slice() else {
        return None;
    };
    let is_text = matches!(variable.form, Form::Text | Form::Html);
    account.id("fields", key).filter(|_| is_text)
}

/// A text with other names in its tags. A field that the audience has already holds no HTML, so that
/// its tag says nothing of it.
fn renamed(text: &str, names: &[(&str, String, bool)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("*|") {
        let Some((inner, after)) = behind.split_once("|*") else {
            break;
        };
        out.push_str(before);
        out.push_str("*|");
        let (lead, asked) = match inner.split_once(':') {
            Some((lead @ ("HTML" | "IF" | "IFNOT" | "ELSEIF"), asked)) => (Some(lead), asked),
            _ => (None, inner),
        };
        let end = asked.find(['=', '<', '>', '!']).unwrap_or(asked.len());
        let (name, question) = asked.split_at(end);
        match names.iter().find(|it| it.0 == name) {
            Some((_, tag, is_own)) => {
                if let Some(lead) = lead.filter(|it| !(*is_own && *it == "HTML")) {
                    out.push_str(lead);
                    out.push(':');
                }
                out.push_str(tag);
                out.push_str(question);
            }
            None => out.push_str(inner),
        }
        out.push_str("|*");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether a value is made of what the event carries.
pub(super) fn is_of_event(variable: &Variable) -> bool {
    let mut found = false;
    variable
        .value
        .each_path(&mut |path| found |= path.root == Root::Event);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_tags_are_changed_and_nothing_else_is() {
        let names = [
            ("A_HTML", "J1".to_owned(), false),
            ("A", "FNAME".to_owned(), true),
        ];
        let text = "A *|HTML:A_HTML|* *|A|* *|HTML:A|**|IF:A_HTML=true|*x*|ELSEIF:A>=3|*y*|ELSE:|*z*|END:IF|* *|UNSUB|* *|";
        assert_eq!(
            renamed(text, &names),
            "A *|HTML:J1|* *|FNAME|* *|FNAME|**|IF:J1=true|*x*|ELSEIF:FNAME>=3|*y*|ELSE:|*z*|END:IF|* *|UNSUB|* *|"
        );
    }

    #[test]
    fn a_tag_fits_into_an_audience() {
        let tag = tag("EVENT_ORDER_ID");
        assert!(tag.len() <= LONGEST_TAG && tag.starts_with('J'));
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        assert!(tag.chars().all(plain));
    }
}
