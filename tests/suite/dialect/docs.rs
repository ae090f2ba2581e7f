//! `docs/dialects.md` is written from what dialects say of themselves, and its examples are printed.

use std::fmt::Write as _;

use journeyc::diagnostic::Sink;
use journeyc::dialect::{self, Dialect, Feature, Form, Reserved, Support, Surface, Variable};
use journeyc::source::Sources;
use journeyc::template::{Library, Shape, compile, written_out};

use super::corpus;
use crate::snapshot;

const INTRODUCTION: &str = "\
# Providers' template languages

A template is written once in Jinja ([templates.md](templates.md)); each provider gets it in its own language, a
dialect. What a dialect prints means what the preview shows, for whatever value may come, or it is refused at the
template's line with the reason. This page is generated from what the dialects say of themselves
(`SNAPSHOTS=overwrite cargo test --test suite dialect`), and a test prints every feature's example in every dialect.
`journeyc dialects NAME` says the same on a terminal; `journeyc print --dialect NAME` tries your own emails.

How it is proved: several hundred small templates and as many generated ones, each as a page, a text and a subject, are
printed in every dialect, rendered by the provider's kind of engine for many recipients (nothing known, zero, quotes,
markup, text that looks like tags, every script, long lists), and compared with the preview to the byte
(`tests/run`; what is refused is counted in `tests/cases/dialect/table.md`). Two things are taken as the provider has
them, because they read the same: how escaped characters are spelled (`&#39;` or `&#x27;`), and whether a whole
number that the data writes with a point keeps it (`12.0` or `12`). For Resend and Mailchimp no engine can be had; there
a reading of their documentation stands in, and whatever it does not promise is refused or handed over finished.

- *yes*: in the provider's own words.
- *rewritten*: in other words of the same meaning.
- *computed*: as a value that whoever sends works out and hands over by name; `journeyc print` lists them.
- *no*: refused, with the reason.
";

/// What every dialect's section shows.
const EXAMPLE: &str = "Hi {{ contact.first_name | default('there') }}!\
    {% if contact.plan == 'pro' and contact.points > 10 %} Thank you.{% endif %}";

#[test]
fn the_page_of_dialects_is_up_to_date() {
    let workspace = corpus::workspace();
    let compilation = journeyc::compile(&workspace);
    let shape = corpus::shape(corpus::program(&compilation));
    let mut page = INTRODUCTION.to_owned();
    features(&mut page);
    reserved(&mut page);
    for dialect in dialect::ALL {
        section(*dialect, &shape, &mut page);
    }
    snapshot::assert("docs/dialects.md", &page);
}

fn head(page: &mut String, first: &str) {
    let names: Vec<&str> = dialect::ALL.iter().map(|it| it.name()).collect();
    let _ = writeln!(page, "| {first} | {} |", names.join(" | "));
    let _ = writeln!(page, "| --- |{}", " --- |".repeat(names.len()));
}

fn features(page: &mut String) {
    page.push_str("\n## What each can say\n\n");
    head(page, "");
    for feature in Feature::ALL {
        let words = dialect::ALL.iter().map(|it| it.support(*feature).word());
        let words: Vec<&str> = words.collect();
        let _ = writeln!(page, "| {} | {} |", feature.title(), words.join(" | "));
    }
}

fn reserved(page: &mut String) {
    page.push_str("\n## What the provider puts in by itself\n\n");
    page.push_str("| dialect |");
    for what in Reserved::ALL {
        let _ = write!(page, " {} |", what.title());
    }
    let _ = writeln!(page, "\n| --- |{}", " --- |".repeat(Reserved::ALL.len()));
    for dialect in dialect::ALL {
        let _ = write!(page, "| {} |", dialect.name());
        for what in Reserved::ALL {
            match dialect.reserved(*what) {
                Some(tag) => {
                    let _ = write!(page, " `{}` |", tag.replace('|', "\\|"));
                }
                None => page.push_str(" - |"),
            }
        }
        page.push('\n');
    }
}

fn section(dialect: &dyn Dialect, shape: &Shape<'_>, page: &mut String) {
    let _ = writeln!(page, "\n## {} ({})\n", dialect.name(), dialect.provider());
    let mut remarks: Vec<(Support, Vec<&str>)> = Vec::new();
    for feature in Feature::ALL {
        let support = dialect.support(*feature);
        match remarks.iter_mut().find(|it| it.0 == support) {
            Some((_, titles)) => titles.push(feature.title()),
            None => remarks.push((support, vec![feature.title()])),
        }
    }
    for (support, titles) in remarks.iter().filter(|it| !it.0.remark().is_empty()) {
        let (word, remark) = (support.word(), support.remark());
        let _ = writeln!(page, "- *{word}*: {}: {remark}", titles.join("; "));
    }
    if Feature::ALL
        .iter()
        .any(|it| dialect.support(*it) != Support::Yes)
    {
        page.push('\n');
    }
    let mut sources = Sources::default();
    sources.add("t.html", EXAMPLE);
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "", &["en"], &mut sink);
    let template = compile(&library, "t", "en", &corpus::statics(), &mut sink).unwrap();
    let Some(printed) = dialect.print(&template.body, Surface::Html, shape, &mut sink) else {
        page.push_str("It cannot say the example.\n");
        return;
    };
    let _ = writeln!(page, "```\n{EXAMPLE}\n\n{}\n```", printed.text);
    if printed.variables.is_empty() {
        return;
    }
    page.push_str("\nHanded over:\n\n");
    handed_over(&printed.variables, 0, page);
}

fn handed_over(variables: &[Variable], depth: usize, page: &mut String) {
    for it in variables {
        let (form, fields) = match &it.form {
            Form::Text | Form::Answer => (String::new(), None),
            Form::Html => (", escaped".to_owned(), None),
            Form::Entries(it) => (format!(", for each `{}`:", it.var), Some(&it.fields)),
        };
        let fallback = match &it.fallback {
            Some(_) => ", or nothing where it is blank",
            None => "",
        };
        let value = written_out(&it.value);
        let indent = "  ".repeat(depth);
        let _ = writeln!(page, "{indent}- `{}`: `{value}`{form}{fallback}", it.name);
        if let Some(fields) = fields {
            handed_over(fields, depth + 1, page);
        }
    }
}
