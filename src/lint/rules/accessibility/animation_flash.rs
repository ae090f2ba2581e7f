use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::{Declaration, Element, Tree};

rule! {
    AnimationFlash, id: "animation-flash", group: Accessibility, level: Warning, docs: "animation_flash.md"
}

/// Whatever flashes more often than three times in a second may bring on a seizure.
const FASTEST: f64 = 1.0 / 3.0;
/// What moves for longer must be possible to stop.
const LONGEST: f64 = 5.0;

impl Rule for AnimationFlash {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let tree = letter.tree();
        let blinks = tree.named(&["blink", "marquee"]).find(|it| !it.is_hidden());
        if let Some(it) = blinks {
            let spelled = format!("<{}", it.name());
            out.fail(
                cx.place_of_any(letter, &[&spelled, &it.text()]),
                format!("`<{}>` never stands still", it.name()),
            )
            .subject(it.name())
            .why("people who are easily distracted or dizzy cannot read the rest of the mail")
            .help("let the words stand, and make them bold if they matter");
        }
        let Some((fault, declaration)) = moving(tree) else {
            return;
        };
        let Declaration { name, value, .. } = declaration;
        let spelled = [
            format!("{name}: {value}"),
            format!("{name}:{value}"),
            value.clone(),
        ];
        let place = cx.place_of_any(letter, &spelled.each_ref().map(String::as_str));
        let (message, why, help) = match fault {
            Fault::Fast => (
                "an animation flashes more than three times a second",
                "it can bring on a seizure",
                "let one turn of the animation take half a second or more",
            ),
            Fault::Endless => (
                "an animation moves on for more than five seconds",
                "nobody can stop it, and some can read nothing while it moves",
                "let it end, or stop it in `@media (prefers-reduced-motion: reduce)`",
            ),
        };
        out.fail(place, message)
            .subject(value.clone())
            .label(format!("`{name}: {value}`"))
            .why(why)
            .help(help);
    }
}

enum Fault {
    Fast,
    Endless,
}

/// The first animation that hurts.
fn moving(tree: &Tree) -> Option<(Fault, &Declaration)> {
    let can_be_stopped = tree
        .sheets()
        .iter()
        .any(|it| it.contains("prefers-reduced-motion"));
    let sheets = tree.rules().iter().flat_map(|it| &it.declarations);
    let inline = tree.all().flat_map(Element::inline_all);
    sheets.chain(inline).find_map(|it| {
        let name = it.name.strip_prefix("-webkit-").unwrap_or(&it.name);
        if name != "animation" {
            return None;
        }
        // With several animations in one declaration each counts.
        it.value.split(',').find_map(|one| {
            let (turn, times) = turns(one)?;
            if turn < FASTEST && times > 3.0 {
                return Some((Fault::Fast, it));
            }
            (turn * times > LONGEST && !can_be_stopped).then_some((Fault::Endless, it))
        })
    })
}

/// How many seconds one turn of an animation takes, and how often it turns.
fn turns(animation: &str) -> Option<(f64, f64)> {
    let mut turn = None;
    let mut times = 1.0;
    for word in animation.split_whitespace() {
        let seconds = match word.strip_suffix("ms") {
            Some(it) => it.parse::<f64>().ok().map(|it| it / 1000.0),
            None => word.strip_suffix('s').and_then(|it| it.parse().ok()),
        };
        // The second time is a delay.
        turn = turn.or(seconds);
        match word {
            "infinite" => times = f64::INFINITY,
            _ => times = word.parse().unwrap_or(times),
        }
    }
    turn.filter(|it| *it > 0.0).map(|it| (it, times))
}
