//! One mail of a sheet: what it is, who speaks, who gets it, when it may go out.

use std::fmt::Write as _;

use super::Page;
use super::head::bold;
use super::say::{exact, words};
use super::text::{code, listed, plain, window};
use crate::dialect::{Form, Variable};
use crate::manifest::{Cap, Send};
use crate::model::{Class, WhenFull};
use crate::target::lowering::Test;
use crate::template::written_out;

/// The lines of a mail.
pub(super) fn mail(
    page: &Page<'_, '_>,
    node: &str,
    send: &Send,
    locales: &[&str],
    gate: Option<&Test<'_>>,
) -> String {
    let v = page.vocabulary;
    let journey = page.program.journey;
    let mut text = String::new();
    if let Some(title) = &send.title {
        let _ = writeln!(text, "- What it is: {}.", plain(title));
    }
    let purposes = listed(send.purpose.iter().map(|it| code(it.word())), "and");
    let _ = writeln!(text, "- What it is for: {purposes}.");
    if let Some(of) = &send.reminder_of {
        let _ = writeln!(text, "- It reminds of the mail {}.", code(of));
    }
    let mut handed: Vec<&Variable> = Vec::new();
    for locale in locales {
        let Some(content) = page.export.shelf.mail(&journey.name, node, locale) else {
            continue;
        };
        let mut name = (v.template)(page.export.shelf.name(&journey.name, node, locale));
        if send.class == Class::Commercial {
            name.push_str(v.commercial);
        }
        let _ = writeln!(text, "- Template in {}: {}", code(locale), code(&name));
        let _ = writeln!(text, "  - Subject: {}", code(&content.mail.subject));
        let written = send.mails.get(*locale).and_then(|it| it.preheader.as_ref());
        if let Some(preheader) = &content.mail.preheader {
            let _ = writeln!(text, "  - Preheader: {}", code(preheader));
        } else if let Some(preheader) = written {
            let _ = writeln!(
                text,
                "  - Preheader: {}; it stands in the page already",
                code(preheader)
            );
        }
        for variable in &content.mail.variables {
            if !handed.iter().any(|it| it.name == variable.name) {
                handed.push(variable);
            }
        }
    }
    if locales.len() > 1 {
        let _ = writeln!(
            text,
            "- {}: each person gets the language they read; {} for everybody else.",
            bold(&v.locale),
            code(locales.first().unwrap_or(&""))
        );
    }
    let sender = &send.sender;
    let _ = writeln!(
        text,
        "- From: name {}, address {}",
        code(&sender.name),
        code(&sender.address)
    );
    let reply = sender.reply_to.as_ref().unwrap_or(&sender.address);
    let _ = writeln!(text, "- Replies go to: {}", code(reply));
    text.push_str(&class(page, send.class));
    if let Some(test) = gate {
        let _ = writeln!(text, "- {}: only if {}.", bold(&v.gate), words(v, test));
        let _ = writeln!(text, "  - Exactly: {}", code(&exact(test)));
    }
    text.push_str(&hours(page, send));
    if !handed.is_empty() {
        let _ = writeln!(text, "- {}:", bold(&v.handed));
        for variable in handed {
            let _ = writeln!(
                text,
                "  - {}: {}, {}.",
                code(&variable.name),
                code(&written_out(&variable.value)),
                form(&variable.form)
            );
        }
    }
    text
}

/// How a value is handed over, in words.
pub(super) fn form(form: &Form) -> String {
    match form {
        Form::Text => "as text".to_owned(),
        Form::Html => "as text for a page, with `& < > \" '` escaped".to_owned(),
        Form::Answer => "as true or false".to_owned(),
        Form::Entries(entries) => {
            let fields: Vec<String> = entries
                .fields
                .iter()
                .map(|it| {
                    let value = code(&written_out(&it.value));
                    format!("{} ({value}, {})", code(&it.name), self::form(&it.form))
                })
                .collect();
            format!(
                "as a list; each entry {} has {}",
                code(&entries.var),
                fields.join(", ")
            )
        }
    }
}

fn class(page: &Page<'_, '_>, class: Class) -> String {
    let basis = page.program.journey.basis;
    let to = match class {
        Class::Transactional => {
            "goes to everybody here, also to people who have unsubscribed".to_owned()
        }
        Class::Commercial => {
            let basis = basis.map_or_else(String::new, |it| {
                format!(" (why it may be sent: {})", code(it.word()))
            });
            format!(
                "goes only to people who may get it{basis}, never to those who have unsubscribed"
            )
        }
    };
    format!(
        "- {}: {}; it {to}.\n",
        bold(&page.vocabulary.class),
        code(class.word())
    )
}

fn hours(page: &Page<'_, '_>, send: &Send) -> String {
    let v = page.vocabulary;
    if send.class == Class::Transactional {
        return format!(
            "- {}: off for this one; it goes out at once, at any hour, and counts for no cap.\n",
            bold(&v.window)
        );
    }
    let policy = &page.export.job.manifest.policy;
    let mut text = String::new();
    if send.bypass_window {
        let _ = writeln!(
            text,
            "- {}: off for this one; it goes out at once, at any hour.",
            bold(&v.window)
        );
    } else {
        if let Some(it) = &policy.send_window {
            let _ = writeln!(
                text,
                "- {}: it goes out only {}.",
                bold(&v.window),
                window(it)
            );
        }
        if let Some(it) = &policy.quiet_hours {
            let _ = writeln!(text, "- {}: it waits {}.", bold(&v.window), window(it));
        }
    }
    if let Some(cap) = &policy.frequency_cap {
        let _ = writeln!(text, "- {}: {}.", bold(&v.cap), capped(cap));
    }
    text
}

fn capped(cap: &Cap) -> String {
    let limits = [
        (cap.per_day, "in 24 hours"),
        (cap.per_week, "in 7 days"),
        (cap.per_month, "in 30 days"),
    ];
    let said: Vec<String> = limits
        .iter()
        .filter_map(|(number, span)| number.map(|it| format!("at most {it} {span}")))
        .collect();
    let full = match cap.when_full {
        WhenFull::Skip => "is not sent",
        WhenFull::Queue => "waits until there is room",
    };
    format!("{}; a mail above it {full}", said.join(", "))
}
