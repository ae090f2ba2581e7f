use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::extent::extent;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};

rule! {
    SubjectTooLong, id: "subject-too-long", group: Message, level: Warning, docs: "subject_too_long.md",
    limit: Limit::Number(50.0, &[])
}

/// No mail program shows so much.
const HOPELESS: usize = 150;

impl Rule for SubjectTooLong {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_wrap,
        reason = "lengths of lines are small"
    )]
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let most = extent(cx.project(), letter, &letter.mail.subject).most;
        let limit = cx.number(self.info());
        if most as f64 <= limit {
            return;
        }
        let level = if most > HOPELESS {
            Level::Error
        } else {
            Level::Warning
        };
        out.fail(
            letter.span(),
            format!("the subject may take {most} characters"),
        )
        .level(level)
        .label(format!("more than {limit}, at worst"))
        .subject(&*letter.template.name)
        .measure(most as i64)
        .why("a phone cuts it off after about 40 characters, and what matters may stand behind")
        .help("say the one thing that matters first, and leave the rest to the preheader");
    }
}
