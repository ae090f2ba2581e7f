//! One life that has been lived, and the points in time that clauses speak of.

use super::{Broken, Held, Scene, input};
use crate::model::Duration;
use crate::scenario::case::{Anchor, Bound, Case, Point};
use crate::scenario::selector::step_name;
use crate::scenario::timeline::when;
use crate::simulate::{Clock, EventNo, Life, Outside, Record, Simulation, When};

/// A life and what is known of it.
pub(super) struct Lived<'a, 'p> {
    pub(super) scene: &'a Scene<'a, 'p>,
    pub(super) simulation: &'a Simulation<'p>,
    pub(super) case: &'a Case,
    pub(super) life: &'a Life,
    pub(super) record: &'a Record,
    pub(super) clock: Clock,
}

/// An instant, and the moment that it is, where it is one: of what happens at one second, what comes
/// earlier in the record is the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    pub(super) at: i64,
    pub(super) moment: Option<usize>,
}

/// How a moment lies to a bound.
pub(super) enum Fit {
    Fits,
    /// The bound begins here.
    Early(i64),
    /// The bound ended here.
    Late(i64),
    /// This never happened.
    Missing(Point),
}

impl<'a, 'p> Lived<'a, 'p> {
    pub(super) fn new(
        scene: &'a Scene<'a, 'p>,
        case: &'a Case,
        life: &'a Life,
        record: &'a Record,
    ) -> Self {
        Self {
            scene,
            simulation: scene.simulation,
            case,
            life,
            record,
            clock: scene.simulation.clock(case.person.zone),
        }
    }

    /// The event of an input.
    pub(super) fn event_of(&self, no: u32) -> Option<EventNo> {
        match &self.life.outside.get(no as usize)?.what {
            Outside::Event(event, _) => Some(*event),
            Outside::Click(_) | Outside::Attributes(_) => None,
        }
    }

    fn anchor(&self, anchor: Anchor) -> Option<Instant> {
        let found = |moment: usize| Instant {
            at: self.record.moments[moment].at,
            moment: Some(moment),
        };
        let position = |fits: &dyn Fn(crate::simulate::What) -> bool| {
            let mut moments = self.record.moments.iter();
            moments.position(|it| fits(it.what)).map(found)
        };
        match anchor {
            Anchor::Start => Some(Instant {
                at: self.case.start,
                moment: None,
            }),
            Anchor::At(at) => Some(Instant { at, moment: None }),
            Anchor::Event(event) => {
                let is_it = |no| self.event_of(no) == Some(event);
                position(&|what| input(what).is_some_and(is_it)).or_else(|| self.earlier(event))
            }
            Anchor::Step(step) => position(&|what| what.touchpoint() == Some(step)).or_else(|| {
                let is_meant = crate::scenario::Kind::Any.fits(self.simulation, step);
                if is_meant {
                    None
                } else {
                    position(&|what| what.step() == Some(step))
                }
            }),
        }
    }

    /// The last time in history that an event came.
    fn earlier(&self, event: EventNo) -> Option<Instant> {
        let history = self.life.outside.iter();
        let times = history.filter_map(|it| match (&it.what, it.when) {
            (Outside::Event(own, _), When::At(at)) if *own == event && at < self.case.start => {
                Some(at)
            }
            _ => None,
        });
        times.max().map(|at| Instant { at, moment: None })
    }

    pub(super) fn point(&self, point: Point) -> Option<Instant> {
        let anchor = self.anchor(point.anchor)?;
        let Some(offset) = point.offset else {
            return Some(anchor);
        };
        let at = if offset.before {
            self.clock.before(anchor.at, offset.by)
        } else {
            self.clock.after(anchor.at, offset.by)
        };
        Some(Instant { at, moment: None })
    }

    /// How a point is called: `payment + 21d`.
    pub(super) fn point_name(&self, point: Point) -> String {
        let anchor = match point.anchor {
            Anchor::Start => "the start".to_owned(),
            Anchor::Event(event) => self.simulation.event_name(event).to_owned(),
            Anchor::Step(step) => step_name(self.simulation, step),
            Anchor::At(at) => self.when(at),
        };
        match point.offset {
            None => anchor,
            Some(it) if it.before => format!("{anchor} - {}", it.by),
            Some(it) => format!("{anchor} + {}", it.by),
        }
    }

    /// How a moment lies to a bound.
    pub(super) fn fit(&self, moment: usize, bound: Bound) -> Fit {
        let at = self.record.moments[moment].at;
        let not_before = |it: Instant| match it.moment {
            Some(cause) if it.at == at => moment >= cause,
            _ => at >= it.at,
        };
        let not_after = |it: Instant| match it.moment {
            Some(cause) if it.at == at => moment <= cause,
            _ => at <= it.at,
        };
        let reach = match self.reach(bound) {
            Ok(reach) => reach,
            Err(missing) => return Fit::Missing(missing),
        };
        let (from, to) = reach;
        if let Some(from) = from
            && !not_before(from)
        {
            return Fit::Early(from.at);
        }
        let strict = matches!(bound, Bound::Before(_));
        let is_late = |to: Instant| match bound {
            // What happens at the second of a deadline is in time, whatever its cause.
            Bound::By(_) | Bound::Within(..) => at > to.at,
            _ if strict => match to.moment {
                Some(cause) if to.at == at => moment >= cause,
                _ => at >= to.at,
            },
            _ => !not_after(to),
        };
        match to {
            Some(to) if is_late(to) => Fit::Late(to.at),
            _ => Fit::Fits,
        }
    }

    /// From when to when a bound reaches.
    pub(super) fn reach(&self, bound: Bound) -> Result<(Option<Instant>, Option<Instant>), Point> {
        let of = |point: Point| self.point(point).ok_or(point);
        Ok(match bound {
            Bound::Within(point, duration) => {
                let from = of(point)?;
                let to = Instant {
                    at: self.clock.after(from.at, duration),
                    moment: None,
                };
                (Some(from), Some(to))
            }
            Bound::By(point) | Bound::Before(point) => (None, Some(of(point)?)),
            Bound::After(point) => (Some(of(point)?), None),
            Bound::Between(from, to) => (Some(of(from)?), Some(of(to)?)),
        })
    }

    /// A second on the person's clock.
    pub(super) fn when(&self, at: i64) -> String {
        when(self.clock, self.case.start, at)
    }

    /// Whether a moment comes not later than a point.
    pub(super) fn in_time(&self, moment: usize, by: Option<Point>, does: &str) -> Held {
        let Some(by) = by else {
            return Ok(());
        };
        match self.fit(moment, Bound::By(by)) {
            Fit::Missing(point) => Err(self.never_came(point)),
            Fit::Late(deadline) => {
                let at = self.record.moments[moment].at;
                let late = self.lateness(deadline, at);
                Err(Broken::new(format!("{does} too late"))
                    .expecting(Some(format!("expected by {}", self.when(deadline))))
                    .mark(moment, late))
            }
            Fit::Early(_) | Fit::Fits => Ok(()),
        }
    }

    pub(super) fn never_came(&self, point: Point) -> Broken {
        let bare = Point {
            offset: None,
            ..point
        };
        Broken::new(format!(
            "`{}` never happens in this life",
            self.point_name(bare)
        ))
    }

    /// `38 h 30 min late (clock change −1 h)`.
    pub(super) fn lateness(&self, deadline: i64, at: i64) -> String {
        format!(
            "{} late{}",
            elapsed(at - deadline),
            self.clock_change(deadline, at)
        )
    }

    /// What a clock change makes of a span of time, where there is one in it.
    pub(super) fn clock_change(&self, from: i64, to: i64) -> String {
        let wall = self.clock.local(to) - self.clock.local(from);
        let change = (to - from) - wall.num_seconds();
        if change == 0 {
            return String::new();
        }
        let sign = if change < 0 { "−" } else { "+" };
        format!(" (clock change {sign}{})", elapsed(change.abs()))
    }

    /// Whether so much time has passed that a duration is over.
    pub(super) fn is_over(&self, from: i64, duration: Duration, to: i64) -> bool {
        to >= self.clock.after(from, duration)
    }
}

/// `62 h 30 min`; in minutes, or in seconds where it is less than one.
pub(super) fn elapsed(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min"),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {minutes} min"),
    }
}
