use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::{Class, Purpose};

rule! {
    DeceptiveSubject, id: "deceptive-subject", group: Consent, level: Error, docs: "deceptive_subject.md"
}

/// What mail programs write before the subject of an answer or of something passed on.
const ANSWERS: [&str; 8] = ["re:", "aw:", "antw:", "fw:", "fwd:", "wg:", "sv:", "tr:"];

/// What numbers of cases are called.
const CASES: [&str; 4] = ["ticket", "case", "fall", "vorgang"];

/// What stands between the name and the number. A year has none of these: "Fall 2026".
const SIGNS: [&str; 6] = ["#", ":", "no.", "nr.", "id", "number"];

impl Rule for DeceptiveSubject {
    fn check_letter(&self, _cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let subject = letter.said_subject();
        let found = if let Some(it) = ANSWERS.iter().find(|it| begins_with(subject, it)) {
            // Who wrote to us gets an answer that may look like one.
            let is_answer =
                |purpose| matches!(purpose, Purpose::Acknowledgement | Purpose::Apology);
            let all = letter.sent_by.iter();
            let mut others = all.filter(|by| !by.send.purpose.values().any(is_answer));
            others
                .next()
                .map(|by| (by, format!("`{it}` says that this is an answer")))
        } else if let Some(it) = made_up_case(subject) {
            let mut all = letter.sent_by.iter();
            let by = all.find(|it| it.class() == Class::Commercial);
            by.map(|by| (by, format!("\"{it}\" is the same for everybody")))
        } else {
            None
        };
        let Some((by, label)) = found else {
            return;
        };
        out.fail(letter.span(), "the subject pretends to be part of a conversation")
            .label(label)
            .related(by.send.id.span, "starts by itself")
            .subject(&*letter.template.name)
            .why("people open it in alarm, find that nobody had written to them, and never trust the sender again")
            .help("say in the subject what is inside");
    }
}

/// Whether it stands at the beginning as a word of its own: "Re:set your week" is none.
fn begins_with(subject: &str, answer: &str) -> bool {
    let rest = subject.strip_prefix(answer);
    rest.is_some_and(|it| it.is_empty() || it.starts_with([' ', '·']))
}

/// A case number that the template itself holds: nobody's own.
fn made_up_case(subject: &str) -> Option<String> {
    for name in CASES {
        for (at, _) in subject.match_indices(name) {
            if subject[..at].ends_with(char::is_alphanumeric) {
                continue;
            }
            let rest = &subject[at + name.len()..];
            let number = rest.find(|c: char| c.is_ascii_digit());
            let (between, number) = rest.split_at(number.unwrap_or(rest.len()));
            let is_sign = SIGNS.iter().any(|it| between.contains(it));
            let digits = number.chars().take_while(char::is_ascii_digit).count();
            if is_sign && between.len() < 12 && digits >= 4 {
                return Some(format!("{name}{between}{}", &number[..digits]));
            }
        }
    }
    None
}
