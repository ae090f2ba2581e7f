use crate::diagnostic::Level;
use crate::graph::{EdgeKind, Graph, Marks, Node, NodeKind, Path};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::received::{HAS_IT, is_told, path_before_receipt};
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{milestone_of, touchpoints_of};
use crate::model::{Condition, ExprKind, Journey, Milestone, Project, Purpose, Send};

rule! { AdvocacyTooSoon, id: "advocacy-too-soon", group: Coverage, level: Warning, docs: "advocacy_too_soon.md" }

impl Rule for AdvocacyTooSoon {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let project = cx.project();
        if !touchpoints_of(project, journey).any(|it| it.has(Purpose::AdvocacyAsk)) {
            return;
        }
        let graph = &*cx.graph(journey);
        let signals = Signals::of(project, graph);
        let mut undecided = false;
        for (id, node) in graph.with_purpose(Purpose::AdvocacyAsk) {
            if signals.at(journey, node) {
                continue;
            }
            let Some(path) = graph.path_around(&signals.marks, id) else {
                continue;
            };
            match path_before_receipt(graph, id) {
                Some(_) if is_told(project) => report_early(graph, node, &path, out),
                Some(_) => {
                    if !undecided && cx.is_whole() {
                        say_undecided(node, out);
                    }
                    undecided = true;
                }
                None => report_blind(graph, node, &path, out),
            }
        }
    }
}

/// What says that the customer is happy with what they have.
struct Signals<'p> {
    project: &'p Project,
    /// What the trigger's event means.
    begins: Option<Milestone>,
    /// After these edges the customer is known to be happy.
    marks: Marks,
}

impl<'p> Signals<'p> {
    fn of(project: &'p Project, graph: &Graph<'_>) -> Self {
        let mut res = Self {
            project,
            begins: graph.entry_milestone(),
            marks: graph.milestone(Milestone::FeedbackGiven),
        };
        for (id, edge) in graph.edges() {
            if let (EdgeKind::Way(number), NodeKind::Branch(branch)) =
                (edge.kind, graph.node(edge.from).kind)
                && let Some(way) = branch.when.get(number as usize)
                && res.shows(&way.condition)
            {
                res.marks = res.marks.edge(id);
            }
        }
        res
    }

    /// Whether the trigger or the step itself lets only happy people through.
    fn at(&self, journey: &Journey, node: &Node<'_>) -> bool {
        let own = match node.kind {
            NodeKind::Send(Send { only_if, .. }) => only_if.as_ref(),
            NodeKind::Task(it) => it.only_if.as_ref(),
            NodeKind::Touch(it) => it.only_if.as_ref(),
            _ => None,
        };
        let mut conditions = own.into_iter().chain(&journey.trigger.filter);
        self.begins == Some(Milestone::ReferredSignup) || conditions.any(|it| self.shows(it))
    }

    /// Whether a condition speaks of what the customer did with us: bought, received, answered.
    fn shows(&self, condition: &Condition) -> bool {
        let Ok(expr) = &condition.parsed else {
            return false;
        };
        let mut found = false;
        expr.walk(&mut |it| {
            found |= match &it.kind {
                ExprKind::History(it) => milestone_of(self.project, &it.event).is_some_and(|it| {
                    HAS_IT.contains(&it)
                        || matches!(it, Milestone::FeedbackGiven | Milestone::Payment)
                }),
                ExprKind::Event(_) => self.begins == Some(Milestone::FeedbackGiven),
                ExprKind::Clicked { .. } => true,
                _ => false,
            };
        });
        found
    }
}

fn report_early(graph: &Graph<'_>, node: &Node<'_>, path: &Path, out: &mut Findings) {
    let id = node.id().unwrap_or_default();
    out.fail(
        place(node),
        format!("`{id}` asks to tell friends about something unseen"),
    )
    .label("nothing on the way here says that they have it")
    .why("nobody recommends what they have not held in their hands; it sounds like a trick")
    .help(
        "ask later: begin with feedback, `trigger: {event: …, where: event.score >= 4}`, or wait for \
         the delivery and then ask those who answered kindly",
    )
    .witness(Some(graph.witness(path)));
}

fn report_blind(graph: &Graph<'_>, node: &Node<'_>, path: &Path, out: &mut Findings) {
    let id = node.id().unwrap_or_default();
    out.fail(
        place(node),
        format!("`{id}` asks everybody for a friend, happy or not"),
    )
    .level(Level::Note)
    .label("nothing on the way here says that they like it")
    .why("somebody whose parcel came broken is asked to recommend us")
    .help(
        "ask after a good sign: feedback with a good score, a second order, a click; for example \
         `if: contact.count(\"order_paid\") > 1`",
    )
    .witness(Some(graph.witness(path)));
}

fn say_undecided(node: &Node<'_>, out: &mut Findings) {
    let id = node.id().unwrap_or_default();
    let message = format!("nobody can tell whether `{id}` comes too early");
    let needs = "declare the event that says that the customer has it, for example \
                 `order_delivered: {milestone: delivered}`, and wait for it";
    out.undecided(place(node), message, needs)
        .label("no event carries `delivered`, `service_started` or `first_use`")
        .why("nobody recommends what they have not held in their hands");
}
