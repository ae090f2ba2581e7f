use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{ConsentSource, Journey};

rule! {
    PurchasedListSource, id: "purchased-list-source", group: Consent, level: Error, docs: "purchased_list_source.md"
}

impl Rule for PurchasedListSource {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let source = journey.consent.as_ref().and_then(|it| it.source);
        let Some(source) = source.filter(|it| it.value.is_bought()) else {
            return;
        };
        let label = match source.value {
            ConsentSource::Rented => "rented from somebody else",
            ConsentSource::Appended => "added by a data broker",
            ConsentSource::Scraped => "collected from web pages",
            _ => "bought from somebody else",
        };
        let name = &journey.name.value;
        out.fail(source.span, format!("`{name}` writes to people who never gave us their address"))
            .label(label)
            .why("these people do not know us and report the mail, and every mailbox provider forbids such lists")
            .help("write to people who gave us their address themselves, and delete the others");
    }
}
