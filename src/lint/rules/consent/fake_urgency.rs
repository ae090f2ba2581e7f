use crate::lint::commercial::is_advert;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::phrases;
use crate::model::{Purpose, Type};

rule! {
    FakeUrgency, id: "fake-urgency", group: Consent, level: Warning, docs: "fake_urgency.md"
}

/// What says that time is running out.
const PRESSURE: [&str; 22] = [
    "last chance",
    "final chance",
    "final hours",
    "hurry",
    "act now",
    "ends soon",
    "ends tonight",
    "ends today",
    "today only",
    "only today",
    "expires soon",
    "expires today",
    "expires tonight",
    "before it's too late",
    "time is running out",
    "letzte chance",
    "nur noch heute",
    "nur heute",
    "endet bald",
    "endet heute",
    "läuft bald ab",
    "beeilen sie sich",
];

/// What turns it into its opposite.
const NEGATIONS: [&str; 12] = [
    "no", "not", "never", "without", "don't", "needn't", "isn't", "kein", "keine", "keinen",
    "nicht", "ohne",
];

/// The months, as dates spell them.
const MONTHS: [&str; 24] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "jan",
    "feb",
    "nov",
    "dec",
];

impl Rule for FakeUrgency {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let pressing = |purpose| {
            matches!(
                purpose,
                Purpose::SunsetNotice | Purpose::RenewalNotice | Purpose::ConsentRequest
            )
        };
        let by = letter.sent_by.iter().find(|it| {
            is_advert(it.journey, it.send)
                && it.send.expires_on.is_none()
                && !it.send.purpose.values().any(pressing)
        });
        let Some(by) = by else {
            return;
        };
        let subject = letter.said_subject();
        let text = letter.said_text();
        let found = pressure(subject).or_else(|| pressure(text));
        let Some(found) = found else {
            return;
        };
        let mut used = letter.used().iter();
        let prints_date =
            used.any(|it| it.own.printed && it.property.is_some_and(|it| it.kind == Type::Date));
        if prints_date || names_day(subject) || names_day(text) {
            return;
        }
        let name = &letter.template.name;
        out.fail(letter.span(), format!("`{name}` presses for time, and nothing ends"))
            .label(format!("it says \"{found}\""))
            .related(by.send.id.span, "has no `expires_on`")
            .subject(&**name)
            .why("people hurry for an offer that is still there next week, and stop believing any date of ours")
            .help("say in the mail until when it holds and write that day as `expires_on`, or leave the hurry out");
    }
}

/// What presses for time; "no hurry" does not.
fn pressure(said: &str) -> Option<&'static str> {
    let mut all = phrases(said, &PRESSURE);
    let found = all.find(|(at, _)| {
        let before = said[..*at].split_whitespace().rev().take(4);
        !before.into_iter().any(|it| NEGATIONS.contains(&it))
    });
    found.map(|it| it.1)
}

/// Whether a text names a day of the year: a month beside a number.
fn names_day(said: &str) -> bool {
    let words: Vec<&str> = said
        .split(|c: char| !c.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect();
    let is_day = |word: Option<&&str>| {
        word.is_some_and(|it| {
            let digits = it.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            digits.parse::<u8>().is_ok_and(|it| (1..=31).contains(&it))
        })
    };
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|it| words.get(it));
        MONTHS.contains(word) && (is_day(before) || is_day(words.get(at + 1)))
    })
}
