use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::readings;
use crate::source::Span;

rule! {
    SubjectMissing, id: "subject-missing", group: Message, level: Error, docs: "subject_missing.md"
}

impl Rule for SubjectMissing {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let readings = readings(&letter.mail.subject);
        if !readings.iter().any(String::is_empty) {
            return;
        }
        if letter.template.subject_span.is_none() && !cx.is_whole() {
            return;
        }
        let never = readings.iter().all(String::is_empty);
        let (place, label) = match letter.template.subject_span {
            Some(span) if never => (span, "says nothing"),
            Some(span) => (span, "says nothing to some people"),
            None => (
                Span::start_of(letter.template.file),
                "`subject` is missing here",
            ),
        };
        let some = if never { "" } else { ", for some people" };
        out.fail(
            place,
            format!("`{}` has no subject{some}", letter.template.name),
        )
        .label(label)
        .subject(&*letter.template.name)
        .why("people see \"(no subject)\" and take it for spam; so do filters")
        .help("say in a few words what is inside, on every way of its choices");
    }
}
