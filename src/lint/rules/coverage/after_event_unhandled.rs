use crate::lint::answers::expected;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{handles_payment, is_young, listed};
use crate::model::{Milestone, Name, Profile};

rule! {
    AfterEventUnhandled, id: "after-event-unhandled", group: Coverage, level: Warning,
    docs: "after_event_unhandled.md"
}

/// What happens to an order after the payment; each time the customer wants to know.
const AFTER: [Milestone; 3] = [
    Milestone::Delivered,
    Milestone::ReturnRequested,
    Milestone::Refunded,
];

/// How many other events are pointed at.
const MOST: usize = 3;

impl Rule for AfterEventUnhandled {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || cx.journeys().next().is_none() {
            return;
        }
        let answers = cx.answers();
        let is_answered = |name: &Name| answers.get(&*name.value).is_some_and(|it| it.touched);
        let missing: Vec<(&Name, Milestone)> = expected(cx.project(), &AFTER)
            .filter(|(name, ..)| !is_answered(name))
            .map(|(name, _, milestone)| (name, milestone))
            .collect();
        report(&missing, out);
        say_undecided(cx, out);
    }
}

fn report(missing: &[(&Name, Milestone)], out: &mut Findings) {
    let [(first, milestone), others @ ..] = missing else {
        return;
    };
    let name = &first.value;
    let label = match milestone {
        Milestone::Delivered => "it has arrived, and nobody says a word",
        Milestone::Refunded => "the money goes back, and nobody says when it arrives",
        _ => "they want to send it back, and nobody tells them how",
    };
    let message = match others.len() {
        0 => format!("nobody writes to the customer at `{name}`"),
        1 => format!("nobody writes to the customer at `{name}` and one other event"),
        more => format!("nobody writes to the customer at `{name}` and {more} other events"),
    };
    let mut finding = out
        .fail(first.span, message)
        .label(label)
        .why("whoever hears nothing about parcel or money calls, doubts, and does not come back")
        .help(format!(
            "write a journey with `trigger: {{event: {name}}}`; if the shop system writes, show it \
             as a `touch` there, or say it here: `ignored: the shop system writes`"
        ));
    for (other, _) in others.iter().take(MOST) {
        finding = finding.related(other.span, "nor does anybody at this");
    }
}

/// What no event tells us, no journey can answer.
fn say_undecided(cx: &LintContext<'_>, out: &mut Findings) {
    if is_young(cx) || handles_payment(cx).is_none() {
        return;
    }
    let project = cx.project();
    let wanted: &[Milestone] = match project.profile {
        Profile::Ecommerce => &AFTER,
        Profile::Digital | Profile::Saas | Profile::Services | Profile::B2b => {
            &[Milestone::Refunded]
        }
    };
    let unknown = wanted.iter().copied();
    let unknown = unknown.filter(|it| project.events_of(*it).next().is_none());
    let unknown: Vec<&str> = unknown.map(Milestone::word).collect();
    let [first, ..] = unknown.as_slice() else {
        return;
    };
    let message = "nobody can tell what customers hear after they have paid";
    let needs = format!(
        "declare the event that says so, for example `order_{first}: {{milestone: {first}}}`; if \
         nobody needs to hear of it, add `ignored` with the reason"
    );
    out.undecided(project.brand.name.span, message, needs)
        .label(format!(
            "no event carries the milestone {}",
            listed(unknown.iter().copied())
        ))
        .why("what the shop never tells us happens to the customer all the same");
}
