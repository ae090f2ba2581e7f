use crate::lint::commercial::is_advert;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::{always, is_link};
use crate::source::Span;
use crate::template::ir::Node;

rule! {
    UnsubscribeLinkMissing, id: "unsubscribe-link-missing", group: Consent, level: Error,
    docs: "unsubscribe_link_missing.md"
}

/// What pages of one's own are called at which people unsubscribe.
const OWN: [&str; 5] = ["unsubscribe", "opt-out", "optout", "opt_out", "abmelden"];

impl Rule for UnsubscribeLinkMissing {
    fn check_letter(&self, _cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(by) = letter
            .sent_by
            .iter()
            .find(|it| is_advert(it.journey, it.send))
        else {
            return;
        };
        let html = is_there(&letter.mail.html);
        let text = is_there(&letter.mail.text);
        let (label, choice) = match (html, text) {
            (Ok(()), Ok(())) => return,
            // A page of one's own has no value that would show on every way, but it is there.
            _ if has_own_page(letter) => return,
            (Err(Some(choice)), Err(_)) => ("some people get it without the link", Some(choice)),
            (Err(None), Err(_)) => ("neither the page nor the plain text has one", None),
            (Err(choice), Ok(())) => ("the plain text has one, the page has not", choice),
            (Ok(()), Err(choice)) => ("it is hidden: the plain text has none", choice),
        };
        let name = &letter.template.name;
        let finding = out
            .fail(letter.span(), format!("`{name}` has no link to unsubscribe for everybody"))
            .label(label)
            .related(by.send.id.span, "sent as commercial mail")
            .subject(&**name)
            .why("people who have had enough look for the link, do not find it, and press \"report spam\"")
            .help("write `[Unsubscribe]({{ links.unsubscribe }})` at the end, or use a footer that has it");
        if let Some(choice) = choice {
            finding.related(choice, "one way of this choice leaves it out");
        }
    }
}

/// Whether everybody gets the link; else the choice that leaves it out.
fn is_there(nodes: &[Node]) -> Result<(), Option<Span>> {
    let is_it = |it: &Node| matches!(it, Node::Out(out) if is_link(out, "unsubscribe"));
    always(nodes, &is_it)
}

fn has_own_page(letter: &Letter<'_>) -> bool {
    letter.hrefs().iter().any(|it| {
        let address = it.text.to_ascii_lowercase();
        it.is_link && OWN.iter().any(|own| address.contains(own))
    })
}
