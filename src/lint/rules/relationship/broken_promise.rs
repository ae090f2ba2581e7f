use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, NodeId, NodeKind, Path};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::on_the_calendar;
use crate::lint::rule::{Rule, rule};
use crate::model::{Duration, Journey, Promise, Send};

rule! {
    BrokenPromise, id: "broken-promise", group: Relationship, level: Warning, docs: "broken_promise.md",
}

impl Rule for BrokenPromise {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if journey.sends().all(|it| it.promises.is_empty()) {
            return;
        }
        let graph = &*cx.graph(journey);
        for (id, node) in graph.touchpoints() {
            if let NodeKind::Send(send) = node.kind {
                for promise in &send.promises {
                    check(graph, id, send, promise, out);
                }
            }
        }
    }
}

fn check(graph: &Graph<'_>, from: NodeId, send: &Send, promise: &Promise, out: &mut Findings) {
    let (id, what) = (&send.id.value, &promise.what.value);
    let Some(step) = &promise.step else {
        let message = format!("nobody can tell whether `{id}` keeps its promise");
        let needs = "name the step that keeps it, for example `step: dispatched`";
        out.undecided(promise.what.span, message, needs)
            .label("`step` is missing")
            .why("a promise that nobody watches is forgotten, but not by the customer")
            .subject(&**what);
        return;
    };
    let Some(keeper) = graph.find(&step.value) else {
        return;
    };
    let goal = Marks::default().node(keeper);
    let origin = graph.origin(from);
    let deadline = graph.deadline(&origin, &goal, &Marks::default(), Lens::AS_IS);
    let missing = deadline.missing.as_ref();
    // What people do takes some time after it has been given to them.
    let takes = match graph.node(keeper).kind {
        NodeKind::Task(it) => it.respond_within.as_ref(),
        _ => None,
    };
    let takes = takes.map_or(Elapsed::ZERO, |it| on_the_calendar(it.value));
    let broken: Option<(&Path, String)> = match (missing, &promise.within, &deadline.worst) {
        (Some(path), ..) => Some((path, format!("on this way `{}` never comes", step.value))),
        (None, Some(within), Some(path)) => {
            let length = path.length() + Bound::Finite(takes);
            let is_late = length > Bound::Finite(allowed(within.value, path));
            is_late.then(|| {
                (
                    path,
                    format!("`{}` may come only after {length}", step.value),
                )
            })
        }
        _ => None,
    };
    if let Some((path, label)) = broken {
        out.fail(
            promise.what.span,
            format!("`{id}` promises what the journey does not keep"),
        )
        .label(label)
        .related(step.span, "the step that keeps it")
        .why("a promise is remembered longer by those who got it than by those who made it")
        .help("let the step come in time on every way, or promise only what always happens")
        .subject(&**what)
        .witness(Some(graph.witness(path)));
    }
}

/// Days are days on the calendar, and a clock change breaks no promise.
fn allowed(within: Duration, path: &Path) -> Elapsed {
    let in_days = within.days > 0 || within.business_days > 0;
    let slack = if in_days && path.shifted {
        Elapsed::HOUR
    } else {
        Elapsed::ZERO
    };
    on_the_calendar(within) + slack
}
