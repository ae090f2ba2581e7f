use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Step;
use crate::model::edits::{Edits, Touched};
use crate::source::Spanned;

rule! {
    ChangeWithoutTest, id: "change-without-test", group: Governance, level: Warning,
    docs: "change_without_test.md"
}

impl Rule for ChangeWithoutTest {
    fn looks_at_changes(&self) -> bool {
        true
    }

    fn check_change(&self, cx: &LintContext<'_>, change: &Edits<'_>, out: &mut Findings) {
        let Some(tried) = cx.tried() else {
            return;
        };
        let touched = change.touched();
        let Some((_, first, _)) = touched.first() else {
            return;
        };
        let name = &change.now.name.value;
        let tried = tried.get(name).map_or(&[][..], Vec::as_slice);
        if !tried.contains(&true) {
            out.fail(
                change.now.span(),
                format!("`{name}` changes, and no scenario lets anybody into it"),
            )
            .level(Level::Note)
            .label("never tried")
            .related(first.span, "changes here")
            .why("whether the change does what is meant shows when the first customer gets there")
            .help(format!(
                "`journeyc test --record journeys/{name}.yaml` writes a scenario for each of its \
                 ways"
            ));
            return;
        }
        for (number, step, what) in touched {
            if tried.get(number).copied().unwrap_or(false) {
                continue;
            }
            out.fail(
                place(step),
                format!("{} {}, and no scenario comes to it", title(&step.value), verb(what)),
            )
            .label("never tried")
            .why("whether the change does what is meant shows when the first customer gets there")
            .help("write a scenario that leads here: `journeyc test --coverage` names what is missing");
        }
    }
}

/// Where to point: at the step's name, if it has one.
fn place(step: &Spanned<Step>) -> crate::source::Span {
    step.value.id().map_or(step.span, |it| it.span)
}

fn title(step: &Step) -> String {
    match step.id() {
        Some(id) => format!("`{}`", id.value),
        None => format!("this `{}`", step.kind()),
    }
}

fn verb(what: Touched) -> &'static str {
    match what {
        Touched::Added => "is new",
        Touched::Changed => "changes",
        Touched::Moved => "stands elsewhere",
    }
}
