//! What a value is compared with, as Klaviyo's filters.

use serde_json::{Value, json};

use crate::manifest::{Duration, Kind, Sign};

/// Whether there is a value at all.
pub(super) fn existence(sign: Sign) -> Result<Vec<Vec<Value>>, String> {
    let operator = match sign {
        Sign::Equal => "not-set",
        Sign::NotEqual => "is-set",
        _ => return Err("`none` is neither more nor less than anything".to_owned()),
    };
    Ok(vec![vec![
        json!({"type": "existence", "operator": operator}),
    ]])
}

/// Filters of a value by its declared kind, as groups.
pub(super) fn against_value(
    kind: Kind,
    sign: Sign,
    value: &Value,
) -> Result<Vec<Vec<Value>>, String> {
    let one = |filter: Value| Ok(vec![vec![filter]]);
    match (kind, value) {
        (Kind::Number, Value::Number(_)) => one(numeric(sign, value)),
        (Kind::Boolean, Value::Bool(it)) => {
            let wanted = match sign {
                Sign::Equal => *it,
                Sign::NotEqual => !*it,
                _ => return Err("yes and no have no order".to_owned()),
            };
            one(json!({"type": "boolean", "operator": "equals", "value": wanted}))
        }
        (Kind::Date, Value::String(day)) => days(sign, day),
        (Kind::String, Value::String(_)) => {
            let operator = match sign {
                Sign::Equal => "equals",
                Sign::NotEqual => "not-equals",
                _ => return Err("Klaviyo does not sort texts".to_owned()),
            };
            one(json!({"type": "string", "operator": operator, "value": value}))
        }
        _ => Err("Klaviyo cannot compare this kind of value".to_owned()),
    }
}

/// A number compared.
pub(super) fn numeric(sign: Sign, value: &Value) -> Value {
    let operator = match sign {
        Sign::Equal => "equals",
        Sign::NotEqual => "not-equals",
        Sign::Less => "less-than",
        Sign::LessOrEqual => "less-than-or-equal",
        Sign::Greater => "greater-than",
        Sign::GreaterOrEqual => "greater-than-or-equal",
    };
    json!({"type": "numeric", "operator": operator, "value": value})
}

/// A date compared with a day. `before` and `after` look at moments, so a day is its first and last.
fn days(sign: Sign, day: &str) -> Result<Vec<Vec<Value>>, String> {
    let not_a_day = || format!("`{day}` is not a day such as `2027-03-01`");
    let day: chrono::NaiveDate = day.parse().map_err(|_| not_a_day())?;
    let before = |day: chrono::NaiveDate| moment("before", &format!("{day}T00:00:00Z"));
    let after = |day: chrono::NaiveDate| moment("after", &format!("{day}T23:59:59Z"));
    let eve = day.pred_opt().ok_or_else(not_a_day)?;
    let morrow = day.succ_opt().ok_or_else(not_a_day)?;
    Ok(match sign {
        Sign::Less => vec![vec![before(day)]],
        Sign::LessOrEqual => vec![vec![before(morrow)]],
        Sign::Greater => vec![vec![after(day)]],
        Sign::GreaterOrEqual => vec![vec![after(eve)]],
        Sign::Equal => vec![vec![after(eve)], vec![before(morrow)]],
        Sign::NotEqual => vec![vec![before(day), after(day)]],
    })
}

fn moment(operator: &str, at: &str) -> Value {
    json!({"type": "date", "operator": operator, "date": at})
}

/// How far back in Klaviyo's units, and whether that is exact.
pub(super) fn look_back(it: &Duration) -> (u32, &'static str, bool) {
    if it.minutes == 0 {
        let days = it.days + it.business_days.div_ceil(5) * 2 + it.business_days;
        return (days, "day", it.business_days == 0);
    }
    let days = it.days + it.business_days.div_ceil(5) * 2 + it.business_days;
    let hours = days.saturating_mul(24) + it.minutes.div_ceil(60);
    (
        hours,
        "hour",
        it.minutes.is_multiple_of(60) && it.business_days == 0,
    )
}
