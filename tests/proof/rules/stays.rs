//! Ways of a person through journeys, taken out of a record, and what requests for feedback are.

use journeyc::model::{Expr, ExprKind, Journey, Milestone, Purpose, Send, Since, Step};
use journeyc::simulate::{By, End, JourneyNo, Life, Moment, Record, StepNo, VisitNo, What};

use super::super::Town;
use super::super::town::occurred;

/// One way of a person through one journey.
pub struct Stay<'r> {
    /// Its number.
    pub no: VisitNo,
    /// The journey.
    pub journey: JourneyNo,
    /// When it began.
    pub entered: i64,
    /// What let the person in.
    pub by: By,
    /// What happened on it, in the order of time.
    pub moments: Vec<&'r Moment>,
}

impl<'r> Stay<'r> {
    /// All ways of a life.
    pub fn all(record: &'r Record) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for moment in &record.moments {
            let Some(visit) = moment.visit else { continue };
            if let What::Entered(by) = moment.what {
                all.push(Self {
                    no: visit.no,
                    journey: visit.journey,
                    entered: moment.at,
                    by,
                    moments: Vec::new(),
                });
            }
            // People are in few journeys at once, and those that began last do most.
            if let Some(own) = all.iter_mut().rev().find(|it| it.no == visit.no) {
                own.moments.push(moment);
            }
        }
        all
    }

    /// The touchpoints on it.
    pub fn touches(&self) -> impl Iterator<Item = (i64, StepNo)> {
        let touches = |it: &&Moment| it.what.touchpoint().map(|step| (it.at, step));
        self.moments.iter().filter_map(touches)
    }

    /// Whether an exit of the journey has ended it, or has stopped messages, until a moment.
    pub fn is_cut_by(&self, until: i64) -> bool {
        let mut known = self.moments.iter().take_while(|it| it.at <= until);
        known.any(|it| matches!(it.what, What::Left(End::Event(..)) | What::Stopped(_)))
    }

    /// The number of the event that let the person in; also where the first of several journeys with
    /// one trigger has sent them on.
    pub fn case(&self, town: &Town<'_>, all: &[Self]) -> Option<u32> {
        match self.by {
            By::Event(it) => Some(it),
            By::Visit(no) => {
                let from = all.iter().find(|it| it.no == no)?;
                let trigger = |it: &Self| &town.journey(it.journey).trigger.event.value;
                (trigger(from) == trigger(self)).then(|| from.case(town, all))?
            }
        }
    }

    /// Whether an event is about the case that let the person in, as exits and waits understand it.
    pub fn concerns(&self, town: &Town<'_>, life: &Life, all: &[Self], no: u32) -> bool {
        let Some((event, data)) = occurred(life, no) else {
            return false;
        };
        let name = town.simulation.event_name(event);
        let trigger = &*town.journey(self.journey).trigger.event.value;
        let key = |name: &str| {
            town.project()
                .event(name)?
                .key
                .as_ref()
                .map(|it| &*it.value)
        };
        let (Some(own), Some(other)) = (key(trigger), key(name)) else {
            return true;
        };
        if own != other || name == trigger {
            return true;
        }
        let Some((_, case)) = self.case(town, all).and_then(|it| occurred(life, it)) else {
            return true;
        };
        case.get(own) == data.get(own)
    }

    /// The first of the ways by which the person came here, one journey sending them into the next.
    pub fn root<'a>(&'a self, all: &'a [Self]) -> &'a Self {
        match self.by {
            By::Event(_) => self,
            By::Visit(no) => all
                .iter()
                .find(|it| it.no == no)
                .map_or(self, |it| it.root(all)),
        }
    }
}

/// The events with one of these milestones that came in the life, with their numbers.
pub fn of_milestones<'l>(
    town: &'l Town<'_>,
    life: &'l Life,
    record: &'l Record,
    wanted: &'l [Milestone],
) -> impl Iterator<Item = (i64, u32)> {
    record.moments.iter().filter_map(move |it| {
        let What::Event(no) = it.what else {
            return None;
        };
        is_of(town, life, no, wanted).then_some((it.at, no))
    })
}

/// Whether an event of the life has one of these milestones.
pub fn is_of(town: &Town<'_>, life: &Life, no: u32, wanted: &[Milestone]) -> bool {
    let milestone = occurred(life, no).and_then(|(event, _)| town.milestone(event));
    milestone.is_some_and(|it| wanted.contains(&it))
}

/// When an event of the life came; its number is one of the life's input.
pub fn time_of(record: &Record, no: u32) -> Option<i64> {
    let is_it = |it: &&Moment| it.what == What::Event(no);
    record.moments.iter().find(is_it).map(|it| it.at)
}

/// What an event means that is written by its name.
pub fn meaning(town: &Town<'_>, name: &str) -> Option<Milestone> {
    town.project().event(name)?.milestone.map(|it| it.value)
}

/// The milestone of a journey's trigger.
pub fn begins_with(town: &Town<'_>, journey: JourneyNo) -> Option<Milestone> {
    meaning(town, &town.journey(journey).trigger.event.value)
}

/// The message of a step, if it is one.
pub fn send_of<'p>(town: &Town<'p>, step: StepNo) -> Option<&'p Send> {
    match &town.step(step).step.value {
        Step::Send(it) => Some(it),
        _ => None,
    }
}

/// Whether a step asks for feedback: by its purpose, with `asks`, or as a reminder of one that does.
pub fn is_request(town: &Town<'_>, step: StepNo) -> bool {
    let placed = town.step(step);
    let by_purpose = |it: &Step| {
        let purposes = it.purposes().iter();
        let mut purposes = purposes.map(|it| it.value);
        purposes.any(|it| it == Purpose::FeedbackRequest)
    };
    let Some(send) = send_of(town, step) else {
        return by_purpose(&placed.step.value);
    };
    let asks = |it: &Send| {
        it.asks.is_some()
            || it
                .purpose
                .0
                .iter()
                .any(|it| it.value == Purpose::FeedbackRequest)
    };
    chain(town.journey(placed.journey), send)
        .into_iter()
        .any(asks)
}

/// A message, the one that it reminds of, the one that this one reminds of, and so on.
pub fn chain<'p>(journey: &'p Journey, send: &'p Send) -> Vec<&'p Send> {
    let mut all = vec![send];
    while let Some(name) = all.last().and_then(|it| it.reminder_of.as_ref()) {
        match journey.sends().find(|it| it.id.value == name.value) {
            Some(it) if !all.iter().any(|known| std::ptr::eq(*known, it)) => all.push(it),
            _ => break,
        }
    }
    all
}

/// Whether a step reminds of another.
pub fn is_reminder(town: &Town<'_>, step: StepNo) -> bool {
    send_of(town, step).is_some_and(|it| it.reminder_of.is_some())
}

/// What a request is about, if not the product; a reminder asks the same again.
pub fn about<'p>(town: &Town<'p>, step: StepNo) -> Option<&'p str> {
    let journey = town.journey(town.step(step).journey);
    let all = chain(journey, send_of(town, step)?);
    all.iter()
        .find_map(|it| it.about.as_ref())
        .map(|it| &*it.value)
}

/// The events that have certainly happened since entry when a condition has this answer.
pub fn proven<'e>(expr: &'e Expr, answer: bool, found: &mut Vec<&'e str>) {
    match &expr.kind {
        ExprKind::History(it) if answer && !it.counts && it.since == Since::Entry => {
            found.push(&it.event);
        }
        ExprKind::Not(it) => proven(it, !answer, found),
        ExprKind::And(parts) if answer => parts.iter().for_each(|it| proven(it, true, found)),
        ExprKind::Or(parts) if !answer => parts.iter().for_each(|it| proven(it, false, found)),
        _ => {}
    }
}

/// Every event that a journey looks at since entry: in exits, waits, and conditions of steps.
pub fn looked_at(journey: &Journey) -> Vec<&str> {
    let mut all: Vec<&str> = journey.exits.iter().map(|it| &*it.on.value).collect();
    let asked = |it: &'_ Expr| match &it.kind {
        ExprKind::History(it) if it.since == Since::Entry => Some(()),
        _ => None,
    };
    for (step, _) in journey.walk() {
        let (only_if, unless) = step.value.conditions();
        let mut conditions: Vec<_> = only_if.into_iter().chain(unless).collect();
        match &step.value {
            Step::WaitFor(it) => all.push(&it.event.value),
            Step::Branch(it) => conditions.extend(it.when.iter().map(|it| &it.condition)),
            _ => {}
        }
        for expr in conditions.iter().filter_map(|it| it.parsed.as_ref().ok()) {
            expr.walk(&mut |it| {
                if let (Some(()), ExprKind::History(it)) = (asked(it), &it.kind) {
                    all.push(&it.event);
                }
            });
        }
    }
    all
}
