//! What a change can be of, as reports and `diff.ignore` call it. Doc comments are what an editor shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vocabulary::words;

/// A kind of difference between a journey, or the project, as it was and as it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// A journey that was not there.
    JourneyAdded,
    /// A journey that is gone.
    JourneyRemoved,
    /// A journey with another name.
    JourneyRenamed,
    /// A step that was not there.
    StepAdded,
    /// A step that is gone.
    StepRemoved,
    /// A step that comes before or after others than it did.
    StepMoved,
    /// A step with another id.
    StepRenamed,
    /// A touchpoint that comes sooner than it did.
    Sooner,
    /// A touchpoint that comes later than it did.
    Later,
    /// A touchpoint that comes sooner at the earliest and later at the latest, or the other way round.
    Timing,
    /// A wait for another time, or for something else.
    Wait,
    /// What may hold a message back: the send window, quiet hours.
    Window,
    /// Who speaks.
    Sender,
    /// What law takes it for.
    Class,
    /// Why it may be sent.
    Basis,
    /// How the customer is reached.
    Channel,
    /// What it is for.
    Purpose,
    /// Another template.
    Template,
    /// The event that lets people in.
    Trigger,
    /// More people than before.
    AudienceWider,
    /// Fewer people than before.
    AudienceNarrower,
    /// Other people than before.
    Audience,
    /// The condition of a branch.
    Branch,
    /// The arms of a split.
    Split,
    /// Something that makes people leave now.
    ExitAdded,
    /// Something that no longer makes people leave.
    ExitRemoved,
    /// Something makes other people leave than it did.
    ExitChanged,
    /// Whether people may come in again.
    Reentry,
    /// How often steps are repeated, and until when.
    Repeat,
    /// What is hoped for.
    Goal,
    /// Which journeys may follow, or are started.
    Next,
    /// What becomes of people inside.
    InFlight,
    /// What is known of a person, and is written by a step.
    Attribute,
    /// When and how often mail may go out.
    Policy,
    /// A language that mail is written in.
    Locale,
    /// What the business tells us.
    Event,
    /// Who the customer deals with.
    Brand,
    /// How a mail looks: its words are the same.
    Look,
    /// Who answers for it, and other things that customers never see.
    Internal,
    /// Anything else that differs in the manifest.
    Other,
}

words!(Difference {
    JourneyAdded => "journey-added",
    JourneyRemoved => "journey-removed",
    JourneyRenamed => "journey-renamed",
    StepAdded => "step-added",
    StepRemoved => "step-removed",
    StepMoved => "step-moved",
    StepRenamed => "step-renamed",
    Sooner => "sooner",
    Later => "later",
    Timing => "timing",
    Wait => "wait",
    Window => "window",
    Sender => "sender",
    Class => "class",
    Basis => "basis",
    Channel => "channel",
    Purpose => "purpose",
    Template => "template",
    Trigger => "trigger",
    AudienceWider => "audience-wider",
    AudienceNarrower => "audience-narrower",
    Audience => "audience",
    Branch => "branch",
    Split => "split",
    ExitAdded => "exit-added",
    ExitRemoved => "exit-removed",
    ExitChanged => "exit-changed",
    Reentry => "reentry",
    Repeat => "repeat",
    Goal => "goal",
    Next => "next",
    InFlight => "in-flight",
    Attribute => "attribute",
    Policy => "policy",
    Locale => "locale",
    Event => "event",
    Brand => "brand",
    Look => "look",
    Internal => "internal",
    Other => "other",
});
