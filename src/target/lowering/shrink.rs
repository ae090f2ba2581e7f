//! Makes a journey fit where a target has room for so many steps only.
//!
//! In: a journey that is too large when everything is said as closely as can be. Out: the closest
//! imitation that has room. Branches that only send become filters on the messages, and an event that is
//! looked for again and again is looked for more rarely; both where the target has them.
//! Invariant: nothing gets another meaning than the notes say; where nothing fits, the journey is
//! refused as too large.

use std::collections::BTreeMap;

use super::{Attempt, For, attempt, hours};
use crate::manifest::{Action, Journey, Step};
use crate::target::wiring::Joins;
use crate::target::{Ability, Job, Loss, Way};

/// How closely a journey is imitated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tuning {
    /// How often each step looks for its event; as often as makes sense where nothing is said. None
    /// means that the late messages are skipped by filters, which needs no fork.
    pub(super) looks: BTreeMap<String, u32>,
    /// Whether branches that only send become filters on the messages.
    pub(super) flat: bool,
}

/// Every event is looked for as rarely as possible first, and then the one that is looked for most
/// rarely once more, as long as there is room.
pub(super) fn shrink<'a>(target: For, job: &Job<'a>, journey: &'a Journey) -> Attempt<'a> {
    let mut tuning = Tuning {
        flat: target.can.is(Ability::Gates, Way::Gated),
        looks: BTreeMap::new(),
    };
    let closest = attempt(target, job, journey, &tuning);
    if !closest.full {
        return closest;
    }
    let mut nodes = Vec::new();
    if target.can.is(Ability::WaitForEvent, Way::Polled) {
        Step::walk(&journey.steps, &mut |step| {
            if let Action::WaitFor(it) = &step.does {
                let minutes = it.timeout.as_ref().map_or(0, hours::rough_minutes);
                let most = it.timeout.as_ref().map_or(0, hours::most_looks);
                nodes.push((step.node.clone(), most, minutes));
            }
        });
    }
    if nodes.is_empty() {
        return closest;
    }
    for (node, ..) in &nodes {
        tuning.looks.insert(node.clone(), 0);
    }
    let mut best = attempt(target, job, journey, &tuning);
    if best.full {
        return best;
    }
    while !nodes.is_empty() {
        // The longest stretch without a look; the first of equals.
        let stretch = |node: &str, minutes: u32| {
            let looks = tuning.looks.get(node).copied().unwrap_or(0);
            (looks == 0, minutes / looks.max(1))
        };
        let mut at = 0;
        for (number, (node, _, minutes)) in nodes.iter().enumerate() {
            if stretch(node, *minutes) > stretch(&nodes[at].0, nodes[at].2) {
                at = number;
            }
        }
        let (node, most, _) = nodes[at].clone();
        let mut closer = tuning.clone();
        let looks = closer.looks.entry(node).or_insert(0);
        *looks += 1;
        let saturated = *looks >= most;
        let next = attempt(target, job, journey, &closer);
        if next.full {
            nodes.remove(at);
            continue;
        }
        best = next;
        tuning = closer;
        if saturated {
            nodes.remove(at);
        }
    }
    best
}

/// How ways that come together again are told by a target.
pub(super) fn joins(target: For) -> Joins {
    if target.can.is(Ability::Joins, Way::Copied) {
        Joins::Copied
    } else {
        Joins::Shared
    }
}

/// That a journey has no room.
pub(super) fn too_large(target: For, journey: &Journey) -> Loss {
    let most = target.can.limits.most_steps;
    let title = target.title;
    let help = match joins(target) {
        Joins::Copied => format!(
            "split the journey: {title} copies everything behind each branch, split and `wait_for`"
        ),
        Joins::Shared => "split the journey into several".to_owned(),
    };
    Loss {
        line: journey.line,
        node: String::new(),
        what: format!("in {title} this journey has more than {most} steps"),
        why: "nobody can check what so large a journey does to the customer".to_owned(),
        help,
    }
}
