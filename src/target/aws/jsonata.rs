//! Values of templates and conditions in the words of `JSONata`, the language of expressions in AWS
//! Step Functions.
//!
//! In: expressions of the template IR, conditions of the manifest. Out: `JSONata`. Invariant: what it
//! works out is what previews show: a missing value prints nothing and is equal to nothing.
//! Not done here: asking which events have come (that is `asked`).

use std::fmt::Write as _;

use serde_json::Value;

use crate::dialect::{Form, Variable};
use crate::manifest::{self, Sign};
use crate::template::ir::{Comparison, Expr, Filter, Literal, LoopField, Path, Root, Step, Test};
use crate::template::words::{DatePart, date_pattern};

/// What expressions may call, each with its definition; later ones call earlier ones.
const WORDS: [(&str, &str); 8] = [
    (
        "$has",
        r#"function($v){$exists($v) ? ($v != null and $v != "") : false}"#,
    ),
    (
        "$blank",
        r#"function($v){$exists($v) ? ($v = null or $v = false or $v = "" or ($type($v) = "array" ? $count($v) = 0 : $type($v) = "object" ? $count($keys($v)) = 0 : false)) : true}"#,
    ),
    ("$truth", "function($v){$blank($v) ? false : $v != 0}"),
    (
        "$text",
        r#"function($v){$exists($v) ? ($v = null ? "" : $string($v)) : ""}"#,
    ),
    (
        "$html",
        r#"function($v){$replace($replace($replace($replace($replace($text($v), "&", "&amp;"), "<", "&lt;"), ">", "&gt;"), "\"", "&#34;"), "'", "&#39;")}"#,
    ),
    (
        "$same",
        "function($a,$b){$has($a) ? ($has($b) ? $a = $b : false) : false}",
    ),
    (
        "$less",
        r#"function($a,$b){(($type($a) = "number" and $type($b) = "number") or ($type($a) = "string" and $type($b) = "string" and $a != "" and $b != "")) ? $a < $b : false}"#,
    ),
    (
        "$holds",
        r#"function($w,$p){$has($p) ? ($type($w) = "string" ? ($type($p) = "string" ? $contains($w, $p) : false) : $type($w) = "array" ? $p in $w : false) : false}"#,
    ),
];

/// An expression with the words that it uses, as a state machine holds it.
pub(super) fn code(body: &str) -> String {
    let mut used: Vec<&(&str, &str)> = Vec::new();
    let mut text = body.to_owned();
    for word in WORDS.iter().rev() {
        if text.contains(&format!("{}(", word.0)) {
            text.push_str(word.1);
            used.push(word);
        }
    }
    let mut out = String::from("{% ");
    if used.is_empty() {
        out.push_str(body);
    } else {
        out.push('(');
        for (name, definition) in used.into_iter().rev() {
            let _ = write!(out, "{name} := {definition}; ");
        }
        out.push_str(body);
        out.push(')');
    }
    out.push_str(" %}");
    out
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A field of something.
pub(super) fn field(of: &str, name: &str) -> String {
    format!("{of}.`{}`", name.replace('`', ""))
}

/// The data of a template: an object with the value of each variable.
///
/// The error names what cannot be worked out.
pub(super) fn data(variables: &[Variable], links: &Links<'_>) -> Result<String, Unsaid> {
    let mut printer = Printer {
        links,
        turns: Vec::new(),
    };
    printer.object(variables)
}

/// Why a value cannot be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsaid {
    /// There is no address for this link.
    Link(String),
    /// This cannot be said, in words for people.
    Value(String),
}

/// Gives the address of a link that the provider does not make.
pub(super) type Links<'l> = dyn Fn(&str) -> Option<String> + 'l;

struct Printer<'l> {
    links: &'l Links<'l>,
    /// The variables of the loops around.
    turns: Vec<String>,
}

impl Printer<'_> {
    fn object(&mut self, variables: &[Variable]) -> Result<String, Unsaid> {
        let mut fields = Vec::new();
        for it in variables {
            let value = self.variable(it)?;
            fields.push(format!("{}: {value}", quoted(&it.name)));
        }
        Ok(format!("{{{}}}", fields.join(", ")))
    }

    fn variable(&mut self, it: &Variable) -> Result<String, Unsaid> {
        let value = match &it.form {
            Form::Text => format!("$text({})", self.value(&it.value)?),
            Form::Html => format!("$html({})", self.value(&it.value)?),
            Form::Answer => self.value(&it.value)?,
            Form::Entries(entries) => {
                let list = self.value(&it.value)?;
                let turn = local(&entries.var);
                self.turns.push(turn.clone());
                let body = self.object(&entries.fields);
                self.turns.pop();
                // The brackets keep a list of one a list.
                let of = format!("[$type({list}) = \"array\" ? {list} : []]");
                return Ok(format!(
                    "[$map({of}, function($it_{turn}, $at_{turn}, $all_{turn}) {{{}}})]",
                    body?
                ));
            }
        };
        Ok(match &it.fallback {
            Some(fallback) => format!(
                "($blank({}) ? {} : {value})",
                self.value(&it.value)?,
                literal(fallback)
            ),
            None => value,
        })
    }

    fn value(&self, expr: &Expr) -> Result<String, Unsaid> {
        Ok(match expr {
            Expr::Literal(it) => literal(it),
            Expr::Path(it) => self.path(it)?,
            Expr::Loop { var, field } => {
                let turn = local(var);
                let (at, all) = (format!("$at_{turn}"), format!("$count($all_{turn})"));
                match field {
                    LoopField::Index => format!("({at} + 1)"),
                    LoopField::Index0 => at,
                    LoopField::RevIndex => format!("({all} - {at})"),
                    LoopField::RevIndex0 => format!("({all} - {at} - 1)"),
                    LoopField::First => format!("({at} = 0)"),
                    LoopField::Last => format!("({at} + 1 = {all})"),
                }
            }
            Expr::Filter(it) => {
                let of = self.value(&it.of)?;
                match &it.filter {
                    Filter::Default(other) => {
                        format!("($blank({of}) ? {} : {of})", self.value(other)?)
                    }
                    filter => filtered(filter, &of)?,
                }
            }
            Expr::Choice(it) => format!(
                "({} ? {} : {})",
                self.test(&it.test)?,
                self.value(&it.yes)?,
                self.value(&it.no)?
            ),
            Expr::Concat(all) => {
                let parts: Result<Vec<String>, Unsaid> = all
                    .iter()
                    .map(|it| Ok(format!("$text({})", self.value(it)?)))
                    .collect();
                match parts? {
                    parts if parts.is_empty() => "\"\"".to_owned(),
                    parts => format!("({})", parts.join(" & ")),
                }
            }
            Expr::Truth(it) => self.test(it)?,
        })
    }

    fn path(&self, path: &Path) -> Result<String, Unsaid> {
        let mut out = match &path.root {
            Root::Contact => "$contact".to_owned(),
            Root::Event => "$event".to_owned(),
            Root::Local(name) => format!("$it_{}", local(name)),
            Root::Link => {
                let Some(Step::Key(name)) = path.steps.last() else {
                    return Err(Unsaid::Value(format!("`{path}`")));
                };
                let link = (self.links)(name);
                return link
                    .map(|it| quoted(&it))
                    .ok_or_else(|| Unsaid::Link(name.to_string()));
            }
            Root::Body => return Err(Unsaid::Value(format!("`{path}`"))),
        };
        for step in &path.steps {
            match step {
                Step::Key(key) => out = field(&out, key),
                Step::Index(at) => {
                    let _ = write!(out, "[{at}]");
                }
            }
        }
        Ok(out)
    }

    fn test(&self, test: &Test) -> Result<String, Unsaid> {
        let all = |tests: &[Test]| -> Result<Vec<String>, Unsaid> {
            tests.iter().map(|it| self.test(it)).collect()
        };
        Ok(match test {
            Test::Constant(it) => it.to_string(),
            Test::Truthy(it) => format!("$truth({})", self.value(it)?),
            Test::Present(it) => format!("$has({})", self.value(it)?),
            Test::Filled(it) => format!("$not($blank({}))", self.value(it)?),
            Test::Compare {
                op, left, right, ..
            } => {
                let (a, b) = (self.value(left)?, self.value(right)?);
                match op {
                    Comparison::Eq => format!("$same({a}, {b})"),
                    Comparison::Ne => format!("$not($same({a}, {b}))"),
                    Comparison::Lt => format!("$less({a}, {b})"),
                    Comparison::Gt => format!("$less({b}, {a})"),
                    Comparison::Le => format!("($less({a}, {b}) or $same({a}, {b}))"),
                    Comparison::Ge => format!("($less({b}, {a}) or $same({a}, {b}))"),
                }
            }
            Test::Contains { whole, part, .. } => {
                format!("$holds({}, {})", self.value(whole)?, self.value(part)?)
            }
            Test::Not(it) => format!("$not({})", self.test(it)?),
            Test::All(tests) if tests.is_empty() => "true".to_owned(),
            Test::Any(tests) if tests.is_empty() => "false".to_owned(),
            Test::All(tests) => format!("({})", all(tests)?.join(" and ")),
            Test::Any(tests) => format!("({})", all(tests)?.join(" or ")),
        })
    }
}

/// A loop's variable as part of a name.
fn local(name: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '_';
    name.chars().filter(|it| plain(*it)).collect()
}

fn literal(it: &Literal) -> String {
    match it {
        Literal::None => "null".to_owned(),
        Literal::Bool(it) => it.to_string(),
        Literal::Int(it) => it.to_string(),
        Literal::Float(it) => it.to_string(),
        Literal::Text(it) => quoted(it),
    }
}

fn filtered(filter: &Filter, of: &str) -> Result<String, Unsaid> {
    Ok(match filter {
        Filter::Upper => format!("$uppercase($text({of}))"),
        Filter::Lower => format!("$lowercase($text({of}))"),
        Filter::Capitalize => format!(
            "($uppercase($substring($text({of}), 0, 1)) & $lowercase($substring($text({of}), 1)))"
        ),
        Filter::Length => format!(
            "($type({of}) = \"string\" ? $length({of}) : $type({of}) = \"array\" ? $count({of}) : 0)"
        ),
        // What JSONata leaves as it is, and we do not.
        Filter::UrlEncode => format!(
            "$replace($replace($replace($replace($replace($encodeUrlComponent($text({of})), \"!\", \"%21\"), \"'\", \"%27\"), \"(\", \"%28\"), \")\", \"%29\"), \"*\", \"%2A\")"
        ),
        Filter::Date(pattern) => date(of, pattern)?,
        Filter::Title => return Err(Unsaid::Value("the filter `title`".to_owned())),
        Filter::Default(_) => return Err(Unsaid::Value("this filter".to_owned())),
    })
}

/// A date as its own zone shows it; what is no date prints nothing.
fn date(of: &str, pattern: &str) -> Result<String, Unsaid> {
    let parts = date_pattern(pattern).map_err(|it| Unsaid::Value(format!("`{it}` of a date")))?;
    let mut picture = String::new();
    for part in parts {
        picture.push_str(match part {
            DatePart::Plain('[') => "[[",
            DatePart::Plain(']') => "]]",
            DatePart::Plain(c) => {
                picture.push(c);
                continue;
            }
            DatePart::Day => "[D01]",
            DatePart::DayShort => "[D]",
            DatePart::Month => "[M01]",
            DatePart::MonthShort => "[M]",
            DatePart::MonthName => "[MNn]",
            DatePart::MonthAbbreviated => "[MNn,3-3]",
            DatePart::Year => "[Y0001]",
            DatePart::YearShort => "[Y01]",
            DatePart::Weekday => "[FNn]",
            DatePart::WeekdayAbbreviated => "[FNn,3-3]",
            DatePart::Hour => "[H01]",
            DatePart::Hour12 => "[h01]",
            DatePart::Hour12Short => "[h]",
            DatePart::Minute => "[m01]",
            DatePart::HalfDay => "[PN]",
        });
    }
    let text = format!("$trim($text({of}))");
    let start = format!("$substring({text}, 0, 10)");
    let clock = format!(
        "($contains({text}, /^.{{10}}[T ][0-9]{{2}}:[0-9]{{2}}/) ? $substring({text}, 11, 5) : \"00:00\")"
    );
    Ok(format!(
        "($contains({text}, /^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}/) ? $fromMillis($toMillis({start} & \"T\" & {clock} & \":00.000Z\"), {}) : \"\")",
        quoted(&picture)
    ))
}

/// How a condition reads what it asks for.
pub(super) struct Reader<'r> {
    /// What the event is called.
    pub(super) event: &'r str,
    /// What holds how often an event came: the event, how far back, in words of the condition.
    pub(super) history: &'r dyn Fn(&manifest::Expr) -> String,
}

impl Reader<'_> {
    /// Whether a condition of the manifest holds.
    pub(super) fn holds(&self, expr: &manifest::Expr) -> String {
        use manifest::Expr as E;
        let join = |of: &[E], word: &str, none: &str| {
            if of.is_empty() {
                none.to_owned()
            } else {
                let parts: Vec<String> = of.iter().map(|it| self.holds(it)).collect();
                format!("({})", parts.join(word))
            }
        };
        match expr {
            E::Literal { value } => value.as_bool().unwrap_or(false).to_string(),
            E::And { of } => join(of, " and ", "true"),
            E::Or { of } => join(of, " or ", "false"),
            E::Not { of } => format!("$not({})", self.holds(of)),
            E::Compare { sign, left, right } => self.compares(*sign, left, right),
            E::In {
                needle,
                haystack,
                negated,
            } => {
                let found = format!("$holds({}, {})", self.value(haystack), self.value(needle));
                match negated {
                    true => format!("$not({found})"),
                    false => found,
                }
            }
            E::Did { .. } => format!("({} > 0)", (self.history)(expr)),
            other => format!("$truth({})", self.value(other)),
        }
    }

    fn compares(&self, sign: Sign, left: &manifest::Expr, right: &manifest::Expr) -> String {
        let is_none = |it: &manifest::Expr| matches!(it, manifest::Expr::Literal { value } if value.is_null());
        let (a, b) = (self.value(left), self.value(right));
        if is_none(left) || is_none(right) {
            let other = if is_none(left) { b } else { a };
            return match sign {
                Sign::Equal => format!("$not($has({other}))"),
                Sign::NotEqual => format!("$has({other})"),
                _ => "false".to_owned(),
            };
        }
        match sign {
            Sign::Equal => format!("$same({a}, {b})"),
            Sign::NotEqual => format!("$not($same({a}, {b}))"),
            Sign::Less => format!("$less({a}, {b})"),
            Sign::Greater => format!("$less({b}, {a})"),
            Sign::LessOrEqual => format!("($less({a}, {b}) or $same({a}, {b}))"),
            Sign::GreaterOrEqual => format!("($less({b}, {a}) or $same({a}, {b}))"),
        }
    }

    fn value(&self, expr: &manifest::Expr) -> String {
        use manifest::Expr as E;
        match expr {
            E::Literal { value } => value.to_string(),
            E::List { items } => {
                let items: Vec<String> = items.iter().map(|it| self.value(it)).collect();
                format!("[{}]", items.join(", "))
            }
            E::Contact { name } => field("$contact", name),
            E::Event { name } => field(self.event, name),
            E::Count { .. } => (self.history)(expr),
            other => self.holds(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::ir::Filtered;

    fn path(root: Root, key: &str) -> Expr {
        Expr::Path(Path {
            root,
            steps: vec![Step::Key(key.into())],
            span: crate::source::Span::start_of(crate::source::FileId(0)),
        })
    }

    fn variable(value: Expr, form: Form) -> Variable {
        Variable {
            name: "x".to_owned(),
            value,
            form,
            fallback: None,
        }
    }

    #[test]
    fn only_words_that_are_used_are_defined_and_before_they_are_used() {
        assert_eq!(code("1"), "{% 1 %}");
        let made = code("$html($contact.name)");
        assert!(made.find("$text := ") < made.find("$html := "));
        assert!(!made.contains("$same"));
        assert!(code("$same(1, 2)").contains("$has := "));
    }

    #[test]
    fn values_are_handed_over_as_the_template_wants_them() {
        let none = |_: &str| None;
        let made = data(&[variable(path(Root::Contact, "name"), Form::Html)], &none);
        assert_eq!(made.as_deref(), Ok("{\"x\": $html($contact.`name`)}"));
        let link = path(Root::Link, "preferences");
        let made = data(&[variable(link.clone(), Form::Text)], &none);
        assert_eq!(made, Err(Unsaid::Link("preferences".to_owned())));
        let known = |it: &str| Some(format!("https://x.example/{it}"));
        let made = data(&[variable(link, Form::Text)], &known);
        assert_eq!(
            made.as_deref(),
            Ok("{\"x\": $text(\"https://x.example/preferences\")}")
        );
    }

    #[test]
    fn what_is_not_exactly_the_same_in_jsonata_is_refused() {
        let titled = Expr::Filter(Box::new(Filtered {
            filter: Filter::Title,
            of: path(Root::Event, "name"),
            span: crate::source::Span::start_of(crate::source::FileId(0)),
        }));
        let made = data(&[variable(titled, Form::Text)], &|_| None);
        assert_eq!(made, Err(Unsaid::Value("the filter `title`".to_owned())));
    }
}
