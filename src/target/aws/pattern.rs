//! Which events the bus hands to a rule.
//!
//! In: a trigger. Out: an event pattern. Invariant: a pattern lets through every event that the journey
//! means; what it cannot ask, the machine asks at its beginning, so the pattern only saves executions.
//! Not done here: rules.

use serde_json::{Map, Value, json};

use crate::manifest::{Expr, Sign};

/// The pattern of an event, with as much of a condition as patterns can ask.
pub(super) fn pattern(event: &str, filter: Option<&Expr>) -> Value {
    let mut asked = Map::new();
    if let Some(filter) = filter {
        let parts = match filter {
            Expr::And { of } => of.as_slice(),
            other => std::slice::from_ref(other),
        };
        for part in parts {
            if let Some((name, rule)) = rule(part)
                && !asked.contains_key(name)
            {
                asked.insert(name.to_owned(), json!([rule]));
            }
        }
    }
    let mut detail = json!({"contact": {"id": [{"exists": true}]}});
    if !asked.is_empty() {
        detail["event"] = Value::Object(asked);
    }
    json!({"detail-type": [event], "detail": detail})
}

/// What a comparison asks of a property.
fn rule(expr: &Expr) -> Option<(&str, Value)> {
    let Expr::Compare { sign, left, right } = expr else {
        return None;
    };
    let (name, value, sign) = match (&**left, &**right) {
        (Expr::Event { name }, Expr::Literal { value }) => (name, value, *sign),
        (Expr::Literal { value }, Expr::Event { name }) => (name, value, sign.flipped()),
        _ => return None,
    };
    let rule = match (sign, value) {
        (Sign::Equal, Value::String(it)) if !it.is_empty() => json!(it),
        (Sign::Equal, Value::Bool(it)) => json!(it),
        (Sign::NotEqual, _) => return None,
        (sign, Value::Number(it)) if it.as_f64().is_some_and(|it| it.abs() < 5e9) => {
            let word = match sign {
                Sign::Equal => "=",
                Sign::Less => "<",
                Sign::LessOrEqual => "<=",
                Sign::Greater => ">",
                Sign::GreaterOrEqual => ">=",
                Sign::NotEqual => return None,
            };
            json!({"numeric": [word, it]})
        }
        _ => return None,
    };
    Some((name, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_asks_what_it_can() {
        let compare = |sign, name: &str, value: Value| Expr::Compare {
            sign,
            left: Box::new(Expr::Event { name: name.into() }),
            right: Box::new(Expr::Literal { value }),
        };
        let filter = Expr::And {
            of: vec![
                compare(Sign::GreaterOrEqual, "total", json!(20)),
                compare(Sign::NotEqual, "kind", json!("gift")),
                compare(Sign::Equal, "shop", json!("uk")),
            ],
        };
        let made = pattern("order_paid", Some(&filter));
        assert_eq!(
            made["detail"]["event"],
            json!({"total": [{"numeric": [">=", 20]}], "shop": ["uk"]})
        );
        assert_eq!(made["detail-type"], json!(["order_paid"]));
        assert_eq!(
            pattern("x", None)["detail"],
            json!({"contact": {"id": [{"exists": true}]}})
        );
    }
}
