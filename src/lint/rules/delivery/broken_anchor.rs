use crate::lint::addresses::{Address, addresses};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::VALUE;

rule! {
    BrokenAnchor, id: "broken-anchor", group: Delivery, level: Error, docs: "broken_anchor.md"
}

/// Signs of a variable in another program's language, which we send as it stands.
const FOREIGN: [(&str, &str); 8] = [
    ("{{", "}}"),
    ("{%", "%}"),
    ("*|", "|*"),
    ("<%", "%>"),
    ("%%", "%%"),
    ("[[", "]]"),
    ("${", "}"),
    ("{$", "}"),
];

impl Rule for BrokenAnchor {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in addresses(letter) {
            let Some((message, help)) = fault(letter, &it) else {
                continue;
            };
            let words = it.element.text();
            let place = match &*it.text {
                "" | "#" if words.is_empty() => letter.span(),
                "" | "#" => cx.place_of(letter, &words),
                text => cx.place_of(letter, text),
            };
            out.fail(place, message)
                .label(if it.is_link {
                    "people click here"
                } else {
                    "loaded with the mail"
                })
                .subject(it.shown())
                .why(if it.is_link {
                    "whoever clicks gets an error, or nothing at all"
                } else {
                    "there is an empty frame where the picture belongs"
                })
                .help(help);
        }
    }
}

fn fault(letter: &Letter<'_>, it: &Address<'_>) -> Option<(String, String)> {
    let noun = if it.is_link { "link" } else { "picture" };
    let text = &*it.text;
    let words = it.element.text();
    let named = if words.is_empty() {
        String::new()
    } else {
        format!(" `{words}`")
    };
    if text.is_empty() {
        let help = format!("write where the {noun} is found, or remove it");
        return Some((format!("the {noun}{named} has no address"), help));
    }
    if text == "#" {
        let help = "write where the link leads: `#` was a placeholder".to_owned();
        return Some((format!("the link{named} leads nowhere"), help));
    }
    let foreign = |it: &&(&str, &str)| {
        text.find(it.0)
            .is_some_and(|at| text[at + 2..].contains(it.1))
    };
    if FOREIGN.iter().any(|it| foreign(&it)) {
        let help = "write `{{ links.unsubscribe }}`, `{{ contact.… }}` or `{{ event.… }}`; other languages stay as they are";
        return Some((
            format!(
                "the {noun} `{}` is a variable that nobody fills",
                it.shown()
            ),
            help.to_owned(),
        ));
    }
    if let Some(name) = text.strip_prefix('#').filter(|it| !it.contains(VALUE)) {
        let mut all = letter.tree().all();
        let is_there =
            all.any(|it| it.attribute("id") == Some(name) || it.attribute("name") == Some(name));
        let help = format!("write `id=\"{name}\"` at the place that is meant");
        return (!is_there).then(|| {
            (
                format!("the link leads to `#{name}`, which is not in the mail"),
                help,
            )
        });
    }
    match it.scheme().as_deref() {
        Some("mailto") => {
            let address = text[7..].split('?').next().unwrap_or_default();
            let holds =
                address.contains(['@', VALUE]) || (address.is_empty() && text.contains('?'));
            let help = "write `mailto:` and the whole address".to_owned();
            (!holds).then(|| {
                (
                    format!("the link `{}` names no mail address", it.shown()),
                    help,
                )
            })
        }
        Some("tel" | "sms") => {
            let number = text.split_once(':').map_or("", |it| it.1);
            let holds = number.contains(|c: char| c.is_ascii_digit() || c == VALUE);
            let help =
                "write the number with the code of the country: `tel:+441174960000`".to_owned();
            (!holds).then(|| (format!("the link `{}` names no number", it.shown()), help))
        }
        Some(_) => None,
        None if text.starts_with(VALUE) || text.contains("://") => None,
        None => {
            let help = "write the whole address, from `https://` on".to_owned();
            Some((
                format!("the {noun} `{}` is not a whole address", it.shown()),
                help,
            ))
        }
    }
}
