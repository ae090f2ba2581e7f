//! What everybody who has paid is owed, and which journey fails to give it.
//!
//! In: the journeys that begin at a payment, or wait for one. Out: for each payment event at most
//! one journey to blame. Invariant: nobody is blamed for what another journey of the same event does
//! in time for the same people. Not done here: words and thresholds, which are each rule's own.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::graph::{Bound, Deadline, Elapsed, Graph, Lens, Marks, Node, NodeKind, Origin, Path};
use crate::model::{
    Comparison, Condition, Expr, ExprKind, Journey, Literal, Milestone, Name, Purpose, Stage, Step,
};
use crate::source::Span;

use super::asks::place;
use super::context::LintContext;
use super::findings::{Finding, Findings};
use super::reason::Vocabulary;

/// Only who has paid comes by these.
const AFTER: [Milestone; 4] = [
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::Refunded,
    Milestone::ReturnRequested,
];

/// Something that is owed to everybody who has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    /// A word, whatever it is.
    AWord,
    /// What happens next.
    NextSteps,
    /// Thanks.
    Thanks,
    /// Something that delights.
    Delight,
    /// Help or news.
    FollowUp,
}

/// How a journey fails in a duty.
pub(crate) struct Broken<'p> {
    /// The journey.
    pub(crate) journey: &'p Journey,
    /// Its graph.
    pub(crate) graph: Arc<Graph<'p>>,
    /// The payment's event.
    pub(crate) event: &'p str,
    /// The worst way: too long, or without what is owed.
    pub(crate) path: Path,
    /// Whether the way ends without it.
    pub(crate) is_missing: bool,
    /// Whether some ways have it.
    pub(crate) is_partial: bool,
    /// Whether it would be kept without send window, quiet hours and cap.
    pub(crate) is_held: bool,
    /// By when it is owed.
    pub(crate) limit: Elapsed,
}

/// How a journey stands to a duty.
enum Standing<'p> {
    /// It does what is owed, in time. A path means: but for the hour of a clock change.
    Keeps(Option<(Arc<Graph<'p>>, Path)>),
    /// It does not.
    Breaks(Box<Broken<'p>>),
}

impl Duty {
    /// All of them, the heaviest first.
    pub(crate) const ALL: [Self; 5] = [
        Self::AWord,
        Self::NextSteps,
        Self::Thanks,
        Self::Delight,
        Self::FollowUp,
    ];

    /// The rule that watches over it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::AWord => "silence-after-payment",
            Self::NextSteps => "next-steps-after-payment",
            Self::Thanks => "thank-you-missing",
            Self::Delight => "wow-window",
            Self::FollowUp => "follow-up-within-7-days",
        }
    }

    /// Whether a step of a journey fulfils it.
    pub(crate) fn is_met_by(self, node: &Node<'_>) -> bool {
        let any = |purposes: &[Purpose]| purposes.iter().any(|it| node.has(*it));
        match self {
            Self::AWord => node.is_touchpoint(),
            Self::NextSteps => any(&[Purpose::NextSteps]),
            Self::Thanks => any(&[Purpose::ThankYou]),
            Self::Delight => {
                let gift = matches!(node.kind, NodeKind::Send(it) if it.gift == Some(true));
                gift || any(&[Purpose::Wow])
            }
            Self::FollowUp => any(&[
                Purpose::CheckIn,
                Purpose::SetupHelp,
                Purpose::StatusUpdate,
                Purpose::DelayNotice,
                Purpose::Apology,
            ]),
        }
    }

    /// A cap that drops a nicety because people hear enough from us does what it is for; a word
    /// after the payment and the next steps must not be dropped.
    fn lens(self) -> Lens {
        Lens {
            windows: true,
            caps: matches!(self, Self::AWord | Self::NextSteps),
        }
    }
}

/// The duties' failures, at most one for each payment event.
pub(crate) fn broken<'p>(cx: &LintContext<'p>, duty: Duty, limit: Elapsed) -> Vec<Broken<'p>> {
    // The journey that does it may be the one that cannot be read.
    if !cx.is_whole() {
        return Vec::new();
    }
    let events = cx.project().events_of(Milestone::Payment);
    events
        .filter_map(|event| worst(cx, duty, limit, &event.value))
        .collect()
}

/// The ways on which a duty is kept only as long as no clock is changed.
pub(crate) fn on_the_hour<'p>(
    cx: &LintContext<'p>,
    duty: Duty,
    limit: Elapsed,
) -> Vec<(Arc<Graph<'p>>, Path)> {
    let events = cx.project().events_of(Milestone::Payment);
    let journeys = events.flat_map(|event| {
        candidates(cx, &event.value)
            .into_iter()
            .map(move |it| (event, it))
    });
    journeys
        .filter_map(
            |(event, journey)| match stand(cx, journey, &event.value, duty, limit)? {
                Standing::Keeps(barely) => barely,
                Standing::Breaks(_) => None,
            },
        )
        .collect()
}

/// A journey that looks after customers although no event carries the milestone of the payment:
/// the declaration is missing, and the rules cannot be decided.
pub(crate) fn without_payment<'p>(cx: &LintContext<'p>) -> Option<&'p Journey> {
    let is_declared = cx.project().events_of(Milestone::Payment).next().is_some();
    if is_declared || !cx.is_whole() || !cx.program().lost.is_empty() {
        return None;
    }
    let project = cx.project();
    let sells = |it: &&Journey| {
        let event = project.event(&it.trigger.event.value);
        let milestone = event.and_then(|it| it.milestone);
        let after = it.stage.0.iter().any(|it| it.value == Stage::After);
        let receipts = || {
            it.walk().iter().any(|(step, _)| {
                let purposes = step.value.purposes();
                purposes.iter().any(|it| it.value == Purpose::Receipt)
            })
        };
        milestone.is_none() && (after || receipts())
    };
    let first = cx.journeys().find(sells);
    first.or_else(|| {
        let declared = AFTER
            .iter()
            .any(|it| project.events_of(*it).next().is_some());
        declared.then(|| cx.journeys().next()).flatten()
    })
}

/// The journeys that may do what is owed after an event: those that it starts, or else those that
/// wait for it.
fn candidates<'p>(cx: &LintContext<'p>, event: &str) -> Vec<&'p Journey> {
    let started: Vec<_> = cx
        .journeys()
        .filter(|it| &*it.trigger.event.value == event)
        .collect();
    if !started.is_empty() {
        return started;
    }
    let is_ignored = cx
        .project()
        .event(event)
        .is_some_and(|it| it.ignored.is_some());
    if is_ignored {
        return Vec::new();
    }
    let waits = |it: &&Journey| {
        let steps = it.walk();
        steps
            .iter()
            .any(|(step, _)| matches!(&step.value, Step::WaitFor(it) if *it.event.value == *event))
    };
    cx.journeys().filter(waits).collect()
}

fn worst<'p>(
    cx: &LintContext<'p>,
    duty: Duty,
    limit: Elapsed,
    event: &'p str,
) -> Option<Broken<'p>> {
    let mut keepers: Vec<&Expr> = Vec::new();
    let mut failures: Vec<Broken<'p>> = Vec::new();
    let mut words = None;
    for journey in candidates(cx, event) {
        words.get_or_insert(Vocabulary::of(cx.project(), journey));
        match stand(cx, journey, event, duty, limit) {
            Some(Standing::Keeps(_)) => match condition(journey) {
                Some(it) => keepers.push(it),
                None => return None,
            },
            Some(Standing::Breaks(it)) => failures.push(*it),
            None => {}
        }
    }
    let words = words?;
    // Whom the others look after, nobody else has to.
    failures.retain(|it| {
        let own = condition(it.journey).map(|it| (it, true));
        words.possible(own.into_iter().chain(keepers.iter().map(|it| (*it, false))))
    });
    failures.into_iter().min_by_key(|it| {
        let late = if it.is_missing {
            Bound::Endless
        } else {
            it.path.length()
        };
        let touches = it
            .graph
            .touchpoints()
            .filter_map(|(id, _)| it.graph.earliest(id));
        let first = touches.min().unwrap_or(Elapsed(i64::MAX));
        (
            it.is_missing,
            late,
            first,
            Reverse(it.journey.priority),
            it.journey.span(),
        )
    })
}

/// Who gets into a journey, if not everybody to whom its event happens. That something was paid at
/// all is no condition.
fn condition(journey: &Journey) -> Option<&Expr> {
    let filter: &Condition = journey.trigger.filter.as_ref()?;
    let expr = filter.parsed.as_ref().ok()?;
    (!is_some_amount(expr)).then_some(expr)
}

fn is_some_amount(expr: &Expr) -> bool {
    let ExprKind::Compare {
        operator,
        left,
        right,
    } = &expr.kind
    else {
        return false;
    };
    let zero = matches!(right.kind, ExprKind::Literal(Literal::Number(it)) if it == 0.0);
    let above = matches!(
        operator,
        Comparison::Greater | Comparison::NotEqual | Comparison::GreaterOrEqual
    );
    matches!(left.kind, ExprKind::Event(_)) && zero && above
}

/// How a journey stands to a duty; nothing if it never learns of the event.
fn stand<'p>(
    cx: &LintContext<'p>,
    journey: &'p Journey,
    event: &'p str,
    duty: Duty,
    limit: Elapsed,
) -> Option<Standing<'p>> {
    let graph = cx.graph(journey);
    cx.forget(journey);
    let goal = goal(cx, &graph, duty, limit);
    let excuses = excuses(&graph);
    let origins: Vec<Origin> = if *journey.trigger.event.value == *event {
        vec![graph.origin(graph.entry())]
    } else {
        graph.origins(Milestone::Payment)
    };
    let mut barely = None;
    let mut standing = None;
    for origin in &origins {
        let kept = |lens| graph.deadline(origin, &goal, &excuses, lens);
        let deadline = kept(duty.lens());
        let Some(path) = deadline.broken_by(limit) else {
            standing.get_or_insert(());
            continue;
        };
        if is_in_time(&deadline, limit) {
            barely.get_or_insert_with(|| path.clone());
            continue;
        }
        let path = path.clone();
        let broken = Broken {
            journey,
            event,
            is_missing: deadline.missing.is_some(),
            is_partial: !goal.is_empty(),
            is_held: is_in_time(&kept(Lens::FREE), limit),
            path,
            limit,
            graph: Arc::clone(&graph),
        };
        return Some(Standing::Breaks(Box::new(broken)));
    }
    let barely = barely.map(|it| (graph, it));
    (!origins.is_empty()).then_some(Standing::Keeps(barely))
}

/// Whether a deadline is kept, but for the hour of a clock change.
fn is_in_time(deadline: &Deadline, limit: Elapsed) -> bool {
    let worst = deadline
        .worst
        .as_ref()
        .map_or(Bound::ZERO, Path::on_still_clocks);
    deadline.missing.is_none() && worst <= Bound::Finite(limit)
}

/// The steps that fulfil a duty; entering a journey that does so in time counts.
fn goal(cx: &LintContext<'_>, graph: &Graph<'_>, duty: Duty, limit: Elapsed) -> Marks {
    graph.marks(|id, node| match node.kind {
        NodeKind::Enter(name) => enters(cx, name, duty, limit),
        _ => graph.is_reachable(id) && duty.is_met_by(node),
    })
}

fn enters(cx: &LintContext<'_>, name: &Name, duty: Duty, limit: Elapsed) -> bool {
    let Some(journey) = cx.program().journey(&name.value) else {
        return false;
    };
    let graph = cx.graph(journey);
    cx.forget(journey);
    let goal = graph.marks(|id, node| graph.is_reachable(id) && duty.is_met_by(node));
    let entry = graph.origin(graph.entry());
    is_in_time(
        &graph.deadline(&entry, &goal, &excuses(&graph), duty.lens()),
        limit,
    )
}

/// After these nothing is owed any more.
fn excuses(graph: &Graph<'_>) -> Marks {
    let refunded = graph.milestone(Milestone::Refunded);
    refunded.and(&graph.milestone(Milestone::ReturnRequested))
}

impl<'p> Broken<'p> {
    /// The node at which it is fulfilled, too late; nothing if it never is.
    pub(crate) fn late(&self) -> Option<&Node<'p>> {
        (!self.is_missing).then(|| self.graph.node(self.path.target()))
    }

    /// The place to point at: what comes too late, or else the event after which it is missing.
    pub(crate) fn place(&self) -> Span {
        let missing = || match self.path.start() {
            it if it == self.graph.entry() => self.journey.trigger.event.span,
            it => self.graph.node(it).span,
        };
        self.late().map_or_else(missing, place)
    }

    /// Begins the finding: at its place, with what is there and the worst way.
    pub(crate) fn report<'f>(&self, what: &str, out: &'f mut Findings) -> Finding<'f> {
        let id = self.late().and_then(Node::id).unwrap_or_default();
        let headline = match (
            self.is_missing,
            self.is_partial,
            self.path.on_still_clocks(),
        ) {
            (true, false, _) => format!("nobody who pays gets {what}"),
            (true, true, _) => format!("some who pay never get {what}"),
            (false, _, Bound::Endless) => format!("`{id}` may come any time after the payment"),
            (false, _, Bound::Finite(it)) => format!("`{id}` comes {it} after the payment"),
        };
        let due = format!("{what} should come within {}", spoken(self.limit));
        let label = match (self.is_held, self.is_missing) {
            (true, true) => format!("{due}, and the frequency cap may drop it"),
            (true, false) => format!("{due}, and it is held back"),
            (false, _) => due,
        };
        out.fail(self.place(), headline)
            .label(label)
            .subject(self.event)
            .witness(Some(self.graph.witness(&self.path)))
    }
}

/// A limit as people say it: 24 hours, but 7 days.
pub(crate) fn spoken(limit: Elapsed) -> String {
    if limit <= Elapsed::days(3) {
        limit.in_hours()
    } else {
        limit.to_string()
    }
}
