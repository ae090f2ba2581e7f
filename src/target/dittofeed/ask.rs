//! Questions in Dittofeed's form: segments, and which of them are asked one after another.
//!
//! In: a [`Test`]. Out: a [`Formula`] over [`Question`]s, each of which becomes one segment.
//! Invariant: a segment never asks for the opposite of something, because what Dittofeed makes of a
//! missing value differs between its operators: opposites are said by going the other way at a split.
//! Not done here: the splits themselves (`journey`), and the names of segments (`segment`).

use serde_json::{Value, json};

use super::super::lowering::Test;
use super::super::uuid::uuid;
use super::super::{Job, Shelf};
use crate::manifest::{Action, Condition, Duration, Expr, Journey, Kind, Sign, Since, Step};

/// How questions hang together.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Formula {
    /// The answer is sure.
    Fixed(bool),
    /// One segment.
    Ask(Question),
    /// The opposite.
    Not(Box<Formula>),
    /// All of them.
    All(Vec<Formula>),
    /// Any of them.
    Any(Vec<Formula>),
}

/// What one segment asks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// Something that Dittofeed works out of all that it knows of the person, some time after it came.
    Person(Tree),
    /// Something that it works out at once from the events that have reached this run of the journey.
    Case {
        /// The event.
        event: String,
        /// How often it must have come: `>=` or `=`, and a number.
        times: (&'static str, u64),
        /// What each of them must carry.
        properties: Vec<Value>,
    },
}

/// Conditions of one segment.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    /// One condition: a segment node without its id.
    One(Value),
    /// All of them.
    All(Vec<Tree>),
    /// Any of them.
    Any(Vec<Tree>),
}

/// What cannot be asked, in words.
pub(super) type Asked<T> = Result<T, String>;

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Asker<'q, 'a> {
    pub(super) job: &'q Job<'a>,
    pub(super) shelf: &'q Shelf<'a>,
    pub(super) journey: &'a Journey,
    pub(super) workspace: &'q str,
}

impl Asker<'_, '_> {
    /// A question as a formula.
    pub(super) fn formula(&self, test: &Test<'_>) -> Asked<Formula> {
        let trigger = &self.journey.trigger.event;
        let formula = match test {
            Test::Holds(expr) => self.expr(expr)?,
            Test::Came { event, filter } => self.came(event, *filter)?,
            Test::Speaks {
                locale,
                default,
                others,
            } => {
                let locales: &[&str] = if *default { others } else { &[*locale] };
                let any = locales.iter().map(|it| self.speaks(it)).collect();
                let any = Formula::Any(any);
                if *default { negated(any) } else { any }
            }
            Test::Past { .. } => {
                return Err("whether a date has passed is not known to segments".to_owned());
            }
            Test::Not(of) => negated(self.formula(of)?),
            Test::All(of) => {
                Formula::All(of.iter().map(|it| self.formula(it)).collect::<Asked<_>>()?)
            }
            Test::Any(of) => {
                Formula::Any(of.iter().map(|it| self.formula(it)).collect::<Asked<_>>()?)
            }
        };
        Ok(simple(formula, trigger))
    }

    /// Whether an event has come to this run: one question for each way in which its filter may hold.
    pub(super) fn came(&self, event: &str, filter: Option<&Condition>) -> Asked<Formula> {
        Ok(Formula::Any(
            self.arrivals(event, filter)?
                .into_iter()
                .map(Formula::Ask)
                .collect(),
        ))
    }

    /// The questions of which one must hold for an event to have come.
    pub(super) fn arrivals(&self, event: &str, filter: Option<&Condition>) -> Asked<Vec<Question>> {
        let ways = match filter {
            None => vec![Vec::new()],
            Some(filter) => self.ways(&filter.tree, event, false)?,
        };
        let ask = |properties| Question::Case {
            event: event.to_owned(),
            times: (">=", 1),
            properties,
        };
        Ok(ways.into_iter().map(ask).collect())
    }

    fn speaks(&self, locale: &str) -> Formula {
        let path = language(self.job);
        known(
            json!({"type": "Trait", "path": path, "operator": {"type": "Equals", "value": locale}}),
        )
    }

    fn expr(&self, expr: &Expr) -> Asked<Formula> {
        let trigger = &self.journey.trigger.event;
        Ok(match expr {
            Expr::Literal { value } => Formula::Fixed(value.as_bool().unwrap_or(!value.is_null())),
            Expr::Not { of } => negated(self.expr(of)?),
            Expr::And { of } => {
                Formula::All(of.iter().map(|it| self.expr(it)).collect::<Asked<_>>()?)
            }
            Expr::Or { of } => {
                Formula::Any(of.iter().map(|it| self.expr(it)).collect::<Asked<_>>()?)
            }
            Expr::Did { event, since } => Self::count(event, since, Sign::GreaterOrEqual, 1),
            Expr::Clicked { step } => self.clicked(step)?,
            Expr::Contact { name } => Self::attribute(name, Sign::Equal, &Value::Bool(true))?,
            Expr::Compare { sign, left, right } => match (&**left, &**right) {
                (Expr::Literal { value }, other) => self.against(sign.flipped(), other, value)?,
                (other, Expr::Literal { value }) => self.against(*sign, other, value)?,
                _ => return Err("it compares two things that are known per person only".to_owned()),
            },
            Expr::In {
                needle,
                haystack,
                negated: not,
            } => {
                let any = self.among(needle, haystack)?;
                if *not { negated(any) } else { any }
            }
            Expr::Event { .. } => {
                let ways = self.ways(expr, trigger, false)?;
                Formula::Any(ways.into_iter().map(|it| self.carried(it)).collect())
            }
            Expr::Count { .. } | Expr::List { .. } => {
                return Err("it is neither true nor false".to_owned());
            }
        })
    }

    /// What the trigger's event carries.
    fn carried(&self, properties: Vec<Value>) -> Formula {
        Formula::Ask(Question::Case {
            event: self.journey.trigger.event.clone(),
            times: (">=", 1),
            properties,
        })
    }

    fn against(&self, sign: Sign, left: &Expr, value: &Value) -> Asked<Formula> {
        match left {
            Expr::Contact { name } => Self::attribute(name, sign, value),
            Expr::Event { name } => {
                // A positive question, and its opposite by the other way of the split.
                let (sign, not) = match sign {
                    Sign::NotEqual => (Sign::Equal, true),
                    it => (it, false),
                };
                let none = value.is_null();
                let ways = if none {
                    vec![vec![property(name, json!({"type": "Exists"}))]]
                } else {
                    self.compared(name, &self.journey.trigger.event, sign, value)?
                };
                let any = Formula::Any(ways.into_iter().map(|it| self.carried(it)).collect());
                Ok(if not == none { any } else { negated(any) })
            }
            Expr::Count { event, since } => {
                let number = value.as_i64().ok_or("it counts in parts of one")?;
                Ok(Self::count(event, since, sign, number))
            }
            Expr::Literal { .. } => Err("it compares two fixed values".to_owned()),
            _ => match (value.as_bool(), sign) {
                (Some(wanted), Sign::Equal) => self
                    .expr(left)
                    .map(|it| if wanted { it } else { negated(it) }),
                (Some(wanted), Sign::NotEqual) => self
                    .expr(left)
                    .map(|it| if wanted { negated(it) } else { it }),
                _ => Err("it compares things that Dittofeed cannot compare".to_owned()),
            },
        }
    }

    /// An attribute against a value.
    fn attribute(name: &str, sign: Sign, value: &Value) -> Asked<Formula> {
        let of =
            |operator: Value| known(json!({"type": "Trait", "path": name, "operator": operator}));
        let exists = || of(json!({"type": "Exists"}));
        let equal = |value: &Value| of(json!({"type": "Equals", "value": value}));
        Ok(match (sign, value) {
            (Sign::Equal, Value::Null) => negated(exists()),
            (Sign::NotEqual, Value::Null) => exists(),
            (Sign::Equal, Value::Bool(it)) => equal(&json!(it.to_string())),
            (Sign::NotEqual, Value::Bool(it)) => negated(equal(&json!(it.to_string()))),
            (Sign::Equal, Value::String(_) | Value::Number(_)) => equal(value),
            (Sign::NotEqual, Value::String(_) | Value::Number(_)) => negated(equal(value)),
            (_, Value::Number(_)) => {
                let least = of(json!({"type": "GreaterThanOrEqual", "value": value}));
                let below = of(json!({"type": "LessThan", "value": value}));
                match sign {
                    Sign::GreaterOrEqual => least,
                    Sign::Less => below,
                    Sign::Greater => Formula::All(vec![least, negated(equal(value))]),
                    _ => Formula::Any(vec![below, equal(value)]),
                }
            }
            _ => return Err("Dittofeed puts only numbers in an order".to_owned()),
        })
    }

    fn among(&self, needle: &Expr, haystack: &Expr) -> Asked<Formula> {
        match (needle, haystack) {
            (_, Expr::List { items }) => {
                let mut any = Vec::new();
                for item in items {
                    let Expr::Literal { value } = item else {
                        return Err("the list holds more than fixed values".to_owned());
                    };
                    any.push(self.against(Sign::Equal, needle, value)?);
                }
                Ok(Formula::Any(any))
            }
            (
                Expr::Literal {
                    value: Value::String(item),
                },
                Expr::Contact { name },
            ) => {
                let kind = self.job.manifest.contact.get(name).map(|it| it.kind);
                if kind != Some(Kind::List) {
                    return Err("Dittofeed looks only into lists of texts".to_owned());
                }
                Ok(known(
                    json!({"type": "Includes", "path": name, "item": item}),
                ))
            }
            _ => Err("Dittofeed cannot look for this in that".to_owned()),
        }
    }

    /// How often an event came, against a number.
    fn count(event: &str, since: &Since, sign: Sign, number: i64) -> Formula {
        let least = |number: i64| match u64::try_from(number) {
            Ok(number) if number > 0 => Self::counted(event, since, (">=", number)),
            _ => Formula::Fixed(true),
        };
        match sign {
            Sign::GreaterOrEqual => least(number),
            Sign::Greater => least(number.saturating_add(1)),
            Sign::Less => negated(least(number)),
            Sign::LessOrEqual => negated(least(number.saturating_add(1))),
            Sign::Equal | Sign::NotEqual => {
                let same = match u64::try_from(number) {
                    Err(_) => Formula::Fixed(false),
                    Ok(0) => negated(least(1)),
                    Ok(number) => Self::counted(event, since, ("=", number)),
                };
                if sign == Sign::Equal {
                    same
                } else {
                    negated(same)
                }
            }
        }
    }

    fn counted(event: &str, since: &Since, times: (&'static str, u64)) -> Formula {
        let mut node = json!({
            "type": "Performed", "event": event, "times": times.1, "timesOperator": times.0,
        });
        match since {
            Since::Entry => {
                return Formula::Ask(Question::Case {
                    event: event.to_owned(),
                    times,
                    properties: Vec::new(),
                });
            }
            Since::Always => {}
            Since::Within(span) => {
                node["timeOperator"] = json!("Within");
                node["withinSeconds"] = json!(seconds(span));
            }
        }
        known(node)
    }

    /// Whether the person clicked in a mail of a step's template.
    fn clicked(&self, step: &str) -> Asked<Formula> {
        let mut any = Vec::new();
        let mut mails: Vec<&str> = Vec::new();
        Step::walk(&self.journey.steps, &mut |it| {
            if let Action::Send(send) = &it.does
                && it.node == step
            {
                mails.extend(send.mails.keys().map(String::as_str));
                if send.mails.is_empty() {
                    mails.extend(self.job.manifest.locales.first().map(String::as_str));
                }
            }
        });
        for locale in mails {
            let name = self.shelf.name(&self.journey.name, step, locale);
            let id = uuid(self.workspace, "template", name);
            let node = known(json!({"type": "Email", "event": "DFEmailClicked", "templateId": id}));
            if !any.contains(&node) {
                any.push(node);
            }
        }
        if any.is_empty() {
            return Err(format!("no step called `{step}` sends a mail"));
        }
        Ok(Formula::Any(any))
    }

    /// The ways in which an event's properties can make a condition hold: one must, and each is a list of
    /// comparisons that all must.
    fn ways(&self, expr: &Expr, event: &str, not: bool) -> Asked<Vec<Vec<Value>>> {
        match expr {
            Expr::Not { of } => self.ways(of, event, !not),
            Expr::And { of } | Expr::Or { of } => {
                let all = matches!(expr, Expr::And { .. }) != not;
                let parts: Vec<_> = of
                    .iter()
                    .map(|it| self.ways(it, event, not))
                    .collect::<Asked<_>>()?;
                let joined = if all {
                    parts
                        .into_iter()
                        .fold(vec![Vec::new()], |ways, more| both(&ways, &more))
                } else {
                    parts.concat()
                };
                if joined.len() > 16 {
                    return Err("it becomes too many segments".to_owned());
                }
                Ok(joined)
            }
            Expr::Event { name } => {
                self.compared_or_not(name, event, Sign::Equal, &Value::Bool(true), not)
            }
            Expr::Compare { sign, left, right } => match (&**left, &**right) {
                (Expr::Event { name }, Expr::Literal { value }) => {
                    self.compared_or_not(name, event, *sign, value, not)
                }
                (Expr::Literal { value }, Expr::Event { name }) => {
                    self.compared_or_not(name, event, sign.flipped(), value, not)
                }
                _ => Err("it asks an event for more than its own properties".to_owned()),
            },
            Expr::In {
                needle,
                haystack,
                negated,
            } => {
                let (Expr::Event { name }, Expr::List { items }) = (&**needle, &**haystack) else {
                    return Err("Dittofeed cannot look into an event's lists".to_owned());
                };
                let not = not != *negated;
                let mut ways: Vec<Vec<Value>> = if not { vec![Vec::new()] } else { Vec::new() };
                for item in items {
                    let Expr::Literal { value } = item else {
                        return Err("the list holds more than fixed values".to_owned());
                    };
                    let more = self.compared_or_not(name, event, Sign::Equal, value, not)?;
                    ways = if not {
                        both(&ways, &more)
                    } else {
                        [ways, more].concat()
                    };
                }
                Ok(ways)
            }
            _ => Err("it asks an event for more than its own properties".to_owned()),
        }
    }

    fn compared_or_not(
        &self,
        name: &str,
        event: &str,
        sign: Sign,
        value: &Value,
        not: bool,
    ) -> Asked<Vec<Vec<Value>>> {
        if not && !matches!(sign, Sign::Equal | Sign::NotEqual) && self.may_lack(event, name) {
            return Err(format!(
                "`{name}` may be missing, and Dittofeed cannot ask an event for that"
            ));
        }
        self.compared(name, event, if not { sign.negated() } else { sign }, value)
    }

    /// A property of an event against a value. Dittofeed takes what is missing for zero when it
    /// compares, so whether there is something is asked too.
    fn compared(
        &self,
        name: &str,
        event: &str,
        sign: Sign,
        value: &Value,
    ) -> Asked<Vec<Vec<Value>>> {
        let exists = || property(name, json!({"type": "Exists"}));
        let is = |kind: &str, value: &Value| property(name, json!({"type": kind, "value": value}));
        let one = json!(1);
        Ok(match (sign, value) {
            (Sign::NotEqual, Value::Null) => vec![vec![exists()]],
            (Sign::Equal, Value::Null) if !self.may_lack(event, name) => Vec::new(),
            (Sign::Equal, Value::Null) => {
                return Err(format!(
                    "Dittofeed cannot ask an event whether `{name}` is missing"
                ));
            }
            // An event's true counts as one, and its false as zero; they equal no text and no number.
            (Sign::Equal, Value::Bool(true)) => vec![vec![is("GreaterThanOrEqual", &one)]],
            (Sign::NotEqual, Value::Bool(true)) => vec![vec![is("LessThan", &one)]],
            (Sign::Equal, Value::Bool(false)) => vec![vec![exists(), is("LessThan", &one)]],
            (Sign::NotEqual, Value::Bool(false)) if !self.may_lack(event, name) => {
                vec![vec![is("GreaterThanOrEqual", &one)]]
            }
            (Sign::Equal, Value::String(_) | Value::Number(_)) => vec![vec![is("Equals", value)]],
            (Sign::NotEqual, Value::String(_) | Value::Number(_)) => {
                vec![vec![is("NotEquals", value)]]
            }
            (Sign::Less, Value::Number(_)) => vec![vec![exists(), is("LessThan", value)]],
            (Sign::GreaterOrEqual, Value::Number(_)) => {
                vec![vec![exists(), is("GreaterThanOrEqual", value)]]
            }
            (Sign::Greater, Value::Number(_)) => vec![vec![
                exists(),
                is("GreaterThanOrEqual", value),
                is("NotEquals", value),
            ]],
            (Sign::LessOrEqual, Value::Number(_)) => {
                vec![
                    vec![exists(), is("LessThan", value)],
                    vec![is("Equals", value)],
                ]
            }
            _ => return Err("Dittofeed puts only numbers in an order".to_owned()),
        })
    }

    fn may_lack(&self, event: &str, name: &str) -> bool {
        let event = self.job.manifest.events.get(event);
        let property = event.and_then(|it| it.properties.get(name));
        property.is_none_or(|it| it.nullable)
    }
}

/// The trait that says which language a person reads.
pub(super) fn language(job: &Job<'_>) -> &'static str {
    let declared = ["locale", "language"];
    let found = declared
        .into_iter()
        .find(|it| job.manifest.contact.contains_key(*it));
    found.unwrap_or("locale")
}

/// A duration in seconds; a business day counts as a day.
pub(super) fn seconds(span: &Duration) -> u64 {
    let days = u64::from(span.days) + u64::from(span.business_days);
    days * 86_400 + u64::from(span.minutes) * 60
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers make the value for this call only"
)]
fn property(path: &str, operator: Value) -> Value {
    json!({"path": path, "operator": operator})
}

fn known(node: Value) -> Formula {
    Formula::Ask(Question::Person(Tree::One(node)))
}

fn negated(formula: Formula) -> Formula {
    match formula {
        Formula::Not(of) => *of,
        Formula::Fixed(it) => Formula::Fixed(!it),
        other => Formula::Not(Box::new(other)),
    }
}

fn both(one: &[Vec<Value>], other: &[Vec<Value>]) -> Vec<Vec<Value>> {
    let pairs = one
        .iter()
        .flat_map(|a| other.iter().map(move |b| [&a[..], &b[..]].concat()));
    pairs.collect()
}

/// Fewer segments: what one segment can ask at once becomes one question; sure answers fall away.
fn simple(formula: Formula, trigger: &str) -> Formula {
    let (parts, all) = match formula {
        Formula::Not(of) => return negated(simple(*of, trigger)),
        Formula::All(parts) => (parts, true),
        Formula::Any(parts) => (parts, false),
        other => return other,
    };
    let mut flat = Vec::new();
    for part in parts {
        match (simple(part, trigger), all) {
            (Formula::Fixed(it), _) if it == all => {}
            (Formula::Fixed(it), _) => return Formula::Fixed(it),
            (Formula::All(of), true) | (Formula::Any(of), false) => flat.extend(of),
            (other, _) => flat.push(other),
        }
    }
    let mut trees = Vec::new();
    let mut kept: Vec<Formula> = Vec::new();
    let mut carried = Vec::new();
    for part in flat {
        match part {
            Formula::Ask(Question::Person(tree)) => trees.push(tree),
            // There is one trigger, so what it carries can be asked at once.
            Formula::Ask(Question::Case {
                event,
                times: (">=", 1),
                properties,
            }) if all && event == trigger => carried.extend(properties),
            other => kept.push(other),
        }
    }
    let tree = match trees.len() {
        0 => None,
        1 => trees.pop(),
        _ if all => Some(Tree::All(trees)),
        _ => Some(Tree::Any(trees)),
    };
    if !carried.is_empty() {
        kept.insert(
            0,
            Formula::Ask(Question::Case {
                event: trigger.to_owned(),
                times: (">=", 1),
                properties: carried,
            }),
        );
    }
    if let Some(tree) = tree {
        kept.push(Formula::Ask(Question::Person(tree)));
    }
    match kept.len() {
        0 => Formula::Fixed(all),
        1 => kept.remove(0),
        _ if all => Formula::All(kept),
        _ => Formula::Any(kept),
    }
}
