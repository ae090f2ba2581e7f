//! Numbers that a reviewer can hold on to.
//!
//! In: both sides. Out: the numbers of the headline, and those of single journeys. Invariant: a number
//! says what it counts, or it is not said: where journeys are missing from a compile, where a wait has
//! no end, or where there is more than can be counted, there is none.
//! Not done here: judging whether a number is too high (that is `lint`).
//!
//! What the headline counts. A new buyer is somebody to whom an event with the milestone `payment`
//! happens. What they get is the story of that event: the journeys that begin with it, those that these
//! start by `enter`, and those that begin with an event for which one of them waits. Of journeys whose
//! conditions on the event exclude each other only one is in the story of one person; of such persons
//! the worst one counts. Other journeys (a newsletter that began earlier) are not counted. Where only a
//! part of the journeys was compiled (`affected` sees to it that no time in a story differs then), or
//! where a journey cannot be understood, nothing is said.

mod load;
mod silence;
mod story;

use super::{Number, NumberId, Pair};
use crate::graph::{Graph, NodeKind};
use crate::manifest::Journey;
use crate::model::Milestone;
use story::Story;

/// Those of the headline; none where nothing that they look at has changed.
pub(super) fn overall(pair: &Pair<'_, '_>) -> Vec<Number> {
    let (before, after) = (Story::of(&pair.before), Story::of(&pair.after));
    let is_same = match (&before, &after) {
        (Some(before), Some(after)) => before.is_written_like(after),
        _ => false,
    };
    if is_same {
        return Vec::new();
    }
    let both = |ask: fn(&Story<'_>) -> Option<i64>| {
        let ask = |it: &Option<Story<'_>>| it.as_ref().and_then(ask);
        (ask(&before), ask(&after))
    };
    numbers(both(load::of_story), both(silence::of_story))
}

/// Those of one journey: the messages in any 30 days, and the silence where it begins with a payment.
pub(super) fn of(
    pair: &Pair<'_, '_>,
    before: Option<&Journey>,
    after: Option<&Journey>,
) -> Vec<Number> {
    let was = before.and_then(|it| pair.before.graph(it));
    let is = after.and_then(|it| pair.after.graph(it));
    let silence = |it: &Graph<'_>| {
        let is_paid = it.entry_milestone() == Some(Milestone::Payment);
        is_paid.then(|| silence::of_journey(it)).flatten()
    };
    let each = |ask: &dyn Fn(&Graph<'_>) -> Option<i64>| {
        (was.as_ref().and_then(ask), is.as_ref().and_then(ask))
    };
    numbers(each(&load::of_journey), each(&silence))
}

/// The numbers that can be told on either side.
fn numbers(load: (Option<i64>, Option<i64>), silence: (Option<i64>, Option<i64>)) -> Vec<Number> {
    let both = [
        (NumberId::ContactLoad, load),
        (NumberId::SilenceAfterPayment, silence),
    ];
    let told = both.into_iter().filter(|(_, it)| *it != (None, None));
    told.map(|(id, (before, after))| Number { id, before, after })
        .collect()
}

/// Whether something reaches the customer without anybody of ours doing it by hand.
fn is_message(kind: &NodeKind<'_>) -> bool {
    matches!(kind, NodeKind::Send(_) | NodeKind::Touch(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::fixture::{Side, compare, named};

    const DAY: i64 = 86_400;

    fn send(name: &str) -> String {
        format!("  - send: {{id: {name}, template: t, purpose: content}}\n")
    }

    /// Messages one after another, a wait before each but the first.
    fn each(count: usize, wait: &str) -> String {
        let all = (0..count).map(|it| send(&format!("s{it}")));
        all.collect::<Vec<_>>().join(&format!("  - wait: {wait}\n"))
    }

    type Told = Vec<(NumberId, Option<i64>, Option<i64>)>;

    fn told(numbers: Vec<Number>) -> Told {
        numbers
            .into_iter()
            .map(|it| (it.id, it.before, it.after))
            .collect()
    }

    fn overall_of(before: &Side, after: &Side) -> Told {
        let there = told(compare(before, after, overall));
        let back = told(compare(after, before, overall));
        let swapped: Told = back.into_iter().map(|it| (it.0, it.2, it.1)).collect();
        assert_eq!(there, swapped, "the other way round");
        there
    }

    const LOAD: NumberId = NumberId::ContactLoad;
    const SILENCE: NumberId = NumberId::SilenceAfterPayment;

    #[test]
    fn two_more_messages_and_a_silence_that_ends_sooner() {
        let before = Side::new().journey("j", &each(5, "6d"));
        let after = Side::new().journey("j", &each(7, "22h"));
        assert_eq!(
            overall_of(&before, &after),
            [
                (LOAD, Some(5), Some(7)),
                (SILENCE, Some(6 * DAY), Some(22 * 3_600)),
            ]
        );
    }

    #[test]
    fn rounds_count_one_by_one_and_what_comes_later_than_thirty_days_does_not() {
        let rounds = |times: u32| {
            let steps = format!(
                "  - repeat: {{id: r, times: {times}, every: 7d, steps: [{{send: {{id: tip, template: t, purpose: content}}}}]}}\n"
            );
            Side::new().journey("j", &steps)
        };
        assert_eq!(
            overall_of(&rounds(3), &rounds(20)),
            [
                (LOAD, Some(3), Some(5)),
                (SILENCE, Some(7 * DAY), Some(7 * DAY)),
            ]
        );
    }

    #[test]
    fn what_a_journey_starts_and_what_it_waits_for_belong_to_the_story() {
        let paid = format!(
            "{}  - enter: care\n  - wait_for: {{id: there, event: order_delivered, timeout: 5d}}\n",
            send("thanks")
        );
        let base = Side::new()
            .journey("paid", &paid)
            .journey_on("care", "film_watched", &each(2, "2d"))
            .journey_on("there", "order_delivered", &each(1, "1d"))
            .journey_on("cart", "cart_left", &each(9, "1d"));
        let more = base
            .clone()
            .journey_on("there", "order_delivered", &each(3, "1d"));
        assert_eq!(overall_of(&base, &more)[0], (LOAD, Some(4), Some(6)));
        // What is no part of the story is not looked at.
        let other = base.clone().journey_on("cart", "cart_left", &each(3, "1d"));
        assert_eq!(overall_of(&base, &other), []);
    }

    #[test]
    fn journeys_that_exclude_each_other_are_not_added_up() {
        let one = |name: &str, condition: &str, count: usize| {
            let steps = each(count, "1d");
            let text = format!(
                "journey: {name}\nclass: commercial\nfrom: care\ntrigger: {{event: order_paid, where: {condition}}}\nsteps:\n{steps}"
            );
            (format!("journeys/{name}.yaml"), text)
        };
        let side = |large: usize| {
            let (small, large) = (
                one("small", "event.total < 50", 4),
                one("large", "event.total >= 50", large),
            );
            Side::new()
                .with(&small.0, &small.1)
                .with(&large.0, &large.1)
        };
        assert_eq!(overall_of(&side(2), &side(6))[0], (LOAD, Some(4), Some(6)));
    }

    #[test]
    fn messages_of_other_journeys_end_a_silence() {
        let quiet = format!("{}  - wait: 20d\n{}", send("a"), send("b"));
        let before = Side::new().journey("j", &quiet);
        let after = before
            .clone()
            .journey("news", &format!("  - wait: 12d\n{}", send("n")));
        assert_eq!(
            overall_of(&before, &after)[1],
            (SILENCE, Some(20 * DAY), Some(12 * DAY))
        );
        // Not where only some get them.
        let some = "  - wait: 12d\n  - branch: {id: b, when: [{if: contact.plan == \"pro\", steps: [{send: {id: n, template: t, purpose: content}}]}]}\n";
        let after = before.clone().journey("news", some);
        assert_eq!(
            overall_of(&before, &after)[1],
            (SILENCE, Some(20 * DAY), Some(20 * DAY))
        );
    }

    #[test]
    fn what_has_no_end_or_cannot_be_counted_is_not_said() {
        let endless = format!(
            "{}  - wait_for: {{id: there, event: order_delivered}}\n{}",
            send("a"),
            send("b")
        );
        let before = Side::new().journey("j", &each(2, "1d"));
        let after = Side::new().journey("j", &endless);
        assert_eq!(
            overall_of(&before, &after),
            [(LOAD, Some(2), Some(2)), (SILENCE, Some(DAY), None)]
        );
        let crowd = "  - repeat: {id: r, times: 1000, every: 1m, steps: [{send: {id: tip, template: t, purpose: content}}]}\n";
        let after = Side::new().journey("j", crowd);
        assert_eq!(overall_of(&before, &after)[0], (LOAD, Some(2), None));
    }

    #[test]
    fn a_silence_counts_in_the_first_ninety_days() {
        let late = format!(
            "{}  - wait: 80d\n{}  - wait: 50d\n{}",
            send("a"),
            send("b"),
            send("c")
        );
        let before = Side::new().journey("j", &each(2, "1d"));
        let after = Side::new().journey("j", &late);
        assert_eq!(
            overall_of(&before, &after)[1],
            (SILENCE, Some(DAY), Some(80 * DAY))
        );
        let later = format!("{}  - wait: 100d\n{}", send("a"), send("b"));
        let after = Side::new().journey("j", &later);
        assert_eq!(
            overall_of(&before, &after)[1],
            (SILENCE, Some(DAY), Some(90 * DAY))
        );
    }

    #[test]
    fn a_journey_has_numbers_of_its_own() {
        let before = Side::new().journey_on("cart", "cart_left", &each(2, "1d"));
        let after = Side::new().journey_on("cart", "cart_left", &each(3, "1d"));
        let numbers = |was: Option<&'static str>, is: Option<&'static str>| {
            let asked = compare(&before, &after, |pair| {
                let was = was.and_then(|it| named(&pair.before, it));
                let is = is.and_then(|it| named(&pair.after, it));
                of(pair, was, is)
            });
            told(asked)
        };
        assert_eq!(
            numbers(Some("cart"), Some("cart")),
            [(LOAD, Some(2), Some(3))]
        );
        assert_eq!(numbers(Some("cart"), None), [(LOAD, Some(2), None)]);
        assert_eq!(numbers(None, Some("gone")), []);
    }
}
