use crate::lint::asks::asks;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Send};

rule! {
    TouchpointUnmeasured, id: "touchpoint-unmeasured", group: Governance, level: Note,
    docs: "touchpoint_unmeasured.md",
}

impl Rule for TouchpointUnmeasured {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let mut silent = journey.sends().filter(|it| is_silent(cx, journey, it));
        let Some(first) = silent.next() else {
            return;
        };
        let mut finding = out
            .fail(
                first.id.span,
                format!("nothing shows whether `{}` does any good", first.id.value),
            )
            .label("no link to click, no answer invited, nothing asked");
        for it in silent.take(3) {
            finding = finding.related(it.id.span, "nor here");
        }
        finding
            .why("a letter without any sign from the reader is kept for ever, wanted or not")
            .help("link one thing to do next, or invite an answer with `two_way: true`");
    }
}

/// Whether a mail leaves no trace but being opened, which is none.
fn is_silent(cx: &LintContext<'_>, journey: &Journey, send: &Send) -> bool {
    if send.two_way == Some(true) || asks(journey, &send.purpose.0, Some(send)) {
        return false;
    }
    let mut letters = cx.letters_of(send);
    letters.any(|it| !it.has_link())
}
