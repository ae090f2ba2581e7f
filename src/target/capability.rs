//! What targets can and cannot take, as data: the lowering goes by it, and `explain-target` shows it.
//!
//! Invariant: a target says about every [`Ability`] by which [`Way`] it is said there; nothing else
//! decides what becomes of a step.

/// Something that journeys ask of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ability {
    /// A whole journey through its API.
    JourneyByApi,
    /// Email templates through its API.
    TemplatesByApi,
    /// A filter on the event that lets people in.
    TriggerFilter,
    /// Letting people in again after some time only.
    ReentryAfter,
    /// Letting people in once for each case, such as each order.
    ReentryPerKey,
    /// Telling two cases of one person apart, such as two orders.
    SameCase,
    /// Leaving at every step.
    Exits,
    /// Waits in business days.
    BusinessDays,
    /// Waits until a time of day.
    TimeOfDay,
    /// Waits until a day of the week.
    Weekdays,
    /// The clock of the contact's own zone.
    ContactZone,
    /// Waiting for an event.
    WaitForEvent,
    /// Waiting for a date of the contact or the event.
    WaitForDate,
    /// Asking what is known of the contact.
    AskContact,
    /// Asking what the trigger's event carries.
    AskEvent,
    /// Asking about both in one question.
    AskTogether,
    /// Asking which events have come since entry.
    AskHistory,
    /// Asking how often an event came, or about a span that is not the journey's own.
    AskCounts,
    /// Asking whether the person clicked in a message.
    AskClicks,
    /// More than two ways at one place; [`Way::Apart`] where only questions about the person can
    /// have them.
    ManyWays,
    /// Ways drawn by chance.
    Split,
    /// Ways that come together again.
    Joins,
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
    /// `if` and `unless` of one message.
    Gates,
    /// Holding mail back outside of hours.
    SendWindow,
    /// At most so many messages.
    FrequencyCap,
    /// No commercial mail to people who unsubscribed or whose address bounces.
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
        Self::ReentryAfter,
        Self::ReentryPerKey,
        Self::SameCase,
        Self::Exits,
        Self::BusinessDays,
        Self::TimeOfDay,
        Self::Weekdays,
        Self::ContactZone,
        Self::WaitForEvent,
        Self::WaitForDate,
        Self::AskContact,
        Self::AskEvent,
        Self::AskTogether,
        Self::AskHistory,
        Self::AskCounts,
        Self::AskClicks,
        Self::ManyWays,
        Self::Split,
        Self::Joins,
        Self::SetAttribute,
        Self::EnterJourney,
        Self::Tasks,
        Self::Touches,
        Self::Locales,
        Self::Gates,
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
            Self::ReentryAfter => "in again after a while",
            Self::ReentryPerKey => "in again per case",
            Self::SameCase => "telling two cases apart",
            Self::Exits => "exits at every step",
            Self::BusinessDays => "business days",
            Self::TimeOfDay => "time of day",
            Self::Weekdays => "days of the week",
            Self::ContactZone => "contact's own time zone",
            Self::WaitForEvent => "wait for an event",
            Self::WaitForDate => "wait for a date",
            Self::AskContact => "branch on the contact",
            Self::AskEvent => "branch on the trigger's event",
            Self::AskTogether => "both in one condition",
            Self::AskHistory => "branch on later events",
            Self::AskCounts => "count events",
            Self::AskClicks => "branch on clicks",
            Self::ManyWays => "more than two ways",
            Self::Split => "split by chance",
            Self::Joins => "ways that join again",
            Self::SetAttribute => "set an attribute",
            Self::EnterJourney => "enter another journey",
            Self::Tasks => "tasks for people",
            Self::Touches => "touches by other systems",
            Self::Locales => "several languages",
            Self::Gates => "`if` of one message",
            Self::SendWindow => "send window, quiet hours",
            Self::FrequencyCap => "frequency cap",
            Self::Consent => "consent and unsubscribes",
            Self::Update => "changing what exists",
        }
    }

    /// The ways that the lowering knows for it.
    pub fn ways(self) -> &'static [Way] {
        use Way::{
            Alerted, Apart, Asked, ByHand, Chained, Copied, Gated, Listed, Lost, Marked, Native,
            Nested, Polled, Refused, Rounded, SecondFlow, Snapped, Whole,
        };
        match self {
            Self::JourneyByApi | Self::TemplatesByApi | Self::Consent => &[Native, ByHand],
            Self::TriggerFilter => &[Native, Whole, Asked, ByHand],
            Self::ReentryAfter | Self::ReentryPerKey | Self::SameCase | Self::ContactZone => {
                &[Native, Lost]
            }
            Self::Exits => &[Native, Asked, Lost, Refused],
            Self::BusinessDays => &[Chained, Rounded, Refused],
            Self::TimeOfDay | Self::Weekdays => &[Native, Lost, Refused],
            Self::WaitForEvent => &[Native, Polled, Refused],
            Self::WaitForDate => &[Native, SecondFlow, Refused],
            Self::AskContact | Self::AskEvent | Self::AskCounts | Self::AskClicks => {
                &[Native, Refused]
            }
            Self::AskTogether => &[Native, Apart],
            Self::AskHistory => &[Native, Marked, Refused],
            Self::ManyWays => &[Native, Apart, Nested],
            Self::Split => &[Native, Nested, Refused],
            Self::Joins => &[Native, Copied],
            Self::SetAttribute => &[Native, ByHand, Refused],
            Self::EnterJourney => &[Native, Listed, ByHand],
            Self::Tasks => &[Native, Alerted, ByHand],
            Self::Touches => &[ByHand],
            Self::Locales => &[Native, Gated, Nested],
            Self::Gates => &[Gated, Nested],
            Self::SendWindow => &[Native, Snapped, Lost],
            Self::FrequencyCap => &[Native, ByHand, Lost],
            Self::Update => &[Native, Refused],
        }
    }
}

/// By which way something is said on a target; the lowering knows what each asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As it is.
    Native,
    /// As it is, with what it asks of the person as well.
    Whole,
    /// As several, one after another.
    Chained,
    /// By a question at the place where it matters.
    Asked,
    /// By an attribute that small journeys of their own set when an event comes.
    Marked,
    /// By looking again and again.
    Polled,
    /// By one question inside another.
    Nested,
    /// By one question after another.
    Apart,
    /// By a filter on the message.
    Gated,
    /// By copies of what follows.
    Copied,
    /// By ending the wait before it at a fitting moment.
    Snapped,
    /// By a second journey that goes on where the first ends.
    SecondFlow,
    /// By a list that the other journey listens to.
    Listed,
    /// By a mail to the people who do it.
    Alerted,
    /// By the nearest thing that there is.
    Rounded,
    /// By a person, once, in the provider's own pages.
    ByHand,
    /// By a system of the team's own that keeps the clock and asks the conditions, as the plan says:
    /// nothing changes, so that the lowering takes it for [`Way::Native`].
    Outside,
    /// Not at all, and a finding says what changes.
    Lost,
    /// Not at all, and a finding refuses the journey.
    Refused,
}

impl Way {
    /// What is done, in words that follow the word of its [`Support`]; empty where that says it all.
    pub fn words(self) -> &'static str {
        match self {
            Self::Native | Self::ByHand | Self::Refused => "",
            Self::Whole => "also what it asks of the person",
            Self::Outside => "your own system does it",
            Self::Chained => "several, one after another",
            Self::Asked => "a question where it matters",
            Self::Marked => "small journeys of their own note that the event came",
            Self::Polled => "looked for again and again",
            Self::Nested => "one question inside another",
            Self::Apart => "one question after another",
            Self::Gated => "a filter on the message",
            Self::Copied => "what follows is copied into each way",
            Self::Snapped => "the wait before it ends at a fitting moment",
            Self::SecondFlow => "what follows becomes a second journey",
            Self::Listed => "a list that the other journey listens to",
            Self::Alerted => "a mail to the people who do it",
            Self::Rounded => "the nearest thing that there is",
            Self::Lost => "left out",
        }
    }

    /// How far the meaning is kept.
    pub fn support(self) -> Support {
        match self {
            Self::Native | Self::Whole => Support::Yes,
            Self::Chained
            | Self::Asked
            | Self::Nested
            | Self::Apart
            | Self::Gated
            | Self::Copied => Support::Rewritten,
            Self::Marked
            | Self::Polled
            | Self::Snapped
            | Self::SecondFlow
            | Self::Listed
            | Self::Alerted
            | Self::Rounded
            | Self::Lost => Support::Shifted,
            Self::ByHand | Self::Outside => Support::ByHand,
            Self::Refused => Support::No,
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
    /// All of them, from the best to the worst.
    pub const ALL: &'static [Self] = &[
        Self::Yes,
        Self::Rewritten,
        Self::Shifted,
        Self::ByHand,
        Self::No,
    ];

    /// What the word means, for the legend of a table.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Yes => "as the journey says it",
            Self::Rewritten => "in other words of the same meaning",
            Self::Shifted => {
                "something changes for the customer; a `semantics-shift` warning and the plan say what"
            }
            Self::ByHand => "a person sets it up; the plan says how",
            Self::No => "a journey that needs it is refused, at its line",
        }
    }

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

/// One line of a capability table: what, by which way, and a remark for people.
pub type Row = (Ability, Way, &'static str);

/// A unit in which a target counts waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days: calendar days where the target knows zones, else 24 hours.
    Days,
}

impl Unit {
    /// The word for it, in the plural.
    pub fn word(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }
}

/// The numbers of a target; nothing where it has no limit, or none is known.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The units in which it counts waits; the smallest first.
    pub units: &'static [Unit],
    /// Its longest single wait, in minutes; longer ones become a chain.
    pub longest_wait: Option<u32>,
    /// Its longest wait for an event, in minutes; longer ones become a chain.
    pub longest_wait_for: Option<u32>,
    /// Whether it can wait for an event for ever.
    pub endless_wait_for: bool,
    /// The most steps that one of its journeys can hold, or that a person can still read.
    pub most_steps: usize,
    /// The most rounds of a repetition that are written out.
    pub most_rounds: u32,
    /// How far ahead it takes a single scheduled mail, in hours; nothing where it schedules none.
    pub horizon: Option<u32>,
}

impl Limits {
    /// The numbers in words: what, and how much.
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let units: Vec<&str> = self.units.iter().map(|it| it.word()).collect();
        let chained = |it: Option<u32>| match it {
            Some(most) => format!("{}; a longer one becomes a chain", span(most)),
            None => "none known".to_owned(),
        };
        let longest_wait_for = if self.endless_wait_for {
            "for ever".to_owned()
        } else {
            chained(self.longest_wait_for)
        };
        let horizon = match self.horizon {
            Some(hours) => format!("up to {} ahead", span(hours.saturating_mul(60))),
            None => "none".to_owned(),
        };
        vec![
            ("waits are counted in", units.join(", ")),
            ("longest single wait", chained(self.longest_wait)),
            ("longest wait for an event", longest_wait_for),
            ("most steps of a journey", self.most_steps.to_string()),
            ("most rounds of a repetition", self.most_rounds.to_string()),
            ("scheduling of single mails", horizon),
        ]
    }
}

/// Minutes in the largest unit that says them without a rest.
fn span(minutes: u32) -> String {
    let (number, unit) = match minutes {
        it if it % (24 * 60) == 0 => (it / (24 * 60), "day"),
        it if it % 60 == 0 => (it / 60, "hour"),
        it => (it, "minute"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// What a target can take.
#[derive(Debug)]
pub struct Capabilities {
    /// One line for each [`Ability`], in their order.
    pub rows: &'static [Row],
    /// Its numbers.
    pub limits: Limits,
}

impl Capabilities {
    /// By which way something is said, for the lowering.
    pub fn way(&self, ability: Ability) -> Way {
        let row = self.rows.iter().find(|it| it.0 == ability);
        match row.map_or(Way::Refused, |it| it.1) {
            Way::Outside => Way::Native,
            way => way,
        }
    }

    /// The remark on an ability; empty where there is none.
    pub fn note(&self, ability: Ability) -> &'static str {
        let row = self.rows.iter().find(|it| it.0 == ability);
        row.map_or("", |it| it.2)
    }

    /// Whether something is said by this way.
    pub fn is(&self, ability: Ability, way: Way) -> bool {
        self.way(ability) == way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_the_largest_unit_without_a_rest() {
        let said = [1, 90, 60, 1440, 2880, 72 * 60].map(span);
        let expected = [
            "1 minute",
            "90 minutes",
            "1 hour",
            "1 day",
            "2 days",
            "3 days",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn what_a_system_of_the_teams_own_does_changes_nothing_and_is_still_work_for_people() {
        let can = Capabilities {
            rows: &[(Ability::Split, Way::Outside, "")],
            limits: Limits {
                units: &[Unit::Minutes],
                longest_wait: None,
                longest_wait_for: None,
                endless_wait_for: true,
                most_steps: 1,
                most_rounds: 1,
                horizon: None,
            },
        };
        assert!(can.is(Ability::Split, Way::Native));
        assert!(can.is(Ability::Exits, Way::Refused));
        assert_eq!(Way::Outside.support(), Support::ByHand);
    }
}
