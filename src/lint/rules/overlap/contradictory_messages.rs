use crate::graph::Elapsed;
use crate::graph::lives::{Cause, Life, Member, Planned, are_apart};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Purpose};

rule! {
    ContradictoryMessages, id: "contradictory-messages", group: Overlap, level: Warning,
    docs: "contradictory_messages.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 3, business_days: 0 }, &[])
}

/// What may not be followed by what, and what people then think.
const MATRIX: [(&[Purpose], &[Purpose], &str); 4] = [
    (
        &[Purpose::DelayNotice, Purpose::Apology],
        &[
            Purpose::Offer,
            Purpose::CrossSell,
            Purpose::AdvocacyAsk,
            Purpose::FeedbackRequest,
        ],
        "we have just said sorry, and another letter wants something as if nothing had happened",
    ),
    (
        &[
            Purpose::Confirmation,
            Purpose::NextSteps,
            Purpose::SetupHelp,
            Purpose::Receipt,
        ],
        &[Purpose::WinBack, Purpose::Abandonment],
        "we ask them to come back while we are busy with what they have just bought",
    ),
    (
        &[Purpose::SunsetNotice],
        &[Purpose::Offer, Purpose::CrossSell, Purpose::Newsletter],
        "we say that our letters stop, and send the next one",
    ),
    (
        &[Purpose::RenewalNotice],
        &[Purpose::WinBack, Purpose::SunsetNotice],
        "we speak of their contract as running and as over",
    ),
];

type Sent<'p> = (Member<'p>, Planned<'p>);

impl Rule for ContradictoryMessages {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let limit = cx.elapsed(self.info());
        for life in cx.lives() {
            let parties = life.parties(cx.project());
            for (firsts, then, why) in MATRIX {
                let found = parties
                    .iter()
                    .find_map(|it| find(cx, life, it, (firsts, then), limit));
                if let Some((first, second)) = found {
                    report(life, first, second, why, out);
                }
            }
        }
    }
}

/// Two messages of a party of which the second belies the first soon after it. What one journey says
/// was written by one hand, and is not compared with itself.
fn find<'p>(
    cx: &LintContext<'p>,
    life: &Life<'p>,
    party: &[Member<'p>],
    (firsts, then): (&[Purpose], &[Purpose]),
    limit: Elapsed,
) -> Option<(Sent<'p>, Sent<'p>)> {
    let with = |purposes: &[Purpose]| {
        let mut res: Vec<Sent<'p>> = Vec::new();
        for member in party {
            let touches = cx.timetable(member.journey).touches.iter();
            let fits = |it: &&Planned<'p>| purposes.iter().any(|purpose| it.has(*purpose));
            res.extend(touches.filter(fits).map(|it| (*member, *it)));
        }
        res.sort_by_key(|(member, it)| (member.time_of(it).lo, it.id.span));
        res
    };
    let (firsts, then) = (with(firsts), with(then));
    for first in &firsts {
        let time = first.0.time_of(&first.1);
        // Whatever is there before its own event has come is no answer to it: a journey that waits
        // for an event has spoken before it.
        let follows = |it: &&Sent<'p>| {
            let at = it.0.time_of(&it.1);
            let together = it.0.cause == Cause::Event && first.0.cause == Cause::Event;
            it.0.journey.name != first.0.journey.name
                && (at.lo > time.lo || (together && at.lo == time.lo))
                && life.apart(*first, **it) <= limit
                && !are_apart(cx.project(), *first, **it)
        };
        // Sorted by time: only a few stand near.
        let begin = then.partition_point(|it| it.0.time_of(&it.1).lo < time.lo);
        if let Some(second) = then[begin..].iter().take(64).find(follows) {
            return Some((*first, *second));
        }
    }
    None
}

fn report(life: &Life<'_>, one: Sent<'_>, other: Sent<'_>, why: &str, out: &mut Findings) {
    let name = |it: &Sent<'_>| format!("{}/{}", it.0.journey.name.value, it.1.id.value);
    let message = format!("`{}` and `{}` belie each other", name(&one), name(&other));
    let gap = life.apart(one, other);
    let label = if gap == Elapsed::ZERO {
        "both may come at the same time".to_owned()
    } else {
        format!("they may come {gap} apart")
    };
    out.fail(other.1.id.span, message)
        .subject(name(&one))
        .label(label)
        .related(one.1.id.span, "the other one")
        .why(why)
        .help(
            "let the one journey exit when the other begins, or tell their people apart by `where`",
        )
        .witness(Some(life.witness(&[one, other])));
}
