use std::collections::BTreeMap;

use crate::graph::Elapsed;
use crate::graph::lives::{Life, Member, Planned, on_one_way};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{CapLimits, Class, Step, WhenFull};

rule! {
    FrequencyCapExceeded, id: "frequency-cap-exceeded", group: Overlap, level: Warning,
    docs: "frequency_cap_exceeded.md"
}

/// What a person bears, where the project says nothing: a day, a week, thirty days.
const BEARABLE: CapLimits = CapLimits {
    per_day: Some(1),
    per_week: Some(3),
    per_month: Some(8),
};

/// A touchpoint with the journey that makes it.
type Sent<'p> = (Member<'p>, Planned<'p>);

impl Rule for FrequencyCapExceeded {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let cap = cx.project().policy.frequency_cap.as_ref();
        let limits = cap.map_or(&BEARABLE, |it| &it.commercial);
        let spans = [
            (limits.per_day, Elapsed::DAY, "a day"),
            (limits.per_week, Elapsed::days(7), "a week"),
            (limits.per_month, Elapsed::days(30), "30 days"),
        ];
        for life in cx.lives() {
            let parties = life.parties(cx.project());
            // The most crowded party tells it; the others would say the same again.
            for (limit, window, words) in spans {
                let Some(limit) = limit else { continue };
                let worst = parties
                    .iter()
                    .map(|it| densest(&commercial(cx, it), window))
                    .max_by_key(Vec::len)
                    .filter(|it| it.len() > limit as usize);
                if let Some(worst) = worst {
                    let dropped = cap.map(|it| it.when_full);
                    report(life, &worst, (limit, words), dropped, out);
                    break;
                }
            }
        }
    }
}

/// The commercial messages of a party, the earliest first.
fn commercial<'p>(cx: &LintContext<'p>, party: &[Member<'p>]) -> Vec<Sent<'p>> {
    let mut res: Vec<Sent<'p>> = Vec::new();
    for member in party {
        let touches = cx.timetable(member.journey).touches.iter();
        let counts = |it: &&Planned<'p>| match &it.step.value {
            Step::Send(send) => {
                let capped = send.bypass_window != Some(true) && send.requested != Some(true);
                it.class == Some(Class::Commercial) && capped
            }
            _ => false,
        };
        res.extend(touches.filter(counts).map(|it| (*member, *it)));
    }
    res.sort_by_key(|(member, it)| (member.time_of(it).lo, it.id.span));
    res
}

/// The most messages that come within a span of time, each as early as it can. Of one journey no
/// more count than it sends to one person: its branches exclude each other.
fn densest<'p>(sent: &[Sent<'p>], window: Elapsed) -> Vec<Sent<'p>> {
    let mut best: Vec<Sent<'p>> = Vec::new();
    let mut end = 0;
    for (begin, first) in sent.iter().enumerate() {
        let from = first.0.time_of(&first.1).lo;
        while end < sent.len() && sent[end].0.time_of(&sent[end].1).lo - from < window {
            end += 1;
        }
        if end - begin > best.len() {
            let some = one_way(&sent[begin..end]);
            if some.len() > best.len() {
                best = some;
            }
        }
    }
    best
}

/// Of messages of one journey that stand in different ways of a branch or split, only those of one
/// way: the way with the most.
fn one_way<'p>(sent: &[Sent<'p>]) -> Vec<Sent<'p>> {
    let mut of: BTreeMap<&str, Vec<Sent<'p>>> = BTreeMap::new();
    for it in sent {
        of.entry(&it.0.journey.name.value).or_default().push(*it);
    }
    let mut res = Vec::new();
    for (_, sent) in of {
        let steps = sent.iter().map(|it| it.1.step.span).collect();
        let kept = on_one_way(sent[0].0.journey, &steps);
        res.extend(sent.into_iter().filter(|it| kept.contains(&it.1.step.span)));
    }
    res.sort_by_key(|(member, it)| (member.time_of(it).lo, it.id.span));
    res
}

fn report(
    life: &Life<'_>,
    sent: &[Sent<'_>],
    (limit, words): (u32, &str),
    when_full: Option<WhenFull>,
    out: &mut Findings,
) {
    let Some((_, last)) = sent.get(limit as usize) else {
        return;
    };
    let count = sent.len();
    let message = format!(
        "up to {count} commercial messages in {words} after `{}`",
        life.event
    );
    let why = match when_full {
        Some(WhenFull::Skip) => "what is above the cap is dropped, and nobody chose which",
        Some(WhenFull::Queue) => "what is above the cap comes later than it was meant to",
        None => "whoever is written to so often stops reading, or unsubscribes from everything",
    };
    let mut finding = out
        .fail(last.id.span, message)
        .subject(format!("{} {words}", life.event))
        .label(format!("the first one above {limit} in {words}"))
        .why(why)
        .help("spread them, drop one, or let one journey wait for the other's end (`next`)")
        .witness(Some(life.witness(sent)));
    for (member, it) in sent
        .iter()
        .filter(|(_, it)| it.id.span != last.id.span)
        .take(6)
    {
        let text = format!("also sent, by `{}`", member.journey.name.value);
        finding = finding.related(it.id.span, text);
    }
}
