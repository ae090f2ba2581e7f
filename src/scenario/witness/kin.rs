//! Visits that belong together: what began one of them is what another did.
//!
//! In: the record of a life. Out: whether two touchpoints come close together in visits that one event begins,
//! of which one sends the person into the other, or of which one waits for the event that begins the other.
//! Without that, two orders of one person would be taken for two letters about one.

use std::collections::HashMap;

use crate::simulate::{By, Record, StepNo, VisitNo, What};

/// A visit, or an event: its number in the life's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Member {
    Visit(VisitNo),
    Event(u32),
}

/// For each member one that it belongs to.
#[derive(Default)]
struct Kin(HashMap<Member, Member>);

impl Kin {
    fn of(record: &Record) -> Self {
        let mut res = Self::default();
        for it in &record.moments {
            let Some(visit) = it.visit else { continue };
            let own = Member::Visit(visit.no);
            match it.what {
                What::Entered(By::Event(no)) | What::Came(_, no) => {
                    res.join(own, Member::Event(no));
                }
                What::Entered(By::Visit(no)) => res.join(own, Member::Visit(no)),
                _ => {}
            }
        }
        res
    }

    fn join(&mut self, one: Member, other: Member) {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.0.insert(one, other);
        }
    }

    fn root(&self, mut it: Member) -> Member {
        while let Some(next) = self.0.get(&it) {
            it = *next;
        }
        it
    }
}

/// Whether less than so many seconds lie between two touchpoints, in visits that belong together.
pub(super) fn are_together(record: &Record, first: StepNo, second: StepNo, gap: i64) -> bool {
    let met = |step: StepNo| {
        let moments = record.moments.iter();
        let met = moments.filter(move |it| it.what.touchpoint() == Some(step));
        met.filter_map(|it| Some((it.at, it.visit?)))
    };
    if met(first).next().is_none() {
        return false;
    }
    let kin = Kin::of(record);
    let root = |no: VisitNo| kin.root(Member::Visit(no));
    met(first).any(|(at, visit)| {
        met(second).any(|(other, its)| {
            let is_other = visit.no != its.no || first != second;
            is_other && (at - other).abs() < gap && root(visit.no) == root(its.no)
        })
    })
}
