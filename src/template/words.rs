//! What the filters do to texts, and how values are written: one meaning for what is folded at
//! compile time, for previews and for what dialects must reproduce.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime};

use super::calendar::Names;

/// How a provider spells the characters that it escapes; what they stand for is the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// `"`.
    pub quote: &'static str,
    /// `'`.
    pub apostrophe: &'static str,
    /// Further characters that the provider escapes.
    pub also: &'static [(char, &'static str)],
    /// Whether a whole number that the data writes with a point keeps it, `12.0`, as in Python, Ruby
    /// and Java; JavaScript writes `12`.
    pub point: bool,
}

impl Default for Spelling {
    /// As Jinja2 does.
    fn default() -> Self {
        Self {
            quote: "&#34;",
            apostrophe: "&#39;",
            also: &[],
            point: true,
        }
    }
}

/// Escapes the five characters that matter in HTML, spelled as Jinja2 does.
pub fn escape(text: &str, out: &mut String) {
    escape_as(text, Spelling::default(), out);
}

/// Escapes the same five characters, and what else a provider escapes, in its spelling.
pub fn escape_as(text: &str, spelling: Spelling, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str(spelling.quote),
            '\'' => out.push_str(spelling.apostrophe),
            c => match spelling.also.iter().find(|it| it.0 == c) {
                Some((_, spelled)) => out.push_str(spelled),
                None => out.push(c),
            },
        }
    }
}

/// A number with a point, as Python and Jinja2 write it.
pub fn float(number: f64) -> String {
    float_as(number, Spelling::default())
}

/// A number with a point, in a provider's spelling.
pub fn float_as(number: f64, spelling: Spelling) -> String {
    let size = number.abs();
    // Python gives up the digits here, JavaScript later.
    let (small, large) = if spelling.point {
        (1e-4, 1e16)
    } else {
        (1e-6, 1e21)
    };
    if number == 0.0 || (small..large).contains(&size) {
        return match spelling.point {
            true if number.fract() == 0.0 => format!("{number:.1}"),
            false if number == 0.0 => "0".to_owned(),
            _ => number.to_string(),
        };
    }
    let written = format!("{number:e}");
    let Some((digits, power)) = written.split_once('e') else {
        return written;
    };
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |it| ('-', it));
    let width = if spelling.point { 2 } else { 1 };
    format!("{digits}e{sign}{power:0>width$}")
}

/// A number in digits alone, without an exponent, as every language reads it in a condition.
pub fn digits(number: f64) -> String {
    number.to_string()
}

/// A capital first, the rest small.
pub fn capitalize(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut chars = lower.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars.clone()).collect()
    })
}

/// A capital for each word, with Django's care for `they're` and `1st`.
pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut second: Option<char> = None;
    for c in text.chars() {
        let inside = before.is_some_and(is_cased)
            // `they're`: no capital after an apostrophe that follows a small letter.
            || (before == Some('\'') && second.is_some_and(|it| it.is_ascii_lowercase()) && c.is_ascii_alphabetic())
            // `1st`: no capital after a digit.
            || (before.is_some_and(char::is_numeric) && c.is_ascii_alphabetic());
        let start = out.len();
        if inside {
            out.extend(c.to_lowercase());
        } else {
            capital(c, &mut out);
        }
        second = before;
        before = out[start..].chars().last();
    }
    out
}

/// A letter as the first of a word: a ligature or `ß` has only one capital in it, letters of two shapes
/// have a third one, and Georgian has none.
fn capital(c: char, out: &mut String) {
    match c {
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        '\u{10d0}'..='\u{10ff}' => out.push(c),
        c => {
            let mut letters = c.to_uppercase();
            out.extend(letters.next());
            out.extend(letters.flat_map(char::to_lowercase));
        }
    }
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase()
}

/// Percent-encodes all but letters, digits and `-._~`.
pub fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                    out.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
    out
}

/// A part of a date pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    /// A character that stands for itself.
    Plain(char),
    /// `%d`: the day, two digits.
    Day,
    /// `%-d`: the day.
    DayShort,
    /// `%m`: the month, two digits.
    Month,
    /// `%-m`: the month.
    MonthShort,
    /// `%B`: the month's name.
    MonthName,
    /// `%b`: the month's short name.
    MonthAbbreviated,
    /// `%Y`: the year.
    Year,
    /// `%y`: the year, two digits.
    YearShort,
    /// `%A`: the weekday.
    Weekday,
    /// `%a`: the weekday's short name.
    WeekdayAbbreviated,
    /// `%H`: the hour, two digits.
    Hour,
    /// `%I`: the hour of twelve, two digits.
    Hour12,
    /// `%-I`: the hour of twelve.
    Hour12Short,
    /// `%M`: the minute.
    Minute,
    /// `%p`: AM or PM.
    HalfDay,
}

impl DatePart {
    /// Whether it is the name of a month or weekday, which has a language.
    pub fn is_name(self) -> bool {
        matches!(
            self,
            Self::MonthName | Self::MonthAbbreviated | Self::Weekday | Self::WeekdayAbbreviated
        )
    }

    /// The directive of `strftime`.
    pub fn directive(self) -> Option<&'static str> {
        Some(match self {
            Self::Plain(_) => return None,
            Self::Day => "%d",
            Self::DayShort => "%-d",
            Self::Month => "%m",
            Self::MonthShort => "%-m",
            Self::MonthName => "%B",
            Self::MonthAbbreviated => "%b",
            Self::Year => "%Y",
            Self::YearShort => "%y",
            Self::Weekday => "%A",
            Self::WeekdayAbbreviated => "%a",
            Self::Hour => "%H",
            Self::Hour12 => "%I",
            Self::Hour12Short => "%-I",
            Self::Minute => "%M",
            Self::HalfDay => "%p",
        })
    }
}

/// Every directive that a pattern may use; what each provider can write.
pub const DIRECTIVES: &str = "%d %-d %m %-m %B %b %Y %y %A %a %H %I %-I %M %p %%";

/// Takes a date pattern apart; the error is the part that cannot be written everywhere.
pub fn date_pattern(pattern: &str) -> Result<Vec<DatePart>, String> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            parts.push(DatePart::Plain(c));
            continue;
        }
        let short = chars.next_if_eq(&'-').is_some();
        let part = match (short, chars.next()) {
            (false, Some('%')) => DatePart::Plain('%'),
            (false, Some('d')) => DatePart::Day,
            (true, Some('d')) => DatePart::DayShort,
            (false, Some('m')) => DatePart::Month,
            (true, Some('m')) => DatePart::MonthShort,
            (false, Some('B')) => DatePart::MonthName,
            (false, Some('b')) => DatePart::MonthAbbreviated,
            (false, Some('Y')) => DatePart::Year,
            (false, Some('y')) => DatePart::YearShort,
            (false, Some('A')) => DatePart::Weekday,
            (false, Some('a')) => DatePart::WeekdayAbbreviated,
            (false, Some('H')) => DatePart::Hour,
            (false, Some('I')) => DatePart::Hour12,
            (true, Some('I')) => DatePart::Hour12Short,
            (false, Some('M')) => DatePart::Minute,
            (false, Some('p')) => DatePart::HalfDay,
            (_, other) => {
                let dash = if short { "-" } else { "" };
                return Err(format!(
                    "%{dash}{}",
                    other.map_or(String::new(), |it| it.to_string())
                ));
            }
        };
        parts.push(part);
    }
    Ok(parts)
}

/// A date or moment in ISO 8601 by a pattern; the moment is read as its own zone shows it. What is
/// no date prints nothing.
pub fn date(text: &str, pattern: &str) -> String {
    date_in(text, pattern, &super::calendar::ENGLISH)
}

/// The same, with the names of a language.
pub(super) fn date_in(text: &str, pattern: &str, names: &Names) -> String {
    let (Some(moment), Ok(parts)) = (moment(text), date_pattern(pattern)) else {
        return String::new();
    };
    let (month, day) = (
        moment.month0() as usize,
        moment.weekday().num_days_from_monday() as usize,
    );
    let mut out = String::new();
    for part in parts {
        match (part, part.directive()) {
            (DatePart::Plain(c), _) => out.push(c),
            (DatePart::MonthName, _) => out.push_str(names.months[month]),
            (DatePart::MonthAbbreviated, _) => out.push_str(names.short_months[month]),
            (DatePart::Weekday, _) => out.push_str(names.days[day]),
            (DatePart::WeekdayAbbreviated, _) => out.push_str(names.short_days[day]),
            (_, Some(directive)) => out.push_str(&moment.format(directive).to_string()),
            (_, None) => {}
        }
    }
    out
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    if let Ok(it) = DateTime::parse_from_rfc3339(text) {
        return Some(it.naive_local());
    }
    let plain = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
    ];
    plain
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            day.and_hms_opt(0, 0, 0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_take_care_of_apostrophes_and_digits() {
        assert_eq!(
            title("they're the 1st o'neil éa"),
            "They're The 1st O'Neil Éa"
        );
        assert_eq!(title("ﬁn ßa ǆ გ"), "Fin Ssa ǅ გ");
        assert_eq!(capitalize("éCOLE"), "École");
    }

    #[test]
    fn numbers_are_spelled_as_providers_do() {
        let javascript = Spelling {
            point: false,
            ..Spelling::default()
        };
        for (number, python, other) in [
            (12.0, "12.0", "12"),
            (0.0, "0.0", "0"),
            (-2.5, "-2.5", "-2.5"),
            (1e16, "1e+16", "10000000000000000"),
            (1.5e21, "1.5e+21", "1.5e+21"),
            (2.5e-5, "2.5e-05", "0.000025"),
            (1e-7, "1e-07", "1e-7"),
        ] {
            assert_eq!(float(number), python);
            assert_eq!(float_as(number, javascript), other);
        }
    }

    #[test]
    fn dates_follow_their_own_zone_and_nonsense_prints_nothing() {
        assert_eq!(
            date("2016-02-11T16:46:08-05:00", "%d %B %Y, %-I:%M %p"),
            "11 February 2016, 4:46 PM"
        );
        assert_eq!(date("2026-05-04", "%A %-d.%-m.%y"), "Monday 4.5.26");
        assert_eq!(date("soon", "%d"), "");
        assert_eq!(date_pattern("%d %q"), Err("%q".to_owned()));
    }

    #[test]
    fn links_are_encoded_byte_by_byte() {
        assert_eq!(url_encode("a b/ü~"), "a%20b%2F%C3%BC~");
    }
}
