//! What the repository and its journeys set about the rules: levels, thresholds, and whether they make
//! sense.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Level, RuleId};
use crate::model::check::INVALID_VALUE;
use crate::model::{Journey, Name, Program, Project, RuleLevel, Threshold};
use crate::source::{Span, Spanned};

use super::catalogue;
use super::findings::Found;
use super::rule::{Group, RuleInfo};
use super::suppression::EXPIRED_ALLOW;

/// What a rule's findings weigh in this repository, and whether it says so itself; nothing if the
/// rule is off.
pub(super) fn level_of(project: &Project, rule: &RuleInfo) -> Option<(Level, bool)> {
    let lint = &project.lint;
    let of_group = || lint.groups.get(rule.group.word());
    let written = lint.rules.get(rule.id.0).or_else(of_group);
    let written = written.map(|it| it.value);
    let level = level(written.unwrap_or(rule.level))?;
    Some((level, written.is_some()))
}

/// The threshold of a rule: what a journey sets for itself, or else the repository, or else its kind of
/// business. Rules that look at the whole repository at once do not ask a journey.
pub fn threshold_of(
    project: &Project,
    journey: Option<&Journey>,
    rule: &str,
    today: NaiveDate,
) -> Option<Threshold> {
    let limit = catalogue::find(rule)?.limit?;
    let own = journey.and_then(|it| it.lint.of(rule, today));
    let own = own.and_then(|it| it.threshold.as_ref());
    let of_project = project.policy.thresholds.get(rule);
    let mut written = own.into_iter().chain(of_project).map(|it| it.value);
    let written = written.find(|it| limit.complaint(*it).is_none());
    Some(written.unwrap_or_else(|| limit.of(project.profile)))
}

/// The levels that journeys set for themselves.
pub(super) struct OwnLevels<'p> {
    today: NaiveDate,
    /// The journeys that set any.
    journeys: BTreeMap<&'p str, &'p Journey>,
    /// Rules that are off in the repository, and on in some journey.
    only_here: BTreeSet<&'p str>,
}

impl<'p> OwnLevels<'p> {
    /// Collects them.
    pub(super) fn of(program: &'p Program, today: NaiveDate) -> Self {
        let journeys = program.documents.iter().map(|it| &it.journey);
        let journeys: BTreeMap<&str, &Journey> = journeys
            .filter(|it| !it.lint.rules.is_empty())
            .map(|it| (&*it.name.value, it))
            .collect();
        let rules = journeys.values().flat_map(|it| it.lint.rules.keys());
        let is_off = |name: &&str| {
            let rule = catalogue::find(name);
            rule.is_some_and(|it| level_of(&program.project, it).is_none())
        };
        Self {
            today,
            only_here: rules.map(|it| &*it.value).filter(is_off).collect(),
            journeys,
        }
    }

    /// Whether a rule that is off in the repository is on in some journey.
    pub(super) fn wakes(&self, rule: &RuleInfo) -> bool {
        let levels = self.journeys.values().map(|it| self.own(it, rule.id.0));
        self.only_here.contains(rule.id.0) && levels.flatten().any(|it| it != RuleLevel::Off)
    }

    /// Weighs findings as their journeys want it, and drops those of rules that are off there.
    pub(super) fn weigh(&self, found: &mut Vec<Found>) {
        if self.journeys.is_empty() {
            return;
        }
        found.retain_mut(|Found { diagnostic: it, .. }| {
            let journey = it.journey.as_deref().and_then(|it| self.journeys.get(it));
            match journey.and_then(|journey| self.own(journey, it.rule.0)) {
                None => !self.only_here.contains(it.rule.0),
                Some(own) => match level(own) {
                    None => false,
                    Some(level) => {
                        it.level = level;
                        true
                    }
                },
            }
        });
    }

    fn own(&self, journey: &Journey, rule: &str) -> Option<RuleLevel> {
        let setting = journey.lint.of(rule, self.today)?;
        setting.level.as_ref().map(|it| it.value)
    }
}

/// Settings that cannot be so.
pub(super) fn check(program: &Program, today: NaiveDate, found: &mut Vec<Diagnostic>) {
    let project = &program.project;
    let of_input = |it: &str| catalogue::find(it).is_some_and(|it| it.group.is_input());
    let rules = project.lint.rules.iter();
    let rules = rules.filter(|(name, _)| of_input(&name.value));
    let groups = project.lint.groups.iter();
    let groups = groups.filter(|(name, _)| *name.value == *Group::Input.word());
    found.extend(rules.chain(groups).map(|(name, it)| fixed(name, it.span)));
    let thresholds = project.policy.thresholds.iter();
    found.extend(thresholds.filter_map(|(name, it)| threshold(name, it)));
    for document in &program.documents {
        let journey = &document.journey;
        let mut own = Vec::new();
        check_journey(project, journey, today, &mut own);
        let name = &journey.name.value;
        found.extend(own.into_iter().map(|it| it.journey(&**name)));
    }
}

fn check_journey(
    project: &Project,
    journey: &Journey,
    today: NaiveDate,
    found: &mut Vec<Diagnostic>,
) {
    for (name, setting) in &journey.lint.rules {
        // One that is not known has been reported.
        let Some(rule) = catalogue::find(&name.value) else {
            continue;
        };
        if rule.group.is_input() {
            found.push(fixed(name, name.span));
        } else if !rule.group.runs_here() {
            let message = format!("`{}` cannot be set for one journey", name.value);
            found.push(
                Diagnostic::error(INVALID_VALUE, name.span, message)
                    .help("remove the line: it is found on export, for the whole repository")
                    .subject(&*name.value),
            );
        } else if setting.level.is_none() && setting.threshold.is_none() {
            let message = format!("nothing is different about `{}` here", name.value);
            found.push(
                Diagnostic::error(INVALID_VALUE, name.span, message)
                    .help("write a `level`, a `threshold` or both; to accept one finding, `allow`")
                    .subject(&*name.value),
            );
        }
        let written = setting.threshold.as_ref();
        found.extend(written.and_then(|it| threshold(name, it)));
        if !setting.holds_on(today) {
            found.extend(expired(
                project,
                name,
                setting.until.span,
                &setting.until.value,
            ));
        }
    }
}

fn expired(
    project: &Project,
    name: &Name,
    span: Span,
    until: &impl std::fmt::Display,
) -> Option<Diagnostic> {
    let (level, _) = level_of(project, catalogue::find(EXPIRED_ALLOW)?)?;
    let message = format!("what was different about `{}` ended on {until}", name.value);
    Some(
        Diagnostic::new(RuleId(EXPIRED_ALLOW), level, span, message)
            .label("the last day on which it held")
            .why("an exception without an end becomes a rule that nobody decided on")
            .help("remove the entry, or look at the reason again and set a new day")
            .subject(&*name.value),
    )
}

fn threshold(name: &Name, written: &Spanned<Threshold>) -> Option<Diagnostic> {
    let info = catalogue::find(&name.value)?;
    let (message, help) = match &info.limit {
        None => (
            format!("`{}` has no threshold", name.value),
            format!(
                "remove the line; `journeyc explain {}` says how the rule decides",
                name.value
            ),
        ),
        Some(limit) => {
            let (problem, wanted) = limit.complaint(written.value)?;
            (
                format!("this threshold of `{}` {problem}", name.value),
                format!("write {wanted}"),
            )
        }
    };
    Some(
        Diagnostic::error(INVALID_VALUE, written.span, message)
            .help(help)
            .subject(&*name.value),
    )
}

/// A setting of a rule that nobody can set.
fn fixed(name: &Name, span: Span) -> Diagnostic {
    let name = &name.value;
    let message = format!("`{name}` is always an error");
    Diagnostic::error(INVALID_VALUE, span, message)
        .label("this cannot be set")
        .why("what cannot be understood is not built, so that nobody gets half a journey")
        .help("remove the line, and correct what is reported")
        .subject(&**name)
}

fn level(written: RuleLevel) -> Option<Level> {
    match written {
        RuleLevel::Off => None,
        RuleLevel::Note => Some(Level::Note),
        RuleLevel::Warning => Some(Level::Warning),
        RuleLevel::Error => Some(Level::Error),
    }
}
