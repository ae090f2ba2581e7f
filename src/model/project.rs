//! The project file `journeyc.yaml`, as written. Field comments are what an editor shows.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::consent::{Tracking, Unsubscribe};
use super::difference::Difference;
use super::duration::{Day, Duration, TimeOfDay};
use super::shape::{Name, Property, Table};
use super::vocabulary::{
    Jurisdiction, Milestone, Profile, RuleLevel, SenderKind, Stage, Weekday, WhenFull,
};
use crate::source::Spanned;

/// What every journey of this repository shares: the brand, its senders, the events it hears of,
/// what is known of people, policy, rules and targets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The version of this file's format; 1.
    #[schemars(example = 1, range(min = 1, max = 1))]
    pub version: u32,
    /// Who the customer deals with.
    #[schemars(example = example_brand())]
    pub brand: Brand,
    /// What kind of business this is; sets the default thresholds of every rule.
    #[schemars(example = &"ecommerce")]
    pub profile: Profile,
    /// The zone used where a contact's own is unknown, by its IANA name.
    #[schemars(example = &"Europe/London")]
    pub timezone: Name,
    /// The languages that mail is written in; the first is the default.
    #[schemars(example = ["en", "de"], length(min = 1))]
    pub locales: Vec<Name>,
    /// The legal areas whose mail rules apply. Law rules are errors only where their law is listed.
    #[serde(default)]
    #[schemars(example = ["uk", "eu"])]
    pub jurisdictions: Vec<Spanned<Jurisdiction>>,
    /// Who may speak in a message, by a short name that journeys use.
    #[serde(default)]
    #[schemars(example = example_senders())]
    pub senders: Table<Sender>,
    /// What the business tells us, by event name. Milestones are what rules reason about.
    #[serde(default)]
    #[schemars(example = example_events())]
    pub events: Table<Event>,
    /// What is known of a person, by attribute name.
    #[serde(default)]
    #[schemars(example = example_contact())]
    pub contact: Table<Property>,
    /// Typical people, for previews and for seeing whom each journey serves.
    #[serde(default)]
    #[schemars(example = example_personas())]
    pub personas: Table<Persona>,
    /// Where people get stuck, and which touchpoint helps.
    #[serde(default)]
    #[schemars(example = example_obstacles())]
    pub obstacles: Table<Obstacle>,
    /// When and how often mail may go out, and the thresholds of rules.
    #[serde(default)]
    #[schemars(example = example_policy())]
    pub policy: Policy,
    /// How much each rule weighs in this repository.
    #[serde(default)]
    #[schemars(example = example_lint())]
    pub lint: Lint,
    /// What reports of changes leave out.
    #[serde(default)]
    #[schemars(example = example_diff())]
    pub diff: Diff,
    /// The mail providers that journeys are exported to, by target name.
    #[serde(default)]
    #[schemars(example = example_targets())]
    pub targets: Table<Target>,
    /// Findings that are accepted in the whole repository, each with a reason and a last day.
    #[serde(default)]
    #[schemars(example = example_allow())]
    pub allow: Vec<Allow>,
}

/// Who the customer deals with.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The name as customers know it; templates write it as `brand.name`.
    #[schemars(example = &"Fern & Finch")]
    pub name: Name,
    /// The site; templates write it as `brand.url`.
    #[schemars(example = &"https://fernandfinch.example")]
    pub url: Name,
    /// The postal address that commercial mail must show; templates write it as `brand.postal_address`.
    #[serde(default)]
    #[schemars(example = &"Fern & Finch Ltd, 1 Orchard Row, Bristol BS1 1AA, UK")]
    pub postal_address: Option<Name>,
    /// Pages that many messages link to; templates write them as `brand.links.help`.
    #[serde(default)]
    #[schemars(example = example_links())]
    pub links: Table<Name>,
}

/// One voice in which messages speak.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Whether this is one person, a desk that several people staff, or the brand.
    #[schemars(example = &"role")]
    pub kind: SenderKind,
    /// The name that the inbox shows.
    #[schemars(example = &"Fern & Finch")]
    pub name: Name,
    /// The address that the inbox shows.
    #[schemars(example = &"care@fernandfinch.example")]
    pub address: Name,
    /// Where replies go, if not to the address.
    #[serde(default)]
    #[schemars(example = &"care@fernandfinch.example")]
    pub reply_to: Option<Name>,
    /// Whether somebody reads the replies.
    #[serde(default)]
    #[schemars(example = true)]
    pub monitored: Option<bool>,
    /// The team or tool that answers replies.
    #[serde(default)]
    #[schemars(example = &"helpdesk")]
    pub handled_by: Option<Name>,
    /// How soon a reply is answered.
    #[serde(default)]
    #[schemars(example = &"1bd")]
    pub respond_within: Option<Spanned<Duration>>,
    /// The days and hours in which somebody is there to answer.
    #[serde(default)]
    #[schemars(example = example_staffed())]
    pub staffed: Option<SendWindow>,
    /// The sender whose customers this one takes over, when a person changes.
    #[serde(default)]
    #[schemars(example = &"maya")]
    pub handover_from: Option<Name>,
}

/// Something that the business tells us about one customer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What the event means for the relationship; rules reason about it.
    #[serde(default)]
    #[schemars(example = &"payment")]
    pub milestone: Option<Spanned<Milestone>>,
    /// The property that tells one case from another: an event with another key is another order.
    #[serde(default)]
    #[schemars(example = &"order_id")]
    pub key: Option<Name>,
    /// What the event carries, by property name; templates write it as `event.order_id`.
    #[serde(default)]
    #[schemars(example = example_properties())]
    pub properties: Table<Property>,
    /// How soon after the payment it is promised to happen.
    #[serde(default)]
    #[schemars(example = &"5d")]
    pub promised_within: Option<Spanned<Duration>>,
    /// Why no journey answers this event.
    #[serde(default)]
    #[schemars(example = &"the shop system writes the receipt")]
    pub ignored: Option<Name>,
    /// When the event is sent and by what.
    #[serde(default)]
    #[schemars(example = &"sent by the shop when the carrier scans the parcel at the door")]
    pub description: Option<Name>,
    /// Whether the event comes late because a source is polled.
    #[serde(default)]
    #[schemars(example = false)]
    pub polled: bool,
}

/// A typical person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Who this is and what they need.
    #[schemars(example = &"First order; needs to know what happens next")]
    pub description: Name,
    /// Their attributes, for previews.
    #[serde(default)]
    #[schemars(example = example_persona_contact())]
    pub contact: Table<Spanned<Value>>,
    /// The language they read; the default language if not said.
    #[serde(default)]
    #[schemars(example = &"de")]
    pub locale: Option<Name>,
    /// The zone they live in, by its IANA name.
    #[serde(default)]
    #[schemars(example = &"Europe/Berlin")]
    pub zone: Option<Name>,
}

/// A place where people get stuck.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Obstacle {
    /// Where in the relationship it lies.
    #[schemars(example = &"after")]
    pub stage: Stage,
    /// What goes wrong, in the customer's words.
    #[schemars(example = &"The set-up leaflet is confusing")]
    pub description: Name,
    /// The touchpoints that help, as `journey/step`.
    #[serde(default)]
    #[schemars(example = ["post-purchase/setup-help"])]
    pub mitigated_by: Vec<Name>,
    /// The team that works on it.
    #[serde(default)]
    #[schemars(example = &"customer-care")]
    pub owner: Option<Name>,
}

/// When and how often mail may go out, and the thresholds of rules.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The days and hours in which commercial mail goes out; outside of them it waits.
    #[serde(default)]
    #[schemars(example = example_window())]
    pub send_window: Option<SendWindow>,
    /// The hours in which commercial mail waits until the morning.
    #[serde(default)]
    #[schemars(example = example_quiet())]
    pub quiet_hours: Option<QuietHours>,
    /// How many messages a person gets at most.
    #[serde(default)]
    #[schemars(example = example_cap())]
    pub frequency_cap: Option<FrequencyCap>,
    /// The hosts that messages may link to; a host covers its subdomains.
    #[serde(default)]
    #[schemars(example = ["fernandfinch.example"])]
    pub link_domains: Vec<Name>,
    /// What is added to every link of a mail to `brand.url` or a host of `link_domains`, so that the
    /// site knows where a visit came from; the values may hold `{journey}`, `{step}` and `{locale}`.
    /// A parameter that the link has already stays as it is. A link that a value of the recipient
    /// makes up to its path stays too: write `urlencode` behind a value in a path.
    #[serde(default)]
    #[schemars(example = example_link_parameters())]
    pub link_parameters: Table<Name>,
    /// The mail programs that people read our mail with, as caniemail.com calls them: a family such as
    /// `gmail`, or one of its programs such as `gmail.ios`. If not said: `gmail`, `outlook`, `apple-mail`,
    /// `yahoo` and `samsung-email`.
    #[serde(default)]
    #[schemars(example = ["gmail", "outlook.windows", "apple-mail"])]
    pub clients: Vec<Name>,
    /// How long a customer may hear nothing, and after how long without a sign mail stops.
    #[serde(default)]
    #[schemars(example = example_cadence())]
    pub cadence: Option<Cadence>,
    /// What happens when somebody wants no more mail.
    #[serde(default)]
    #[schemars(example = example_unsubscribe())]
    pub unsubscribe: Option<Spanned<Unsubscribe>>,
    /// Whether the provider watches what people do with a mail.
    #[serde(default)]
    #[schemars(example = example_tracking())]
    pub tracking: Option<Tracking>,
    /// Words that our mail does not use, and what it says instead.
    #[serde(default)]
    #[schemars(example = example_wording())]
    pub wording: Option<Wording>,
    /// The threshold of a rule, by rule name, instead of the profile's.
    #[serde(default)]
    #[schemars(example = example_thresholds())]
    pub thresholds: Table<Spanned<Threshold>>,
}

/// Words that mail does not use. Those in small letters are found however they are written; one with a
/// capital is only found as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Words and phrases that are not used at all.
    #[serde(default)]
    #[schemars(example = ["act now", "dirt cheap"])]
    pub banned: Vec<Name>,
    /// Words and phrases, and what is said instead.
    #[serde(default)]
    #[schemars(example = example_replace())]
    pub replace: Table<Name>,
}

/// Days, and the hours of each of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendWindow {
    /// The days of the week; every day if not said.
    #[serde(default)]
    #[schemars(example = ["mon", "tue", "wed", "thu", "fri"])]
    pub days: Vec<Spanned<Weekday>>,
    /// When it opens.
    #[schemars(example = &"08:00")]
    pub from: Spanned<TimeOfDay>,
    /// When it closes.
    #[schemars(example = &"20:00")]
    pub to: Spanned<TimeOfDay>,
    /// Whose clock: `contact`, or an IANA name; the contact's if not said.
    #[serde(default)]
    #[schemars(example = &"contact")]
    pub zone: Option<Name>,
}

/// Hours in which nobody wants to be disturbed. May run over midnight.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin.
    #[schemars(example = &"21:00")]
    pub from: Spanned<TimeOfDay>,
    /// When they end.
    #[schemars(example = &"08:00")]
    pub to: Spanned<TimeOfDay>,
    /// Whose clock: `contact`, or an IANA name; the contact's if not said.
    #[serde(default)]
    #[schemars(example = &"contact")]
    pub zone: Option<Name>,
}

/// How many messages a person gets at most.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// The cap on commercial messages; transactional ones are never capped.
    #[schemars(example = example_limits())]
    pub commercial: CapLimits,
    /// What happens to a message above the cap.
    #[serde(default)]
    #[schemars(example = &"skip")]
    pub when_full: WhenFull,
}

/// Messages in a sliding span of time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapLimits {
    /// At most so many in 24 hours.
    #[serde(default)]
    #[schemars(example = 1)]
    pub per_day: Option<u32>,
    /// At most so many in 7 days.
    #[serde(default)]
    #[schemars(example = 3)]
    pub per_week: Option<u32>,
    /// At most so many in 30 days.
    #[serde(default)]
    #[schemars(example = 8)]
    pub per_month: Option<u32>,
}

/// The longest silence, and the end of one-sided mail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// How long a consenting, active customer may hear nothing.
    #[serde(default)]
    #[schemars(example = &"90d")]
    pub max_gap: Option<Spanned<Duration>>,
    /// After how long without any sign of life mail stops.
    #[serde(default)]
    #[schemars(example = &"365d")]
    pub sunset_after: Option<Spanned<Duration>>,
}

/// A rule's threshold: a duration or a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// A duration.
    Duration(Duration),
    /// A number.
    Number(f64),
}

/// How much rules weigh in this repository.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lint {
    /// The level of all rules of a group, by group name, unless `rules` says otherwise.
    #[serde(default)]
    #[schemars(example = example_groups())]
    pub groups: Table<Spanned<RuleLevel>>,
    /// The level of a rule, by rule name: off, note, warning or error.
    #[serde(default)]
    #[schemars(example = example_rules())]
    pub rules: Table<Spanned<RuleLevel>>,
}

/// What `journeyc diff` leaves out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Diff {
    /// The kinds of changes that are counted, and not shown one by one. It holds for changes that come
    /// after it, so that no change hides itself; what breaks for people inside is always shown.
    #[serde(default)]
    #[schemars(example = ["internal", "look"])]
    pub ignore: Vec<Spanned<Difference>>,
}

/// A mail provider that journeys are exported to.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Whether a program of your own writes what it takes: `journeyc-export-NAME`, on the path.
    #[serde(default)]
    #[schemars(example = true)]
    pub plugin: Option<Spanned<bool>>,
    /// The only journeys that go there; all of them if not said.
    #[serde(default)]
    #[schemars(example = ["welcome", "post-purchase"], length(min = 1))]
    pub journeys: Vec<Name>,
    /// The accounts to export to, by environment name.
    #[serde(default)]
    #[schemars(example = example_environments())]
    pub environments: Table<Environment>,
}

impl Target {
    /// Whether a program of one's own writes what it takes.
    pub fn is_plugin(&self) -> bool {
        self.plugin.as_ref().is_some_and(|it| it.value)
    }

    /// Whether a journey goes there.
    pub fn takes(&self, journey: &str) -> bool {
        self.journeys.is_empty() || self.journeys.iter().any(|it| &*it.value == journey)
    }
}

/// One account at a provider.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The account's own ids, by kind (`metrics`, `lists`, `segments`, …) and by our name.
    #[serde(default)]
    #[schemars(example = example_ids())]
    pub ids: Table<Table<Name>>,
}

/// A finding that is accepted, with a reason, until a day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// The rule's name.
    #[schemars(example = &"post-payment-gap")]
    pub rule: Name,
    /// Why it is right here.
    #[schemars(example = &"bespoke furniture, 8 weeks is promised at checkout")]
    pub reason: Name,
    /// The last day on which it is accepted.
    #[schemars(example = &"2027-03-01")]
    pub until: Spanned<Day>,
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ThresholdVisitor;
        impl serde::de::Visitor<'_> for ThresholdVisitor {
            type Value = Threshold;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a duration such as `3d`, or a number")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Threshold, E> {
                text.parse().map(Threshold::Duration).map_err(E::custom)
            }
            fn visit_f64<E>(self, number: f64) -> Result<Threshold, E> {
                Ok(Threshold::Number(number))
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Threshold, E> {
                u32::try_from(number)
                    .map(|it| Threshold::Number(f64::from(it)))
                    .map_err(|_| E::custom("the number is too large"))
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Threshold, E> {
                i32::try_from(number)
                    .map(|it| Threshold::Number(f64::from(it)))
                    .map_err(|_| E::custom("the number is too large"))
            }
        }
        deserializer.deserialize_any(ThresholdVisitor)
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Threshold".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let duration = generator.subschema_for::<Duration>();
        schemars::json_schema!({
            "title": "threshold",
            "description": "A duration such as `3d`, or a number, as the rule's page says.",
            "examples": ["48h", 3],
            "anyOf": [duration, {"type": "number"}]
        })
    }
}

/// Gives each example its function, so that a field's attribute stays one line.
macro_rules! examples {
    ($($name:ident => $json:tt;)+) => {
        $(fn $name() -> Value { serde_json::json!($json) })+
    };
}

examples! {
    example_brand => {"name": "Fern & Finch", "url": "https://fernandfinch.example"};
    example_links => {"help": "https://fernandfinch.example/help"};
    example_senders => {"care": {"kind": "role", "name": "Fern & Finch", "address": "care@fernandfinch.example", "monitored": true}};
    example_events => {"order_paid": {"milestone": "payment", "key": "order_id", "properties": {"order_id": "string"}}};
    example_properties => {"order_id": "string", "lines": [{"name": "string", "price": "number"}]};
    example_contact => {"first_name": {"type": "string", "nullable": true, "sample": ["Ana", null]}};
    example_personas => {"first-time-buyer": {"description": "First order; needs to know what happens next"}};
    example_persona_contact => {"first_name": "Ana"};
    example_obstacles => {"unclear-setup": {"stage": "after", "description": "The leaflet is confusing", "mitigated_by": ["post-purchase/setup-help"]}};
    example_policy => {"link_domains": ["fernandfinch.example"]};
    example_window => {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00", "zone": "contact"};
    example_staffed => {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"};
    example_quiet => {"from": "21:00", "to": "08:00"};
    example_cap => {"commercial": {"per_day": 1, "per_week": 3}};
    example_limits => {"per_day": 1, "per_week": 3};
    example_cadence => {"max_gap": "90d", "sunset_after": "365d"};
    example_link_parameters => {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "{journey}", "utm_content": "{step}"};
    example_unsubscribe => {"processed_within": "48h", "link_lifetime": "60d", "one_click": true, "asks": "nothing"};
    example_tracking => {"opens": "nobody", "clicks": "consent"};
    example_wording => {"banned": ["act now"], "replace": {"shopping cart": "basket"}};
    example_replace => {"shopping cart": "basket"};
    example_thresholds => {"wow-window": "48h"};
    example_lint => {"rules": {"wow-window": "warning"}};
    example_diff => {"ignore": ["internal", "look"]};
    example_groups => {"coverage": "note", "governance": "off"};
    example_rules => {"wow-window": "warning", "emotion-undeclared": "off"};
    example_targets => {"klaviyo": {"environments": {"prod": {"ids": {"metrics": {"order_paid": "RDTdMQ"}}}}}};
    example_environments => {"prod": {"ids": {"metrics": {"order_paid": "RDTdMQ"}}}};
    example_ids => {"metrics": {"order_paid": "RDTdMQ"}, "lists": {"newsletter": "Y6nRLr"}};
    example_allow => [{"rule": "post-payment-gap", "reason": "8 weeks is promised at checkout", "until": "2027-03-01"}];
}

impl Policy {
    /// The words that a link parameter may hold in braces.
    pub const PLACEHOLDERS: [&'static str; 3] = ["journey", "step", "locale"];

    /// A link parameter's value taken apart: texts, and words in braces.
    pub fn placeholders(value: &str) -> Vec<Result<&str, &str>> {
        let mut parts = Vec::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((word, after)) = after.split_once('}') else {
                break;
            };
            parts.push(Ok(before));
            parts.push(Err(word.trim()));
            rest = after;
        }
        parts.push(Ok(rest));
        parts
    }

    /// Whether some link parameter depends on this word.
    pub fn links_say(&self, word: &str) -> bool {
        let mut values = self.link_parameters.values();
        values.any(|it| Self::placeholders(&it.value).contains(&Err(word)))
    }
}

impl Environment {
    /// The account's id of a thing: kind such as `metrics`, then our name for it.
    pub fn id(&self, kind: &str, name: &str) -> Option<&str> {
        Some(&self.ids.get(kind)?.get(name)?.value)
    }
}

impl Project {
    /// Finds an event by its name.
    pub fn event(&self, name: &str) -> Option<&Event> {
        self.events.get(name)
    }

    /// What a template sees in the n-th preview of a message that this event starts: sample values
    /// under `contact` and `event`.
    pub fn sample(&self, event: &str, n: usize) -> Value {
        let values = |properties: &Table<Property>| {
            let pairs = properties
                .iter()
                .map(|(name, it)| (name.value.to_string(), it.sample_value(&name.value, n)));
            Value::Object(pairs.collect())
        };
        let event = self.event(event).map(|it| values(&it.properties));
        serde_json::json!({
            "contact": values(&self.contact),
            "event": event.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        })
    }

    /// The same for whoever leaves out all that may be missing.
    pub fn emptiest(&self, event: &str) -> Value {
        let values = |properties: &Table<Property>| {
            let pairs = properties
                .iter()
                .map(|(name, it)| (name.value.to_string(), it.emptiest(&name.value)));
            Value::Object(pairs.collect())
        };
        let event = self.event(event).map(|it| values(&it.properties));
        serde_json::json!({
            "contact": values(&self.contact),
            "event": event.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        })
    }

    /// The same for a typical person: what is known of them, and sample values for the rest.
    pub fn sample_of(&self, persona: &Persona, event: &str) -> Value {
        let mut sample = self.sample(event, 0);
        for (name, value) in &persona.contact {
            sample["contact"][&*name.value] = value.value.clone();
        }
        sample
    }

    /// How many previews show every sample value of a message that this event starts, at least
    /// one and at most three.
    pub fn samples(&self, event: &str) -> usize {
        let of_event = self
            .event(event)
            .into_iter()
            .flat_map(|it| it.properties.values());
        let most = of_event
            .chain(self.contact.values())
            .map(|it| it.sample.len())
            .max();
        most.unwrap_or(1).clamp(1, 3)
    }

    /// Whether an event's cases are told apart by the same key as those of a trigger: who has been let in for one
    /// case waits for the event of that case alone. A trigger's own event always comes for another case.
    pub fn tells_apart(&self, trigger: &str, event: &str) -> bool {
        let key = |name: &str| self.event(name)?.key.as_ref().map(|it| &*it.value);
        event != trigger && key(event).is_some() && key(event) == key(trigger)
    }

    /// The names of the events that carry a milestone, in the order of the file.
    pub fn events_of(&self, milestone: Milestone) -> impl Iterator<Item = &Name> {
        self.events
            .iter()
            .filter(move |(_, it)| it.milestone.is_some_and(|m| m.value == milestone))
            .map(|(name, _)| name)
    }
}
