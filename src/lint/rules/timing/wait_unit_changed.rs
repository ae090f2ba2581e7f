use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Duration;
use crate::model::edits::{EditKind, Edits, length};

/// From minutes to hours, from hours to days, from minutes to days.
const FACTORS: [u64; 3] = [60, 24, 1440];

rule! {
    WaitUnitChanged, id: "wait-unit-changed", group: Timing, level: Warning,
    docs: "wait_unit_changed.md"
}

impl Rule for WaitUnitChanged {
    fn looks_at_changes(&self) -> bool {
        true
    }

    fn check_change(&self, _: &LintContext<'_>, change: &Edits<'_>, out: &mut Findings) {
        for edit in &change.all {
            let EditKind::Retimed(now) = edit.kind else {
                continue;
            };
            let (Some(old), Some(new)) = (length(&edit.before.value), length(&now.value)) else {
                continue;
            };
            let Some(phrase) = slip(old.value, new.value) else {
                continue;
            };
            let message = format!("{} became {}: {phrase}", old.value, new.value);
            out.fail(new.span, message)
                .label(format!("was {}", old.value))
                .why(
                    "one letter of a unit decides whether the next message comes in an hour or in \
                     a month",
                )
                .help(format!(
                    "write {} again, or accept this with `allow` if it is meant",
                    old.value
                ));
        }
    }
}

/// What a change of the unit alone did to a duration; nothing for any other change.
fn slip(old: Duration, new: Duration) -> Option<String> {
    let (a, b) = (minutes(old), minutes(new));
    let (small, large) = (a.min(b), a.max(b));
    let same_number = numbers(old).iter().any(|it| numbers(new).contains(it));
    if small == 0 || large % small != 0 || !FACTORS.contains(&(large / small)) || !same_number {
        return None;
    }
    let factor = large / small;
    Some(if b > a {
        format!("{factor} times as long")
    } else {
        format!("a {factor}th of the time")
    })
}

fn minutes(it: Duration) -> u64 {
    u64::from(it.minutes) + (u64::from(it.days) + u64::from(it.business_days)) * 1440
}

/// The numbers that are likely to have stood before a unit; none for a mixture.
fn numbers(it: Duration) -> Vec<u32> {
    let whole = |number: u32, by: u32| (number.is_multiple_of(by)).then_some(number / by);
    match (it.minutes, it.days, it.business_days) {
        // Hardly anybody writes sixty minutes for an hour.
        (minutes, 0, 0) => vec![whole(minutes, 60).unwrap_or(minutes)],
        (0, days, 0) => [Some(days), whole(days, 7)].into_iter().flatten().collect(),
        (0, 0, days) => vec![days],
        _ => Vec::new(),
    }
}
