use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::language::Language;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::ways::lines;

rule! {
    HardToRead, id: "hard-to-read", group: Message, level: Note, docs: "hard_to_read.md",
    limit: Limit::Number(9.0, &[])
}

/// Shorter texts say nothing about how their author writes.
const WORDS: usize = 50;

/// A sentence of more words is named.
const LONG: usize = 30;

impl Rule for HardToRead {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(language) = Language::of(&letter.template.locale) else {
            return;
        };
        let lines = lines(&letter.mail.text);
        let sentences = sentences(&lines);
        let words = sentences.iter().map(Vec::len).sum::<usize>();
        if words < WORDS {
            return;
        }
        let grade = grade(language, &sentences);
        if grade <= cx.number(self.info()) {
            return;
        }
        let longest = sentences.iter().max_by_key(|it| it.len());
        let opening = longest.map(|it| it[..it.len().min(5)].join(" "));
        let opening = opening.unwrap_or_default();
        let length = longest.map_or(0, Vec::len);
        let help = if length > LONG {
            format!(
                "begin with the sentence \"{opening} …\": its {length} words are two or three sentences"
            )
        } else {
            "write shorter sentences and everyday words, and let people do things: \"we send\", not \"the sending of\"".to_owned()
        };
        out.fail(
            cx.place_of(letter, &opening),
            format!("this takes {grade:.0} years of school to read easily"),
        )
        .label("the longest sentence")
        .subject(&*letter.template.name)
        .why("people read on a phone, in a queue: what is hard to read is not read")
        .help(help);
    }
}

/// The sentences of a text as words: lines that end like one are prose; names, buttons and addresses are not.
fn sentences(lines: &[String]) -> Vec<Vec<&str>> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | ':');
    let prose = lines.iter().filter(|it| it.ends_with(ends));
    let split = prose.flat_map(|line| {
        let mut rest: &str = line;
        let mut parts = Vec::new();
        // A full stop in a number or an abbreviation has no space behind it, or a small letter.
        while let Some(at) = end_of_sentence(rest) {
            parts.push(&rest[..at]);
            rest = &rest[at..];
        }
        parts.push(rest);
        parts
    });
    let words = split.map(|it| {
        let words = it
            .split_whitespace()
            .map(|it| it.trim_matches(|c: char| !c.is_alphanumeric()));
        let is_word =
            |it: &&str| it.chars().any(char::is_alphabetic) && !it.contains(['/', '@', '·']);
        words.filter(is_word).collect::<Vec<_>>()
    });
    words.filter(|it| it.len() > 2).collect()
}

fn end_of_sentence(text: &str) -> Option<usize> {
    let mut found = text.match_indices(['.', '!', '?', ':']);
    found.find_map(|(at, _)| {
        let after = text[at + 1..].strip_prefix([' ', '"', '“', ')'])?;
        let begins = after.trim_start().chars().next()?;
        (begins.is_uppercase() || begins.is_ascii_digit()).then_some(at + 1)
    })
}

/// The grade of school for which a text is written: for English by Flesch and Kincaid, for German the
/// first formula of Vienna.
#[allow(clippy::cast_precision_loss, reason = "letters are short")]
fn grade(language: Language, sentences: &[Vec<&str>]) -> f64 {
    let words: Vec<&str> = sentences.iter().flatten().copied().collect();
    let count = words.len().max(1) as f64;
    let length = count / sentences.len().max(1) as f64;
    let syllables: Vec<usize> = words.iter().map(|it| syllables(language, it)).collect();
    match language {
        Language::English => {
            let all = syllables.iter().sum::<usize>() as f64;
            0.39 * length + 11.8 * all / count - 15.59
        }
        Language::German => {
            let share = |it: usize| 100.0 * it as f64 / count;
            let many = share(syllables.iter().filter(|it| **it >= 3).count());
            let one = share(syllables.iter().filter(|it| **it == 1).count());
            let long = share(words.iter().filter(|it| it.chars().count() > 6).count());
            0.1935 * many + 0.1672 * length + 0.1297 * long - 0.0327 * one - 0.875
        }
    }
}

/// Groups of vowels; in English a silent `e` at the end is none.
fn syllables(language: Language, word: &str) -> usize {
    let word = word.to_lowercase();
    let is_vowel = |c: char| "aeiouyäöüáéèó".contains(c);
    let mut count = 0;
    let mut before = false;
    for c in word.chars() {
        let vowel = is_vowel(c);
        count += usize::from(vowel && !before);
        before = vowel;
    }
    let is_silent = language == Language::English
        && word.ends_with('e')
        && !word.ends_with("le")
        && count > 1
        && !word.ends_with("ee");
    (count - usize::from(is_silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_and_hard_texts_are_told_apart() {
        let easy = [
            "We pack your plants. You get them on Friday. If one is sad, write to us.".to_owned(),
        ];
        let hard = ["Notwithstanding the aforementioned considerations regarding availability, \
            international fulfilment necessitates additional administrative verification procedures."
            .to_owned()];
        let grade_of = |it: &[String]| grade(Language::English, &sentences(it));
        assert!(grade_of(&easy) < 4.0, "{}", grade_of(&easy));
        assert!(grade_of(&hard) > 15.0, "{}", grade_of(&hard));
        let easy = ["Wir packen Ihre Pflanzen. Am Freitag sind sie bei Ihnen.".to_owned()];
        let hard = [
            "Die Inanspruchnahme der Gewährleistung setzt die Übermittlung sämtlicher \
            Lieferunterlagen innerhalb angemessener Fristen voraus."
                .to_owned(),
        ];
        let grade_of = |it: &[String]| grade(Language::German, &sentences(it));
        assert!(grade_of(&easy) < 6.0, "{}", grade_of(&easy));
        assert!(grade_of(&hard) > 12.0, "{}", grade_of(&hard));
    }

    #[test]
    fn numbers_and_buttons_are_no_sentences() {
        let lines = [
            "See your order".to_owned(),
            "It costs 4.50 in all. Bye for now then.".to_owned(),
        ];
        let found = sentences(&lines);
        assert_eq!(
            found,
            [
                vec!["It", "costs", "in", "all"],
                vec!["Bye", "for", "now", "then"]
            ]
        );
    }
}
