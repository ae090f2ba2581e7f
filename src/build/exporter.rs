//! What each target gets for each of its accounts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{AccountNeeds, Export, Scope};
use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Sink};
use crate::dialect::{self, Dialect};
use crate::manifest::{self, Manifest, Places};
use crate::messages::Messages;
use crate::model::{self, Name, Program};
use crate::plugin::{self, Runner, Trouble, Work};
use crate::printed::{Email, Preheader, each, print_all};
use crate::render::Mail;
use crate::source::{Artifacts, Span};
use crate::target::{self, Account, Job, Mails, Target};
use crate::template::neutral;

/// The account of a plug-in that `journeyc.yaml` does not declare.
const UNDECLARED: &str = "default";

/// Makes exports of a compilation.
pub(super) struct Exporter<'b> {
    program: &'b Program,
    messages: &'b Messages,
    mails: &'b [Option<Arc<Mail>>],
    manifest: &'b Manifest,
    places: Places,
}

/// A provider's language, and where it takes the preheader.
type Language = (&'static dyn Dialect, Preheader);

/// What a target gets whatever the account.
struct Part<'b> {
    /// The journeys that go there.
    manifest: Cow<'b, Manifest>,
    /// Their mails, in the target's language.
    mails: Mails,
}

impl<'b> Exporter<'b> {
    pub(super) fn new(
        compilation: &'b Compilation<'_>,
        program: &'b Program,
        manifest: &'b Manifest,
    ) -> Self {
        Self {
            program,
            messages: &compilation.messages,
            mails: &compilation.mails,
            manifest,
            places: manifest::places(program),
        }
    }

    /// What the targets in scope get.
    pub(super) fn export(&self, scope: Scope<'_>) -> Result<Vec<Export>, Trouble> {
        let mut exports = Vec::new();
        for (name, target) in self.targets(scope) {
            let made = match scope.plugins {
                Some(runner) if target.is_plugin() => {
                    self.by_plugin(runner, name, target, scope)?
                }
                _ => self.by_target(name, target, scope),
            };
            exports.extend(made);
        }
        if let (Some(name), Some(runner)) = (scope.target, scope.plugins)
            && !self.program.project.targets.contains_key(name)
        {
            exports.push(self.by_undeclared_plugin(runner, name, scope)?);
        }
        Ok(exports)
    }

    /// What a target of a test makes of the first account that the project names.
    #[cfg(test)]
    pub(super) fn by(&self, target: &dyn Target) -> Option<Artifacts> {
        let scope = Scope::default();
        let mut sink = Sink::default();
        let (_, declared) = self.targets(scope).next()?;
        let part = self.part(declared, scope, language(target), &mut sink);
        let account = accounts(declared, scope).into_iter().next()?;
        Some(target::write(target, &self.job(&part, &account), &mut sink))
    }

    /// The ids that the accounts in scope need.
    pub(super) fn needs(&self, scope: Scope<'_>) -> Vec<AccountNeeds> {
        let mut all = Vec::new();
        for (name, declared) in self.targets(scope) {
            let Some(target) = target::find(&name.value) else {
                continue;
            };
            let dialect = language(target);
            let part = self.part(declared, scope, dialect, &mut Sink::default());
            for account in accounts(declared, scope) {
                let needs = target::needs(target, &self.job(&part, &account));
                all.push(AccountNeeds {
                    target: name.value.to_string(),
                    environment: account.name,
                    needs,
                });
            }
        }
        all
    }

    fn targets<'s>(
        &'s self,
        scope: Scope<'s>,
    ) -> impl Iterator<Item = (&'s Name, &'s model::Target)> {
        let all = self.program.project.targets.iter();
        all.filter(move |(name, _)| scope.target.is_none_or(|it| it == &*name.value))
    }

    fn by_target(&self, name: &Name, declared: &model::Target, scope: Scope<'_>) -> Vec<Export> {
        let Some(target) = target::find(&name.value) else {
            return Vec::new();
        };
        let mut findings = Sink::default();
        let part = self.part(declared, scope, language(target), &mut findings);
        let mut exports = vec![everywhere(name, declared, findings)];
        for account in accounts(declared, scope) {
            let mut findings = Sink::default();
            let artifacts = target::write(target, &self.job(&part, &account), &mut findings);
            exports.push(Export {
                target: name.value.to_string(),
                environment: Some(account.name),
                artifacts,
                findings,
            });
        }
        exports
    }

    fn by_plugin(
        &self,
        runner: &dyn Runner,
        name: &Name,
        declared: &model::Target,
        scope: Scope<'_>,
    ) -> Result<Vec<Export>, Trouble> {
        let described = plugin::describe(runner, &name.value)?;
        let mut findings = Sink::default();
        let part = self.part(declared, scope, described.dialect.map(apart), &mut findings);
        let mut exports = vec![everywhere(name, declared, findings)];
        for account in accounts(declared, scope) {
            exports.push(self.run(runner, (&name.value, Some(name.span)), &part, account)?);
        }
        Ok(exports)
    }

    fn by_undeclared_plugin(
        &self,
        runner: &dyn Runner,
        name: &str,
        scope: Scope<'_>,
    ) -> Result<Export, Trouble> {
        let described = plugin::describe(runner, name)?;
        let mut findings = Sink::default();
        let all = model::Target::default();
        let part = self.part(&all, scope, described.dialect.map(apart), &mut findings);
        let account = Account {
            name: UNDECLARED.to_owned(),
            ids: BTreeMap::new(),
            span: None,
        };
        let mut export = self.run(runner, (name, None), &part, account)?;
        export.findings.append(findings);
        Ok(export)
    }

    fn run(
        &self,
        runner: &dyn Runner,
        (name, span): (&str, Option<Span>),
        part: &Part<'_>,
        account: Account,
    ) -> Result<Export, Trouble> {
        let mut findings = Sink::default();
        let work = Work {
            name,
            manifest: &part.manifest,
            mails: &part.mails,
            account: &account,
            places: &self.places,
            span,
        };
        let artifacts = plugin::export(runner, &work, &mut findings)?;
        Ok(Export {
            target: name.to_owned(),
            environment: Some(account.name),
            artifacts,
            findings,
        })
    }

    fn job<'j>(&'j self, part: &'j Part<'_>, account: &'j Account) -> Job<'j> {
        Job {
            manifest: &part.manifest,
            mails: &part.mails,
            account,
            places: &self.places,
        }
    }

    /// The journeys in scope that go to a target, and their mails in its language.
    fn part(
        &self,
        declared: &model::Target,
        scope: Scope<'_>,
        language: Option<Language>,
        sink: &mut Sink,
    ) -> Part<'b> {
        let is_asked =
            |it: &str| scope.journeys.is_empty() || scope.journeys.iter().any(|j| j == it);
        let goes = |journey: &str| declared.takes(journey) && is_asked(journey);
        let mut manifest = Cow::Borrowed(self.manifest);
        if !self.manifest.journeys.iter().all(|it| goes(&it.name)) {
            let part = manifest.to_mut();
            part.journeys.retain(|it| goes(&it.name));
            part.schedule.retain(|it| goes(&it.journey));
        }
        let emails = each(self.program, self.messages, self.mails);
        let emails = emails.filter(|it| goes(it.step().0)).collect();
        let mails = match language {
            Some(language) => self.printed(language, emails, sink),
            None => unprinted(&emails),
        };
        Part { manifest, mails }
    }

    /// Mails in a provider's language.
    fn printed(&self, language: Language, emails: Vec<Email<'_>>, sink: &mut Sink) -> Mails {
        let printed = print_all(self.program, emails, language, sink).into_iter();
        let with_mail = printed.filter_map(|(email, printed)| {
            let printed = printed?;
            let of = |text: &str| text.to_owned();
            let mail = target::Mail {
                subject: of(&printed.subject.text),
                preheader: Some(of(&printed.preheader.text)).filter(|it| !it.is_empty()),
                html: of(&printed.html.text),
                text: of(&printed.text.text),
                variables: target::together([
                    &printed.subject.variables,
                    &printed.preheader.variables,
                    &printed.html.variables,
                    &printed.text.variables,
                ]),
            };
            Some((email.key(), Arc::new(mail)))
        });
        with_mail.collect()
    }
}

/// The language of a target that is built in.
fn language(target: &dyn Target) -> Option<Language> {
    let preheader = if target.provider().preheaders {
        Preheader::Apart
    } else {
        Preheader::Hidden
    };
    Some((dialect::find(target.dialect())?, preheader))
}

/// The language of a plug-in, which is told the preheader by itself.
fn apart(dialect: &'static dyn Dialect) -> Language {
    (dialect, Preheader::Apart)
}

/// Mails in the neutral form.
fn unprinted(emails: &[Email<'_>]) -> Mails {
    let mail = |email: &Email<'_>| {
        let mail = email.mail;
        let mail = target::Mail {
            subject: neutral(&mail.subject),
            preheader: Some(neutral(&mail.preheader)).filter(|it| !it.is_empty()),
            html: neutral(&mail.html),
            text: neutral(&mail.text),
            variables: Vec::new(),
        };
        (email.key(), Arc::new(mail))
    };
    emails.iter().map(mail).collect()
}

/// The accounts in scope.
fn accounts(declared: &model::Target, scope: Scope<'_>) -> Vec<Account> {
    let all = declared.environments.iter();
    let wanted = all.filter(|(name, _)| scope.environment.is_none_or(|it| it == &*name.value));
    wanted
        .map(|(name, it)| Account::of(&name.value, it, Some(name.span)))
        .collect()
}

/// What is found whatever the account.
fn everywhere(name: &Name, declared: &model::Target, mut findings: Sink) -> Export {
    if declared.environments.is_empty() {
        findings.push(no_environment(name, declared));
    }
    Export {
        target: name.value.to_string(),
        environment: None,
        artifacts: Artifacts::default(),
        findings,
    }
}

fn no_environment(name: &Name, declared: &model::Target) -> Diagnostic {
    let message = format!("`{}` has no environment to export to", name.value);
    let help = if declared.is_plugin() {
        format!(
            "name an account: `targets: {{{}: {{plugin: true, environments: {{prod: {{}}}}}}}}`",
            name.value
        )
    } else {
        format!(
            "name an account: `targets: {{{name}: {{environments: {{prod: {{}}}}}}}}`; \
             `journeyc export {name} --env prod --list-ids` then lists the ids that it needs",
            name = name.value
        )
    };
    Diagnostic::error(target::MISSING_ID, name.span, message)
        .help(help)
        .subject(&*name.value)
}
