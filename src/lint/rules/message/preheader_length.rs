use crate::lint::context::LintContext;
use crate::lint::extent::extent;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::ways::readings;

rule! {
    PreheaderLength, id: "preheader-length", group: Message, level: Warning, docs: "preheader_length.md",
    limit: Limit::Number(100.0, &[])
}

/// A shorter one leaves room, and inboxes fill it.
const LEAST: usize = 40;

impl Rule for PreheaderLength {
    #[allow(clippy::cast_precision_loss, reason = "lengths of lines are small")]
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let preheader = &letter.mail.preheader;
        // Where nothing is said, another rule tells.
        if readings(preheader).iter().any(String::is_empty) {
            return;
        }
        let length = extent(cx.project(), letter, preheader);
        let limit = cx.number(self.info());
        let (message, why, help) = if length.most as f64 > limit {
            (
                format!("the preheader may take {} characters", length.most),
                "no inbox shows so much: it ends in the middle of a sentence",
                "keep the half of it that makes people curious",
            )
        } else if length.least < LEAST {
            (
                format!("the preheader may have only {} characters", length.least),
                "a line that could have helped people to decide stays half empty",
                "go on where the subject ends: what is inside, and what for",
            )
        } else {
            return;
        };
        out.fail(letter.preheader_span(), message)
            .label(format!("{LEAST} to {limit} are seen well"))
            .subject(&*letter.template.name)
            .why(why)
            .help(help);
    }
}
