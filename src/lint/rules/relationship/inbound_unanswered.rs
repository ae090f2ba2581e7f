use std::collections::BTreeMap;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::voice::{Voice, voice};
use crate::model::{Duration, Journey, Profile, Send};
use crate::source::Spanned;

rule! {
    InboundUnanswered, id: "inbound-unanswered", group: Relationship, level: Warning,
    docs: "inbound_unanswered.md",
    limit: Limit::Duration(
        Duration { minutes: 24 * 60, days: 0, business_days: 0 },
        &[(Profile::B2b, Duration { minutes: 48 * 60, days: 0, business_days: 0 })],
    )
}

impl Rule for InboundUnanswered {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let limit = cx.duration(self.info());
        let mut by_sender: BTreeMap<&str, Open<'_>> = BTreeMap::new();
        for journey in cx.journeys() {
            for send in journey.sends().filter(|it| it.two_way == Some(true)) {
                let Some(voice) = voice(cx, journey, send) else {
                    continue;
                };
                // Where nobody reads at all, the rule about that says so.
                if voice.unread(cx.project(), send).is_some() {
                    continue;
                }
                match &send.respond_within {
                    Some(own) if is_late(own, limit) => late(send, own, limit, out),
                    Some(_) => {}
                    None => {
                        let open = Open {
                            journey,
                            send,
                            voice,
                            more: 0,
                        };
                        by_sender
                            .entry(&voice.id.value)
                            .and_modify(|it| it.more += 1)
                            .or_insert(open);
                    }
                }
            }
        }
        for open in by_sender.values() {
            check(open, limit, out);
        }
    }
}

/// The first mail that leaves it to its sender how soon an answer is answered.
struct Open<'p> {
    journey: &'p Journey,
    send: &'p Send,
    voice: Voice<'p>,
    more: usize,
}

fn is_late(within: &Spanned<Duration>, limit: Duration) -> bool {
    on_the_calendar(within.value) > on_the_calendar(limit)
}

fn late(send: &Send, within: &Spanned<Duration>, limit: Duration, out: &mut Findings) {
    let id = &send.id.value;
    out.fail(
        within.span,
        format!("answers to `{id}` wait {} for ours", within.value),
    )
    .label(format!("longer than {limit}"))
    .why(WHY)
    .help(format!(
        "answer within {limit}, or do not invite answers there"
    ));
}

const WHY: &str =
    "we have asked them to write, and now they wait; next time they write to the public";

fn check(open: &Open<'_>, limit: Duration, out: &mut Findings) {
    let (id, sender) = (&open.voice.id, open.voice.sender);
    let name = &id.value;
    let (place, message, label) = match &sender.respond_within {
        Some(it) if is_late(it, limit) => (
            it.span,
            format!("whoever answers `{name}` waits {} for a reply", it.value),
            format!("longer than {limit}"),
        ),
        Some(_) => return,
        None => (
            id.span,
            format!("nobody says how soon answers to `{name}` are answered"),
            "`respond_within` is missing".to_owned(),
        ),
    };
    let journey = &open.journey.name.value;
    let more = match open.more {
        0 => String::new(),
        more => format!(", like {more} more"),
    };
    out.fail(place, message)
        .label(label)
        .related(
            open.send.id.span,
            format!("invites an answer, in `{journey}`{more}"),
        )
        .why(WHY)
        .help("say it at the sender, for example `respond_within: 1bd`, and see that it is kept")
        .subject(&**name);
}
