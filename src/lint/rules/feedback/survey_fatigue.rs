use std::collections::BTreeSet;

use crate::graph::Elapsed;
use crate::graph::lives::{Cause, Life, Member, Planned, are_apart};
use crate::lint::asks::asks;
use crate::lint::context::LintContext;
use crate::lint::duties::spoken;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Condition, Duration, ExprKind, Since, Step};
use crate::source::Span;

rule! {
    SurveyFatigue, id: "survey-fatigue", group: Feedback, level: Warning, docs: "survey_fatigue.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 90, business_days: 0 }, &[])
}

/// How many further requests after the same event are pointed at.
const SHOWN: usize = 4;

/// How many requests before another are held against it.
const BEFORE: usize = 32;

/// A request of a life.
type Asked<'p> = (Member<'p>, Planned<'p>);

impl Rule for SurveyFatigue {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let limit = cx.elapsed(self.info());
        let mut told: BTreeSet<Span> = BTreeSet::new();
        for life in cx.lives() {
            let mut near = Vec::new();
            for party in life.all_parties(cx.project()) {
                let mut asked = requests(cx, life, &party, limit);
                asked.sort_by_key(|(member, it)| (member.time_of(it).lo, it.id.span));
                for (at, second) in asked.iter().enumerate() {
                    if told.contains(&second.1.id.span) {
                        continue;
                    }
                    // Mostly the one before in time is the one that is too near, if any is.
                    let mut before = asked[..at].iter().rev().take(BEFORE);
                    let is_near = |first: &&Asked<'_>| {
                        first.0.journey.name.value != second.0.journey.name.value
                            && life.apart(**first, *second) < limit
                            && !are_apart(cx.project(), **first, *second)
                    };
                    if let Some(first) = before.find(is_near) {
                        told.insert(second.1.id.span);
                        near.push((*first, *second));
                    }
                }
            }
            // Where everybody asks after the same event, that is one problem, not one for each.
            if let [(first, second), others @ ..] = near.as_slice() {
                report(life, (*first, *second), others, limit, out);
            }
        }
    }
}

/// What the journeys of a party ask, but for reminders and what looks first whether somebody was asked.
fn requests<'p>(
    cx: &LintContext<'p>,
    life: &Life<'p>,
    party: &[Member<'p>],
    limit: Elapsed,
) -> Vec<Asked<'p>> {
    let mut res = Vec::new();
    for member in party {
        let filter = member.journey.trigger.filter.as_ref();
        let mut member = *member;
        if !is_sent(&member) && filter.is_some_and(|it| looks_back(it, limit)) {
            // Who is sent in is not asked by the filter.
            if !cx.is_entered(member.journey) {
                continue;
            }
            let name = &member.journey.name.value;
            let mut sent = life.members.iter().filter(|it| is_sent(it));
            match sent.find(|it| it.journey.name.value == *name) {
                Some(it) => member = *it,
                None => continue,
            }
        }
        for planned in &cx.timetable(member.journey).touches {
            let Step::Send(send) = &planned.step.value else {
                continue;
            };
            let guards = [send.only_if.as_ref(), send.unless.as_ref()];
            let is_guarded = guards.into_iter().flatten().any(|it| looks_back(it, limit));
            let is_ask =
                asks(member.journey, &send.purpose.0, Some(send)) && send.reminder_of.is_none();
            if is_ask && !is_guarded {
                res.push((member, *planned));
            }
        }
    }
    res
}

/// Whether another journey has sent the person in.
fn is_sent(member: &Member<'_>) -> bool {
    matches!(member.cause, Cause::Entered(_))
}

/// Whether a condition looks at what happened within the limit.
fn looks_back(condition: &Condition, limit: Elapsed) -> bool {
    let Ok(expr) = &condition.parsed else {
        return false;
    };
    let mut found = false;
    expr.walk(&mut |it| {
        if let ExprKind::History(it) = &it.kind {
            found |= match it.since {
                Since::Always => true,
                Since::Within(span) => on_the_calendar(span) >= limit,
                Since::Entry => false,
            };
        }
    });
    found
}

fn report(
    life: &Life<'_>,
    (first, second): (Asked<'_>, Asked<'_>),
    others: &[(Asked<'_>, Asked<'_>)],
    limit: Elapsed,
    out: &mut Findings,
) {
    let (journey, other) = (&second.0.journey.name.value, &first.0.journey.name.value);
    let id = &second.1.id.value;
    let between = life.apart(first, second);
    let label = if between == Elapsed::ZERO {
        "perhaps on the same day".to_owned()
    } else {
        let (between, limit) = (spoken(between), spoken(limit));
        format!("{between} apart; people bear one survey in {limit}")
    };
    let more = match others.len() {
        0 => String::new(),
        1 => "; one more request is as near".to_owned(),
        it => format!("; {it} more requests are as near"),
    };
    let message = format!("`{id}` asks people whom `{other}` has asked already");
    let mut finding = out
        .fail(second.1.id.span, message)
        .subject(&**other)
        .label(format!("{label}{more}"))
        .related(first.1.id.span, "this asks the same people")
        .why("each team asks only once; the customer is asked by all of them")
        .help(format!(
            "ask in one of `{journey}` and `{other}`, or look back first: \
             `unless: contact.did(\"…\", within=\"90d\")`"
        ))
        .witness(Some(life.witness(&[first, second])));
    for (_, more) in others.iter().take(SHOWN) {
        let text = format!("so does `{}`", more.0.journey.name.value);
        finding = finding.related(more.1.id.span, text);
    }
}
