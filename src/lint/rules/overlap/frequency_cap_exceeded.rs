use crate::graph::lives::{Life, Load, Member, Planned, bearable};
use crate::graph::{Elapsed, Interval};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::WhenFull;

rule! {
    FrequencyCapExceeded, id: "frequency-cap-exceeded", group: Overlap, level: Warning,
    docs: "frequency_cap_exceeded.md"
}

/// A touchpoint with the journey that makes it.
type Sent<'p> = (Member<'p>, Planned<'p>);

impl Rule for FrequencyCapExceeded {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let cap = cx.project().policy.frequency_cap.as_ref();
        let words = ["a day", "a week", "30 days"];
        let spans: Vec<_> = bearable(cx.project()).into_iter().zip(words).collect();
        for life in cx.lives() {
            let parties = life.parties(cx.project());
            // The most crowded party tells it; the others would say the same again.
            for (span, ((limit, window), words)) in spans.iter().enumerate() {
                let Some(limit) = *limit else { continue };
                let worst = parties
                    .iter()
                    .map(|it| densest(&loads(cx, it, span), *window))
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

/// A message of a journey at its earliest, with what can follow it.
struct Begun<'p, 't> {
    member: Member<'p>,
    at: Elapsed,
    touches: &'t [Planned<'p>],
    runs: &'t [Vec<(usize, Elapsed)>],
}

/// The messages of a party that count, journey by journey.
fn loads<'p, 't>(
    cx: &'t LintContext<'p>,
    party: &[Member<'p>],
    span: usize,
) -> Vec<Vec<Begun<'p, 't>>> {
    let of = |member: &Member<'p>| {
        let table = cx.timetable(member.journey);
        let begun = |it: &'t Load| Begun {
            member: *member,
            at: member.from.lo + it.at,
            touches: &table.touches,
            runs: &it.runs,
        };
        let loads: Vec<_> = table.loads[span].iter().map(begun).collect();
        loads
    };
    let journeys = party.iter().map(of);
    journeys.filter(|it| !it.is_empty()).collect()
}

/// The most messages that come within a span of time. Of each journey the first one comes at its
/// earliest, and the others as soon after it as they can.
fn densest<'p>(journeys: &[Vec<Begun<'p, '_>>], window: Elapsed) -> Vec<Sent<'p>> {
    let mut begins: Vec<Elapsed> = journeys.iter().flatten().map(|it| it.at).collect();
    begins.sort_unstable();
    begins.dedup();
    let most = |from: Elapsed| {
        journeys
            .iter()
            .filter_map(move |it| longest(it, from, window))
    };
    let count = |from: &Elapsed| most(*from).map(|it| it.1.len()).sum::<usize>();
    let Some(from) = begins.into_iter().rev().max_by_key(count) else {
        return Vec::new();
    };
    let mut res: Vec<Sent<'p>> = Vec::new();
    for (begun, run) in most(from) {
        for (touch, since) in run {
            let mut planned = begun.touches[*touch];
            planned.at = Interval::exactly(begun.at + *since - begun.member.from.lo);
            res.push((begun.member, planned));
        }
    }
    res.sort_by_key(|(member, it)| (member.time_of(it).lo, it.id.span));
    res
}

/// The longest run of messages of one journey that fits between two moments.
fn longest<'b, 'p, 't>(
    begun: &'b [Begun<'p, 't>],
    from: Elapsed,
    window: Elapsed,
) -> Option<(&'b Begun<'p, 't>, &'t [(usize, Elapsed)])> {
    let end = from + window;
    let inside = begun.iter().filter(|it| from <= it.at && it.at < end);
    let runs = inside.filter_map(|it| {
        let fits = |run: &&'t Vec<(usize, Elapsed)>| {
            run.last().is_some_and(|(_, since)| it.at + *since < end)
        };
        Some((it, &**it.runs.iter().find(fits)?))
    });
    runs.max_by_key(|it| (it.1.len(), std::cmp::Reverse(it.0.at)))
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
