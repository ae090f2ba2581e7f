//! The emails that differ, as they were and as they are, side by side.

use super::super::wording::{count, one};
use super::copy::{all_names, name, names};
use super::frame;
use super::markup::Markup;
use super::page::Section;
use crate::diff::{Changes, MailChange};
use crate::render::Preview;

/// How many emails are shown. A browser keeps two pages for each.
const MOST: usize = 200;

/// Switches that need no script: what stands behind them looks at which of them is on.
const SWITCHES: &str = "\
<p class=\"meta\">Pictures from elsewhere are not loaded, and links lead nowhere. Drag the lower corner of a \
mail to see more of it.</p>
<input type=\"radio\" name=\"width\" id=\"desktop\" checked><label for=\"desktop\">as on a desktop</label>
<input type=\"radio\" name=\"width\" id=\"phone\"><label for=\"phone\">as on a telephone</label>
";

/// As many emails as there is room for, in bytes; the others by name.
pub(super) fn mails(changes: &Changes, room: usize) -> Option<Section> {
    let all = &changes.mails;
    if all.is_empty() {
        return None;
    }
    let (mut body, mut index) = (Markup::default(), Markup::default());
    body.tag(SWITCHES).tag("<div class=\"mails\">\n");
    index.tag("<details><summary>by name</summary>\n<ul>\n");
    let mut left = room;
    let mut shown = 0;
    let mut hidden: Vec<&MailChange> = Vec::new();
    for (at, it) in all.iter().enumerate() {
        let size = size(it);
        if shown == MOST || size > left {
            hidden.push(it);
            continue;
        }
        left -= size;
        shown += 1;
        index.tag("<li><a href=\"#mail-").digits(at).tag("\">");
        name(&it.mail, &mut index);
        index.tag("</a> ").code(&it.locale).tag("</li>\n");
        mail(it, at, &mut body);
    }
    index.tag("</ul>\n</details>\n");
    body.tag("</div>\n");
    rest(&hidden, &mut body);
    let title = format!("Emails before and after ({})", count(all.len(), "email"));
    Some(Section {
        index,
        ..Section::new("emails", title, body)
    })
}

/// Those for which there is no room.
fn rest(hidden: &[&MailChange], out: &mut Markup) {
    if hidden.is_empty() {
        return;
    }
    let text = format!(
        "{} {} not shown here, for this page would be too large:",
        count(hidden.len(), "more email"),
        one(hidden.len(), "is", "are")
    );
    out.tag("<p>").text(&text).tag("</p>\n<ul>\n");
    for it in hidden {
        out.tag("<li>");
        name(&it.mail, out);
        out.tag(", in ").code(&it.locale).tag("</li>\n");
    }
    out.tag("</ul>\n");
}

fn mail(it: &MailChange, at: usize, out: &mut Markup) {
    out.tag("<article class=\"mail\" id=\"mail-")
        .digits(at)
        .tag("\">\n<h3>");
    name(&it.mail, out);
    out.tag("</h3>\n<p class=\"meta\">in ")
        .code(&it.locale)
        .tag(", as ");
    // Samples have numbers, personas have names.
    if it.person.bytes().all(|it| it.is_ascii_digit()) {
        out.tag("sample ");
    }
    out.code(&it.person).tag(" sees it");
    if !it.alike.is_empty() {
        out.tag("; the same differs in ");
        names(&it.alike, out);
    }
    out.tag("</p>\n");
    all_names(&it.alike, out);
    out.tag("<div class=\"sides\">\n");
    let title = format!("{} › {}", it.mail.journey, it.mail.step);
    side(
        "before",
        "There was no such email.",
        &title,
        it.before.as_deref(),
        out,
    );
    side(
        "after",
        "This email is gone.",
        &title,
        it.after.as_deref(),
        out,
    );
    out.tag("</div>\n</article>\n");
}

fn side(
    when: &'static str,
    none: &'static str,
    title: &str,
    preview: Option<&Preview>,
    out: &mut Markup,
) {
    out.tag("<div class=\"side\">\n<h4>")
        .tag(when)
        .tag("</h4>\n");
    let Some(it) = preview else {
        out.tag("<p class=\"none\">")
            .tag(none)
            .tag("</p>\n</div>\n");
        return;
    };
    out.tag("<p class=\"subject\">")
        .text(&it.subject)
        .tag("</p>\n");
    out.tag("<p class=\"preheader\">")
        .text(&it.preheader)
        .tag("</p>\n");
    out.tag("<div class=\"screen\">");
    frame::frame(out, &format!("{title}, {when}"), &it.html);
    out.tag("</div>\n</div>\n");
}

/// About how many bytes it takes.
fn size(it: &MailChange) -> usize {
    let sides = it.before.iter().chain(&it.after);
    let each = sides.map(|it| frame::size(&it.html) + (it.subject.len() + it.preheader.len()) * 5);
    1_000 + each.sum::<usize>()
}
