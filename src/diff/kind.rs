//! The kinds of differences, one line each.

/// A kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
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
    /// Who answers for it, and other things that customers never see.
    Internal,
    /// Anything else that differs in the manifest.
    Other,
}

/// A kind of break for people who are inside. Ids are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breaking {
    /// The journey is gone.
    JourneyRemoved,
    /// The journey has another name.
    JourneyRenamed,
    /// A step is gone.
    StepRemoved,
    /// A step has another id.
    StepRenamed,
    /// A step comes before or after others than it did.
    StepMoved,
    /// A wait at which people stand takes another time.
    WaitChanged,
    /// Something makes people leave now.
    ExitAdded,
    /// Something no longer makes people leave.
    ExitRemoved,
    /// Something makes people leave in other cases than it did.
    ExitChanged,
    /// Messages are taken for something else by law.
    ClassChanged,
    /// Messages are sent for another reason.
    BasisChanged,
    /// People may come in again where they could not, or the other way round.
    ReentryChanged,
    /// The trigger lets in people whom it kept out.
    TriggerWidened,
}

impl Kind {
    /// Its id, for machine formats and for `diff.ignore`.
    pub fn id(self) -> &'static str {
        self.facts().0
    }

    /// What it is, in a few words, for people.
    pub fn title(self) -> &'static str {
        self.facts().1
    }

    /// One character that stands for it in tables.
    pub fn symbol(self) -> &'static str {
        self.facts().2
    }

    /// Whether customers notice it, rather than only those who look after the journey.
    pub fn is_noticed(self) -> bool {
        !matches!(
            self,
            Self::Internal
                | Self::InFlight
                | Self::Other
                | Self::StepRenamed
                | Self::JourneyRenamed
        )
    }

    /// What it is when looked at the other way round.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Self::JourneyAdded => Self::JourneyRemoved,
            Self::JourneyRemoved => Self::JourneyAdded,
            Self::StepAdded => Self::StepRemoved,
            Self::StepRemoved => Self::StepAdded,
            Self::Sooner => Self::Later,
            Self::Later => Self::Sooner,
            Self::AudienceWider => Self::AudienceNarrower,
            Self::AudienceNarrower => Self::AudienceWider,
            Self::ExitAdded => Self::ExitRemoved,
            Self::ExitRemoved => Self::ExitAdded,
            it => it,
        }
    }

    fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::JourneyAdded => ("journey-added", "new journey", "➕"),
            Self::JourneyRemoved => ("journey-removed", "journey removed", "➖"),
            Self::JourneyRenamed => ("journey-renamed", "journey renamed", "🏷"),
            Self::StepAdded => ("step-added", "new", "➕"),
            Self::StepRemoved => ("step-removed", "removed", "➖"),
            Self::StepMoved => ("step-moved", "moved", "↕"),
            Self::StepRenamed => ("step-renamed", "renamed", "🏷"),
            Self::Sooner => ("sooner", "sooner", "⏩"),
            Self::Later => ("later", "later", "⏪"),
            Self::Timing => ("timing", "other times", "⏱"),
            Self::Wait => ("wait", "wait", "⏳"),
            Self::Window => ("window", "send window", "🪟"),
            Self::Sender => ("sender", "sender", "👤"),
            Self::Class => ("class", "class", "⚖"),
            Self::Basis => ("basis", "consent basis", "⚖"),
            Self::Channel => ("channel", "channel", "📨"),
            Self::Purpose => ("purpose", "purpose", "🎯"),
            Self::Template => ("template", "template", "✉"),
            Self::Trigger => ("trigger", "trigger", "🚪"),
            Self::AudienceWider => ("audience-wider", "more people", "👥"),
            Self::AudienceNarrower => ("audience-narrower", "fewer people", "👥"),
            Self::Audience => ("audience", "other people", "👥"),
            Self::Branch => ("branch", "branch condition", "🔀"),
            Self::Split => ("split", "split", "🔀"),
            Self::ExitAdded => ("exit-added", "new exit", "🚪"),
            Self::ExitRemoved => ("exit-removed", "exit removed", "🚪"),
            Self::ExitChanged => ("exit-changed", "exit changed", "🚪"),
            Self::Reentry => ("reentry", "re-entry", "🔁"),
            Self::Repeat => ("repeat", "repetition", "🔁"),
            Self::Goal => ("goal", "goal", "🎯"),
            Self::Next => ("next", "what follows", "➡"),
            Self::InFlight => ("in-flight", "people inside", "🧍"),
            Self::Attribute => ("attribute", "what is remembered", "📝"),
            Self::Policy => ("policy", "policy", "📜"),
            Self::Locale => ("locale", "language", "🌐"),
            Self::Event => ("event", "event", "📡"),
            Self::Brand => ("brand", "brand", "🏠"),
            Self::Internal => ("internal", "not seen by customers", "·"),
            Self::Other => ("other", "other", "·"),
        }
    }
}

impl Breaking {
    /// Its id; final once shipped.
    pub fn id(self) -> &'static str {
        match self {
            Self::JourneyRemoved => "journey-removed",
            Self::JourneyRenamed => "journey-renamed",
            Self::StepRemoved => "step-removed",
            Self::StepRenamed => "step-renamed",
            Self::StepMoved => "step-moved",
            Self::WaitChanged => "wait-changed",
            Self::ExitAdded => "exit-added",
            Self::ExitRemoved => "exit-removed",
            Self::ExitChanged => "exit-changed",
            Self::ClassChanged => "class-changed",
            Self::BasisChanged => "basis-changed",
            Self::ReentryChanged => "reentry-changed",
            Self::TriggerWidened => "trigger-widened",
        }
    }
}
