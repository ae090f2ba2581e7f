//! What a call names of a repository's targets: it is there, or the call is a slip.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use super::failure::Failure;
use super::plugin;
use crate::build::Scope;
use crate::compile::Compilation;
use crate::diagnostic::{did_you_mean, or_else};
use crate::model::Program;
use crate::report::targets::Plugin;
use crate::target;

/// A target's name on the command line: shells complete those that are built in, and every other may
/// be a plug-in's.
#[derive(Debug, Clone)]
pub(super) struct TargetName;

impl TypedValueParser for TargetName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        let text = value.to_str().map(str::to_owned);
        text.ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = target::ALL.iter().map(|it| PossibleValue::new(it.name()));
        Some(Box::new(names))
    }
}

/// A target, environment or journey that nothing declares is a slip of the call, not of the
/// repository.
pub(super) fn check(
    compilation: &Compilation<'_>,
    scope: Scope<'_>,
    plugins: &[Plugin],
) -> Result<(), Failure> {
    let Some(program) = &compilation.program else {
        return Ok(());
    };
    if let Some(name) = scope.target {
        check_target(program, name, plugins)?;
    }
    if let Some(name) = scope.environment {
        check_environment(program, scope, name)?;
    }
    for name in scope.journeys {
        check_journey(program, scope, name)?;
    }
    Ok(())
}

fn check_target(program: &Program, name: &str, plugins: &[Plugin]) -> Result<(), Failure> {
    let targets = &program.project.targets;
    if targets.contains_key(name) {
        return Ok(());
    }
    if target::find(name).is_some() {
        let message = format!("journeyc.yaml has no target `{name}`");
        let help = format!(
            "add `targets: {{{name}: {{environments: {{prod: {{}}}}}}}}`; \
             `journeyc export {name} --env prod --list-ids` then lists the ids that it needs"
        );
        return Err(Failure::new(message).help(help));
    }
    if plugins.iter().any(|it| it.name == name) {
        return Ok(());
    }
    let known = target::ALL.iter().map(|it| it.name());
    let declared = targets.keys().map(|it| &*it.value);
    let known = known
        .chain(declared)
        .chain(plugins.iter().map(|it| it.name.as_str()));
    let mut help = match did_you_mean(name, known, "targets") {
        near if near.ends_with('?') => near,
        _ => "`journeyc targets` lists all of them".to_owned(),
    };
    if plugin::is_name(name) {
        let program = format!(
            "a plug-in would be the program `{}{name}` on the PATH",
            crate::plugin::PREFIX
        );
        help = or_else(&help, &program);
    }
    Err(Failure::new(format!("there is no target `{name}`")).help(help))
}

fn check_environment(program: &Program, scope: Scope<'_>, name: &str) -> Result<(), Failure> {
    let of_target = |name: &str| scope.target.is_none_or(|it| it == name);
    let targets = program.project.targets.iter();
    let known: Vec<&str> = targets
        .filter(|(name, _)| of_target(&name.value))
        .flat_map(|(_, it)| it.environments.keys())
        .map(|it| &*it.value)
        .collect();
    if known.contains(&name) {
        return Ok(());
    }
    let message = match scope.target {
        Some(target) => format!("the target `{target}` has no environment `{name}`"),
        None => format!("there is no environment `{name}`"),
    };
    let help = match scope.target.filter(|_| known.is_empty()) {
        Some(target) => {
            format!(
                "add it to journeyc.yaml: `targets: {{{target}: {{environments: {{{name}: {{}}}}}}}}`"
            )
        }
        None => did_you_mean(name, known, "environments"),
    };
    Err(Failure::new(message).help(help))
}

fn check_journey(program: &Program, scope: Scope<'_>, name: &str) -> Result<(), Failure> {
    let documents = program.documents.iter();
    let known: Vec<&str> = documents.map(|it| &*it.journey.name.value).collect();
    if !known.contains(&name) {
        let help = did_you_mean(name, known, "journeys");
        return Err(Failure::new(format!("there is no journey `{name}`")).help(help));
    }
    let declared = scope.target.and_then(|it| program.project.targets.get(it));
    match (scope.target, declared) {
        (Some(target), Some(declared)) if !declared.takes(name) => {
            let message = format!("the journey `{name}` does not go to `{target}`");
            let help = format!("add it to `targets.{target}.journeys` in journeyc.yaml");
            Err(Failure::new(message).help(help))
        }
        _ => Ok(()),
    }
}
