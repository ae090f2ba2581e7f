//! What an unquoted word means: the YAML 1.2 core schema, the rules that editors follow too.
//!
//! `no`, `on`, `12:30` and `2024-01-02` are text here, as in every YAML 1.2 reader.

/// The value of an unquoted scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text,
}

/// Decides what an unquoted word means. Infinity and not-a-number stay text, since no field of a
/// journey can mean them; whole numbers beyond 64 bits become floating-point numbers.
pub(super) fn resolve(word: &str) -> Plain {
    match word.as_bytes().first() {
        None => Plain::Null,
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => match word {
            "~" | "null" | "Null" | "NULL" => Plain::Null,
            "true" | "True" | "TRUE" => Plain::Bool(true),
            "false" | "False" | "FALSE" => Plain::Bool(false),
            _ => Plain::Text,
        },
        Some(b'+' | b'-' | b'.' | b'0'..=b'9') => number(word),
        Some(_) => Plain::Text,
    }
}

fn number(word: &str) -> Plain {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = word.strip_prefix(prefix) {
            let all = digits.bytes().all(|it| char::from(it).is_digit(radix));
            return match i64::from_str_radix(digits, radix) {
                Ok(number) if all => Plain::Int(number),
                _ => Plain::Text,
            };
        }
    }
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    if !unsigned.is_empty() && unsigned.bytes().all(|it| it.is_ascii_digit()) {
        return word.parse().map_or_else(|_| float(word), Plain::Int);
    }
    if is_float(unsigned) {
        return float(word);
    }
    Plain::Text
}

fn float(word: &str) -> Plain {
    match word.parse::<f64>() {
        Ok(number) if number.is_finite() => Plain::Float(number),
        _ => Plain::Text,
    }
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", after)) => !after.is_empty() && digits(after),
        Some((before, after)) => digits(before) && digits(after),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|it| {
        let it = it.strip_prefix(['+', '-']).unwrap_or(it);
        !it.is_empty() && digits(it)
    });
    mantissa_fits && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_the_core_schema_says() {
        let cases = [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("Null", Plain::Null),
            ("nULL", Plain::Text),
            ("true", Plain::Bool(true)),
            ("FALSE", Plain::Bool(false)),
            ("no", Plain::Text),
            ("on", Plain::Text),
            ("y", Plain::Text),
            ("017", Plain::Int(17)),
            ("0o17", Plain::Int(15)),
            ("0x1F", Plain::Int(31)),
            ("0b11", Plain::Text),
            ("0x", Plain::Text),
            ("0x-1", Plain::Text),
            ("-12", Plain::Int(-12)),
            ("+3", Plain::Int(3)),
            ("1_000", Plain::Text),
            ("12:30", Plain::Text),
            ("2024-01-02", Plain::Text),
            ("1e3", Plain::Float(1000.0)),
            ("1.10", Plain::Float(1.1)),
            (".5", Plain::Float(0.5)),
            ("5.", Plain::Float(5.0)),
            (".", Plain::Text),
            ("-", Plain::Text),
            ("1e", Plain::Text),
            ("1.2.3", Plain::Text),
            (".inf", Plain::Text),
            (".nan", Plain::Text),
            ("1e999", Plain::Text),
            ("3d", Plain::Text),
            ("100000000000000000000", Plain::Float(1e20)),
        ];
        for (word, expected) in cases {
            assert_eq!(resolve(word), expected, "{word:?}");
        }
    }
}
