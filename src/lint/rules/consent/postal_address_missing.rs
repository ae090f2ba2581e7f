use std::collections::BTreeSet;

use crate::lint::commercial::is_advert;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::{always, certain_words, words};
use crate::model::Jurisdiction;
use crate::source::Span;
use crate::template::ir::Node;

rule! {
    PostalAddressMissing, id: "postal-address-missing", group: Consent, level: Error,
    docs: "postal_address_missing.md"
}

/// The laws that want it in every commercial mail.
const LAWS: [Jurisdiction; 3] = [Jurisdiction::Us, Jurisdiction::UsCa, Jurisdiction::Ca];

const WHY: &str = "people cannot tell who really writes to them, and law wants an address they could write back to";

impl Rule for PostalAddressMissing {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(address) = &cx.project().brand.postal_address else {
            return;
        };
        let Some(by) = letter
            .sent_by
            .iter()
            .find(|it| is_advert(it.journey, it.send))
        else {
            return;
        };
        let address: BTreeSet<String> = words(&address.value).collect();
        // A footer may write it a little otherwise: without the country, or with another dash.
        let shows =
            |there: &BTreeSet<String>| address.intersection(there).count() * 4 >= address.len() * 3;
        let text = &letter.mail.text;
        let whole = |it: &Node| matches!(it, Node::Text(it) if shows(&words(it).collect()));
        if shows(&certain_words(text)) || always(text, &whole).is_ok() {
            return;
        }
        let label = if shows(&words(letter.said_text()).collect()) {
            "some people get it without the address"
        } else {
            "no address in it"
        };
        let name = &letter.template.name;
        out.fail(
            letter.span(),
            format!("`{name}` does not show the postal address to everybody"),
        )
        .level(cx.legal(by.journey, &LAWS))
        .label(label)
        .related(by.send.id.span, "sent as commercial mail")
        .subject(&**name)
        .why(WHY)
        .help("write `{{ brand.postal_address }}` at the end, or use a footer that has it");
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let brand = &cx.project().brand;
        if brand.postal_address.is_some() || !cx.is_whole() {
            return;
        }
        let sends = |it: &&crate::model::Journey| it.sends().any(|send| is_advert(it, send));
        let Some(first) = cx.journeys().find(sends) else {
            return;
        };
        out.fail(brand.name.span, "the brand has no postal address")
            .level(cx.legal_anywhere(&LAWS))
            .label("`postal_address` is missing here")
            .related(Span::start_of(first.span().file), "sends commercial mail")
            .why(WHY)
            .help("add `postal_address: \"…\"` to `brand`, and write `{{ brand.postal_address }}` in the footer");
    }
}
