//! The first oracle: minijinja renders each template as it was written, whole, with a recipient's
//! data as plain context. What journeyc compiles must say the same.
//!
//! Three things are decided by journeyc's language, not by Jinja, and are set here as they are
//! documented (docs/templates.md): nothing prints as nothing and booleans print in small letters;
//! five characters are escaped, as Jinja2 spells them; `default` takes the place of all that is blank,
//! and every other filter takes nothing for an empty text. `date`, `title` and `urlencode`, which
//! minijinja has not or has otherwise, are journeyc's own.

use journeyc::template::{Sample, words};
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};

use super::corpus;

/// minijinja with the language's three decisions.
pub(super) fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.set_auto_escape_callback(|name| match name {
        "subject" => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    env.set_formatter(|out, state, value| {
        let text = written(value);
        let mut escaped = String::new();
        if matches!(state.auto_escape(), AutoEscape::None) || value.is_safe() {
            escaped = text;
        } else {
            words::escape(&text, &mut escaped);
        }
        out.write_str(&escaped).map_err(Error::from)
    });
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("upper", |it: Value| written(&it).to_uppercase());
    env.add_filter("lower", |it: Value| written(&it).to_lowercase());
    env.add_filter("title", |it: Value| words::title(&written(&it)));
    env.add_filter("capitalize", |it: Value| words::capitalize(&written(&it)));
    env.add_filter("urlencode", |it: Value| words::url_encode(&written(&it)));
    env.add_filter("date", |it: Value, pattern: String| {
        words::date(&written(&it), &pattern)
    });
    env.add_filter("safe", |it: Value| Value::from_safe_string(written(&it)));
    for name in ["length", "count"] {
        env.add_filter(name, |it: Value| it.len().unwrap_or(0));
    }
    for name in ["e", "escape"] {
        env.add_filter(name, |it: Value| {
            let mut out = String::new();
            words::escape(&written(&it), &mut out);
            Value::from_safe_string(out)
        });
    }
    for (path, text) in corpus::parts() {
        env.add_template_owned(path, text).unwrap();
    }
    env
}

/// What minijinja makes of a text for one recipient; an error is said in words.
pub(super) fn rendered(env: &Environment<'_>, name: &str, text: &str, sample: &Sample) -> String {
    let links = ["unsubscribe", "preferences", "web_view"];
    let links = links.map(|it| (it, format!("https://links.example/{it}")));
    let context = Value::from_pairs([
        ("contact", Value::from(Serde(&sample.contact))),
        ("event", Value::from(Serde(&sample.event))),
        ("links", Value::from_pairs(links)),
        ("brand", Value::from(Serde(&corpus::brand()))),
        ("locale", Value::from("en")),
    ]);
    match env.render_named_str(name, text, context) {
        Ok(text) => text,
        Err(error) => format!("refused by minijinja: {error}"),
    }
}

fn written(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number if !value.is_integer() => {
            words::float(f64::try_from(value.clone()).unwrap())
        }
        _ => value.to_string(),
    }
}

fn default(value: Value, other: Option<Value>) -> Value {
    let blank = !value.is_true() && value.kind() != ValueKind::Number;
    if blank {
        other.unwrap_or_else(|| Value::from(""))
    } else {
        value
    }
}
