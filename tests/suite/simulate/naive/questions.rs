//! What conditions ask.

use journeyc::model::{Comparison, Condition, Expr, ExprKind, Literal, Since};
use journeyc::simulate::{Chance, Outside, StepNo};
use serde_json::{Map, Value};

use super::Naive;
use super::time::before;

impl<C: Chance> Naive<'_, C> {
    pub(super) fn holds(
        &self,
        it: &Condition,
        way: Option<usize>,
        event: Option<&Map<String, Value>>,
    ) -> bool {
        self.value(it.parsed.as_ref().unwrap(), way, event) == Value::Bool(true)
    }

    pub(super) fn value(
        &self,
        it: &Expr,
        way: Option<usize>,
        event: Option<&Map<String, Value>>,
    ) -> Value {
        let truth = |it: &Expr| self.value(it, way, event) == Value::Bool(true);
        match &it.kind {
            ExprKind::Literal(Literal::Text(it)) => Value::from(&**it),
            ExprKind::Literal(Literal::Number(it)) => Value::from(*it),
            ExprKind::Literal(Literal::Boolean(it)) => Value::from(*it),
            ExprKind::Literal(Literal::None) => Value::Null,
            ExprKind::List(items) => items.iter().map(|it| self.value(it, way, event)).collect(),
            ExprKind::Contact(name) => self.known.get(&**name).cloned().unwrap_or_default(),
            ExprKind::Event(name) => event
                .and_then(|it| it.get(&**name))
                .cloned()
                .unwrap_or_default(),
            ExprKind::Not(of) => Value::from(!truth(of)),
            ExprKind::And(of) => Value::from(of.iter().all(truth)),
            ExprKind::Or(of) => Value::from(of.iter().any(truth)),
            ExprKind::Compare {
                operator,
                left,
                right,
            } => {
                let (left, right) = (self.value(left, way, event), self.value(right, way, event));
                Value::from(compared(*operator, &left, &right))
            }
            ExprKind::In {
                needle,
                haystack,
                negated,
            } => {
                let (needle, all) = (
                    self.value(needle, way, event),
                    self.value(haystack, way, event),
                );
                let is_in = all
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|it| compared(Comparison::Equal, it, &needle));
                Value::from(is_in != *negated)
            }
            ExprKind::History(it) => {
                let seen = way.map_or(self.come.len(), |it| self.visits[it].seen);
                let since = |at: i64, place: usize| match it.since {
                    Since::Always => true,
                    Since::Entry => place >= seen,
                    Since::Within(by) => at >= before(self.zone, self.now, by),
                };
                let found = self.come.iter().enumerate().filter(|(place, (at, no))| {
                    matches!(&self.life.outside[*no as usize].what, Outside::Event(event, _)
                        if self.event(*event) == &*it.event)
                        && since(*at, *place)
                });
                let found = found.count();
                if it.counts {
                    Value::from(found)
                } else {
                    Value::from(found > 0)
                }
            }
            ExprKind::Clicked { step, .. } => {
                let Some(way) = way else {
                    return Value::from(false);
                };
                let journey = self.journeys[self.visits[way].journey];
                let is_it = |wanted: StepNo| {
                    let mut all = journey.walk().map(|it| it.0);
                    let found = all.find(|it| it.value.id().is_some_and(|it| it.value == *step));
                    found.is_some_and(|it| self.number(way, it) == wanted)
                };
                let since = &self.come[self.visits[way].seen..];
                Value::from(since.iter().any(|(_, no)| {
                    matches!(&self.life.outside[*no as usize].what, Outside::Click(it) if is_it(*it))
                }))
            }
        }
    }
}

fn compared(operator: Comparison, left: &Value, right: &Value) -> bool {
    let numbers = left.as_f64().zip(right.as_f64());
    let texts = left.as_str().zip(right.as_str());
    let order = match (numbers, texts) {
        (Some((left, right)), _) => left.partial_cmp(&right),
        // Days in ISO 8601 are ordered as texts are.
        (_, Some((left, right))) => Some(left.cmp(right)),
        _ => None,
    };
    let is_same = order.map_or_else(|| left == right, std::cmp::Ordering::is_eq);
    match operator {
        Comparison::Equal => is_same,
        Comparison::NotEqual => !is_same,
        Comparison::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Comparison::LessOrEqual => order.is_some_and(std::cmp::Ordering::is_le),
        Comparison::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
        Comparison::GreaterOrEqual => order.is_some_and(std::cmp::Ordering::is_ge),
    }
}
