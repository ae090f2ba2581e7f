use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Condition, ExprKind, Journey, Property, Step};

rule! {
    SpecialCategoryBranch, id: "special-category-branch", group: Privacy, level: Warning,
    docs: "special_category_branch.md"
}

/// Words in the name of an attribute that always mean what law protects.
const PROTECTED: [&str; 12] = [
    "religion",
    "religious",
    "ethnicity",
    "ethnic",
    "sexuality",
    "sexual",
    "pregnant",
    "pregnancy",
    "diagnosis",
    "disability",
    "biometric",
    "hiv",
];

impl Rule for SpecialCategoryBranch {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let project = cx.project();
        let event = project.event(&journey.trigger.event.value);
        let mut told = BTreeSet::new();
        for condition in conditions(journey) {
            for (path, name) in read_by(condition) {
                let table = if path.starts_with("contact.") {
                    Some(&project.contact)
                } else {
                    event.map(|it| &it.properties)
                };
                let property = table.and_then(|it| it.get(&*name));
                let Some(property) = property.filter(|it| is_protected(&name, it)) else {
                    continue;
                };
                if property.legal_basis.is_some() || !told.insert(path.clone()) {
                    continue;
                }
                let label = if property.sensitive {
                    "declared as sensitive"
                } else {
                    "law protects this above all"
                };
                out.fail(condition.text.span, format!("`{path}` decides what people get, and nobody says by what right"))
                    .label(label)
                    .subject(&*path)
                    .why("what they told us in confidence is used to sell, and the letter that they get gives it away")
                    .help("decide by something else; or declare why it is allowed: `legal_basis: explicit consent in the intake form`");
            }
        }
    }
}

/// Every condition that decides what a person gets.
fn conditions(journey: &Journey) -> impl Iterator<Item = &Condition> {
    let trigger = journey.trigger.filter.iter();
    let steps = journey.walk().flat_map(|(step, _)| match &step.value {
        Step::Send(it) => vec![it.only_if.as_ref(), it.unless.as_ref()],
        Step::Task(it) => vec![it.only_if.as_ref(), it.unless.as_ref()],
        Step::Touch(it) => vec![it.only_if.as_ref(), it.unless.as_ref()],
        Step::Branch(it) => it.when.iter().map(|it| Some(&it.condition)).collect(),
        Step::Repeat(it) => vec![it.until.as_ref()],
        _ => Vec::new(),
    });
    trigger.chain(steps.flatten())
}

/// The attributes and properties that a condition reads: the path, and the name alone.
fn read_by(condition: &Condition) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| match &it.kind {
            ExprKind::Contact(name) => found.push((format!("contact.{name}"), name.to_string())),
            ExprKind::Event(name) => found.push((format!("event.{name}"), name.to_string())),
            _ => {}
        });
    }
    found
}

fn is_protected(name: &str, property: &Property) -> bool {
    let name = name.to_ascii_lowercase();
    property.sensitive || name.split('_').any(|it| PROTECTED.contains(&it))
}
