//! Ten times as many journeys cost a rule about ten times as much.

use std::time::{Duration, Instant};

use journeyc::Compilation;
use journeyc::diagnostic::Sink;
use journeyc::lint::{self, Group, Subject};
use journeyc::model::{Name, RuleLevel};
use journeyc::source::Spanned;

use super::*;

const FEW: usize = 200;
const MANY: usize = 10 * FEW;

/// The groups whose rules look over many journeys.
const LOOKED_AT: [Group; 4] = [
    Group::Coverage,
    Group::Overlap,
    Group::Timing,
    Group::Feedback,
];

/// Ten times the work is fine, a hundred times is what a look at all pairs costs. The rules of a
/// group run together, which keeps the test short: one that looks at pairs outweighs the others.
const WORST: u32 = 35;

/// Shorter than this nobody waits, and the clock says nothing.
const SHORT: Duration = Duration::from_millis(100);

/// Short journeys that share events and successors, as those of a large shop do. They send no mail,
/// which would cost more than all that is looked at here.
fn shop(journeys: usize) -> Memory {
    let events = [
        "order_paid",
        "order_delivered",
        "checkout_started",
        "customer_lapsed",
        "review_given",
    ];
    let purposes = [
        "thank_you",
        "setup_help",
        "abandonment",
        "win_back",
        "advocacy_ask",
        "renewal_notice",
    ];
    let stages = ["before", "during", "after", "return"];
    let mut world = Memory::new(today()).with("journeyc.yaml", PROJECT);
    for n in 0..journeys {
        let pick = |words: &[&str]| words[n % words.len()].to_owned();
        let text = format!(
            "journey: j{n}\nclass: commercial\nbasis: express\nfrom: {}\nstage: {}\npersonas: [first-timer]\n\
             trigger: {{event: {}}}\nexits: {EXITS}\ngoal: {{event: order_paid, within: 30d}}\nnext: [j{}, j{}]\nsteps:\n  \
             - wait: {}h\n  - touch: {{id: a, channel: sms, purpose: {}}}\n  \
             - wait_for: {{id: w, event: order_delivered, timeout: 5d}}\n  \
             - touch: {{id: b, channel: sms, purpose: content, emotion: {{expected: -1}}}}\n  - enter: j{}\n",
            pick(&["care", "maya", "ben"]),
            pick(&stages),
            pick(&events),
            (n + 1) % journeys,
            (n * 7 + 3) % journeys,
            n % 50 + 1,
            pick(&purposes),
            (n * 3 + 1) % journeys,
        );
        world = world.with(format!("journeys/j{n}.yaml"), text);
    }
    world
}

/// The shortest of some runs with only these rules, without what all rules share.
fn cost(compiled: &mut Compilation<'_>, rules: &[&str], runs: u32) -> Duration {
    let program = compiled.program.as_mut().unwrap();
    let span = program.project.brand.name.span;
    let off = |id: &str| {
        let level = if rules.contains(&id) {
            RuleLevel::Note
        } else {
            RuleLevel::Off
        };
        (Name::new(id.into(), span), Spanned::new(level, span))
    };
    program.project.lint.rules = lint::ids().into_iter().map(off).collect();
    let program = compiled.program.as_ref().unwrap();
    let subject = Subject {
        program,
        messages: &compiled.messages,
        mails: &compiled.mails,
        idle: &[],
        sources: &compiled.workspace.sources,
        today: today(),
        before: None,
        tried: None,
    };
    let run = || {
        let begin = Instant::now();
        lint::run(subject, &mut Sink::default());
        begin.elapsed()
    };
    (0..runs).map(|_| run()).min().unwrap()
}

#[test]
fn ten_times_the_journeys_are_ten_times_the_work() {
    let (few, many) = (shop(FEW), shop(MANY));
    let (few, many) = (Workspace::read(&few), Workspace::read(&many));
    let (mut few, mut many) = (journeyc::compile(&few), journeyc::compile(&many));
    let (base_few, base_many) = (cost(&mut few, &[], 5), cost(&mut many, &[], 2));
    let groups = lint::by_group().into_iter();
    let groups = groups.filter(|(group, _)| LOOKED_AT.contains(group));
    let groups: Vec<_> = groups.collect();
    assert_eq!(groups.len(), LOOKED_AT.len());
    for (group, rules) in groups {
        let ids: Vec<&str> = rules.iter().map(|it| it.id.0).collect();
        let above = |it: Duration, base: Duration| it.saturating_sub(base);
        let large = above(cost(&mut many, &ids, 1), base_many);
        if large < SHORT {
            continue;
        }
        let small = above(cost(&mut few, &ids, 3), base_few);
        let limit = small.max(Duration::from_millis(2)) * WORST;
        // A machine that stands still for a while is no rule's fault: only what is slow each time is.
        let large = if large > limit {
            above(cost(&mut many, &ids, 3), base_many)
        } else {
            large
        };
        assert!(
            large <= limit,
            "{group:?}: {FEW} journeys take {small:?}, {MANY} take {large:?}"
        );
    }
}
