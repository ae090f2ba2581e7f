//! minijinja, set up once: it evaluates everything static, and only that.

use std::fmt::Write as _;

use minijinja::value::{Rest, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::words;

/// The tests that templates may use, by minijinja's names.
pub(super) const TESTS: &[&str] = &[
    "undefined",
    "defined",
    "none",
    "safe",
    "escaped",
    "odd",
    "even",
    "number",
    "integer",
    "int",
    "float",
    "string",
    "sequence",
    "boolean",
    "startingwith",
    "endingwith",
    "lower",
    "upper",
    "sameas",
    "eq",
    "equalto",
    "ne",
    "lt",
    "lessthan",
    "le",
    "gt",
    "greaterthan",
    "ge",
    "in",
    "true",
    "false",
    "filter",
    "test",
    "mapping",
    "iterable",
    "divisibleby",
];

/// The filters that templates may use on what is known at compile time.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "date",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "zip",
];

/// The longest text that a filter may make at compile time.
const LONGEST: usize = 256 << 10;

/// minijinja with this language's meaning: nothing prints as nothing, booleans in lower case, five
/// characters escaped, `default` for everything blank, no filter that can exhaust memory.
pub(super) fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_fuel(Some(200_000));
    env.set_formatter(|out, state, value| {
        let escape = matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe();
        let text = written(value)?;
        let mut escaped = String::new();
        if escape {
            words::escape(&text, &mut escaped);
        } else {
            escaped = text;
        }
        out.write_str(&escaped).map_err(Error::from)
    });
    for name in ["namespace", "debug", "lipsum", "cycler", "joiner"] {
        env.remove_global(name);
    }
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("title", |text: Value| {
        Ok::<_, Error>(words::title(&written(&text)?))
    });
    env.add_filter("upper", |text: Value| {
        Ok::<_, Error>(written(&text)?.to_uppercase())
    });
    env.add_filter("lower", |text: Value| {
        Ok::<_, Error>(written(&text)?.to_lowercase())
    });
    env.add_filter("capitalize", |text: Value| {
        Ok::<_, Error>(words::capitalize(&written(&text)?))
    });
    env.add_filter("urlencode", |text: Value| {
        Ok::<_, Error>(words::url_encode(&written(&text)?))
    });
    env.add_filter("length", length);
    env.add_filter("count", length);
    env.add_filter("date", date);
    env.add_filter("escape", escape);
    env.add_filter("e", escape);
    env.add_filter("replace", replace);
    env.add_filter("join", join);
    env.add_filter("indent", indent);
    env.add_filter("format", format_text);
    env
}

/// How a value is written where nothing is escaped.
pub(super) fn written(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => {}
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        _ if super::limits::too_large(value) => return Err(too_long()),
        ValueKind::Number if !value.is_integer() => {
            let number = f64::try_from(value.clone())?;
            out.push_str(&words::float(number));
        }
        _ => write!(out, "{value}")?,
    }
    Ok(out)
}

/// Whether `default` replaces a value.
pub(super) fn is_blank(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Number => false,
        _ => !value.is_true(),
    }
}

fn default(value: Value, other: Option<Value>, _boolean: Option<bool>) -> Value {
    if is_blank(&value) {
        other.unwrap_or_else(|| Value::from(""))
    } else {
        value
    }
}

fn length(value: &Value) -> Result<usize, Error> {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => Ok(0),
        _ => value.len().ok_or_else(|| {
            let message = format!("{} has no length", value.kind());
            Error::new(ErrorKind::InvalidOperation, message)
        }),
    }
}

fn date(value: &Value, pattern: &str) -> Result<String, Error> {
    if let Err(part) = words::date_pattern(pattern) {
        let message = format!("`{part}` is not a part of dates; use {}", words::DIRECTIVES);
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    Ok(words::date(&written(value)?, pattern))
}

fn escape(value: &Value) -> Result<Value, Error> {
    if value.is_safe() {
        return Ok(value.clone());
    }
    let mut out = String::new();
    words::escape(&written(value)?, &mut out);
    Ok(Value::from_safe_string(out))
}

fn replace(value: &Value, from: &str, to: &str) -> Result<Value, Error> {
    let text = written(value)?;
    let times = if from.is_empty() {
        text.len() + 1
    } else {
        text.matches(from).count()
    };
    if times.saturating_mul(to.len()).saturating_add(text.len()) > LONGEST {
        return Err(too_long());
    }
    Ok(same_safety(value, text.replace(from, to)))
}

fn join(value: &Value, between: Option<String>) -> Result<String, Error> {
    let between = between.unwrap_or_default();
    let mut out = String::new();
    for (at, item) in value.try_iter()?.enumerate() {
        if at > 0 {
            out.push_str(&between);
        }
        out.push_str(&written(&item)?);
        if out.len() > LONGEST {
            return Err(too_long());
        }
    }
    Ok(out)
}

fn indent(
    value: &str,
    width: usize,
    first: Option<bool>,
    blank: Option<bool>,
) -> Result<String, Error> {
    if width.saturating_mul(value.lines().count()) > LONGEST {
        return Err(too_long());
    }
    let margin = " ".repeat(width);
    let mut out = String::new();
    for (at, line) in value.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let wanted = (at > 0 || first == Some(true)) && (!line.is_empty() || blank == Some(true));
        if wanted {
            out.push_str(&margin);
        }
        out.push_str(line);
    }
    Ok(out)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "minijinja hands the rest over as a value"
)]
fn format_text(pattern: &str, values: Rest<Value>) -> Result<String, Error> {
    // A width or precision of four digits is no mail text but a way to fill the memory.
    let mut digits = 0;
    for c in pattern.chars() {
        digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
        if digits > 3 || c == '*' {
            return Err(too_long());
        }
    }
    minijinja::formatting::format(minijinja::formatting::FormatStyle::Printf, pattern, &values)
}

fn same_safety(like: &Value, text: String) -> Value {
    if like.is_safe() {
        Value::from_safe_string(text)
    } else {
        Value::from(text)
    }
}

fn too_long() -> Error {
    Error::new(ErrorKind::InvalidOperation, "the text grows too long")
}
