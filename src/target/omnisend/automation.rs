//! One automation: trigger, exits, limits and the tree of blocks; and a small one for each tag.

use serde_json::{Map, Value, json};

use super::blocks::{Blocks, MOST};
use super::filters::{Question, Questions, one_group, several_groups};
use super::request;
use crate::manifest::{Condition, Duration, Expr, Journey, Reentry, content_hash};
use crate::model::{Basis, Class};
use crate::target::{Act, Draft, Leave, Ledger, Loss, Mark, Named, Op, Requests, without_ends};

/// The largest page that can be imported, in bytes.
const LARGEST_PAGE: usize = 1_000_000;

/// The requests of one journey.
pub(super) fn requests(draft: &mut Draft<'_, '_>) -> Requests {
    let program = draft.program;
    let Some(ops) = without_ends(&program.ops, MOST) else {
        too_large(draft);
        return Requests::default();
    };
    let mut writer = Blocks::new(draft);
    let blocks = writer.list(&ops);
    if writer.count() > MOST {
        too_large(draft);
        return Requests::default();
    }
    let mut body = Map::new();
    body.insert("trigger".to_owned(), trigger(draft));
    body.insert("blocks".to_owned(), json!(blocks));
    let exits: Vec<Value> = program.exits.iter().map(|it| exit(draft, it)).collect();
    if !exits.is_empty() {
        body.insert("exitConditions".to_owned(), json!(exits));
    }
    body.insert("settings".to_owned(), settings(draft, &ops));
    let mut journey: Vec<Named> = program.marks.iter().map(|it| tagging(draft, it)).collect();
    journey.push(named(&program.name, &program.name, body));
    Requests {
        before: Vec::new(),
        journey,
    }
}

fn too_large(draft: &mut Draft<'_, '_>) {
    let program = draft.program;
    draft.ledger.too_large(Loss {
        line: program.journey.line,
        node: String::new(),
        what: format!(
            "`{}` becomes more than {MOST} blocks in Omnisend",
            program.name
        ),
        why: String::new(),
        help: "make two journeys of it, or let fewer ways end in the middle".to_owned(),
    });
}

/// The request with a name that says which version of the automation it is.
fn named(own: &str, title: &str, mut body: Map<String, Value>) -> Named {
    let hash = content_hash(&[&Value::from(body.clone()).to_string()]);
    let name = format!("[journeyc] {title} ({})", &hash[..8]);
    body.insert("name".to_owned(), json!(name));
    let request = request("/automations", body.into(), &format!("automation:{own}"));
    (format!("automation-{}", own.replace('/', "-")), request)
}

/// What the events of an account are called.
fn condition(draft: &mut Draft<'_, '_>, event: &str) -> Map<String, Value> {
    let mut condition = Map::new();
    let name = draft.ledger.id(draft.job, "events", event, "");
    condition.insert("event".to_owned(), json!(name));
    // Events of one's own come through the API.
    let origin = match draft.job.account.id("origins", event) {
        Some(_) => draft.ledger.id(draft.job, "origins", event, ""),
        None => "api".to_owned(),
    };
    condition.insert("origin".to_owned(), json!(origin));
    condition
}

fn trigger(draft: &mut Draft<'_, '_>) -> Value {
    let journey = draft.program.journey;
    let event = &journey.trigger.event;
    let mut condition = condition(draft, event);
    if let Some(filter) = &draft.program.filter {
        let line = journey.line;
        let groups = event_filter(draft, event, filter, line).and_then(|it| several_groups(&it));
        match groups {
            Some(groups) => {
                condition.insert("filterGroups".to_owned(), json!(groups));
            }
            None => refuse_filter(draft.ledger, line, "the trigger's `where`"),
        }
    }
    json!({"condition": condition})
}

fn exit(draft: &mut Draft<'_, '_>, leave: &Leave<'_>) -> Value {
    let mut exit = condition(draft, leave.event);
    if let Some(group) = group(draft, leave.event, leave.filter, leave.line) {
        exit.insert("filterGroup".to_owned(), group);
    }
    exit.into()
}

/// A condition on an event as one group of filters; nothing where nothing is asked.
fn group(
    draft: &mut Draft<'_, '_>,
    event: &str,
    filter: Option<&Condition>,
    line: u32,
) -> Option<Value> {
    let filter = filter?;
    let question = event_filter(draft, event, &filter.tree, line)?;
    let group = one_group(&question);
    if group.is_none() {
        refuse_filter(draft.ledger, line, &format!("`{}`", filter.text));
    }
    group
}

fn event_filter(
    draft: &mut Draft<'_, '_>,
    event: &str,
    filter: &Expr,
    line: u32,
) -> Option<Question> {
    let mut questions = Questions {
        job: draft.job,
        ledger: &mut *draft.ledger,
        marks: &draft.program.marks,
        event,
        place: ("", line),
        sent: &[],
    };
    questions.of(filter, false)
}

fn refuse_filter(ledger: &mut Ledger, line: u32, what: &str) {
    ledger.refuse(Loss {
        line,
        node: String::new(),
        what: format!("Omnisend cannot filter an event by {what}"),
        why: "people would come in, or leave, whom the file does not mean".to_owned(),
        help: "join comparisons by `and` only, or by `or` only, or let the shop send an event of its own for this case"
            .to_owned(),
    });
}

/// The small automation that tags people when an event comes.
fn tagging(draft: &mut Draft<'_, '_>, mark: &Mark<'_>) -> Named {
    let line = draft.program.journey.line;
    let mut condition = condition(draft, mark.event);
    if let Some(filter) = mark.filter {
        let groups = event_filter(draft, mark.event, &filter.tree, line);
        match groups.as_ref().and_then(several_groups) {
            Some(groups) => {
                condition.insert("filterGroups".to_owned(), json!(groups));
            }
            None => refuse_filter(draft.ledger, line, &format!("`{}`", filter.text)),
        }
    }
    let tag = tag_of(&mark.attribute);
    let mut body = Map::new();
    body.insert("trigger".to_owned(), json!({"condition": condition}));
    let block = json!({
        "temporaryID": "tag",
        "type": "action",
        "action": {"type": "addTag", "addTag": {"value": tag}},
    });
    body.insert("blocks".to_owned(), json!([block]));
    named(&tag, &tag, body)
}

/// The tag that stands for a mark; Omnisend writes tags in small letters.
pub(super) fn tag_of(mark: &str) -> String {
    mark.to_lowercase()
}

fn settings(draft: &mut Draft<'_, '_>, ops: &[Op<'_>]) -> Value {
    let journey = draft.program.journey;
    let mut commercial = false;
    let mut transactional = None;
    Op::walk(ops, &mut |op| {
        if let Act::Mail { send, locales, .. } = &op.act {
            match send.class {
                Class::Commercial => commercial = true,
                Class::Transactional => {
                    transactional.get_or_insert((op.node, op.line));
                }
            }
            let html = locales.iter().filter_map(|locale| {
                let content = draft.shelf.mail(&journey.name, op.node, locale)?;
                Some(content.mail.html.len())
            });
            if html.max().is_some_and(|it| it > LARGEST_PAGE) {
                draft.ledger.refuse(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!("the mail of `{}` is larger than 1 MB", op.node),
                    why: "Omnisend takes no larger page".to_owned(),
                    help: "take out what is large, such as pictures inside of the page".to_owned(),
                });
            }
        }
    });
    if let (true, Some((node, line))) = (commercial, transactional) {
        draft.ledger.lose(Loss {
            line,
            node: node.to_owned(),
            what: format!(
                "Omnisend sends `{node}` to subscribers only, because commercial mail stands in the same journey"
            ),
            why: "customers who have not subscribed get no transactional mail of this journey either".to_owned(),
            help: "make a journey of its own of the transactional messages".to_owned(),
        });
    }
    if commercial && journey.basis == Some(Basis::SoftOptIn) {
        draft.ledger.lose(Loss {
            line: journey.line,
            node: String::new(),
            what: "Omnisend has no soft opt-in: commercial mail goes to subscribers only"
                .to_owned(),
            why: "customers who were told at checkout, and did not object, get no commercial mail"
                .to_owned(),
            help:
                "let the shop mark these customers as subscribed, with the source of their consent"
                    .to_owned(),
        });
    }
    let email = if commercial { "subscribed" } else { "all" };
    let mut settings = json!({"sendingThresholds": {"email": email, "sms": "subscribed"}});
    match &draft.program.reentry {
        Reentry::Never => settings["frequencyLimiter"] = json!({"mode": "once"}),
        Reentry::After(span) => {
            let (amount, units) = interval(draft.ledger, journey, span);
            let duration = json!({"amount": amount, "units": units});
            settings["frequencyLimiter"] = json!({"mode": "interval", "duration": duration});
        }
        Reentry::Always | Reentry::PerKey => {}
    }
    settings
}

/// How long people stay out, in Omnisend's units.
fn interval(ledger: &mut Ledger, journey: &Journey, span: &Duration) -> (u32, &'static str) {
    let days = span.days + span.business_days.div_ceil(5) * 2 + span.business_days;
    if span.business_days > 0 || !span.minutes.is_multiple_of(60) {
        ledger.lose(Loss {
            line: journey.line,
            node: String::new(),
            what: format!("Omnisend rounds {} up when it keeps people out", span.text),
            why: "people come in again a little later than the file says".to_owned(),
            help: "write `reentry` in days or whole hours".to_owned(),
        });
    }
    if span.minutes == 0 {
        return (days.max(1), "d");
    }
    (days.saturating_mul(24) + span.minutes.div_ceil(60), "h")
}
