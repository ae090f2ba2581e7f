//! Messages: one action for each language, with the filters that decide who gets it.

use serde_json::{Value, json};

use super::dated::speaks_of_event;
use super::filters::{self, Groups, Judged, both, judged};
use super::flow::{Flow, Here, Link, Then};
use crate::manifest::{Exit, Send, Step};
use crate::model::{Class, Milestone};

impl<'a> Flow<'a> {
    /// A message, for those for whom `extra` holds too.
    pub(super) fn send(
        &mut self,
        step: &'a Step,
        it: &'a Send,
        extra: &[Vec<Value>],
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let extra = extra.to_vec();
        let Some(gate) = Self::gate(it.only_if.as_ref(), it.unless.as_ref()) else {
            return self.messages(step, it, extra, here, next);
        };
        if matches!(judged(&gate), Judged::Event | Judged::Both) {
            return self.decide(
                step,
                (&gate, false),
                here,
                &|flow, here| flow.messages(step, it, extra.clone(), here, next),
                next,
            );
        }
        // Filters of a message let a person skip it and go on: no split, so nothing is copied.
        let groups = both(extra, self.groups(step, &gate, false)?);
        if filters::is_never(&groups) {
            return next(self, here);
        }
        self.messages(step, it, groups, here, next)
    }

    fn messages(
        &mut self,
        step: &'a Step,
        it: &'a Send,
        groups: Groups,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        self.check_window(step, it, here);
        let groups = both(groups, self.exits_of(it.class)?);
        let mut locales: Vec<&'a str> = it.mails.keys().map(String::as_str).collect();
        if locales.is_empty() {
            locales.extend(self.job.manifest.locales.first().map(String::as_str));
        }
        self.message(step, it, &locales, 0, &groups, &|flow| next(flow, here))
    }

    /// The message in one language, then the other languages, then what follows.
    fn message(
        &mut self,
        step: &'a Step,
        it: &'a Send,
        locales: &[&'a str],
        at: usize,
        groups: &Groups,
        next: &dyn Fn(&mut Self) -> Link,
    ) -> Link {
        let Some(locale) = locales.get(at) else {
            return next(self);
        };
        let key = (
            self.journey.name.clone(),
            step.node.clone(),
            (*locale).to_owned(),
        );
        let Some(mail) = self.job.mails.get(&key) else {
            self.refuse(
                step,
                format!("the mail of `{}` is not there in `{locale}`", step.node),
                "mend the template first",
            );
            return None;
        };
        let texts = [&mail.subject, &mail.html, &mail.text];
        let mut texts = texts.into_iter().chain(&mail.preheader);
        if self.dated && texts.any(|it| speaks_of_event(it)) {
            self.refuse(
                step,
                format!("`{}` speaks of the event, which Klaviyo has forgotten behind a `wait_until`", step.node),
                "write the mail without `event`, or keep what it needs in an attribute of the contact",
            );
            return None;
        }
        let suffix = super::suffix(&self.job, locale);
        let groups_here = both(groups.clone(), self.speaks(locales, at));
        let filter = if groups_here.is_empty() {
            Value::Null
        } else {
            filters::filter(groups_here)
        };
        let data = json!({
            "message": {
                "name": super::message_name(&self.journey.name, &step.node, suffix),
                "from_email": it.sender.address,
                "from_label": it.sender.name,
                "reply_to_email": it.sender.reply_to,
                "subject_line": mail.subject,
                "preview_text": mail.preheader,
                "template_id": self.shelf.id(&key),
                "smart_sending_enabled": it.class == Class::Commercial,
                "transactional": it.class == Class::Transactional,
                "add_tracking_params": false,
                "additional_filters": filter,
            },
            "status": "draft",
        });
        let name = match suffix {
            Some(locale) => format!("{}.{locale}", step.node),
            None => step.node.clone(),
        };
        self.single(&name, "send-email", &data, |flow| {
            flow.message(step, it, locales, at + 1, groups, next)
        })
    }

    /// Who reads a language: the default is for everybody whom no other one is for.
    fn speaks(&self, locales: &[&str], at: usize) -> Groups {
        if locales.len() < 2 {
            return Groups::new();
        }
        let property = super::locale_property(self.job.manifest);
        let filter = |operator: &str, locale: &str| {
            let filter = json!({"type": "string", "operator": operator, "value": locale});
            json!({"type": "profile-property", "property": property, "filter": filter})
        };
        let unset = json!({"type": "profile-property", "property": property,
            "filter": {"type": "existence", "operator": "not-set"}});
        let own = locales[at];
        let mut groups = Groups::new();
        if at > 0 {
            groups.push(vec![filter("starts-with", own)]);
        }
        for (number, other) in locales.iter().enumerate() {
            // `de` is also how `de-AT` begins: the longer name wins.
            let excluded = number > 0 && (at == 0 || other.starts_with(own));
            if number != at && excluded {
                groups.push(vec![filter("not-starts-with", other), unset.clone()]);
            }
        }
        groups
    }

    /// Exits that concern one class of messages only become filters on these.
    fn exits_of(&mut self, class: Class) -> Option<Groups> {
        let mut groups = Groups::new();
        for exit in &self.journey.exits {
            if exit.only == Some(class) && !self.is_native(exit) {
                let came = self.came(("", exit.line), &exit.on, exit.filter.as_ref(), false)?;
                groups.push(vec![came]);
            }
        }
        Some(groups)
    }

    /// Whether Klaviyo itself does what an exit asks for: it sends no commercial mail to people who
    /// have unsubscribed or whose address bounces.
    pub(super) fn is_native(&self, exit: &Exit) -> bool {
        let events = &self.job.manifest.events;
        let milestone = events.get(&exit.on).and_then(|it| it.milestone);
        let own = matches!(
            milestone,
            Some(Milestone::Unsubscribed | Milestone::Bounced)
        );
        let commercial = match exit.only {
            Some(only) => only == Class::Commercial,
            None => !self.sends(Class::Transactional),
        };
        own && commercial && exit.filter.is_none()
    }

    fn check_window(&mut self, step: &Step, it: &Send, here: Here) {
        if it.class != Class::Commercial || it.bypass_window || here.in_window {
            return;
        }
        let Some(window) = self.open_hours() else {
            return;
        };
        self.lose(
            step,
            format!(
                "Klaviyo does not hold `{}` for {} to {}",
                step.node, window.from, window.to
            ),
            "the message may arrive in the middle of the night",
            "put a `wait` of days with `at:` before it",
        );
    }
}
