//! The lowering's questions in Klaviyo's form.

use serde_json::json;

use super::super::Test;
use super::filters::{Filters, Group, Groups, both, either, property_path};

/// More days than any date that journeys wait for: 100 years.
const EVER: u32 = 36_500;

impl Filters<'_, '_> {
    /// The groups of a question, or of its opposite.
    pub(super) fn test(&mut self, test: &Test<'_>, negate: bool) -> Result<Groups, String> {
        match test {
            Test::Holds(expr) => self.groups(expr, negate),
            Test::Came { event, filter } => Ok(vec![vec![self.came(event, *filter, !negate)?]]),
            Test::Speaks {
                locale,
                default,
                others,
            } if !negate => Ok(self.speaks(locale, *default, others)),
            Test::Past { attribute, before } if !negate => Ok(vec![past(attribute, *before)]),
            Test::Speaks { .. } | Test::Past { .. } => {
                Err("it asks for the opposite of a date or a language".to_owned())
            }
            Test::Not(of) => self.test(of, !negate),
            Test::All(of) => self.tests(of, negate, !negate),
            Test::Any(of) => self.tests(of, negate, negate),
        }
    }

    fn tests(&mut self, of: &[Test<'_>], negate: bool, all: bool) -> Result<Groups, String> {
        let mut groups: Option<Groups> = None;
        for test in of {
            let more = self.test(test, negate)?;
            groups = Some(match groups {
                None => more,
                Some(groups) if all => both(groups, more),
                Some(groups) => either(&groups, &more)?,
            });
        }
        Ok(groups.unwrap_or_default())
    }

    /// Who reads a language: the default is for everybody whom no other one is for.
    fn speaks(&self, own: &str, default: bool, others: &[&str]) -> Groups {
        let property = super::locale_property(self.job.manifest);
        let filter = |operator: &str, locale: &str| {
            let filter = json!({"type": "string", "operator": operator, "value": locale});
            json!({"type": "profile-property", "property": property, "filter": filter})
        };
        let unset = json!({"type": "profile-property", "property": property,
            "filter": {"type": "existence", "operator": "not-set"}});
        let mut groups = Groups::new();
        if !default {
            groups.push(vec![filter("starts-with", own)]);
        }
        // `de` is also how `de-AT` begins: the longer name wins.
        let excluded = others.iter().filter(|it| default || it.starts_with(own));
        groups.extend(excluded.map(|it| vec![filter("not-starts-with", it), unset.clone()]));
        groups
    }
}

/// When the moment so many days before a date has passed already, as alternatives.
fn past(attribute: &str, before: i64) -> Group {
    let filter = |operator: &str, quantity: u32| {
        let filter =
            json!({"type": "date", "operator": operator, "unit": "day", "quantity": quantity});
        json!({"type": "profile-property", "property": property_path(attribute), "filter": filter})
    };
    let days = u32::try_from(before.unsigned_abs()).unwrap_or(EVER);
    match before {
        0 => vec![filter("in-the-last", EVER)],
        1.. => vec![filter("in-the-last", EVER), filter("in-the-next", days)],
        _ => vec![filter("at-least", days)],
    }
}
