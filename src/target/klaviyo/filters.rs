//! Conditions in Klaviyo's form: groups that must all hold, each with conditions of which one must.
//!
//! In: a condition's tree. Out: [`Groups`], or the reason why Klaviyo cannot say it.
//! Invariant: the groups hold exactly when the condition does, missing values included, except where
//! a loss is noted. Not done here: choosing between a conditional and a trigger split (`actions` does).

use serde_json::{Value, json};

use super::super::{Job, Judge, Ledger, Loss};
use super::values::{against_value, existence, look_back, numeric};
use crate::manifest::{Condition, Expr, Journey, Kind, Sign, Since};

/// One of these must hold.
pub(super) type Group = Vec<Value>;

/// All of these must hold. No groups: always true. A group without conditions: never.
pub(super) type Groups = Vec<Group>;

/// More groups than this are no longer something that a person can read in Klaviyo.
const MOST_GROUPS: usize = 32;
/// More conditions than this in one group, likewise.
const MOST_IN_GROUP: usize = 32;

/// What `event.x` becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Events<'e> {
    /// A property of the trigger's event, in a trigger filter or a trigger split.
    Trigger {
        /// The metric's id.
        metric: &'e str,
    },
    /// A property inside a question about an event.
    Inside,
}

/// Translates the conditions of one step.
pub(super) struct Filters<'f, 'a> {
    pub(super) job: &'f Job<'a>,
    pub(super) journey: &'f Journey,
    pub(super) ledger: &'f mut Ledger,
    /// The step, and its line, for notes.
    pub(super) node: &'f str,
    pub(super) line: u32,
    /// The event whose properties `event.x` means.
    pub(super) event: &'f str,
    /// What `event.x` becomes.
    pub(super) events: Events<'f>,
}

/// Something that a filter can be put on.
struct Subject {
    name: String,
    contact: bool,
    kind: Kind,
    nullable: bool,
}

impl Filters<'_, '_> {
    /// The groups of a condition, or of its opposite.
    pub(super) fn groups(&mut self, expr: &Expr, negate: bool) -> Result<Groups, String> {
        let groups = match expr {
            Expr::Not { of } => self.groups(of, !negate)?,
            Expr::And { of } => self.join(of, negate, !negate)?,
            Expr::Or { of } => self.join(of, negate, negate)?,
            Expr::Literal { value } => constant(value, negate)?,
            Expr::Contact { .. } | Expr::Event { .. } => {
                self.compare(Sign::Equal, expr, &Value::Bool(true), negate)?
            }
            Expr::Did { event, since } => {
                let sign = if negate {
                    Sign::Equal
                } else {
                    Sign::GreaterOrEqual
                };
                let count = i64::from(!negate);
                vec![vec![self.count(event, since, sign, &json!(count), None)]]
            }
            Expr::Clicked { step } => vec![vec![self.clicked(step, negate)]],
            Expr::Compare { sign, left, right } => self.comparison(*sign, left, right, negate)?,
            Expr::In {
                needle,
                haystack,
                negated,
            } => self.among(needle, haystack, *negated != negate)?,
            Expr::List { .. } | Expr::Count { .. } => {
                return Err("it is neither true nor false".to_owned());
            }
        };
        let wide = groups.iter().any(|it| it.len() > MOST_IN_GROUP);
        if groups.len() > MOST_GROUPS || wide {
            return Err("it becomes too long as Klaviyo's groups of conditions".to_owned());
        }
        Ok(groups)
    }

    /// All of the parts, or any of them.
    fn join(&mut self, parts: &[Expr], negate: bool, all: bool) -> Result<Groups, String> {
        let mut parts = parts.iter();
        let Some(first) = parts.next() else {
            return Ok(Vec::new());
        };
        let mut groups = self.groups(first, negate)?;
        for part in parts {
            let more = self.groups(part, negate)?;
            groups = if all {
                both(groups, more)
            } else {
                either(&groups, &more)?
            };
        }
        Ok(groups)
    }

    fn comparison(
        &mut self,
        sign: Sign,
        left: &Expr,
        right: &Expr,
        negate: bool,
    ) -> Result<Groups, String> {
        match (left, right) {
            (Expr::Literal { .. }, Expr::Literal { .. }) => {
                Err("it compares two fixed values".to_owned())
            }
            (Expr::Literal { value }, other) => self.against(sign.flipped(), other, value, negate),
            (other, Expr::Literal { value }) => self.against(sign, other, value, negate),
            _ => Err("it compares two things that are known per person only".to_owned()),
        }
    }

    fn against(
        &mut self,
        sign: Sign,
        expr: &Expr,
        value: &Value,
        negate: bool,
    ) -> Result<Groups, String> {
        match (expr, value) {
            (Expr::Count { event, since }, Value::Number(_)) => {
                let sign = if negate { sign.negated() } else { sign };
                Ok(vec![vec![self.count(event, since, sign, value, None)]])
            }
            (Expr::Contact { .. } | Expr::Event { .. }, _) => {
                self.compare(sign, expr, value, negate)
            }
            (_, Value::Bool(wanted)) if matches!(sign, Sign::Equal | Sign::NotEqual) => {
                let flip = (sign == Sign::Equal) != *wanted;
                self.groups(expr, negate != flip)
            }
            _ => Err("it compares things that Klaviyo cannot compare".to_owned()),
        }
    }

    fn compare(
        &mut self,
        sign: Sign,
        expr: &Expr,
        value: &Value,
        negate: bool,
    ) -> Result<Groups, String> {
        let subject = self.subject(expr)?;
        let effective = if negate { sign.negated() } else { sign };
        let filters = match value {
            Value::Null => existence(effective)?,
            _ => against_value(subject.kind, effective, value)?,
        };
        // A missing value is not equal to anything, and fails every comparison of order.
        let holds_if_missing = match effective {
            Sign::Equal => false,
            Sign::NotEqual => true,
            _ => negate,
        };
        let missing = holds_if_missing && !value.is_null();
        self.wrap(&subject, filters, missing)
    }

    fn among(&mut self, needle: &Expr, haystack: &Expr, negate: bool) -> Result<Groups, String> {
        match (needle, haystack) {
            (Expr::Contact { .. } | Expr::Event { .. }, Expr::List { items }) => {
                let subject = self.subject(needle)?;
                let values: Vec<&Value> = items.iter().filter_map(literal).collect();
                if values.len() < items.len() {
                    return Err("the list holds more than fixed values".to_owned());
                }
                if values.iter().all(|it| it.is_string()) && subject.kind == Kind::String {
                    let operator = if negate { "not-in" } else { "in" };
                    let filter = json!({"type": "string", "operator": operator, "value": values});
                    return self.wrap(&subject, vec![vec![filter]], negate);
                }
                let mut groups: Groups = if negate { Vec::new() } else { vec![Vec::new()] };
                for value in values {
                    let one = self.compare(Sign::Equal, needle, value, negate)?;
                    groups = if negate {
                        both(groups, one)
                    } else {
                        either(&groups, &one)?
                    };
                }
                Ok(groups)
            }
            (Expr::Literal { value }, Expr::Contact { .. } | Expr::Event { .. }) => {
                let subject = self.subject(haystack)?;
                let kind = match subject.kind {
                    Kind::List => "list",
                    Kind::String => "string",
                    _ => return Err("Klaviyo cannot look inside this kind of value".to_owned()),
                };
                let operator = if negate { "not-contains" } else { "contains" };
                let filter = json!({"type": kind, "operator": operator, "value": value});
                self.wrap(&subject, vec![vec![filter]], negate)
            }
            _ => Err("Klaviyo cannot look for this in that".to_owned()),
        }
    }

    fn subject(&self, expr: &Expr) -> Result<Subject, String> {
        let manifest = self.job.manifest;
        let (name, contact, property) = match expr {
            Expr::Contact { name } => (name, true, manifest.contact.get(name)),
            Expr::Event { name } => {
                let event = manifest.events.get(self.event);
                let property = event.and_then(|it| it.properties.get(name));
                (name, false, property)
            }
            _ => return Err("Klaviyo can compare attributes and properties only".to_owned()),
        };
        Ok(Subject {
            name: name.clone(),
            contact,
            kind: property.map_or(Kind::String, |it| it.kind),
            nullable: property.is_none_or(|it| it.nullable),
        })
    }

    /// Puts filters on what they judge; `missing` lets a value that is not there hold too.
    fn wrap(
        &mut self,
        subject: &Subject,
        filters: Vec<Vec<Value>>,
        missing: bool,
    ) -> Result<Groups, String> {
        let mut groups = Vec::new();
        for group in filters {
            let mut conditions = Vec::new();
            // A profile may always lack an attribute; an event lacks what is declared nullable.
            let absent = missing && (subject.contact || subject.nullable);
            let not_set = absent.then(|| json!({"type": "existence", "operator": "not-set"}));
            for filter in group.into_iter().chain(not_set) {
                conditions.push(self.condition(subject, &filter)?);
            }
            groups.push(conditions);
        }
        Ok(groups)
    }

    fn condition(&self, subject: &Subject, filter: &Value) -> Result<Value, String> {
        if subject.contact {
            let property = property_path(&subject.name);
            return Ok(json!({"type": "profile-property", "property": property, "filter": filter}));
        }
        match self.events {
            Events::Trigger { metric } => Ok(json!({
                "type": "metric-property", "metric_id": metric, "field": subject.name, "filter": filter,
            })),
            Events::Inside if subject.kind == Kind::Date => {
                Err("Klaviyo cannot filter an event by a date inside it".to_owned())
            }
            Events::Inside => Ok(json!({"property": subject.name, "filter": filter})),
        }
    }

    /// A question about how often an event came.
    fn count(
        &mut self,
        event: &str,
        since: &Since,
        sign: Sign,
        number: &Value,
        inside: Option<&[Value]>,
    ) -> Value {
        let metric = self.ledger.id(self.job, "metrics", event, self.node);
        json!({
            "type": "profile-metric",
            "metric_id": metric,
            "measurement": "count",
            "measurement_filter": numeric(sign, number),
            "timeframe_filter": self.timeframe(since),
            "metric_filters": inside,
        })
    }

    /// Whether an event came since entry, and what must be true of it.
    pub(super) fn came(
        &mut self,
        event: &str,
        filter: Option<&Condition>,
        wanted: bool,
    ) -> Result<Value, String> {
        let inside = match filter {
            Some(filter) => {
                let mut inside = Filters {
                    job: self.job,
                    journey: self.journey,
                    ledger: &mut *self.ledger,
                    node: self.node,
                    line: self.line,
                    event,
                    events: Events::Inside,
                };
                Some(inside.inside(&filter.tree)?)
            }
            None => None,
        };
        let sign = if wanted {
            Sign::GreaterOrEqual
        } else {
            Sign::Equal
        };
        let number = json!(i64::from(wanted));
        Ok(self.count(event, &Since::Entry, sign, &number, inside.as_deref()))
    }

    /// Filters inside a question about an event; Klaviyo takes a plain list, all of which must hold.
    fn inside(&mut self, expr: &Expr) -> Result<Vec<Value>, String> {
        if Judge::of(expr) != Judge::Event {
            return Err("Klaviyo can look at the event itself only, not at the person".to_owned());
        }
        let mut filters = Vec::new();
        for mut group in self.groups(expr, false)? {
            match (group.pop(), group.is_empty()) {
                (Some(only), true) => filters.push(only),
                _ => return Err("Klaviyo knows no `or` inside an event".to_owned()),
            }
        }
        Ok(filters)
    }

    /// Klaviyo tells messages of one flow apart by name only, in the event that a click makes.
    fn clicked(&mut self, step: &str, negate: bool) -> Value {
        self.lose(
            &format!("a click in `{step}` is looked up by the message's name"),
            "a person who clicked in a message of the same name in another flow counts too",
            "keep the name that the export gives the message, also when you edit it in Klaviyo",
        );
        let locales = self.job.manifest.locales.iter().enumerate();
        let names: Vec<String> = locales
            .map(|(at, it)| (at > 0).then_some(it.as_str()))
            .map(|locale| super::message_name(&self.journey.name, step, locale))
            .collect();
        let name = json!({"type": "string", "operator": "in", "value": names});
        let inside = vec![json!({"property": "Campaign Name", "filter": name})];
        let sign = if negate {
            Sign::Equal
        } else {
            Sign::GreaterOrEqual
        };
        let number = json!(i64::from(!negate));
        self.count("clicked_email", &Since::Entry, sign, &number, Some(&inside))
    }

    fn timeframe(&mut self, since: &Since) -> Value {
        match since {
            Since::Always => json!({"type": "date", "operator": "alltime"}),
            Since::Entry => json!({"type": "date", "operator": "flow-start"}),
            Since::Within(it) => {
                let (quantity, unit, exact) = look_back(it);
                if !exact {
                    self.lose(
                        &format!("`within=\"{}\"` becomes {quantity} {unit}s", it.text),
                        "the look back is a little longer than the file says",
                        "write the length in days or hours",
                    );
                }
                json!({"type": "date", "operator": "in-the-last", "unit": unit, "quantity": quantity})
            }
        }
    }

    fn lose(&mut self, what: &str, why: &str, help: &str) {
        self.ledger.lose(Loss {
            line: self.line,
            node: self.node.to_owned(),
            what: format!("on Klaviyo, {what}"),
            why: why.to_owned(),
            help: help.to_owned(),
        });
    }
}

/// Klaviyo's name for an attribute of the contact in conditions. A few are its own fields.
pub(super) fn property_path(name: &str) -> String {
    const OWN: &[&str] = &[
        "email",
        "first_name",
        "last_name",
        "organization",
        "phone_number",
        "title",
    ];
    if OWN.contains(&name) {
        return name.to_owned();
    }
    format!("properties['{}']", name.replace('\'', "\\'"))
}

/// Everything of both.
pub(super) fn both(mut a: Groups, b: Groups) -> Groups {
    for group in b {
        if !a.contains(&group) {
            a.push(group);
        }
    }
    a
}

/// Either of the two: each group of the one with each group of the other.
pub(super) fn either(a: &Groups, b: &Groups) -> Result<Groups, String> {
    if a.len().saturating_mul(b.len()) > MOST_GROUPS {
        return Err("it becomes too long as Klaviyo's groups of conditions".to_owned());
    }
    let mut groups = Groups::new();
    for left in a {
        for right in b {
            let mut group = left.clone();
            for it in right {
                if !group.contains(it) {
                    group.push(it.clone());
                }
            }
            groups.push(group);
        }
    }
    Ok(groups)
}

/// Klaviyo's JSON for groups; null where there are none.
pub(super) fn filter_or_null(groups: Groups) -> Value {
    if groups.is_empty() {
        return Value::Null;
    }
    filter(groups)
}

/// Klaviyo's JSON for groups.
pub(super) fn filter(groups: Groups) -> Value {
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|conditions| json!({"conditions": conditions}))
        .collect();
    json!({"condition_groups": groups})
}

fn constant(value: &Value, negate: bool) -> Result<Groups, String> {
    match value {
        Value::Bool(it) if *it != negate => Ok(Vec::new()),
        Value::Bool(_) => Ok(vec![Vec::new()]),
        _ => Err("it is neither true nor false".to_owned()),
    }
}

fn literal(expr: &Expr) -> Option<&Value> {
    match expr {
        Expr::Literal { value } => Some(value),
        _ => None,
    }
}
