//! What a provider calls the parts of a journey, and where in its pages each is set.

/// A provider's word for something.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// What it is called there.
    pub name: &'static str,
    /// Where it is set, or how; empty where the name says it all.
    pub place: &'static str,
}

/// A provider's words for journeys.
#[derive(Debug)]
pub struct Vocabulary {
    /// The journey itself.
    pub journey: Word,
    /// What it calls an event.
    pub event: &'static str,
    /// What it calls a property of an event, while the journey runs.
    pub property: &'static str,
    /// What it calls an attribute of the contact.
    pub attribute: &'static str,
    /// The event that lets people in.
    pub trigger: Word,
    /// Whether people may come in again.
    pub reentry: Word,
    /// What makes people leave at every step.
    pub exits: Word,
    /// The event that the journey hopes for.
    pub goal: Word,
    /// A mail.
    pub message: Word,
    /// The condition of a single mail.
    pub gate: Word,
    /// What law takes a mail for, and so who may get it.
    pub class: Word,
    /// A mail in several languages.
    pub locale: Word,
    /// What holds mail back outside of hours.
    pub window: Word,
    /// At most so many messages.
    pub cap: Word,
    /// A wait for some time.
    pub delay: Word,
    /// A wait until a time of day or a day of the week.
    pub until: Word,
    /// A wait for an event.
    pub wait_for: Word,
    /// A wait for a date.
    pub wait_date: Word,
    /// A choice by conditions.
    pub choose: Word,
    /// A choice by chance.
    pub draw: Word,
    /// An attribute that is written.
    pub set: Word,
    /// Another journey that begins.
    pub enter: Word,
    /// Work for a person.
    pub task: Word,
    /// The end of a way.
    pub end: Word,
    /// The data that a mail asks for beside what the provider knows.
    pub handed: Word,
    /// Switching the journey on.
    pub start: Word,
    /// The name that the requests give a template, from the shelf's.
    pub template: fn(&str) -> String,
    /// What follows that name where the mail is commercial.
    pub commercial: &'static str,
    /// What else to see to before it is switched on.
    pub checks: &'static [&'static str],
}
