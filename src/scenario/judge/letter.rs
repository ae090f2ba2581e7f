//! What an email says to the person of a case, at the moment at which it goes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::lived::Lived;
use crate::messages::{self, Message, Messages};
use crate::model::{Program, Send, Step};
use crate::render::{self, Mail, Piece, Preview, attributes, pieces, reading};
use crate::scenario::case::{Case, Content, Rendered};
use crate::simulate::{By, JourneyNo, Outside, Simulation, StepNo, What};
use crate::template::{Sample, uses};

/// The mails of a program, ready to be filled in.
pub struct Letters<'p> {
    program: &'p Program,
    messages: &'p Messages,
    mails: &'p [Option<Arc<Mail>>],
    /// The place of each journey's document.
    documents: BTreeMap<&'p str, usize>,
}

impl<'p> Letters<'p> {
    /// The mails of a compiled program; `mails` in the order of [`Messages::templates`].
    pub fn of(
        program: &'p Program,
        messages: &'p Messages,
        mails: &'p [Option<Arc<Mail>>],
    ) -> Self {
        let documents = program.documents.iter().enumerate();
        let documents = documents.map(|(at, it)| (&*it.journey.name.value, at));
        Self {
            program,
            messages,
            mails,
            documents: documents.collect(),
        }
    }

    /// The message in the language that the person of a case reads: their own, the same without a
    /// country, or the project's first.
    fn message(&self, journey: &str, send: &Send, case: &Case) -> Option<&'p Message> {
        let document = *self.documents.get(journey)?;
        let journey = &self.program.documents[document].journey;
        let nth = journey
            .sends()
            .position(|it| it.id.value == send.id.value)?;
        let written = || {
            let all = self.messages.of[document].iter();
            all.filter(move |it| it.send as usize == nth)
        };
        let locales = &self.program.project.locales;
        let number = |wanted: &str| {
            let found = locales.iter().position(|it| &*it.value == wanted)?;
            written().find(|it| it.locale as usize == found)
        };
        let own = case.locale.as_deref().and_then(|wanted| {
            let short = wanted.split(['-', '_']).next().unwrap_or(wanted);
            number(wanted).or_else(|| number(short))
        });
        own.or_else(|| written().find(|it| it.locale == 0))
    }

    /// Who speaks in the mail that the person gets.
    pub(super) fn sender(
        &self,
        journey: JourneyNo,
        send: &Send,
        simulation: &Simulation<'_>,
        case: &Case,
    ) -> Option<&'p str> {
        let name = &simulation.journey(journey).name.value;
        self.message(name, send, case).map(|it| &*it.sender)
    }
}

impl Lived<'_, '_> {
    /// Whether the mail that goes out at a moment reads as it should.
    pub(super) fn reads(
        &self,
        wanted: &Rendered,
        moment: usize,
        step: StepNo,
    ) -> Result<(), String> {
        let placed = self.simulation.step(step);
        let Step::Send(send) = &placed.step.value else {
            return Err("only emails are rendered".to_owned());
        };
        let journey = self.simulation.journey(placed.journey);
        let cannot = || {
            format!(
                "the mail of `{}` cannot be rendered",
                self.moment_name(moment)
            )
        };
        let letters = self.scene.letters.ok_or_else(cannot)?;
        let message = letters
            .message(&journey.name.value, send, self.case)
            .ok_or_else(cannot)?;
        let place = message.template as usize;
        let mail = letters.mails.get(place).and_then(Option::as_ref);
        let mail = mail.ok_or_else(cannot)?;
        let preview = render::preview(mail, &self.sample(moment));
        is_said("subject", &[&preview.subject], &wanted.subject)?;
        is_said("preheader", &[&preview.preheader], &wanted.preheader)?;
        is_said("text", &[&preview.text], &wanted.text)?;
        page(&preview, wanted)?;
        if wanted.variables_used.is_empty() {
            return Ok(());
        }
        let template = letters.messages.templates.get(place);
        let template = template.and_then(Option::as_ref).ok_or_else(cannot)?;
        let shape = messages::shape(letters.program, &journey.trigger.event.value);
        let used = uses(template, &shape);
        for variable in &wanted.variables_used {
            if !used.iter().any(|it| *it.path == **variable) {
                return Err(format!("it does not use `{variable}`"));
            }
        }
        Ok(())
    }

    /// What is known of the person at a moment. What is not known is `null`.
    fn sample(&self, moment: usize) -> Sample {
        let project = self.simulation.project();
        let known = |declared: &mut dyn Iterator<Item = &str>, has: Option<&Map<String, Value>>| {
            let mut all: Map<String, Value> =
                declared.map(|it| (it.to_owned(), Value::Null)).collect();
            for (name, value) in has.into_iter().flatten() {
                all.insert(name.clone(), value.clone());
            }
            all
        };
        let attributes = &self.case.person.attributes;
        let mut declared = project.contact.keys().map(|it| &*it.value);
        let mut contact = known(&mut declared, Some(attributes));
        let moments = &self.record.moments;
        for it in &moments[..moment] {
            self.learns(it.what, &mut contact);
        }
        let visit = moments[moment].visit;
        let entered = moments.iter().find_map(|it| match it.what {
            What::Entered(by) if it.visit == visit => Some(by),
            _ => None,
        });
        let data = match entered {
            Some(By::Event(no)) => self.life.outside.get(no as usize),
            _ => None,
        };
        let data = data.and_then(|it| match &it.what {
            Outside::Event(event, data) => Some((*event, data)),
            Outside::Click(_) | Outside::Attributes(_) => None,
        });
        let event = data.and_then(|(no, _)| {
            let name = self.simulation.event_name(no);
            project.events.get(name)
        });
        let mut declared = event
            .into_iter()
            .flat_map(|it| it.properties.keys().map(|it| &*it.value));
        let event = known(&mut declared, data.map(|it| it.1));
        Sample {
            contact: Value::Object(contact),
            event: Value::Object(event),
            ..Sample::default()
        }
    }

    /// What is known of the person once this has happened: a step may write it, and it may change from outside.
    fn learns(&self, what: What, contact: &mut Map<String, Value>) {
        match what {
            What::Set(step) => {
                if let Step::Set(it) = &self.simulation.step(step).step.value {
                    contact.insert(it.attribute.value.to_string(), it.value.value.clone());
                }
            }
            What::Changed(no) => {
                let known = self.life.outside.get(no as usize);
                if let Some(Outside::Attributes(values)) = known.map(|it| &it.what) {
                    contact.extend(values.clone());
                }
            }
            _ => {}
        }
    }
}

/// What is said of the page.
fn page(preview: &Preview, wanted: &Rendered) -> Result<(), String> {
    if !wanted.links.is_empty() {
        let read = reading(&preview.html);
        let links: Vec<&str> = read.links.iter().map(|it| &*it.href).collect();
        is_said("a link", &links, &wanted.links)?;
    }
    for (names, is_wanted) in [(&wanted.blocks, true), (&wanted.no_blocks, false)] {
        for name in names {
            if has_block(&preview.html, name) != is_wanted {
                let has = if is_wanted { "has no" } else { "has a" };
                return Err(format!("it {has} block `{name}`"));
            }
        }
    }
    if let Some(most) = wanted.size_kb {
        let bytes = u32::try_from(preview.html.len()).unwrap_or(u32::MAX);
        let size = f64::from(bytes) / 1024.0;
        if size > most {
            return Err(format!("it has {size:.1} kB, more than {most} kB"));
        }
    }
    Ok(())
}

/// Whether an element of a page is marked as a block with this name.
fn has_block(html: &str, name: &str) -> bool {
    pieces(html).into_iter().any(|piece| {
        let Piece::Open(_, tag) = piece else {
            return false;
        };
        attributes(tag).any(|(attribute, value)| match attribute {
            "class" => value.split_whitespace().any(|it| it == name),
            "id" | "data-block" => value == name,
            _ => false,
        })
    })
}

/// Whether texts are as a scenario says.
fn is_said(what: &str, texts: &[&str], wanted: &[Content]) -> Result<(), String> {
    let flat = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ");
    let texts: Vec<String> = texts.iter().map(|it| flat(it)).collect();
    for it in wanted {
        let (holds, says) = match it {
            Content::Contains(part) => {
                let part = flat(part);
                (
                    texts.iter().any(|it| it.contains(&part)),
                    "does not contain",
                )
            }
            Content::Equals(all) => {
                let all = flat(all);
                (texts.contains(&all), "is not")
            }
            Content::NotContains(part) => {
                let part = flat(part);
                (!texts.iter().any(|it| it.contains(&part)), "contains")
            }
        };
        if !holds {
            let (Content::Contains(part) | Content::Equals(part) | Content::NotContains(part)) = it;
            let own: String = texts.join(", ").chars().take(120).collect();
            return Err(format!("{what} {says} \"{part}\": \"{own}\""));
        }
    }
    Ok(())
}
