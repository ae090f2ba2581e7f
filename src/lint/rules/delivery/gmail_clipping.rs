use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::weight::{CLIP, heaviest};

rule! {
    GmailClipping, id: "gmail-clipping", group: Delivery, level: Warning, docs: "gmail_clipping.md",
    limit: Limit::Number(85.0, &[])
}

impl Rule for GmailClipping {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let bytes = heaviest(&letter.mail.page());
        #[allow(
            clippy::cast_precision_loss,
            reason = "a page is far smaller than 2^52 bytes"
        )]
        let size = bytes as f64 / 1024.0;
        if size <= cx.number(self.info()) {
            return;
        }
        let cut = bytes > CLIP;
        let message = if cut {
            format!("Gmail cuts this mail: up to {size:.0} KB of HTML")
        } else {
            format!("Gmail may cut this mail: up to {size:.0} KB of HTML")
        };
        out.fail(letter.span(), message)
            .level(if cut { Level::Error } else { Level::Warning })
            .label("counted at its longest, with wrapped links")
            .why("the end is hidden behind \"View entire message\": the unsubscribe link, the help, the signature")
            .help("shorten lists, drop comments and unused styles, or split the letter in two");
    }
}
