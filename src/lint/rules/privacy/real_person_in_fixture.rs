use serde_json::Value;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Rule, rule};
use crate::model::{Project, Property, Table, Type};

rule! {
    RealPersonInFixture, id: "real-person-in-fixture", group: Privacy, level: Warning,
    docs: "real_person_in_fixture.md"
}

/// Domains that belong to nobody, so that nobody gets mail there.
const NOBODY: [&str; 8] = [
    "example.com",
    "example.org",
    "example.net",
    "example.edu",
    "example",
    "test",
    "invalid",
    "localhost",
];

const WHY: &str = "somebody's address stands in every preview, and a test may write to them";
const HELP: &str = "write an address at `example.com`, which belongs to nobody";

impl Rule for RealPersonInFixture {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        for (persona, it) in &project.personas {
            for (attribute, value) in &it.contact {
                let text = value.value.as_str();
                if text.is_none_or(|it| !is_real_address(project, it)) {
                    continue;
                }
                out.fail(
                    value.span,
                    format!("`{}` has the address of a real mailbox", persona.value),
                )
                .label("may belong to somebody")
                .subject(format!("{}.{}", persona.value, attribute.value))
                .why(WHY)
                .help(HELP)
                .rewrite(
                    "Use an address that belongs to nobody",
                    vec![Rewrite::Replace {
                        at: value.span,
                        value: format!("{}@example.com", plain(&persona.value)),
                    }],
                );
            }
        }
        check_samples(project, "contact", &project.contact, out);
        for (event, it) in &project.events {
            check_samples(project, &event.value, &it.properties, out);
        }
    }
}

fn check_samples(project: &Project, of: &str, properties: &Table<Property>, out: &mut Findings) {
    for (name, property) in properties {
        if let Type::Objects(fields) = &property.kind {
            check_samples(project, of, fields, out);
        }
        let is_real = |it: &Value| it.as_str().is_some_and(|it| is_real_address(project, it));
        if property.sample.iter().any(is_real) {
            out.fail(
                name.span,
                format!("the samples of `{of}.{}` hold a real mailbox", name.value),
            )
            .label("may belong to somebody")
            .why(WHY)
            .help(HELP);
        }
    }
}

/// Whether a text is an email address at which somebody may get mail. The brand's own senders are no
/// customers.
fn is_real_address(project: &Project, text: &str) -> bool {
    let text = text.trim();
    let Some((user, domain)) = text.split_once('@') else {
        return false;
    };
    let is_part = |it: &str| {
        !it.is_empty()
            && it
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'))
    };
    let is_address = is_part(user) && is_part(domain) && domain.contains('.');
    let domain = domain.to_ascii_lowercase();
    let nobody = NOBODY.iter().any(|it| {
        let above = domain.strip_suffix(it);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    });
    let senders = project.senders.values();
    let mut own = senders
        .flat_map(|it| [Some(&it.address), it.reply_to.as_ref()])
        .flatten();
    is_address && !nobody && !own.any(|it| it.value.eq_ignore_ascii_case(text))
}

/// A name as it may stand before the `@`.
fn plain(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-');
    let kept: String = kept.collect();
    if kept.is_empty() {
        "person".to_owned()
    } else {
        kept
    }
}
