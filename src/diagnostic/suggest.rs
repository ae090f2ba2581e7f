//! The nearest known name: what the author probably meant.

use std::fmt::Write as _;

/// How many names a list of candidates shows before it only counts.
const SHOWN: usize = 8;

/// The known name that is nearest to what was written, if one is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase().replace('_', "-");
    // One slip in a short word, up to three in a long one.
    let reach = (written.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|it| {
            let other = it.to_lowercase().replace('_', "-");
            (strsim::damerau_levenshtein(&folded, &other), it)
        })
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, it)| it)
}

/// The help for a name that is not known: the nearest one, or else what there is to choose from.
/// `what` is the plural of the kind of thing, such as "senders".
pub fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
    what: &str,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(it) = nearest(written, known.iter().copied()) {
        return format!("did you mean `{it}`?");
    }
    if known.is_empty() {
        return format!("there are no {what} yet");
    }
    let mut res = format!("the known {what} are ");
    for (n, it) in known.iter().take(SHOWN).enumerate() {
        let _ = write!(res, "{}`{it}`", if n > 0 { ", " } else { "" });
    }
    if known.len() > SHOWN {
        let _ = write!(res, " and {} more", known.len() - SHOWN);
    }
    res
}

/// Two pieces of help as two sentences; a question mark already ends the first.
pub fn or_else(help: &str, other: &str) -> String {
    let end = if help.ends_with('?') { "" } else { "." };
    let mut letters = other.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    format!(
        "{help}{end} {}{}",
        first.unwrap_or_default(),
        letters.as_str()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_forgiven_a_different_word_is_not() {
        let known = ["order_paid", "order_delivered", "care"];
        assert_eq!(nearest("order_payed", known), Some("order_paid"));
        assert_eq!(nearest("order-paid", known), Some("order_paid"));
        assert_eq!(nearest("caer", known), Some("care"));
        assert_eq!(nearest("subscription", known), None);
        assert_eq!(
            did_you_mean("x", ["a-long-name", "b-long-name"], "senders"),
            "the known senders are `a-long-name`, `b-long-name`"
        );
        assert_eq!(
            or_else("did you mean `x`?", "or declare it"),
            "did you mean `x`? Or declare it"
        );
        assert_eq!(
            or_else("there are no senders yet", "declare one"),
            "there are no senders yet. Declare one"
        );
    }
}
