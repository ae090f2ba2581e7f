use crate::diagnostic::Level;
use crate::graph::{Bound, Elapsed, Graph, Lens, Marks, Node, NodeId, Path};
use crate::lint::asks::{about, any_asks, events_in, original, place, requests, send_of};
use crate::lint::context::LintContext;
use crate::lint::duties::spoken;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Class, Duration, Journey, Milestone, Send};

rule! {
    RepeatedFeedbackRequest, id: "repeated-feedback-request", group: Feedback, level: Error,
    docs: "repeated_feedback_request.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 7, business_days: 0 }, &[])
}

/// After so long it is another question, about another time.
const FORGOTTEN: Elapsed = Elapsed(90 * Elapsed::DAY.0);

/// What is looked at in one journey.
struct Look<'g, 'm> {
    cx: &'g LintContext<'m>,
    journey: &'g Journey,
    graph: &'g Graph<'m>,
    /// All requests, reminders included.
    all: Vec<(NodeId, Option<&'g Send>)>,
    /// A new delivery between two requests makes them two matters.
    arrivals: Marks,
    limit: Elapsed,
}

impl Rule for RepeatedFeedbackRequest {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !any_asks(journey) {
            return;
        }
        let graph = &*cx.graph(journey);
        let look = Look {
            cx,
            journey,
            graph,
            all: requests(journey, graph)
                .map(|(id, it)| (id, send_of(it)))
                .collect(),
            arrivals: graph
                .milestone(Milestone::Delivered)
                .and(&graph.milestone(Milestone::ServiceStarted)),
            limit: cx.elapsed(self.info()),
        };
        look.repeats(out);
        look.reminders(out);
    }
}

impl<'g, 'm> Look<'g, 'm> {
    fn node(&self, id: NodeId) -> &'g Node<'m> {
        self.graph.node(id)
    }

    fn name(&self, id: NodeId) -> &'m str {
        self.node(id).id().unwrap_or_default()
    }

    /// What a request is about, as a word.
    fn subject(&self, send: Option<&'g Send>) -> Option<&'g str> {
        send.and_then(|it| about(self.journey, it))
            .map(|it| &*it.value)
    }

    /// The shortest way from one step to others on which they are about the same matter.
    fn again(&self, from: NodeId, to: &Marks) -> Option<Path> {
        let origin = self.graph.origin(from);
        let path = if self.may_have_it(from) {
            self.graph.gap(&origin, to)?
        } else {
            self.graph.gap_around(&origin, to, &self.arrivals)?
        };
        (path.on_still_clocks() < Bound::Finite(FORGOTTEN)).then_some(path)
    }

    /// Whether the frequency cap counts a message.
    fn is_capped(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let bypasses = send_of(node).is_none_or(|it| it.bypass_window == Some(true));
        node.class == Some(Class::Commercial) && !bypasses
    }

    /// How long after a message the frequency cap lets no other through.
    fn alone(&self) -> Elapsed {
        let Some(cap) = &self.cx.project().policy.frequency_cap else {
            return Elapsed::ZERO;
        };
        let it = &cap.commercial;
        let spans = [(it.per_day, 1), (it.per_week, 7), (it.per_month, 30)];
        let only = spans.iter().filter(|it| it.0.is_some_and(|it| it <= 1));
        Elapsed::days(only.map(|it| it.1).max().unwrap_or(0))
    }

    /// Whether what a later step waits for may have arrived before this one: nobody waits for what has
    /// already come, and then both ask about the same.
    fn may_have_it(&self, node: NodeId) -> bool {
        let not_yet = self
            .graph
            .not_yet(Milestone::Delivered)
            .and(&self.graph.not_yet(Milestone::ServiceStarted));
        let to = Marks::default().node(node);
        let since = self.graph.last_of(&not_yet, Lens::AS_IS, |_| false);
        let unseen = since
            .iter()
            .filter_map(|it| self.graph.longest_around(it, &to, &not_yet, Lens::AS_IS));
        unseen.map(|it| it.length()).any(|it| it > Bound::ZERO)
    }

    /// Requests that follow another and do not say that they remind of it.
    fn repeats(&self, out: &mut Findings) {
        let is_original = |send: Option<&Send>| send.is_none_or(|it| it.reminder_of.is_none());
        let originals: Vec<_> = self.all.iter().filter(|it| is_original(it.1)).collect();
        let mut told = Marks::default();
        for (first, send) in &originals {
            let same = originals
                .iter()
                .filter(|it| self.subject(it.1) == self.subject(*send));
            let same = same.fold(Marks::default(), |all, it| all.node(it.0));
            let Some(path) = self.again(*first, &same) else {
                continue;
            };
            let second = path.target();
            if told.has_node(second) {
                continue;
            }
            told = told.node(second);
            self.report_repeat(*first, second, &path, originals.len() > 2, out);
        }
    }

    fn report_repeat(
        &self,
        first: NodeId,
        second: NodeId,
        path: &Path,
        many: bool,
        out: &mut Findings,
    ) {
        let (before, name) = (self.name(first), self.name(second));
        let gap = path
            .on_still_clocks()
            .finite()
            .map_or_else(String::new, spoken);
        let message = if first == second {
            format!("`{name}` asks again in every round, {gap} later")
        } else {
            format!("`{name}` asks again, {gap} after `{before}`")
        };
        // Two questions a good while apart may be meant as one with a reminder.
        let mild = !many && first != second && path.on_still_clocks() >= Bound::Finite(self.limit);
        let finding = out
            .fail(place(self.node(second)), message)
            .subject(before)
            .label("one question and one reminder are enough")
            .why("whoever did not answer hears that we did not notice; whoever did hears that we did not listen")
            .help(if many {
                "drop it: ask once, remind once, and then leave them in peace".to_owned()
            } else {
                format!(
                    "drop it, or make it the one reminder: `reminder_of: {before}`, {} later, and not for those \
                     who have answered",
                    spoken(self.limit)
                )
            })
            .witness(Some(self.graph.witness(path)));
        let finding = if mild {
            finding.level(Level::Warning)
        } else {
            finding
        };
        if first != second {
            finding.related(place(self.node(first)), "this asked first");
        }
    }

    fn reminders(&self, out: &mut Findings) {
        let mut undecided = false;
        for (id, send) in &self.all {
            let Some(send) = send.filter(|it| it.reminder_of.is_some()) else {
                continue;
            };
            let Some(original) = original(self.journey, send) else {
                continue;
            };
            if self.second_reminder(*id, original, out) || self.hasty_reminder(*id, original, out) {
                continue;
            }
            self.reminder_after_the_answer(*id, original, &mut undecided, out);
        }
    }

    /// A reminder after a reminder of the same.
    fn second_reminder(&self, id: NodeId, question: &Send, out: &mut Findings) -> bool {
        let same = |send: &Send| {
            let own = original(self.journey, send);
            own.is_some_and(|it| it.id.value == question.id.value)
        };
        let others = self.all.iter().filter(|it| it.1.is_some_and(same));
        let before = others.filter(|it| it.0 <= id).find_map(|it| {
            let path = self.again(it.0, &Marks::default().node(id))?;
            Some((it.0, path))
        });
        let Some((first, path)) = before else {
            return false;
        };
        let name = self.name(id);
        let message = format!("`{name}` is more than one reminder");
        let finding = out
            .fail(place(self.node(id)), message)
            .label(format!(
                "`{}` has been reminded of before",
                question.id.value
            ))
            .why("who did not answer twice has answered")
            .help("drop it: one question, one reminder, and then silence")
            .witness(Some(self.graph.witness(&path)));
        if first != id {
            finding.related(place(self.node(first)), "this was the reminder");
        }
        true
    }

    fn hasty_reminder(&self, id: NodeId, original: &Send, out: &mut Findings) -> bool {
        let Some(first) = self.graph.find(&original.id.value) else {
            return false;
        };
        // Where the cap lets one message through in a week, the reminder never comes sooner.
        if self.is_capped(first) && self.is_capped(id) && self.alone() >= self.limit {
            return false;
        }
        let Some(path) = self.again(first, &Marks::default().node(id)) else {
            return false;
        };
        if path.on_still_clocks() >= Bound::Finite(self.limit) {
            return false;
        }
        let gap = path
            .on_still_clocks()
            .finite()
            .map_or_else(String::new, spoken);
        out.fail(
            place(self.node(id)),
            format!("`{}` reminds after {gap} already", self.name(id)),
        )
        .level(Level::Warning)
        .label(format!("people may take {} to answer", spoken(self.limit)))
        .related(original.id.span, "the question")
        .why("nobody likes to be hurried to do somebody a favour")
        .help(format!(
            "wait {} between the question and its reminder",
            spoken(self.limit)
        ))
        .witness(Some(self.graph.witness(&path)));
        true
    }

    /// A reminder that also goes to those who have answered.
    fn reminder_after_the_answer(
        &self,
        id: NodeId,
        original: &Send,
        undecided: &mut bool,
        out: &mut Findings,
    ) {
        let project = self.cx.project();
        let name = self.name(id);
        let events = events_in(project, self.graph, Milestone::FeedbackGiven);
        if events.is_empty() {
            if !*undecided && self.cx.program().lost.is_empty() {
                let needs = "declare the event that says that somebody has answered, for example \
                             `review_given: {milestone: feedback_given}`";
                out.undecided(
                    place(self.node(id)),
                    format!("nobody can tell whether `{name}` goes to those who have answered"),
                    needs,
                )
                .label("no event carries the milestone `feedback_given`")
                .why("whoever has answered and is reminded all the same sees that nobody reads answers");
            }
            *undecided = true;
            return;
        }
        // There may be several kinds of answers; this one waits for one of them.
        let exposures = events
            .into_iter()
            .map(|it| self.graph.exposed(it, &[]).at(id));
        let exposures: Option<Vec<_>> = exposures.collect();
        let Some(exposure) = exposures.and_then(|it| it.into_iter().next()) else {
            return;
        };
        out.fail(
            place(self.node(id)),
            format!("`{name}` goes also to those who have answered"),
        )
        .label("nothing on the way here asks whether they have")
        .related(original.id.span, "the question")
        .why("whoever has answered and is reminded all the same sees that nobody reads answers")
        .help(format!(
            "write `unless: contact.did(\"{}\", since=entry)`, or send it in the `on_timeout` of a `wait_for`",
            exposure.event
        ))
        .witness(Some(self.graph.exposure_witness(&exposure)));
    }
}
