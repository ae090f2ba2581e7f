//! Finds attributes, event data and histories with which the conditions on a way answer as wished.
//!
//! In: the wishes of a route. Out: a few [`Answer`]s, each of which meets them all, as far as that can
//! be seen before the life is lived.
//! Invariant: the number of tries is bounded; the same wishes give the same answers.
//! Not done here: living (that is `search`): whether a wish was right shows there.

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::route::{Demand, Route, Wish};
use crate::model::{Condition, Expr, ExprKind, Literal, Property, Since, Step, Type};
use crate::simulate::{EventNo, JourneyNo, Simulation, StepNo, compare, is_same};

/// So many partial answers are looked at.
const FUEL: u32 = 20_000;

/// Something that a condition asks and that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Question<'p> {
    /// An attribute of the person.
    Attribute(&'p str),
    /// A property of an event.
    Property(EventNo, &'p str),
    /// How often an event has come.
    Count(EventNo, Since),
    /// Whether the person has clicked in a message.
    Clicked(StepNo),
}

/// Values for all questions.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer<'p> {
    /// What is answered, and with what.
    pub(super) values: Vec<(Question<'p>, Value)>,
}

/// A question with what may be answered.
struct Open<'p> {
    question: Question<'p>,
    choices: Vec<Value>,
}

/// All questions of some wishes.
struct Search<'s, 'p> {
    simulation: &'s Simulation<'p>,
    wishes: &'s [Wish<'p>],
    open: Vec<Open<'p>>,
    fuel: u32,
    found: Vec<Answer<'p>>,
    most: usize,
}

/// At most so many answers that meet the wishes, the most ordinary ones first; one that says nothing
/// if none does.
pub(super) fn answers<'p>(
    simulation: &Simulation<'p>,
    route: &Route<'p>,
    most: usize,
) -> Vec<Answer<'p>> {
    let mut search = Search {
        simulation,
        wishes: &route.wishes,
        open: Vec::new(),
        fuel: FUEL,
        found: Vec::new(),
        most,
    };
    for wish in &route.wishes {
        for expr in wish.what.exprs() {
            search.collect(expr, wish, route.trigger);
        }
    }
    let mut values = Vec::new();
    search.go(&mut values);
    if search.found.is_empty() {
        search.found.push(Answer::default());
    }
    search.found
}

/// All that the conditions of a project ask, with what may be answered.
pub(super) fn choices<'p>(
    simulation: &Simulation<'p>,
    trigger: EventNo,
) -> Vec<(Question<'p>, Vec<Value>)> {
    let mut search = Search {
        simulation,
        wishes: &[],
        open: Vec::new(),
        fuel: 0,
        found: Vec::new(),
        most: 0,
    };
    for (journey, it) in simulation.journeys() {
        let begun = simulation.event(&it.trigger.event.value).unwrap_or(trigger);
        let of = |name: &str| simulation.event(name).unwrap_or(begun);
        let mut asked: Vec<(EventNo, &Condition)> = Vec::new();
        asked.extend(it.trigger.filter.iter().map(|it| (begun, it)));
        let exits = it
            .exits
            .iter()
            .filter_map(|it| Some((of(&it.on.value), it.filter.as_ref()?)));
        asked.extend(exits);
        for (step, _) in it.walk() {
            let (only_if, unless) = step.value.conditions();
            asked.extend(only_if.into_iter().chain(unless).map(|it| (begun, it)));
            match &step.value {
                Step::WaitFor(it) => {
                    asked.extend(it.filter.iter().map(|filter| (of(&it.event.value), filter)));
                }
                Step::Branch(it) => asked.extend(it.when.iter().map(|it| (begun, &it.condition))),
                Step::Repeat(it) => asked.extend(it.until.iter().map(|it| (begun, it))),
                _ => {}
            }
        }
        for (event, condition) in asked {
            let Ok(expr) = &condition.parsed else {
                continue;
            };
            let wish = Wish {
                what: Demand::Holds(expr, true),
                event,
                journey,
                at: None,
            };
            search.collect(expr, &wish, trigger);
        }
    }
    let open = std::mem::take(&mut search.open);
    open.iter()
        .map(|it| (it.question, search.allowed(it)))
        .collect()
}

impl<'p> Answer<'p> {
    /// Answers one question otherwise.
    pub(super) fn set(&mut self, question: Question<'p>, value: Value) {
        match self.values.iter_mut().find(|it| it.0 == question) {
            Some(it) => it.1 = value,
            None => self.values.push((question, value)),
        }
    }
}

impl<'p> Demand<'p> {
    /// The conditions that it speaks of.
    pub(super) fn exprs(&self) -> Vec<&'p Expr> {
        match self {
            Self::Holds(it, _) => vec![it],
            Self::Happens(only_if, unless, _) => only_if.iter().chain(unless).copied().collect(),
            Self::FirstOf(all, _) => all.iter().flatten().copied().collect(),
        }
    }
}

impl<'p> Search<'_, 'p> {
    /// Notes the questions of an expression, with what it compares them with.
    fn collect(&mut self, expr: &'p Expr, wish: &Wish<'p>, trigger: EventNo) {
        expr.walk(&mut |it| {
            let (left, right) = match &it.kind {
                ExprKind::Compare { left, right, .. } => (left, right),
                ExprKind::In {
                    needle, haystack, ..
                } => (needle, haystack),
                _ => {
                    if let Some(question) = question(self.simulation, it, wish) {
                        self.open(question, trigger);
                    }
                    return;
                }
            };
            for (one, other) in [(left, right), (right, left)] {
                if let Some(question) = question(self.simulation, one, wish) {
                    let open = self.open(question, trigger);
                    for literal in literals(other) {
                        near(literal, &mut open.choices);
                    }
                }
            }
        });
    }

    fn open(&mut self, question: Question<'p>, trigger: EventNo) -> &mut Open<'p> {
        let known = self.open.iter().position(|it| it.question == question);
        let at = known.unwrap_or_else(|| {
            let choices = ordinary(self.simulation, question, trigger);
            self.open.push(Open { question, choices });
            self.open.len() - 1
        });
        &mut self.open[at]
    }

    fn go(&mut self, values: &mut Vec<(Question<'p>, Value)>) {
        let Some(left) = self.fuel.checked_sub(1) else {
            return;
        };
        self.fuel = left;
        let view = View {
            simulation: self.simulation,
            values,
        };
        if self.wishes.iter().any(|it| view.met(it) == Some(false)) {
            return;
        }
        let Some(open) = self.open.get(values.len()) else {
            self.found.push(Answer {
                values: values.clone(),
            });
            return;
        };
        let (question, choices) = (open.question, self.allowed(open));
        for value in choices {
            values.push((question, value));
            self.go(values);
            values.pop();
            if self.found.len() >= self.most {
                return;
            }
        }
    }

    /// The choices that the declaration allows.
    fn allowed(&self, open: &Open<'p>) -> Vec<Value> {
        let Some(declared) = declared(self.simulation, open.question) else {
            return open.choices.clone();
        };
        let is_kind = |it: &Value| match (&declared.kind, it) {
            (_, Value::Null) => declared.nullable,
            (Type::Number, it) => it.is_number(),
            (Type::Boolean, it) => it.is_boolean(),
            (Type::Text | Type::Date, it) => it.is_string(),
            (Type::List(_) | Type::Objects(_), it) => it.is_array(),
        };
        let is_listed = |it: &Value| {
            let mut listed = declared.choices.iter();
            it.is_null() || declared.choices.is_empty() || listed.any(|one| is_same(&one.value, it))
        };
        let all = open.choices.iter();
        all.filter(|it| is_kind(it) && is_listed(it))
            .cloned()
            .collect()
    }
}

/// What the conditions ask, as far as it is answered.
struct View<'v, 's, 'p> {
    simulation: &'s Simulation<'p>,
    values: &'v [(Question<'p>, Value)],
}

impl<'p> View<'_, '_, 'p> {
    /// Whether a wish is met; nothing if that is open.
    fn met(&self, wish: &Wish<'p>) -> Option<bool> {
        match &wish.what {
            Demand::Holds(it, truth) => Some(self.holds(it, wish)? == *truth),
            Demand::Happens(only_if, unless, happens) => {
                let wants = only_if.map_or(Some(true), |it| self.holds(it, wish));
                let spares = unless.map_or(Some(false), |it| self.holds(it, wish));
                let does = match (wants, spares) {
                    (Some(false), _) | (_, Some(true)) => false,
                    (Some(true), Some(false)) => true,
                    _ => return None,
                };
                Some(does == *happens)
            }
            Demand::FirstOf(all, open) => {
                for (number, it) in all.iter().enumerate() {
                    match it.map_or(Some(false), |it| self.holds(it, wish)) {
                        Some(true) => return Some(open.contains(&number)),
                        Some(false) => {}
                        None => return None,
                    }
                }
                Some(open.contains(&all.len()))
            }
        }
    }

    fn holds(&self, expr: &'p Expr, wish: &Wish<'p>) -> Option<bool> {
        let all = |parts: &'p [Expr], sought: bool| {
            let mut is_open = false;
            for it in parts {
                match self.holds(it, wish) {
                    Some(it) if it == sought => return Some(sought),
                    Some(_) => {}
                    None => is_open = true,
                }
            }
            (!is_open).then_some(!sought)
        };
        match &expr.kind {
            ExprKind::Not(it) => self.holds(it, wish).map(|it| !it),
            ExprKind::And(parts) => all(parts, false),
            ExprKind::Or(parts) => all(parts, true),
            ExprKind::Compare {
                operator,
                left,
                right,
            } => {
                let (left, right) = (self.value(left, wish)?, self.value(right, wish)?);
                Some(compare(*operator, &left, &right))
            }
            ExprKind::In {
                needle,
                haystack,
                negated,
            } => {
                let (needle, haystack) = (self.value(needle, wish)?, self.value(haystack, wish)?);
                let is_in = match &haystack {
                    Value::Array(items) => items.iter().any(|it| is_same(&needle, it)),
                    Value::String(text) => needle.as_str().is_some_and(|it| text.contains(it)),
                    _ => false,
                };
                Some(is_in != *negated)
            }
            ExprKind::History(it) => {
                let count = self.answer(question(self.simulation, expr, wish)?)?;
                (!it.counts).then(|| count.as_u64().unwrap_or(0) > 0)
            }
            _ => Some(self.value(expr, wish)?.as_bool() == Some(true)),
        }
    }

    fn value(&self, expr: &'p Expr, wish: &Wish<'p>) -> Option<Value> {
        Some(match &expr.kind {
            ExprKind::Literal(it) => literal(it),
            ExprKind::List(items) => {
                let items = items.iter().map(|it| self.value(it, wish));
                Value::Array(items.collect::<Option<_>>()?)
            }
            ExprKind::Contact(_) | ExprKind::Event(_) | ExprKind::Clicked { .. } => {
                self.answer(question(self.simulation, expr, wish)?)?.clone()
            }
            ExprKind::History(it) if it.counts => {
                self.answer(question(self.simulation, expr, wish)?)?.clone()
            }
            _ => Value::Bool(self.holds(expr, wish)?),
        })
    }

    fn answer(&self, question: Question<'p>) -> Option<&Value> {
        let found = self.values.iter().find(|it| it.0 == question);
        found.map(|it| &it.1)
    }
}

/// The question that an expression asks, if it is one.
pub(super) fn question<'p>(
    simulation: &Simulation<'p>,
    expr: &'p Expr,
    wish: &Wish<'p>,
) -> Option<Question<'p>> {
    match &expr.kind {
        ExprKind::Contact(name) => Some(Question::Attribute(name)),
        ExprKind::Event(name) => Some(Question::Property(wish.event, name)),
        ExprKind::History(it) => Some(Question::Count(simulation.event(&it.event)?, it.since)),
        ExprKind::Clicked { step, .. } => {
            let no = step_of(simulation, wish.journey, step)?;
            Some(Question::Clicked(no))
        }
        _ => None,
    }
}

fn step_of(simulation: &Simulation<'_>, journey: JourneyNo, name: &str) -> Option<StepNo> {
    let mut steps = simulation.steps();
    let found =
        steps.find(|(no, it)| it.journey == journey && simulation.step_id(*no) == Some(name));
    found.map(|it| it.0)
}

fn declared<'p>(simulation: &Simulation<'p>, question: Question<'p>) -> Option<&'p Property> {
    let project = simulation.project();
    match question {
        Question::Attribute(name) => project.contact.get(name),
        Question::Property(event, name) => {
            let event = project.event(simulation.event_name(event))?;
            event.properties.get(name)
        }
        Question::Count(..) | Question::Clicked(_) => None,
    }
}

/// What is tried for a question whatever it is compared with.
fn ordinary(simulation: &Simulation<'_>, question: Question<'_>, trigger: EventNo) -> Vec<Value> {
    match question {
        Question::Clicked(_) => vec![Value::Bool(false), Value::Bool(true)],
        Question::Count(event, since) => {
            // The event that lets people in has come, unless only what came after it is asked for.
            let least = u32::from(event == trigger && since != Since::Entry);
            (least..=least + 2).map(Value::from).collect()
        }
        Question::Attribute(name) | Question::Property(_, name) => {
            let Some(declared) = declared(simulation, question) else {
                return vec![Value::Null];
            };
            let mut res: Vec<Value> = vec![declared.sample_value(name, 0)];
            let more = declared
                .sample
                .iter()
                .chain(declared.choices.iter().map(|it| &it.value));
            for it in more {
                add(it.clone(), &mut res);
            }
            match declared.kind {
                Type::Boolean => {
                    add(Value::Bool(true), &mut res);
                    add(Value::Bool(false), &mut res);
                }
                Type::Number => add(Value::from(0), &mut res),
                Type::List(_) => add(Value::Array(Vec::new()), &mut res),
                _ => {}
            }
            add(Value::Null, &mut res);
            res
        }
    }
}

fn literals(expr: &Expr) -> Vec<&Literal> {
    match &expr.kind {
        ExprKind::Literal(it) => vec![it],
        ExprKind::List(items) => items.iter().flat_map(literals).collect(),
        _ => Vec::new(),
    }
}

fn literal(it: &Literal) -> Value {
    match it {
        Literal::Text(it) => Value::from(&**it),
        Literal::Number(it) => number(*it),
        Literal::Boolean(it) => Value::Bool(*it),
        Literal::None => Value::Null,
    }
}

/// Whole numbers are written without a point.
fn number(it: f64) -> Value {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "only where nothing is lost, as the next line asks"
    )]
    let whole = it as i64;
    #[allow(
        clippy::cast_precision_loss,
        reason = "compared with what it came from"
    )]
    let is_whole = (whole as f64 - it).abs() < f64::EPSILON;
    if is_whole {
        Value::from(whole)
    } else {
        Value::from(it)
    }
}

/// A value, and those right beside it.
fn near(it: &Literal, out: &mut Vec<Value>) {
    match it {
        Literal::Number(n) => {
            for value in [*n, n + 1.0, n - 1.0] {
                add(number(value), out);
            }
            let list = Value::Array(vec![number(*n)]);
            add(list, out);
        }
        Literal::Text(text) => {
            add(Value::from(&**text), out);
            if let Ok(day) = text.parse::<NaiveDate>() {
                let days = [
                    day.checked_add_days(Days::new(1)),
                    day.checked_sub_days(Days::new(1)),
                ];
                for it in days.into_iter().flatten() {
                    add(Value::from(it.to_string()), out);
                }
            } else {
                add(Value::from(format!("not {text}")), out);
            }
            add(Value::Array(vec![Value::from(&**text)]), out);
        }
        Literal::Boolean(it) => {
            add(Value::Bool(*it), out);
            add(Value::Bool(!it), out);
        }
        Literal::None => add(Value::Null, out),
    }
}

fn add(value: Value, out: &mut Vec<Value>) {
    let is_negative_count =
        value.as_f64().is_some_and(|it| it < 0.0) && out.iter().all(Value::is_u64);
    if !is_negative_count && !out.contains(&value) {
        out.push(value);
    }
}
