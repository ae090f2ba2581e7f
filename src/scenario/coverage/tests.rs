#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;

use super::*;
use crate::compile::compile;
use crate::load::Memory;
use crate::simulate::{Chance, First, JourneyNo, Life, Occurrence, Outside, Person, When};
use crate::workspace::Workspace;

const PROJECT: &str = "\
version: 1
brand: {name: A, url: 'https://a.example'}
profile: ecommerce
timezone: UTC
locales: [en, de]
senders: {care: {kind: role, name: A, address: care@a.example}}
contact: {plan: {type: string, nullable: true}, renews: {type: date, nullable: true}}
events: {paid: {}, came: {}, refunded: {}}
";

const ALL_KINDS: &str = "\
journey: j
class: transactional
from: care
trigger: {event: paid}
exits: [{on: refunded, reason: refund}]
steps:
- touch: {id: card, channel: parcel, if: contact.plan == 'pro', unless: contact.did('came')}
- wait: 1d
- wait_for: {id: arrival, event: came, timeout: 3d, on_timeout: [{exit: lost}]}
- wait_until: {id: renewal, date: contact.renews}
- branch: {id: plan, when: [{if: contact.plan == 'pro', steps: [{set: {id: mark, attribute: plan, value: free}}]}]}
- split: {id: luck, arms: {a: {weight: 50, steps: []}, b: {weight: 50, steps: [{enter: k}]}}}
- repeat: {id: letters, times: 3, every: 1d, until: contact.did('came'), steps: [{task: {id: call, channel: phone}}]}
";

const OTHER: &str = "\
journey: a
class: transactional
from: care
trigger: {event: came}
steps:
- wait: 2d
- exit: done
";

fn check(use_it: impl FnOnce(&crate::model::Program)) {
    let world = Memory::new(NaiveDate::default())
        .with("journeyc.yaml", PROJECT)
        .with("journeys/a.yaml", OTHER)
        .with("journeys/j.yaml", ALL_KINDS)
        .with("journeys/k.yaml", OTHER.replace(": a", ": k"));
    let workspace = Workspace::read(&world);
    let compilation = compile(&workspace);
    assert!(!compilation.is_invalid(), "{:?}", compilation.findings);
    use_it(compilation.program.as_ref().unwrap());
}

struct Second;

impl Chance for Second {
    fn arm(&mut self, _: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        1
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        false
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

const DAY: i64 = 86_400;

fn life(simulation: &Simulation<'_>, events: &[(&str, i64)], plan: &str) -> Life {
    let happens = |(name, day): &(&str, i64)| Occurrence {
        when: When::At(day * DAY),
        what: Outside::Event(simulation.event(name).unwrap(), serde_json::Map::new()),
    };
    let mut person = Person::default();
    person.attributes.insert("plan".to_owned(), plan.into());
    Life {
        person,
        start: 0,
        end: 90 * DAY,
        outside: events.iter().map(happens).collect(),
    }
}

fn names(simulation: &Simulation<'_>, edges: impl IntoIterator<Item = Edge>) -> Vec<String> {
    edges
        .into_iter()
        .map(|it| name_of(simulation, it))
        .collect()
}

#[test]
fn every_step_has_its_edges() {
    check(|program| {
        let simulation = Simulation::of(program);
        let edges = Edges::of(&simulation);
        let own = |it: &&Edge| it.journey == JourneyNo(1);
        let own = edges.all().iter().filter(own).copied();
        let expected = "entry refund end card card-if card-unless wait 1d arrival-came \
                        arrival-timeout lost renewal renewal-past plan-1 plan-else mark luck-a luck-b \
                        enter k letters letters-again letters-until call";
        assert_eq!(names(&simulation, own).join(" "), expected);
        let other = edges.all().iter().filter(|it| it.journey == JourneyNo(0));
        let other = names(&simulation, other.copied());
        assert_eq!(
            other.join(" "),
            "entry wait 2d done",
            "nobody comes to its end"
        );
    });
}

#[test]
fn lives_take_edges_and_what_is_at_hand_is_missed() {
    check(|program| {
        let simulation = Simulation::of(program);
        let mut coverage = Coverage::of(&simulation);
        let part = coverage.part(&simulation, &simulation);
        let j = Some(JourneyNo(1));
        assert_eq!(coverage.share(j), Share { tried: 0, all: 22 });
        assert_eq!(names(&simulation, coverage.missed()), ["entry"; 3]);

        let lost = life(&simulation, &[("paid", 0)], "free");
        coverage.add(&part, &simulation.live(&lost, &mut First), None);
        let missed = coverage
            .missed()
            .into_iter()
            .filter(|it| Some(it.journey) == j);
        assert_eq!(
            names(&simulation, missed).join(" "),
            "refund card card-unless arrival-came"
        );
        assert_eq!(coverage.share(j), Share { tried: 5, all: 22 });

        let fine = life(&simulation, &[("paid", 0), ("came", 2)], "pro");
        coverage.add(&part, &simulation.live(&fine, &mut First), Some("de"));
        coverage.add(&part, &simulation.live(&fine, &mut Second), Some("de"));
        let again = life(&simulation, &[("came", 0), ("paid", 1), ("came", 3)], "pro");
        coverage.add(&part, &simulation.live(&again, &mut First), Some("de"));
        let missed = coverage
            .missed()
            .into_iter()
            .filter(|it| Some(it.journey) == j);
        assert_eq!(
            names(&simulation, missed).join(" "),
            "refund renewal plan-else letters-again",
            "the rounds have always ended early"
        );
        assert!(coverage.locales().all(|it| it.1));
        let reached = coverage.reached(&simulation);
        assert!(reached["j"].iter().all(|it| *it));
        let steps = coverage.steps(&simulation, None);
        assert_eq!(steps.all, steps.tried);
    });
}

#[test]
fn what_some_journeys_do_counts_where_all_are() {
    check(|program| {
        let whole = Simulation::of(program);
        let part = Simulation::with(program, |it| *it.name.value == *"k");
        let mut coverage = Coverage::of(&whole);
        let lens = coverage.part(&whole, &part);
        let came = life(&part, &[("came", 0)], "free");
        coverage.add(&lens, &part.live(&came, &mut First), None);
        assert_eq!(
            coverage.share(Some(JourneyNo(2))),
            Share { tried: 3, all: 3 }
        );
        assert_eq!(coverage.share(Some(JourneyNo(0))).tried, 0);
        assert_eq!(coverage.reached(&whole)["k"], [true, true]);
        assert_eq!(coverage.share(None).tried, 4, "and a language");
    });
}
