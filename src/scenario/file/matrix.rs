//! A scenario with a matrix as the several that it is.

use serde_json::Value;

use super::point::Start;
use super::setup::{Setup, Zone};
use super::written::Matrix;
use crate::diagnostic::{Diagnostic, Sink};
use crate::model::Name;
use crate::model::check::INVALID_VALUE;
use crate::source::Spanned;

/// The most cases that one matrix makes.
const MAX_CASES: usize = 1_000;

/// One value of one line of the matrix.
#[derive(Debug, Clone, Copy)]
enum Choice<'f> {
    Zone(&'f Spanned<Option<Box<str>>>),
    Locale(&'f Name),
    Persona(&'f Name),
    Start(&'f Spanned<Start>),
    Attribute(&'f Name, &'f Spanned<Value>),
    Arm(&'f Name, &'f Name),
}

/// One case of a scenario: what tells it from the others, and its setup.
pub(super) struct Cell<'f> {
    /// `zone: Asia/Kolkata, locale: de`; empty where there is no matrix.
    pub(super) words: String,
    pub(super) setup: Setup<'f>,
}

/// All cases of a scenario, in the order of the file: the last line of the matrix changes first.
pub(super) fn cells<'f>(setup: &Setup<'f>, sink: &mut Sink) -> Vec<Cell<'f>> {
    let lines = setup.matrix.map(|it| lines(&it.value)).unwrap_or_default();
    let count = lines
        .iter()
        .try_fold(1_usize, |product, it| product.checked_mul(it.len()));
    let count = match (count.filter(|it| *it <= MAX_CASES), setup.matrix) {
        (Some(count), _) => count,
        (None, Some(matrix)) => {
            let message = format!("this matrix makes more than {MAX_CASES} scenarios of one");
            let help =
                "try fewer values, or write several scenarios with a line of the matrix each";
            sink.push(Diagnostic::error(INVALID_VALUE, matrix.span, message).help(help));
            0
        }
        (None, None) => 0,
    };
    (0..count)
        .map(|number| cell(setup, &lines, number))
        .collect()
}

fn cell<'f>(setup: &Setup<'f>, lines: &[Vec<Choice<'f>>], number: usize) -> Cell<'f> {
    let mut setup = setup.clone();
    let mut words = Vec::with_capacity(lines.len());
    let mut rest = number;
    for line in lines.iter().rev() {
        let value = line[rest % line.len()];
        rest /= line.len();
        words.push(value.words());
        value.put(&mut setup);
    }
    words.reverse();
    Cell {
        words: words.join(", "),
        setup,
    }
}

/// The lines of a matrix that have values.
fn lines(matrix: &Matrix) -> Vec<Vec<Choice<'_>>> {
    let mut lines: Vec<Vec<Choice<'_>>> = vec![
        matrix.persona.iter().map(Choice::Persona).collect(),
        matrix.zone.iter().map(Choice::Zone).collect(),
        matrix.locale.iter().map(Choice::Locale).collect(),
        matrix.start.iter().map(Choice::Start).collect(),
    ];
    for (name, values) in &matrix.attributes {
        let line = values.iter().map(|it| Choice::Attribute(name, it));
        lines.push(line.collect());
    }
    for (name, arms) in &matrix.assign {
        lines.push(arms.iter().map(|it| Choice::Arm(name, it)).collect());
    }
    lines.retain(|it| !it.is_empty());
    lines
}

impl<'f> Choice<'f> {
    fn put(self, setup: &mut Setup<'f>) {
        match self {
            Self::Zone(it) => {
                setup.zone = Some(Zone {
                    name: it.value.as_deref(),
                    span: it.span,
                });
            }
            Self::Locale(it) => setup.locale = Some(it),
            Self::Persona(it) => setup.persona = Some(it),
            Self::Start(it) => setup.start = Some(it),
            Self::Attribute(name, it) => {
                setup.attributes.insert(&name.value, (name, it));
            }
            Self::Arm(name, it) => {
                let arm = std::slice::from_ref(it);
                setup.assign.insert(&name.value, (name, arm));
            }
        }
    }

    fn words(self) -> String {
        match self {
            Self::Zone(it) => format!("zone: {}", it.value.as_deref().unwrap_or("unknown")),
            Self::Locale(it) => format!("locale: {}", it.value),
            Self::Persona(it) => format!("persona: {}", it.value),
            Self::Start(it) => format!("start: {}", it.value.0.format("%a %-d %b %Y %H:%M")),
            Self::Attribute(name, it) => match &it.value {
                Value::String(text) => format!("{}: {text}", name.value),
                other => format!("{}: {other}", name.value),
            },
            Self::Arm(name, it) => format!("{}: {}", name.value, it.value),
        }
    }
}
