use crate::lint::answers::{Answer, ends_at_purchase, expected};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::touchpoints;
use crate::model::{Milestone, Name, Purpose};

rule! { EventUnhandled, id: "event-unhandled", group: Coverage, level: Warning, docs: "event_unhandled.md" }

/// At these the customer waits for a word.
const WANTS_WORD: [Milestone; 3] = [
    Milestone::Payment,
    Milestone::ComplaintOpened,
    Milestone::Lapsed,
];

/// These must at least be known to some journey.
const WANTS_EAR: [Milestone; 5] = [
    Milestone::ServiceStarted,
    Milestone::FirstUse,
    Milestone::ComplaintClosed,
    Milestone::FeedbackGiven,
    Milestone::ReferredSignup,
];

/// How many other events are pointed at.
const MOST: usize = 6;

impl Rule for EventUnhandled {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || cx.journeys().next().is_none() {
            return;
        }
        let answers = cx.answers();
        let answer = |name: &Name| answers.get(&*name.value).copied().unwrap_or_default();
        // Other rules know more about a purchase that ends everything, and about friends.
        let bought = !ends_at_purchase(cx).is_empty();
        let asked = touchpoints(cx).any(|it| it.has(Purpose::AdvocacyAsk));
        let told = |it: Milestone| match it {
            Milestone::Payment => bought,
            Milestone::ReferredSignup => asked,
            _ => false,
        };
        let wanted = [&WANTS_WORD[..], &WANTS_EAR[..]].concat();
        let missing: Vec<(&Name, Milestone)> = expected(cx.project(), &wanted)
            .filter(|(name, _, milestone)| !told(*milestone) && !suffices(*milestone, answer(name)))
            .map(|(name, _, milestone)| (name, milestone))
            .collect();
        report(&missing, out);
    }
}

fn suffices(milestone: Milestone, answer: Answer) -> bool {
    if WANTS_WORD.contains(&milestone) {
        answer.touched
    } else {
        answer.heard
    }
}

fn report(missing: &[(&Name, Milestone)], out: &mut Findings) {
    let [(first, milestone), others @ ..] = missing else {
        return;
    };
    let name = &first.value;
    let message = match others.len() {
        0 => format!("no journey answers `{name}`"),
        1 => format!("no journey answers `{name}` and one other event"),
        more => format!("no journey answers `{name}` and {more} other events"),
    };
    let mut finding = out
        .fail(first.span, message)
        .label(format!(
            "this means `{}`, and nothing comes of it",
            milestone.word()
        ))
        .why("something happens in the customer's life with us, and we behave as if it had not")
        .help(format!(
            "write a journey with `trigger: {{event: {name}}}`, or say here why nothing needs to \
             come of it: `ignored: …`"
        ));
    for (other, _) in others.iter().take(MOST) {
        finding = finding.related(other.span, "nothing comes of this either");
    }
}
