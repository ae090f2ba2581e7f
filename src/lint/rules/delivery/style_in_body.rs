use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::template::Kind;

rule! {
    StyleInBody, id: "style-in-body", group: Delivery, level: Warning, docs: "style_in_body.md"
}

impl Rule for StyleInBody {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let in_body =
            |it: &crate::lint::tree::Element<'_>| it.ancestors().any(|it| it.name() == "body");
        if !letter.tree().named(&["style"]).any(|it| in_body(&it)) {
            return;
        }
        let help = match letter.template.kind {
            Kind::Mjml => "move it into `<mj-head>`, as `<mj-style>`",
            Kind::Html | Kind::Markdown => "move it into the `<head>` of a layout",
        };
        out.fail(
            cx.place_of(letter, "<style"),
            "styles in the body of a mail",
        )
        .label("not in the head")
        .why("Gmail takes them out, so what they say about screens and colours is lost there")
        .help(help);
    }
}
