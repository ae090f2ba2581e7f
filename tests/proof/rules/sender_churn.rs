//! R001: on one way through a journey more people write than the threshold says; people who have been introduced
//! take the place of those before them.

use std::collections::BTreeSet;

use journeyc::model::{Journey, Project, Send, Sender, SenderKind, Step};
use journeyc::simulate::{Life, Record, What};

use super::super::visits::stays;
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct SenderChurn;

impl Checker for SenderChurn {
    fn rule(&self) -> &'static str {
        "sender-churn"
    }

    fn violations(&self, town: &Town<'_>, _: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            let most = town.number(self.rule(), Some(journey)).unwrap_or(1.0);
            let mut heard: BTreeSet<String> = BTreeSet::new();
            for (_, moment) in &stay.moments {
                let What::Sent(no) = moment.what else {
                    continue;
                };
                let Step::Send(send) = &town.step(no).step.value else {
                    continue;
                };
                let Some(person) = person(town.project(), journey, send) else {
                    continue;
                };
                for before in takes_over(town.project(), journey, send) {
                    heard.remove(&before);
                }
                heard.insert(person);
                let count = u32::try_from(heard.len()).unwrap_or(u32::MAX);
                if f64::from(count) > most {
                    let says = format!("{count} people write: {heard:?}");
                    let found = Violation::of(stay.visit.journey, moment.at, says);
                    res.push(found.at_steps(&[no]));
                    break;
                }
            }
        }
        res
    }
}

/// The name of the person who signs an email, if a person does.
pub fn person(project: &Project, journey: &Journey, send: &Send) -> Option<String> {
    let sender = sender(project, journey, send)?;
    (sender.kind == SenderKind::Person).then(|| name_of(sender))
}

/// The people whose customers an email takes over: those whom it or the register names, and those from whom these
/// took over before.
pub fn takes_over(project: &Project, journey: &Journey, send: &Send) -> BTreeSet<String> {
    let own = sender(project, journey, send).and_then(|it| it.handover_from.as_ref());
    let mut left: Vec<&str> = [send.handover_from.as_ref(), own]
        .into_iter()
        .flatten()
        .map(|it| &*it.value)
        .collect();
    let mut seen = BTreeSet::new();
    let mut res = BTreeSet::new();
    while let Some(name) = left.pop() {
        if let Some(sender) = project.senders.get(name)
            && seen.insert(name)
        {
            res.insert(name_of(sender));
            left.extend(sender.handover_from.as_ref().map(|it| &*it.value));
        }
    }
    res
}

fn sender<'p>(project: &'p Project, journey: &Journey, send: &Send) -> Option<&'p Sender> {
    project.senders.get(&*journey.sender_of(send).value)
}

fn name_of(sender: &Sender) -> String {
    sender.name.value.trim().to_lowercase()
}
