use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Channel, Journey, Milestone, Purpose, Send, Step};

rule! {
    SingleChannelDependency, id: "single-channel-dependency", group: Relationship, level: Note,
    docs: "single_channel_dependency.md",
}

impl Rule for SingleChannelDependency {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let mut critical = None;
        let mut more = 0;
        for journey in cx.journeys() {
            if falls_back(cx, journey) {
                return;
            }
            for send in journey.sends().filter(|it| is_critical(it)) {
                if critical.get_or_insert(send).id.span != send.id.span {
                    more += 1;
                }
            }
        }
        let Some(send) = critical else {
            return;
        };
        let id = &send.id.value;
        let label = match more {
            0 => "people rely on it".to_owned(),
            more => format!("people rely on it, and on {more} more like it"),
        };
        out.fail(send.id.span, format!("if mail to somebody comes back, nobody tells them what `{id}` says"))
            .label(label)
            .why("they have paid, a letter in their address is wrong, and they hear nothing at all")
            .help(
                "let an event with the milestone `bounced` start a journey that reaches people another way: \
                 a `task` by phone, or a `touch` by text message or post",
            );
    }
}

/// Whether people get into trouble without this mail.
fn is_critical(send: &Send) -> bool {
    send.purpose.values().any(|it| {
        matches!(
            it,
            Purpose::Confirmation
                | Purpose::Receipt
                | Purpose::NextSteps
                | Purpose::DelayNotice
                | Purpose::RenewalNotice
                | Purpose::LegalNotice
        )
    })
}

/// Whether a journey looks after people whose mail comes back, by anything but mail.
fn falls_back(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let event = cx.project().event(&journey.trigger.event.value);
    let milestone = event.and_then(|it| it.milestone.as_ref());
    let by_other = |it: &Step| match it {
        Step::Task(it) => it.channel != Channel::Email,
        Step::Touch(it) => it.channel != Channel::Email,
        _ => false,
    };
    milestone.is_some_and(|it| it.value == Milestone::Bounced)
        && journey.walk().any(|(it, _)| by_other(&it.value))
}
