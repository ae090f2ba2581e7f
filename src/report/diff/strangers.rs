//! What strangers write into files, for tests of the formats.

use super::sample::shop;
use crate::diff::{Changes, Found, MailName, Place, Revision, Run};

/// What somebody might write into a title, a subject, a file's name.
pub(super) const WORDS: [&str; 31] = [
    "a|b|c",
    "`code`` and ``` fences ````",
    "```\n</details>\n# heading\n```",
    "~~~\nx\n~~~",
    "line\n\n# heading\n\n- item",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- open",
    "--> closed <b>",
    "</details></summary>",
    "<details open>",
    "@team and @org/team, please",
    "fixes #123, GH-7, shop/shop#9 and !4",
    "see https://evil.example/x and www.evil.example or mailto:a@evil.example",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "[ref]: https://evil.example\n[ref]",
    "[^1]: note",
    "**bold** __bold__ *it* _it_ ~~gone~~ ~sub~",
    "\u{202e}evil\u{2066}\u{200f}",
    "\u{1b}[2J\u{7}\u{0}bell\u{9b}31m",
    "- item",
    "1. one",
    "> quote",
    "# heading #",
    "===\n---",
    "/close\n/merge",
    "$x$ and $$y$$",
    "back\\slash\\",
    "&lt;b&gt; &#64;team &amp;",
    "- [ ] task",
];

/// The shop, with the same words in the place of everything that comes from files.
pub(super) fn written_by(words: &str) -> Changes {
    let text = || words.to_owned();
    let mut it = shop();
    it.before = Revision {
        name: text(),
        commit: Some(text()),
        broken: vec![text()],
    };
    it.after = it.before.clone();
    it.formatting = vec![text()];
    for change in it
        .project
        .iter_mut()
        .chain(it.journeys.iter_mut().flat_map(|it| &mut it.changes))
    {
        change.subject = text();
        change.step = Some(text());
        change.before = Some(text());
        change.after = Some(text());
        change.place = Some(place(words));
    }
    for journey in &mut it.journeys {
        journey.name = text();
        journey.was = Some(text());
        journey.title = Some(text());
        journey.place = place(words);
        journey.chart = Some(text());
        for row in &mut journey.timeline {
            for entry in row.before.iter_mut().chain(&mut row.after) {
                entry.step = text();
                entry.title = text();
                entry.since = text();
                entry.when = text();
                entry.sender = Some(text());
            }
        }
        for broken in &mut journey.breaking {
            broken.step = Some(text());
            broken.text = text();
            broken.place = Some(place(words));
        }
    }
    copy_by(words, &mut it);
    let findings = &mut it.findings;
    let all = findings.introduced.iter_mut().chain(&mut findings.worsened);
    all.chain(&mut findings.fixed)
        .for_each(|it| found_by(words, it));
    for target in &mut it.targets {
        target.target = text();
        target.environment = text();
        target
            .introduced
            .iter_mut()
            .for_each(|it| found_by(words, it));
        for payload in &mut target.payloads {
            payload.name = text();
            payload.diff = format!("-{words}\n+{words}\n");
        }
    }
    it
}

fn copy_by(words: &str, it: &mut Changes) {
    let text = || words.to_owned();
    for reach in &mut it.reach {
        reach.name = text();
        reach.journeys = vec![text(), text()];
    }
    for copy in &mut it.copy {
        copy.locale = text();
        copy.people = vec![text()];
        copy.mails = vec![MailName {
            journey: text(),
            step: text(),
        }];
        copy.words = vec![Run::Same(text()), Run::Removed(text()), Run::Added(text())];
    }
}

fn found_by(words: &str, it: &mut Found) {
    let text = || words.to_owned();
    it.place = place(words);
    let diagnostic = &mut it.diagnostic;
    diagnostic.message = text();
    diagnostic.why = diagnostic.why.as_ref().map(|_| text());
    diagnostic.help = diagnostic.help.as_ref().map(|_| text());
    diagnostic.primary.text = text();
    for moment in diagnostic.witness.iter_mut().flat_map(|it| &mut it.moments) {
        moment.name = text();
    }
    if let Some(fix) = &mut diagnostic.fix {
        fix.title = text();
        fix.edits[0].text = format!("{words}\n");
    }
}

fn place(file: &str) -> Place {
    Place {
        file: file.to_owned(),
        line: 3,
    }
}
