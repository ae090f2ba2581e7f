//! What a target keeps note of while it lowers a journey: losses, hand work, refusals, ids.

use std::collections::BTreeMap;

use super::{BEYOND_HORIZON, Job, NOT_EXPRESSIBLE, SEMANTICS_SHIFT, TOO_LARGE, Target};
use crate::diagnostic::{Diagnostic, RuleId, Sink, or_else};
use crate::manifest::Journey;
use crate::source::{FileId, Span};

/// Something that means another thing on the target than in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    /// The line that says it, from 1.
    pub line: u32,
    /// The step; empty for the journey as a whole.
    pub node: String,
    /// What changes, as a headline.
    pub what: String,
    /// What the customer notices.
    pub why: String,
    /// What to do about it.
    pub help: String,
}

/// Notes of one journey.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    losses: Vec<Loss>,
    beyond: Vec<Loss>,
    refusals: Vec<Loss>,
    too_large: Option<Loss>,
    by_hand: Vec<String>,
    remarks: Vec<String>,
    used: BTreeMap<(String, String), String>,
    missing: BTreeMap<(String, String), String>,
}

impl Ledger {
    /// Notes a loss; the same loss of a step is noted once, however often the step is copied.
    pub fn lose(&mut self, loss: Loss) {
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }

    /// Notes that a mail is due later than the target takes it.
    pub fn beyond(&mut self, loss: Loss) {
        if !self.beyond.contains(&loss) {
            self.beyond.push(loss);
        }
    }

    /// Notes that a step cannot be said.
    pub fn refuse(&mut self, loss: Loss) {
        if !self.refusals.contains(&loss) {
            self.refusals.push(loss);
        }
    }

    /// Notes that the journey becomes too large.
    pub fn too_large(&mut self, loss: Loss) {
        self.too_large = Some(loss);
    }

    /// Notes that what would be sent does not hold together: our own mistake, which is never sent.
    pub fn fault(&mut self, journey: &Journey, fault: &str) {
        self.refuse(Loss {
            line: journey.line,
            node: String::new(),
            what: format!("what would be sent does not hold together: {fault}"),
            why: String::new(),
            help: "report this as a fault of journeyc, with the journey's file".to_owned(),
        });
    }

    /// Notes that the provider would not take a template that a step sends.
    pub fn unfit(&mut self, title: &str, (node, line): (&str, u32), template: &str, fault: &str) {
        self.refuse(Loss {
            line,
            node: node.to_owned(),
            what: format!("{title} would not take the template `{template}`: {fault}"),
            why: "a journey without its mail is no journey, so nothing of it is written".to_owned(),
            help: "change the template until it fits".to_owned(),
        });
    }

    /// Notes that a journey has no step that the target takes.
    pub fn nothing_to_do(&mut self, title: &str, journey: &Journey) {
        self.lose(Loss {
            line: journey.line,
            node: String::new(),
            what: format!("{title} has nothing to do here, so no journey is written"),
            why: "people and other systems do every step; nobody reminds them".to_owned(),
            help: "see the plan for what people do".to_owned(),
        });
    }

    /// Notes what a person sets up, once.
    pub fn by_hand(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.by_hand.contains(&what) {
            self.by_hand.push(what);
        }
    }

    /// Notes how something is said on the target, once; nobody has to do anything.
    pub fn remark(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.remarks.contains(&what) {
            self.remarks.push(what);
        }
    }

    /// The account's id of a thing; one that is missing is noted with the step that needs it.
    pub fn id(&mut self, job: &Job<'_>, kind: &str, name: &str, node: &str) -> String {
        let key = (kind.to_owned(), name.to_owned());
        if let Some(id) = job.account.id(kind, name) {
            self.used.insert(key, id.to_owned());
            return id.to_owned();
        }
        self.missing.entry(key).or_insert_with(|| node.to_owned());
        String::new()
    }

    /// Whether the journey can be said, were all ids known.
    pub fn is_sayable(&self) -> bool {
        self.refusals.is_empty() && self.too_large.is_none()
    }

    /// Whether the journey can be written.
    pub fn is_writable(&self) -> bool {
        self.is_sayable() && self.missing.is_empty()
    }

    /// The losses, by line.
    pub fn losses(&self) -> Vec<&Loss> {
        let mut all: Vec<&Loss> = self.losses.iter().collect();
        all.sort();
        all
    }

    /// The mails that are due later than the target takes them, in the order of the steps.
    pub fn beyond_horizon(&self) -> &[Loss] {
        &self.beyond
    }

    /// Why the journey is not written, in words, by line.
    pub fn obstacles(&self) -> Vec<String> {
        let mut lines: Vec<&Loss> = self.refusals.iter().chain(&self.too_large).collect();
        lines.sort_by_key(|it| it.line);
        let lines = lines
            .into_iter()
            .map(|it| format!("line {}: {}; {}", it.line, it.what, it.help));
        let ids = self
            .missing
            .keys()
            .map(|(kind, name)| format!("no id for `{kind}.{name}`"));
        lines.chain(ids).collect()
    }

    /// What a person sets up, in the order of the steps.
    pub fn hand_work(&self) -> &[String] {
        &self.by_hand
    }

    /// How things are said, in the order of the steps.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The ids that are missing: kind and name, and the step that needs it.
    pub fn missing(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.missing
            .iter()
            .map(|((kind, name), node)| (kind.as_str(), name.as_str(), node.as_str()))
    }

    /// The ids used: kind and name, then the id.
    pub fn ids(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.used
            .iter()
            .map(|((kind, name), id)| (kind.as_str(), name.as_str(), id.as_str()))
    }

    /// Turns the notes into findings; ids that are missing are told for all journeys at once.
    pub fn report(&self, job: &Job<'_>, target: &dyn Target, journey: &str, sink: &mut Sink) {
        let target = target.name();
        let place = |node: &str| Self::place(job, journey, node);
        let rows = [
            (BEYOND_HORIZON, &self.beyond),
            (SEMANTICS_SHIFT, &self.losses),
            (NOT_EXPRESSIBLE, &self.refusals),
        ];
        for (rule, losses) in rows {
            for loss in losses {
                sink.push(finding(rule, loss, place(&loss.node), target, journey));
            }
        }
        if let Some(loss) = &self.too_large {
            sink.push(finding(TOO_LARGE, loss, place(&loss.node), target, journey));
        }
    }

    /// The place of a step, else of its journey, else the very beginning.
    pub(super) fn place(job: &Job<'_>, journey: &str, node: &str) -> Span {
        let at = |node: &str| job.places.get(&(journey.to_owned(), node.to_owned()));
        at(node)
            .or_else(|| at(""))
            .copied()
            .unwrap_or(Span::start_of(FileId(0)))
    }
}

fn finding(rule: RuleId, loss: &Loss, span: Span, target: &str, journey: &str) -> Diagnostic {
    let diagnostic = if [BEYOND_HORIZON, SEMANTICS_SHIFT].contains(&rule) {
        Diagnostic::warning(rule, span, loss.what.clone())
    } else {
        Diagnostic::error(rule, span, loss.what.clone())
    };
    let mut help = loss.help.clone();
    if [NOT_EXPRESSIBLE, TOO_LARGE].contains(&rule) {
        // A team may have its journeys at several providers.
        let out = format!(
            "leave `{journey}` out there: name the others under `targets.{target}.journeys`"
        );
        help = or_else(&help, &out);
    }
    let mut it = diagnostic
        .help(help)
        .journey(journey)
        .subject(format!("{target}: {}", loss.what));
    if !loss.why.is_empty() {
        it = it.why(loss.why.clone());
    }
    if !loss.node.is_empty() && !loss.node.starts_with('@') {
        it = it.step(loss.node.clone());
    }
    it
}
