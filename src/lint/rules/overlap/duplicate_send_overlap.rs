use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Elapsed;
use crate::graph::lives::{Life, Member, Planned, are_apart};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Class, Duration, Purpose, Step};

rule! {
    DuplicateSendOverlap, id: "duplicate-send-overlap", group: Overlap, level: Warning,
    docs: "duplicate_send_overlap.md",
    limit: Limit::Duration(Duration { minutes: 48 * 60, days: 0, business_days: 0 }, &[])
}

/// What people expect to be told once.
const ONCE: [Purpose; 14] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::NextSteps,
    Purpose::ThankYou,
    Purpose::SetupHelp,
    Purpose::DelayNotice,
    Purpose::FeedbackRequest,
    Purpose::Abandonment,
    Purpose::WinBack,
    Purpose::SunsetNotice,
    Purpose::AdvocacyAsk,
    Purpose::RenewalNotice,
    Purpose::ConsentRequest,
    Purpose::Acknowledgement,
];

/// What makes two messages the same to those who get them.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Sameness<'p> {
    Template(&'p str),
    Purpose(Purpose),
}

type Sent<'p> = (Member<'p>, Planned<'p>);

impl Rule for DuplicateSendOverlap {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let limit = cx.elapsed(self.info());
        for life in cx.lives() {
            // A journey is told of once, though several kinds of people are in it.
            let mut told = BTreeSet::new();
            for party in life.all_parties(cx.project()) {
                for (what, first, second) in find(cx, life, &party, limit) {
                    if told.insert(&*second.0.journey.name.value) {
                        report(life, what, first, second, out);
                    }
                }
            }
        }
    }
}

/// For each journey of a party the first message that says the same as one of a journey before it,
/// within the limit.
fn find<'p>(
    cx: &LintContext<'p>,
    life: &Life<'p>,
    party: &[Member<'p>],
    limit: Elapsed,
) -> Vec<(Sameness<'p>, Sent<'p>, Sent<'p>)> {
    let mut known: BTreeMap<Sameness<'p>, Vec<Sent<'p>>> = BTreeMap::new();
    let mut res: Vec<(Sameness<'p>, Sent<'p>, Sent<'p>)> = Vec::new();
    // One message a week: of two, the cap drops the second or holds it back for longer.
    let cap = cx
        .project()
        .policy
        .frequency_cap
        .as_ref()
        .map(|it| &it.commercial);
    let one = |it: Option<u32>| it.is_some_and(|it| it <= 1);
    let caps =
        limit < Elapsed::days(7) && cap.is_some_and(|it| one(it.per_week) || one(it.per_month));
    for member in party {
        let mut is_found = false;
        for planned in &cx.timetable(member.journey).touches {
            let Step::Send(send) = &planned.step.value else {
                continue;
            };
            let template = Sameness::Template(&send.template.value);
            let purposes = ONCE.iter().filter(|it| planned.has(**it));
            let own = (*member, *planned);
            for what in std::iter::once(template).chain(purposes.map(|it| Sameness::Purpose(*it))) {
                let earlier = known.entry(what).or_default();
                let near = |it: &&Sent<'p>| {
                    let other = it.0.journey.name.value != member.journey.name.value;
                    other
                        && life.apart(**it, own) <= limit
                        && !are_apart(cx.project(), **it, own)
                        && !(caps && is_capped(**it) && is_capped(own))
                };
                if !is_found && let Some(first) = earlier.iter().find(near) {
                    res.push((what, *first, own));
                    is_found = true;
                }
                // More of one kind from journeys that do not meet the others would be looked at in
                // vain again and again.
                if earlier.len() < 16 {
                    earlier.push(own);
                }
            }
        }
    }
    res
}

/// Whether the frequency cap counts a message, and may stop it.
fn is_capped((_, planned): Sent<'_>) -> bool {
    let Step::Send(send) = &planned.step.value else {
        return false;
    };
    planned.class == Some(Class::Commercial) && send.bypass_window != Some(true)
}

fn report(
    life: &Life<'_>,
    what: Sameness<'_>,
    first: Sent<'_>,
    second: Sent<'_>,
    out: &mut Findings,
) {
    let what = match what {
        Sameness::Template(name) => format!("the template `{name}`"),
        Sameness::Purpose(it) => format!("a message with the purpose `{}`", it.word()),
    };
    let (name, other) = (&second.0.journey.name.value, &first.0.journey.name.value);
    out.fail(
        second.1.id.span,
        format!("`{name}` and `{other}` both send what people expect once"),
    )
    .subject(format!("{other}/{}", first.1.id.value))
    .label(format!("{what}, after the same `{}`", life.event))
    .related(first.1.id.span, format!("`{other}` sends one too"))
    .why("the same letter twice looks like a mistake, and people wonder which one counts")
    .help("leave it to one journey, or let a `where` on each trigger tell their people apart")
    .witness(Some(life.witness(&[first, second])));
}
