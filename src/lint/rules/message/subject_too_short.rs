use crate::lint::context::LintContext;
use crate::lint::extent::extent;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::ways::readings;

rule! {
    SubjectTooShort, id: "subject-too-short", group: Message, level: Warning, docs: "subject_too_short.md",
    limit: Limit::Number(8.0, &[])
}

impl Rule for SubjectTooShort {
    #[allow(clippy::cast_precision_loss, reason = "lengths of lines are small")]
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let subject = &letter.mail.subject;
        let least = extent(cx.project(), letter, subject).least;
        // Where nothing is said, another rule tells.
        let is_missing = readings(subject).iter().any(String::is_empty);
        if is_missing || least as f64 >= cx.number(self.info()) {
            return;
        }
        out.fail(
            letter.span(),
            format!("the subject says next to nothing: {least} characters"),
        )
        .label("may be as short as that")
        .subject(&*letter.template.name)
        .why("people cannot tell what it is about, and strangers' mail looks like this")
        .help("say what is inside: \"Your order is on its way\" instead of \"Update\"");
    }
}
