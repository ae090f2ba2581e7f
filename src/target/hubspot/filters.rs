//! Conditions as HubSpot's filters: "or" of "and" of filters.
//!
//! Invariant: a filter holds exactly when the condition does, also where a value is missing
//! (`includeObjectsWithNoValueSet`); what no property says is a list of the account, never a guess.

use serde_json::{Value, json};

use crate::manifest::{Expr, Kind, Sign};
use crate::target::audience::{is_truthy, words};
use crate::target::{Job, Ledger, Loss, Mark, Test};

/// Any of these, of each of which all must hold. No group is "never"; an empty group is "always".
pub(super) type Groups = Vec<Vec<Value>>;

/// The most groups that a condition is taken apart into.
const MOST_GROUPS: usize = 20;

/// HubSpot's own names of attributes.
const STANDARD: &[(&str, &str)] = &[("first_name", "firstname"), ("last_name", "lastname")];

/// What HubSpot calls an attribute.
pub(super) fn property_of(name: &str) -> String {
    let known = STANDARD.iter().find(|it| it.0 == name);
    known.map_or(name, |it| it.1).to_owned()
}

/// Whose properties a condition may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of<'q> {
    /// The contact's.
    Contact,
    /// Those of this event.
    Event(&'q str),
}

/// What a condition is read with.
pub(super) struct Filters<'q, 'a> {
    pub(super) job: &'q Job<'a>,
    pub(super) ledger: &'q mut Ledger,
    pub(super) marks: &'q [Mark<'a>],
    pub(super) of: Of<'q>,
    /// The step and its line.
    pub(super) place: (&'q str, u32),
}

impl Filters<'_, '_> {
    /// A test as groups of filters; nothing where HubSpot cannot be asked, which is told.
    pub(super) fn test(&mut self, test: &Test<'_>, negate: bool) -> Option<Groups> {
        match test {
            Test::Holds(expr) => self.groups(expr, negate),
            Test::Not(of) => self.test(of, !negate),
            Test::All(of) | Test::Any(of) => {
                let all = matches!(test, Test::All(_)) != negate;
                let parts: Option<Vec<Groups>> =
                    of.iter().map(|it| self.test(it, negate)).collect();
                self.join(parts?, all)
            }
            Test::Speaks { locale, .. } => {
                let property = self.language();
                let operator = if negate { "IS_NONE_OF" } else { "IS_ANY_OF" };
                let value = json!([locale.to_lowercase()]);
                let operation = operation("ENUMERATION", operator, Some(value), negate);
                Some(one(property_filter(&property, operation)))
            }
            Test::Came { .. } | Test::Past { .. } => {
                self.refuse("it asks what HubSpot does not keep")
            }
        }
    }

    /// Where a contact's language stands: in an attribute of the project, else in HubSpot's own.
    fn language(&self) -> String {
        let known = ["locale", "language"];
        let declared = known
            .iter()
            .find(|it| self.job.manifest.contact.contains_key(**it));
        declared.map_or_else(|| "hs_language".to_owned(), |it| property_of(it))
    }

    /// A condition as groups of filters.
    pub(super) fn groups(&mut self, expr: &Expr, negate: bool) -> Option<Groups> {
        match expr {
            Expr::Literal { value } if is_truthy(value) != negate => Some(vec![Vec::new()]),
            Expr::Literal { .. } => Some(Vec::new()),
            Expr::Not { of } => self.groups(of, !negate),
            Expr::And { of } | Expr::Or { of } => {
                let all = matches!(expr, Expr::And { .. }) != negate;
                let parts: Option<Vec<Groups>> =
                    of.iter().map(|it| self.groups(it, negate)).collect();
                self.join(parts?, all)
            }
            Expr::Compare { sign, left, right } => match (&**left, &**right) {
                (Expr::Literal { value }, other) => {
                    self.compare(expr, sign.flipped(), other, value, negate)
                }
                (other, Expr::Literal { value }) => self.compare(expr, *sign, other, value, negate),
                _ => self.refuse("it compares two things that are known per person only"),
            },
            Expr::In {
                needle,
                haystack,
                negated,
            } => self.among(expr, needle, haystack, *negated != negate),
            Expr::Contact { name } if self.marks.iter().any(|it| it.attribute == *name) => {
                Some(one(property_filter(name, boolean(!negate, negate))))
            }
            Expr::Contact { name } | Expr::Event { name } => {
                let is_contact = matches!(expr, Expr::Contact { .. });
                self.says(expr, is_contact, name, negate)
            }
            Expr::Count { .. } | Expr::Did { .. } | Expr::Clicked { .. } => self.list(expr, negate),
            Expr::List { .. } => self.refuse("a list by itself is no question"),
        }
    }

    fn join(&mut self, parts: Vec<Groups>, all: bool) -> Option<Groups> {
        let mut joined: Groups = if all { vec![Vec::new()] } else { Vec::new() };
        for part in parts {
            if all {
                let pair = |one: &Vec<Value>, other: &Vec<Value>| [&one[..], &other[..]].concat();
                joined = joined
                    .iter()
                    .flat_map(|one| part.iter().map(move |other| pair(one, other)))
                    .collect();
            } else {
                joined.extend(part);
            }
            if joined.len() > MOST_GROUPS {
                return self.refuse("it has too many cases");
            }
        }
        Some(joined)
    }

    /// The kind of a property, where it is one of those that may be asked about.
    fn property(&mut self, is_contact: bool, name: &str) -> Option<(String, Kind)> {
        let manifest = self.job.manifest;
        match (self.of, is_contact) {
            (Of::Contact, true) => {
                let kind = manifest
                    .contact
                    .get(name)
                    .map_or(Kind::String, |it| it.kind);
                Some((property_of(name), kind))
            }
            (Of::Event(event), false) => {
                let event = manifest.events.get(event);
                let property = event.and_then(|it| it.properties.get(name));
                Some((name.to_owned(), property.map_or(Kind::String, |it| it.kind)))
            }
            (Of::Contact, false) => self.refuse("a branch does not know the event"),
            (Of::Event(_), true) => self.refuse("an event does not know the person"),
        }
    }

    fn compare(
        &mut self,
        whole: &Expr,
        sign: Sign,
        of: &Expr,
        value: &Value,
        negate: bool,
    ) -> Option<Groups> {
        let (is_contact, name) = match of {
            Expr::Contact { name } => (true, name),
            Expr::Event { name } => (false, name),
            _ => return self.list(whole, negate),
        };
        let (property, kind) = self.property(is_contact, name)?;
        let effective = if negate { sign.negated() } else { sign };
        // A missing value is equal to nothing, and fails every comparison of order.
        let missing = match effective {
            Sign::Equal => false,
            Sign::NotEqual => true,
            _ => negate,
        };
        let operation = match (kind, value, effective) {
            (_, Value::Null, Sign::Equal) => operation("ALL_PROPERTY", "IS_UNKNOWN", None, false),
            (_, Value::Null, Sign::NotEqual) => operation("ALL_PROPERTY", "IS_KNOWN", None, false),
            (Kind::Boolean, Value::Bool(it), Sign::Equal) => boolean(*it, false),
            (Kind::Boolean, Value::Bool(it), Sign::NotEqual) => boolean(!it, true),
            (Kind::Number, Value::Number(_), sign) => {
                operation("NUMBER", numeric(sign), Some(value.clone()), missing)
            }
            (Kind::String, Value::String(_), Sign::Equal | Sign::NotEqual) => {
                operation("STRING", numeric(effective), Some(value.clone()), missing)
            }
            _ if is_contact => return self.list(whole, negate),
            _ => return self.refuse(&format!("HubSpot cannot compare `{name}` in this way")),
        };
        Some(one(property_filter(&property, operation)))
    }

    /// A property by itself: neither missing, false, zero nor empty.
    fn says(&mut self, whole: &Expr, is_contact: bool, name: &str, negate: bool) -> Option<Groups> {
        let (property, kind) = self.property(is_contact, name)?;
        let operation = match kind {
            Kind::Boolean => boolean(!negate, negate),
            Kind::Number => {
                let operator = if negate {
                    "IS_EQUAL_TO"
                } else {
                    "IS_NOT_EQUAL_TO"
                };
                operation("NUMBER", operator, Some(json!(0)), negate)
            }
            Kind::String | Kind::Date => {
                let operator = if negate { "IS_UNKNOWN" } else { "IS_KNOWN" };
                operation("ALL_PROPERTY", operator, None, false)
            }
            Kind::List | Kind::Objects if is_contact => return self.list(whole, negate),
            Kind::List | Kind::Objects => return self.refuse(&format!("`{name}` is a list")),
        };
        Some(one(property_filter(&property, operation)))
    }

    fn among(
        &mut self,
        whole: &Expr,
        needle: &Expr,
        haystack: &Expr,
        negate: bool,
    ) -> Option<Groups> {
        match (needle, haystack) {
            (Expr::Event { .. } | Expr::Contact { .. }, Expr::List { items }) => {
                let mut parts = Vec::new();
                for item in items {
                    let Expr::Literal { value } = item else {
                        return self.refuse("the list holds more than fixed values");
                    };
                    parts.push(self.compare(whole, Sign::Equal, needle, value, negate)?);
                }
                self.join(parts, negate)
            }
            (_, Expr::Contact { .. }) => self.list(whole, negate),
            _ => self.refuse("HubSpot cannot look for this in that"),
        }
    }

    /// A condition that only a list of the account can say.
    fn list(&mut self, expr: &Expr, negate: bool) -> Option<Groups> {
        let words = match (expr, self.of) {
            (_, Of::Event(_)) => return self.refuse("it asks for more than the event itself"),
            (Expr::Clicked { step }, Of::Contact) => Some(format!("contact.clicked(\"{step}\")")),
            (_, Of::Contact) => words(expr),
        };
        let Some(words) = words else {
            return self.refuse("it is too much for one list");
        };
        self.ledger.by_hand(format!(
            "Make an active list of the contacts for whom `{words}` holds; its id stands under `ids.lists`."
        ));
        let id = self.ledger.id(self.job, "lists", &words, self.place.0);
        let operator = if negate { "NOT_IN_LIST" } else { "IN_LIST" };
        Some(one(
            json!({"filterType": "IN_LIST", "listId": id, "operator": operator}),
        ))
    }

    fn refuse<T>(&mut self, reason: &str) -> Option<T> {
        self.ledger.refuse(Loss {
            line: self.place.1,
            node: self.place.0.to_owned(),
            what: format!("HubSpot cannot say this condition: {reason}"),
            why: "the export would do something else to the customer than this file says"
                .to_owned(),
            help: "simplify the condition, or let the shop send the answer as an attribute"
                .to_owned(),
        });
        None
    }
}

/// Groups as the branch of filters that workflows take: "or", then "and", then filters.
pub(super) fn branch(groups: Groups) -> Value {
    let inner: Vec<Value> = groups
        .into_iter()
        .map(|filters| {
            json!({
                "filterBranchType": "AND", "filterBranchOperator": "AND",
                "filterBranches": [], "filters": filters,
            })
        })
        .collect();
    json!({
        "filterBranchType": "OR", "filterBranchOperator": "OR",
        "filterBranches": inner, "filters": [],
    })
}

/// An event, once for each group that it may fulfil.
pub(super) fn events(id: &str, groups: Groups) -> Vec<Value> {
    let one = |filters: Vec<Value>| {
        json!({
            "filterBranchType": "UNIFIED_EVENTS", "filterBranchOperator": "AND",
            "eventTypeId": id, "operator": "HAS_COMPLETED",
            "filterBranches": [], "filters": filters,
        })
    };
    groups.into_iter().map(one).collect()
}

fn one(filter: Value) -> Groups {
    vec![vec![filter]]
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers make the value for this call only"
)]
fn property_filter(property: &str, operation: Value) -> Value {
    json!({"filterType": "PROPERTY", "property": property, "operation": operation})
}

fn operation(kind: &str, operator: &str, value: Option<Value>, missing: bool) -> Value {
    let mut operation = json!({
        "operationType": kind, "operator": operator, "includeObjectsWithNoValueSet": missing,
    });
    match value {
        Some(Value::Array(values)) => operation["values"] = values.into(),
        Some(value) => operation["value"] = value,
        None => {}
    }
    operation
}

/// Yes, or no; `missing` says whether a checkbox that nobody has touched counts too.
fn boolean(wanted: bool, missing: bool) -> Value {
    operation("BOOL", "IS_EQUAL_TO", Some(json!(wanted)), missing)
}

fn numeric(sign: Sign) -> &'static str {
    match sign {
        Sign::Equal => "IS_EQUAL_TO",
        Sign::NotEqual => "IS_NOT_EQUAL_TO",
        Sign::Less => "IS_LESS_THAN",
        Sign::LessOrEqual => "IS_LESS_THAN_OR_EQUAL_TO",
        Sign::Greater => "IS_GREATER_THAN",
        Sign::GreaterOrEqual => "IS_GREATER_THAN_OR_EQUAL_TO",
    }
}
