use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::readings;
use crate::source::Span;

rule! {
    PreheaderMissing, id: "preheader-missing", group: Message, level: Warning, docs: "preheader_missing.md"
}

impl Rule for PreheaderMissing {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let readings = readings(&letter.mail.preheader);
        if !readings.iter().any(String::is_empty) {
            return;
        }
        if letter.template.preheader_span.is_none() && !cx.is_whole() {
            return;
        }
        let never = readings.iter().all(String::is_empty);
        let (place, label) = match letter.template.preheader_span {
            Some(span) if never => (span, "says nothing"),
            Some(span) => (span, "says nothing to some people"),
            None => (
                Span::start_of(letter.template.file),
                "`preheader` is missing here",
            ),
        };
        let some = if never { "" } else { ", for some people" };
        out.fail(place, format!("`{}` has no preheader{some}", letter.template.name))
            .label(label)
            .subject(&*letter.template.name)
            .why("the inbox shows the first words of the page instead: \"View in browser\", or a greeting")
            .help("write `preheader`, the sentence that goes on where the subject ends");
    }
}
