use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::{phrases, said, spoken};
use crate::template::Part;

rule! {
    HouseStyle, id: "house-style", group: Message, level: Warning, docs: "house_style.md"
}

/// So many findings in one letter are enough.
const MOST: usize = 5;

impl Rule for HouseStyle {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(wording) = &cx.project().policy.wording else {
            return;
        };
        let mut found = Vec::new();
        for part in Part::ALL {
            let nodes = letter.nodes(part);
            let (lower, written) = (said(nodes), spoken(nodes));
            for banned in &wording.banned {
                if says(&lower, &written, &banned.value) {
                    found.push((part, banned, None));
                }
            }
            for (wrong, right) in &wording.replace {
                if says(&lower, &written, &wrong.value) {
                    found.push((part, wrong, Some(right)));
                }
            }
        }
        for (part, words, instead) in found.into_iter().take(MOST) {
            let help = match instead {
                Some(it) => format!("write \"{}\"", it.value),
                None => "say it in other words".to_owned(),
            };
            let place = cx.place_in_part(letter, part, &words.value);
            out.fail(place, format!("we do not write \"{}\"", words.value))
                .label(format!("in the {} of this mail", part.word()))
                .related(words.span, "the project says so here")
                .subject(format!("{} {}", part.word(), words.value))
                .why("they do not recognise the voice that they know from everywhere else")
                .help(help);
        }
    }
}

/// Whether a text says some words. Words with a capital only count with it: "Fern and finch" for "Fern &
/// Finch" is another mistake than "ios" for "iOS".
fn says(lower: &str, written: &str, words: &str) -> bool {
    let has_capital = words.chars().any(char::is_uppercase);
    let (text, words) = if has_capital {
        (written, words.to_owned())
    } else {
        (lower, words.to_lowercase())
    };
    let all = [words.as_str()];
    phrases(text, &all).next().is_some()
}
