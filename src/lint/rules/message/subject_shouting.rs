use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::readings;

rule! {
    SubjectShouting, id: "subject-shouting", group: Message, level: Warning, docs: "subject_shouting.md"
}

/// Words that are shouted where they are written in capitals; names and short forms are none.
const SHOUTS: [&str; 24] = [
    "FREE", "SALE", "NOW", "TODAY", "ONLY", "LAST", "CHANCE", "HURRY", "URGENT", "FINAL", "SAVE",
    "WIN", "BUY", "NEW", "GRATIS", "JETZT", "HEUTE", "NUR", "LETZTE", "CHANCE", "SOFORT",
    "DRINGEND", "NEU", "SPAREN",
];

/// Signs that mail programs use themselves to say that a mail is checked.
const BADGES: [char; 6] = ['✓', '✔', '✅', '☑', '🔒', '🛡'];

impl Rule for SubjectShouting {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let found = readings(&letter.mail.subject)
            .iter()
            .find_map(|it| shout(it));
        let Some(shout) = found else { return };
        let place = cx.place_in(letter.span(), &shout.words);
        out.fail(place, format!("the subject {}", shout.fault))
            .label("in this line")
            .subject(&*letter.template.name)
            .why("it shouts at people in a list of quiet letters, and filters count it")
            .help(shout.help);
    }
}

struct Shout {
    /// What is loud, as it is written.
    words: String,
    fault: &'static str,
    help: &'static str,
}

fn shout(line: &str) -> Option<Shout> {
    let found = |words: &str, fault, help| {
        Some(Shout {
            words: words.to_owned(),
            fault,
            help,
        })
    };
    let capitals = "write it as in a letter: capitals only where a name or sentence begins";
    let letters = line.chars().filter(|it| it.is_alphabetic());
    let (upper, all) = letters.fold((0, 0), |(upper, all), c| {
        (upper + usize::from(c.is_uppercase()), all + 1)
    });
    let long = |it: &&str| it.chars().filter(|c| c.is_alphabetic()).count() > 1;
    if all >= 8 && upper * 10 >= all * 9 && line.split_whitespace().filter(long).count() > 1 {
        return found(line, "is written in capitals", capitals);
    }
    let words = line.split(|c: char| !c.is_alphanumeric());
    if let Some(word) = words.into_iter().find(|it| SHOUTS.contains(it)) {
        return found(word, "shouts a word", capitals);
    }
    if let Some(marks) = marks(line) {
        return found(
            marks,
            "piles up marks",
            "one mark is enough, and a full stop is often better",
        );
    }
    if let Some(badge) = line.chars().find(|it| BADGES.contains(it)) {
        let fault = "wears a sign that looks like the mail program's own";
        return found(
            &badge.to_string(),
            fault,
            "leave the sign to the mail program",
        );
    }
    let emoji = emoji(line);
    if emoji.chars().filter(|it| is_emoji(*it)).count() > 2 {
        return found(emoji, "piles up emoji", "one emoji is enough");
    }
    None
}

/// The first run of exclamation and question marks that has several.
fn marks(line: &str) -> Option<&str> {
    let is_mark = |c: char| matches!(c, '!' | '?' | '\u{203c}' | '\u{2049}');
    let pieces = line.split(|c: char| !is_mark(c) && c != ' ');
    let marked = pieces.map(str::trim);
    let mut several = marked.filter(|it| it.chars().filter(|c| is_mark(*c)).count() > 1);
    several.next()
}

/// The longest run of emoji.
fn emoji(line: &str) -> &str {
    let joins = |c: char| matches!(c, ' ' | '\u{200d}' | '\u{fe0f}') || is_tone(c);
    let runs = line.split(|c: char| !is_emoji(c) && !joins(c));
    runs.max_by_key(|it| it.chars().filter(|c| is_emoji(*c)).count())
        .unwrap_or_default()
        .trim()
}

fn is_tone(c: char) -> bool {
    ('\u{1F3FB}'..='\u{1F3FF}').contains(&c)
}

fn is_emoji(c: char) -> bool {
    let blocks = [
        '\u{2600}'..='\u{27bf}',
        '\u{1f300}'..='\u{1f64f}',
        '\u{1f680}'..='\u{1f6ff}',
        '\u{1f900}'..='\u{1faff}',
    ];
    !is_tone(c) && blocks.iter().any(|it| it.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loud_lines_are_told_from_quiet_ones() {
        for (line, words) in [
            ("OUR SPRING SALE IS ON", Some("OUR SPRING SALE IS ON")),
            ("Everything is FREE today", Some("FREE")),
            ("Really?!", Some("?!")),
            ("Oh! ! And more", Some("! !")),
            ("✅ Your plants", Some("✅")),
            ("Spring 🌱🌷🌼", Some("🌱🌷🌼")),
            ("Your IBAN for ACME GmbH", None),
            ("What now? Water!", None),
            ("Spring 🌱 is here 🌷", None),
            ("BMW X5", None),
        ] {
            let found = shout(line);
            assert_eq!(found.as_ref().map(|it| &*it.words), words, "{line}");
        }
    }
}
