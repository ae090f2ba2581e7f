//! What every format says in the same words.
//!
//! In: parts of [`Changes`]. Out: sentences and half sentences. Invariant: names and titles from files
//! are handed on as they are, so that each format makes them harmless in its own way.
//! Not done here: colours, tables, escaping.

use std::collections::BTreeSet;

use crate::diff::{
    Action, Change, Changes, CopyChange, Entry, Fate, FindingChanges, JourneyChanges, Kind,
    MailName, Number, NumberId, Part, Row, Run, Shared,
};
use crate::graph::Elapsed;
use crate::model::{Channel, Class, InFlight};

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// As any other word.
    Plain(String),
    /// What the eye should find first.
    Strong(String),
}

/// The one sentence that says it all, as pieces to be set one after the other.
pub(super) fn headline(changes: &Changes) -> Vec<Piece> {
    let mut pieces = vec![Piece::Plain(format!("{}.", capital(&subject(changes))))];
    let numbers = changes.numbers.iter().filter(|it| it.before != it.after);
    for it in numbers {
        let (lead, number) = number(it);
        pieces.push(Piece::Plain(format!(" {lead} ")));
        pieces.push(Piece::Strong(number));
        pieces.push(Piece::Plain(".".to_owned()));
    }
    let blocking = changes.findings.blocking().count();
    if blocking > 0 {
        pieces.push(Piece::Plain(" ".to_owned()));
        let text = format!("{}.", count(blocking, "blocking finding"));
        pieces.push(Piece::Strong(text));
    }
    let broken = changes.after.broken.len();
    if broken > 0 {
        let text = format!("{} cannot be understood.", count(broken, "file"));
        pieces.push(Piece::Plain(" ".to_owned()));
        pieces.push(Piece::Strong(text));
    }
    pieces
}

/// What it is that changes, as a sentence without its full stop.
pub(super) fn subject(changes: &Changes) -> String {
    let fates = fates(&changes.journeys);
    if !fates.is_empty() {
        let n = changes.journeys.len();
        let unnoticed = changes.journeys.iter().filter(|it| !is_noticed(it)).count();
        let remark = match unnoticed {
            0 => String::new(),
            it if it == n => " in nothing that customers notice".to_owned(),
            it => format!(
                ", {} of them in nothing that customers notice",
                thousands(it)
            ),
        };
        return format!("{}{remark}", fates.join(", "));
    }
    let mails = mails(&changes.copy);
    let files = changes.targets.iter().any(|it| !it.payloads.is_empty());
    if mails > 0 {
        format!(
            "{} {}",
            count(mails, "email"),
            one(mails, "reads", "read") + " differently"
        )
    } else if !changes.mails.is_empty() {
        let n = changes.mails.len();
        format!(
            "{} {}",
            count(n, "email"),
            one(n, "looks", "look") + " different"
        )
    } else if !changes.project.is_empty() {
        "what holds for all journeys changes".to_owned()
    } else if files {
        "no journey changes, only what is sent to the provider".to_owned()
    } else if changes.is_empty() {
        "no change for the customer".to_owned()
    } else {
        "no journey changes".to_owned()
    }
}

/// What kind of difference it is, as it stands before what it is about.
pub(super) fn lead(change: &Change) -> String {
    let title = change.kind.title();
    let is_apart = matches!(
        change.kind,
        Kind::Audience | Kind::AudienceWider | Kind::AudienceNarrower | Kind::Internal
    );
    let is_alone = change.step.is_none() && change.subject.is_empty();
    if is_apart && !is_alone {
        // `fewer people, who comes in`: the words do not make one.
        format!("{title},")
    } else {
        title.to_owned()
    }
}

/// How many journeys change, are new, and are gone.
fn fates(journeys: &[JourneyChanges]) -> Vec<String> {
    let of = |wanted: &[Fate]| {
        journeys
            .iter()
            .filter(|it| wanted.contains(&it.fate))
            .count()
    };
    let all = [
        (of(&[Fate::Changed, Fate::Renamed]), "changes", "change"),
        (of(&[Fate::Added]), "is new", "are new"),
        (of(&[Fate::Removed]), "is gone", "are gone"),
    ];
    let some = all.into_iter().filter(|(n, ..)| *n > 0);
    some.enumerate()
        .map(|(at, (n, single, plural))| {
            let verb = one(n, single, plural);
            if at == 0 {
                format!("{} {verb}", count(n, "journey"))
            } else {
                format!("{n} {verb}")
            }
        })
        .collect()
}

/// How many mails read differently.
pub(super) fn mails(copy: &[CopyChange]) -> usize {
    let all: BTreeSet<&MailName> = copy.iter().flat_map(|it| &it.mails).collect();
    all.len()
}

/// What a number is of, and the number as it is and was.
pub(super) fn number(it: &Number) -> (&'static str, String) {
    match it.id {
        NumberId::ContactLoad => {
            let messages = |it: i64| count(usize::try_from(it).unwrap_or(0), "message");
            let after = it
                .after
                .map_or("more messages than can be told".to_owned(), messages);
            let was = it
                .before
                .map_or("could not be told".to_owned(), |it| it.to_string());
            let text = format!("{after} in 30 days (was {was})");
            (
                "A customer now gets up to",
                text.replace("(was could", "(before, it could"),
            )
        }
        NumberId::SilenceAfterPayment => {
            let long =
                |it: Option<i64>| it.map_or("without end".to_owned(), |it| Elapsed(it).to_string());
            let text = format!("{} → {}", long(it.before), long(it.after));
            ("The longest silence after payment:", text)
        }
    }
}

/// How many touchpoints are new, gone, sooner and so on: `2 messages added, 1 sooner`. Each counts
/// once, for what customers notice most.
pub(super) fn tally<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<String> {
    const ORDER: [(Kind, &str); 8] = [
        (Kind::StepAdded, "added"),
        (Kind::StepRemoved, "removed"),
        (Kind::Sooner, "sooner"),
        (Kind::Later, "later"),
        (Kind::Timing, "at other times"),
        (Kind::StepMoved, "moved"),
        (Kind::Sender, "from somebody else"),
        (Kind::Other, "changed"),
    ];
    let mut counts = [0_usize; ORDER.len()];
    for row in rows.filter(|it| !it.flags.is_empty()) {
        let at = ORDER.iter().position(|(kind, _)| row.flags.contains(kind));
        if let Some(slot) = counts.get_mut(at.unwrap_or(ORDER.len() - 1)) {
            *slot += 1;
        }
    }
    let some = ORDER.iter().zip(counts).filter(|(_, n)| *n > 0);
    some.enumerate()
        .map(|(at, ((_, word), n))| match at {
            0 => format!("{} {word}", count(n, "message")),
            _ => format!("{n} {word}"),
        })
        .collect()
}

/// What became of a journey, in a word or two; nothing where it only says something else.
pub(super) fn fate(it: Fate) -> Option<&'static str> {
    match it {
        Fate::Added => Some("new"),
        Fate::Removed => Some("gone"),
        Fate::Renamed => Some("renamed"),
        Fate::Changed => None,
    }
}

/// What differs in a touchpoint, in words: `sender: Maya → Fern & Finch`. When it comes is said by
/// the table that it stands in.
pub(super) fn details(row: &Row) -> Vec<String> {
    let said = |kind: &Kind| {
        let what = match (&row.before, &row.after) {
            (Some(before), Some(after)) => detail(*kind, before, after),
            _ => None,
        };
        let title = kind.title();
        match what {
            Some((before, after)) => format!("{title}: {before} → {after}"),
            None => title.to_owned(),
        }
    };
    row.flags.iter().map(said).collect()
}

/// The same with a sign before each.
pub(super) fn flags(row: &Row) -> Vec<String> {
    let details = details(row);
    let signs = row.flags.iter().map(|it| it.symbol());
    signs
        .zip(details)
        .map(|(sign, it)| format!("{sign} {it}"))
        .collect()
}

/// How a touchpoint was and is, in what this kind of difference is about.
fn detail(kind: Kind, before: &Entry, after: &Entry) -> Option<(String, String)> {
    let nobody = || "nobody".to_owned();
    let held = |it: &Entry| {
        if it.held_by.is_empty() {
            "none".to_owned()
        } else {
            it.held_by.join(", ").replace('_', " ")
        }
    };
    let class = |it: &Entry| it.class.map_or("none", Class::word).to_owned();
    let (before, after) = match kind {
        Kind::Sender => (
            before.sender.clone().unwrap_or_else(nobody),
            after.sender.clone().unwrap_or_else(nobody),
        ),
        Kind::Class => (class(before), class(after)),
        Kind::Channel => (
            channel(before.channel).to_owned(),
            channel(after.channel).to_owned(),
        ),
        Kind::Window => (held(before), held(after)),
        Kind::StepRenamed => (before.step.clone(), after.step.clone()),
        _ => return None,
    };
    (before != after).then_some((before, after))
}

/// A sign for how a customer is reached.
pub(super) fn sign(it: Channel) -> &'static str {
    match it {
        Channel::Email => "✉",
        Channel::Phone => "☎",
        Channel::Sms | Channel::Chat => "💬",
        Channel::Push => "📱",
        Channel::Parcel => "📦",
        _ => "◆",
    }
}

/// How a customer is reached, in a word.
pub(super) fn channel(it: Channel) -> &'static str {
    it.word()
}

/// What becomes of people who are inside, as half a sentence.
pub(super) fn in_flight(it: InFlight) -> &'static str {
    match it {
        InFlight::FinishOld => "they finish the journey as it was",
        InFlight::Migrate => "they go on in the new one from the step they are at",
        InFlight::Stop => "they leave",
    }
}

/// Where in a mail words differ.
pub(super) fn part(it: Part) -> &'static str {
    match it {
        Part::Subject => "subject",
        Part::Preheader => "preheader",
        Part::Text => "text",
        Part::CallToAction => "call to action",
        Part::LinkHost => "whose site links lead to",
        Part::Link => "where links lead",
        Part::Look => "how it looks",
    }
}

/// What is shared, in a word.
pub(super) fn shared(it: Shared) -> &'static str {
    match it {
        Shared::Template => "template",
        Shared::Catalogue => "catalogue of texts",
        Shared::Sender => "sender",
        Shared::Event => "event",
        Shared::Attribute => "attribute",
        Shared::Policy => "policy",
        Shared::Brand => "brand",
        Shared::Locale => "language",
    }
}

/// What is to be done at the provider.
pub(super) fn action(it: Action) -> &'static str {
    match it {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
    }
}

/// Whether customers notice anything of what differs in a journey.
pub(super) fn is_noticed(it: &JourneyChanges) -> bool {
    let rows = it.timeline.iter().flat_map(|it| &it.flags);
    let kinds = it.changes.iter().map(|it| &it.kind).chain(rows);
    matches!(it.fate, Fate::Added | Fate::Removed) || kinds.copied().any(Kind::is_noticed)
}

/// How much differs in a journey, in a few words.
pub(super) fn brief(it: &JourneyChanges) -> String {
    let mut parts = tally(it.timeline.iter());
    let noticed = |it: &&&Change| it.kind.is_noticed();
    let others = beside_table(it).iter().filter(noticed).count();
    match (it.fate, others) {
        (Fate::Added, _) => {
            let n = it.timeline.iter().filter(|it| it.after.is_some()).count();
            return format!("new, {}", count(n, "message"));
        }
        (Fate::Removed, _) => {
            let n = it.timeline.iter().filter(|it| it.before.is_some()).count();
            return format!("gone, with {}", count(n, "message"));
        }
        (_, 0) => {}
        (_, n) if parts.is_empty() => parts.push(count(n, "change")),
        (_, n) => parts.push(format!(
            "{} {}",
            thousands(n),
            one(n, "other change", "other changes")
        )),
    }
    parts.join(", ")
}

/// What differs in a journey beside what its table says already.
pub(super) fn beside_table(it: &JourneyChanges) -> Vec<&Change> {
    let mut said: BTreeSet<(Kind, &str)> = BTreeSet::new();
    for row in &it.timeline {
        for entry in row.before.iter().chain(&row.after) {
            said.extend(row.flags.iter().map(|kind| (*kind, entry.step.as_str())));
        }
    }
    let is_said = |it: &Change| {
        let step = it.step.as_deref();
        step.is_some_and(|step| said.contains(&(it.kind, step)))
    };
    it.changes.iter().filter(|it| !is_said(it)).collect()
}

/// How many words were taken out, and put in.
pub(super) fn words(runs: &[Run]) -> (usize, usize) {
    let of = |text: &str| text.split_whitespace().count();
    runs.iter().fold((0, 0), |(out, put), run| match run {
        Run::Removed(text) => (out + of(text), put),
        Run::Added(text) => (out, put + of(text)),
        Run::More { removed, added } => (out + removed, put + added),
        Run::Same(_) | Run::Skipped(_) => (out, put),
    })
}

/// `1 journey`, `2 journeys`, `10,000 journeys`.
pub(super) fn count(n: usize, word: &str) -> String {
    format!("{} {word}{}", thousands(n), one(n, "", "s"))
}

/// A number as people read it: `12,345`.
pub(super) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The word for one thing, or for several.
pub(super) fn one(n: usize, single: &str, plural: &str) -> String {
    if n == 1 { single } else { plural }.to_owned()
}

/// With a capital letter at the beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// What `diff.ignore` leaves out, counted, as a sentence in which backticks quote; nothing where it
/// leaves out nothing.
pub(super) fn muted(muted: &[(Kind, usize)]) -> Option<String> {
    let n: usize = muted.iter().map(|(_, n)| n).sum();
    let kinds = muted.iter();
    let kinds: Vec<String> = kinds
        .map(|(kind, n)| format!("{} {}", thousands(*n), kind.title()))
        .collect();
    let (changes, are) = (count(n, "change"), one(n, "is", "are"));
    let kinds = kinds.join(", ");
    (n > 0).then(|| format!("{changes} {are} muted by `diff.ignore` ({kinds})."))
}

/// What a section on findings is called: `What was found (2 new, 1 mended; 1 of them above)`.
pub(super) fn found(all: &FindingChanges) -> String {
    let counts = [
        (all.introduced.len(), "new"),
        (all.worsened.len(), "worse"),
        (all.fixed.len(), "mended"),
    ];
    let counts = counts.into_iter().filter(|(n, _)| *n > 0);
    let counts: Vec<String> = counts
        .map(|(n, word)| format!("{} {word}", thousands(n)))
        .collect();
    let above = match all.blocking().count() {
        0 => String::new(),
        n => format!("; {} of them above", thousands(n)),
    };
    if counts.is_empty() {
        "What was found".to_owned()
    } else {
        format!("What was found ({}{above})", counts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn said(changes: &Changes) -> String {
        let pieces = headline(changes).into_iter().map(|it| match it {
            Piece::Plain(text) => text,
            Piece::Strong(text) => format!("*{text}*"),
        });
        pieces.collect()
    }

    fn journey(fate: Fate, kind: Kind) -> JourneyChanges {
        JourneyChanges {
            fate,
            changes: vec![sample::change(kind, "", None, None)],
            ..sample::journey("cart")
        }
    }

    #[test]
    fn one_sentence_says_it() {
        let mut changes = Changes::default();
        assert_eq!(said(&changes), "No change for the customer.");
        changes.journeys = vec![
            journey(Fate::Added, Kind::JourneyAdded),
            journey(Fate::Changed, Kind::Wait),
            journey(Fate::Changed, Kind::Internal),
        ];
        let numbers = [
            (NumberId::ContactLoad, Some(5), Some(7)),
            (
                NumberId::SilenceAfterPayment,
                Some(6 * 86_400),
                Some(22 * 3_600),
            ),
        ];
        changes.numbers = numbers
            .map(|(id, before, after)| Number { id, before, after })
            .to_vec();
        assert_eq!(
            said(&changes),
            "2 journeys change, 1 is new, 1 of them in nothing that customers notice. A customer now gets up to *7 messages in 30 days (was 5)*. \
             The longest silence after payment: *6 d → 22 h*."
        );
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(
            [0, 999, 1_000, 12_345, 1_234_567].map(thousands),
            ["0", "999", "1,000", "12,345", "1,234,567"]
        );
    }
}
