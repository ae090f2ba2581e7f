use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::reason::{Facts, Vocabulary};
use crate::model::{
    Branch, IfPast, Journey, Name, Program, Reentry, Repeat, Step, Steps, Wait, WaitFor,
};

rule! { InfiniteLoop, id: "infinite-loop", group: Logic, level: Error, docs: "infinite_loop.md" }

impl Rule for InfiniteLoop {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            if let Step::Repeat(it) = &step.value {
                check_repeat(cx, journey, it, out);
            }
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let starts = starts(cx.program());
        let mut reported = BTreeSet::new();
        for name in starts.keys() {
            if reported.contains(name) {
                continue;
            }
            if let Some(circle) = circle(&starts, name) {
                reported.extend(circle.iter().map(|it| &*it.value));
                report_circle(name, &circle, out);
            }
        }
    }
}

fn check_repeat(cx: &LintContext<'_>, journey: &Journey, repeat: &Repeat, out: &mut Findings) {
    let waits = repeat.every.is_some_and(|it| !it.value.is_zero());
    if waits || repeat.times.value < 2 {
        return;
    }
    let rush = Rush {
        words: Vocabulary::of(cx.project(), journey),
        journey,
        again: true,
    };
    let ends = rush.steps(&repeat.steps, vec![Facts::default()]);
    let goes_on = ends.iter().any(|facts| match &repeat.until {
        Some(until) => facts.ruled_out(rush.words, until, false).is_none(),
        None => true,
    });
    if !goes_on {
        return;
    }
    let times = repeat.times.value;
    let message = format!(
        "`{}` does all {times} rounds at the same moment",
        repeat.id.value
    );
    out.fail(repeat.id.span, message)
        .label("no wait between one round and the next")
        .why(format!(
            "the customer gets everything inside {times} times in one minute"
        ))
        .help("say how far apart the rounds are, for example `every: 30d`");
}

/// Follows the ways on which no time passes.
struct Rush<'j, 'p> {
    words: Vocabulary<'p>,
    journey: &'j Journey,
    /// Whether this is a later round: then the events that are waited for have come before.
    again: bool,
}

/// More ways than this are taken together, so that branches do not multiply.
const MAX_WAYS: usize = 16;

impl<'j> Rush<'j, '_> {
    /// What can be known after these steps if no time passes; empty if some does on every way.
    fn steps(&self, steps: &'j Steps, mut ways: Vec<Facts<'j>>) -> Vec<Facts<'j>> {
        for step in steps {
            ways = ways
                .into_iter()
                .flat_map(|it| self.step(&step.value, it))
                .collect();
            while ways.len() > MAX_WAYS {
                let Some(last) = ways.pop() else { break };
                ways[0].meet(&last);
            }
        }
        ways
    }

    fn step(&self, step: &'j Step, facts: Facts<'j>) -> Vec<Facts<'j>> {
        match step {
            Step::Wait(it) if takes_time(it) => Vec::new(),
            Step::WaitFor(it) => self.wait_for(it, facts),
            // The date is past in a later round, if not in the first.
            Step::WaitUntil(it) if it.if_past == IfPast::Exit => Vec::new(),
            Step::Branch(it) => self.branch(it, facts),
            Step::Split(it) => {
                let arms = it.arms.values();
                arms.flat_map(|arm| self.steps(&arm.steps, vec![facts.clone()]))
                    .collect()
            }
            Step::Repeat(it) => {
                let waits = it.every.is_some_and(|it| !it.value.is_zero());
                if waits && it.times.value > 1 {
                    return Vec::new();
                }
                self.steps(&it.steps, vec![facts])
            }
            Step::Exit(_) => Vec::new(),
            Step::Set(it) => {
                let mut facts = facts;
                facts.forget(&it.attribute.value);
                vec![facts]
            }
            _ => vec![facts],
        }
    }

    /// In a later round an event that came before is not waited for again.
    fn wait_for(&self, wait: &'j WaitFor, mut facts: Facts<'j>) -> Vec<Facts<'j>> {
        let event = &*wait.event.value;
        let leaves = self
            .journey
            .exits
            .iter()
            .any(|it| *it.on.value == *event && it.filter.is_none() && it.only.is_none());
        if !self.again || leaves {
            return Vec::new();
        }
        facts.learn_event(event, wait.id.span);
        vec![facts]
    }

    fn branch(&self, branch: &'j Branch, facts: Facts<'j>) -> Vec<Facts<'j>> {
        let mut rest = facts;
        let mut ways = Vec::new();
        for way in &branch.when {
            let mut taken = rest.clone();
            taken.assume(&way.condition, true);
            if taken.contradiction(self.words, None).is_none() {
                ways.extend(self.steps(&way.steps, vec![taken]));
            }
            rest.assume(&way.condition, false);
        }
        if rest.contradiction(self.words, None).is_none() {
            match &branch.otherwise {
                Some(steps) => ways.extend(self.steps(steps, vec![rest])),
                None => ways.push(rest),
            }
        }
        ways
    }

    /// The journeys that are started before any time has passed.
    fn started(&self, steps: &'j Steps, mut ways: Vec<Facts<'j>>, out: &mut Vec<&'j Name>) {
        for step in steps {
            if ways.is_empty() {
                return;
            }
            if let Step::Enter(name) = &step.value {
                out.push(name);
            }
            for inner in step.inner() {
                if !matches!(step.value, Step::WaitFor(_)) {
                    self.started(inner, ways.clone(), out);
                }
            }
            ways = ways
                .into_iter()
                .flat_map(|it| self.step(&step.value, it))
                .collect();
            ways.truncate(MAX_WAYS);
        }
    }
}

fn takes_time(wait: &Wait) -> bool {
    wait.at.is_some() || !wait.on.is_empty() || wait.duration.is_some_and(|it| !it.value.is_zero())
}

/// For each journey that could run in a circle, the journeys that it starts at once. A journey that
/// lets nobody in twice ends a circle, and so may one that writes an attribute.
fn starts(program: &Program) -> BTreeMap<&str, Vec<&Name>> {
    let mut res: BTreeMap<&str, Vec<&Name>> = BTreeMap::new();
    for document in program.whole() {
        let journey = &document.journey;
        let again = journey.reentry.is_none_or(|it| it.value == Reentry::Always);
        let has = |test: fn(&Step) -> bool| journey.walk().any(|(it, _)| test(&it.value));
        if !again || !has(|it| matches!(it, Step::Enter(_))) || has(|it| matches!(it, Step::Set(_)))
        {
            continue;
        }
        let rush = Rush {
            words: Vocabulary::of(&program.project, journey),
            journey,
            again: false,
        };
        let mut started = Vec::new();
        rush.started(&journey.steps, vec![Facts::default()], &mut started);
        res.insert(&journey.name.value, started);
    }
    res
}

/// The shortest way from a journey back to itself.
fn circle<'p>(starts: &BTreeMap<&'p str, Vec<&'p Name>>, from: &str) -> Option<Vec<&'p Name>> {
    let mut seen = BTreeSet::new();
    let mut ways: Vec<Vec<&Name>> = vec![Vec::new()];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let at = way.last().map_or(from, |it| &*it.value);
            for next in starts.get(at).into_iter().flatten() {
                let mut way = way.clone();
                way.push(*next);
                if *next.value == *from {
                    return Some(way);
                }
                if seen.insert(&*next.value) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

fn report_circle(name: &str, circle: &[&Name], out: &mut Findings) {
    let Some((last, before)) = circle.split_last() else {
        return;
    };
    let (message, first) = match before {
        [] => (format!("`{name}` starts itself at once, without end"), last),
        [first, ..] => {
            let message = format!(
                "`{name}` and `{}` start each other without end",
                first.value
            );
            (message, first)
        }
    };
    let mut finding = out
        .fail(first.span, message)
        .label("no wait comes before this")
        .subject(&*first.value)
        .why("the customer gets the same messages again and again until somebody pulls the plug")
        .help("put a `wait` before `enter`, or write `reentry: never` in one of the journeys");
    for next in circle.iter().skip(1) {
        finding = finding.related(next.span, "and this leads on");
    }
}
