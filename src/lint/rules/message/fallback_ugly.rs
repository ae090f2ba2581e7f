use std::collections::BTreeSet;

use serde_json::Value;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::template::ir::Node;
use crate::template::{Part, Sample, Spelling, evaluate};

rule! {
    FallbackUgly, id: "fallback-ugly", group: Message, level: Warning, docs: "fallback_ugly.md"
}

/// What only a hole leaves behind: a mark that follows a space or an opening bracket.
const HOLES: [&str; 12] = [
    " ,", " !", " ?", " ;", "( )", "()", "\"\"", "„“", "“”", "<>", "[]", "''",
];

/// Words of machines that no template says on purpose.
const WORDS: [&str; 5] = ["null", "none", "undefined", "nan", "n/a"];

impl Rule for FallbackUgly {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(by) = letter.sent_by.first() else {
            return;
        };
        let event = &*by.journey.trigger.event.value;
        let full = cx.project().sample(event, 0);
        let mail = letter.mail;
        let parts: [(Part, &[Node]); 3] = [
            (Part::Subject, &mail.subject),
            (Part::Preheader, &mail.preheader),
            (Part::Body, &mail.text),
        ];
        let mut told = BTreeSet::new();
        for it in letter.used() {
            let own = &it.own;
            // Without a fallback the hole is another rule's; entries of lists have no sample of their own.
            if !own.printed || !own.nullable || !own.covered || own.path.contains("[]") {
                continue;
            }
            let Some((_, nodes)) = parts.iter().find(|(part, _)| *part == own.part) else {
                continue;
            };
            if !told.insert((own.part, own.path.clone())) {
                continue;
            }
            let Some(empty) = without(&full, &own.path) else {
                continue;
            };
            let (with, without) = (printed(nodes, &full), printed(nodes, &empty));
            if let Some(line) = ugly(&with, &without) {
                out.fail(own.span, format!("without `{}` this reads badly", own.path))
                    .subject(format!("{:?} {}", own.part, own.path).to_lowercase())
                    .label(format!("then people read \"{line}\""))
                    .why("they see the form behind the letter, and that we do not know who they are")
                    .help("choose a fallback that fits the sentence, or put punctuation into the `if` as well");
            }
        }
    }
}

fn printed(nodes: &[Node], sample: &Value) -> String {
    let sample = Sample {
        contact: sample["contact"].clone(),
        event: sample["event"].clone(),
        ..Sample::default()
    };
    evaluate(nodes, &sample, Spelling::default())
}

/// The sample with one value taken away; nothing where the path leads nowhere.
fn without(sample: &Value, path: &str) -> Option<Value> {
    let mut sample = sample.clone();
    let pointer = format!("/{}", path.replace('.', "/"));
    *sample.pointer_mut(&pointer)? = Value::Null;
    Some(sample)
}

/// The first line that is ugly only without the value, cut to what a terminal shows.
fn ugly(with: &str, without: &str) -> Option<String> {
    let before: BTreeSet<&str> = with.lines().map(str::trim).collect();
    let lines = without.lines().map(str::trim);
    let line = lines
        .filter(|it| !before.contains(it))
        .find(|it| is_ugly(it))?;
    Some(line.chars().take(48).collect())
}

fn is_ugly(line: &str) -> bool {
    let small = line.to_lowercase();
    let mut words = small.split(|c: char| !c.is_alphanumeric() && c != '/');
    let begins_badly = line.starts_with([',', '!', '?', ';', ':']);
    begins_badly || HOLES.iter().any(|it| line.contains(it)) || words.any(|it| WORDS.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_seen_and_good_sentences_are_not() {
        for line in [
            "Hi , your order",
            "Dear null",
            "Hello!  ( )",
            ", how is it going?",
        ] {
            assert!(is_ugly(line), "{line}");
        }
        for line in [
            "Hi there, your order",
            "Nonetheless, hello",
            "How is it going?",
        ] {
            assert!(!is_ugly(line), "{line}");
        }
    }
}
