//! Findings that the authors accept, with a reason and a last day.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::diagnostic::{Applicability, Diagnostic, RuleId, Suppression};
use crate::model::{Allow, Program, Project, Step};
use crate::source::FileId;

use super::catalogue;
use super::findings::{Cure, Found};
use super::rewrite::Rewrite;
use super::settings::level_of;

pub(super) const EXPIRED_ALLOW: &str = "expired-allow";
const UNUSED_ALLOW: &str = "unused-allow";

/// Marks the findings that an `allow` covers. For stages that find things after
/// [`run`](super::run); which entries are unused is judged there alone.
pub fn cover(program: &Program, today: NaiveDate, found: &mut [Diagnostic]) {
    Exceptions::of(program, today).cover(found.iter_mut());
}

/// Every `allow` of a program, the narrowest first.
pub(super) struct Exceptions<'p> {
    entries: Vec<Exception<'p>>,
}

struct Exception<'p> {
    allow: &'p Allow,
    /// The journey's name and file; nothing for the whole repository.
    journey: Option<(&'p str, FileId)>,
    /// The step's id; nothing for the whole journey.
    step: Option<&'p str>,
    expired: bool,
    /// Whether a finding is there that it covers, or would cover had it not expired.
    needed: bool,
}

impl<'p> Exceptions<'p> {
    /// Collects them.
    pub(super) fn of(program: &'p Program, today: NaiveDate) -> Self {
        let mut entries = Vec::new();
        let mut add = |allows: &'p [Allow], journey, step| {
            entries.extend(allows.iter().map(|allow| Exception {
                allow,
                journey,
                step,
                expired: allow.until.value.0 < today,
                needed: false,
            }));
        };
        for document in &program.documents {
            let journey = Some((&*document.journey.name.value, document.file));
            for (step, _) in document.journey.walk() {
                let id = step.id().map(|it| &*it.value);
                add(allows_of(step), journey, id);
            }
        }
        for document in &program.documents {
            let journey = Some((&*document.journey.name.value, document.file));
            add(&document.journey.allow, journey, None);
        }
        add(&program.project.allow, None, None);
        Self { entries }
    }

    /// Marks what they cover, each finding by the narrowest.
    pub(super) fn cover<'d>(&mut self, found: impl Iterator<Item = &'d mut Diagnostic>) {
        for diagnostic in found {
            if catalogue::is_input(diagnostic.rule) {
                continue;
            }
            for entry in &mut self.entries {
                if !entry.fits(diagnostic) {
                    continue;
                }
                entry.needed = true;
                if !entry.expired {
                    diagnostic.suppressed = Some(Suppression {
                        reason: entry.allow.reason.value.to_string(),
                        until: entry.allow.until.value.to_string(),
                    });
                    break;
                }
            }
        }
    }

    /// What is wrong with the entries themselves. Entries of journeys outside `judged`, and those
    /// of the repository unless it `is_whole`, may be needed by what could not be read.
    pub(super) fn complaints(
        &self,
        project: &Project,
        judged: &BTreeSet<FileId>,
        is_whole: bool,
    ) -> Vec<Found> {
        let mut res = Vec::new();
        for entry in &self.entries {
            let is_judged = entry
                .journey
                .map_or(is_whole, |(_, it)| judged.contains(&it));
            let is_unneeded = !entry.needed && is_judged;
            let complaint = if entry.expired {
                entry.expired_complaint(project)
            } else if is_unneeded {
                entry.unused_complaint(project)
            } else {
                None
            };
            res.extend(complaint.map(|diagnostic| Found {
                diagnostic,
                cure: is_unneeded.then(|| entry.removal()),
            }));
        }
        res
    }
}

impl Exception<'_> {
    fn fits(&self, diagnostic: &Diagnostic) -> bool {
        *self.allow.rule.value == *diagnostic.rule.0
            && self
                .journey
                .is_none_or(|(it, _)| diagnostic.journey.as_deref() == Some(it))
            && self
                .step
                .is_none_or(|it| diagnostic.step.as_deref() == Some(it))
    }

    fn removal(&self) -> Cure {
        Cure {
            title: format!("remove the exception for `{}`", self.allow.rule.value),
            applicability: Applicability::Safe,
            rewrites: vec![Rewrite::Remove {
                entry: self.allow.rule.span,
            }],
        }
    }

    fn expired_complaint(&self, project: &Project) -> Option<Diagnostic> {
        let (rule, until) = (&self.allow.rule.value, &self.allow.until);
        let message = format!("the exception for `{rule}` ended on {}", until.value);
        let help = if self.needed {
            "correct the finding that it covered, or look at the reason again and set a new day"
        } else {
            "remove the entry: nothing needs it any more"
        };
        let diagnostic = self.complaint(project, EXPIRED_ALLOW, until.span, message)?;
        Some(
            diagnostic
                .label("the last day on which it was accepted")
                .why("an exception without an end becomes a rule that nobody decided on")
                .help(help),
        )
    }

    fn unused_complaint(&self, project: &Project) -> Option<Diagnostic> {
        let name = &self.allow.rule;
        let info = catalogue::find(&name.value)?;
        let (message, help) = match info.group {
            it if it.is_input() => (
                format!("`{}` cannot be accepted", name.value),
                "remove the entry, and correct what is reported",
            ),
            it if !it.runs_here() => return None,
            _ if catalogue::looks_at_changes(info.id.0) => return None,
            _ => (
                format!("no finding of `{}` needs this exception", name.value),
                "remove the entry; it would hide the next finding, which nobody has looked at",
            ),
        };
        let diagnostic = self.complaint(project, UNUSED_ALLOW, name.span, message)?;
        Some(diagnostic.help(help))
    }

    fn complaint(
        &self,
        project: &Project,
        rule: &str,
        span: crate::source::Span,
        message: String,
    ) -> Option<Diagnostic> {
        let info = catalogue::find(rule)?;
        let (level, _) = level_of(project, info)?;
        let mut res = Diagnostic::new(RuleId(info.id.0), level, span, message)
            .subject(&*self.allow.rule.value);
        res.journey = self.journey.map(|(it, _)| it.to_owned());
        res.step = self.step.map(str::to_owned);
        Some(res)
    }
}

fn allows_of(step: &Step) -> &[Allow] {
    match step {
        Step::Send(it) => &it.allow,
        Step::Task(it) => &it.allow,
        Step::Touch(it) => &it.allow,
        _ => &[],
    }
}
