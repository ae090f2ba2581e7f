//! What time proves: ways that nobody goes, which the linter once blamed, and lives that it once did not
//! foresee. Each was found by the proof.

use journeyc::diagnostic::Verdict;

use crate::proof_asking::both_see;
use crate::proving::hand::world;

/// Nobody can live through what the rule is about, and the linter must know it; with one thing otherwise,
/// somebody can.
fn is_silent(rule: &str, project: &str, (now, otherwise): (&str, &str)) {
    let said = |project: &str| {
        let workspace = journeyc::Workspace::read(&world(project));
        let compiled = journeyc::compile(&workspace);
        let own = compiled.counted();
        let own = own.filter(|it| it.rule.0 == rule && it.verdict == Verdict::Fail);
        own.map(|it| it.message.clone()).collect::<Vec<String>>()
    };
    assert_eq!(said(project), [""; 0], "{rule}\n{project}");
    assert!(project.contains(now), "{now}\n{project}");
    let changed = project.replacen(now, otherwise, 1);
    assert!(!said(&changed).is_empty(), "{rule}\n{changed}");
}

#[test]
fn what_let_people_in_has_happened_a_short_while_ago() {
    is_silent(
        "feedback-before-delivery",
        "trigger: {event: order_refunded}
steps:
  - wait: 3h
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review, unless: 'contact.did(\"order_refunded\", within=\"4h\")'}
",
        ("wait: 3h", "wait: 5h"),
    );
}

#[test]
fn who_has_left_is_not_asked() {
    is_silent(
        "feedback-before-delivery",
        "trigger: {event: order_paid}
exits: [{on: review_given}]
steps:
  - wait: 3d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review, unless: 'not contact.did(\"review_given\", since=entry)'}
",
        ("exits: [{on: review_given}]", "exits: []"),
    );
}

#[test]
fn what_happened_a_day_ago_happened_within_a_month() {
    is_silent(
        "feedback-before-delivery",
        "trigger: {event: checkout_started}
steps:
  - wait: 24h
  - branch:
      id: bought
      when:
        - if: 'not contact.did(\"order_paid\", within=\"24h\")'
          steps: [{exit: done}]
      else: []
  - wait: 2h
  - branch:
      id: bought-2
      when:
        - if: 'contact.did(\"order_paid\", within=\"30d\")'
          steps: [{exit: bought}]
      else: []
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        ("within=\"30d\"", "within=\"1d\""),
    );
}

#[test]
fn what_has_come_is_not_waited_for_again() {
    is_silent(
        "feedback-before-delivery",
        "trigger: {event: checkout_started}
steps:
  - wait_for: {id: paid, event: order_paid, timeout: 3d, on_timeout: [{exit: no}]}
  - wait_for:
      id: paid-2
      event: order_paid
      timeout: 5d
      on_timeout:
        - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        (
            "event: order_paid, timeout: 3d",
            "event: signed_up, timeout: 3d",
        ),
    );
}

#[test]
fn nobody_clicks_in_what_has_just_gone_out() {
    is_silent(
        "feedback-before-delivery",
        "trigger: {event: order_paid}
class: transactional
reentry: never
steps:
  - send: {id: hello, template: order/hello, purpose: confirmation}
  - branch:
      id: choice
      when:
        - if: 'contact.clicked(\"hello\")'
          steps:
            - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
      else: []
",
        ("  - branch:", "  - wait: 1d\n  - branch:"),
    );
}

#[test]
fn a_message_of_a_class_that_an_exit_has_stopped_goes_to_nobody() {
    is_silent(
        "feedback-before-delivery",
        "trigger: {event: order_paid}
exits: [{on: unsubscribed, only: commercial}]
steps:
  - wait: 3d
  - branch:
      id: choice
      when:
        - if: 'contact.did(\"unsubscribed\", since=entry)'
          steps:
            - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
      else: []
",
        ("only: commercial", "only: transactional"),
    );
}

#[test]
fn a_journey_alone_fills_the_frequency_cap() {
    is_silent(
        "unsubscribe-not-honoured-in-time",
        "trigger: {event: signed_up}
reentry: never
steps:
  - send: {id: hello, template: order/hello, purpose: content}
  - wait: 5d
  - send: {id: more, template: order/more, purpose: content}
# journeyc.yaml
policy: {frequency_cap: {commercial: {per_week: 1}, when_full: skip}}
",
        ("wait: 5d", "wait: 8d"),
    );
}

#[test]
fn two_messages_do_not_meet_in_a_narrow_window() {
    is_silent(
        "frequency-cap-exceeded",
        "trigger: {event: signed_up}
reentry: never
steps:
  - send: {id: hello, template: order/hello, purpose: content}
  - wait: 12h
  - send: {id: more, template: order/more, purpose: content}
# journeyc.yaml
policy: {send_window: {from: \"10:00\", to: \"12:00\", days: [mon], zone: contact}}
",
        (
            "10:00\", to: \"12:00\", days: [mon]",
            "08:00\", to: \"23:00\"",
        ),
    );
}

#[test]
fn two_clocks_of_known_zones_are_open_together() {
    is_silent(
        "window-breaks-deadline",
        "trigger: {event: order_paid}
steps:
  - send: {id: hello, template: order/hello, purpose: [confirmation, next_steps, thank_you]}
# journeyc.yaml
policy:
  thresholds: {silence-after-payment: 48h, next-steps-after-payment: 48h}
  send_window: {from: \"09:00\", to: \"17:00\", zone: America/New_York}
  quiet_hours: {from: \"21:00\", to: \"08:00\", zone: Europe/Berlin}
",
        ("zone: America/New_York", "zone: Pacific/Auckland"),
    );
}

#[test]
fn attributes_change_while_people_wait() {
    both_see(
        "feedback-before-delivery",
        "trigger: {event: order_paid}
steps:
  - branch:
      id: now
      when: [{if: 'contact.plan == \"pro\"', steps: [{exit: pro}]}]
      else: []
  - wait: 3d
  - branch:
      id: later
      when: [{if: 'contact.plan != \"pro\"', steps: [{exit: free}]}]
      else: []
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        "knows {\"plan\": \"free\"}
2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}
2026-06-02 10:00:00 contact {\"plan\": \"pro\"}",
    );
}

#[test]
fn a_repetition_inside_another_may_have_one_round() {
    both_see(
        "frequency-cap-exceeded",
        "trigger: {event: signed_up}
steps:
  - repeat:
      id: rounds
      times: 3
      steps:
        - repeat:
            id: inner
            times: 2
            until: 'contact.did(\"signed_up\")'
            steps:
              - send: {id: hello, template: order/hello, purpose: content}
",
        "2026-06-01 10:00:00 signed_up {}",
    );
}

#[test]
fn who_is_sent_in_carries_nothing() {
    both_see(
        "zero-wait",
        "trigger: {event: signed_up}
steps:
  - enter: other
# journeys/other.yaml
trigger: {event: order_paid}
steps:
  - branch:
      id: choice
      when: [{if: 'event.total >= 0 or event.total < 0', steps: []}]
      else:
        - send: {id: hello, template: order/hello, purpose: content}
  - send: {id: more, template: order/more, purpose: content}
",
        "2026-06-01 10:00:00 signed_up {}",
    );
}

#[test]
fn the_complaint_that_let_people_in_stays_open() {
    both_see(
        "feedback-while-inbound-open",
        "trigger: {event: complaint_opened}
class: transactional
reentry: always
steps:
  - wait_for: {id: again, event: complaint_opened, timeout: 6d}
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 complaint_opened {}",
    );
}

#[test]
fn the_second_reminder_counts_where_nobody_gets_the_first() {
    both_see(
        "abandonment-vs-post-purchase",
        "trigger: {event: checkout_started}
exits: [{on: order_paid}]
steps:
  - send: {id: basket, template: order/basket, purpose: abandonment, if: 'contact.did(\"order_paid\", since=entry)'}
  - wait: 1d
  - send: {id: basket-2, template: order/basket, purpose: abandonment}
# journeys/bill.yaml
trigger: {event: bill_paid}
class: transactional
steps:
  - send: {id: thanks, template: order/thanks, purpose: thank_you}
# journeyc.yaml
events: {bill_paid: {milestone: payment}}
",
        "2026-06-01 10:00:00 checkout_started {}
2026-06-01 12:00:00 bill_paid {}",
    );
}

#[test]
fn who_does_not_pass_a_condition_may_be_sent_in_later() {
    both_see(
        "duplicate-send-overlap",
        "trigger: {event: order_delivered}
reentry: never
steps:
  - wait: 30d
  - enter: other
  - send: {id: hello, template: order/hello, purpose: content}
# journeys/other.yaml
trigger: {event: order_delivered, where: 'contact.plan == \"pro\"'}
reentry: never
steps:
  - send: {id: hello-2, template: order/hello, purpose: content}
",
        "knows {\"plan\": \"free\"}
2026-06-01 10:00:00 order_delivered {\"order_id\": \"A1\"}",
    );
}

#[test]
fn who_is_sent_in_is_told_who_writes() {
    both_see(
        "handover-unannounced",
        "trigger: {event: signed_up}
steps:
  - enter: other
# journeys/other.yaml
trigger: {event: service_started}
exits: [{on: unsubscribed, only: commercial}]
steps:
  - branch:
      id: choice
      when: [{if: 'event.way in [\"post\", \"hand\"]', steps: [{exit: done}]}]
  - send: {id: hello, template: order/hello, purpose: content, from: ben}
  - wait: 1d
  - send: {id: more, template: order/more, purpose: content, from: maya}
# journeyc.yaml
events: {service_started: {milestone: service_started, properties: {way: {type: string, enum: [post, hand]}}}}
",
        "2026-06-01 10:00:00 signed_up {}",
    );
}

#[test]
fn who_is_refused_may_be_sent_in_later() {
    both_see(
        "duplicate-send-overlap",
        "trigger: {event: signed_up}
reentry: always
steps:
  - send: {id: one, template: order/one, purpose: content}
  - wait: 20d
  - send: {id: two, template: order/two, purpose: thank_you}
  - enter: other
# journeys/other.yaml
trigger: {event: signed_up}
reentry: {after: 30d}
steps:
  - send: {id: again, template: order/again, purpose: thank_you}
",
        "2026-06-01 10:00:00 signed_up {}
2026-06-15 10:00:00 signed_up {}",
    );
}

#[test]
fn what_did_not_come_for_this_order_may_have_come_for_another() {
    let project = "events: {order_delivered: {milestone: delivered, key: order_id, properties: {order_id: string}}, \
                   review_given: {milestone: feedback_given, key: order_id, properties: {order_id: string}}}";
    let journey = "trigger: {event: order_delivered}
reentry: per_key
steps:
  - wait: 14d
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
  - wait_for:
      id: answer
      event: review_given
      timeout: 3d
      on_timeout:
        - send: {id: again, template: order/again, purpose: feedback_request, asks: review, if: 'contact.did(\"review_given\", since=entry)'}
";
    let says = |project: &str| {
        let workspace = journeyc::Workspace::read(&crate::lint::world(Some(project), journey));
        let findings = journeyc::compile(&workspace).findings;
        let own = findings
            .iter()
            .filter(|it| it.rule.0 == "repeated-feedback-request");
        own.count()
    };
    assert_eq!(says(project), 1);
    // Without keys there is one case only, and it has not come.
    assert_eq!(says(&project.replace("key: order_id, ", "")), 0);
}

#[test]
fn who_waits_for_what_cannot_come_hears_nothing() {
    both_see(
        "post-payment-gap",
        "trigger: {event: order_paid}
steps:
  - wait_for: {id: first, event: order_delivered, where: 'not contact.did(\"order_delivered\", within=\"2d\")'}
  - send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}
",
        "2026-06-01 10:00:00 order_paid {\"order_id\": \"A1\"}",
    );
}
