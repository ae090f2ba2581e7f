use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::{readings, words};

rule! {
    PreheaderRepeatsSubject, id: "preheader-repeats-subject", group: Message, level: Warning,
    docs: "preheader_repeats_subject.md"
}

impl Rule for PreheaderRepeatsSubject {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let subjects = readings(&letter.mail.subject);
        let preheaders = readings(&letter.mail.preheader);
        // Choices of both fall alike, and which ones is not known: what nobody can read is no fault.
        let every = preheaders
            .iter()
            .all(|it| subjects.iter().any(|subject| repeats(it, subject)));
        if preheaders.is_empty() || !every {
            return;
        }
        out.fail(
            letter.preheader_span(),
            "the preheader says the subject again",
        )
        .label("the same words")
        .related(letter.span(), "the subject")
        .subject(&*letter.template.name)
        .why("people read the same line twice, and learn nothing from the second")
        .help("go on where the subject ends: what is inside, and what for");
    }
}

/// Whether nearly all words of one line stand in the other.
fn repeats(preheader: &str, subject: &str) -> bool {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (words(preheader).collect(), words(subject).collect());
    let both = a.intersection(&b).count();
    !a.is_empty() && both * 5 >= a.len() * 4
}

#[cfg(test)]
mod tests {
    use super::repeats;

    #[test]
    fn a_repetition_is_told_from_a_continuation() {
        let subject = "Your order is on its way";
        assert!(repeats("Your order is on its way!", subject));
        assert!(repeats("Your order is now on its way", subject));
        assert!(!repeats("Your order travels by train this time", subject));
        assert!(!repeats("Follow it on its way to your door", subject));
        assert!(!repeats("", subject));
    }
}
