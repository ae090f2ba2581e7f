use std::collections::BTreeMap;

use crate::lint::contact::refuses;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::{Voice, voice};
use crate::model::SenderKind;
use crate::source::Span;

rule! {
    InboundChannelUnhandled, id: "inbound-channel-unhandled", group: Relationship, level: Warning,
    docs: "inbound_channel_unhandled.md",
}

impl Rule for InboundChannelUnhandled {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let mut used: BTreeMap<&str, (Voice<'_>, Span)> = BTreeMap::new();
        for journey in cx.journeys() {
            for send in journey.sends() {
                if let Some(voice) = voice(cx, journey, send) {
                    used.entry(&voice.id.value).or_insert((voice, send.id.span));
                }
            }
        }
        for (voice, first) in used.values() {
            check(voice, *first, out);
        }
    }
}

/// Every address that mail comes from is one that people answer to, invited or not.
fn check(voice: &Voice<'_>, first: Span, out: &mut Findings) {
    let (id, sender) = (voice.id, voice.sender);
    let name = &id.value;
    let to = sender.reply_to.as_ref().unwrap_or(&sender.address);
    if sender.handled_by.is_some() || refuses(&to.value) {
        return;
    }
    // A person answers their own mail; a desk or a brand is nobody in particular.
    match (sender.kind, sender.monitored) {
        (SenderKind::Person, Some(true)) | (_, Some(false)) => {}
        (SenderKind::Role | SenderKind::Brand, Some(true)) => {
            out.fail(
                id.span,
                format!("nobody is named who answers what comes to `{name}`"),
            )
            .label("`handled_by` is missing")
            .related(first, "sends mail that people can answer")
            .why("answers lie in a mailbox that everybody takes for somebody else's")
            .help("name the team or tool that answers, for example `handled_by: helpdesk`")
            .subject(&**name);
        }
        (_, None) => {
            out.undecided(
                id.span,
                format!("nobody can tell whether answers to `{name}` are read"),
                "write `monitored: true` and `handled_by`, or `monitored: false` with a `reply_to` that \
                 somebody reads",
            )
            .label("neither `monitored` nor `handled_by`")
            .related(first, "sends mail that people can answer")
            .why("whoever answers and hears nothing feels worse than if nobody had written")
            .subject(&**name);
        }
    }
}
