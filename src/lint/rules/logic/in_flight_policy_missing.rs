use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::edits::{Edit, EditKind, Edits};

/// How many steps are named.
const MAX_NAMED: usize = 3;

rule! {
    InFlightPolicyMissing, id: "in-flight-policy-missing", group: Logic, level: Warning,
    docs: "in_flight_policy_missing.md"
}

impl Rule for InFlightPolicyMissing {
    fn looks_at_changes(&self) -> bool {
        true
    }

    fn check_change(&self, _: &LintContext<'_>, change: &Edits<'_>, out: &mut Findings) {
        if change.now.in_flight.is_some() {
            return;
        }
        let edits: Vec<&Edit<'_>> = change
            .under_people()
            .filter(|it| !matches!(it.kind, EditKind::Renamed(_)))
            .collect();
        if edits.is_empty() {
            return;
        }
        let mut parts: Vec<String> = edits.iter().take(MAX_NAMED).map(|it| phrase(it)).collect();
        if edits.len() > MAX_NAMED {
            parts.push(format!("and {} more", edits.len() - MAX_NAMED));
        }
        let mut finding = out
            .fail(
                change.now.span(),
                "nobody said what happens to people who are inside",
            )
            .label(parts.join(", "))
            .why(
                "people stand at the old steps, and each provider decides in its own way whether \
                 they skip, repeat or fall out",
            )
            .help(
                "write `in_flight: finish_old` (they finish what they began), `migrate` (they go \
                 on in the new one) or `stop`",
            );
        for edit in edits.iter().take(MAX_NAMED) {
            if let EditKind::Moved(now) | EditKind::Retimed(now) = edit.kind {
                finding = finding.related(now.span, phrase(edit));
            }
        }
    }
}

/// What happened to a step, in a few words.
fn phrase(edit: &Edit<'_>) -> String {
    let name = match edit.before.value.id() {
        Some(id) => format!("`{}`", id.value),
        None => format!("a `{}`", edit.before.value.kind()),
    };
    let what = match edit.kind {
        EditKind::Removed => "was removed",
        EditKind::Moved(_) => "was moved",
        EditKind::Retimed(_) => "waits differently",
        EditKind::Renamed(_) => "has another name",
    };
    format!("{name} {what}")
}
