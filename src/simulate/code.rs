//! Steps as a list of operations, so that a visit is a place in a list.
//!
//! In: a journey. Out: [`Code`]: its operations, where ways that part come together again behind them.

use super::condition::{Numbers, Test};
use super::{Clock, EventNo, JourneyNo, StepNo};
use crate::model::{
    Class, Condition, Duration, IfPast, Journey, Milestone, Offset, Project, Reentry, Send, Step,
    Steps, TimeOfDay, Wait, WaitUntil, Weekday,
};
use serde_json::Value;

/// A journey, laid out.
#[derive(Debug)]
pub(super) struct Code<'p> {
    pub(super) trigger: Option<EventNo>,
    pub(super) filter: Option<Test<'p>>,
    pub(super) reentry: Reentry,
    pub(super) holdout: bool,
    /// The property that tells the trigger's cases apart.
    pub(super) key: Option<&'p str>,
    pub(super) exits: Vec<Watch<'p>>,
    pub(super) goal: Option<Hope<'p>>,
    pub(super) ops: Vec<Op<'p>>,
    /// How many repetitions stand in each other at most.
    pub(super) depth: usize,
}

/// An exit.
#[derive(Debug)]
pub(super) struct Watch<'p> {
    pub(super) event: Option<EventNo>,
    pub(super) filter: Option<Test<'p>>,
    pub(super) only: Option<Class>,
    /// Whether only the event of the same case counts.
    pub(super) same_case: bool,
}

/// A goal.
#[derive(Debug)]
pub(super) struct Hope<'p> {
    pub(super) event: Option<EventNo>,
    pub(super) filter: Option<Test<'p>>,
    pub(super) within: Option<Duration>,
}

/// One operation; `step` is the step that says so.
#[derive(Debug)]
pub(super) struct Op<'p> {
    pub(super) step: StepNo,
    pub(super) act: Act<'p>,
}

/// What an operation does. Places are places in the list of operations.
#[derive(Debug)]
pub(super) enum Act<'p> {
    Contact(Box<Contact<'p>>),
    Wait(Pause),
    WaitFor(Box<Await<'p>>),
    WaitUntil(Box<Until<'p>>),
    Branch {
        ways: Vec<(Test<'p>, usize)>,
        otherwise: usize,
    },
    Split {
        weights: Vec<u32>,
        places: Vec<usize>,
    },
    /// A repetition begins: its rounds are counted at this depth.
    Repeat {
        depth: usize,
    },
    /// A round begins.
    Round {
        depth: usize,
    },
    /// A round is over; if another one follows, it begins at `head`.
    Again {
        depth: usize,
        times: u32,
        every: Duration,
        until: Option<Test<'p>>,
        head: usize,
    },
    Jump(usize),
    Set {
        attribute: Option<usize>,
        value: &'p Value,
    },
    Enter(Option<JourneyNo>),
    Exit,
    End,
}

/// A touchpoint.
#[derive(Debug)]
pub(super) struct Contact<'p> {
    pub(super) kind: Kind,
    pub(super) only_if: Option<Test<'p>>,
    pub(super) unless: Option<Test<'p>>,
    /// The class whose stop it obeys.
    pub(super) class: Option<Class>,
    /// Whether windows, quiet hours and the cap hold it back.
    pub(super) held: bool,
}

/// What kind of touchpoint it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Send,
    Task,
    Touch,
}

/// A wait for some time.
#[derive(Debug)]
pub(super) struct Pause {
    pub(super) duration: Duration,
    pub(super) at: Option<TimeOfDay>,
    pub(super) on: Vec<Weekday>,
    /// The clock that counts where it is not the person's.
    pub(super) clock: Option<Clock>,
}

/// A wait for an event.
#[derive(Debug)]
pub(super) struct Await<'p> {
    pub(super) event: Option<EventNo>,
    pub(super) filter: Option<Test<'p>>,
    pub(super) timeout: Option<Duration>,
    pub(super) same_case: bool,
    /// Where those go on to whom the event came; those to whom it did not go on at the next operation.
    pub(super) came: usize,
}

/// A wait for a date.
#[derive(Debug)]
pub(super) struct Until<'p> {
    pub(super) date: Test<'p>,
    pub(super) offset: Option<Offset>,
    pub(super) at: Option<TimeOfDay>,
    pub(super) if_past: IfPast,
}

/// What a journey is laid out with.
pub(super) struct Layout<'l, 'p> {
    pub(super) project: &'p Project,
    pub(super) numbers: &'l Numbers<'l>,
    pub(super) journey_of: &'l dyn Fn(&str) -> Option<JourneyNo>,
    pub(super) journey: &'p Journey,
    /// The number of the next step.
    pub(super) next: u32,
}

impl<'p> Layout<'_, 'p> {
    /// Lays the journey out.
    pub(super) fn code(mut self) -> Code<'p> {
        let journey = self.journey;
        let trigger = &*journey.trigger.event.value;
        let exits = journey.exits.iter().map(|it| Watch {
            event: (self.numbers.event)(&it.on.value),
            filter: self.test(it.filter.as_ref()),
            only: it.only,
            same_case: self.shares_key(&it.on.value),
        });
        let exits = exits.collect();
        let mut code = Code {
            trigger: (self.numbers.event)(trigger),
            filter: self.test(journey.trigger.filter.as_ref()),
            reentry: journey.reentry.map_or(Reentry::Never, |it| it.value),
            holdout: journey.holdout.is_some_and(|it| it > 0),
            key: self.key(trigger),
            exits,
            goal: journey.goal.as_ref().map(|it| Hope {
                event: (self.numbers.event)(&it.event.value),
                filter: self.test(it.filter.as_ref()),
                within: it.within.map(|it| it.value),
            }),
            ops: Vec::new(),
            depth: 0,
        };
        self.steps(&journey.steps, 0, &mut code);
        code.ops.push(Op {
            step: StepNo(self.next),
            act: Act::End,
        });
        code
    }

    fn test(&self, condition: Option<&'p Condition>) -> Option<Test<'p>> {
        condition.map(|it| Test::of(it, self.numbers))
    }

    fn key(&self, event: &str) -> Option<&'p str> {
        let event = self.project.event(event)?;
        event.key.as_ref().map(|it| &*it.value)
    }

    /// Whether an event tells its cases apart as the trigger does, and can still come for the case that
    /// has let the person in.
    fn shares_key(&self, event: &str) -> bool {
        let trigger = &*self.journey.trigger.event.value;
        let milestone = |name: &str| self.project.event(name)?.milestone.map(|it| it.value);
        event != trigger
            && !Milestone::is_over(milestone(event), milestone(trigger))
            && self.key(event).is_some()
            && self.key(event) == self.key(trigger)
    }

    fn steps(&mut self, steps: &'p Steps, depth: usize, code: &mut Code<'p>) {
        for step in steps {
            self.step(&step.value, depth, code);
        }
    }

    fn step(&mut self, step: &'p Step, depth: usize, code: &mut Code<'p>) {
        let number = StepNo(self.next);
        self.next += 1;
        let push = |code: &mut Code<'p>, act| code.ops.push(Op { step: number, act });
        match step {
            Step::Send(it) => push(code, self.send(it)),
            Step::Task(it) => {
                let (only_if, unless) = (it.only_if.as_ref(), it.unless.as_ref());
                push(code, self.contact(Kind::Task, only_if, unless, None, false));
            }
            Step::Touch(it) => {
                let class = it.class.map_or(self.journey.class, |it| it.value);
                let (only_if, unless) = (it.only_if.as_ref(), it.unless.as_ref());
                push(
                    code,
                    self.contact(Kind::Touch, only_if, unless, Some(class), false),
                );
            }
            Step::Wait(it) => push(code, Act::Wait(pause(it))),
            Step::WaitFor(it) => {
                let place = code.ops.len();
                let act = Await {
                    event: (self.numbers.event)(&it.event.value),
                    filter: self.test(it.filter.as_ref()),
                    timeout: it.timeout.map(|it| it.value),
                    same_case: self.shares_key(&it.event.value),
                    came: 0,
                };
                push(code, Act::WaitFor(Box::new(act)));
                if let Some(late) = &it.on_timeout {
                    self.steps(late, depth, code);
                }
                let end = code.ops.len();
                if let Act::WaitFor(it) = &mut code.ops[place].act {
                    it.came = end;
                }
            }
            Step::WaitUntil(it) => push(code, self.until(it)),
            Step::Branch(it) => {
                let place = code.ops.len();
                push(code, Act::End);
                let mut ways = Vec::new();
                let mut ends = Vec::new();
                for way in &it.when {
                    let test = Test::of(&way.condition, self.numbers);
                    ways.push((test, code.ops.len()));
                    self.steps(&way.steps, depth, code);
                    ends.push(code.ops.len());
                    push(code, Act::End);
                }
                let otherwise = code.ops.len();
                if let Some(steps) = &it.otherwise {
                    self.steps(steps, depth, code);
                }
                meet(&ends, code);
                code.ops[place].act = Act::Branch { ways, otherwise };
            }
            Step::Split(it) => {
                let place = code.ops.len();
                push(code, Act::End);
                let mut places = Vec::new();
                let mut ends = Vec::new();
                for arm in it.arms.values() {
                    places.push(code.ops.len());
                    self.steps(&arm.steps, depth, code);
                    ends.push(code.ops.len());
                    push(code, Act::End);
                }
                meet(&ends, code);
                code.ops[place].act = if places.is_empty() {
                    Act::Jump(place + 1)
                } else {
                    let weights = it.arms.values().map(|it| it.weight.value).collect();
                    Act::Split { weights, places }
                };
            }
            Step::Repeat(it) => {
                code.depth = code.depth.max(depth + 1);
                push(code, Act::Repeat { depth });
                let head = code.ops.len();
                push(code, Act::Round { depth });
                self.steps(&it.steps, depth + 1, code);
                let act = Act::Again {
                    depth,
                    times: it.times.value.max(1),
                    every: it.every.map(|it| it.value).unwrap_or_default(),
                    until: self.test(it.until.as_ref()),
                    head,
                };
                push(code, act);
            }
            Step::Set(it) => push(
                code,
                Act::Set {
                    attribute: (self.numbers.attribute)(&it.attribute.value),
                    value: &it.value.value,
                },
            ),
            Step::Enter(it) => push(code, Act::Enter((self.journey_of)(&it.value))),
            Step::Exit(_) => push(code, Act::Exit),
        }
    }

    fn send(&self, it: &'p Send) -> Act<'p> {
        let class = self.journey.class_of(it);
        let held = class == Class::Commercial && it.bypass_window != Some(true);
        let (only_if, unless) = (it.only_if.as_ref(), it.unless.as_ref());
        self.contact(Kind::Send, only_if, unless, Some(class), held)
    }

    fn contact(
        &self,
        kind: Kind,
        only_if: Option<&'p Condition>,
        unless: Option<&'p Condition>,
        class: Option<Class>,
        held: bool,
    ) -> Act<'p> {
        Act::Contact(Box::new(Contact {
            kind,
            only_if: self.test(only_if),
            unless: self.test(unless),
            class,
            held,
        }))
    }

    fn until(&self, it: &'p WaitUntil) -> Act<'p> {
        Act::WaitUntil(Box::new(Until {
            date: Test::of(&it.date, self.numbers),
            offset: it.offset.map(|it| it.value),
            at: it.at.map(|it| it.value),
            if_past: it.if_past,
        }))
    }
}

/// Lets the ways that end at these places go on behind the last operation.
fn meet(ends: &[usize], code: &mut Code<'_>) {
    let end = code.ops.len();
    for place in ends {
        code.ops[*place].act = Act::Jump(end);
    }
}

fn pause(it: &Wait) -> Pause {
    let zone = it.zone.as_ref().map(|it| &*it.value);
    let zone = zone.filter(|it| *it != "contact");
    Pause {
        duration: it.duration.map(|it| it.value).unwrap_or_default(),
        at: it.at.map(|it| it.value),
        on: it.on.iter().map(|it| it.value).collect(),
        clock: zone.and_then(|it| it.parse().ok()).map(Clock::of),
    }
}
