//! Build sheets: a journey for a person who builds it by hand in a provider's own pages.
//!
//! In: an [`Export`] and a [`Vocabulary`], the provider's words. Out: `sheets/JOURNEY.md` for each
//! journey that is written. Invariant: everything that the [`Program`] says stands in the sheet, so
//! that nobody has to open the journey's file; every step has a number, and every way a number to go to.
//! Not done here: what a provider can take (that is `lowering`), the templates (requests make them).

mod head;
mod mail;
mod numbering;
mod say;
mod steps;
#[cfg(test)]
pub(super) mod tests;
mod text;
mod vocabulary;

use std::fmt::Write as _;

use super::{Ability, Act, Export, Ledger, Op, Outcome, Program, Target, Way};
use crate::source::Artifacts;

pub use vocabulary::{Vocabulary, Word};

/// What a plan says about sheets.
pub(super) const CHORE: &str = "Build each journey from its sheet in `sheets/`, after the requests have made the templates. \
                         Each sheet ends with a list to tick.";

/// One sheet that is being written.
pub(super) struct Page<'v, 'a> {
    /// The provider's words.
    vocabulary: &'v Vocabulary,
    /// The account.
    export: &'v Export<'v, 'a>,
    /// The journey.
    program: &'v Program<'a>,
}

/// Writes the sheets of all journeys.
pub(super) fn write(
    target: &dyn Target,
    vocabulary: &Vocabulary,
    export: &Export<'_, '_>,
    artifacts: &mut Artifacts,
) {
    for outcome in export.outcomes.iter().filter(|it| it.is_written()) {
        for program in outcome.program.all() {
            let name = program.name.replace('/', "-");
            let text = sheet(target, vocabulary, export, (outcome, program));
            artifacts.add(format!("sheets/{name}.md"), text);
        }
    }
}

fn sheet(
    target: &dyn Target,
    vocabulary: &Vocabulary,
    export: &Export<'_, '_>,
    (outcome, program): (&Outcome<'_>, &Program<'_>),
) -> String {
    let manifest = export.job.manifest;
    let page = Page {
        vocabulary,
        export,
        program,
    };
    let mut text = head::title(vocabulary, target.title(), manifest, program);
    text.push_str(&head::entry(vocabulary, manifest, program));
    text.push_str(&head::exits(vocabulary, program));
    text.push_str(&head::goal(vocabulary, program));
    text.push_str(&head::places(vocabulary, target.title(), program));
    text.push_str("\n## Steps\n");
    if target.capabilities().is(Ability::Joins, Way::Copied) {
        let _ = writeln!(
            text,
            "\nWays do not come together again in {}: where several ways lead to one step, build that step and \
             all behind it once for each.",
            target.title()
        );
    }
    for step in numbering::number(&program.ops) {
        text.push_str(&steps::step(&page, &step));
    }
    text.push_str(&changes(
        target.title(),
        &outcome.ledger,
        &program.journey.file,
    ));
    if !program.later.is_empty() {
        let names: Vec<String> = program
            .later
            .iter()
            .map(|it| text::code(&it.name))
            .collect();
        let _ = writeln!(
            text,
            "\nPeople go on in what these sheets build, which a date starts: {}.",
            names.join(", ")
        );
    }
    text.push_str(&checklist(target, &page));
    text
}

/// What changed on the way, and what people do beside it.
fn changes(title: &str, ledger: &Ledger, file: &str) -> String {
    let mut text = format!("\n## What means something else in {title}\n\n");
    let losses = ledger.losses();
    if losses.is_empty() {
        text.push_str("Nothing: every step keeps its meaning.\n");
    }
    for loss in losses {
        let why = match loss.why.as_str() {
            "" => String::new(),
            why => format!(" What the customer notices: {why}."),
        };
        let _ = writeln!(
            text,
            "- `{file}:{}` {}.{why} To do: {}.",
            loss.line, loss.what, loss.help
        );
    }
    if !ledger.hand_work().is_empty() {
        text.push_str("\n## What else to set up for it\n\n");
        for (number, work) in (1..).zip(ledger.hand_work()) {
            let _ = writeln!(text, "{number}. {work}");
        }
    }
    if !ledger.remarks().is_empty() {
        text.push_str("\n## Good to know\n\n");
        for remark in ledger.remarks() {
            let _ = writeln!(text, "- {remark}");
        }
    }
    text
}

fn checklist(target: &dyn Target, page: &Page<'_, '_>) -> String {
    let v = page.vocabulary;
    let mut steps = 0;
    let mut mails = 0;
    Op::walk(&page.program.ops, &mut |op| {
        steps += 1;
        mails += usize::from(matches!(op.act, Act::Mail { .. }));
    });
    let mut text = String::from("\n## Before you switch it on\n\n");
    let mut tick = |what: &str| {
        let _ = writeln!(text, "- [ ] {what}");
    };
    tick(&format!(
        "All {steps} steps are built, and every way leads where it should."
    ));
    if mails > 0 {
        tick(&format!(
            "All {mails} messages show the template, subject, sender and reply address from above."
        ));
        tick("Each message was sent to yourself once, in each language, and read on a phone.");
    }
    tick("Who comes in, who may come in again and who leaves are set as above.");
    if page.program.journey.holdout.is_some_and(|it| it > 0) {
        tick("The people kept out by chance get nothing.");
    }
    if !page.export.outcomes.is_empty() {
        tick("You have read what means something else here, and it is all right.");
    }
    tick(
        "A test person went through with the event of the first step, and left with each event that ends it.",
    );
    for check in v.checks {
        tick(check);
    }
    tick(&format!(
        "Only then: {} in {}.",
        head::named(&v.start),
        target.title()
    ));
    text
}
