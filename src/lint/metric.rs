//! What the name of a metric says: over how long it is counted, and whether it is about staying.
//!
//! Metrics are only names here, so this reads names: `click_rate_7d`, `customer_lifetime_value`.

use crate::graph::Elapsed;

/// Words of results that are there within days.
const SOON: [&str; 10] = [
    "click",
    "open",
    "reply",
    "replies",
    "conversion",
    "bounce",
    "answer",
    "unsubscribe",
    "visit",
    "delivered",
];

/// Words of results that show only after months.
const LATE: [&str; 12] = [
    "churn",
    "lifetime",
    "ltv",
    "clv",
    "retention",
    "retained",
    "repeat",
    "loyal",
    "referral",
    "renewal",
    "survival",
    "tenure",
];

/// Words of results that say whether customers stay or come back.
const STAYING: [&str; 22] = [
    "churn",
    "lifetime",
    "ltv",
    "clv",
    "retention",
    "retained",
    "repeat",
    "repurchase",
    "loyal",
    "referral",
    "renewal",
    "renewed",
    "reactivat",
    "kept",
    "survival",
    "tenure",
    "second_order",
    "next_order",
    "reorder",
    "returning",
    "win_back",
    "active_customers",
];

/// What a horizon is compared with: counted over days, or over months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Horizon {
    /// At most as long as the threshold.
    Short,
    /// Longer.
    Long,
}

/// Over how long a metric is counted, by its ending (`_90d`) or else by its words; nothing if the
/// name does not say.
pub(crate) fn horizon(name: &str, short: Elapsed) -> Option<Horizon> {
    let of = |it: Elapsed| {
        if it <= short {
            Horizon::Short
        } else {
            Horizon::Long
        }
    };
    let lower = name.to_ascii_lowercase();
    let written = words(&lower).filter_map(length).last().map(of);
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    written
        .or_else(|| has(&LATE).then_some(Horizon::Long))
        .or_else(|| has(&SOON).then_some(Horizon::Short))
}

/// Whether a metric is about customers who stay or come back.
pub(crate) fn is_of_staying(name: &str) -> bool {
    let lower = name.to_ascii_lowercase().replace('-', "_");
    STAYING.iter().any(|it| lower.contains(it))
}

/// Whether a metric, or an event, is about mails being opened.
pub(crate) fn is_of_opens(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let all: Vec<&str> = words(&lower).collect();
    let opens = |it: &&str| matches!(*it, "open" | "opens" | "opened");
    let mail = |it: &&str| matches!(*it, "mail" | "email" | "emails" | "message" | "newsletter");
    let rate = |it: &&str| matches!(*it, "rate" | "unique" | "total" | "count");
    let mut rest = all.iter().filter(|it| !opens(it));
    all.iter().any(opens)
        && (all.iter().any(mail) || rest.all(|it| rate(it) || length(it).is_some()))
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|it: char| !it.is_ascii_alphanumeric())
}

/// A word such as `90d`, `12w`, `24h`, `6m` or `1y`.
fn length(word: &str) -> Option<Elapsed> {
    let unit = word.chars().last()?;
    let number: i64 = word.strip_suffix(unit)?.parse().ok()?;
    match unit {
        'h' => Some(Elapsed::hours(number)),
        'd' => Some(Elapsed::days(number)),
        'w' => Some(Elapsed::days(number.saturating_mul(7))),
        'm' => Some(Elapsed::days(number.saturating_mul(30))),
        'y' => Some(Elapsed::days(number.saturating_mul(365))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_over_how_long_they_count() {
        let of = |name| horizon(name, Elapsed::days(60));
        for name in [
            "click_rate_7d",
            "review_rate_45d",
            "open_rate",
            "referral_rate_60d",
            "x-24h",
        ] {
            assert_eq!(of(name), Some(Horizon::Short), "{name}");
        }
        for name in [
            "repeat_rate_90d",
            "customer_lifetime_value",
            "churn",
            "orders_1y",
        ] {
            assert_eq!(of(name), Some(Horizon::Long), "{name}");
        }
        assert_eq!(of("happiness"), None);
    }

    #[test]
    fn opened_mails_are_told_from_opened_accounts() {
        for name in [
            "open_rate",
            "opens",
            "email_opened",
            "opened_email",
            "unique_opens_7d",
        ] {
            assert!(is_of_opens(name), "{name}");
        }
        for name in [
            "complaint_opened",
            "account_opened",
            "click_rate",
            "opening_hours",
        ] {
            assert!(!is_of_opens(name), "{name}");
        }
    }
}
