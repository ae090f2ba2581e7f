//! `--format markdown`: what a pull request shows.
//!
//! In: [`Changes`], and which comment it is. Out: Markdown for GitHub and GitLab that begins with a
//! hidden line by which the comment is found again, and a second one by which is seen whether there
//! is anything new in it. Invariants: it never has more than [`LIMIT`] characters or bytes, and what
//! it leaves out for that is counted where it would stand; nothing from a file comes out as markup.
//! Not done here: posting it.

mod copy;
mod escape;
mod findings;
mod inside;
mod journeys;
mod page;
mod payloads;
mod reach;
mod room;
mod table;
#[cfg(test)]
mod tests;
mod unnoticed;
mod verdict;

use std::fmt::Write as _;
use std::io;

use super::{Format, Look};
use crate::diff::{Changes, Verdict};
use crate::manifest::content_hash;
use page::Page;
use room::{Room, ladder};

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    about: "A comment in a pull request, never above 60,000 characters",
    write,
};

/// Neither characters nor bytes are more than this. GitHub takes 65,536; what posts the comment may
/// add a line.
const LIMIT: usize = 60_000;

/// Room that is kept for what stands around the sections: the hidden lines and the foot.
const AROUND: usize = 6_000;

fn write(changes: &Changes, look: Look<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(comment(changes, look).as_bytes())
}

/// The whole comment.
fn comment(changes: &Changes, look: Look<'_>) -> String {
    // Links name a commit, so they differ with every push, whether or not there is anything new.
    let bare = Look {
        report: None,
        source: None,
        ..look
    };
    let verdict = changes.verdict();
    let word = match verdict {
        Verdict::Blocked => "blocked",
        Verdict::Fine => "fine",
        Verdict::Nothing => "nothing",
    };
    let (room, shown) = fitted(changes, look);
    let content = content_hash(&[word, &sections(changes, bare, room)]);
    let key = escape::key(look.key);
    let mut out = format!("<!-- journeyc:v1 {key} -->\n");
    let _ = writeln!(out, "<!-- journeyc:verdict={word} content={content} -->");
    out.push_str(&shown);
    if verdict != Verdict::Nothing {
        let mut foot = Page::new(changes, look, Room::SMALLEST);
        foot.foot();
        // A rule right below a paragraph would make a heading of it.
        out.push('\n');
        out.push_str(&foot.out);
    }
    out
}

/// Everything between the hidden lines and the foot, as large as fits.
fn fitted(changes: &Changes, look: Look<'_>) -> (Room, String) {
    let mut last = (Room::SMALLEST, String::new());
    for room in ladder() {
        last = (room, sections(changes, look, room));
        if last.1.len() + AROUND <= LIMIT {
            break;
        }
    }
    last
}

/// Everything between the hidden lines and the foot, in this room.
fn sections(changes: &Changes, look: Look<'_>, room: Room) -> String {
    let mut page = Page::new(changes, look, room);
    page.sections();
    page.out
}
