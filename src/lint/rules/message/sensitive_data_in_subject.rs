use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::template::Part;

rule! {
    SensitiveDataInSubject, id: "sensitive-data-in-subject", group: Message, level: Error,
    docs: "sensitive_data_in_subject.md"
}

impl Rule for SensitiveDataInSubject {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let template = letter.template;
        let is_plain = |it: &[crate::template::ir::Node]| {
            it.iter()
                .all(|it| matches!(it, crate::template::ir::Node::Text(_)))
        };
        if is_plain(&template.subject) && is_plain(&template.preheader) {
            return;
        }
        let mut told = BTreeSet::new();
        for it in letter.used() {
            let part = match it.own.part {
                Part::Subject => "subject",
                Part::Preheader => "preheader",
                Part::Body => continue,
            };
            if !it.property.is_some_and(|it| it.sensitive) || !told.insert(it.own.path.clone()) {
                continue;
            }
            let path = &it.own.path;
            let (message, label) = if it.own.printed {
                (
                    format!("the {part} shows `{path}`"),
                    "can be read on a locked phone",
                )
            } else {
                (
                    format!("the {part} gives away `{path}`"),
                    "the words depend on it",
                )
            };
            out.fail(it.own.span, message)
                .label(label)
                .subject(&**path)
                .why("the telephone on the table shows it to everybody in the room")
                .help("say it in the mail itself, and keep the subject and preheader free of it");
        }
    }
}
