//! What must hold, with every name resolved.

use super::bounds::{Open, When, Windows};
use super::clause::{AtMost, Between, Counted, Expect, Never, Reach, Rendered, Wording};
use super::names::Names;
use super::selected::{Choice, check_sender, is_all_commercial};
use super::times::Times;
use super::written::{Invariants, Scenario};
use crate::diagnostic::{Diagnostic, Sink};
use crate::model::check::{INVALID_VALUE, UNKNOWN_ATTRIBUTE};
use crate::model::{Duration, Many, Name, TimeOfDay};
use crate::scenario::case::{self, Assertion, Check, Clause, Content, Distinct, Silence};
use crate::scenario::selector::{Kind, Selector};
use crate::source::{Span, Spanned};

/// Resolves clauses.
pub(super) struct Clauses<'c, 'p> {
    pub(super) names: &'c Names<'p>,
    pub(super) times: &'c Times,
    /// Whether the clauses hold for scenarios that were not written for them.
    pub(super) is_general: bool,
    pub(super) sink: &'c mut Sink,
}

/// What clauses under `expect` and `never` have in common.
struct Parts<'f> {
    choice: Choice<'f>,
    when: When<'f>,
    local_time: Option<&'f (Spanned<TimeOfDay>, Spanned<TimeOfDay>)>,
    from: Option<&'f Name>,
    two_way: Option<bool>,
    respond_within: Option<&'f Spanned<Duration>>,
    rendered: Option<&'f Spanned<Rendered>>,
    forbids: bool,
    span: Span,
}

macro_rules! choice {
    ($it:expr) => {
        Choice {
            send: $it.send.as_ref(),
            task: $it.task.as_ref(),
            touch: $it.touch.as_ref(),
            any: $it.any.as_ref(),
        }
    };
}

impl Clauses<'_, '_> {
    fn error(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(INVALID_VALUE, span, message);
        self.sink.push(diagnostic.help(help));
    }

    /// The checks that a scenario writes out.
    pub(super) fn of_scenario(&mut self, scenario: &Scenario) -> Vec<Check> {
        let mut out = Vec::new();
        for it in &scenario.expect {
            out.extend(self.expect(it));
        }
        for it in &scenario.never {
            out.extend(self.never(it));
        }
        for it in &scenario.at_most {
            out.extend(self.at_most(it));
        }
        if let Some(list) = &scenario.exactly {
            let clauses = list
                .value
                .iter()
                .filter_map(|it| self.clause(&expected(it)));
            let what = Assertion::Exactly(clauses.collect());
            out.push(check(list.span, what));
        }
        if let Some(list) = &scenario.timeline {
            let line = |it: &Name| case::Line {
                text: it.value.clone(),
                span: it.span,
            };
            let what = Assertion::Timeline(list.value.iter().map(line).collect());
            out.push(check(list.span, what));
        }
        for it in &scenario.reach.0 {
            out.extend(self.reach(it));
        }
        out
    }

    /// The checks of the invariants that can be asked in this scenario.
    pub(super) fn of_invariants(&mut self, invariants: &Invariants) -> Vec<Check> {
        let mut out = Vec::new();
        for it in &invariants.expect {
            out.extend(self.expect(it));
        }
        for it in &invariants.never {
            out.extend(self.never(it));
        }
        for it in &invariants.at_most {
            out.extend(self.at_most(it));
        }
        out
    }

    fn windows(&mut self, open: Open) -> Windows<'_, '_> {
        Windows {
            names: self.names,
            times: self.times,
            open,
            sink: self.sink,
        }
    }

    /// How windows end that forbid something.
    fn of_bans(&self) -> Open {
        if self.is_general {
            Open::ToTheEnd
        } else {
            Open::No
        }
    }

    fn expect(&mut self, written: &Spanned<Expect>) -> Option<Check> {
        let parts = expected(written);
        let clause = self.clause(&parts)?;
        // A touchpoint that nobody has written yet is a test that fails, and may come first.
        if clause.selector.steps.is_empty() && self.is_general {
            return None;
        }
        Some(check(written.span, Assertion::Expect(Box::new(clause))))
    }

    fn never(&mut self, written: &Spanned<Never>) -> Option<Check> {
        let it = &written.value;
        let choice = choice!(it);
        let parts = Parts {
            choice,
            when: it.into(),
            local_time: it.local_time.as_ref(),
            from: it.from.as_ref(),
            two_way: it.two_way,
            respond_within: None,
            rendered: it.rendered.as_ref(),
            forbids: true,
            span: written.span,
        };
        if let Some(lasts) = &it.silence {
            return self.silence(lasts, it, &parts);
        }
        if let Some((kind, wanted, span)) = choice.without_consent() {
            let is_alone = parts.when.is_empty()
                && it.local_time.is_none()
                && it.from.is_none()
                && it.two_way.is_none()
                && it.rendered.is_none();
            if !is_alone || !is_all_commercial(kind, wanted) {
                let message = "`without_consent` looks at all commercial mail of a life";
                let help = "write `{send: {class: commercial, without_consent: true}}`, and the rest as another clause";
                self.error(span, message, help);
                return None;
            }
            return Some(check(written.span, Assertion::NoneWithoutConsent));
        }
        let clause = self.clause(&parts)?;
        Some(check(written.span, Assertion::Never(Box::new(clause))))
    }

    fn silence(
        &mut self,
        lasts: &Spanned<Duration>,
        it: &Never,
        parts: &Parts<'_>,
    ) -> Option<Check> {
        let is_plain = it.within.is_none()
            && it.by.is_none()
            && it.before.is_none()
            && it.after.is_none()
            && it.local_time.is_none()
            && it.from.is_none()
            && it.two_way.is_none()
            && it.rendered.is_none();
        if !is_plain {
            let message = "silence is looked at `between` two points in time, or in the whole life";
            self.error(
                lasts.span,
                message,
                "write for example `{silence: 7d, between: [payment, delivered]}`",
            );
            return None;
        }
        if lasts.value.is_zero() {
            self.error(
                lasts.span,
                "nobody writes without a pause",
                "write for example `7d`",
            );
            return None;
        }
        let between = match &it.between {
            Some(between) => Some(self.stretch(between)?),
            None => None,
        };
        let of = if parts.choice.is_said() {
            Some(parts.choice.selector(self.names, self.sink)?)
        } else {
            None
        };
        let silence = Silence {
            lasts: lasts.value,
            between,
            of,
        };
        Some(check(parts.span, Assertion::NoSilence(Box::new(silence))))
    }

    /// The stretch of time that a ban is about.
    fn stretch(&mut self, between: &Between) -> Option<(case::Point, case::Point)> {
        let open = self.of_bans();
        let (from, to) = self.windows(open).between(between)?;
        Some((from.point, to.point))
    }

    fn at_most(&mut self, written: &Spanned<AtMost>) -> Option<Check> {
        let it = &written.value;
        let choice = choice!(it);
        let selector = if choice.is_said() {
            choice.selector(self.names, self.sink)?
        } else {
            Selector::any(&self.names.simulation)
        };
        if let Some(per) = it.per.as_ref().filter(|it| it.value.is_zero()) {
            self.error(
                per.span,
                "nothing can happen in no time",
                "write for example `7d`",
            );
            return None;
        }
        let between = match &it.between {
            Some(between) => Some(self.stretch(between)?),
            None => None,
        };
        let at_most = case::AtMost {
            n: it.n,
            selector,
            per: it.per.map(|it| it.value),
            between,
            distinct: it.distinct.map(|it| match it {
                Counted::SenderPerson => Distinct::SenderPerson,
                Counted::Sender => Distinct::Sender,
            }),
        };
        Some(check(written.span, Assertion::AtMost(Box::new(at_most))))
    }

    /// A touchpoint and what must be true of it.
    fn clause(&mut self, parts: &Parts<'_>) -> Option<Clause> {
        if !parts.choice.is_said() {
            // In a damaged file it may be there, and wrong.
            if self.times.is_whole || self.is_general {
                let message = "this clause says of no touchpoint";
                let help = "write for example `send: STEP`, or `any: {}`";
                self.error(parts.span, message, help);
            }
            return None;
        }
        let selector = parts.choice.selector(self.names, self.sink);
        let kind = selector.as_ref().map_or(Kind::Any, |it| it.kind);
        let open = if parts.forbids {
            self.of_bans()
        } else {
            Open::No
        };
        let when = self.windows(open).bounds(parts.when);
        if let Some(it) = parts.from {
            check_sender(kind, it, self.names, self.sink)?;
        }
        let rendered = match parts.rendered {
            Some(it) => Some(self.rendered(it, kind)?),
            None => None,
        };
        Some(Clause {
            selector: selector?,
            when: when?,
            local_time: parts.local_time.map(|it| (it.0.value, it.1.value)),
            from: parts.from.map(|it| it.value.clone()),
            two_way: parts.two_way,
            respond_within: parts.respond_within.map(|it| it.value),
            rendered,
        })
    }

    fn rendered(&mut self, written: &Spanned<Rendered>, kind: Kind) -> Option<case::Rendered> {
        if !matches!(kind, Kind::Send | Kind::Any) {
            let message = "only emails are rendered";
            self.error(
                written.span,
                message,
                "remove `rendered`, or choose by `send`",
            );
            return None;
        }
        let it = &written.value;
        for variable in &it.variables_used.0 {
            let Some(name) = variable.value.strip_prefix("contact.") else {
                continue;
            };
            let known = &self.names.project().contact;
            if !known.contains_key(name) {
                let known = known.keys().map(|it| &*it.value);
                let help = crate::diagnostic::did_you_mean(name, known, "attributes");
                let message = format!("there is no contact attribute `{name}`");
                self.sink.push(
                    Diagnostic::error(UNKNOWN_ATTRIBUTE, variable.span, message)
                        .help(help)
                        .subject(name),
                );
            }
        }
        let words = |it: &Many<Box<str>>| it.0.iter().map(|it| it.value.clone()).collect();
        Some(case::Rendered {
            subject: contents(it.subject.as_ref()),
            preheader: contents(it.preheader.as_ref()),
            text: contents(it.text.as_ref()),
            blocks: words(&it.block),
            no_blocks: words(&it.no_block),
            links: contents(it.links.as_ref()),
            size_kb: it.size_kb,
            variables_used: words(&it.variables_used),
        })
    }

    fn reach(&mut self, written: &Spanned<Reach>) -> Option<Check> {
        let it = &written.value;
        let step = self.names.step(&it.step.value, it.step.span, self.sink);
        let by = match &it.by {
            Some(by) => Some(self.deadline(by)?),
            None => None,
        };
        let what = Assertion::Reach(Box::new(case::Reach { step: step?, by }));
        Some(check(written.span, what))
    }

    /// A point by which something has happened, which is not before the start.
    pub(super) fn deadline(&mut self, by: &Spanned<super::point::Point>) -> Option<case::Point> {
        let placed = self.times.place(by, self.names, self.sink)?;
        if placed.known.is_some_and(|it| it < self.times.start) {
            let message = "this is over before the scenario starts";
            self.error(
                by.span,
                message,
                "count from something that happens after the start",
            );
            return None;
        }
        Some(placed.point)
    }
}

pub(super) fn check(span: Span, what: Assertion) -> Check {
    Check { span, what }
}

fn expected(written: &Spanned<Expect>) -> Parts<'_> {
    let it = &written.value;
    Parts {
        choice: choice!(it),
        when: it.into(),
        local_time: it.local_time.as_ref(),
        from: it.from.as_ref(),
        two_way: it.two_way,
        respond_within: it.respond_within.as_ref(),
        rendered: it.rendered.as_ref(),
        forbids: false,
        span: written.span,
    }
}

fn contents(wording: Option<&Wording>) -> Vec<Content> {
    let Some(it) = wording else { return Vec::new() };
    let contains = it
        .contains
        .0
        .iter()
        .map(|it| Content::Contains(it.value.clone()));
    let equals = it.equals.iter().map(|it| Content::Equals(it.value.clone()));
    let not = it
        .not_contains
        .0
        .iter()
        .map(|it| Content::NotContains(it.value.clone()));
    contains.chain(equals).chain(not).collect()
}
