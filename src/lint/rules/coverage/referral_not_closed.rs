use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{Touchpoint, milestone_of, touchpoints};
use crate::model::{Milestone, Purpose, Step};

rule! { ReferralNotClosed, id: "referral-not-closed", group: Coverage, level: Note, docs: "referral_not_closed.md" }

impl Rule for ReferralNotClosed {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let Some(ask) = touchpoints(cx).find(|it| it.has(Purpose::AdvocacyAsk)) else {
            return;
        };
        let project = cx.project();
        let mut events = project.events_of(Milestone::ReferredSignup);
        let Some(event) = events.next() else {
            out.fail(ask.place(), "nobody hears of the friends who come")
                .label(format!("`{}` asks for a friend", ask.id()))
                .why("they brought us a customer, and not even a thank-you came back")
                .help(
                    "declare the event that tells of a friend, `friend_signed_up: {milestone: \
                     referred_signup}`, and thank the one who told them",
                );
            return;
        };
        let excused = std::iter::once(event).chain(events);
        let mut excused = excused.filter_map(|it| project.event(&it.value));
        if excused.any(|it| it.ignored.is_some()) || touchpoints(cx).any(|it| thanks(cx, &it)) {
            return;
        }
        out.fail(
            event.span,
            format!("`{}` happens, and the one who sent the friend hears nothing", event.value),
        )
        .label("no journey that hears of this says thank you")
        .related(ask.place(), "here they are asked for it")
        .why("they brought us a customer, and not even a thank-you came back")
        .help(format!(
            "write a journey with `trigger: {{event: {}}}` and a `thank_you`, or say here who does: \
             `ignored: …`",
            event.value
        ));
    }
}

/// Whether a touchpoint thanks somebody whose friend has come.
fn thanks(cx: &LintContext<'_>, touchpoint: &Touchpoint<'_>) -> bool {
    let gift = touchpoint.send().is_some_and(|it| it.gift == Some(true));
    if !gift && !touchpoint.has(Purpose::ThankYou) && !touchpoint.has(Purpose::Wow) {
        return false;
    }
    let waits = |step: &Step| match step {
        Step::WaitFor(it) => {
            milestone_of(cx.project(), &it.event.value) == Some(Milestone::ReferredSignup)
        }
        _ => false,
    };
    touchpoint.begins == Some(Milestone::ReferredSignup)
        || touchpoint.journey.walk().any(|(it, _)| waits(&it.value))
}
