use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::graph::{Bound, Closed, EdgeKind, Elapsed, Hold, NodeKind, Path, Stop};
use crate::lint::context::LintContext;
use crate::lint::duties::{Broken, Duty, broken, spoken};
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::{catalogue, driver};
use crate::model::{Purpose, WhenFull};
use crate::source::Span;

rule! {
    WindowBreaksDeadline, id: "window-breaks-deadline", group: Timing, level: Warning, docs: "window_breaks_deadline.md",
    limit: Limit::Number(20.0, &[])
}

/// What holds a message back.
enum Culprit {
    /// The send window, quiet hours, or both: with the worst hold.
    Windows(Hold),
    /// The frequency cap drops it.
    Cap,
    /// The frequency cap lets it queue.
    Queue,
}

impl Rule for WindowBreaksDeadline {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let mut found: BTreeMap<Span, (Broken<'_>, Stop, Duty)> = BTreeMap::new();
        let least = cx.number(self.info()) / 100.0;
        // No slip means: by any time at all.
        let is_much = |it: &Broken<'_>| {
            slip(it).is_none_or(|slip| as_number(slip) > as_number(it.limit) * least)
        };
        for duty in Duty::ALL {
            let Some(info) = catalogue::find(duty.rule()) else {
                continue;
            };
            if driver::level_of(cx.project(), info).is_none() {
                continue;
            }
            for it in broken(cx, duty, cx.elapsed(info)) {
                if let Some(stop) = holding_stop(&it).filter(|_| it.is_held && is_much(&it)) {
                    let span = it.graph.node(stop.node).span;
                    // Of several deadlines that the message breaks, the shortest tells the story; of
                    // equal ones the one that asks for more.
                    let known = found.get(&span);
                    if known.is_none_or(|known| it.limit <= known.0.limit) {
                        found.insert(span, (it, stop, duty));
                    }
                }
            }
        }
        for (it, stop, duty) in found.into_values() {
            report(&it, stop, duty, slip(&it), out);
        }
    }
}

/// Where the message is held that comes too late, or is dropped.
fn holding_stop(it: &Broken<'_>) -> Option<Stop> {
    let holds = |stop: &&Stop| matches!(it.graph.node(stop.node).kind, NodeKind::Hold(_));
    it.path.stops.iter().rev().find(holds).copied()
}

/// By how much the deadline is broken; nothing if by any time at all.
fn slip(it: &Broken<'_>) -> Option<Elapsed> {
    let worst = it.path.on_still_clocks().finite()?;
    (!it.is_missing).then(|| worst - it.limit)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "seconds of a few years are exact"
)]
fn as_number(it: Elapsed) -> f64 {
    it.0 as f64
}

fn culprit(it: &Broken<'_>, stop: Stop) -> Culprit {
    let NodeKind::Hold(hold) = it.graph.node(stop.node).kind else {
        return Culprit::Cap;
    };
    let dropped = |path: &Path| {
        let mut edges = path.edges().map(|id| it.graph.edge(id).kind);
        edges.any(|it| it == EdgeKind::Capped)
    };
    if it.is_missing && dropped(&it.path) {
        Culprit::Cap
    } else if hold.both.nominal.hi == Bound::ZERO || queues(it, hold) {
        Culprit::Queue
    } else {
        Culprit::Windows(hold)
    }
}

/// Whether it waits for ever in the queue of the cap, and not because the hours never come.
fn queues(it: &Broken<'_>, hold: Hold) -> bool {
    let is_endless = it.path.length() == Bound::Endless;
    is_endless && hold.both.nominal.hi != Bound::Endless && hold.cap == Some(WhenFull::Queue)
}

fn report(it: &Broken<'_>, stop: Stop, duty: Duty, slip: Option<Elapsed>, out: &mut Findings) {
    let node = it.graph.node(stop.node);
    let id = node.id().unwrap_or_default();
    let limit = spoken(it.limit);
    let (headline, label, why) = match culprit(it, stop) {
        Culprit::Windows(hold) => {
            let name = match (hold.window.nominal.hi, hold.quiet.nominal.hi) {
                (_, Bound::ZERO) => "the send window",
                (Bound::ZERO, _) => "quiet hours",
                _ => "the send window and quiet hours",
            };
            let headline = match slip {
                Some(slip) => format!("{name} can make `{id}` {} late", slip.in_hours()),
                None => format!("{name} can hold `{id}` for ever"),
            };
            (headline, held_up(hold), story(it, stop, hold))
        }
        Culprit::Cap => (
            format!("the frequency cap can drop `{id}`"),
            "dropped for those who got other messages before".to_owned(),
            format!("it is due within {limit} of the payment, and some never get it"),
        ),
        Culprit::Queue => (
            format!("the frequency cap can hold `{id}` back"),
            "waits until there is room, whenever that is".to_owned(),
            format!("it is due within {limit} of the payment, and nobody knows when it comes"),
        ),
    };
    let finding = out
        .fail(crate::lint::asks::place(node), headline)
        .subject(duty.rule())
        .label(label)
        .why(why)
        .help(help(it, stop, duty))
        .witness(Some(it.graph.witness(&it.path)));
    if let Some(step) = node.step.filter(|it| !sells(it.value.purposes())) {
        let of = Spot::Step(step.span);
        let value = "transactional".to_owned();
        finding.suggest(
            format!("send `{id}` as service mail, at once"),
            vec![Rewrite::Set {
                of,
                key: "class",
                value,
            }],
        );
    }
}

fn sells(purposes: &[crate::source::Spanned<Purpose>]) -> bool {
    let offers = [Purpose::Offer, Purpose::CrossSell, Purpose::FeedbackRequest];
    purposes.iter().any(|it| offers.contains(&it.value))
}

fn held_up(hold: Hold) -> String {
    let Bound::Finite(longest) = hold.both.nominal.hi else {
        return "there is no minute in which it may go out".to_owned();
    };
    let mut text = format!("waits up to {}", longest.in_hours());
    if let Some(it) = hold.closed {
        let _ = write!(
            text,
            ", {} to {}",
            it.clock(0, false),
            it.clock(it.minutes, false)
        );
    }
    if hold.both.late {
        let _ = write!(
            text,
            "; {} when clocks go back, {} when they go forward",
            (longest + Elapsed::HOUR).in_hours(),
            (longest - Elapsed::HOUR).in_hours()
        );
    }
    text
}

/// What happens to somebody who comes by half an hour after the window has closed.
fn story(it: &Broken<'_>, stop: Stop, hold: Hold) -> String {
    const LATE: i64 = 30;
    let limit = spoken(it.limit);
    let Some(closed) = hold.closed.filter(|it: &Closed| it.minutes > LATE) else {
        return format!("it is due within {limit} of the payment");
    };
    let before = stop.at.finite().unwrap_or_default();
    let waited = Elapsed::minutes(closed.minutes - LATE);
    let (from, to) = (
        closed.clock(LATE, false),
        closed.clock(closed.minutes, false),
    );
    let mut text = if before == Elapsed::ZERO {
        format!(
            "for a payment on {from} it leaves on {to}, {} later instead of within {limit}",
            waited.in_hours()
        )
    } else {
        format!(
            "who comes here on {from} gets it on {to}, {} later and {} after the payment instead of {limit}",
            waited.in_hours(),
            (before + waited).in_hours()
        )
    };
    if closed.daily {
        text = text.replace(" on ", " at ");
    }
    if hold.both.late {
        let _ = write!(
            text,
            "; {} over the night in which clocks go back, {} when they go forward",
            (waited + Elapsed::HOUR).in_hours(),
            (waited - Elapsed::HOUR).in_hours()
        );
    }
    text
}

fn help(it: &Broken<'_>, stop: Stop, duty: Duty) -> String {
    let sells_something = it
        .graph
        .node(stop.node)
        .step
        .is_some_and(|it| sells(it.value.purposes()));
    let rule = duty.rule();
    if sells_something {
        format!(
            "move what is due into a message of its own with `class: transactional`; `{rule}` needs it in time"
        )
    } else {
        format!(
            "write `class: transactional`, or `bypass_window: true` if it is commercial; `{rule}` needs it in time"
        )
    }
}
