use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Journey, Step, Steps};

rule! {
    JourneyTooComplex, id: "journey-too-complex", group: Logic, level: Warning,
    docs: "journey_too_complex.md", limit: Limit::Number(40.0, &[])
}

/// Choices within choices that a reader can hold in mind.
const MOST_DEPTH: usize = 4;
/// Ways from the first step to an end that a reviewer can go through.
const MOST_WAYS: u64 = 64;

impl Rule for JourneyTooComplex {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let steps = journey.walk().count();
        let limit = cx.number(self.info());
        let depth = depth(&journey.steps);
        let ways = ways(&journey.steps);
        let ways = ways.through.saturating_add(ways.ended);
        let mut found = Vec::new();
        #[allow(clippy::cast_precision_loss, reason = "nobody writes 2^52 steps")]
        if steps as f64 > limit {
            found.push(format!(
                "{steps} steps, of which {limit} can be read at once"
            ));
        }
        if depth > MOST_DEPTH {
            found.push(format!(
                "choices {depth} deep, where {MOST_DEPTH} can be followed"
            ));
        }
        if ways > MOST_WAYS {
            let count = match ways {
                0..=999_999 => ways.to_string(),
                _ => "more than a million".to_owned(),
            };
            found.push(format!(
                "{count} ways to an end, where {MOST_WAYS} can be tried out"
            ));
        }
        if found.is_empty() {
            return;
        }
        out.fail(
            journey.span(),
            format!("`{}` is more than one person can follow", journey.name.value),
        )
        .label(found.join("; "))
        .why("nobody has gone every way of it, and somewhere in it customers get two answers or none")
        .help("take it apart: one journey for each event, joined by `enter` and `next`");
    }
}

/// How many choices lie within one another.
fn depth(steps: &Steps) -> usize {
    let of = |step: &Step| {
        let inner = step.inner().into_iter().map(depth).max().unwrap_or(0);
        inner + usize::from(matches!(step, Step::Branch(_) | Step::Split(_)))
    };
    steps.iter().map(|it| of(&it.value)).max().unwrap_or(0)
}

/// How many ways lead through some steps, and how many end in them.
#[derive(Clone, Copy)]
struct Ways {
    through: u64,
    ended: u64,
}

/// One way, on which nothing happens.
const NOTHING: Ways = Ways {
    through: 1,
    ended: 0,
};

impl Ways {
    fn then(self, next: Self) -> Self {
        Self {
            through: self.through.saturating_mul(next.through),
            ended: self
                .ended
                .saturating_add(self.through.saturating_mul(next.ended)),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            through: self.through.saturating_add(other.through),
            ended: self.ended.saturating_add(other.ended),
        }
    }
}

/// Multiplied out, not gone through. Steps with a condition are one way: they happen or do not.
fn ways(steps: &Steps) -> Ways {
    steps.iter().fold(NOTHING, |before, step| {
        let none = Ways {
            through: 0,
            ended: 0,
        };
        let own = match &step.value {
            Step::Exit(_) => Ways {
                through: 0,
                ended: 1,
            },
            Step::Branch(it) => {
                let otherwise = it.otherwise.as_ref().map_or(NOTHING, ways);
                let taken = it.when.iter().map(|it| ways(&it.steps));
                taken.fold(otherwise, Ways::or)
            }
            Step::Split(it) => {
                let arms = it.arms.values().map(|it| ways(&it.steps));
                arms.fold(none, Ways::or)
            }
            Step::WaitFor(it) => it
                .on_timeout
                .as_ref()
                .map_or(NOTHING, |it| ways(it).or(NOTHING)),
            Step::Repeat(it) => ways(&it.steps),
            _ => NOTHING,
        };
        before.then(own)
    })
}
