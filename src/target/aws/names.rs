//! What things are called in the account: machines, rules, templates, the table.
//!
//! Invariant: a name holds only what AWS takes, and says which environment it belongs to, so that two
//! environments fit into one account.

use crate::manifest::content_hash;

/// The longest name of a template.
const LONGEST_TEMPLATE: usize = 64;
/// The longest name of a state.
const LONGEST_STATE: usize = 80;

/// The table that holds what has happened.
pub(super) fn table(environment: &str) -> String {
    format!("journeyc-{environment}")
}

/// The machine of a journey, and the rule that starts it.
pub(super) fn machine(environment: &str, journey: &str) -> String {
    format!("journeyc-{environment}-{journey}")
}

/// The machine that remembers events, and its rule; no journey's name begins with an underscore.
pub(super) fn memory(environment: &str) -> String {
    format!("journeyc-{environment}-_events")
}

/// The role by which journeys act.
pub(super) fn journeys_role(environment: &str) -> String {
    format!("journeyc-{environment}-journeys")
}

/// The role by which rules start machines.
pub(super) fn rules_role(environment: &str) -> String {
    format!("journeyc-{environment}-rules")
}

/// The template of a mail: letters, digits, `-` and `_` only.
pub(super) fn template(environment: &str, shelf: &str) -> String {
    let plain: String = shelf
        .chars()
        .map(|it| match it {
            it if it.is_ascii_alphanumeric() || it == '-' => it,
            _ => '_',
        })
        .collect();
    let name = format!("{environment}-{plain}");
    // What another name could become too, or what is too long, says which it is by a few digits.
    let unsure = shelf.contains(['_', '@']) || !shelf.is_ascii();
    if name.len() <= LONGEST_TEMPLATE && !unsure {
        return name;
    }
    let hash = content_hash(&[shelf]);
    let kept: String = name.chars().take(LONGEST_TEMPLATE - 9).collect();
    format!("{kept}_{}", &hash[..8])
}

/// A state: the step's name, and what it does there.
pub(super) fn state(id: &str, part: &str) -> String {
    let tail = match part {
        "" => String::new(),
        part => format!(" ({part})"),
    };
    let room = LONGEST_STATE - tail.len();
    if id.len() <= room {
        return format!("{id}{tail}");
    }
    let hash = content_hash(&[id]);
    let kept: String = id.chars().take(room - 9).collect();
    format!("{kept}~{}{tail}", &hash[..8])
}

/// A name in `CloudFormation`: letters and digits only.
pub(super) fn logical(name: &str) -> String {
    let mut out = String::new();
    let mut up = true;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            up = true;
            continue;
        }
        if up {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        up = false;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_and_stay_apart() {
        assert_eq!(
            template("prod", "post-purchase/film.de"),
            "prod-post-purchase_film_de"
        );
        let long = "x".repeat(90);
        assert_eq!(template("prod", &long).len(), 64);
        assert_ne!(template("prod", "a_b"), template("prod", "a/b"));
        assert_eq!(state(&long, "mail").len(), 80);
        assert_eq!(state("letter", ""), "letter");
        assert_eq!(
            logical("journeyc-prod-post_purchase"),
            "JourneycProdPostPurchase"
        );
    }
}
