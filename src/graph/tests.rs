//! Journeys worked out by hand.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::fixture::{journey, project, read};
use super::*;
use crate::model::Journey;

/// The example of the language's documentation.
const POST_PURCHASE: &str = r#"
journey: post-purchase
class: commercial
from: care
trigger: {event: order_paid}
exits:
  - {on: order_refunded, reason: refunded}
  - {on: unsubscribed, only: commercial}
steps:
  - send: {id: confirmation, template: a, purpose: [confirmation, next_steps], class: transactional}
  - wait: 1d
  - send: {id: thank-you-video, template: a, purpose: [thank_you, wow]}
  - wait_for:
      id: delivery
      event: order_delivered
      timeout: 10d
      on_timeout:
        - send: {id: delay-notice, template: a, purpose: delay_notice, class: transactional}
        - task: {id: call-about-delay, channel: phone, respond_within: 1bd, purpose: apology}
        - exit: not-delivered
  - send: {id: setup-help, template: a, purpose: setup_help}
  - wait: {for: 7d, at: "10:00", on: [mon, tue, wed, thu]}
  - branch:
      id: repeat-or-first
      when:
        - if: contact.count("order_paid", within="365d") > 1
          steps:
            - send: {id: loyal-thanks, template: a, purpose: thank_you}
      else: []
  - send:
      id: review-request
      template: a
      purpose: feedback_request
      asks: review
      unless: contact.did("review_given", since=entry)
  - split:
      id: next-offer
      arms:
        guide: {weight: 50, steps: [send: {id: care-guide, template: a, purpose: content}]}
        offer: {weight: 50, steps: [send: {id: second-order, template: a, purpose: offer}]}
  - enter: newsletter
"#;

fn offsets(graph: &Graph<'_>, steps: &[(&str, &str)]) {
    for (step, expected) in steps {
        let node = graph.find(step).unwrap();
        let found = graph
            .offset(node)
            .map_or("never".to_owned(), |it| it.to_string());
        assert_eq!(found, *expected, "{step}");
    }
}

fn hours(count: i64) -> Bound {
    Bound::Finite(Elapsed::hours(count))
}

#[test]
fn the_documented_journey_without_windows() {
    let (project, journey) = (project("{}"), read::<Journey>(POST_PURCHASE));
    let graph = Graph::new(&journey, &project);
    offsets(
        &graph,
        &[
            ("confirmation", "0 min"),
            // A day in the contact's zone, where clocks may change.
            ("thank-you-video", "23 h to 1 d 1 h"),
            ("delivery", "23 h to 1 d 1 h"),
            // The clocks change once on the way, not once in every wait.
            ("delay-notice", "10 d 23 h to 11 d 1 h"),
            ("call-about-delay", "10 d 23 h to 11 d 1 h"),
            // The parcel may have come before the journey waits for it.
            ("setup-help", "23 h to 11 d 1 h"),
            // Seven days, then from Thursday just after ten to Monday at ten.
            ("repeat-or-first", "7 d 23 h to 22 d 1 h"),
            ("loyal-thanks", "7 d 23 h to 22 d 1 h"),
            ("review-request", "7 d 23 h to 22 d 1 h"),
            ("next-offer", "7 d 23 h to 22 d 1 h"),
            ("care-guide", "7 d 23 h to 22 d 1 h"),
            ("second-order", "7 d 23 h to 22 d 1 h"),
        ],
    );
    assert_eq!(graph.offset(graph.end()).unwrap().hi, hours(22 * 24 + 1));
    let review = graph.find("review-request").unwrap();
    assert!(graph.path_avoiding(Milestone::Delivered, review).is_none());
    let notice = graph.find("delay-notice").unwrap();
    let path = graph.path_avoiding(Milestone::Delivered, notice).unwrap();
    assert_eq!(path.length(), hours(24 * 11 - 1));
    let watched: Vec<_> = graph.watches(review).map(|it| &*it.event.value).collect();
    assert_eq!(watched, ["order_refunded", "unsubscribed"]);
    // Opting out of commercial mail does not stop service mail.
    assert_eq!(graph.watches(notice).count(), 1);
}

#[test]
fn the_documented_journey_with_office_hours() {
    let policy =
        "{send_window: {days: [mon, tue, wed, thu, fri], from: '09:00', to: '17:00', zone: UTC}}";
    let (project, journey) = (project(policy), read::<Journey>(POST_PURCHASE));
    let graph = Graph::new(&journey, &project);
    offsets(
        &graph,
        &[
            ("confirmation", "0 min"),
            // One day and the 64 hours from Friday evening to Monday morning, and a clock change.
            ("thank-you-video", "23 h to 3 d 17 h"),
            ("delay-notice", "10 d 23 h to 13 d 17 h"),
            ("setup-help", "23 h to 16 d 9 h"),
            ("review-request", "7 d 23 h to 32 d 17 h"),
        ],
    );
}

#[test]
fn payment_on_a_friday_evening_breaks_a_deadline_because_of_the_window() {
    let journey = journey("  - send: {id: next-steps, template: a, purpose: next_steps}");
    for (zone, worst) in [("UTC", 64), ("contact", 65)] {
        let project = project(&format!(
            "{{send_window: {{days: [mon, tue, wed, thu, fri], from: '09:00', to: '17:00', zone: {zone}}}}}"
        ));
        let graph = Graph::new(&journey, &project);
        let goal = graph.marks(|_, it| it.has(Purpose::NextSteps));
        let origin = graph.origins(Milestone::Payment)[0];
        let none = Marks::default();
        let kept = graph.deadline(&origin, &goal, &none, Lens::AS_IS);
        assert_eq!(kept.kept_within(), hours(worst));
        let path = kept.broken_by(Elapsed::DAY).unwrap();
        let told = graph.witness(path);
        let names: Vec<_> = told
            .moments
            .iter()
            .map(|it| (it.at / 3600, &*it.name))
            .collect();
        let back = if worst == 65 {
            ", and clocks go back"
        } else {
            ""
        };
        let held = hours(worst);
        let held = format!("held by the send window for {held}, Fri 17:00 to Mon 09:00{back}");
        assert_eq!(
            names,
            [(0, "order_paid"), (worst, &*held), (worst, "next-steps")]
        );
        // Without the window the deadline is kept, so the window is to blame.
        let free = graph.deadline(&origin, &goal, &none, Lens::FREE);
        assert_eq!(free.kept_within(), Bound::ZERO);
    }
}

#[test]
fn service_mail_is_never_held_and_never_capped() {
    let journey = journey(
        "  - send: {id: service, template: a, purpose: receipt, class: transactional}
  - send: {id: urgent, template: a, purpose: offer, bypass_window: true}
  - send: {id: promo, template: a, purpose: offer}
  - touch: {id: card, channel: parcel, purpose: wow}",
    );
    let project = project(
        "{quiet_hours: {from: '21:00', to: '08:00', zone: UTC}, frequency_cap: {commercial: {per_day: 1}}}",
    );
    let graph = Graph::new(&journey, &project);
    offsets(
        &graph,
        &[
            ("service", "0 min"),
            ("urgent", "0 min"),
            ("promo", "up to 11 h"),
            ("card", "up to 11 h"),
        ],
    );
    let capped: Vec<_> = graph
        .edges()
        .filter(|(_, it)| it.kind == EdgeKind::Capped)
        .map(|(_, it)| (graph.node(it.from).id(), graph.node(it.to).id()))
        .collect();
    assert_eq!(capped, [(Some("promo"), Some("card"))]);
}

#[test]
fn a_queueing_cap_may_hold_for_ever() {
    let journey = journey("  - send: {id: promo, template: a, purpose: offer}");
    let project = project("{frequency_cap: {commercial: {per_day: 1}, when_full: queue}}");
    let graph = Graph::new(&journey, &project);
    offsets(&graph, &[("promo", "any time")]);
    let goal = graph.marks(|_, it| it.has(Purpose::Offer));
    let none = Marks::default();
    let lens = Lens {
        windows: true,
        caps: false,
    };
    let kept = graph.deadline(&graph.origin(graph.entry()), &goal, &none, lens);
    assert_eq!(kept.kept_within(), Bound::ZERO);
}

#[test]
fn waiting_without_a_timeout_may_last_for_ever() {
    let journey = journey(
        "  - wait_for: {id: w, event: order_delivered, on_timeout: [send: {id: never, template: a, purpose: offer}]}
  - send: {id: after, template: a, purpose: check_in}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    offsets(&graph, &[("after", "any time"), ("never", "never")]);
    let goal = graph.marks(|_, it| it.has(Purpose::CheckIn));
    let origin = graph.origin(graph.entry());
    let kept = graph.deadline(&origin, &goal, &Marks::default(), Lens::AS_IS);
    assert_eq!(kept.kept_within(), Bound::Endless);
    let told = graph.witness(kept.broken_by(Elapsed::DAY).unwrap());
    assert_eq!(
        told.moments.last().unwrap().name,
        "waits for `order_delivered`, perhaps for ever"
    );
}

#[test]
fn steps_after_an_exit_are_kept_and_reached_by_nobody() {
    let journey = journey(
        "  - send: {id: a, template: a, purpose: offer}
  - exit: done
  - send: {id: b, template: a, purpose: offer}
  - wait: 1d
  - send: {id: c, template: a, purpose: offer}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let unreachable: Vec<_> = graph
        .nodes()
        .filter(|(id, it)| it.is_step() && !graph.is_reachable(*id))
        .map(|(_, it)| it.id())
        .collect();
    assert_eq!(unreachable, [Some("b"), None, Some("c")]);
    assert!(!graph.is_reachable(graph.end()));
    let (a, c) = (graph.find("a").unwrap(), graph.find("c").unwrap());
    assert!(!graph.dominates(a, c) && graph.dominates(c, c));
}

#[test]
fn a_diamond_is_dominated_by_its_ends_only() {
    let journey = journey(
        "  - branch:
      id: top
      when:
        - {if: contact.x == 1, steps: [send: {id: left, template: a, purpose: offer}]}
        - {if: contact.x == 2, steps: [send: {id: middle, template: a, purpose: offer}]}
      else: [send: {id: right, template: a, purpose: offer}]
  - send: {id: bottom, template: a, purpose: offer}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let at = |it| graph.find(it).unwrap();
    assert_eq!(graph.dominator(at("bottom")), Some(at("top")));
    assert!(graph.dominates(graph.entry(), at("bottom")));
    for arm in ["left", "middle", "right"] {
        assert!(graph.dominates(at("top"), at(arm)));
        assert!(!graph.dominates(at(arm), at("bottom")));
        assert!(!graph.dominates(at("bottom"), at(arm)));
    }
}

#[test]
fn repetitions_count_every_round() {
    let journey = journey(
        "  - repeat:
      id: outer
      times: 3
      every: 24h
      steps:
        - send: {id: first, template: a, purpose: offer}
        - repeat:
            id: inner
            times: 2
            steps:
              - wait: 1h
              - send: {id: second, template: a, purpose: offer}
        - wait: 2h
  - send: {id: last, template: a, purpose: offer}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    // A round takes 2 × 1 h + 2 h, and 24 h lie between rounds; the last round begins after 56 h.
    offsets(
        &graph,
        &[
            ("first", "up to 2 d 8 h"),
            ("second", "1 h to 2 d 10 h"),
            ("last", "2 d 12 h"),
        ],
    );
    let gap = |from: &str, to: &str| {
        let goal = Marks::default().node(graph.find(to).unwrap());
        graph
            .gap(&graph.origin(graph.find(from).unwrap()), &goal)
            .map(|it| it.length())
    };
    assert_eq!(gap("second", "second"), Some(hours(1)));
    assert_eq!(gap("first", "first"), Some(hours(28)));
    assert_eq!(gap("second", "first"), Some(hours(26)));
    // From the last round on, no further round lies between.
    assert_eq!(gap("second", "last"), Some(hours(2)));
    assert_eq!(gap("first", "last"), Some(hours(4)));
    assert_eq!(gap("last", "first"), None);
    let path = graph
        .path_to(graph.find("last").unwrap(), By::Longest)
        .unwrap();
    let told: Vec<_> = graph
        .witness(&path)
        .moments
        .into_iter()
        .map(|it| format!("{} {}", it.at / 3600, it.name))
        .collect();
    assert_eq!(
        told,
        [
            "0 order_paid",
            "0 first",
            "1 waits 1h",
            "1 second",
            "2 one more round of `inner`",
            "4 waits 2h",
            "60 2 more rounds of `outer`",
            "60 last"
        ]
    );
}

#[test]
fn a_repetition_that_may_end_early_ends_after_a_pause() {
    let journey = journey(
        r#"  - repeat: {id: r, times: 4, every: 7d, until: 'contact.did("review_given", since=entry)', steps: [send: {id: ask, template: a, purpose: offer}]}
  - send: {id: last, template: a, purpose: offer}"#,
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    offsets(
        &graph,
        &[("ask", "up to 21 d 1 h"), ("last", "6 d 23 h to 21 d 1 h")],
    );
}

#[test]
fn a_parcel_may_have_come_long_before_it_is_asked_for() {
    let journey = journey(
        "  - wait: 5d
  - wait_for: {id: w, event: order_delivered, timeout: 240h, on_timeout: [wait: 48h, wait_for: {id: w2, event: order_delivered, timeout: 24h, on_timeout: [exit: lost]}]}
  - wait: 24h
  - send: {id: ask, template: a, purpose: feedback_request}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let ask = graph.find("ask").unwrap();
    let since = graph.since(Milestone::Delivered, ask).unwrap();
    assert!(since.always);
    assert_eq!(since.elapsed.lo, Elapsed::hours(24));
    // Delivered on the first day, noticed after five, asked after six; clocks may change.
    assert_eq!(since.elapsed.hi, hours(6 * 24 + 1));
    assert_eq!(graph.since(Milestone::Refunded, ask), None);
    assert!(graph.origins(Milestone::FeedbackGiven).is_empty());
    let origins = graph.origins(Milestone::Delivered);
    assert_eq!(origins.len(), 2);
    let path = graph.gap(&origins[0], &Marks::default().node(ask)).unwrap();
    let told: Vec<_> = graph
        .witness(&path)
        .moments
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(told.last().unwrap(), "ask");
    assert!(told.contains(&"order_delivered".to_owned()), "{told:?}");
}

#[test]
fn conditions_prove_what_a_timeout_does_not() {
    let journey = journey(
        r#"  - wait: 14d
  - branch:
      id: b
      when:
        - if: not contact.did("order_delivered", since=entry)
          steps: [exit: waiting]
  - send: {id: ask, template: a, purpose: feedback_request, if: 'contact.did("order_paid", since=entry)'}"#,
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let ask = graph.find("ask").unwrap();
    assert!(graph.path_avoiding(Milestone::Delivered, ask).is_none());
    assert!(graph.path_avoiding(Milestone::Payment, ask).is_none());
    assert!(graph.path_avoiding(Milestone::Refunded, ask).is_some());
}

#[test]
fn a_date_that_has_passed_sends_people_away() {
    let journey = journey(
        "  - wait_until: {id: u, date: contact.renewal, offset: -3d, if_past: exit}
  - send: {id: notice, template: a, purpose: renewal_notice}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    offsets(&graph, &[("notice", "any time")]);
    let exit = graph
        .nodes()
        .find(|(_, it)| matches!(it.kind, NodeKind::Exit("date-passed")));
    assert!(graph.is_reachable(exit.unwrap().0));
}

#[test]
fn silence_lasts_until_the_next_touchpoint_or_the_end() {
    let journey = journey(
        "  - send: {id: a, template: a, purpose: receipt}
  - wait_for: {id: w, event: order_delivered, timeout: 240h, on_timeout: [task: {id: call, channel: phone, purpose: apology}, wait: 480h]}
  - send: {id: b, template: a, purpose: check_in}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let origin = graph.origin(graph.entry());
    let longest = graph
        .silence(&origin, &Marks::default(), Lens::AS_IS)
        .unwrap();
    assert_eq!(longest.length(), hours(480));
    assert_eq!(longest.start(), graph.find("call").unwrap());
    assert_eq!(longest.target(), graph.find("b").unwrap());
    let told: Vec<_> = graph
        .witness(&longest)
        .moments
        .into_iter()
        .map(|it| (it.at / 3600, it.name))
        .collect();
    assert_eq!(told.last().unwrap(), &(720, "b".to_owned()));
}

#[test]
fn what_comes_right_behind_as_many_messages_as_the_cap_allows_is_dropped() {
    let project =
        project("{frequency_cap: {commercial: {per_day: 2, per_week: 5}, when_full: skip}}");
    let journey = journey(
        r#"  - send: {id: one, template: a, purpose: content}
  - branch:
      id: choice
      when:
        - if: contact.did("review_given")
          steps:
            - send: {id: two, template: a, purpose: content}
      else:
        - send: {id: receipt, template: a, purpose: receipt, class: transactional}
        - send: {id: second, template: a, purpose: content}
        - send: {id: third, template: a, purpose: content}
  - send: {id: last, template: a, purpose: content, if: contact.did("review_given")}
  - send: {id: beside, template: a, purpose: content, bypass_window: true}
  - wait: 1h
  - send: {id: later, template: a, purpose: content}"#,
    );
    let graph = Graph::new(&journey, &project);
    let dropped = |name: &&str| graph.is_dropped(graph.find(name).unwrap());
    let all = [
        "one", "two", "receipt", "second", "third", "last", "beside", "later",
    ];
    let found: Vec<&str> = all.into_iter().filter(|it| dropped(it)).collect();
    assert_eq!(found, ["third", "last"]);
}

#[test]
fn hours_that_let_one_message_out_let_the_next_one_out_too() {
    let late = |window: &str, steps: &[&str]| {
        let project = project(&format!("{{send_window: {{{window}}}}}"));
        let send = |at: usize| format!("  - send: {{id: s{at}, template: a, purpose: content}}\n");
        let texts = (0..)
            .zip(steps)
            .map(|(at, it)| format!("  - {it}\n{}", send(at)));
        let journey = journey(&texts.collect::<Vec<_>>().concat());
        let graph = Graph::new(&journey, &project);
        let ends = (0..steps.len()).map(|at| {
            let path = graph.path_to(graph.find(&format!("s{at}")).unwrap(), By::Longest);
            path.unwrap()
                .on_still_clocks()
                .finite()
                .unwrap()
                .to_string()
        });
        ends.collect::<Vec<_>>().join(", ")
    };
    let days = "from: '08:00', to: '20:00'";
    let steps = [
        "wait: 1h",
        "set: {id: m, attribute: x, value: 1}",
        "wait: 1d",
        "wait: 12h",
        "wait: 2w",
    ];
    assert_eq!(
        late(days, &steps),
        "13 h, 13 h, 1 d 13 h, 2 d 13 h, 16 d 13 h"
    );
    // Whose clock it is matters, and on which days.
    let office = "from: '08:00', to: '20:00', days: [mon, tue]";
    assert_eq!(late(office, &["wait: 7d", "wait: 1d"]), "12 d 12 h, 19 d");
    let elsewhere = "from: '08:00', to: '20:00', zone: Asia/Tokyo";
    assert_eq!(late(elsewhere, &["wait: 1d", "wait: 1d"]), "1 d 12 h, 3 d");
}
