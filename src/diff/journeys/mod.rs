//! What differs in journeys.
//!
//! In: both sides. Out: what became of each journey that differs. Invariants: whatever differs in the
//! manifest of a journey is a [`Change`]; what its file alone says is one, too; a journey whose file is
//! only written in another way is none. Not done here: words of mails (`copy`), times (`timeline`).

mod audience;
mod breaking;
mod head;
mod matched;
mod notes;
mod pairing;
mod steps;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Found;
use super::written::Written;
use super::{
    Change, Entry, Fate, Half, JourneyChanges, Kind, Pair, Place, Row, chart, numbers, timeline,
};
use crate::manifest::Journey;
use crate::model::reason::Vocabulary;
use crate::model::{Document, Program, Project};
use crate::source::FileId;
use crate::workspace::{JOURNEYS, is_scenario, stem};

use audience::Audiences;
use matched::Matched;

/// What both sides of a journey are compared with the help of.
struct Context<'a> {
    audiences: Audiences<'a>,
    old: &'a Project,
    new: &'a Project,
}

/// The journeys that differ, those that customers notice most first.
pub(super) fn changes(pair: &Pair<'_, '_>) -> Vec<JourneyChanges> {
    let (before, after) = (pair.before.journeys(), pair.after.journeys());
    let pairing = pairing::pairs(before, after);
    let gone = pairing.removed.iter().filter_map(|at| before.get(*at));
    let new = pairing.added.iter().filter_map(|at| after.get(*at));
    let (unread_now, unread_then) = (Unread::of(&pair.after), Unread::of(&pair.before));
    let gone = gone.filter(|it| !unread_now.may_be(it));
    let new = new.filter(|it| !unread_then.may_be(it));
    let mut all: Vec<JourneyChanges> = gone
        .map(|it| alone(pair, it, Fate::Removed))
        .chain(new.map(|it| alone(pair, it, Fate::Added)))
        .collect();
    let (old, new) = (documents(&pair.before), documents(&pair.after));
    for (a, b) in pairing.both {
        if let (Some(a), Some(b)) = (side(before, &old, a), side(after, &new, b)) {
            all.extend(changed(pair, a, b));
        }
    }
    let order = |it: &JourneyChanges| {
        let is_noticed = it.changes.iter().any(|it| it.kind.is_noticed());
        (!is_noticed, it.fate, it.name.clone())
    };
    all.sort_by_cached_key(order);
    all
}

/// What could not be understood on one side: what is missing there may well be there.
struct Unread<'h> {
    /// Whether that is so of the project file, and therefore of everything.
    project: bool,
    paths: BTreeSet<&'h str>,
}

impl<'h> Unread<'h> {
    fn of(half: &'h Half<'_, '_>) -> Self {
        let compilation = half.compilation;
        let sources = &compilation.workspace.sources;
        let program = compilation.program.as_ref();
        let whole = program.into_iter().flat_map(Program::whole);
        let whole: BTreeSet<FileId> = whole.map(|it| it.file).collect();
        let files = sources.iter().filter(|(id, _)| !whole.contains(id));
        let paths = files.map(|(_, it)| &*it.path);
        Self {
            project: program.is_none() && compilation.workspace.has_project(),
            paths: paths
                .filter(|it| it.starts_with(JOURNEYS) && !is_scenario(it))
                .collect(),
        }
    }

    /// Whether a journey of the other side may be among it.
    fn may_be(&self, journey: &Journey) -> bool {
        self.project
            || self.paths.contains(&*journey.file)
            || self.paths.iter().any(|it| stem(it) == journey.name)
    }
}

/// A journey of the manifest with what the model says of it.
type Side<'a> = (&'a Journey, &'a Document);

fn documents<'h>(half: &'h Half<'_, '_>) -> Vec<&'h Document> {
    let program = half.compilation.program.as_ref();
    program.into_iter().flat_map(Program::whole).collect()
}

fn side<'a>(journeys: &'a [Journey], documents: &[&'a Document], at: usize) -> Option<Side<'a>> {
    Some((journeys.get(at)?, *documents.get(at)?))
}

/// A journey that is only on one side.
fn alone(pair: &Pair<'_, '_>, journey: &Journey, fate: Fate) -> JourneyChanges {
    let only = |wanted| Some(journey).filter(|_| fate == wanted);
    let (before, after) = (only(Fate::Removed), only(Fate::Added));
    let name = |it: Option<&'_ Journey>| it.map(|it| it.name.clone());
    let timeline = timeline::rows(pair, before, after, &BTreeMap::new());
    let place = Place {
        file: journey.file.clone(),
        line: journey.line,
    };
    let change = Change {
        kind: if after.is_some() {
            Kind::JourneyAdded
        } else {
            Kind::JourneyRemoved
        },
        step: None,
        subject: String::new(),
        before: name(before),
        after: name(after),
        place: Some(place.clone()),
    };
    JourneyChanges {
        name: journey.name.clone(),
        was: None,
        title: journey.title.clone(),
        fate,
        place,
        changes: vec![change],
        chart: after.and_then(|it| chart::of(&pair.after, it, &timeline)),
        timeline,
        numbers: numbers::of(pair, before, after),
        breaking: before.map(breaking::removed).into_iter().collect(),
        in_flight: journey.in_flight,
    }
}

/// A journey that is on both sides; nothing if it is the same.
fn changed(pair: &Pair<'_, '_>, before: Side<'_>, after: Side<'_>) -> Option<JourneyChanges> {
    let text = |half: &Half<'_, '_>, side: Side<'_>| {
        half.compilation
            .workspace
            .sources
            .file(side.1.file)
            .text
            .clone()
    };
    if before.0 == after.0 && text(&pair.before, before) == text(&pair.after, after) {
        return None;
    }
    let (old, new) = (before.0, after.0);
    let context = Context {
        audiences: Audiences {
            before: Vocabulary::of(project_of(&pair.before)?, &before.1.journey),
            after: Vocabulary::of(project_of(&pair.after)?, &after.1.journey),
        },
        old: project_of(&pair.before)?,
        new: project_of(&pair.after)?,
    };
    let edits = crate::model::edits::Edits::between(&before.1.journey, &after.1.journey);
    let matched = Matched::new(old, new, &edits);
    let written = [(&pair.before, before), (&pair.after, after)]
        .map(|(half, side)| Written::read(&half.compilation.workspace.sources, side.1.file));
    let [was, is] = &written;
    let mut changes = head_changes(&context, &matched, was.as_ref(), is.as_ref());
    changes.extend(matched.changes(&context, was.as_ref(), is.as_ref()));
    let timeline = timeline::rows(pair, Some(old), Some(new), &matched.names());
    changes.extend(timing(pair, &matched, &timeline, &changes));
    let numbers = numbers::of(pair, Some(old), Some(new));
    let is_same = changes.is_empty()
        && timeline.iter().all(|it| it.flags.is_empty())
        && numbers.iter().all(|it| it.before == it.after);
    if is_same {
        return None;
    }
    matched.sort(&mut changes);
    let is_renamed = old.name != new.name;
    Some(JourneyChanges {
        name: new.name.clone(),
        was: Some(old.name.clone()).filter(|_| is_renamed),
        title: new.title.clone(),
        fate: if is_renamed {
            Fate::Renamed
        } else {
            Fate::Changed
        },
        place: matched.place(new.line),
        breaking: breaking::of(&matched, &changes),
        changes,
        chart: chart::of(&pair.after, new, &timeline),
        timeline,
        numbers,
        in_flight: new.in_flight,
    })
}

fn project_of<'h>(half: &'h Half<'_, '_>) -> Option<&'h Project> {
    half.compilation.program.as_ref().map(|it| &it.project)
}

/// What differs in the journey as a whole.
fn head_changes(
    context: &Context<'_>,
    matched: &Matched<'_>,
    was: Option<&Written>,
    is: Option<&Written>,
) -> Vec<Change> {
    let (old, new) = (matched.before, matched.after);
    let mut found = head::differences(context, old, new);
    if old.name != new.name {
        let names = [old, new].map(|it| Some(it.name.clone()));
        let [before, after] = names;
        let renamed = Found::new("journey", Kind::JourneyRenamed, "", before, after);
        found.push((renamed, None));
    }
    if let (Some(was), Some(is)) = (was, is) {
        let notes = notes::journey(&was.value, &is.value);
        found.extend(notes.into_iter().map(|it| (it, None)));
    }
    let place = |key: &str| {
        let at = |file: Option<&Written>, journey: &Journey| {
            let line = file?.line(&[key])?;
            let file = journey.file.clone();
            Some(Place { file, line })
        };
        at(is, new)
            .or_else(|| at(was, old))
            .unwrap_or_else(|| matched.place(new.line))
    };
    let change = |(it, at): (Found, Option<Place>)| {
        let place = at.unwrap_or_else(|| place(&it.key));
        told(it, None, Some(place))
    };
    found.into_iter().map(change).collect()
}

fn told(it: Found, step: Option<String>, place: Option<Place>) -> Change {
    Change {
        kind: it.kind,
        step,
        subject: it.subject,
        before: it.before,
        after: it.after,
        place,
    }
}

/// The touchpoints that come at other times; and those that other windows hold back, unless their
/// steps say so themselves.
fn timing(
    pair: &Pair<'_, '_>,
    matched: &Matched<'_>,
    rows: &[Row],
    told: &[Change],
) -> Vec<Change> {
    let mut changes = Vec::new();
    for row in rows {
        let (Some(before), Some(after)) = (&row.before, &row.after) else {
            continue;
        };
        for kind in &row.flags {
            let (old, new) = match kind {
                Kind::Sooner | Kind::Later | Kind::Timing => times(pair, matched, before, after),
                Kind::Window => (held(before), held(after)),
                _ => continue,
            };
            let is_told = |it: &Change| it.kind == *kind && it.step.as_ref() == Some(&after.step);
            if old == new || told.iter().any(is_told) {
                continue;
            }
            changes.push(Change {
                kind: *kind,
                step: Some(after.step.clone()),
                subject: String::new(),
                before: Some(old),
                after: Some(new),
                place: matched.line_of(&after.step).map(|it| matched.place(it)),
            });
        }
    }
    changes
}

/// When a touchpoint comes, on both sides: counted from what has surely passed, or from the trigger
/// where only that tells them apart.
fn times(
    pair: &Pair<'_, '_>,
    matched: &Matched<'_>,
    before: &Entry,
    after: &Entry,
) -> (String, String) {
    let words = |it: &Entry| format!("{} after {}", it.when, it.since);
    let (old, new) = (words(before), words(after));
    if old != new {
        return (old, new);
    }
    let from_start = |half: &Half<'_, '_>, journey: &Journey, entry: &Entry| {
        let mut schedule = half.manifest.iter().flat_map(|it| &it.schedule);
        let row = schedule.find(|it| it.journey == journey.name && it.step == entry.step);
        row.map(|it| it.when.clone()).unwrap_or_default()
    };
    (
        from_start(&pair.before, matched.before, before),
        from_start(&pair.after, matched.after, after),
    )
}

/// What may hold a touchpoint back, in words.
fn held(it: &Entry) -> String {
    match it.held_by.as_slice() {
        [] => "nothing holds it back".to_owned(),
        some => format!("held back by {}", some.join(", ").replace('_', " ")),
    }
}
