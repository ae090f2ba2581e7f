use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::weight::{CLIP, before};

rule! {
    UnsubscribeBelowClip, id: "unsubscribe-below-clip", group: Delivery, level: Error,
    docs: "unsubscribe_below_clip.md"
}

impl Rule for UnsubscribeBelowClip {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let at = before(&letter.mail.page(), "unsubscribe");
        let Some(at) = at.filter(|it| *it > CLIP) else {
            return;
        };
        out.fail(
            letter.span(),
            "the unsubscribe link lies where Gmail cuts the mail",
        )
        .label(format!("{} KB of HTML may stand before it", at / 1024))
        .why("whoever does not find the way out marks the mail as spam, and so all others suffer")
        .help("move the link to the top, or shorten what stands before it");
    }
}
