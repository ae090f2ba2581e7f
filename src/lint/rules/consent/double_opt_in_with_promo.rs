use crate::lint::commercial::sells;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::phrase;
use crate::model::{Journey, Purpose};

rule! {
    DoubleOptInWithPromo, id: "double-opt-in-with-promo", group: Consent, level: Error,
    docs: "double_opt_in_with_promo.md"
}

/// What has no other meaning in a mail that asks for a confirmation.
const OFFERS: [&str; 16] = [
    "% off",
    "discount",
    "voucher",
    "coupon",
    "promo code",
    "special offer",
    "shop now",
    "buy now",
    "free shipping",
    "bestsellers",
    "% rabatt",
    "rabatt",
    "gutschein",
    "gutscheincode",
    "jetzt kaufen",
    "versandkostenfrei",
];

const WHY: &str =
    "they have not agreed to advertising yet, and the mail that asks for it is full of it";

impl Rule for DoubleOptInWithPromo {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for send in journey
            .sends()
            .filter(|it| it.purpose.has(Purpose::ConsentRequest))
        {
            let Some(purpose) = send.purpose.0.iter().find(|it| sells(it.value)) else {
                continue;
            };
            out.fail(
                purpose.span,
                format!("`{}` asks for consent and sells in one mail", send.id.value),
            )
            .label(format!("`{}` is advertising", purpose.value.word()))
            .why(WHY)
            .help("ask in this mail, and sell in a later one, to those who said yes");
        }
    }

    fn check_letter(&self, _cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let asks = letter.sent_by.iter().any(|it| {
            let purpose = &it.send.purpose;
            purpose.has(Purpose::ConsentRequest) && !purpose.values().any(sells)
        });
        if !asks {
            return;
        }
        let subject = letter.said_subject();
        let text = letter.said_text();
        let found = phrase(subject, &OFFERS).or_else(|| phrase(text, &OFFERS));
        if let Some(found) = found {
            out.fail(letter.span(), "a mail that asks for consent speaks of an offer")
                .label(format!("it says \"{found}\""))
                .subject(&*letter.template.name)
                .why(WHY)
                .help("say what they agree to and where to click, and nothing else; the offer goes into the first letter");
        }
    }
}
