use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Exit, Goal, Journey, Milestone, Program};

rule! { GoalExitConflict, id: "goal-exit-conflict", group: Logic, level: Warning, docs: "goal_exit_conflict.md" }

impl Rule for GoalExitConflict {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let Some(goal) = &journey.goal else { return };
        for exit in journey.exits.iter().filter(|it| it.only.is_none()) {
            if exit.on == goal.event {
                if ends_too_much(goal, exit) {
                    report_wider(goal, exit, out);
                    return;
                }
            } else if comes_before(cx.program(), journey, goal, exit) {
                report_earlier(goal, exit, out);
                return;
            }
        }
    }
}

/// Whether people leave on events that are not the goal though they have its name.
fn ends_too_much(goal: &Goal, exit: &Exit) -> bool {
    let text = |it: &Option<crate::model::Condition>| it.as_ref().map(|it| it.text.value.clone());
    goal.filter.is_some() && text(&goal.filter) != text(&exit.filter)
}

/// Whether everybody who comes to the goal has left before: the exit is a step on the way to it. Where
/// a journey that may follow begins with it, that one takes over.
fn comes_before(program: &Program, journey: &Journey, goal: &Goal, exit: &Exit) -> bool {
    let milestone = |name: &str| {
        let event = program.project.event(name);
        event
            .and_then(|it| it.milestone.as_ref())
            .map(|it| it.value)
    };
    let (Some(wanted), Some(left)) = (milestone(&goal.event.value), milestone(&exit.on.value))
    else {
        return false;
    };
    let taken_over = || {
        let next = journey
            .next
            .iter()
            .filter_map(|it| program.journey(&it.value));
        let mut triggers = next.map(|it| &it.trigger.event);
        triggers.any(|it| *it.value == *exit.on.value)
    };
    exit.filter.is_none() && way_to(wanted).contains(&left) && !taken_over()
}

/// What must happen before a milestone can.
fn way_to(milestone: Milestone) -> &'static [Milestone] {
    use Milestone::{ComplaintOpened, Delivered, Intent, Payment, ReturnRequested, ServiceStarted};
    match milestone {
        Milestone::Payment => &[Intent],
        Milestone::Delivered | Milestone::ServiceStarted => &[Intent, Payment],
        Milestone::FirstUse | Milestone::FeedbackGiven => {
            &[Intent, Payment, Delivered, ServiceStarted]
        }
        Milestone::ComplaintClosed => &[ComplaintOpened],
        Milestone::Refunded => &[Payment, ReturnRequested],
        _ => &[],
    }
}

fn report_wider(goal: &Goal, exit: &Exit, out: &mut Findings) {
    let event = &goal.event.value;
    out.fail(
        exit.on.span,
        format!("people leave on a `{event}` that is not the goal"),
    )
    .subject(&**event)
    .label("any such event ends the journey, the wrong ones as well")
    .related(goal.event.span, "the goal counts only some of them")
    .why("help stops before people are where the journey wanted to bring them, and reports call it a failure")
    .help("give the exit the `where` of the goal, or take the `where` from both");
}

fn report_earlier(goal: &Goal, exit: &Exit, out: &mut Findings) {
    let (on, wanted) = (&exit.on.value, &goal.event.value);
    out.fail(
        exit.on.span,
        format!("`{on}` ends the journey on the way to its goal"),
    )
    .subject(&**on)
    .label(format!("nobody comes to `{wanted}` without this"))
    .related(goal.event.span, "the goal")
    .why("help stops half-way, and the journey looks as if it never worked")
    .help(format!(
        "leave on `{wanted}` instead, or name under `next` the journey that begins with `{on}`"
    ));
}
