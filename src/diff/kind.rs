//! The kinds of differences, and of breaks for people inside, one line each.

pub use crate::model::Difference as Kind;

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
        self.word()
    }

    /// What it is, in a few words, for people.
    pub fn title(self) -> &'static str {
        self.facts().0
    }

    /// One character that stands for it in tables.
    pub fn symbol(self) -> &'static str {
        self.facts().1
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

    fn facts(self) -> (&'static str, &'static str) {
        match self {
            Self::JourneyAdded => ("new journey", "➕"),
            Self::JourneyRemoved => ("journey removed", "➖"),
            Self::JourneyRenamed => ("journey renamed", "🏷"),
            Self::StepAdded => ("new", "➕"),
            Self::StepRemoved => ("removed", "➖"),
            Self::StepMoved => ("moved", "↕"),
            Self::StepRenamed => ("renamed", "🏷"),
            Self::Sooner => ("sooner", "⏩"),
            Self::Later => ("later", "⏪"),
            Self::Timing => ("other times", "⏱"),
            Self::Wait => ("wait", "⏳"),
            Self::Window => ("send window", "🪟"),
            Self::Sender => ("sender", "👤"),
            Self::Class => ("class", "⚖"),
            Self::Basis => ("consent basis", "⚖"),
            Self::Channel => ("channel", "📨"),
            Self::Purpose => ("purpose", "🎯"),
            Self::Template => ("template", "✉"),
            Self::Trigger => ("trigger", "🚪"),
            Self::AudienceWider => ("more people", "👥"),
            Self::AudienceNarrower => ("fewer people", "👥"),
            Self::Audience => ("other people", "👥"),
            Self::Branch => ("branch condition", "🔀"),
            Self::Split => ("split", "🔀"),
            Self::ExitAdded => ("new exit", "🚪"),
            Self::ExitRemoved => ("exit removed", "🚪"),
            Self::ExitChanged => ("exit changed", "🚪"),
            Self::Reentry => ("re-entry", "🔁"),
            Self::Repeat => ("repetition", "🔁"),
            Self::Goal => ("goal", "🎯"),
            Self::Next => ("what follows", "➡"),
            Self::InFlight => ("people inside", "🧍"),
            Self::Attribute => ("what is remembered", "📝"),
            Self::Policy => ("policy", "📜"),
            Self::Locale => ("language", "🌐"),
            Self::Event => ("event", "📡"),
            Self::Brand => ("brand", "🏠"),
            Self::Look => ("look", "🎨"),
            Self::Internal => ("not seen by customers", "·"),
            Self::Other => ("other", "·"),
        }
    }
}

impl Breaking {
    /// Every kind, in the order of `docs/review.md`.
    pub const ALL: &'static [Self] = &[
        Self::StepRemoved,
        Self::StepRenamed,
        Self::StepMoved,
        Self::WaitChanged,
        Self::ExitAdded,
        Self::ExitRemoved,
        Self::ExitChanged,
        Self::ClassChanged,
        Self::BasisChanged,
        Self::ReentryChanged,
        Self::TriggerWidened,
        Self::JourneyRenamed,
        Self::JourneyRemoved,
    ];

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
