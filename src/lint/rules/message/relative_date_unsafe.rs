use crate::graph::{Bound, Elapsed, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::{Letter, SentBy};
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::{phrase, said};
use crate::model::WhenFull;

rule! {
    RelativeDateUnsafe, id: "relative-date-unsafe", group: Message, level: Warning,
    docs: "relative_date_unsafe.md"
}

/// Words that are true on one day only, by language, and what they may follow and then mean another
/// thing.
const WORDS: [(&str, &[&str], &[&str]); 2] = [
    (
        "en",
        &[
            "today",
            "tomorrow",
            "tonight",
            "this evening",
            "this morning",
            "last day",
        ],
        &["of today", "until today"],
    ),
    (
        "de",
        &["heute", "morgen", "heute abend", "letzter tag"],
        &["guten morgen", "am morgen", "jeden morgen", "bis heute"],
    ),
];

impl Rule for RelativeDateUnsafe {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let locale = &letter.template.locale;
        let Some((_, words, other)) = WORDS.iter().find(|(it, ..)| locale.starts_with(it)) else {
            return;
        };
        let mail = letter.mail;
        let parts = [&mail.subject, &mail.preheader, &mail.text];
        let found = parts.iter().find_map(|nodes| {
            let mut text = said(nodes);
            for it in *other {
                text = text.replace(it, " ");
            }
            phrase(&text, words)
        });
        let Some(word) = found else { return };
        let slip = letter.sent_by.iter().find_map(|it| slip(cx, it));
        let Some((by, slip)) = slip else { return };
        let message = format!("\"{word}\" may be wrong by the time it is read");
        let held = match slip {
            Bound::Finite(it) => format!("held back for up to {it}"),
            Bound::Endless => "held back for any time".to_owned(),
        };
        out.fail(cx.place_of(letter, word), message)
            .subject(word)
            .label(format!("{held} by send window, quiet hours or cap"))
            .related(by.send.id.span, format!("sent by `{}`", by.journey.name.value))
            .why("people come a day too late, or wait for something that was yesterday")
            .help("print the date itself, or let the message go out at once with `bypass_window: true`");
    }
}

/// How long policy may hold a message back, if it is so long that the day may change.
fn slip<'l>(cx: &LintContext<'_>, by: &SentBy<'l>) -> Option<(SentBy<'l>, Bound)> {
    let graph = cx.graph(by.journey);
    let own = |node: &crate::graph::Node<'_>| node.id() == Some(&*by.send.id.value);
    let (_, hold) = graph
        .nodes()
        .find(|(_, it)| own(it) && matches!(it.kind, NodeKind::Hold(_)))?;
    let NodeKind::Hold(hold) = hold.kind else {
        return None;
    };
    let hi = match hold.cap {
        Some(WhenFull::Queue) => Bound::Endless,
        _ => hold.both.elapsed().hi,
    };
    (hi > Bound::Finite(Elapsed::ZERO)).then_some((*by, hi))
}
