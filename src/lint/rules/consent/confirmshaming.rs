use crate::lint::commercial::is_advert;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::Purpose;

rule! {
    Confirmshaming, id: "confirmshaming", group: Consent, level: Warning, docs: "confirmshaming.md"
}

/// How a no begins.
const NO: [&str; 6] = [
    "no thanks, ",
    "no thank you, ",
    "no, ",
    "nein danke, ",
    "nein, danke, ",
    "nein, ",
];

/// What is put into the mouth of the person who says it.
const SHAME: [&str; 22] = [
    "i hate",
    "i don't want to save",
    "i don't like saving",
    "i don't like to save",
    "i don't want better",
    "i'd rather pay",
    "i would rather pay",
    "i prefer to pay",
    "i'll pay full price",
    "i prefer paying",
    "i don't care about",
    "i'm not interested in saving",
    "i'd rather miss",
    "i like paying",
    "i'll stay uninformed",
    "let me suffer",
    "ich zahle lieber",
    "ich verzichte auf",
    "ich will nicht sparen",
    "ich möchte nicht sparen",
    "ich hasse",
    "ich bezahle gern",
];

impl Rule for Confirmshaming {
    fn check_letter(&self, _cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let asks = letter.sent_by.iter().any(|it| {
            is_advert(it.journey, it.send) || it.send.purpose.has(Purpose::ConsentRequest)
        });
        if !asks {
            return;
        }
        let text = letter.said_text();
        let shame = NO.iter().find_map(|no| {
            text.match_indices(no).find_map(|(at, _)| {
                let rest = &text[at + no.len()..];
                SHAME.iter().find(|it| rest.starts_with(**it))
            })
        });
        let Some(shame) = shame else {
            return;
        };
        let name = &letter.template.name;
        out.fail(
            letter.span(),
            format!("`{name}` makes people feel bad for saying no"),
        )
        .label(format!("the way out says \"{shame}…\""))
        .subject(&**name)
        .why("who says no is made to call themselves a fool, and remembers who made them do it")
        .help("write a plain no: \"No, thank you\"");
    }
}
