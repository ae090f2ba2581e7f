use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::{
    Ask, Comparison, Condition, Expr, ExprKind, Journey, Milestone, Project, Purpose, Send, Step,
    Type,
};

rule! {
    UnhappyRouteMissing, id: "unhappy-route-missing", group: Feedback, level: Warning, docs: "unhappy_route_missing.md"
}

impl Rule for UnhappyRouteMissing {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        let project = cx.project();
        let has_number = has_number(project);
        let mut scores = cx
            .journeys()
            .filter_map(|it| Some((it, first_score(it, has_number)?)));
        let Some((journey, send)) = scores.next() else {
            return;
        };
        let answers: Vec<&str> = project
            .events_of(Milestone::FeedbackGiven)
            .map(|it| &*it.value)
            .collect();
        let id = &send.id.value;
        if answers.is_empty() {
            let needs = "declare the event that says what they answered, for example \
                         `review_given: {milestone: feedback_given, properties: {score: number}}`";
            out.undecided(
                send.id.span,
                format!("nobody can tell who helps those whom `{id}` finds unhappy"),
                needs,
            )
            .label("no event carries the milestone `feedback_given`")
            .why(
                "who says that it went wrong and gets a thank-you by machine does not say it again",
            );
            return;
        }
        if cx.journeys().any(|it| helps(it, &answers)) {
            return;
        }
        let event = answers[0];
        out.fail(send.id.span, format!("nobody helps those whom `{id}` finds unhappy"))
            .subject(&*journey.name.value)
            .label(format!("no journey hears of `{event}` and has a `task` or an apology"))
            .why("who says that it went wrong and gets a thank-you by machine tells it to others next")
            .help(format!(
                "write a journey with `trigger: {{event: {event}, where: event.score <= 6}}` and a \
                 `- task: {{id: call, channel: phone, owner: customer-care, respond_within: 1bd, purpose: apology}}`"
            ));
    }
}

/// Whether an answer carries a number.
fn has_number(project: &Project) -> bool {
    let mut answers = project.events_of(Milestone::FeedbackGiven);
    answers.any(|it| {
        let event = project.event(&it.value);
        event.is_some_and(|it| {
            it.properties
                .values()
                .any(|it| matches!(it.kind, Type::Number))
        })
    })
}

/// The first message that asks for something that can be low.
fn first_score(journey: &Journey, has_number: bool) -> Option<&Send> {
    let scored = |it: &Ask| match it {
        Ask::Nps | Ask::Ces | Ask::Csat => true,
        Ask::Review | Ask::Survey => has_number,
    };
    journey
        .sends()
        .find(|it| it.asks.is_some_and(|it| scored(&it.value)))
}

/// Whether a journey hears of answers, not only of good ones, and a person does something about them.
fn helps(journey: &Journey, answers: &[&str]) -> bool {
    let is_answer = |name: &str| answers.contains(&name);
    let started =
        is_answer(&journey.trigger.event.value) && !is_praise(journey.trigger.filter.as_ref());
    let waits = || {
        journey.walk().any(|(step, _)| match &step.value {
            Step::WaitFor(it) => is_answer(&it.event.value) && !is_praise(it.filter.as_ref()),
            _ => false,
        })
    };
    let human = || {
        journey.walk().any(|(step, _)| match &step.value {
            Step::Task(_) => true,
            Step::Send(it) if it.human == Some(true) => true,
            it => it.purposes().iter().any(|it| it.value == Purpose::Apology),
        })
    };
    (started || waits()) && human()
}

/// Whether a condition lets only high scores through.
fn is_praise(filter: Option<&Condition>) -> bool {
    fn high(expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::And(parts) => parts.iter().any(high),
            ExprKind::Compare { operator, left, .. } => {
                matches!(operator, Comparison::Greater | Comparison::GreaterOrEqual)
                    && matches!(left.kind, ExprKind::Event(_))
            }
            _ => false,
        }
    }
    filter
        .and_then(|it| it.parsed.as_ref().ok())
        .is_some_and(high)
}
