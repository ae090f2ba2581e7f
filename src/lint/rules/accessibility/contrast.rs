use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Colour, Element, Look, Paint, Tree, View};

rule! {
    Contrast, id: "contrast", group: Accessibility, level: Warning, docs: "contrast.md",
    limit: Limit::Number(4.5, &[])
}

/// What large letters need of what others need: 3 of 4.5.
const LARGE: f64 = 2.0 / 3.0;
/// What is asked of colours that a mail program has turned by itself; large letters are not looked at.
const TURNED: f64 = 3.0;
/// What mail programs put behind a mail in the dark where it leaves that to them.
const NIGHT: u32 = 0x001e_1e1e;

impl Rule for Contrast {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let tree = letter.tree();
        let least = cx.number(self.info());
        let dark = Dark::of(tree);
        let mut told = BTreeSet::new();
        for element in tree
            .all()
            .filter(|it| !it.is_hidden() && it.has_own_words())
        {
            let Some(fault) = fault(element, dark, least) else {
                continue;
            };
            if told.insert(fault.message()) {
                report(cx, letter, element, &fault, out);
            }
        }
    }
}

/// What a mail has to do with the dark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dark {
    /// Nothing: programs turn it, or leave it alone.
    No,
    /// It has dark colours of its own for programs that ask.
    Asked,
    /// It says that it can be shown in the dark: programs put their own dark colours wherever it
    /// declares none.
    Ready,
}

impl Dark {
    fn of(tree: &Tree) -> Self {
        let says = |value: &str| value.to_ascii_lowercase().contains("dark");
        let meta = tree.named(&["meta"]).any(|it| {
            let name = it.attribute("name").unwrap_or_default();
            matches!(name, "color-scheme" | "supported-color-schemes")
                && it.attribute("content").is_some_and(says)
        });
        let is_scheme = |name: &str| matches!(name, "color-scheme" | "supported-color-schemes");
        let mut declared = tree.rules().iter().flat_map(|it| &it.declarations);
        let media = |it: &str| it.contains("prefers-color-scheme") && says(it);
        if meta || declared.any(|it| is_scheme(&it.name) && says(&it.value)) {
            Self::Ready
        } else if tree
            .rules()
            .iter()
            .any(|it| it.media.as_deref().is_some_and(media))
        {
            Self::Asked
        } else {
            Self::No
        }
    }
}

/// Words that are hard to tell from what is behind them.
struct Fault {
    pair: Pair,
    kind: Kind,
    needs: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Light,
    /// In colours that a program has turned.
    Turned,
    /// In the mail's own dark colours and those of the program.
    Dark,
}

struct Pair {
    text: Colour,
    behind: Colour,
    /// Whether the mail declares the colour of the words, and what is behind them.
    declares: [bool; 2],
}

impl Pair {
    fn of(look: &Look, text: Colour, behind: Colour) -> Option<Self> {
        let own = |paint, otherwise| match paint {
            Paint::Known(it) => Some((it, true)),
            Paint::Default => Some((otherwise, false)),
            Paint::Unknown => None,
        };
        let (behind, behind_declared) = own(look.background, behind)?;
        let (text, text_declared) = own(look.colour, text)?;
        (text_declared || behind_declared).then(|| Self {
            text: text.over(behind),
            behind,
            declares: [text_declared, behind_declared],
        })
    }

    fn contrast(&self) -> f64 {
        self.text.contrast(self.behind)
    }
}

impl Fault {
    fn message(&self) -> String {
        let Pair { text, behind, .. } = &self.pair;
        let when = match self.kind {
            Kind::Light => "",
            Kind::Turned => "turned dark, ",
            Kind::Dark => "in the dark, ",
        };
        format!("{when}`{text}` on `{behind}` is hard to read")
    }
}

fn fault(element: Element<'_>, dark: Dark, least: f64) -> Option<Fault> {
    let look = element.look(View::Light);
    let needs = if look.is_large() {
        least * LARGE
    } else {
        least
    };
    let found = |pair: Pair, kind, needs: f64| {
        // Published ratios are cut off after two places, and designers go by those.
        (pair.contrast() + 0.005 < needs).then_some(Fault { pair, kind, needs })
    };
    let light = Pair::of(look, Colour::BLACK, Colour::WHITE)?;
    let turned = Pair {
        text: light.text.turned(),
        behind: light.behind.turned(),
        ..light
    };
    if let Some(it) = found(light, Kind::Light, needs) {
        return Some(it);
    }
    if !look.is_large()
        && let Some(it) = found(turned, Kind::Turned, TURNED)
    {
        return Some(it);
    }
    let look = element.look(View::Dark);
    let own = match dark {
        Dark::No => return None,
        _ if look.hidden => return None,
        Dark::Asked => Pair::of(look, Colour::BLACK, Colour::WHITE),
        Dark::Ready => Pair::of(look, Colour::WHITE, Colour::of(NIGHT)),
    };
    let needs = if look.is_large() {
        least * LARGE
    } else {
        least
    };
    found(own?, Kind::Dark, needs)
}

fn report(
    cx: &LintContext<'_>,
    letter: &Letter<'_>,
    element: Element<'_>,
    fault: &Fault,
    out: &mut Findings,
) {
    let light = element.look(View::Light);
    let written = |paint| match paint {
        Paint::Known(it) if fault.kind != Kind::Dark => format!("{it}"),
        _ => String::new(),
    };
    let words = element.own_text();
    let spelled = [written(light.colour), words, written(light.background)];
    let place = cx.place_of_any(letter, &spelled.each_ref().map(String::as_str));
    let help = match (fault.kind, fault.pair.declares) {
        (_, [true, false]) => "declare the background together with the colour of the words",
        (_, [false, true]) => "declare the colour of the words together with the background",
        (Kind::Light, _) => {
            "make the words darker or the background lighter, or the other way round"
        }
        (Kind::Turned, _) => "choose colours that lie further apart in lightness",
        (Kind::Dark, _) => "give both a dark colour in `@media (prefers-color-scheme: dark)`",
    };
    let why = match fault.kind {
        Kind::Light => "people with weak eyes cannot read it, and nobody can in the sun",
        Kind::Turned => {
            "Outlook and Gmail turn colours by themselves in the dark, and these end up too close"
        }
        Kind::Dark => "whoever reads mail in the dark sees nothing here",
    };
    let contrast = fault.pair.contrast();
    out.fail(place, fault.message())
        .subject(fault.message())
        .label(format!(
            "contrast {contrast:.1}, where {:.1} is needed",
            fault.needs
        ))
        .why(why)
        .help(help);
}
