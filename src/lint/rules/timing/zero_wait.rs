use std::collections::BTreeMap;

use crate::diagnostic::{Level, Witness};
use crate::graph::{Bound, Elapsed, Marks};
use crate::lint::context::LintContext;
use crate::lint::dead::on_entry_known;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::walk::{Visit, walk_from};
use crate::model::reason::{Facts, Vocabulary};
use crate::model::{
    Channel, Class, Duration, Journey, Name, Repeat, Send, Step, Steps, Touch, Wait, WaitFor,
};
use crate::source::Span;

rule! {
    ZeroWait, id: "zero-wait", group: Timing, level: Error, docs: "zero_wait.md",
    limit: Limit::Duration(Duration { minutes: 60, days: 0, business_days: 0 }, &[])
}

impl Rule for ZeroWait {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            match &step.value {
                Step::Wait(it) => no_wait(it, step.span, out),
                Step::WaitFor(it) => no_timeout(it, out),
                _ => {}
            }
        }
        let mut flow = Flow {
            journey,
            limit: shortest(cx.duration(self.info())),
            pairs: BTreeMap::new(),
        };
        flow.steps(&journey.steps, Vec::new());
        if !flow.pairs.is_empty() {
            report_pairs(cx, journey, flow.pairs, out);
        }
    }
}

fn no_wait(wait: &Wait, step: Span, out: &mut Findings) {
    let Some(duration) = wait.duration.filter(|it| it.value.is_zero()) else {
        return;
    };
    if wait.at.is_none() && wait.on.is_empty() {
        out.fail(duration.span, "this waits for no time at all")
            .label("zero")
            .why("what was meant to come later comes in the same minute")
            .help("write how long to wait, for example `wait: 1d`, or remove the step")
            .rewrite("remove the wait", vec![Rewrite::Remove { entry: step }]);
    }
}

fn no_timeout(wait: &WaitFor, out: &mut Findings) {
    if let Some(timeout) = wait.timeout.filter(|it| it.value.is_zero()) {
        let message = format!("`{}` gives up at once", wait.id.value);
        out.fail(timeout.span, message)
            .label("zero")
            .why(format!(
                "nobody has the time to do what `{}` waits for",
                wait.event.value
            ))
            .help("write how long to wait, for example `timeout: 3d`");
    }
}

/// A message that may just have gone out.
#[derive(Debug, Clone, Copy)]
struct Sent<'j> {
    id: &'j Name,
    span: Span,
    channel: Channel,
    class: Class,
    /// Whether some people do not get it.
    conditional: bool,
}

/// A message, and the shortest time since.
#[derive(Debug, Clone)]
struct Recent<'j> {
    sent: Sent<'j>,
    /// Whether it went out in an earlier round.
    again: bool,
    /// The attributes that have been written since.
    written: Vec<&'j str>,
    /// Seconds.
    gap: i64,
    /// Whether that is always so, and not only for those who come by shortly before a time of day.
    certain: bool,
}

/// Two messages that may come close together: by place of the second, then of the first.
type Pairs<'j> = BTreeMap<(Span, Span), (Recent<'j>, Sent<'j>)>;

/// Looks for messages that follow one another too closely. Only written waits are measured: after an
/// event of the customer's own, or at a date, a message may come soon after another.
struct Flow<'j> {
    journey: &'j Journey,
    limit: i64,
    pairs: Pairs<'j>,
}

impl<'j> Flow<'j> {
    fn steps(&mut self, steps: &'j Steps, recent: Vec<Recent<'j>>) -> Option<Vec<Recent<'j>>> {
        let mut recent = recent;
        for step in steps {
            recent = self.step(&step.value, step.span, recent)?;
        }
        Some(recent)
    }

    /// The recent messages after a step; nothing if nobody goes on.
    fn step(
        &mut self,
        step: &'j Step,
        span: Span,
        mut recent: Vec<Recent<'j>>,
    ) -> Option<Vec<Recent<'j>>> {
        match step {
            Step::Send(it) => self.sent(self.mail(it, span), &mut recent),
            Step::Touch(it) => self.sent(self.touch(it, span), &mut recent),
            Step::Wait(it) => {
                let known = it.duration.is_some_and(|it| !it.value.is_zero());
                let clock = it.at.is_some() || !it.on.is_empty();
                let gap = it.duration.map_or(0, |it| shortest(it.value));
                self.pass(gap, known || !clock, &mut recent);
            }
            Step::WaitUntil(_) => recent.clear(),
            Step::WaitFor(it) => return Some(self.wait_for(it, recent)),
            Step::Branch(it) => {
                let ways = it.when.iter().map(|it| Some(&it.steps));
                let ways: Vec<_> = ways.chain([it.otherwise.as_ref()]).collect();
                return self.ways(&ways, &recent);
            }
            Step::Split(it) => {
                let arms: Vec<_> = it.arms.values().map(|it| Some(&it.steps)).collect();
                return self.ways(&arms, &recent);
            }
            Step::Repeat(it) => return self.repeat(it, recent),
            Step::Exit(_) => return None,
            Step::Set(it) => {
                for before in &mut recent {
                    before.written.push(&it.attribute.value);
                }
            }
            Step::Task(_) | Step::Enter(_) => {}
        }
        Some(recent)
    }

    fn mail(&self, send: &'j Send, span: Span) -> Sent<'j> {
        Sent {
            id: &send.id,
            span,
            channel: Channel::Email,
            class: self.journey.class_of(send),
            conditional: send.only_if.is_some() || send.unless.is_some(),
        }
    }

    fn touch(&self, touch: &'j Touch, span: Span) -> Sent<'j> {
        Sent {
            id: &touch.id,
            span,
            channel: touch.channel,
            class: touch.class.map_or(self.journey.class, |it| it.value),
            conditional: touch.only_if.is_some() || touch.unless.is_some(),
        }
    }

    fn sent(&mut self, sent: Sent<'j>, recent: &mut Vec<Recent<'j>>) {
        // Of rounds at the same moment `infinite-loop` has something worse to say.
        let rushes = |it: &Recent<'_>| it.again && it.gap == 0 && it.certain;
        let same = |it: &&Recent<'_>| it.sent.channel == sent.channel && !rushes(it);
        for before in recent.iter().filter(same) {
            let key = (sent.span, before.sent.span);
            let known = self.pairs.get(&key);
            if known.is_none_or(|(it, _)| (before.gap, !before.certain) < (it.gap, !it.certain)) {
                self.pairs.insert(key, (before.clone(), sent));
            }
        }
        recent.retain(|it| it.sent.channel != sent.channel || sent.conditional);
        recent.retain(|it| it.sent.span != sent.span);
        recent.push(Recent {
            sent,
            again: false,
            written: Vec::new(),
            gap: 0,
            certain: true,
        });
    }

    fn pass(&self, gap: i64, certain: bool, recent: &mut Vec<Recent<'j>>) {
        for it in recent.iter_mut() {
            it.gap += gap;
            it.certain &= certain;
        }
        recent.retain(|it| it.gap < self.limit);
    }

    fn wait_for(&mut self, wait: &'j WaitFor, mut recent: Vec<Recent<'j>>) -> Vec<Recent<'j>> {
        let Some(timeout) = &wait.timeout else {
            return Vec::new();
        };
        self.pass(shortest(timeout.value), true, &mut recent);
        match &wait.on_timeout {
            Some(steps) => self.steps(steps, recent).unwrap_or_default(),
            None => recent,
        }
    }

    /// Several ways from one place; a way without steps leads on at once.
    fn ways(
        &mut self,
        ways: &[Option<&'j Steps>],
        recent: &[Recent<'j>],
    ) -> Option<Vec<Recent<'j>>> {
        let mut res: Option<Vec<Recent<'j>>> = None;
        for way in ways {
            let end = match way {
                Some(steps) => self.steps(steps, recent.to_vec()),
                None => Some(recent.to_vec()),
            };
            let Some(end) = end else { continue };
            let met = res.get_or_insert_default();
            for it in end {
                match met.iter_mut().find(|other| other.sent.span == it.sent.span) {
                    Some(other) if it.gap < other.gap => *other = it,
                    Some(_) => {}
                    None => met.push(it),
                }
            }
        }
        res
    }

    /// Two rounds show every pair, the last message of one and the first of the next included.
    fn repeat(&mut self, repeat: &'j Repeat, recent: Vec<Recent<'j>>) -> Option<Vec<Recent<'j>>> {
        let first = self.steps(&repeat.steps, recent)?;
        if repeat.times.value < 2 {
            return Some(first);
        }
        let mut between = first;
        let every = repeat.every.map_or(0, |it| shortest(it.value));
        self.pass(every, true, &mut between);
        for before in &mut between {
            before.again = true;
        }
        self.steps(&repeat.steps, between)
    }
}

fn report_pairs(cx: &LintContext<'_>, journey: &Journey, pairs: Pairs<'_>, out: &mut Findings) {
    let mut known: BTreeMap<Span, Facts<'_>> = BTreeMap::new();
    walk_from(cx, journey, on_entry_known(cx, journey), &mut |visit| {
        if let Visit::Arrival(span, facts) = visit {
            known.insert(span, facts.clone());
        }
    });
    let mut words = Vocabulary::of(cx.project(), journey);
    if cx.is_entered(journey) {
        words = words.of_people_sent_in();
    }
    for (before, after) in pairs.into_values() {
        let (Some(first), Some(second)) = (known.get(&before.sent.span), known.get(&after.span))
        else {
            continue;
        };
        // What holds for those who got the first must fit those who get the second.
        let mut both = first.clone();
        for attribute in &before.written {
            both.forget(attribute);
        }
        if before.gap > 0 || !before.certain {
            both.age();
            // What time proves is known of the first moment, and not of the second.
            both.end();
        }
        both.learn_all(second);
        if both.contradiction(words, None).is_none() {
            let timeline = timeline(cx, journey, &before, after);
            report(&before, after, timeline, out);
        }
    }
}

/// The way on which they come so close, if the graph knows none that is closer for other reasons.
fn timeline(
    cx: &LintContext<'_>,
    journey: &Journey,
    before: &Recent<'_>,
    after: Sent<'_>,
) -> Option<Witness> {
    let graph = cx.graph(journey);
    let [first, second] = [before.sent, after].map(|it| graph.find(&it.id.value));
    let path = graph.gap(&graph.origin(first?), &Marks::default().node(second?))?;
    (path.length() == Bound::Finite(Elapsed(before.gap))).then(|| graph.witness(&path))
}

fn report(before: &Recent<'_>, after: Sent<'_>, timeline: Option<Witness>, out: &mut Findings) {
    let at_once = before.gap == 0 && before.certain;
    let service = [before.sent.class, after.class] == [Class::Transactional; 2];
    if service && !at_once {
        return;
    }
    let (first, second) = (&before.sent.id.value, &after.id.value);
    let (message, label) = match (at_once, before.gap) {
        (true, _) => (
            format!("`{second}` goes out together with `{first}`"),
            "in the same minute".to_owned(),
        ),
        (false, 0) => (
            format!("`{second}` may follow at once on `{first}`"),
            "for those who come by shortly before that time of day".to_owned(),
        ),
        (false, gap) => {
            let minutes = gap / 60;
            (
                format!("`{second}` follows {minutes} minutes after `{first}`"),
                format!("{minutes} minutes later, on the same channel"),
            )
        }
    };
    let level = match (at_once, service) {
        (true, false) => Level::Error,
        _ => Level::Warning,
    };
    out.fail(after.id.span, message)
        .level(level)
        .label(label)
        .related(before.sent.id.span, "the one before")
        .step(after.id)
        .subject(&**first)
        .witness(timeline)
        .why("two messages at once look like a mistake, and the second is not read")
        .help("put `- wait: 1d` between them, or say both in one message");
}

/// The least number of seconds that a duration takes; a clock change does not matter at this scale.
fn shortest(duration: Duration) -> i64 {
    let days = i64::from(duration.days) + i64::from(duration.business_days);
    i64::from(duration.minutes) * 60 + days * 86_400
}
