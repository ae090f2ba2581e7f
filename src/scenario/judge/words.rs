//! Checks in words: `next_steps within 24h of payment`.

use super::super::case::{
    Anchor, Assertion, AtMost, Bound, Case, Check, Clause, Distinct, Ended, Point,
};
use super::super::selector::step_name;
use crate::scenario::timeline::when;
use crate::simulate::Simulation;

/// A check in words.
pub fn check(check: &Check, simulation: &Simulation<'_>, case: &Case) -> String {
    let speaker = Speaker { simulation, case };
    match &check.what {
        Assertion::Expect(it) => speaker.clause(it),
        Assertion::Never(it) => format!("never {}", speaker.clause(it)),
        Assertion::NoSilence(it) => {
            let mut out = format!("never {} of silence", it.lasts);
            if let Some(it) = it.between {
                out.push_str(&speaker.between(it));
            }
            out
        }
        Assertion::NoneWithoutConsent => "never without consent".to_owned(),
        Assertion::AtMost(it) => speaker.at_most(it),
        Assertion::Exactly(it) => match it.len() {
            0 => "no touchpoint at all".to_owned(),
            1 => "exactly 1 touchpoint".to_owned(),
            n => format!("exactly {n} touchpoints"),
        },
        Assertion::Timeline(_) => "the timeline".to_owned(),
        Assertion::Ends(it) => {
            let mut out = simulation.journey(it.journey).name.value.to_string();
            out.push_str(match it.state {
                Some(Ended::Completed) => " is completed",
                Some(Ended::Exited) => " is exited",
                Some(Ended::Inside) => " goes on",
                Some(Ended::NeverEntered) => " is never entered",
                Some(Ended::Left) | None => " ends",
            });
            if let Some((via, _)) = &it.via {
                out.extend([" via ", via]);
            }
            if let Some(next) = it.next {
                out.extend([", next ", &simulation.journey(next).name.value]);
            }
            if let Some(by) = it.by {
                out.extend([" by ", &speaker.point(by)]);
            }
            out
        }
        Assertion::Reach(it) => {
            let mut out = format!("reaches {}", step_name(simulation, it.step));
            if let Some(by) = it.by {
                out.extend([" by ", &speaker.point(by)]);
            }
            out
        }
        Assertion::Findings(it) => {
            let rules: Vec<&str> = it.iter().map(|it| &*it.rule).collect();
            match rules.as_slice() {
                [] => "the check finds nothing".to_owned(),
                _ => format!("the check finds {}", rules.join(", ")),
            }
        }
    }
}

struct Speaker<'a, 'p> {
    simulation: &'a Simulation<'p>,
    case: &'a Case,
}

impl Speaker<'_, '_> {
    fn clause(&self, it: &Clause) -> String {
        let mut out = it.selector.words.clone();
        for bound in &it.when {
            match bound {
                Bound::Within(point, duration) => {
                    out.push_str(" within ");
                    out.push_str(&duration.to_string());
                    out.extend([" of ", &self.point(*point)]);
                }
                Bound::By(point) => out.extend([" by ", &self.point(*point)]),
                Bound::Before(point) => out.extend([" before ", &self.point(*point)]),
                Bound::After(point) => out.extend([" after ", &self.point(*point)]),
                Bound::Between(from, to) => out.push_str(&self.between((*from, *to))),
            }
        }
        if let Some((from, to)) = it.local_time {
            out.extend([" at ", &from.to_string(), "–", &to.to_string()]);
        }
        if let Some(from) = &it.from {
            out.extend([" from ", from]);
        }
        match it.two_way {
            Some(true) => out.push_str(", two-way"),
            Some(false) => out.push_str(", one-way"),
            None => {}
        }
        if let Some(within) = it.respond_within {
            out.extend([", answered within ", &within.to_string()]);
        }
        if it.rendered.is_some() {
            out.push_str(", as it reads");
        }
        out
    }

    fn between(&self, (from, to): (Point, Point)) -> String {
        format!(" between {} and {}", self.point(from), self.point(to))
    }

    fn at_most(&self, it: &AtMost) -> String {
        let words = &it.selector.words;
        let is_one = it.n == 1;
        let mut out = format!("at most {} ", it.n);
        match (it.distinct, words.strip_prefix("any ")) {
            (Some(Distinct::SenderPerson), _) if is_one => out.push_str("person who writes"),
            (Some(Distinct::SenderPerson), _) => out.push_str("people who write"),
            (Some(Distinct::Sender), _) if is_one => out.push_str("sender"),
            (Some(Distinct::Sender), _) => out.push_str("senders"),
            (None, Some(what)) if is_one => out.push_str(what),
            (None, Some(what)) => {
                let (one, many) = (it.selector.kind.word(), it.selector.kind.words());
                out.push_str(&what.replacen(one, many, 1));
            }
            (None, None) if is_one => out = format!("{words} at most once"),
            (None, None) => out = format!("{words} at most {} times", it.n),
        }
        if let Some(per) = it.per {
            out.extend([" in ", &per.to_string()]);
        }
        if let Some(it) = it.between {
            out.push_str(&self.between(it));
        }
        out
    }

    fn point(&self, point: Point) -> String {
        let anchor = match point.anchor {
            Anchor::Start => "the start".to_owned(),
            Anchor::Event(event) => self.simulation.event_name(event).to_owned(),
            Anchor::Step(step) => step_name(self.simulation, step),
            Anchor::At(at) => {
                let clock = self.simulation.clock(self.case.person.zone);
                when(clock, self.case.start, at)
            }
        };
        match point.offset {
            None => anchor,
            Some(it) if it.before => format!("{anchor} - {}", it.by),
            Some(it) => format!("{anchor} + {}", it.by),
        }
    }
}
