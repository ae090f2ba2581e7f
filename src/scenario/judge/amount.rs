//! Clauses about a whole life: how many, how silent, how it ends, and how it reads.

use std::collections::BTreeSet;

use super::lived::{Fit, Lived};
use super::{Broken, Held, touchpoints};
use crate::model::SenderKind;
use crate::scenario::case::{AtMost, Bound, Distinct, Ended, Ends, Line, Point, Silence, Via};
use crate::scenario::selector::speaker;
use crate::scenario::timeline;
use crate::simulate::{By, End, Visit, What};

impl Lived<'_, '_> {
    /// No more than so many.
    pub(super) fn at_most(&self, it: &AtMost) -> Held {
        let most = it.n as usize;
        let mut all = Vec::new();
        for (moment, at, step) in touchpoints(self.record) {
            if !it.selector.has(step) || !self.lies_between(moment, it.between) {
                continue;
            }
            let who = match it.distinct {
                None => "",
                Some(distinct) => {
                    let Some(sender) = speaker(self.simulation, step) else {
                        continue;
                    };
                    let senders = &self.simulation.project().senders;
                    let kind = senders.get(sender).map(|it| it.kind);
                    if distinct == Distinct::SenderPerson && kind != Some(SenderKind::Person) {
                        continue;
                    }
                    sender
                }
            };
            all.push((moment, at, who));
        }
        for first in 0..all.len() {
            let from = all[first].1;
            let inside = all[first..].iter().take_while(|(_, at, _)| {
                it.per
                    .is_none_or(|duration| !self.is_over(from, duration, *at))
            });
            let inside: Vec<_> = inside.collect();
            let count = if it.distinct.is_some() {
                let who: BTreeSet<&str> = inside.iter().map(|it| it.2).collect();
                who.len()
            } else {
                inside.len()
            };
            if count > most {
                let mut broken = Broken::new(match count {
                    1 => "there is 1".to_owned(),
                    _ => format!("there are {count}"),
                });
                for (no, (moment, _, who)) in (1..).zip(&inside) {
                    let mark = if it.distinct.is_some() {
                        (*who).to_owned()
                    } else {
                        format!("no. {no}")
                    };
                    broken = broken.mark(*moment, mark);
                }
                return Err(broken);
            }
            if it.per.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Whether a moment lies between two points; not if one of them never happens.
    fn lies_between(&self, moment: usize, between: Option<(Point, Point)>) -> bool {
        between.is_none_or(|(from, to)| {
            matches!(self.fit(moment, Bound::Between(from, to)), Fit::Fits)
        })
    }

    /// The person never hears nothing for so long.
    pub(super) fn no_silence(&self, it: &Silence) -> Held {
        let (mut last, end) = match it.between {
            None => (self.case.start, self.case.end),
            Some((from, to)) => {
                let (Some(from), Some(to)) = (self.point(from), self.point(to)) else {
                    return Ok(());
                };
                (from.at, to.at.min(self.case.end))
            }
        };
        let mut since = None;
        let heard = touchpoints(self.record)
            .filter(|(_, at, step)| *at <= end && it.of.as_ref().is_none_or(|of| of.has(*step)))
            .map(|(moment, at, _)| (Some(moment), at));
        for (moment, at) in heard.chain([(None, end)]) {
            if at < last {
                continue;
            }
            let limit = self.clock.after(last, it.lasts);
            if at > limit {
                let span = super::lived::elapsed(at - last);
                let days = (at - last) / 86_400;
                let span = if days > 2 {
                    format!("{days} days")
                } else {
                    span
                };
                let mut broken = Broken::new(format!(
                    "nothing is heard for {span}, from {} to {}",
                    self.when(last),
                    self.when(at)
                ))
                .expecting(Some(format!("expected by {}", self.when(limit))));
                if let Some(since) = since {
                    broken = broken.mark(since, "the last that is heard");
                }
                if let Some(moment) = moment {
                    broken = broken.mark(moment, self.lateness(limit, at));
                }
                return Err(broken);
            }
            (last, since) = (at, moment);
        }
        Ok(())
    }

    /// The life reads like this.
    pub(super) fn timeline(&self, wanted: &[Line]) -> Held {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let rows = timeline::rows(self.simulation, self.case, self.record);
        let lines = timeline::lines(self.simulation, self.case, self.record);
        for (no, (row, line)) in rows.iter().zip(&lines).enumerate() {
            match wanted.get(no) {
                Some(it) if plain(&it.text) == plain(line) => {}
                Some(it) => {
                    return Err(Broken::new(format!("line {} reads differently", no + 1))
                        .expecting(Some(format!("expected {}", plain(&it.text))))
                        .mark(row.moment, "differs"));
                }
                None => {
                    return Err(Broken::new("there is more than these lines")
                        .mark(row.moment, "is not in the list"));
                }
            }
        }
        match wanted.get(lines.len()) {
            None => Ok(()),
            Some(it) => Err(Broken::new("there are fewer lines")
                .expecting(Some(format!("expected {}", plain(&it.text))))),
        }
    }

    /// A journey ends like this.
    pub(super) fn ends(&self, it: &Ends) -> Held {
        let moments = || self.record.moments.iter().enumerate();
        let name = &self.simulation.journey(it.journey).name.value;
        let entered = moments()
            .filter(|(_, at)| matches!(at.what, What::Entered(_)))
            .filter_map(|(no, at)| Some((no, at.visit?)))
            .rfind(|(_, visit)| visit.journey == it.journey);
        let Some((entry, visit)) = entered else {
            return match it.state {
                Some(Ended::NeverEntered) => Ok(()),
                _ => Err(Broken::new(format!("nobody enters `{name}` in this life"))),
            };
        };
        if it.state == Some(Ended::NeverEntered) {
            return Err(Broken::new(format!("`{name}` is entered")).mark(entry, "enters here"));
        }
        let left = moments().find_map(|(no, at)| match at.what {
            What::Left(end) if at.visit == Some(visit) => Some((no, end)),
            _ => None,
        });
        let by = match it.by {
            Some(by) => Some(self.point(by).ok_or_else(|| self.never_came(by))?.at),
            None => None,
        };
        let Some((moment, end)) = left else {
            return match it.state {
                Some(Ended::Inside) => self.goes_on(it, visit, entry),
                _ => Err(Broken::new(format!("the person is still in `{name}`"))
                    .expecting(by.map(|by| format!("expected by {}", self.when(by))))),
            };
        };
        let state = match it.state {
            None | Some(Ended::Left | Ended::NeverEntered) => true,
            Some(Ended::Inside) => by.is_some_and(|by| self.record.moments[moment].at > by),
            Some(Ended::Completed) => end == End::Completed,
            Some(Ended::Exited) => end != End::Completed,
        };
        if !state {
            return Err(
                Broken::new(format!("`{name}` ends otherwise")).mark(moment, "it ends here")
            );
        }
        if it.state != Some(Ended::Inside) {
            self.in_time(moment, it.by, "ends")?;
        }
        let own = match end {
            End::Completed => Via::Completed,
            End::Exit(step) => Via::Step(step),
            End::Event(exit, _) => Via::Exit(exit),
            End::DatePassed(step) => Via::DatePassed(step),
        };
        if let Some((word, ways)) = &it.via
            && !ways.contains(&own)
        {
            let reason = format!("`{name}` does not end by `{word}`");
            return Err(Broken::new(reason).mark(moment, "it ends here"));
        }
        self.goes_on(it, visit, entry)
    }

    /// The journey that comes next is entered from this visit, or after it has begun.
    fn goes_on(&self, it: &Ends, visit: Visit, entry: usize) -> Held {
        let Some(next) = it.next else {
            return Ok(());
        };
        let found = self.record.moments.iter().enumerate().any(|(no, moment)| {
            let What::Entered(by) = moment.what else {
                return false;
            };
            moment.visit.is_some_and(|it| it.journey == next)
                && (no > entry || by == By::Visit(visit.no))
        });
        if found {
            return Ok(());
        }
        let next = &self.simulation.journey(next).name.value;
        Err(Broken::new(format!("`{next}` is not entered afterwards")))
    }
}
