use crate::diagnostic::Level;
use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, NodeId, NodeKind, Path};
use crate::lint::answers::expected;
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::on_the_calendar;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{touchpoints, touchpoints_of};
use crate::model::{Journey, Jurisdiction, Milestone, Purpose, WaitUntil};

rule! { RenewalReminder, id: "renewal-reminder", group: Coverage, level: Warning, docs: "renewal_reminder.md" }

/// How long before a contract renews its notice comes.
const CONTRACT: Window = Window {
    what: "the renewal",
    nearest: Elapsed(15 * Elapsed::DAY.0),
    farthest: Elapsed(45 * Elapsed::DAY.0),
};

/// How long before a trial ends its notice comes.
const TRIAL: Window = Window {
    what: "the end of the trial",
    nearest: Elapsed(3 * Elapsed::DAY.0),
    farthest: Elapsed(21 * Elapsed::DAY.0),
};

/// How many dates and notices of a journey are looked at.
const MOST: usize = 8;

impl Rule for RenewalReminder {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let mut touchpoints = touchpoints_of(cx.project(), journey);
        if !touchpoints.any(|it| it.has(Purpose::RenewalNotice)) {
            return;
        }
        let level = level(cx.is_under(journey, Jurisdiction::UsCa));
        let graph = &*cx.graph(journey);
        let notices = graph.with_purpose(Purpose::RenewalNotice).map(|it| it.0);
        let notices: Vec<NodeId> = notices.take(MOST).collect();
        let leads: Vec<Lead<'_>> = notices.iter().flat_map(|it| leads(graph, *it)).collect();
        match (notices.first(), leads.first()) {
            (Some(notice), None) => say_undecided(graph, *notice, level, out),
            (_, Some(lead)) if !leads.iter().any(Lead::is_inside) => {
                report(graph, lead, level, out);
            }
            _ => {}
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() || cx.journeys().next().is_none() {
            return;
        }
        let reminds = |milestone: Milestone| {
            touchpoints(cx).any(|it| {
                let own = it.begins == Some(milestone) && it.has(Purpose::Reminder);
                own || it.has(Purpose::RenewalNotice)
            })
        };
        let ends = [Milestone::RenewalDue, Milestone::TrialEnd];
        let project = cx.project();
        let mut missing = expected(project, &ends).filter(|(_, _, it)| !reminds(*it));
        let Some((event, _, milestone)) = missing.next() else {
            return;
        };
        let what = window(milestone == Milestone::TrialEnd).what;
        let californian = project.jurisdictions.iter();
        let californian = californian
            .map(|it| it.value)
            .any(|it| it == Jurisdiction::UsCa);
        let mut finding = out
            .fail(event.span, format!("nobody is reminded before {what}"))
            .level(level(californian))
            .label(format!("a `{}` happens without a notice", milestone.word()))
            .why("they find the money gone from their account, and call it a trap")
            .help(
                "write a journey that waits for the date, `- wait_until: {id: …, date: contact.…, \
                 offset: -30d}`, and then sends a `renewal_notice`",
            );
        for (other, ..) in missing {
            finding = finding.related(other.span, "nor before this");
        }
    }
}

/// When a notice must come before a date.
#[derive(Clone, Copy)]
struct Window {
    what: &'static str,
    nearest: Elapsed,
    farthest: Elapsed,
}

/// How long before a date a notice comes.
struct Lead<'g> {
    notice: NodeId,
    wait: &'g WaitUntil,
    window: Window,
    least: Bound,
    most: Elapsed,
    path: Option<Path>,
}

impl Lead<'_> {
    /// A clock change may take an hour.
    fn is_inside(&self) -> bool {
        !self.is_late() && self.most <= self.window.farthest + Elapsed::HOUR
    }

    fn is_late(&self) -> bool {
        match self.least {
            Bound::Finite(it) => it + Elapsed::HOUR < self.window.nearest,
            // It may be held back for ever.
            Bound::Endless => true,
        }
    }
}

fn level(californian: bool) -> Level {
    if californian {
        Level::Error
    } else {
        Level::Warning
    }
}

fn window(trial: bool) -> Window {
    if trial { TRIAL } else { CONTRACT }
}

/// For each date after which a notice comes, without another date in between, how long before it.
fn leads<'g>(graph: &'g Graph<'_>, notice: NodeId) -> Vec<Lead<'g>> {
    let dates = graph.marks(|_, it| matches!(it.kind, NodeKind::WaitUntil(_)));
    let mut res = Vec::new();
    for date in dates.nodes().take(MOST) {
        let NodeKind::WaitUntil(wait) = graph.node(date).kind else {
            continue;
        };
        let begins = graph.leaving(date).map(|(_, it)| it.to);
        let Some(begin) = begins.filter(|it| !graph.node(*it).is_terminal()).last() else {
            continue;
        };
        let goal = Marks::default().node(notice);
        let (soonest, path) = if begin == notice {
            (Elapsed::ZERO, None)
        } else {
            let origin = graph.origin(begin);
            let all = goal.clone().and(&dates);
            let first = graph.gap(&origin, &all);
            let Some(first) = first.filter(|it| it.target() == notice && begin > date) else {
                continue;
            };
            let Bound::Finite(soonest) = first.length() else {
                continue;
            };
            let lens = Lens {
                windows: true,
                caps: false,
            };
            (soonest, graph.deadline(&origin, &goal, &dates, lens).worst)
        };
        let before = offset(wait);
        let latest = path.as_ref().map_or(Bound::ZERO, Path::length);
        let trial = graph.entry_milestone() == Some(Milestone::TrialEnd)
            || wait.date.text.value.contains("trial");
        res.push(Lead {
            notice,
            wait,
            window: window(trial),
            least: match latest {
                Bound::Finite(it) => Bound::Finite(before - it),
                Bound::Endless => Bound::Endless,
            },
            most: before - soonest,
            path,
        });
    }
    res
}

/// How long before its date a wait ends; negative if after.
fn offset(wait: &WaitUntil) -> Elapsed {
    let Some(offset) = &wait.offset else {
        return Elapsed::ZERO;
    };
    let by = on_the_calendar(offset.value.by);
    if offset.value.before {
        by
    } else {
        Elapsed::ZERO - by
    }
}

fn report(graph: &Graph<'_>, lead: &Lead<'_>, level: Level, out: &mut Findings) {
    let node = graph.node(lead.notice);
    let id = node.id().unwrap_or_default();
    let Window {
        what,
        nearest,
        farthest,
    } = lead.window;
    let (adverb, label, why) = match lead.least {
        Bound::Finite(it) if !lead.is_late() => (
            "early",
            format!("{it} before {what}"),
            "by the time it counts they have forgotten the notice",
        ),
        Bound::Finite(it) if it > Elapsed::ZERO => (
            "late",
            format!("as little as {it} before {what}"),
            "there is no time left to think, and none to cancel",
        ),
        _ => (
            "late",
            format!("it may come after {what}"),
            "there is no time left to think, and none to cancel",
        ),
    };
    out.fail(
        place(node),
        format!("`{id}` comes too {adverb} before {what}"),
    )
    .level(level)
    .label(label)
    .related(lead.wait.date.text.span, "the date that it is about")
    .why(why)
    .help(format!(
        "let it go out between {farthest} and {nearest} before {what}: change the `offset` of `{}`",
        lead.wait.id.value
    ))
    .witness(lead.path.as_ref().map(|it| graph.witness(it)));
}

fn say_undecided(graph: &Graph<'_>, notice: NodeId, level: Level, out: &mut Findings) {
    let node = graph.node(notice);
    let id = node.id().unwrap_or_default();
    let message = format!("nobody can tell how long before the date `{id}` comes");
    let needs = "wait for the date itself: `- wait_until: {id: …, date: contact.renewal_date, \
                 offset: -30d}`";
    out.undecided(place(node), message, needs)
        .level(level)
        .label("no `wait_until` stands before it")
        .why("a notice that comes too late to cancel is no notice");
}
