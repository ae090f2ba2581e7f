use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};

rule! {
    StyleBlockTooBig, id: "style-block-too-big", group: Delivery, level: Warning, docs: "style_block_too_big.md",
    limit: Limit::Number(16.0, &[])
}

impl Rule for StyleBlockTooBig {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let sheets = letter.tree().sheets().iter().map(String::len);
        let largest = sheets.max().unwrap_or_default();
        #[allow(
            clippy::cast_precision_loss,
            reason = "a page is far smaller than 2^52 bytes"
        )]
        let size = largest as f64 / 1024.0;
        if size <= cx.number(self.info()) {
            return;
        }
        let own = cx.place_of(letter, "<mj-style");
        let place = if own == letter.span() {
            cx.place_of(letter, "<style")
        } else {
            own
        };
        out.fail(
            place,
            format!("Gmail drops these styles: {size:.0} KB in one block"),
        )
        .label("one of them is this large")
        .why("the whole block is left out, and the mail stands there without any style")
        .help("remove what no element uses, or write two blocks instead of one");
    }
}
