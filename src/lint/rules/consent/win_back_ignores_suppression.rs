use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Rule, rule};
use crate::lint::watched::{asks_for, stops_on};
use crate::model::{Journey, Milestone, Purpose};

rule! {
    WinBackIgnoresSuppression, id: "win-back-ignores-suppression", group: Consent, level: Error,
    docs: "win_back_ignores_suppression.md"
}

impl Rule for WinBackIgnoresSuppression {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let back = journey.sends().find(|it| it.purpose.has(Purpose::WinBack));
        let last = journey
            .sends()
            .find(|it| it.purpose.has(Purpose::SunsetNotice));
        let (send, milestones): (_, &[Milestone]) = match (back, last) {
            (Some(it), _) => (it, &[Milestone::ComplaintOpened, Milestone::Refunded]),
            (None, Some(it)) => (it, &[Milestone::ComplaintOpened]),
            (None, None) => return,
        };
        let project = cx.project();
        let let_in = journey.trigger.filter.as_ref();
        let open = milestones.iter().copied().filter(|it| {
            project.events_of(*it).next().is_some()
                && !stops_on(project, journey, *it)
                && !let_in.is_some_and(|condition| asks_for(project, condition, *it))
        });
        let events: Vec<&str> = open
            .filter_map(|it| project.events_of(it).next())
            .map(|it| &*it.value)
            .collect();
        if events.is_empty() {
            return;
        }
        let exits: Vec<String> = events
            .iter()
            .map(|it| format!("{{on: {it}, only: commercial}}"))
            .collect();
        let rewrites = exits.iter().map(|it| Rewrite::Add {
            of: Spot::File(journey.span().file),
            key: "exits",
            entry: it.clone(),
        });
        let names: Vec<String> = events.iter().map(|it| format!("`{it}`")).collect();
        let names = names.join(" and ");
        out.fail(send.id.span, format!("`{}` also goes to people who left in anger", send.id.value))
            .label(format!("nothing here watches {names}"))
            .related(journey.trigger.event.span, "lets them in")
            .why("who is still waiting for an answer, or wanted their money back, is asked why they stay away")
            .help(format!("add to `exits`: `- {}`", exits.join("` and `- ")))
            .rewrite("Leave out those whom we have let down", rewrites.collect());
    }
}
