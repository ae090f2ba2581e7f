//! What targets can and cannot take, as data that `explain-target` shows.

/// Something that journeys ask of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// A whole journey through its API.
    JourneyByApi,
    /// Email templates through its API.
    TemplatesByApi,
    /// A filter on the event that lets people in.
    TriggerFilter,
    /// Rules on who may come in again.
    Reentry,
    /// Leaving at every step.
    Exits,
    /// Waits in minutes, hours and days.
    Wait,
    /// Waits in business days.
    BusinessDays,
    /// Waits until a time of day or a day of the week.
    TimeOfDay,
    /// The clock of the contact's own zone.
    ContactZone,
    /// Waiting for an event.
    WaitForEvent,
    /// Waiting for a date of the contact or the event.
    WaitForDate,
    /// Ways that depend on the person.
    BranchOnContact,
    /// Ways that depend on the trigger's event.
    BranchOnEvent,
    /// Ways drawn by chance.
    Split,
    /// Ways that come together again.
    Joins,
    /// Steps done several times.
    Repeat,
    /// Writing an attribute.
    SetAttribute,
    /// Starting another journey.
    EnterJourney,
    /// Work for people.
    Tasks,
    /// Touchpoints of other systems.
    Touches,
    /// Several languages.
    Locales,
    /// Holding mail back outside of hours.
    SendWindow,
    /// At most so many messages.
    FrequencyCap,
    /// Consent and unsubscribes.
    Consent,
    /// Changing a journey that exists.
    Update,
}

impl Ability {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::JourneyByApi,
        Self::TemplatesByApi,
        Self::TriggerFilter,
        Self::Reentry,
        Self::Exits,
        Self::Wait,
        Self::BusinessDays,
        Self::TimeOfDay,
        Self::ContactZone,
        Self::WaitForEvent,
        Self::WaitForDate,
        Self::BranchOnContact,
        Self::BranchOnEvent,
        Self::Split,
        Self::Joins,
        Self::Repeat,
        Self::SetAttribute,
        Self::EnterJourney,
        Self::Tasks,
        Self::Touches,
        Self::Locales,
        Self::SendWindow,
        Self::FrequencyCap,
        Self::Consent,
        Self::Update,
    ];

    /// What a table calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::JourneyByApi => "journey by API",
            Self::TemplatesByApi => "templates by API",
            Self::TriggerFilter => "filter on the trigger",
            Self::Reentry => "re-entry",
            Self::Exits => "exits at every step",
            Self::Wait => "waits",
            Self::BusinessDays => "business days",
            Self::TimeOfDay => "time of day, days of the week",
            Self::ContactZone => "contact's own time zone",
            Self::WaitForEvent => "wait for an event",
            Self::WaitForDate => "wait for a date",
            Self::BranchOnContact => "branch on the contact",
            Self::BranchOnEvent => "branch on the event",
            Self::Split => "split by chance",
            Self::Joins => "ways that join again",
            Self::Repeat => "repeat",
            Self::SetAttribute => "set an attribute",
            Self::EnterJourney => "enter another journey",
            Self::Tasks => "tasks for people",
            Self::Touches => "touches by other systems",
            Self::Locales => "several languages",
            Self::SendWindow => "send window, quiet hours",
            Self::FrequencyCap => "frequency cap",
            Self::Consent => "consent and unsubscribes",
            Self::Update => "changing what exists",
        }
    }
}

/// How far a target can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It can, with the same meaning.
    Yes,
    /// It is said in another way, with the same meaning.
    Rewritten,
    /// It is said in another way, and a finding says what changes.
    Shifted,
    /// A person sets it up; the plan says how.
    ByHand,
    /// It cannot; a finding refuses the journey.
    No,
}

impl Support {
    /// The word that a table prints.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Rewritten => "rewritten",
            Self::Shifted => "with a loss",
            Self::ByHand => "by hand",
            Self::No => "no",
        }
    }
}

/// One line of a capability table: what, how far, and a remark.
pub type Capability = (Ability, Support, &'static str);
