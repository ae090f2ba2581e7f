//! What stands below the journeys: words, people inside, what is shared, findings, payloads.

use super::super::wording::{
    action, beside_table, capital, count, in_flight, is_noticed, mails, muted, part, shared,
    thousands,
};
use super::paper::{Paper, Tone, Words};
use super::{ALL, names};
use crate::diagnostic::{Status, Verdict};
use crate::diff::{
    Action, BreakingChange, Change, Changes, CopyChange, Found, JourneyChanges, Part,
    PayloadChange, Run, TargetChanges,
};
use crate::model::InFlight;

/// How many differences in words are shown.
const COPY: usize = 20;

/// How many names stand in a row.
const NAMES: usize = 6;

impl Paper {
    pub(super) fn copy(&mut self, changes: &Changes) {
        if !changes.copy.is_empty() {
            let n = count(mails(&changes.copy), "email");
            self.heading(&format!("What customers will read ({n})"));
            self.some(&changes.copy, COPY, Self::copy_change);
        }
        if !changes.mails.is_empty() {
            let n = count(changes.mails.len(), "email");
            self.plain(
                "  ",
                &format!("{n} side by side, before and after: `--format html`"),
            );
        }
    }

    fn copy_change(&mut self, it: &CopyChange) {
        let first = it.mails.first();
        let mail = first.map(|it| format!("{} › {}", it.journey, it.step));
        let more = match it.mails.len().saturating_sub(1) {
            0 => String::new(),
            n => format!(" and {}", count(n, "more email")),
        };
        let whom = match (it.people.is_empty(), it.everybody) {
            (true, _) => "as the template has it".to_owned(),
            (_, true) => "for everybody".to_owned(),
            _ => format!("for {}", names(it.people.iter().map(String::as_str), NAMES)),
        };
        let lead = capital(part(it.part));
        let where_to = format!(
            "of {}{more}, in {}, {whom}",
            mail.unwrap_or_default(),
            it.locale
        );
        self.flow("  ", &[(Tone::Strong, lead), (Tone::Plain, where_to)]);
        let words: Vec<Words> = it.words.iter().map(run).collect();
        if it.part == Part::Look && words.is_empty() {
            self.plain("    ", "looks different; the words are the same");
        } else {
            self.flow("    ", &words);
        }
    }

    pub(super) fn inside(&mut self, changes: &Changes) {
        let mut all: Vec<(&JourneyChanges, &BreakingChange)> = changes.breaking().collect();
        if all.is_empty() {
            return;
        }
        all.sort_by_key(|(it, _)| it.in_flight.is_some());
        self.heading("People who are inside");
        self.list(&all, |paper, (journey, it)| {
            let step = it.step.as_deref().map(|it| format!(" › {it}"));
            let name = format!("{}{}", journey.name, step.unwrap_or_default());
            let words = [
                (Tone::Changed, format!("{}:", it.id.id())),
                (Tone::Strong, format!("{name}:")),
                (Tone::Plain, it.text.clone()),
            ];
            paper.flow("  ", &words);
        });
        for it in InFlight::ALL {
            let n = with_breaks(changes).filter(|journey| journey.in_flight == Some(*it));
            let n = n.count();
            if n > 0 {
                let text = format!("`in_flight: {}`: {}", it.word(), in_flight(*it));
                self.plain("  ", &format!("{}: {text}", count(n, "journey")));
            }
        }
        let unsaid = with_breaks(changes).filter(|it| it.in_flight.is_none());
        let unsaid: Vec<&str> = unsaid.map(|it| it.name.as_str()).collect();
        if !unsaid.is_empty() {
            let names = names(unsaid.into_iter(), NAMES);
            let choices: Vec<&str> = InFlight::ALL.iter().map(|it| it.word()).collect();
            let words = [
                (Tone::Bad, "Nobody says what becomes of them".to_owned()),
                (Tone::Plain, format!("in {names}:")),
                (
                    Tone::Plain,
                    format!("write `in_flight:` {}", choices.join(", or ")),
                ),
            ];
            self.flow("  ", &words);
        }
    }

    pub(super) fn reach(&mut self, changes: &Changes) {
        if changes.reach.is_empty() {
            return;
        }
        self.heading("What journeys share");
        self.list(&changes.reach, |paper, it| {
            let mails = match it.mails {
                0 => String::new(),
                n => format!("{} in ", count(n, "email")),
            };
            let journeys = count(it.journeys.len(), "journey");
            let names = names(it.journeys.iter().map(String::as_str), NAMES);
            let words = [
                (Tone::Plain, shared(it.what).to_owned()),
                (Tone::Strong, it.name.clone()),
                (Tone::Plain, format!("reaches {mails}{journeys}: {names}")),
            ];
            paper.flow("  ", &words);
        });
    }

    pub(super) fn findings(&mut self, changes: &Changes) {
        let all = &changes.findings;
        let is_open = |it: &&Found| it.diagnostic.verdict == Verdict::Undecided;
        let listed = |it: &&Found| !it.blocks() && !is_open(it);
        let both = all.introduced.iter().chain(&all.worsened);
        let groups: [(&str, Vec<&Found>); 4] = [
            (
                "Found that was not there",
                all.introduced.iter().filter(listed).collect(),
            ),
            (
                "Worse than it was",
                all.worsened.iter().filter(listed).collect(),
            ),
            ("Cannot be decided", both.filter(is_open).collect()),
            ("Mended", all.fixed.iter().collect()),
        ];
        for (title, group) in groups {
            if group.is_empty() {
                continue;
            }
            self.heading(&format!("{title}: {}", thousands(group.len())));
            self.list(&group, |paper, it| {
                paper.found(it);
                if let Some(Status::Worsened(how)) = it.diagnostic.status {
                    paper.plain("    ", how.phrase());
                }
                if let (true, Some(help)) = (is_open(it), &it.diagnostic.help) {
                    paper.plain("    ", &format!("to decide it: {help}"));
                }
            });
        }
        let older = all.older.unwrap_or_default();
        if older > 0 {
            self.gap();
            let text = format!("{} there before, and not counted", count(older, "finding"));
            self.flow("", &[(Tone::Faint, text)]);
        }
    }

    pub(super) fn payloads(&mut self, changes: &Changes) {
        let targets = changes.targets.iter().filter(|it| !it.is_empty());
        let all: Vec<&TargetChanges> = targets.collect();
        if all.is_empty() {
            return;
        }
        self.heading("What is sent to the platforms");
        self.list(&all, |paper, it| {
            let n = |wanted| it.payloads.iter().filter(|it| it.action == wanted).count();
            let counts = [Action::Create, Action::Update, Action::Delete]
                .map(|it| format!("{} to {}", thousands(n(it)), action(it)));
            let words = [
                (Tone::Strong, format!("{} ({}):", it.target, it.environment)),
                (
                    Tone::Plain,
                    format!(
                        "{}, {} as before",
                        counts.join(", "),
                        thousands(it.unchanged)
                    ),
                ),
            ];
            paper.flow("  ", &words);
            paper.some(&it.payloads, 10, Self::payload);
            paper.list(&it.introduced, Self::found);
        });
    }

    fn payload(&mut self, it: &PayloadChange) {
        let (mark, tone) = match it.action {
            Action::Create => ('+', Tone::Added),
            Action::Update => ('~', Tone::Changed),
            Action::Delete => ('-', Tone::Removed),
        };
        self.flow(&format!("    {mark} "), &[(tone, it.name.clone())]);
    }

    pub(super) fn unnoticed(&mut self, changes: &Changes) {
        let of_journeys = changes.journeys.iter().flat_map(|it| {
            let all = if is_noticed(it) {
                beside_table(it)
            } else {
                it.changes.iter().collect()
            };
            all.into_iter()
                .map(move |change| (it.name.as_str(), change))
        });
        let of_project = changes.project.iter().map(|it| ("", it));
        let all = of_project.chain(of_journeys);
        let all: Vec<(&str, &Change)> = all.filter(|(_, it)| !it.kind.is_noticed()).collect();
        if all.is_empty() {
            return;
        }
        self.heading("Not noticed by customers");
        self.some(&all, 10, |paper, (journey, it)| {
            let about = Some(*journey).filter(|it| !it.is_empty());
            paper.change(it, "", about);
        });
    }

    /// Files that say the same in other words, and what nobody wants to hear of.
    pub(super) fn written_differently(&mut self, changes: &Changes) {
        let files = &changes.formatting;
        if !files.is_empty() {
            let names = names(files.iter().map(String::as_str), NAMES);
            let n = count(files.len(), "file");
            self.gap();
            self.flow(
                "",
                &[(
                    Tone::Faint,
                    format!("only written differently: {n} ({names})"),
                )],
            );
        }
        if let Some(text) = muted(&changes.muted) {
            self.flow("", &[(Tone::Faint, text)]);
        }
    }
}

fn with_breaks(changes: &Changes) -> impl Iterator<Item = &JourneyChanges> {
    changes.journeys.iter().filter(|it| !it.breaking.is_empty())
}

/// The beginning of a text that is too long, and how much is missing.
fn cut(text: &str) -> String {
    const LONGEST: usize = 240;
    let kept: String = text.chars().take(LONGEST).collect();
    match text.chars().count().saturating_sub(LONGEST) {
        0 => kept.trim().to_owned(),
        n => format!("{}… ({})", kept.trim(), count(n, "more character")),
    }
}

/// Words that differ, with signs for those who see no colours.
fn run(it: &Run) -> Words {
    match it {
        Run::Same(text) => (Tone::Plain, cut(text)),
        Run::Removed(text) => (Tone::Removed, format!("[-{}-]", cut(text))),
        Run::Added(text) => (Tone::Added, format!("{{+{}+}}", cut(text))),
        Run::Skipped(n) => (Tone::Faint, format!("[… {}]", count(*n, "word"))),
        Run::More { removed, added } => {
            let text = format!("[… {removed} more words out, {added} more in; {ALL}]");
            (Tone::Faint, text)
        }
    }
}
