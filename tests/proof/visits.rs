//! Visits of a life one by one, and what they have to do with each other.

use journeyc::model::{Expr, Milestone};
use journeyc::simulate::{By, End, EventNo, Life, Moment, Record, Visit, VisitNo, What};
use serde_json::{Map, Value};

use super::Town;
use super::town::occurred;

/// One visit: how somebody came through a journey.
#[derive(Debug)]
pub struct Stay<'r> {
    /// Which.
    pub visit: Visit,
    /// When it began.
    pub entered: i64,
    /// What let the person in.
    pub by: By,
    /// The event whose case this is: the number of the occurrence.
    pub case: Option<u32>,
    /// What happened in it, each with its place in the record.
    pub moments: Vec<(usize, &'r Moment)>,
}

/// An event that came while somebody was inside.
#[derive(Debug, Clone, Copy)]
pub struct Came<'l> {
    /// Its place in the record.
    pub place: usize,
    /// When.
    pub at: i64,
    /// Which.
    pub event: EventNo,
    /// What it carries.
    pub data: &'l Map<String, Value>,
}

/// The visits of a life, in the order of entry; those who were not let in have none.
pub fn stays<'r>(town: &Town<'_>, record: &'r Record) -> Vec<Stay<'r>> {
    let mut res: Vec<Stay<'r>> = Vec::new();
    // The place of each visit's stay: visits are numbered with those who were refused.
    let mut of: Vec<Option<usize>> = Vec::new();
    let find = |of: &[Option<usize>], no: VisitNo| of.get(no.0 as usize).copied().flatten();
    for (place, moment) in record.moments.iter().enumerate() {
        let Some(visit) = moment.visit else { continue };
        if let What::Entered(by) = moment.what {
            let trigger = |it: Visit| &*town.journey(it.journey).trigger.event.value;
            let case = match by {
                By::Event(no) => Some(no),
                By::Visit(no) => find(&of, no)
                    .map(|it| &res[it])
                    .filter(|it| trigger(it.visit) == trigger(visit))
                    .and_then(|it| it.case),
            };
            of.resize(of.len().max(visit.no.0 as usize + 1), None);
            of[visit.no.0 as usize] = Some(res.len());
            res.push(Stay {
                visit,
                entered: moment.at,
                by,
                case,
                moments: Vec::new(),
            });
        } else if let Some(it) = find(&of, visit.no) {
            res[it].moments.push((place, moment));
        }
    }
    res
}

impl Stay<'_> {
    /// How it ended, if it did.
    pub fn end(&self) -> Option<End> {
        self.moments.iter().find_map(|(_, it)| match it.what {
            What::Left(end) => Some(end),
            _ => None,
        })
    }

    /// The events of one kind that came while the person was inside, at a later second than the entry, and that
    /// are about the same case: another order is another story.
    pub fn came<'l>(
        &self,
        town: &Town<'_>,
        life: &'l Life,
        record: &Record,
        wanted: impl Fn(EventNo) -> bool,
    ) -> Vec<Came<'l>> {
        let mut res = Vec::new();
        for (place, moment) in record.moments.iter().enumerate() {
            let What::Event(no) = moment.what else {
                continue;
            };
            let Some((event, data)) = occurred(life, no) else {
                continue;
            };
            let inside = moment.at > self.entered;
            if inside && wanted(event) && self.is_same_case(town, life, event, data) {
                let at = moment.at;
                res.push(Came {
                    place,
                    at,
                    event,
                    data,
                });
            }
        }
        res
    }

    /// Whether an event is about the case of this visit: it tells cases apart by the same property as the
    /// trigger's event, and has the same value there. Where they do not, everything is about it.
    pub fn is_same_case(
        &self,
        town: &Town<'_>,
        life: &Life,
        event: EventNo,
        data: &Map<String, Value>,
    ) -> bool {
        let trigger = &town.journey(self.visit.journey).trigger.event.value;
        let begun = town.simulation.event(trigger);
        let is_over = Milestone::is_over(
            town.milestone(event),
            begun.and_then(|it| town.milestone(it)),
        );
        if begun == Some(event) || is_over {
            return true;
        }
        let key = |name: &str| {
            town.project()
                .event(name)?
                .key
                .as_ref()
                .map(|it| &*it.value)
        };
        let own = key(trigger);
        let (Some(key), true) = (
            own,
            own == town
                .event(event)
                .and_then(|it| Some(&*it.key.as_ref()?.value)),
        ) else {
            return true;
        };
        let case = self.case.and_then(|it| occurred(life, it));
        case.and_then(|(_, it)| it.get(key))
            .is_none_or(|it| data.get(key).unwrap_or(&Value::Null) == it)
    }
}

/// The events that carry a milestone and do not let people into the journey.
pub fn carries(town: &Town<'_>, stay: &Stay<'_>, event: EventNo, milestone: Milestone) -> bool {
    let trigger = &*town.journey(stay.visit.journey).trigger.event.value;
    town.milestone(event) == Some(milestone) && *town.simulation.event_name(event) != *trigger
}

/// What a condition answers if an event is supposed to be seen by its questions; nothing if that does not
/// decide it.
pub fn supposing(expr: &Expr, event: &str, windows: bool) -> Option<bool> {
    use journeyc::model::{ExprKind, Since};
    let seen = |it: &journeyc::model::History| {
        *it.event == *event && (windows || !matches!(it.since, Since::Within(_)))
    };
    match &expr.kind {
        ExprKind::Not(of) => supposing(of, event, windows).map(|it| !it),
        ExprKind::And(parts) => all(parts, event, windows, true),
        ExprKind::Or(parts) => all(parts, event, windows, false),
        ExprKind::History(it) if !it.counts && seen(it) => Some(true),
        ExprKind::Compare {
            operator,
            left,
            right,
        } => match (&left.kind, &right.kind) {
            (
                ExprKind::History(it),
                ExprKind::Literal(journeyc::model::Literal::Number(number)),
            ) if it.counts && seen(it) => compared(*operator, *number),
            _ => None,
        },
        _ => None,
    }
}

fn all(parts: &[Expr], event: &str, windows: bool, wanted: bool) -> Option<bool> {
    let answers: Vec<_> = parts
        .iter()
        .map(|it| supposing(it, event, windows))
        .collect();
    if answers.contains(&Some(!wanted)) {
        Some(!wanted)
    } else {
        answers
            .iter()
            .all(|it| *it == Some(wanted))
            .then_some(wanted)
    }
}

/// What at least one compares like.
fn compared(operator: journeyc::model::Comparison, number: f64) -> Option<bool> {
    use journeyc::model::Comparison as C;
    match operator {
        C::Greater | C::NotEqual if number < 1.0 => Some(true),
        C::GreaterOrEqual if number <= 1.0 => Some(true),
        C::Less if number <= 1.0 => Some(false),
        C::LessOrEqual | C::Equal if number < 1.0 => Some(false),
        _ => None,
    }
}
