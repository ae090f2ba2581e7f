use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::pitch::wants_money;
use crate::lint::rule::{Rule, rule};
use crate::model::{Journey, Purpose};

rule! {
    WowIsAPitch, id: "wow-is-a-pitch", group: Relationship, level: Warning, docs: "wow_is_a_pitch.md",
}

impl Rule for WowIsAPitch {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let wows = journey.sends().filter(|it| it.purpose.has(Purpose::Wow));
        for send in wows.filter(|it| it.gift != Some(true)) {
            let id = &send.id.value;
            let declared = send.purpose.0.iter().find(|it| wants_money(it.value));
            let written = cx
                .letters_of(send)
                .find_map(|it| Some((it.span(), it.pitch()?)));
            let (place, text) = match (declared, written) {
                (Some(it), _) => (
                    it.span,
                    format!("the purpose `{}` is selling", it.value.word()),
                ),
                (None, Some((place, words))) => (place, format!("the letter says `{words}`")),
                (None, None) => continue,
            };
            out.fail(send.id.span, format!("`{id}` is meant to delight, and sells"))
                .label("the purpose `wow`")
                .related(place, text)
                .why("a present with a price tag is an advertisement, and this was the one chance to surprise")
                .help(
                    "leave the offer out and give help, a story or a present; a voucher without a minimum \
                     is a present: `gift: true`",
                );
        }
    }
}
