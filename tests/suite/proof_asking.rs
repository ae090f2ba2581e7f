//! Lives that break a rule about asking for feedback, or about waiting, and that the linter once did
//! not foresee. Each was found by the proof or thought of while the checkers were written.

use crate::proving::hand::{told, world};
use crate::proving::{is_found, rules};

/// The checker must see the life break the rule, and the linter must have said so.
pub(super) fn both_see(rule: &str, project: &str, life: &str) {
    let checker = rules::of(rule).unwrap();
    let workspace = journeyc::Workspace::read(&world(project));
    let compiled = journeyc::compile(&workspace);
    let findings: Vec<_> = compiled.counted().cloned().collect();
    told(project, life, |town, life, tale| {
        let record = town.simulation.live(life, &mut tale.chance());
        let violations = checker.violations(town, life, &record);
        assert!(
            !violations.is_empty(),
            "the life shows nothing\n{project}\n{record:#?}"
        );
        for it in violations {
            let own = findings.iter().filter(|it| it.rule.0 == rule);
            let own: Vec<_> = own.map(|it| (&it.journey, &it.message)).collect();
            assert!(is_found(checker, town, &it, &findings), "{it:?}\n{own:?}");
        }
    });
}

#[test]
fn who_is_sent_into_a_journey_has_not_had_its_event() {
    both_see(
        "feedback-before-delivery",
        "trigger: {event: order_paid}
steps:
  - wait: 1d
  - enter: asking
# journeys/asking.yaml
trigger: {event: order_delivered}
steps:
  - wait: 8d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}

#[test]
fn a_reminder_of_a_message_that_asks_is_a_request() {
    both_see(
        "feedback-before-delivery",
        "trigger: {event: order_paid}
steps:
  - wait_for: {id: delivery, event: order_delivered, timeout: 10d, on_timeout: [{send: {id: again, template: order/again, purpose: reminder, reminder_of: ask}}, {exit: late}]}
  - wait: 8d
  - send: {id: ask, template: order/ask, purpose: content, asks: review}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}

#[test]
fn a_delivery_on_the_shortest_way_does_not_excuse_the_others() {
    both_see(
        "repeated-feedback-request",
        "trigger: {event: order_delivered}
steps:
  - wait: 8d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
  - wait_for: {id: started, event: service_started, timeout: 30d}
  - send: {id: more, template: order/more, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 order_delivered {\"order_id\": \"A1\"}",
    );
}

#[test]
fn a_reminder_of_a_reminder_is_the_second() {
    both_see(
        "repeated-feedback-request",
        "trigger: {event: order_delivered}
exits: [{on: review_given}]
steps:
  - wait: 8d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
  - wait: 8d
  - send: {id: again, template: order/again, purpose: feedback_request, reminder_of: ask}
  - wait: 8d
  - send: {id: still, template: order/still, purpose: feedback_request, reminder_of: again}
",
        "2026-06-01 10:00:00 order_delivered {\"order_id\": \"A1\"}",
    );
}

#[test]
fn an_exit_does_not_see_the_event_that_lets_people_in() {
    both_see(
        "feedback-while-inbound-open",
        "trigger: {event: complaint_opened}
exits: [{on: complaint_opened}]
steps:
  - wait: 8d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 complaint_opened",
    );
}

#[test]
fn a_complaint_may_come_while_a_message_is_held() {
    both_see(
        "feedback-while-inbound-open",
        "trigger: {event: order_delivered}
steps:
  - wait: 8d
  - branch: {id: fine, when: [{if: 'contact.did(\"complaint_opened\", since=entry)', steps: [{exit: no}]}], else: []}
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
# journeyc.yaml
policy: {send_window: {days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"17:00\", zone: contact}}
",
        "2026-06-05 18:00:00 order_delivered {\"order_id\": \"A1\"}
2026-06-14 09:00:00 complaint_opened",
    );
}

#[test]
fn a_window_that_a_condition_looks_back_can_end_while_a_message_is_held() {
    both_see(
        "feedback-while-inbound-open",
        "trigger: {event: order_delivered}
steps:
  - wait: 2d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review, unless: 'contact.did(\"complaint_opened\", within=\"1d\")'}
# journeyc.yaml
policy: {send_window: {days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"17:00\", zone: contact}}
",
        "2026-06-03 16:30:00 order_delivered {\"order_id\": \"A1\"}
2026-06-06 10:00:00 complaint_opened",
    );
}

#[test]
fn who_is_sent_into_a_journey_is_not_asked_by_its_filter() {
    for filter in [
        "event.total < 100",
        "not contact.did(\"order_paid\", within=\"180d\")",
    ] {
        both_see(
            "survey-fatigue",
            &format!(
                "trigger: {{event: order_paid, where: event.total >= 100}}
steps:
  - wait: 1h
  - send: {{id: ask, template: order/ask, purpose: feedback_request, asks: ces, about: checkout}}
  - enter: other
# journeys/other.yaml
trigger: {{event: order_paid, where: '{filter}'}}
steps:
  - wait: 8d
  - send: {{id: more, template: order/more, purpose: feedback_request, asks: review}}
"
            ),
            "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\", \"total\": 200}",
        );
    }
}

#[test]
fn an_awaited_event_may_come_late() {
    both_see(
        "survey-fatigue",
        "trigger: {event: order_paid}
steps:
  - wait_for: {id: delivery, event: order_delivered, timeout: 40d}
  - wait: 100d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: ces, about: checkout}
# journeys/other.yaml
trigger: {event: order_delivered}
steps:
  - wait: 20d
  - send: {id: more, template: order/more, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}
2026-06-21 10:00:00 order_delivered {\"order_id\": \"A1\"}",
    );
    both_see(
        "survey-fatigue",
        "trigger: {event: order_paid}
steps:
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: ces, about: checkout}
  - wait_for: {id: delivery, event: order_delivered, timeout: 40d}
# journeys/other.yaml
trigger: {event: order_delivered}
steps:
  - wait: 70d
  - send: {id: more, template: order/more, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}
2026-06-11 10:00:00 order_delivered {\"order_id\": \"A1\"}",
    );
}

#[test]
fn a_question_about_an_effort_comes_late_to_those_who_waited_in_vain() {
    both_see(
        "metric-mismatch",
        "trigger: {event: order_paid}
steps:
  - wait_for: {id: used, event: first_used, timeout: 20d}
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: ces, about: setup}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}

#[test]
fn an_episode_may_be_awaited() {
    both_see(
        "metric-mismatch",
        "trigger: {event: order_paid}
steps:
  - wait_for: {id: closed, event: complaint_closed, timeout: 20d, on_timeout: [{exit: fine}]}
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: nps}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}
2026-06-11 10:00:00 complaint_closed",
    );
}

#[test]
fn a_notice_on_one_way_is_no_notice_on_another() {
    both_see(
        "delay-notice-missing",
        "trigger: {event: order_paid}
steps:
  - wait_for:
      id: delivery
      event: order_delivered
      timeout: 5d
      on_timeout:
        - send: {id: late, template: order/late, purpose: delay_notice, if: contact.plan == \"pro\"}
        - exit: late
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}

#[test]
fn an_attribute_may_be_written_between_two_messages() {
    both_see(
        "zero-wait",
        "trigger: {event: order_paid}
steps:
  - send: {id: one, template: order/one, purpose: content, if: contact.plan == \"pro\"}
  - set: {id: down, attribute: plan, value: free}
  - send: {id: two, template: order/two, purpose: content, if: contact.plan == \"free\"}
",
        "knows {\"plan\": \"pro\"}
2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}

#[test]
fn rounds_may_follow_one_another_after_a_wait_inside() {
    both_see(
        "zero-wait",
        "trigger: {event: order_paid}
steps:
  - repeat:
      id: rounds
      times: 3
      steps:
        - send: {id: one, template: order/one, purpose: content}
        - wait: 20m
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}

#[test]
fn a_second_delivery_may_be_awaited() {
    both_see(
        "feedback-too-soon",
        "trigger: {event: order_delivered}
steps:
  - wait: 8d
  - wait_for: {id: second, event: order_delivered, timeout: 30d, on_timeout: [{exit: no}]}
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 order_delivered {\"order_id\": \"A1\"}
2026-06-11 10:00:00 order_delivered {\"order_id\": \"A2\"}",
    );
}
