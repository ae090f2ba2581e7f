use crate::lint::commercial::{Advert, adverts};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{Channel, Condition, ExprKind, Journey, Jurisdiction, Step, Steps};

rule! {
    ConsentPerChannel, id: "consent-per-channel", group: Consent, level: Error, docs: "consent_per_channel.md"
}

/// Where every channel needs a yes of its own.
const LAWS: [Jurisdiction; 4] = [
    Jurisdiction::Uk,
    Jurisdiction::Eu,
    Jurisdiction::Us,
    Jurisdiction::Ca,
];

impl Rule for ConsentPerChannel {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let adverts = adverts(journey);
        let channels = journey.consent.as_ref().map_or(&[][..], |it| &it.channels);
        let agreed = |advert: &&Advert<'_>| channels.iter().any(|it| it.value == advert.channel);
        if channels.is_empty() {
            let Some(text) = adverts.iter().find(|it| it.channel == Channel::Sms) else {
                return;
            };
            if has_asked(journey) {
                return;
            }
            let message = format!(
                "`{}` is a text message, and nobody says who agreed to those",
                text.id.value
            );
            out.undecided(
                text.id.span,
                message,
                "`consent: {channels: [email, sms]}`: the channels that people agreed to",
            )
            .level(cx.legal(journey, &LAWS))
            .why("who agreed to letters has not agreed to a phone that buzzes")
            .help("say it in the journey, or send it only `if` an attribute says that they agreed");
            return;
        }
        let Some(advert) = adverts.iter().find(|it| !agreed(it)) else {
            return;
        };
        let word = advert.channel.word();
        let finding = out
            .fail(advert.id.span, format!("`{}` uses a channel that nobody agreed to", advert.id.value))
            .level(cx.legal(journey, &LAWS))
            .label(format!("goes out by {word}"))
            .why("who agreed to one channel has not agreed to another, and least of all to one that buzzes")
            .help(format!("ask people for {word} as well, or use a channel that they agreed to"));
        if let Some(it) = channels.first() {
            finding.related(it.span, "these are the channels that they agreed to");
        }
    }
}

/// Whether each commercial text message is behind a condition that reads something of the person about
/// text messages or telephones.
fn has_asked(journey: &Journey) -> bool {
    let trigger = journey.trigger.filter.as_ref();
    trigger.is_some_and(is_about_texts) || are_asked(&journey.steps, false)
}

fn are_asked(steps: &Steps, asked: bool) -> bool {
    steps.iter().all(|step| match &step.value {
        Step::Touch(it) if it.channel == Channel::Sms => {
            let own = [&it.only_if, &it.unless];
            asked || own.into_iter().flatten().any(is_about_texts)
        }
        Step::Branch(it) => {
            let ways = it.when.iter();
            let mut ways = ways.map(|way| (&way.steps, asked || is_about_texts(&way.condition)));
            ways.all(|(steps, asked)| are_asked(steps, asked))
                && it.otherwise.iter().all(|it| are_asked(it, asked))
        }
        it => it.inner().into_iter().all(|it| are_asked(it, asked)),
    })
}

fn is_about_texts(condition: &Condition) -> bool {
    let mut found = false;
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| {
            if let ExprKind::Contact(name) = &it.kind {
                let mut parts = name.split('_');
                found |=
                    parts.any(|it| matches!(it, "sms" | "text" | "texts" | "phone" | "mobile"));
            }
        });
    }
    found
}
