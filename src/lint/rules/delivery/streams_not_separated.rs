use std::collections::BTreeMap;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::voice;
use crate::model::{Class, Journey, Send};
use crate::source::Span;

rule! {
    StreamsNotSeparated, id: "streams-not-separated", group: Delivery, level: Off,
    docs: "streams_not_separated.md"
}

/// The first steps that use a domain, by what law takes them for.
#[derive(Default)]
struct Streams<'p> {
    address: Option<Span>,
    service: Option<(&'p Journey, &'p Send)>,
    advertising: Option<(&'p Journey, &'p Send)>,
}

impl Rule for StreamsNotSeparated {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let mut by_domain: BTreeMap<String, Streams<'_>> = BTreeMap::new();
        for journey in cx.journeys() {
            for send in journey.sends() {
                let Some(voice) = voice(cx, journey, send) else {
                    continue;
                };
                let address = &voice.sender.address;
                let Some((_, domain)) = address.value.rsplit_once('@') else {
                    continue;
                };
                let streams = by_domain.entry(domain.to_lowercase()).or_default();
                streams.address.get_or_insert(address.span);
                let stream = match journey.class_of(send) {
                    Class::Commercial => &mut streams.advertising,
                    Class::Transactional => &mut streams.service,
                };
                stream.get_or_insert((journey, send));
            }
        }
        for (domain, it) in &by_domain {
            let (Some(address), Some((_, service)), Some((_, advertising))) =
                (it.address, it.service, it.advertising)
            else {
                continue;
            };
            out.fail(address, format!("receipts and advertising both come from `{domain}`"))
                .label("one domain for both")
                .related(service.id.span, "people wait for this one")
                .related(advertising.id.span, "this one is advertising")
                .subject(&**domain)
                .why("when a campaign is marked as spam, receipts and resets of passwords land there too")
                .help("give advertising a sender below the domain, such as `news@mail.…`, and keep the other for service");
        }
    }
}
