//! What everybody who has paid is owed, and which journey fails to give it.
//!
//! In: the journeys that begin at a payment, or wait for one. Out: for each payment event at most
//! one journey to blame. Invariant: nobody is blamed for what another journey of the same event does
//! in time for the same people. Not done here: words and thresholds, which are each rule's own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::graph::{
    Bound, Deadline, Elapsed, Graph, Lens, Marks, Node, NodeId, NodeKind, Origin, Path,
};
use crate::model::{
    Comparison, Condition, Expr, ExprKind, Journey, Literal, Milestone, Name, Project, Purpose,
    Stage, Step,
};
use crate::source::{Span, Spanned};

use super::asks::place;
use super::catalogue;
use super::context::LintContext;
use super::findings::{Finding, Findings};
use crate::model::reason::Vocabulary;

/// Only who has paid comes by these.
const AFTER: [Milestone; 4] = [
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::Refunded,
    Milestone::ReturnRequested,
];

/// Help and news: what tells people after the purchase that somebody looks after them.
pub(crate) const FOLLOW_UPS: [Purpose; 5] = [
    Purpose::CheckIn,
    Purpose::SetupHelp,
    Purpose::StatusUpdate,
    Purpose::DelayNotice,
    Purpose::Apology,
];

/// How many conditions of journeys are held against one another; beyond, the first ones are.
const KINDS: usize = 32;

/// Of several journeys that fail the lowest is blamed: it comes nearest to doing what is owed.
type Rank = (bool, Bound, Elapsed, Reverse<Option<i32>>, Span);

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

/// How a journey that begins with a payment stands to each duty: what is known of it when its graph
/// has gone.
pub(crate) struct Stands {
    /// In the order of [`Duty::ALL`], each with the limit that it was judged by.
    of: [(Elapsed, Stand); Duty::ALL.len()],
}

/// How a journey stands to a duty, without the way that shows it.
#[derive(Clone, Copy)]
enum Stand {
    /// It never learns of the event.
    Apart,
    /// It does what is owed.
    Keeps,
    /// It does, but for the hour of a clock change.
    Barely,
    /// It does not.
    Breaks(Rank),
}

impl Stands {
    /// How a journey stands, by the repository's limits.
    pub(super) fn of<'p>(cx: &LintContext<'p>, journey: &'p Journey) -> Self {
        let graph = cx.graph(journey);
        let event = &*journey.trigger.event.value;
        let of = Duty::ALL.map(|duty| {
            let limit = catalogue::find(duty.rule()).map_or(Elapsed::ZERO, |it| cx.elapsed(it));
            let standing = stand_in(cx, &graph, journey, event, duty, limit);
            (limit, Stand::of(standing.as_ref()))
        });
        Self { of }
    }
}

impl Stand {
    fn of(standing: Option<&Standing<'_>>) -> Self {
        match standing {
            None => Self::Apart,
            Some(Standing::Keeps(None)) => Self::Keeps,
            Some(Standing::Keeps(Some(_))) => Self::Barely,
            Some(Standing::Breaks(it)) => Self::Breaks(it.rank()),
        }
    }
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
            Self::FollowUp => any(&FOLLOW_UPS),
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
    let candidates = candidates(cx).into_iter();
    candidates
        .filter_map(|(event, journeys)| worst(cx, duty, limit, event, &journeys))
        .collect()
}

/// The ways on which a duty is kept only as long as no clock is changed, one for each payment event.
pub(crate) fn on_the_hour<'p>(
    cx: &LintContext<'p>,
    duty: Duty,
    limit: Elapsed,
) -> Vec<(Arc<Graph<'p>>, Path)> {
    let mut found = Vec::new();
    for (event, journeys) in candidates(cx) {
        for journey in journeys {
            match briefly(cx, journey, event, duty, limit) {
                Stand::Apart | Stand::Breaks(_) => continue,
                Stand::Keeps => {}
                Stand::Barely => {
                    if let Some(Standing::Keeps(it)) = stand(cx, journey, event, duty, limit) {
                        found.extend(it);
                    }
                }
            }
            if condition(journey).is_none() {
                break;
            }
        }
    }
    found
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
            it.walk().any(|(step, _)| {
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

/// For each payment event the journeys that may do what is owed after it: those that it starts, or
/// else those that wait for it.
fn candidates<'p>(cx: &LintContext<'p>) -> Vec<(&'p str, Vec<&'p Journey>)> {
    let mut all = started(cx);
    let is_alone = |(event, journeys): &(&str, Vec<_>)| {
        let declared = cx.project().event(event);
        journeys.is_empty() && declared.is_some_and(|it| it.ignored.is_none())
    };
    let alone: BTreeSet<&str> = all
        .iter()
        .filter(|it| is_alone(it))
        .map(|it| it.0)
        .collect();
    if alone.is_empty() {
        return all;
    }
    let mut waiting: BTreeMap<&str, Vec<&'p Journey>> = BTreeMap::new();
    for journey in cx.journeys() {
        let steps = journey.walk();
        let awaited: BTreeSet<&str> = steps
            .filter_map(|(step, _)| match &step.value {
                Step::WaitFor(it) => alone.get(&*it.event.value).copied(),
                _ => None,
            })
            .collect();
        for event in awaited {
            waiting.entry(event).or_default().push(journey);
        }
    }
    for (event, journeys) in &mut all {
        journeys.extend(waiting.remove(event).into_iter().flatten());
    }
    all
}

/// Whether a journey begins with a payment.
pub(crate) fn begins_with_payment(project: &Project, journey: &Journey) -> bool {
    let event = project.event(&journey.trigger.event.value);
    let milestone = event.and_then(|it| it.milestone);
    milestone.is_some_and(|it| it.value == Milestone::Payment)
}

/// For each payment event the journeys that it starts.
pub(crate) fn started<'p>(cx: &LintContext<'p>) -> Vec<(&'p str, Vec<&'p Journey>)> {
    let events = cx.project().events_of(Milestone::Payment);
    let mut all: BTreeMap<&str, Vec<&'p Journey>> =
        events.map(|it| (&*it.value, Vec::new())).collect();
    for journey in cx.journeys() {
        if let Some(known) = all.get_mut(&*journey.trigger.event.value) {
            known.push(journey);
        }
    }
    all.into_iter().collect()
}

fn worst<'p>(
    cx: &LintContext<'p>,
    duty: Duty,
    limit: Elapsed,
    event: &'p str,
    candidates: &[&'p Journey],
) -> Option<Broken<'p>> {
    let mut keepers: Vec<&Expr> = Vec::new();
    // Graphs of thousands of journeys at once would weigh too much.
    let mut failures: Vec<(Rank, &Journey)> = Vec::new();
    let words = Vocabulary::of(cx.project(), candidates.first()?);
    for journey in candidates.iter().copied() {
        match briefly(cx, journey, event, duty, limit) {
            Stand::Keeps | Stand::Barely if !hears_of(journey, event) => {}
            Stand::Keeps | Stand::Barely => match condition(journey) {
                Some(it) if keepers.len() < KINDS => keepers.push(it),
                Some(_) => {}
                None => return None,
            },
            Stand::Breaks(rank) => failures.push((rank, journey)),
            Stand::Apart => {}
        }
    }
    // Whom the others look after, nobody else has to.
    failures.retain(|(_, it)| {
        let own = condition(it).map(|it| (it, true));
        words.possible(own.into_iter().chain(keepers.iter().map(|it| (*it, false))))
    });
    let (_, best) = failures.into_iter().min_by_key(|it| it.0)?;
    match stand(cx, best, event, duty, limit)? {
        Standing::Breaks(it) => Some(*it),
        Standing::Keeps(_) => None,
    }
}

/// Whether somebody may get into a journey who gets into none of the others, which begin with the same
/// event.
pub(crate) fn is_left_alone(project: &Project, journey: &Journey, others: &[&Journey]) -> bool {
    let conditions: Option<Vec<&Expr>> = others.iter().map(|it| condition(it)).collect();
    let Some(conditions) = conditions else {
        return false;
    };
    let own = condition(journey).map(|it| (it, true));
    let others = conditions.into_iter().take(KINDS).map(|it| (it, false));
    Vocabulary::of(project, journey).possible(own.into_iter().chain(others))
}

/// Whether all people of a journey hear of an event: it lets them in, or they wait for it, whichever way they
/// go.
fn hears_of(journey: &Journey, event: &str) -> bool {
    let waits =
        |it: &Spanned<Step>| matches!(&it.value, Step::WaitFor(it) if *it.event.value == *event);
    *journey.trigger.event.value == *event || journey.steps.iter().any(waits)
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

/// How a journey stands to a duty, in short; its graph is only made where it waits for the event, or
/// where the limit is not the repository's.
fn briefly<'p>(
    cx: &LintContext<'p>,
    journey: &'p Journey,
    event: &'p str,
    duty: Duty,
    limit: Elapsed,
) -> Stand {
    if *journey.trigger.event.value == *event {
        let known = cx.stands(journey);
        let at = Duty::ALL.iter().position(|it| *it == duty);
        if let Some((_, stand)) = at.map(|it| known.of[it]).filter(|it| it.0 == limit) {
            return stand;
        }
    }
    Stand::of(stand(cx, journey, event, duty, limit).as_ref())
}

/// How a journey stands to a duty; nothing if it never learns of the event.
fn stand<'p>(
    cx: &LintContext<'p>,
    journey: &'p Journey,
    event: &'p str,
    duty: Duty,
    limit: Elapsed,
) -> Option<Standing<'p>> {
    stand_in(cx, &cx.graph(journey), journey, event, duty, limit)
}

fn stand_in<'p>(
    cx: &LintContext<'p>,
    graph: &Arc<Graph<'p>>,
    journey: &'p Journey,
    event: &'p str,
    duty: Duty,
    limit: Elapsed,
) -> Option<Standing<'p>> {
    let origins: Vec<Origin> = if *journey.trigger.event.value == *event {
        vec![graph.origin(graph.entry())]
    } else {
        graph.origins_of(event)
    };
    if origins.is_empty() {
        return None;
    }
    let own = graph.marks(|id, node| graph.is_reachable(id) && duty.is_met_by(node));
    let standing = judge(journey, graph, event, &origins, &own, (duty, limit));
    if matches!(standing, Standing::Keeps(_)) {
        return Some(standing);
    }
    // Entering a journey that does so in time counts, if people are sent there soon enough.
    let entered = graph.marks(|id, node| match node.kind {
        NodeKind::Enter(name) => {
            let until = latest(graph, &origins, id, &own, duty);
            let left = until.finite().map(|it| limit - it);
            left.is_some_and(|it| it >= Elapsed::ZERO && enters(cx, name, duty, it))
        }
        _ => false,
    });
    if entered.is_empty() {
        return Some(standing);
    }
    let goal = own.and(&entered);
    Some(judge(journey, graph, event, &origins, &goal, (duty, limit)))
}

/// How long it takes at most until people who have not got it come by a node.
fn latest(graph: &Graph<'_>, origins: &[Origin], node: NodeId, own: &Marks, duty: Duty) -> Bound {
    let to = Marks::default().node(node);
    let around = own.clone().and(&excuses(graph));
    let latest = origins
        .iter()
        .filter_map(|it| graph.longest_around(it, &to, &around, duty.lens()))
        .map(|it| it.on_still_clocks());
    latest.max().unwrap_or(Bound::ZERO)
}

fn judge<'p>(
    journey: &'p Journey,
    graph: &Arc<Graph<'p>>,
    event: &'p str,
    origins: &[Origin],
    goal: &Marks,
    (duty, limit): (Duty, Elapsed),
) -> Standing<'p> {
    let excuses = excuses(graph);
    let mut barely = None;
    for origin in origins {
        let kept = |lens| graph.deadline(origin, goal, &excuses, lens);
        let deadline = kept(duty.lens());
        let Some(path) = deadline.broken_by(limit) else {
            continue;
        };
        if is_in_time(&deadline, limit) {
            barely.get_or_insert_with(|| (Arc::clone(graph), path.clone()));
            continue;
        }
        return Standing::Breaks(Box::new(Broken {
            journey,
            event,
            is_missing: deadline.missing.is_some(),
            is_partial: !goal.is_empty(),
            is_held: is_in_time(&kept(Lens::FREE), limit),
            path: path.clone(),
            limit,
            graph: Arc::clone(graph),
        }));
    }
    Standing::Keeps(barely)
}

/// Whether a deadline is kept, but for the hour of a clock change.
fn is_in_time(deadline: &Deadline, limit: Elapsed) -> bool {
    let worst = deadline
        .worst
        .as_ref()
        .map_or(Bound::ZERO, Path::on_still_clocks);
    deadline.missing.is_none() && worst <= Bound::Finite(limit)
}

/// Whether a journey fulfils a duty in time after people have been sent into it.
fn enters(cx: &LintContext<'_>, name: &Name, duty: Duty, limit: Elapsed) -> bool {
    let Some(journey) = cx.journey(&name.value) else {
        return false;
    };
    let graph = cx.graph(journey);
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
    fn rank(&self) -> Rank {
        let late = if self.is_missing {
            Bound::Endless
        } else {
            self.path.length()
        };
        let touches = self.graph.touchpoints();
        let first = touches.filter_map(|(id, _)| self.graph.earliest(id)).min();
        let first = first.unwrap_or(Elapsed(i64::MAX));
        let priority = Reverse(self.journey.priority);
        (self.is_missing, late, first, priority, self.journey.span())
    }

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
            (true, true) => format!("{due}, but the frequency cap may drop it"),
            (true, false) => format!("{due}, but it is held back"),
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
    if limit <= Elapsed::days(2) {
        limit.in_hours()
    } else {
        limit.to_string()
    }
}
