use std::fmt::Write as _;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::{Rewrite, scalar_of};
use crate::lint::rule::{Rule, rule};
use crate::model::{Branch, Condition, Journey, Split, Step, Steps};

rule! { IdenticalBranches, id: "identical-branches", group: Logic, level: Warning, docs: "identical_branches.md" }

impl Rule for IdenticalBranches {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            match &step.value {
                Step::Branch(it) => branch(it, out),
                Step::Split(it) => split(it, out),
                _ => {}
            }
        }
    }
}

fn branch(branch: &Branch, out: &mut Findings) {
    let otherwise = branch.otherwise.as_ref().map(meaning).unwrap_or_default();
    let ways: Vec<String> = branch.when.iter().map(|it| meaning(&it.steps)).collect();
    if ways.iter().all(|it| *it == otherwise) {
        let message = format!("every way of `{}` does the same", branch.id.value);
        out.fail(branch.id.span, message)
            .label("it makes no difference who takes which")
            .why("the difference that somebody wanted to make for the customer is not there")
            .help("write what differs, or remove the branch and keep one copy of its steps");
        return;
    }
    for (n, pair) in branch.when.windows(2).enumerate() {
        if ways[n] == ways[n + 1] && !ways[n].is_empty() {
            let [first, second] = [&pair[0], &pair[1]].map(|it| &it.condition.text);
            let both = format!("({}) or ({})", first.value, second.value);
            let merged = vec![
                Rewrite::Replace {
                    at: first.span,
                    value: scalar_of(&both),
                },
                Rewrite::Remove { entry: second.span },
            ];
            out.fail(second.span, "this way does the same as the one above")
                .label("the same steps again")
                .related(first.span, "as here")
                .subject(&*second.value)
                .why("a later correction of one copy will be forgotten in the other")
                .help(format!("write one way: `if: {both}`"))
                .rewrite("make one way of the two", merged);
        }
    }
}

fn split(split: &Split, out: &mut Findings) {
    let arms: Vec<_> = split
        .arms
        .iter()
        .map(|(name, arm)| (name, meaning(&arm.steps)))
        .collect();
    for (n, (name, own)) in arms.iter().enumerate() {
        let Some((twin, _)) = arms[..n].iter().find(|(_, it)| it == own) else {
            continue;
        };
        let message = format!("the arms `{}` and `{}` do the same", twin.value, name.value);
        out.fail(name.span, message)
            .label("the same steps again")
            .related(twin.span, "as here")
            .subject(&*name.value)
            .why("the test cannot show anything, and one of two ideas never reaches a customer")
            .help("name the second idea's template, or make one arm of the two");
    }
}

/// What steps do for the customer: the same text for steps that differ in nothing but names, titles
/// and notes.
fn meaning(steps: &Steps) -> String {
    let mut res = String::new();
    for step in steps {
        tell(step, &mut res);
    }
    res
}

fn tell(step: &Step, out: &mut String) {
    let text = |it: &Option<Condition>| it.as_ref().map(|it| it.text.value.to_string());
    let _ = match step {
        Step::Send(it) => write!(
            out,
            "send {:?} {:?} {:?} {:?} {:?} {:?};",
            it.template.value,
            it.from.as_ref().map(|it| &it.value),
            it.class.map(|it| it.value),
            it.purpose.values().collect::<Vec<_>>(),
            text(&it.only_if),
            text(&it.unless),
        ),
        Step::Task(it) => write!(
            out,
            "task {:?} {:?} {:?} {:?} {:?};",
            it.channel,
            it.owner.as_ref().map(|it| &it.value),
            it.title.as_ref().map(|it| &it.value),
            text(&it.only_if),
            text(&it.unless),
        ),
        Step::Touch(it) => write!(
            out,
            "touch {:?} {:?} {:?} {:?} {:?};",
            it.channel,
            it.by.as_ref().map(|it| &it.value),
            it.title.as_ref().map(|it| &it.value),
            text(&it.only_if),
            text(&it.unless),
        ),
        Step::Wait(it) => write!(
            out,
            "wait {:?} {:?} {:?} {:?};",
            it.duration.as_ref().map(|it| it.value),
            it.at.as_ref().map(|it| it.value),
            it.on.iter().map(|it| it.value).collect::<Vec<_>>(),
            it.zone.as_ref().map(|it| &it.value),
        ),
        Step::WaitFor(it) => write!(
            out,
            "wait_for {:?} {:?} {:?} (",
            it.event.value,
            text(&it.filter),
            it.timeout.as_ref().map(|it| it.value),
        ),
        Step::WaitUntil(it) => write!(
            out,
            "wait_until {:?} {:?} {:?} {:?};",
            it.date.text.value,
            it.offset.as_ref().map(|it| it.value),
            it.at.as_ref().map(|it| it.value),
            it.if_past,
        ),
        Step::Branch(it) => {
            let conditions: Vec<_> = it.when.iter().map(|it| &it.condition.text.value).collect();
            write!(out, "branch {conditions:?} {} (", it.otherwise.is_some())
        }
        Step::Split(it) => {
            let weights: Vec<_> = it.arms.values().map(|it| it.weight.value).collect();
            write!(out, "split {weights:?} (")
        }
        Step::Repeat(it) => write!(
            out,
            "repeat {} {:?} {:?} (",
            it.times.value,
            it.every.as_ref().map(|it| it.value),
            text(&it.until),
        ),
        Step::Set(it) => write!(out, "set {:?} {};", it.attribute.value, it.value.value),
        Step::Enter(it) => write!(out, "enter {:?};", it.value),
        Step::Exit(it) => write!(out, "exit {:?};", it.value),
    };
    for inner in step.inner() {
        out.push_str(&meaning(inner));
        out.push_str(") (");
    }
}
