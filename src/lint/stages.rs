//! Which parts of the relationship the journeys look after: every touchpoint with its stage and the
//! people it is for. What rules over the whole repository begin with.

use crate::model::{Emotion, Journey, Milestone, Name, Project, Purpose, Send, Stage, Step};
use crate::source::{Span, Spanned};

use super::context::LintContext;

/// With fewer journeys than this somebody has only just begun, and knows what is missing.
const YOUNG: usize = 3;

/// What belongs to the order itself, or sells the next one: no care after the sale.
const NO_FOLLOW_UP: [Purpose; 7] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::NextSteps,
    Purpose::LegalNotice,
    Purpose::Acknowledgement,
    Purpose::Offer,
    Purpose::CrossSell,
];

/// A step that the customer notices.
#[derive(Clone, Copy)]
pub(crate) struct Touchpoint<'p> {
    /// The journey that it is part of.
    pub(crate) journey: &'p Journey,
    /// What the journey's trigger means.
    pub(crate) begins: Option<Milestone>,
    step: &'p Spanned<Step>,
    id: &'p Name,
}

impl<'p> Touchpoint<'p> {
    /// Its name.
    pub(crate) fn id(&self) -> &'p str {
        &self.id.value
    }

    /// The place to point at: its name.
    pub(crate) fn place(&self) -> Span {
        self.id.span
    }

    /// The email, if it is one.
    pub(crate) fn send(&self) -> Option<&'p Send> {
        match &self.step.value {
            Step::Send(it) => Some(it),
            _ => None,
        }
    }

    /// Whether it is for this.
    pub(crate) fn has(&self, purpose: Purpose) -> bool {
        self.step.purposes().iter().any(|it| it.value == purpose)
    }

    /// What the customer is likely to feel.
    pub(crate) fn emotion(&self) -> Option<&'p Emotion> {
        emotion_of(&self.step.value)
    }

    /// The stages that it is said to stand in: its own, or else its journey's.
    pub(crate) fn declared_stages(&self) -> Vec<Stage> {
        let own = self.send().and_then(|it| it.stage.as_ref());
        own.map_or_else(
            || self.journey.stage.values().collect(),
            |it| vec![it.value],
        )
    }

    /// The stage that its purpose speaks of, or else its journey's trigger.
    pub(crate) fn implied_stage(&self) -> Option<Stage> {
        let mut purposes = self.step.purposes().iter();
        purposes
            .find_map(|it| stage_of_purpose(it.value))
            .or_else(|| self.begins.and_then(stage_of_milestone))
    }

    /// The stages that it stands in, as said, or else as its purpose has it.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        let declared = self.declared_stages();
        if declared.is_empty() {
            self.implied_stage().into_iter().collect()
        } else {
            declared
        }
    }

    /// Whether it can stand in this stage.
    pub(crate) fn is_in(&self, stage: Stage) -> bool {
        self.stages().contains(&stage)
    }

    /// Whom it is written for; nobody in particular if empty.
    pub(crate) fn personas(&self) -> &'p [Name] {
        let own = self.send().map_or(&[][..], |it| &it.personas);
        if own.is_empty() {
            &self.journey.personas
        } else {
            own
        }
    }

    /// Whether it cares for somebody who has paid, and neither settles the order nor sells more.
    fn follows_up(&self) -> bool {
        let after = self.begins == Some(Milestone::Payment)
            || self.is_in(Stage::After)
            || self.is_in(Stage::Return);
        let purposes = self.step.purposes();
        let bare = |it: &Spanned<Purpose>| NO_FOLLOW_UP.contains(&it.value);
        after && (purposes.is_empty() || !purposes.iter().all(bare))
    }
}

/// What the customer is likely to feel at a step.
pub(crate) fn emotion_of(step: &Step) -> Option<&Emotion> {
    match step {
        Step::Send(it) => it.emotion.as_ref(),
        Step::Task(it) => it.emotion.as_ref(),
        Step::Touch(it) => it.emotion.as_ref(),
        _ => None,
    }
}

/// The touchpoints of a journey, in the order of the file.
pub(crate) fn touchpoints_of<'p>(
    project: &Project,
    journey: &'p Journey,
) -> impl Iterator<Item = Touchpoint<'p>> + use<'p> {
    let begins = milestone_of(project, &journey.trigger.event.value);
    let steps = journey.walk().map(|(it, _)| it);
    let noticed = steps.filter(|it| is_touch(&it.value));
    noticed.filter_map(move |step| {
        Some(Touchpoint {
            journey,
            begins,
            step,
            id: step.id()?,
        })
    })
}

/// The touchpoints of all journeys.
pub(crate) fn touchpoints<'c, 'p>(
    cx: &'c LintContext<'p>,
) -> impl Iterator<Item = Touchpoint<'p>> + use<'c, 'p> {
    cx.journeys()
        .flat_map(|it| touchpoints_of(cx.project(), it))
}

/// What an event means for the relationship.
pub(crate) fn milestone_of(project: &Project, event: &str) -> Option<Milestone> {
    let declared = project.event(event)?.milestone?;
    Some(declared.value)
}

/// Whether a step is one that the customer notices.
pub(crate) fn is_touch(step: &Step) -> bool {
    matches!(step, Step::Send(_) | Step::Task(_) | Step::Touch(_))
}

/// Whether somebody has only just begun to write journeys: then what is missing is no news.
pub(crate) fn is_young(cx: &LintContext<'_>) -> bool {
    cx.program().documents.len() < YOUNG
}

/// The first journey that begins with a payment or waits for one: whoever writes it takes on what
/// comes after.
pub(crate) fn handles_payment<'p>(cx: &LintContext<'p>) -> Option<&'p Journey> {
    let is_payment =
        |event: &Name| milestone_of(cx.project(), &event.value) == Some(Milestone::Payment);
    let waits = |it: &&Journey| {
        it.walk().any(|(step, _)| match &step.value {
            Step::WaitFor(it) => is_payment(&it.event),
            _ => false,
        })
    };
    let begins = cx.journeys().find(|it| is_payment(&it.trigger.event));
    begins.or_else(|| cx.journeys().find(waits))
}

/// Whether anybody who has paid is cared for.
pub(crate) fn follows_up(cx: &LintContext<'_>) -> bool {
    touchpoints(cx).any(|it| it.follows_up())
}

/// Words for a sentence: the first few, and how many more there are.
pub(crate) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    const MOST: usize = 4;
    let words: Vec<String> = words.into_iter().map(|it| format!("`{it}`")).collect();
    let (shown, rest) = words.split_at(words.len().min(MOST));
    match (shown, rest) {
        ([], _) => String::new(),
        ([only], []) => only.clone(),
        ([some @ .., last], []) => format!("{} and {last}", some.join(", ")),
        (some, rest) => format!("{} and {} more", some.join(", "), rest.len()),
    }
}

fn stage_of_purpose(purpose: Purpose) -> Option<Stage> {
    match purpose {
        Purpose::ConsentRequest => Some(Stage::Before),
        Purpose::Confirmation | Purpose::Receipt | Purpose::Abandonment => Some(Stage::During),
        Purpose::ThankYou
        | Purpose::Wow
        | Purpose::SetupHelp
        | Purpose::StatusUpdate
        | Purpose::DelayNotice
        | Purpose::CheckIn
        | Purpose::FeedbackRequest
        | Purpose::Apology => Some(Stage::After),
        Purpose::CrossSell
        | Purpose::WinBack
        | Purpose::SunsetNotice
        | Purpose::AdvocacyAsk
        | Purpose::RenewalNotice => Some(Stage::Return),
        Purpose::NextSteps
        | Purpose::Offer
        | Purpose::Content
        | Purpose::Reminder
        | Purpose::Acknowledgement
        | Purpose::LegalNotice
        | Purpose::Newsletter => None,
    }
}

fn stage_of_milestone(milestone: Milestone) -> Option<Stage> {
    match milestone {
        Milestone::Intent | Milestone::TrialEnd => Some(Stage::During),
        Milestone::Payment
        | Milestone::Delivered
        | Milestone::ServiceStarted
        | Milestone::FirstUse
        | Milestone::Refunded
        | Milestone::ReturnRequested
        | Milestone::ComplaintOpened
        | Milestone::ComplaintClosed
        | Milestone::FeedbackGiven => Some(Stage::After),
        Milestone::RenewalDue | Milestone::ReferredSignup | Milestone::Lapsed => {
            Some(Stage::Return)
        }
        Milestone::Unsubscribed | Milestone::Bounced => None,
    }
}
