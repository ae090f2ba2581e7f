use crate::diagnostic::Level;
use crate::lint::asks::place;
use crate::lint::commercial::{adverts, is_advert_node};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rewrite::{Rewrite, Spot};
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::watched::carries;
use crate::model::{Class, Duration, Journey, Milestone, Name};
use crate::source::Span;

rule! {
    UnsubscribeNotHonouredInTime, id: "unsubscribe-not-honoured-in-time", group: Consent, level: Error,
    docs: "unsubscribe_not_honoured_in_time.md",
    limit: Limit::Duration(Duration { minutes: 48 * 60, days: 0, business_days: 0 }, &[])
}

const WHY: &str = "they said no, and the letters keep coming; the next click is \"report spam\"";

impl UnsubscribeNotHonouredInTime {
    /// An event that says goodbye, and the first message that can go out after it. Without such an
    /// event nobody can watch it; that is told once.
    fn goes_on<'p>(&self, cx: &LintContext<'p>, journey: &Journey) -> Option<(&'p Name, Span)> {
        let stops = |event: &Name| {
            journey.exits.iter().any(|it| {
                *it.on.value == *event.value
                    && it.only.is_none_or(|class| class == Class::Commercial)
            })
        };
        let mut goodbyes = cx.project().events_of(Milestone::Unsubscribed);
        let mut open = goodbyes.by_ref().filter(|it| !stops(it)).peekable();
        open.peek()?;
        let graph = &*cx.graph(journey);
        // What is on its way already may still go out in time.
        let patience = cx.elapsed(self.info());
        open.find_map(|event| {
            let exposed = graph.exposed_beyond(&event.value, patience);
            let mut adverts = graph
                .nodes()
                .filter(|it| is_advert_node(journey, it.1) && !graph.is_dropped(it.0));
            let (_, met) = adverts.find(|it| exposed.meets(it.0))?;
            Some((event, place(met)))
        })
    }
}

impl Rule for UnsubscribeNotHonouredInTime {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let adverts = adverts(journey);
        if adverts.is_empty() {
            return;
        }
        let name = &journey.name.value;
        let event = &journey.trigger.event;
        let graph = &*cx.graph(journey);
        let comes = |id: &Name| {
            let mut nodes = graph.nodes();
            nodes.any(|(at, it)| {
                it.id() == Some(&*id.value) && it.is_step() && graph.is_reachable(at)
            })
        };
        if carries(cx.project(), &event.value, Milestone::Unsubscribed) {
            let Some(first) = adverts.iter().find(|it| comes(it.id)) else {
                return;
            };
            out.fail(
                first.id.span,
                format!(
                    "`{}` goes to people who have just unsubscribed",
                    first.id.value
                ),
            )
            .label("a commercial message")
            .related(event.span, "lets in whoever unsubscribes")
            .why(WHY)
            .help(
                "send nothing commercial here; if law demands a notice, say `class: transactional`",
            );
            return;
        }
        let Some((unsubscribed, later)) = self.goes_on(cx, journey) else {
            return;
        };
        let exit = format!(
            "{{on: {}, only: commercial, reason: unsubscribed}}",
            unsubscribed.value
        );
        out.fail(
            journey.span(),
            format!("`{name}` goes on after somebody unsubscribes"),
        )
        .label("no exit watches it")
        .related(later, "still goes out")
        .why(WHY)
        .help(format!("add to `exits`: `- {exit}`"))
        .rewrite(
            "Let people out who unsubscribe",
            vec![Rewrite::Add {
                of: Spot::File(journey.span().file),
                key: "exits",
                entry: exit,
            }],
        );
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        let unsubscribe = project.policy.unsubscribe.as_ref();
        let within = unsubscribe.and_then(|it| it.value.processed_within.as_ref());
        if let Some(within) = within
            && on_the_calendar(within.value) > cx.elapsed(self.info())
        {
            out.fail(within.span, format!("unsubscribing takes {}", within.value))
                .label(format!("longer than {}", cx.duration(self.info())))
                .why(WHY)
                .help("take people off the list at once, or at least before the next day is over");
        }
        let mut watching = cx
            .journeys()
            .filter(|it| adverts(it).iter().any(|it| it.is_later));
        if cx.is_whole()
            && project.events_of(Milestone::Unsubscribed).next().is_none()
            && let Some(first) = watching.next()
        {
            let top = Span::start_of(project.brand.name.span.file);
            out.undecided(
                top,
                "nobody tells us when somebody unsubscribes",
                "an event with `milestone: unsubscribed`, and an exit on it in every journey with commercial mail",
            )
            .level(Level::Error)
            .related(first.span(), "sends commercial mail over some time")
            .why(WHY);
        }
    }
}
