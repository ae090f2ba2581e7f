//! Questions in a state machine: what events have come is looked up in the table, and then a choice
//! asks for everything at once.
//!
//! In: a [`Test`]. Out: look-ups, each of which keeps a number, and a condition. Invariant: an event
//! counts from entry on where the file says so; of events that tell their cases apart by the trigger's
//! own key, only those of this case count where the file waits for or ends on them.
//! Not done here: where the answers lead.

use serde_json::{Value, json};

use super::jsonata::{Reader, code, field, quoted};
use crate::manifest::{Condition, Duration, Expr, Journey, Manifest, Since};
use crate::model::Milestone;
use crate::target::Test;

/// The most recent events that a `where` is held against.
const NEWEST: u32 = 100;

/// What is asked at one place.
pub(super) struct Asking<'m> {
    manifest: &'m Manifest,
    journey: &'m Journey,
    table: String,
    /// The look-ups: what each asks for, and its arguments.
    lookups: Vec<(String, Lookup)>,
}

/// One look-up.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    /// The variable that keeps the number of events.
    pub(super) variable: String,
    /// What the table is asked.
    pub(super) arguments: Value,
    /// The number of events in the answer, as an expression.
    pub(super) answer: String,
}

impl<'m> Asking<'m> {
    /// Nothing asked yet.
    pub(super) fn new(manifest: &'m Manifest, journey: &'m Journey, table: &str) -> Self {
        Self {
            manifest,
            journey,
            table: table.to_owned(),
            lookups: Vec::new(),
        }
    }

    /// The look-ups that the conditions need.
    pub(super) fn lookups(self) -> Vec<Lookup> {
        self.lookups.into_iter().map(|it| it.1).collect()
    }

    /// A test as a condition, without delimiters.
    pub(super) fn condition(&mut self, test: &Test<'_>) -> String {
        match test {
            Test::Holds(expr) => self.expression(expr),
            Test::Came { event, filter } => {
                let variable = self.came(event, *filter);
                format!("({variable} > 0)")
            }
            Test::Speaks { locale, .. } => speaks(locale),
            Test::Past { .. } => "false".to_owned(),
            Test::Not(of) => format!("$not({})", self.condition(of)),
            Test::All(of) => self.join(of, " and "),
            Test::Any(of) => self.join(of, " or "),
        }
    }

    fn join(&mut self, of: &[Test<'_>], word: &str) -> String {
        let parts: Vec<String> = of.iter().map(|it| self.condition(it)).collect();
        format!("({})", parts.join(word))
    }

    /// A condition of the manifest.
    pub(super) fn expression(&mut self, expr: &Expr) -> String {
        expr.walk(&mut |it| {
            if let Expr::Did { event, since } | Expr::Count { event, since } = it {
                self.look(
                    key(event, since),
                    event,
                    &from(since, event, self.journey),
                    None,
                );
            }
        });
        let history = |it: &Expr| match it {
            Expr::Did { event, since } | Expr::Count { event, since } => {
                self.variable(&key(event, since))
            }
            _ => "0".to_owned(),
        };
        let reader = Reader {
            event: "$event",
            history: &history,
        };
        reader.holds(expr)
    }

    /// Looks whether an event of this case has come since entry; gives the variable.
    pub(super) fn came(&mut self, event: &str, filter: Option<&Condition>) -> String {
        let text = filter.map_or("", |it| it.text.as_str());
        let key = format!("came {event} {text}");
        let from = from(&Since::Entry, event, self.journey);
        self.look(key.clone(), event, &from, Some(filter));
        self.variable(&key)
    }

    fn variable(&self, key: &str) -> String {
        let at = self.lookups.iter().position(|it| it.0 == key).unwrap_or(0);
        format!("$came_{}", at + 1)
    }

    #[expect(
        clippy::option_option,
        reason = "of this case or not, and with a filter or not, are two questions"
    )]
    /// `case` asks for events of this case only, and for which a filter holds.
    fn look(&mut self, key: String, event: &str, from: &str, case: Option<Option<&Condition>>) {
        if self.lookups.iter().any(|it| it.0 == key) {
            return;
        }
        let mut names = json!({"#subject": "subject", "#moment": "moment"});
        let mut values = json!({
            ":subject": {"S": code(&format!("{} & $entry.who", quoted(&format!("event#{event}#"))))},
            ":from": {"S": code(from)},
        });
        let mut arguments = json!({
            "TableName": self.table,
            "KeyConditionExpression": "#subject = :subject AND #moment > :from",
            "ConsistentRead": true,
        });
        if case.is_some() && shares_key(self.manifest, self.journey, event) {
            names["#case"] = json!("case");
            values[":case"] = json!({"S": code("$entry.case")});
            arguments["FilterExpression"] = json!("#case = :case");
        }
        let answer = match case.flatten() {
            None => {
                arguments["Select"] = json!("COUNT");
                "$states.result.Count".to_owned()
            }
            Some(filter) => {
                names["#data"] = json!("data");
                arguments["ProjectionExpression"] = json!("#data");
                arguments["ScanIndexForward"] = json!(false);
                arguments["Limit"] = json!(NEWEST);
                let reader = Reader {
                    event: "$that",
                    history: &|_| "0".to_owned(),
                };
                format!(
                    "$count($filter($states.result.Items, function($item) {{($that := $parse($item.data.S); {})}}))",
                    reader.holds(&filter.tree)
                )
            }
        };
        arguments["ExpressionAttributeNames"] = names;
        arguments["ExpressionAttributeValues"] = values;
        let variable = format!("came_{}", self.lookups.len() + 1);
        let answer = code(&answer);
        self.lookups.push((
            key,
            Lookup {
                variable,
                arguments,
                answer,
            },
        ));
    }
}

fn key(event: &str, since: &Since) -> String {
    let since = match since {
        Since::Always => "always".to_owned(),
        Since::Entry => "entry".to_owned(),
        Since::Within(it) => format!("{it:?}"),
    };
    format!("did {event} {since}")
}

/// From which moment on events count, as an expression.
fn from(since: &Since, event: &str, journey: &Journey) -> String {
    match since {
        Since::Always => "\"0\"".to_owned(),
        // The event that let the person in does not count itself.
        Since::Entry if event == journey.trigger.event => "$entry.moment".to_owned(),
        Since::Entry => "$entry.at".to_owned(),
        Since::Within(it) => format!("$fromMillis($millis() - {})", milliseconds(it)),
    }
}

fn milliseconds(it: &Duration) -> i64 {
    // Five business days are a week.
    let days = i64::from(it.days) + i64::from(it.business_days) * 7 / 5;
    (days * 1_440 + i64::from(it.minutes)) * 60_000
}

/// Whether an event tells its cases apart as the trigger does, and can still come for the case that has
/// let the person in.
pub(super) fn shares_key(manifest: &Manifest, journey: &Journey, event: &str) -> bool {
    let key = |name: &str| manifest.events.get(name).and_then(|it| it.key.as_deref());
    let trigger = &journey.trigger.event;
    let milestone = |name: &str| manifest.events.get(name).and_then(|it| it.milestone);
    event != trigger
        && !Milestone::is_over(milestone(event), milestone(trigger))
        && key(event).is_some()
        && key(event) == key(trigger)
}

/// The case of the trigger's event, as an expression.
pub(super) fn case(manifest: &Manifest, journey: &Journey) -> Option<String> {
    let event = manifest.events.get(&journey.trigger.event)?;
    Some(format!("$text({})", field("$event", event.key.as_deref()?)))
}

/// Whether a person reads a language: `de` is also for `de-AT`.
fn speaks(locale: &str) -> String {
    let locale = locale.to_lowercase().replace('_', "-");
    let own = "$lowercase($replace($text($contact.locale), \"_\", \"-\"))";
    format!(
        "({own} = {} or $substring({own}, 0, {}) = {})",
        quoted(&locale),
        locale.chars().count() + 1,
        quoted(&format!("{locale}-"))
    )
}
