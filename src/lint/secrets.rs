//! Numbers that pay, in texts that people read: a card or a bank account is known by its check.

/// The first number of a text that pays: 13 to 19 digits that pass the check of Luhn and begin as cards
/// do. Spaces and dashes between groups do not matter.
pub(crate) fn card_in(text: &str) -> Option<&str> {
    runs(text, |c| c.is_ascii_digit()).find(|it| {
        let digits: Vec<u32> = it.chars().filter_map(|c| c.to_digit(10)).collect();
        let begins = digits.first().is_some_and(|it| (3..=6).contains(it));
        begins && (13..=19).contains(&digits.len()) && passes_luhn(&digits)
    })
}

/// The first bank account of a text: an IBAN that passes its check.
pub(crate) fn iban_in(text: &str) -> Option<&str> {
    runs(text, |c| c.is_ascii_digit() || c.is_ascii_uppercase()).find_map(iban_at)
}

/// The first part of a run that is an IBAN: words in capitals may stand before and after it.
fn iban_at(run: &str) -> Option<&str> {
    let starts = run.match_indices(' ').map(|it| it.0 + 1);
    let starts = std::iter::once(0).chain(starts);
    let mut parts = starts.flat_map(|start| {
        let rest = &run[start..];
        let ends = rest.match_indices(' ').map(|it| it.0);
        ends.chain([rest.len()]).map(move |end| &rest[..end])
    });
    parts.find(|it| is_iban(it))
}

fn is_iban(text: &str) -> bool {
    let signs: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let [a, b, c, d, ..] = signs[..] else {
        return false;
    };
    let begins = a.is_ascii_uppercase() && b.is_ascii_uppercase();
    let checked = c.is_ascii_digit() && d.is_ascii_digit();
    begins && checked && (15..=34).contains(&signs.len()) && passes_iban(&signs)
}

/// The runs of some characters, in groups with one space or dash between.
fn runs(text: &str, is_part: fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_part)?;
        let mut end = start;
        let mut last = ' ';
        for (at, c) in rest[start..].char_indices() {
            let is_gap = matches!(c, ' ' | '-' | '\u{a0}') && is_part(last);
            if !is_part(c) && !is_gap {
                break;
            }
            if is_part(c) {
                end = start + at + c.len_utf8();
            }
            last = c;
        }
        let run = &rest[start..end];
        rest = &rest[end..];
        Some(run)
    })
}

fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = |(at, digit): (usize, &u32)| match at % 2 {
        0 => *digit,
        _ => digit * 2 - if *digit > 4 { 9 } else { 0 },
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    sum.is_multiple_of(10) && digits.iter().any(|it| *it != 0)
}

fn passes_iban(signs: &[char]) -> bool {
    let moved = signs[4..].iter().chain(&signs[..4]);
    let rest = moved.fold(0u32, |rest, c| match c.to_digit(36) {
        Some(it) if it < 10 => (rest * 10 + it) % 97,
        Some(it) => (rest * 100 + it) % 97,
        None => rest,
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_pay_are_known_by_their_check() {
        for (text, found) in [
            ("Card 4111 1111 1111 1111.", Some("4111 1111 1111 1111")),
            ("Card 4111-1111-1111-1112.", None),
            ("Order 10482, 24 December 2026", None),
            ("3782 822463 10005", Some("3782 822463 10005")),
        ] {
            assert_eq!(card_in(text), found, "{text}");
        }
        for (text, found) in [
            (
                "to DE89 3704 0044 0532 0130 00 BIC",
                Some("DE89 3704 0044 0532 0130 00"),
            ),
            ("GB82WEST12345698765432", Some("GB82WEST12345698765432")),
            ("DE89 3704 0044 0532 0130 01", None),
            ("FF-10482 is on its way", None),
        ] {
            assert_eq!(iban_in(text), found, "{text}");
        }
    }
}
