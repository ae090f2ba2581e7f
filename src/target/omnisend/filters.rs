//! Questions as Omnisend's filters: the event's properties, ten fields of a contact, tags and segments,
//! clicks in messages further up.
//!
//! Invariant: a filter holds exactly when the condition does, also where a value is missing; what has no
//! field of its own is a segment of the account, never a guess.

use serde_json::{Value, json};

use super::automation::tag_of;
use crate::manifest::{Expr, Kind, Sign};
use crate::target::audience::{is_truthy, plain, words};
use crate::target::{Job, Ledger, Loss, Mark, Test};

/// Our usual names of what Omnisend keeps of a contact as a text.
const FIELDS: &[(&str, &str)] = &[
    ("first_name", "firstName"),
    ("last_name", "lastName"),
    ("country", "country"),
    ("state", "state"),
    ("city", "city"),
    ("postal_code", "postalCode"),
];

/// The most groups that a condition is taken apart into.
const MOST_GROUPS: usize = 32;

/// A condition, taken apart into what one filter can ask.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// The answer is known.
    Sure(bool),
    /// One filter.
    Leaf(Leaf),
    /// The opposite.
    Not(Box<Question>),
    /// All of them; at least two.
    All(Vec<Question>),
    /// Any of them; at least two.
    Any(Vec<Question>),
}

/// One filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    kind: &'static str,
    field: String,
    operator: &'static str,
    value: Value,
    /// Whether the value that it looks at may be missing; then the opposite operator is not the opposite.
    may_lack: bool,
}

impl Leaf {
    /// As a split's filter.
    pub(super) fn in_split(&self) -> Value {
        let mut filter = self.on_event();
        filter["type"] = json!(self.kind);
        filter
    }

    /// As a filter of an event, in triggers and exits.
    fn on_event(&self) -> Value {
        let mut filter = json!({"field": self.field, "operator": self.operator});
        if !self.value.is_null() {
            filter["value"] = self.value.clone();
        }
        filter
    }

    fn exists(&self, operator: &'static str) -> Self {
        Self {
            operator,
            value: Value::Null,
            may_lack: false,
            ..self.clone()
        }
    }

    /// The opposite as one filter, where there is one that holds exactly when this one does not.
    fn opposite(&self) -> Option<Self> {
        let is_set = matches!(self.field.as_str(), "tag" | "segmentID") && self.kind == "contact";
        let exact = self.kind != "message" && (is_set || !self.may_lack);
        let mut opposite = self.negated();
        opposite.pop().filter(|_| exact)
    }

    /// The opposite as filters of which any must hold.
    fn negated(&self) -> Vec<Self> {
        let operator = match self.operator {
            "eq" => "neq",
            "neq" => "eq",
            "gt" => "lte",
            "lte" => "gt",
            "lt" => "gte",
            "gte" => "lt",
            "contains" => "notContains",
            "notContains" => "contains",
            "exists" => "notExists",
            _ => "exists",
        };
        let opposite = Self {
            operator,
            ..self.clone()
        };
        if self.may_lack {
            vec![self.exists("notExists"), opposite]
        } else {
            vec![opposite]
        }
    }
}

/// What a condition is read with.
pub(super) struct Questions<'q, 'a> {
    pub(super) job: &'q Job<'a>,
    pub(super) ledger: &'q mut Ledger,
    pub(super) marks: &'q [Mark<'a>],
    /// The event whose properties are meant.
    pub(super) event: &'q str,
    /// The step and its line.
    pub(super) place: (&'q str, u32),
    /// The messages further up: step and block.
    pub(super) sent: &'q [(String, String)],
}

impl Questions<'_, '_> {
    /// A test as a question; nothing where Omnisend cannot be asked, which is told.
    pub(super) fn test(&mut self, test: &Test<'_>) -> Option<Question> {
        match test {
            Test::Holds(expr) => self.of(expr, true),
            Test::Speaks { locale, .. } => Some(self.segment(&format!("language {locale}"))),
            Test::Not(of) => Some(Question::Not(Box::new(self.test(of)?))),
            Test::All(of) => of
                .iter()
                .map(|it| self.test(it))
                .collect::<Option<_>>()
                .map(all),
            Test::Any(of) => of
                .iter()
                .map(|it| self.test(it))
                .collect::<Option<_>>()
                .map(any),
            Test::Came { .. } | Test::Past { .. } => {
                self.refuse("it asks what Omnisend does not keep")
            }
        }
    }

    /// A condition as a question; `person` says whether the person may be asked about.
    pub(super) fn of(&mut self, expr: &Expr, person: bool) -> Option<Question> {
        match expr {
            Expr::Literal { value } => Some(Question::Sure(is_truthy(value))),
            Expr::Not { of } => Some(Question::Not(Box::new(self.of(of, person)?))),
            Expr::And { of } => {
                let parts = of.iter().map(|it| self.of(it, person));
                parts.collect::<Option<_>>().map(all)
            }
            Expr::Or { of } => {
                let parts = of.iter().map(|it| self.of(it, person));
                parts.collect::<Option<_>>().map(any)
            }
            Expr::Compare { sign, left, right } => match (&**left, &**right) {
                (Expr::Literal { value }, other) => {
                    self.compare(expr, sign.flipped(), other, value, person)
                }
                (other, Expr::Literal { value }) => self.compare(expr, *sign, other, value, person),
                _ => self.refuse("it compares two things that are known per person only"),
            },
            Expr::In {
                needle,
                haystack,
                negated,
            } => {
                let question = self.among(expr, needle, haystack, person)?;
                Some(if *negated {
                    Question::Not(Box::new(question))
                } else {
                    question
                })
            }
            Expr::Event { name } => self.event_says(name),
            Expr::Clicked { step } if person => self.clicked(step),
            Expr::Contact { name } if person => Some(self.contact_says(expr, name)),
            Expr::Count { .. } | Expr::Did { .. } if person => self.whole(expr),
            _ => self.refuse("it asks for more than the event itself"),
        }
    }

    fn compare(
        &mut self,
        whole: &Expr,
        sign: Sign,
        of: &Expr,
        value: &Value,
        person: bool,
    ) -> Option<Question> {
        match of {
            Expr::Event { name } => self.compare_event(sign, name, value),
            Expr::Contact { name } if person => {
                let field = FIELDS.iter().find(|it| it.0 == name);
                match (field, sign, value) {
                    (Some((_, field)), Sign::Equal, Value::String(text)) if !text.is_empty() => {
                        Some(contact(field, "eq", text))
                    }
                    (Some((_, field)), Sign::NotEqual, Value::String(text)) if !text.is_empty() => {
                        Some(Question::Not(Box::new(contact(field, "eq", text))))
                    }
                    _ => self.whole(whole),
                }
            }
            _ if person => self.whole(whole),
            _ => self.refuse("it asks for more than the event itself"),
        }
    }

    fn leaf(&self, name: &str, operator: &'static str, value: Value) -> Leaf {
        let (_, may_lack) = self.property(name);
        Leaf {
            kind: "event",
            field: name.to_owned(),
            operator,
            value,
            may_lack,
        }
    }

    /// The kind of a property, and whether it may be missing.
    fn property(&self, name: &str) -> (Kind, bool) {
        let event = self.job.manifest.events.get(self.event);
        let property = event.and_then(|it| it.properties.get(name));
        property.map_or((Kind::String, true), |it| (it.kind, it.nullable))
    }

    fn compare_event(&mut self, sign: Sign, name: &str, value: &Value) -> Option<Question> {
        let (kind, _) = self.property(name);
        let fits = match value {
            Value::Null => return self.presence(sign, name),
            Value::Number(_) => kind == Kind::Number,
            Value::Bool(_) => kind == Kind::Boolean,
            Value::String(_) => kind == Kind::String,
            _ => false,
        };
        let is_sorted = kind == Kind::Number;
        let operator = match sign {
            Sign::Equal | Sign::NotEqual => "eq",
            Sign::Less => "lt",
            Sign::LessOrEqual => "lte",
            Sign::Greater => "gt",
            Sign::GreaterOrEqual => "gte",
        };
        if !fits || (operator != "eq" && !is_sorted) {
            return self.refuse(&format!("Omnisend cannot compare `{name}` in this way"));
        }
        let leaf = Question::Leaf(self.leaf(name, operator, value.clone()));
        Some(if sign == Sign::NotEqual {
            Question::Not(Box::new(leaf))
        } else {
            leaf
        })
    }

    /// Whether a property is there: neither missing nor an empty text.
    fn presence(&mut self, sign: Sign, name: &str) -> Option<Question> {
        let (kind, _) = self.property(name);
        let leaf = self.leaf(name, "exists", Value::Null);
        let exists = Question::Leaf(leaf.exists("exists"));
        let there = if kind == Kind::String {
            all(vec![
                exists,
                Question::Leaf(self.leaf(name, "neq", json!(""))),
            ])
        } else {
            exists
        };
        match sign {
            Sign::Equal => Some(Question::Not(Box::new(there))),
            Sign::NotEqual => Some(there),
            _ => self.refuse("`none` is neither more nor less than anything"),
        }
    }

    /// A property by itself: neither missing, false, zero nor empty.
    fn event_says(&mut self, name: &str) -> Option<Question> {
        match self.property(name).0 {
            Kind::Boolean => Some(Question::Leaf(self.leaf(name, "eq", json!(true)))),
            Kind::Number => {
                let exists = self.leaf(name, "exists", Value::Null).exists("exists");
                let some = self.leaf(name, "neq", json!(0));
                Some(all(vec![Question::Leaf(exists), Question::Leaf(some)]))
            }
            Kind::String | Kind::Date => self.presence(Sign::NotEqual, name),
            Kind::List | Kind::Objects => self.refuse(&format!("`{name}` is a list")),
        }
    }

    fn among(
        &mut self,
        whole: &Expr,
        needle: &Expr,
        haystack: &Expr,
        person: bool,
    ) -> Option<Question> {
        match (needle, haystack) {
            (Expr::Event { .. } | Expr::Contact { .. }, Expr::List { items }) => {
                let known = |name: &String| FIELDS.iter().any(|it| it.0 == name);
                if matches!(needle, Expr::Contact { name } if !known(name)) && person {
                    // One segment instead of one for each value.
                    return self.whole(&plain(whole));
                }
                let mut parts = Vec::new();
                for item in items {
                    let Expr::Literal { value } = item else {
                        return self.refuse("the list holds more than fixed values");
                    };
                    parts.push(self.compare(whole, Sign::Equal, needle, value, person)?);
                }
                Some(match parts.len() {
                    0 => Question::Sure(false),
                    _ => any(parts),
                })
            }
            (
                Expr::Literal {
                    value: Value::String(part),
                },
                Expr::Event { name },
            ) if self.property(name).0 == Kind::String => {
                Some(Question::Leaf(self.leaf(name, "contains", json!(part))))
            }
            (_, Expr::Contact { .. }) if person => self.whole(&plain(whole)),
            _ => self.refuse("Omnisend cannot look for this in that"),
        }
    }

    /// An attribute by itself: a tag where one stands for it, else a segment.
    fn contact_says(&mut self, whole: &Expr, name: &str) -> Question {
        if self.marks.iter().any(|it| it.attribute == name) {
            return contact("tag", "eq", &tag_of(name));
        }
        if self.job.account.id("tags", name).is_some() {
            let tag = self.ledger.id(self.job, "tags", name, self.place.0);
            return contact("tag", "eq", &tag.to_lowercase());
        }
        self.segment(&words(whole).unwrap_or_else(|| name.to_owned()))
    }

    /// A condition that only a segment can say.
    fn whole(&mut self, expr: &Expr) -> Option<Question> {
        match words(expr) {
            Some(words) => Some(self.segment(&words)),
            None => self.refuse("it is too much for one segment"),
        }
    }

    fn segment(&mut self, name: &str) -> Question {
        self.ledger.by_hand(format!(
            "Make a segment of the people for whom `{name}` holds; its id stands under `ids.segments`."
        ));
        let id = self.ledger.id(self.job, "segments", name, self.place.0);
        contact("segmentID", "eq", &id)
    }

    fn clicked(&mut self, step: &str) -> Option<Question> {
        let above = self.sent.iter().filter(|it| it.0 == step);
        let leaf = |id: &String| {
            Question::Leaf(Leaf {
                kind: "message",
                field: "blockID".to_owned(),
                operator: "clickedEmail",
                value: json!(id),
                may_lack: false,
            })
        };
        let found: Vec<Question> = above.map(|it| leaf(&it.1)).collect();
        if found.is_empty() {
            return self.refuse(&format!("nobody who comes by has got `{step}` before"));
        }
        Some(any(found))
    }

    fn refuse<T>(&mut self, reason: &str) -> Option<T> {
        self.ledger.refuse(Loss {
            line: self.place.1,
            node: self.place.0.to_owned(),
            what: format!("Omnisend cannot say this condition: {reason}"),
            why: "the export would do something else to the customer than this file says"
                .to_owned(),
            help: "simplify the condition, or let the shop send the answer with the event"
                .to_owned(),
        });
        None
    }
}

/// Parts that are joined by one word, those inside of parts as well, with as few opposites as can be.
pub(super) fn spread(parts: &[Question], all: bool) -> Vec<Question> {
    let mut spread_out = Vec::new();
    for part in parts {
        match part {
            Question::All(inner) if all => spread_out.extend(spread(inner, all)),
            Question::Any(inner) if !all => spread_out.extend(spread(inner, all)),
            Question::Not(of) => match &**of {
                Question::Not(same) => spread_out.extend(spread(&[(**same).clone()], all)),
                Question::Any(inner) if all => spread_out.extend(spread(&opposites(inner), all)),
                Question::All(inner) if !all => spread_out.extend(spread(&opposites(inner), all)),
                Question::Leaf(leaf) => {
                    let opposite = leaf.opposite().map(Question::Leaf);
                    spread_out.push(opposite.unwrap_or_else(|| part.clone()));
                }
                _ => spread_out.push(part.clone()),
            },
            _ => spread_out.push(part.clone()),
        }
    }
    spread_out
}

fn opposites(of: &[Question]) -> Vec<Question> {
    let not = |it: &Question| Question::Not(Box::new(it.clone()));
    of.iter().map(not).collect()
}

/// A condition as groups of filters that must all hold; nothing where it cannot be said so.
pub(super) fn several_groups(question: &Question) -> Option<Vec<Value>> {
    let groups = clauses(question, false)?;
    let (single, several): (Vec<_>, Vec<_>) = groups.into_iter().partition(|it| it.len() == 1);
    let mut all = Vec::new();
    if !single.is_empty() {
        let filters: Vec<Value> = single.iter().flatten().map(Leaf::on_event).collect();
        all.push(json!({"logicalOperator": "and", "filters": filters}));
    }
    for group in several {
        let filters: Vec<Value> = group.iter().map(Leaf::on_event).collect();
        all.push(json!({"logicalOperator": "or", "filters": filters}));
    }
    (!all.is_empty()).then_some(all)
}

/// A condition as one group of filters; nothing where it cannot be said so.
pub(super) fn one_group(question: &Question) -> Option<Value> {
    let mut groups = several_groups(question)?;
    (groups.len() == 1).then(|| groups.remove(0))
}

/// "And" of "or" of filters.
fn clauses(question: &Question, negate: bool) -> Option<Vec<Vec<Leaf>>> {
    match question {
        Question::Sure(_) => None,
        Question::Leaf(leaf) if negate => Some(vec![leaf.negated()]),
        Question::Leaf(leaf) => Some(vec![vec![leaf.clone()]]),
        Question::Not(of) => clauses(of, !negate),
        Question::All(parts) | Question::Any(parts) => {
            let is_all = matches!(question, Question::All(_)) != negate;
            let mut found: Option<Vec<Vec<Leaf>>> = None;
            for part in parts {
                let more = clauses(part, negate)?;
                found = Some(match found {
                    None => more,
                    Some(mut found) if is_all => {
                        found.extend(more);
                        found
                    }
                    Some(found) => either(&found, &more),
                });
                if found.as_ref().is_some_and(|it| it.len() > MOST_GROUPS) {
                    return None;
                }
            }
            found
        }
    }
}

fn either(some: &[Vec<Leaf>], others: &[Vec<Leaf>]) -> Vec<Vec<Leaf>> {
    let pair = |one: &Vec<Leaf>, other: &Vec<Leaf>| [&one[..], &other[..]].concat();
    some.iter()
        .flat_map(|one| others.iter().map(|other| pair(one, other)))
        .collect()
}

fn contact(field: &str, operator: &'static str, value: &str) -> Question {
    Question::Leaf(Leaf {
        kind: "contact",
        field: field.to_owned(),
        operator,
        value: json!(value),
        may_lack: true,
    })
}

fn all(mut parts: Vec<Question>) -> Question {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    Question::All(parts)
}

fn any(mut parts: Vec<Question>) -> Question {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    Question::Any(parts)
}
