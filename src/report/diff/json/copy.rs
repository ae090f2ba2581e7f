//! Words and mails that differ, as programs read them.

use super::types::{Copy, Fate, Mail, MailName, Part, Words};
use crate::diff::{self, CopyChange, MailChange, Run};

/// Words that differ.
pub(super) fn copy(it: &CopyChange) -> Copy<'_> {
    Copy {
        part: match it.part {
            diff::Part::Subject => Part::Subject,
            diff::Part::Preheader => Part::Preheader,
            diff::Part::Text => Part::Text,
            diff::Part::CallToAction => Part::CallToAction,
            diff::Part::LinkHost => Part::LinkHost,
            diff::Part::Link => Part::Link,
            diff::Part::Look => Part::Look,
        },
        locale: &it.locale,
        people: &it.people,
        everybody: it.everybody,
        mails: it.mails.iter().map(name).collect(),
        words: it.words.iter().map(words).collect(),
        hash: &it.hash,
    }
}

/// A mail that differs, without its pages.
pub(super) fn mail(it: &MailChange) -> Mail<'_> {
    Mail {
        journey: &it.mail.journey,
        step: &it.mail.step,
        locale: &it.locale,
        person: &it.person,
        fate: match (&it.before, &it.after) {
            (None, _) => Fate::Added,
            (_, None) => Fate::Removed,
            _ => Fate::Changed,
        },
        alike: it.alike.iter().map(name).collect(),
    }
}

fn name(it: &diff::MailName) -> MailName<'_> {
    MailName {
        journey: &it.journey,
        step: &it.step,
    }
}

fn words(it: &Run) -> Words<'_> {
    match it {
        Run::Same(text) => Words::Same(text),
        Run::Removed(text) => Words::Removed(text),
        Run::Added(text) => Words::Added(text),
        Run::Skipped(count) => Words::Skipped(*count),
        Run::More { removed, added } => Words::More {
            removed: *removed,
            added: *added,
        },
    }
}
