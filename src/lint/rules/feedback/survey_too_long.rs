use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::Journey;

rule! {
    SurveyTooLong, id: "survey-too-long", group: Feedback, level: Note, docs: "survey_too_long.md",
    limit: Limit::Number(5.0, &[])
}

/// Longer than so many minutes nobody stays.
const MINUTES: u32 = 2;

impl Rule for SurveyTooLong {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let most = cx.number(self.info());
        for send in journey.sends() {
            let questions = send.questions.filter(|it| f64::from(it.value) > most);
            let minutes = send.minutes.filter(|it| it.value > MINUTES);
            let id = &send.id.value;
            let (span, message, label) = match (questions, minutes) {
                (Some(it), _) => (
                    it.span,
                    format!("`{id}` asks {} questions", it.value),
                    format!("more than {most}"),
                ),
                (None, Some(it)) => (
                    it.span,
                    format!("`{id}` takes {} minutes to answer", it.value),
                    format!("more than {MINUTES}"),
                ),
                (None, None) => continue,
            };
            out.fail(span, message)
                .label(label)
                .why("people give up half-way, and those who stay are the angry and the bored")
                .help(format!(
                    "ask what you will act on: at most {most} questions, in {MINUTES} minutes"
                ));
        }
    }
}
