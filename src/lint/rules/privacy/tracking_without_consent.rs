use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Jurisdiction, Step, Watched};
use crate::source::Span;
use crate::template::ir::{Node, Root, Test};

rule! {
    TrackingWithoutConsent, id: "tracking-without-consent", group: Privacy, level: Note,
    docs: "tracking_without_consent.md"
}

/// Where reading something off a person's device needs a yes.
const LAWS: [Jurisdiction; 2] = [Jurisdiction::Uk, Jurisdiction::Eu];

const WHY: &str =
    "somebody takes note of when and where they read their letters, and nobody asked them";

impl Rule for TrackingWithoutConsent {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let tracking = cx.project().policy.tracking.as_ref();
        let Some(clicks) = tracking.and_then(|it| it.clicks) else {
            return;
        };
        if clicks.value != Watched::Nobody {
            return;
        }
        for (step, _) in journey.walk() {
            let Step::Branch(branch) = &step.value else {
                continue;
            };
            for way in &branch.when {
                let mut asks = false;
                if let Ok(expr) = &way.condition.parsed {
                    expr.walk(&mut |it| {
                        asks |= matches!(it.kind, crate::model::ExprKind::Clicked { .. });
                    });
                }
                if asks {
                    out.fail(way.condition.text.span, format!("`{}` asks for clicks that nobody records", branch.id.value))
                        .level(Level::Warning)
                        .label("never holds")
                        .related(clicks.span, "clicks are not recorded")
                        .why("everybody goes the other way, also those who clicked")
                        .help("wait for an event of the site instead, or record the clicks of those who agreed");
                }
            }
        }
    }

    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let opens = cx
            .project()
            .policy
            .tracking
            .as_ref()
            .and_then(|it| it.opens);
        let promised = opens.is_some_and(|it| it.value != Watched::Everybody);
        let law = letter
            .sent_by
            .iter()
            .any(|it| LAWS.iter().any(|law| cx.is_under(it.journey, *law)));
        if !(promised || law) || !has_pixel(&letter.mail.html) {
            return;
        }
        let level = if promised {
            Level::Warning
        } else {
            Level::Note
        };
        let name = &letter.template.name;
        let finding = out
            .fail(letter.span(), format!("`{name}` counts everybody who opens it"))
            .level(level)
            .label("holds a picture of one dot")
            .subject(&**name)
            .why(WHY)
            .help("take the picture out, or put it into `{% if contact.… %}` with an attribute that says who agreed");
        if let Some(it) = opens.filter(|_| promised) {
            finding.related(it.span, "this promises otherwise");
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let Some(tracking) = &cx.project().policy.tracking else {
            return;
        };
        if cx.legal_anywhere(&LAWS) != Level::Error {
            return;
        }
        let all = [("opens", tracking.opens), ("clicks", tracking.clicks)];
        for (what, watched) in all {
            let everybody = watched.filter(|it| it.value == Watched::Everybody);
            let Some(span) = everybody.map(|it| it.span) else {
                continue;
            };
            tell(what, span, out);
        }
    }
}

fn tell(what: &str, span: Span, out: &mut Findings) {
    out.fail(
        span,
        format!("`{what}` of people who did not agree are recorded"),
    )
    .label("in the UK and the EU, this needs a yes")
    .subject(what)
    .why(WHY)
    .help("write `consent`, and have the provider record only those who agreed");
}

/// Whether a page loads a picture of one dot for everybody. One that stands in a choice by what a person
/// is may be for those who agreed.
fn has_pixel(nodes: &[Node]) -> bool {
    let mut source = String::new();
    gather(nodes, &mut source);
    let source = source.to_ascii_lowercase();
    source.match_indices("<img").any(|(at, _)| {
        let rest = &source[at..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        let is_one = |name: &str| {
            ["\"1\"", "'1'", "\"1px\""]
                .iter()
                .any(|it| tag.contains(&format!(" {name}={it}")))
        };
        let web =
            tag.contains("src=\"http") || tag.contains("src=\"·") || tag.contains("src='http");
        is_one("width") && is_one("height") && web
    })
}

fn gather(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(it) => out.push_str(it),
            Node::Out(_) => out.push('·'),
            Node::If(it) => {
                for arm in it.arms.iter().filter(|it| !reads_contact(&it.test)) {
                    gather(&arm.body, out);
                }
                if !it.arms.iter().any(|it| reads_contact(&it.test)) {
                    gather(&it.otherwise, out);
                }
            }
            Node::For(it) => gather(&it.body, out),
        }
    }
}

fn reads_contact(test: &Test) -> bool {
    let mut found = false;
    test.each_path(&mut |it| found |= it.root == Root::Contact);
    found
}
