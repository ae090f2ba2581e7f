//! What differs in a mail as one person sees it, part by part.
//!
//! Invariant: two mails that differ in any byte of their page differ in some part.

use std::collections::{BTreeMap, BTreeSet};

use super::align;
use super::words::{Token, Window, exchanged, of_line, of_page, windows};
use crate::diff::{Part, Run};
use crate::render::{Preview, Reading, reading};
use crate::template::host_of;

/// How many differences of a part are told one by one; the rest is counted.
const MOST: usize = 100;
/// How many facts about the look are shown, on either side.
const FACTS: usize = 8;

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) part: Part,
    /// Which one it is in its part, from 0.
    pub(super) at: usize,
    pub(super) window: Window,
}

/// What differs, in the order of the parts.
pub(super) fn differences(before: &Preview, after: &Preview) -> Vec<Difference> {
    let lines =
        |before: &str, after: &str| windows(&of_line(before), &of_line(after), |_, _| false);
    let pages = Pages {
        before: reading(&before.html),
        after: reading(&after.html),
    };
    let (labels, told) = pages.labels();
    let (hosts, addresses) = pages.links();
    let mut all = Vec::new();
    let mut add = |part, mut found: Vec<Window>| {
        if found.len() > MOST {
            let rest = found.split_off(MOST - 1);
            found.push(counted(&rest));
        }
        let found = found.into_iter().enumerate();
        all.extend(found.map(|(at, window)| Difference { part, at, window }));
    };
    add(Part::Subject, lines(&before.subject, &after.subject));
    add(Part::Preheader, lines(&before.preheader, &after.preheader));
    add(Part::Text, pages.text(&told));
    add(Part::CallToAction, labels);
    add(Part::LinkHost, hosts);
    add(Part::Link, addresses);
    if let Some(look) = pages.look(all.is_empty()) {
        let (at, part) = (0, Part::Look);
        all.push(Difference {
            part,
            at,
            window: look,
        });
    } else if all.is_empty() {
        let mut typography = typography(before, after, &pages);
        typography.truncate(1);
        all.extend(typography);
    }
    all
}

/// Both pages.
struct Pages {
    before: Reading,
    after: Reading,
}

/// The links whose words differ, on either side.
#[derive(Default)]
struct Told {
    before: BTreeSet<usize>,
    after: BTreeSet<usize>,
}

impl Pages {
    fn text(&self, told: &Told) -> Vec<Window> {
        let before = of_page(&self.before.words);
        let after = of_page(&self.after.words);
        windows(&before, &after, |before, after| {
            let all = |words: &[Token<'_>], told: &BTreeSet<usize>| {
                words
                    .iter()
                    .all(|it| it.link.is_some_and(|it| told.contains(&it)))
            };
            all(before, &told.before) && all(after, &told.after)
        })
    }

    /// What differs in the words on links, and which links they are. Links that only stand elsewhere
    /// do not differ.
    fn labels(&self) -> (Vec<Window>, Told) {
        let [before, after] = [&self.before, &self.after].map(|page| {
            let labels = page.links.iter().enumerate();
            let said = labels.filter(|(_, it)| !it.label.is_empty());
            said.map(|(at, it)| Token::new(&it.label, 0, Some(at)))
                .collect::<Vec<_>>()
        });
        let stretches = align::stretches(&before, &after);
        let changed = || stretches.iter().filter(|it| !it.same);
        let removed = changed().flat_map(|it| &before[it.before.clone()]);
        let added = changed().flat_map(|it| &after[it.after.clone()]);
        let moved = common(removed, added);
        let mut told = Told::default();
        let mut found = Vec::new();
        for it in changed() {
            let stays = |it: &&Token<'_>| moved.contains(&*it.key);
            let removed: Vec<_> = before[it.before.clone()]
                .iter()
                .filter(|it| !stays(it))
                .collect();
            let added: Vec<_> = after[it.after.clone()]
                .iter()
                .filter(|it| !stays(it))
                .collect();
            told.before.extend(removed.iter().filter_map(|it| it.link));
            told.after.extend(added.iter().filter_map(|it| it.link));
            if removed.len() == added.len() {
                for (before, after) in removed.iter().zip(&added) {
                    found.extend(windows(
                        &of_line(before.text),
                        &of_line(after.text),
                        |_, _| false,
                    ));
                }
            } else {
                found.extend(removed.iter().map(|it| exchanged(Some(it.text), None)));
                found.extend(added.iter().map(|it| exchanged(None, Some(it.text))));
            }
        }
        (found, told)
    }

    /// The hosts that differ, and the addresses that do although their hosts do not.
    fn links(&self) -> (Vec<Window>, Vec<Window>) {
        let [before, after] = [&self.before, &self.after].map(|page| {
            let hosts = page.links.iter().filter_map(|it| host_of(&it.href));
            hosts.collect::<BTreeSet<String>>()
        });
        let removed = before
            .difference(&after)
            .map(|it| exchanged(Some(it), None));
        let added = after
            .difference(&before)
            .map(|it| exchanged(None, Some(it)));
        let hosts = removed.chain(added).collect();
        let [old, new] = [&self.before, &self.after].map(|page| {
            let links = page.links.iter().map(|it| it.href.trim());
            links.collect::<BTreeSet<&str>>()
        });
        let only = |page: &Reading, known: &BTreeSet<&str>, hosts: &BTreeSet<String>| {
            let mut seen = BTreeSet::new();
            let links = page.links.iter().map(|it| it.href.trim().to_owned());
            let links = links.filter(|it| !it.is_empty() && !known.contains(&**it));
            let links = links.filter(|it| host_of(it).is_none_or(|it| hosts.contains(&it)));
            links
                .filter(|it| seen.insert(it.clone()))
                .collect::<Vec<String>>()
        };
        let gone = only(&self.before, &new, &after);
        let come = only(&self.after, &old, &before);
        let links = if gone.len() == come.len() {
            let pairs = gone.iter().zip(&come);
            pairs
                .map(|(old, new)| exchanged(Some(old), Some(new)))
                .collect()
        } else {
            let gone = gone.iter().map(|it| exchanged(Some(it), None));
            let come = come.iter().map(|it| exchanged(None, Some(it)));
            gone.chain(come).collect()
        };
        (hosts, links)
    }

    /// What differs in the look. Where words came or went, elements came or went with them: then only
    /// what is otherwise than it was counts.
    fn look(&self, everything: bool) -> Option<Window> {
        let gone: Vec<&str> = difference(&self.before.look, &self.after.look);
        let come: Vec<&str> = difference(&self.after.look, &self.before.look);
        let subjects = |facts: &[&'_ str]| -> BTreeSet<String> {
            facts.iter().map(|it| subject(it).to_owned()).collect()
        };
        let (old, new) = (subjects(&gone), subjects(&come));
        let both: BTreeSet<&String> = old.intersection(&new).collect();
        let counts = |it: &&str| everything || both.contains(&subject(it).to_owned());
        let gone: Vec<&str> = gone.into_iter().filter(counts).collect();
        let come: Vec<&str> = come.into_iter().filter(counts).collect();
        if gone.is_empty() && come.is_empty() {
            return None;
        }
        let mut facts: Vec<(&str, bool, &str)> = Vec::new();
        facts.extend(gone.iter().map(|it| (subject(it), false, *it)));
        facts.extend(come.iter().map(|it| (subject(it), true, *it)));
        facts.sort_unstable();
        let mut window = exchanged(Some(&gone.join("\n")), Some(&come.join("\n")));
        window.runs = runs(&facts);
        Some(window)
    }
}

/// Facts as runs; those that are not shown are counted.
fn runs(facts: &[(&str, bool, &str)]) -> Vec<Run> {
    let mut shown = [0, 0];
    let mut more = [0, 0];
    let mut runs = Vec::new();
    for (_, added, fact) in facts {
        let side = usize::from(*added);
        if shown[side] == FACTS {
            more[side] += 1;
            continue;
        }
        shown[side] += 1;
        let it = if *added {
            (None, Some(*fact))
        } else {
            (Some(*fact), None)
        };
        runs.extend(exchanged(it.0, it.1).runs);
    }
    let [removed, added] = more;
    if more != [0, 0] {
        runs.push(Run::More { removed, added });
    }
    runs
}

/// Many differences as one that only counts them.
fn counted(windows: &[Window]) -> Window {
    let text = |of: fn(&Window) -> &str| -> String {
        windows.iter().map(of).collect::<Vec<_>>().join("\n")
    };
    let mut it = exchanged(Some(&text(|it| &it.before)), Some(&text(|it| &it.after)));
    it.change = text(|it| &it.change);
    let (mut removed, mut added) = (0, 0);
    for window in windows {
        // A window's change says what was taken out, and behind a mark what was put in.
        for change in window.change.split('\0').filter(|it| !it.is_empty()) {
            let (old, new) = change.split_once('\u{1}').unwrap_or((change, ""));
            removed += old.split_whitespace().count();
            added += new.split_whitespace().count();
        }
    }
    it.runs = vec![Run::More { removed, added }];
    it
}

/// What a fact is about: `a background` of `a background:#fff`.
fn subject(fact: &str) -> &str {
    let end = fact.find([':', '=', '{']).unwrap_or(fact.len());
    fact[..end].trim_end()
}

fn difference<'f>(of: &'f BTreeSet<String>, from: &'f BTreeSet<String>) -> Vec<&'f str> {
    of.difference(from).map(String::as_str).collect()
}

/// What stands in both, as often as it stands in both.
fn common<'t>(
    one: impl Iterator<Item = &'t Token<'t>>,
    other: impl Iterator<Item = &'t Token<'t>>,
) -> BTreeSet<String> {
    let count = |words: &mut dyn Iterator<Item = &'t Token<'t>>| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for it in words {
            *counts.entry(&it.key).or_default() += 1;
        }
        counts
    };
    let (mut one, mut other) = (one, other);
    let (one, other) = (count(&mut one), count(&mut other));
    let both = one.into_iter().filter(|it| other.get(it.0) == Some(&it.1));
    both.map(|it| it.0.to_owned()).collect()
}

/// Where only typography, white space or what nobody sees differs.
fn typography(before: &Preview, after: &Preview, pages: &Pages) -> Vec<Difference> {
    if before == after {
        return Vec::new();
    }
    let lines = [
        (of_line(&before.subject), of_line(&after.subject)),
        (of_line(&before.preheader), of_line(&after.preheader)),
        (of_page(&pages.before.words), of_page(&pages.after.words)),
    ];
    let pairs = lines.iter().flat_map(|(old, new)| old.iter().zip(new));
    let differ = pairs.filter(|(old, new)| old.text != new.text);
    let differ: Vec<_> = differ.map(|(old, new)| (old.text, new.text)).collect();
    let side = |of: fn(&(&'_ str, &'_ str)) -> String| -> String {
        differ.iter().map(of).collect::<Vec<_>>().join(" ")
    };
    let (old, new) = (side(|it| it.0.to_owned()), side(|it| it.1.to_owned()));
    let mut window = exchanged(Some(&old), Some(&new));
    let shown = differ.iter().take(FACTS);
    window.runs = shown
        .flat_map(|(old, new)| exchanged(Some(old), Some(new)).runs)
        .collect();
    let more = differ.len().saturating_sub(FACTS);
    if more > 0 {
        let (removed, added) = (more, more);
        window.runs.push(Run::More { removed, added });
    }
    let (at, part) = (0, Part::Look);
    vec![Difference { part, at, window }]
}
