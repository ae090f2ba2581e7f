use std::collections::BTreeSet;

use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::Purpose;
use crate::template::Part;

rule! {
    VariableWithoutFallback, id: "variable-without-fallback", group: Message, level: Warning,
    docs: "variable_without_fallback.md"
}

impl Rule for VariableWithoutFallback {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let says_what_next = letter.sent_by.iter().any(|it| {
            let purposes = it.send.purpose.0.iter();
            purposes
                .map(|it| it.value)
                .any(|it| it == Purpose::NextSteps)
        });
        let mut told = BTreeSet::new();
        for it in letter.used() {
            let own = &it.own;
            if !own.printed || !own.nullable || own.covered || !told.insert(own.span) {
                continue;
            }
            // A code out of a pool is another rule's.
            if it.property.is_some_and(|it| it.coupon) {
                continue;
            }
            let in_line = matches!(own.part, Part::Subject | Part::Preheader);
            let grave = in_line || says_what_next;
            out.fail(own.span, format!("`{}` is printed and may be missing", own.path))
                    .subject(&*own.path)
                    .level(if grave { Level::Error } else { Level::Warning })
                    .label("prints nothing where nothing is known")
                    .why(if in_line {
                        "the subject line has a hole in it, or the provider does not send the mail at all"
                    } else {
                        "the sentence has a hole in it, and some providers do not send the mail at all"
                    })
                    .help(format!(
                        "say what stands there instead: `{{{{ {} | default(\"…\") }}}}`, or put the sentence into an `if`",
                        own.path.replace("[]", "")
                    ));
        }
    }
}
