use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::exclusion::windowed;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Journey};

rule! { BackfillOnLaunch, id: "backfill-on-launch", group: Logic, level: Warning, docs: "backfill_on_launch.md" }

impl Rule for BackfillOnLaunch {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let trigger = &journey.trigger;
        if trigger.enroll_existing != Some(true) || trigger.filter.as_ref().is_some_and(windowed) {
            return;
        }
        let graph = cx.graph(journey);
        let commercial = |it: &crate::graph::Node<'_>| it.class == Some(Class::Commercial);
        let Some((_, first)) = graph.touchpoints().find(|it| commercial(it.1)) else {
            return;
        };
        let id = first.id().unwrap_or_default();
        let event = &trigger.event.value;
        out.fail(
            trigger.event.span,
            format!("the launch writes to everybody who ever had `{event}`"),
        )
        .label("`enroll_existing: true`, and nothing says how long ago it may be")
        .related(place(first), format!("all of them get `{id}` in the same hour"))
        .why("people get a welcome for something they did years ago, and mailbox providers see a flood")
        .help(format!(
            "write `enroll_existing: false`, or let in the recent ones: `where: \
             contact.did(\"{event}\", within=\"14d\")`"
        ));
    }
}
