//! Rules that come from a law are errors where that law is declared, and advice elsewhere; and what
//! looks like a breach and is none is left alone.

use journeyc::diagnostic::Level;

use super::*;

/// The level at which a rule speaks of a journey that sends to these areas; nothing if it is silent.
fn level(rule: &str, areas: &str, journey: &str) -> Option<Level> {
    let found = findings(Some(&format!("jurisdictions: {areas}")), journey);
    found.iter().find(|it| it.rule.0 == rule).map(|it| it.level)
}

const NO_BASIS: &str = "\
# no basis
steps:
  - send: {id: offer, template: a/offer, purpose: offer}
";

const NO_ADDRESS: &str = "\
steps:
  - send: {id: offer, template: a/offer, purpose: offer}
# templates/a/offer.md
---
subject: Ferns
preheader: What to plant now
---
Ferns. [Unsubscribe]({{ links.unsubscribe }})
";

const SELLING_RECEIPT: &str = "\
class: transactional
basis: transactional
steps:
  - send: {id: receipt, template: a/receipt, purpose: [receipt, cross_sell]}
";

const OLD_CONSENT: &str = "\
basis: implied
trigger: {event: order_paid}
steps:
  - repeat: {id: r, times: 12, every: 90d, steps: [{send: {id: note, template: a/note, purpose: offer}}]}
";

const NIGHT_TEXT: &str = "\
consent: {channels: [sms]}
steps:
  - touch: {id: text, channel: sms, by: gateway, purpose: offer}
";

#[test]
fn a_law_makes_errors_only_where_it_is_declared() {
    let (error, advice) = (Some(Level::Error), Some(Level::Warning));
    for (rule, journey, areas, expected) in [
        ("consent-basis-missing", NO_BASIS, "[uk]", error),
        ("consent-basis-missing", NO_BASIS, "[eu]", error),
        ("consent-basis-missing", NO_BASIS, "[us]", advice),
        ("postal-address-missing", NO_ADDRESS, "[us]", error),
        ("postal-address-missing", NO_ADDRESS, "[eu, ca]", error),
        ("postal-address-missing", NO_ADDRESS, "[uk, eu]", advice),
        ("transactional-with-promo", SELLING_RECEIPT, "[uk]", error),
        ("transactional-with-promo", SELLING_RECEIPT, "[us]", advice),
        ("implied-consent-expired", OLD_CONSENT, "[ca]", error),
        ("implied-consent-expired", OLD_CONSENT, "[us]", advice),
        ("sms-quiet-hours", NIGHT_TEXT, "[us]", error),
        ("sms-quiet-hours", NIGHT_TEXT, "[uk]", advice),
    ] {
        let found = level(rule, areas, journey);
        assert_eq!(found, expected, "{rule} in {areas}");
    }
}

#[test]
fn what_law_demands_or_people_asked_for_is_no_advertising() {
    let rules = [
        "consent-basis-missing",
        "unsubscribe-link-missing",
        "postal-address-missing",
        "unsubscribe-not-honoured-in-time",
        "suppression-list-not-applied",
    ];
    for purpose in ["legal_notice", "consent_request, requested: true"] {
        let journey = format!(
            "# no basis\nexits: []\nsteps:\n  - wait: 1d\n  - send: {{id: it, template: a/it, purpose: {purpose}}}\n\
             # templates/a/it.md\n---\nsubject: A word\npreheader: What to know\n---\nA word.\n"
        );
        let found = findings(Some("jurisdictions: [uk, eu, us, ca]"), &journey);
        let wrong: Vec<_> = found
            .iter()
            .filter(|it| rules.contains(&it.rule.0))
            .cloned()
            .collect();
        assert!(wrong.is_empty(), "{purpose}:\n{}", lines(&wrong));
    }
}

#[test]
fn no_finding_repeats_a_secret() {
    let key = format!("pk_{}", "0f9c2b7e51d84a63".repeat(2) + "aa");
    let journey =
        format!("# {key}\nsteps:\n  - send: {{id: it, template: a/it, purpose: content}}\n");
    let found = findings(None, &journey);
    let told = found.iter().find(|it| it.rule.0 == "secret-in-repo");
    assert!(told.is_some(), "{}", lines(&found));
    assert!(!format!("{found:?}").contains(&key));
}
