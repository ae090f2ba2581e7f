//! The closed word lists of the language. Their doc comments are what an editor shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Gives an enum its words: the spelling in YAML, and all of them for suggestions.
macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every word, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The spelling in YAML and in every report.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

pub(super) use words;

/// What kind of business this is; sets the default thresholds of every rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Goods that travel by post.
    Ecommerce,
    /// Goods that are delivered at once, such as downloads and courses.
    Digital,
    /// Software by subscription.
    Saas,
    /// Work done for people, such as repairs, travel or care.
    Services,
    /// Long sales to companies.
    B2b,
}

words!(Profile { Ecommerce => "ecommerce", Digital => "digital", Saas => "saas", Services => "services", B2b => "b2b" });

/// A legal area whose mail rules apply. Law rules are errors only where their law is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Jurisdiction {
    /// The United Kingdom: PECR and the UK GDPR.
    Uk,
    /// The European Union: ePrivacy directive, GDPR and consumer rights directive.
    Eu,
    /// The United States: CAN-SPAM, TCPA and FTC rules.
    Us,
    /// California: automatic renewal law.
    UsCa,
    /// Canada: anti-spam legislation (CASL).
    Ca,
}

words!(Jurisdiction { Uk => "uk", Eu => "eu", Us => "us", UsCa => "us-ca", Ca => "ca" });

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SenderKind {
    /// One human being with a name; a change of person must be introduced.
    Person,
    /// A desk that several people staff, such as customer care.
    Role,
    /// The brand itself.
    Brand,
}

words!(SenderKind { Person => "person", Role => "role", Brand => "brand" });

/// A fact of the business that rules reason about. An event carries at most one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// The customer has paid.
    Payment,
    /// The customer holds the goods.
    Delivered,
    /// The service has begun.
    ServiceStarted,
    /// The customer has used it for the first time.
    FirstUse,
    /// A subscription or contract comes up for renewal.
    RenewalDue,
    /// A free trial ends.
    TrialEnd,
    /// The customer has their money back.
    Refunded,
    /// The customer wants to send something back.
    ReturnRequested,
    /// The customer has told us that something is wrong.
    ComplaintOpened,
    /// That something has been put right.
    ComplaintClosed,
    /// The customer has answered a request for feedback.
    FeedbackGiven,
    /// Somebody signed up because a customer told them.
    ReferredSignup,
    /// The customer has not bought or come by for long.
    Lapsed,
    /// The customer shows that they may buy: a cart, a checkout, a quote.
    Intent,
    /// The customer wants no more commercial mail.
    Unsubscribed,
    /// Mail to the customer comes back.
    Bounced,
}

impl Milestone {
    /// Whether a case that has reached `now` cannot reach `event` any more: what was delivered has been
    /// paid. A further payment is then about another case.
    pub fn is_over(event: Option<Self>, now: Option<Self>) -> bool {
        let is_behind = matches!(
            now,
            Some(
                Self::Delivered
                    | Self::ServiceStarted
                    | Self::FirstUse
                    | Self::Refunded
                    | Self::ReturnRequested
                    | Self::FeedbackGiven
            )
        );
        event == Some(Self::Payment) && is_behind
    }
}

words!(Milestone {
    Payment => "payment", Delivered => "delivered", ServiceStarted => "service_started", FirstUse => "first_use",
    RenewalDue => "renewal_due", TrialEnd => "trial_end", Refunded => "refunded", ReturnRequested => "return_requested",
    ComplaintOpened => "complaint_opened", ComplaintClosed => "complaint_closed", FeedbackGiven => "feedback_given",
    ReferredSignup => "referred_signup", Lapsed => "lapsed", Intent => "intent", Unsubscribed => "unsubscribed",
    Bounced => "bounced",
});

/// Where in the relationship a journey or step stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before the purchase.
    Before,
    /// While buying.
    During,
    /// After the payment.
    After,
    /// Coming back.
    Return,
}

words!(Stage { Before => "before", During => "during", After => "after", Return => "return" });

/// What law and mailbox providers take a message for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Service mail about something the customer did: never held by send windows, never capped, no
    /// offers inside.
    Transactional,
    /// Everything else: needs consent, an unsubscribe link, and waits for windows and caps.
    Commercial,
}

words!(Class { Transactional => "transactional", Commercial => "commercial" });

/// Why we may send commercial mail to these people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// They said yes to it.
    Express,
    /// They bought something similar and could object (UK, EU).
    SoftOptIn,
    /// A business relationship implies it for a limited time (Canada).
    Implied,
    /// None is needed: the journey sends service mail only.
    Transactional,
}

words!(Basis { Express => "express", SoftOptIn => "soft_opt_in", Implied => "implied", Transactional => "transactional" });

/// What a touchpoint is for. A message may have several.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Says that something the customer did has arrived.
    Confirmation,
    /// Proof of payment.
    Receipt,
    /// What happens next, and when.
    NextSteps,
    /// Thanks, and nothing asked in return.
    ThankYou,
    /// Something that delights, within two days of the payment.
    Wow,
    /// Helps to get started with what was bought.
    SetupHelp,
    /// How far the order or the service is.
    StatusUpdate,
    /// Something takes longer than promised.
    DelayNotice,
    /// Asks how it goes, to help, not to measure.
    CheckIn,
    /// Asks for a score, a review or a survey.
    FeedbackRequest,
    /// Something to buy, at a price.
    Offer,
    /// Something else to buy that goes with what was bought.
    CrossSell,
    /// Useful reading.
    Content,
    /// Brings back to mind what the customer meant to do.
    Reminder,
    /// Follows up on a cart, a checkout or a visit that was left.
    Abandonment,
    /// Asks somebody who has been away to come back.
    WinBack,
    /// Says that mail will stop unless the customer wants it.
    SunsetNotice,
    /// Asks to tell others.
    AdvocacyAsk,
    /// A contract renews soon.
    RenewalNotice,
    /// Says sorry for something that went wrong.
    Apology,
    /// Asks to confirm a subscription.
    ConsentRequest,
    /// Says that a message of the customer has arrived and who answers by when.
    Acknowledgement,
    /// What the law makes us say.
    LegalNotice,
    /// An issue of a newsletter that the customer asked for.
    Newsletter,
}

words!(Purpose {
    Confirmation => "confirmation", Receipt => "receipt", NextSteps => "next_steps", ThankYou => "thank_you",
    Wow => "wow", SetupHelp => "setup_help", StatusUpdate => "status_update", DelayNotice => "delay_notice",
    CheckIn => "check_in", FeedbackRequest => "feedback_request", Offer => "offer", CrossSell => "cross_sell",
    Content => "content", Reminder => "reminder", Abandonment => "abandonment", WinBack => "win_back",
    SunsetNotice => "sunset_notice", AdvocacyAsk => "advocacy_ask", RenewalNotice => "renewal_notice",
    Apology => "apology", ConsentRequest => "consent_request", Acknowledgement => "acknowledgement",
    LegalNotice => "legal_notice", Newsletter => "newsletter",
});

/// What a feedback request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Net promoter score.
    Nps,
    /// Customer effort score.
    Ces,
    /// Customer satisfaction score.
    Csat,
    /// A public review.
    Review,
    /// A survey with several questions.
    Survey,
}

words!(Ask { Nps => "nps", Ces => "ces", Csat => "csat", Review => "review", Survey => "survey" });

/// The way a task or another system reaches the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mail that this repository does not send, from a help desk or a shop system.
    Email,
    /// A call.
    Phone,
    /// A text message.
    Sms,
    /// A notification of an app.
    Push,
    /// Something in the parcel.
    Parcel,
    /// A letter or card.
    Post,
    /// A conversation on a site or in an app.
    Chat,
    /// In a shop.
    Store,
    /// Somebody comes by.
    Visit,
    /// A help-desk message.
    Helpdesk,
    /// A page or a banner.
    Web,
    /// A social network.
    Social,
}

words!(Channel {
    Email => "email", Phone => "phone", Sms => "sms", Push => "push", Parcel => "parcel", Post => "post",
    Chat => "chat", Store => "store", Visit => "visit", Helpdesk => "helpdesk", Web => "web", Social => "social",
});

/// A day of the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

words!(Weekday { Mon => "mon", Tue => "tue", Wed => "wed", Thu => "thu", Fri => "fri", Sat => "sat", Sun => "sun" });

impl Weekday {
    /// Days since Monday, 0 to 6.
    pub fn index(self) -> u8 {
        self as u8
    }
}

/// How much a rule's findings weigh in this repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleLevel {
    /// The rule does not run.
    Off,
    /// Shown, never counted.
    Note,
    /// Counted, does not fail the check.
    Warning,
    /// Fails the check.
    Error,
}

words!(RuleLevel { Off => "off", Note => "note", Warning => "warning", Error => "error" });

/// What happens to people who are inside a journey when its steps change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InFlight {
    /// They finish the journey as it was.
    FinishOld,
    /// They go on in the new one from the step they are at.
    Migrate,
    /// They leave.
    Stop,
}

words!(InFlight { FinishOld => "finish_old", Migrate => "migrate", Stop => "stop" });

/// What happens to a commercial message when the frequency cap is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// It is dropped, as on most providers.
    #[default]
    Skip,
    /// It waits until there is room.
    Queue,
}

words!(WhenFull { Skip => "skip", Queue => "queue" });

/// What to do when the date that a step waits for has already passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfPast {
    /// Go on at once.
    #[default]
    Continue,
    /// Leave the journey.
    Exit,
}

words!(IfPast { Continue => "continue", Exit => "exit" });

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::model::{ConsentSource, Difference, Hurdle, Watched};

    #[test]
    fn every_word_is_the_word_that_serde_reads() {
        macro_rules! agree {
            ($($name:ident),+) => { $(for it in $name::ALL {
                assert_eq!(serde_json::to_value(it).unwrap(), it.word());
            })+ };
        }
        agree!(
            Profile,
            Jurisdiction,
            SenderKind,
            Milestone,
            Stage,
            Class,
            Basis,
            Purpose,
            Ask,
            Channel,
            Weekday,
            RuleLevel,
            InFlight,
            WhenFull,
            IfPast,
            ConsentSource,
            Hurdle,
            Watched,
            Difference
        );
    }
}
