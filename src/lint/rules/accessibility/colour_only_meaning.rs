use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::phrase;

rule! {
    ColourOnlyMeaning, id: "colour-only-meaning", group: Accessibility, level: Note,
    docs: "colour_only_meaning.md"
}

/// How a language points at something by its colour: colours, what is pointed at, what is done to it.
struct Words {
    locale: &'static str,
    colours: &'static [&'static str],
    /// With the colour before them.
    things: &'static [&'static str],
    /// With the colour behind them.
    before: &'static [&'static str],
    /// With the colour before them.
    after: &'static [&'static str],
}

const WORDS: [Words; 2] = [
    Words {
        locale: "en",
        colours: &[
            "red", "green", "blue", "yellow", "orange", "grey", "gray", "amber",
        ],
        things: &[
            "button", "link", "text", "row", "rows", "field", "banner", "words",
        ],
        before: &[
            "marked",
            "marked in",
            "highlighted in",
            "shown in",
            "coloured",
            "coloured in",
            "colored",
        ],
        after: &[],
    },
    Words {
        locale: "de",
        colours: &[
            "rot", "rote", "roten", "grün", "grüne", "grünen", "blau", "blaue", "blauen", "gelb",
            "gelbe", "gelben", "orange", "grau", "graue", "grauen",
        ],
        things: &[
            "knopf",
            "button",
            "schaltfläche",
            "link",
            "zeile",
            "zeilen",
            "feld",
            "schrift",
        ],
        before: &[],
        after: &[
            "markiert",
            "markierten",
            "hinterlegt",
            "hinterlegten",
            "hervorgehoben",
            "gekennzeichnet",
        ],
    },
];

impl Rule for ColourOnlyMeaning {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let locale = &letter.template.locale;
        let Some(words) = WORDS.iter().find(|it| locale.starts_with(it.locale)) else {
            return;
        };
        let said = letter.said_text();
        let named = words
            .colours
            .iter()
            .filter(|it| phrase(said, &[it]).is_some());
        let mut phrases = named.flat_map(|colour| {
            let things = words.things.iter().chain(words.after);
            let things = things.map(move |it| format!("{colour} {it}"));
            let before = words.before.iter();
            things.chain(before.map(move |it| format!("{it} {colour}")))
        });
        let Some(found) = phrases.find(|it| phrase(said, &[it]).is_some()) else {
            return;
        };
        out.fail(cx.place_of(letter, &found), format!("\"{found}\" means something only to those who see colours"))
            .subject(found)
            .label("pointed at by its colour alone")
            .why("one man in twelve cannot tell red from green, and in the dark mail programs change colours")
            .help("say what is written on it, or where it stands: \"the button `Pay now`\"");
    }
}
