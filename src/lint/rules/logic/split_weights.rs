use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Split, Step};

rule! { SplitWeights, id: "split-weights", group: Logic, level: Error, docs: "split_weights.md" }

impl Rule for SplitWeights {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for (step, _) in journey.walk() {
            if let Step::Split(it) = &step.value {
                check(it, out);
            }
        }
    }
}

fn check(split: &Split, out: &mut Findings) {
    let id = &split.id;
    if split.arms.len() < 2 {
        let message = match split.arms.first() {
            Some((name, _)) => format!("`{}` has only the arm `{}`", id.value, name.value),
            None => format!("`{}` has no arms", id.value),
        };
        out.fail(id.span, message)
            .label("there is nothing to choose from")
            .why("what looks like a test is none, so nobody learns what customers like better")
            .help("add a second arm, `steps: []` for a control group, or remove the split");
        return;
    }
    for (name, arm) in split.arms.iter().filter(|(_, arm)| arm.weight.value == 0) {
        out.fail(
            arm.weight.span,
            format!("nobody gets the arm `{}`", name.value),
        )
        .label("a weight of 0")
        .step(id)
        .subject(&*name.value)
        .why("the arm looks like a part of the test, and no customer ever sees it")
        .help("give it a weight, or remove the arm");
    }
    let weights: Vec<u64> = split
        .arms
        .values()
        .map(|it| u64::from(it.weight.value))
        .collect();
    let sum: u64 = weights.iter().sum();
    if sum == 100 {
        return;
    }
    let (Some(first), Some(last)) = (split.arms.values().next(), split.arms.values().last()) else {
        return;
    };
    let written: Vec<String> = weights.iter().map(u64::to_string).collect();
    let message = format!("the weights of `{}` add up to {sum}, not 100", id.value);
    out.fail(last.weight.span, message)
        .label(format!("{} = {sum}", written.join(" + ")))
        .related(first.weight.span, "the weights begin here")
        .step(id)
        .why("providers read the rest differently: some drop those people, some stretch the arms")
        .help(advice(&weights, sum));
}

/// Weights that keep the proportions and add up to 100.
fn advice(weights: &[u64], sum: u64) -> String {
    if sum == 0 {
        return "write percentages".to_owned();
    }
    let mut scaled: Vec<u64> = weights.iter().map(|it| it * 100 / sum).collect();
    let missing = 100u64.saturating_sub(scaled.iter().sum());
    for it in scaled
        .iter_mut()
        .take(usize::try_from(missing).unwrap_or(0))
    {
        *it += 1;
    }
    let scaled: Vec<String> = scaled.iter().map(u64::to_string).collect();
    format!("write percentages, for example {}", scaled.join(", "))
}
