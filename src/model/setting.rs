//! What one journey sets about the rules, as written. Field comments are what an editor shows.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::duration::Day;
use super::project::Threshold;
use super::shape::{Name, Table};
use super::vocabulary::RuleLevel;
use crate::source::Spanned;

/// How much rules weigh in this journey.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyLint {
    /// What is different about a rule here, by rule name, until a day.
    #[serde(default)]
    #[schemars(example = example_rules())]
    pub rules: Table<Setting>,
}

/// What is different about a rule in one journey, with a reason, until a day; `level`, `threshold` or
/// both. To accept one finding, write `allow`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// How much its findings weigh here.
    #[serde(default)]
    #[schemars(example = &"note")]
    pub level: Option<Spanned<RuleLevel>>,
    /// Its threshold here.
    #[serde(default)]
    #[schemars(example = &"60d")]
    pub threshold: Option<Spanned<Threshold>>,
    /// Why it is different here.
    #[schemars(example = &"bespoke furniture, 8 weeks is promised at checkout")]
    pub reason: Name,
    /// The last day on which it is.
    #[schemars(example = &"2027-03-01")]
    pub until: Spanned<Day>,
}

impl JourneyLint {
    /// What is different about a rule on a day.
    pub fn of(&self, rule: &str, today: NaiveDate) -> Option<&Setting> {
        self.rules.get(rule).filter(|it| it.holds_on(today))
    }
}

impl Setting {
    /// Whether its last day has not passed.
    pub fn holds_on(&self, today: NaiveDate) -> bool {
        self.until.value.0 >= today
    }
}

fn example_rules() -> Value {
    serde_json::json!({"post-payment-gap": {"threshold": "60d", "reason": "8 weeks is promised at checkout", "until": "2027-03-01"}})
}
