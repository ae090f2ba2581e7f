//! What nobody may read in a payload: secrets, and the ids of an account.
//!
//! An id is shown as what it is the id of; where the two sides have different ones, that is said.

use std::collections::BTreeMap;

use super::ids;
use crate::diff::{Half, Pair};
use crate::source::masked;

/// Ids that are shorter are masked only where they are all that a text in quotes says.
const LONG: usize = 6;

/// What to write for each id, on either side.
pub(super) struct Masks {
    before: Vec<(String, String)>,
    after: Vec<(String, String)>,
}

impl Masks {
    /// The ids of one account.
    pub(super) fn of(pair: &Pair<'_, '_>, target: &str, environment: &str) -> Self {
        let of = |half: &Half<'_, '_>| -> BTreeMap<String, String> {
            let program = half.compilation.program.as_ref();
            let all = program.map(ids).unwrap_or_default().into_iter();
            let own =
                all.filter(|(key, id)| key[0] == target && key[1] == environment && !id.is_empty());
            own.map(|(key, id)| (format!("{}.{}", key[2], key[3]), id.to_owned()))
                .collect()
        };
        let (before, after) = (of(&pair.before), of(&pair.after));
        let named = |own: &BTreeMap<String, String>, other: &BTreeMap<String, String>, note| {
            let mask = |(name, id): (&String, &String)| {
                let differs = other.get(name).is_some_and(|it| it != id);
                let note = if differs { note } else { "" };
                (id.clone(), format!("‹{name}{note}›"))
            };
            let mut masks: Vec<(String, String)> = own.iter().map(mask).collect();
            // An id may be a part of another.
            masks.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
            masks
        };
        Self {
            before: named(&before, &after, ", the old id"),
            after: named(&after, &before, ", the new id"),
        }
    }

    /// A payload as it was, masked.
    pub(super) fn before(&self, text: &str) -> String {
        mask(text, &self.before)
    }

    /// A payload as it is, masked.
    pub(super) fn after(&self, text: &str) -> String {
        mask(text, &self.after)
    }
}

fn mask(text: &str, masks: &[(String, String)]) -> String {
    let mut text = masked(text);
    for (id, name) in masks {
        let (quoted, shown) = (format!("\"{id}\""), format!("\"{name}\""));
        text = text.replace(&quoted, &shown);
        if id.len() >= LONG {
            text = text.replace(id.as_str(), name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn ids_are_shown_as_what_they_are_of() {
        let masks = [
            ("XyZ123".to_owned(), "‹lists.letters›".to_owned()),
            ("M1".to_owned(), "‹metrics.order_paid›".to_owned()),
        ];
        let text = "{\"id\": \"M1\", \"text\": \"M1 motorway\", \"list\": \"$list:XyZ123\"}";
        let expected = "{\"id\": \"‹metrics.order_paid›\", \"text\": \"M1 motorway\", \
             \"list\": \"$list:‹lists.letters›\"}";
        assert_eq!(mask(text, &masks), expected);
    }
}
