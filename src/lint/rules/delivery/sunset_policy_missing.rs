use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey, Purpose, Send, Step};

rule! {
    SunsetPolicyMissing, id: "sunset-policy-missing", group: Delivery, level: Warning,
    docs: "sunset_policy_missing.md"
}

impl Rule for SunsetPolicyMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let cadence = cx.project().policy.cadence.as_ref();
        let is_said = cadence.is_some_and(|it| it.sunset_after.is_some());
        let ends = |it: &Journey| it.sends().any(|it| it.purpose.has(Purpose::SunsetNotice));
        if !cx.is_whole() || is_said || cx.journeys().any(ends) {
            return;
        }
        let Some((journey, send)) = cx.journeys().find_map(standing) else {
            return;
        };
        out.fail(send.id.span, format!("`{}` comes again and again, and nothing ends it", journey.name.value))
            .label("advertising that repeats")
            .why("mailboxes that nobody opens any more fill up; providers see it, and deliver worse to all others")
            .help("say when to stop: `policy.cadence.sunset_after: 180d`, and a journey with a `sunset_notice` that asks once")
            .subject(&*journey.name.value);
    }
}

/// The first advertising of a journey that comes again and again.
fn standing(journey: &Journey) -> Option<(&Journey, &Send)> {
    let repeated: Vec<_> = journey
        .walk()
        .filter_map(|(step, _)| match &step.value {
            Step::Repeat(_) => Some(step.span),
            _ => None,
        })
        .collect();
    let mut sends = journey
        .sends()
        .filter(|it| journey.class_of(it) == Class::Commercial);
    let found = sends.find(|send| {
        let at = send.id.span;
        let is_inside = repeated
            .iter()
            .any(|it| it.start <= at.start && at.end <= it.end);
        is_inside || send.purpose.has(Purpose::Newsletter)
    });
    found.map(|it| (journey, it))
}
