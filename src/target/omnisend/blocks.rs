//! What happens, as Omnisend's blocks: delays, actions, splits and A/B tests.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::automation::tag_of;
use super::filters::{Question, Questions, spread};
use crate::manifest::{Journey, Send, content_hash};
use crate::model::Weekday;
use crate::target::{Act, Draft, Job, Ledger, Loss, Mark, Op, Shelf, Test, Unit};

/// The most blocks of one automation. Omnisend names no limit; nobody can read more.
pub(super) const MOST: usize = 200;

/// The longest temporary id.
const LONGEST_ID: usize = 36;

/// The longest subject, preheader and name.
const LONGEST_TEXT: usize = 250;

/// Makes what stands on one way; it may be asked for several times.
type Make<'m, 'w, 'd, 'a> = &'m dyn Fn(&mut Blocks<'w, 'd, 'a>) -> Vec<Value>;

/// The blocks of one automation while they are made.
pub(super) struct Blocks<'w, 'd, 'a> {
    job: &'d Job<'a>,
    shelf: &'d Shelf<'a>,
    journey: &'a Journey,
    marks: &'d [Mark<'a>],
    ledger: &'w mut Ledger,
    names: BTreeSet<String>,
    /// The messages further up: step, and the block's id.
    sent: Vec<(String, String)>,
}

impl<'w, 'd, 'a> Blocks<'w, 'd, 'a> {
    pub(super) fn new(draft: &'w mut Draft<'d, 'a>) -> Self {
        Self {
            job: draft.job,
            shelf: draft.shelf,
            journey: draft.program.journey,
            marks: &draft.program.marks,
            ledger: draft.ledger,
            names: BTreeSet::new(),
            sent: Vec::new(),
        }
    }

    /// How many blocks there are by now.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// Blocks one after another.
    pub(super) fn list(&mut self, ops: &[Op<'a>]) -> Vec<Value> {
        ops.iter().flat_map(|op| self.op(op)).collect()
    }

    fn op(&mut self, op: &Op<'a>) -> Vec<Value> {
        match &op.act {
            Act::Mail { send, locales, .. } => {
                let mail = |locale: &&str| self.mail(op, send, locale);
                locales.iter().filter_map(mail).collect()
            }
            Act::Delay {
                amount, unit, days, ..
            } => {
                let units = match unit {
                    Unit::Minutes => "m",
                    Unit::Hours => "h",
                    Unit::Days => "d",
                };
                let duration = json!({"amount": amount, "units": units});
                let delay = json!({"mode": "duration", "duration": duration});
                vec![self.delay(op, delay, days)]
            }
            Act::Until { at, days, zone } => {
                self.check_clock(op, zone);
                let delay = match at {
                    Some(at) => json!({"mode": "specificTime", "time": at}),
                    // A delay needs a length; then it goes on until an allowed day.
                    None => json!({"mode": "duration", "duration": {"amount": 1, "units": "m"}}),
                };
                vec![self.delay(op, delay, days)]
            }
            Act::Choose { ways, otherwise } => self.choose(op, ways, otherwise),
            Act::Draw { arms } => self.draw(op, arms),
            Act::Set { attribute, value } => self.set(op, attribute, value),
            // Neither is asked for: the capability table says so.
            Act::End { .. } => Vec::new(),
            Act::Task { .. } | Act::Await { .. } | Act::Date { .. } | Act::Enter { .. } => {
                self.refuse(op, "Omnisend has no block for this step", "leave it out");
                Vec::new()
            }
        }
    }

    fn block(&mut self, op: &Op<'_>, kind: &str, data: &Value) -> (String, Value) {
        let id = self.id(&op.id);
        let block = json!({"temporaryID": id, "type": kind, kind: data});
        (id, block)
    }

    /// A name that no other block has, of at most 36 characters.
    fn id(&mut self, name: &str) -> String {
        let short = |name: &str| {
            if name.chars().count() <= LONGEST_ID {
                return name.to_owned();
            }
            let hash = content_hash(&[name]);
            let head: String = name.chars().take(LONGEST_ID - 9).collect();
            format!("{head}-{}", &hash[..8])
        };
        let mut id = short(name);
        for copy in 2_u32.. {
            if self.names.insert(id.clone()) {
                break;
            }
            id = short(&format!("{name}--{copy}"));
        }
        id
    }

    fn delay(&mut self, op: &Op<'_>, mut delay: Value, days: &[Weekday]) -> Value {
        if !days.is_empty() {
            let days: Vec<&str> = days.iter().map(|it| weekday(*it)).collect();
            delay["allowedWeekdays"] = json!(days);
        }
        self.block(op, "delay", &delay).1
    }

    /// Omnisend has one clock: the brand's, which is set to the project's zone by hand.
    fn check_clock(&mut self, op: &Op<'_>, zone: &str) {
        if zone == self.job.manifest.timezone {
            return;
        }
        let what = format!("Omnisend goes by the brand's clock, not by that of {zone}");
        let help = "take `zone` away, or write the hour in the project's `timezone`";
        self.refuse(op, &what, help);
    }

    fn mail(&mut self, op: &Op<'_>, send: &Send, locale: &str) -> Option<Value> {
        let name = self.shelf.name(&self.journey.name, op.node, locale);
        let content = self.shelf.content(name)?;
        let mail = content.mail;
        let preheader = mail.preheader.clone().unwrap_or_default();
        let texts = [
            ("subject", &mail.subject),
            ("preheader", &preheader),
            ("sender's name", &send.sender.name),
        ];
        for (what, text) in texts {
            if text.chars().count() > LONGEST_TEXT {
                let what = format!(
                    "the {what} of `{}` has more than {LONGEST_TEXT} characters in Omnisend's language",
                    op.node
                );
                self.refuse(op, &what, "shorten it");
            }
        }
        let language = self.ledger.id(self.job, "languages", locale, op.node);
        let mut email = json!({
            "templateID": format!("${{template:{name}}}"),
            "subject": mail.subject,
            "preheader": preheader,
            "senderName": send.sender.name,
            "senderEmail": send.sender.address,
            "language": language,
        });
        if let Some(reply_to) = &send.sender.reply_to {
            email["replyToEmail"] = json!(reply_to);
        }
        let data = json!({"type": "sendEmail", "sendEmail": email});
        let (id, block) = self.block(op, "action", &data);
        self.sent.push((op.node.to_owned(), id));
        Some(block)
    }

    fn set(&mut self, op: &Op<'_>, attribute: &str, value: &Value) -> Vec<Value> {
        let is_mark = self.marks.iter().any(|it| it.attribute == attribute);
        let says_yes = match value {
            Value::Bool(yes) => Some(*yes),
            Value::Null => Some(false),
            _ => None,
        };
        let tag = if is_mark {
            Some(tag_of(attribute))
        } else if self.job.account.id("tags", attribute).is_some() {
            Some(self.ledger.id(self.job, "tags", attribute, op.node))
        } else {
            None
        };
        if let (Some(tag), Some(yes)) = (tag, says_yes) {
            let kind = if yes { "addTag" } else { "removeTag" };
            let data = json!({"type": kind, kind: {"value": tag.to_lowercase()}});
            return vec![self.block(op, "action", &data).1];
        }
        self.ledger.lose(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: format!("Omnisend writes tags only, so it does not write `{attribute}`"),
            why: "what asks for it later gets the old answer".to_owned(),
            help: "let the shop write it when the same event comes; for yes and no, name a tag under `ids.tags`"
                .to_owned(),
        });
        self.ledger.by_hand(format!(
            "`{attribute}`: let the shop set it to {value} when people come to line {}.",
            op.line
        ));
        Vec::new()
    }

    fn draw(&mut self, op: &Op<'a>, arms: &[crate::target::Arm<'a>]) -> Vec<Value> {
        let [a, b] = arms else {
            self.refuse(op, "an A/B test of Omnisend has two arms", "use two arms");
            return Vec::new();
        };
        let id = self.id(&op.id);
        let (a_blocks, b_blocks) = self.either(&|it| it.list(&a.ops), &|it| it.list(&b.ops));
        if a_blocks.is_empty() && b_blocks.is_empty() {
            return Vec::new();
        }
        vec![json!({
            "temporaryID": id,
            "type": "abTesting",
            "abTesting": {
                "aBlocksPercentage": a.percent,
                "aBlocks": a_blocks,
                "bBlocks": b_blocks,
            },
        })]
    }

    /// Two ways. Neither sees the messages of the other, but what follows sees both.
    fn either(
        &mut self,
        one: Make<'_, 'w, 'd, 'a>,
        other: Make<'_, 'w, 'd, 'a>,
    ) -> (Vec<Value>, Vec<Value>) {
        let above = self.sent.len();
        let first = one(self);
        let sent = self.sent.split_off(above);
        let second = other(self);
        self.sent.extend(sent);
        (first, second)
    }

    fn choose(
        &mut self,
        op: &Op<'a>,
        ways: &[(Test<'a>, Vec<Op<'a>>)],
        otherwise: &[Op<'a>],
    ) -> Vec<Value> {
        let Some(((test, way), rest)) = ways.split_first() else {
            return self.list(otherwise);
        };
        let mut questions = Questions {
            job: self.job,
            ledger: &mut *self.ledger,
            marks: self.marks,
            event: &self.journey.trigger.event,
            place: (op.node, op.line),
            sent: &self.sent,
        };
        let Some(question) = questions.test(test) else {
            return Vec::new();
        };
        self.ask(op, &question, &|it| it.list(way), &|it| {
            it.choose(op, rest, otherwise)
        })
    }

    /// Splits on a question; one that mixes "and" with "or" becomes a split inside another.
    fn ask(
        &mut self,
        op: &Op<'a>,
        question: &Question,
        yes: Make<'_, 'w, 'd, 'a>,
        no: Make<'_, 'w, 'd, 'a>,
    ) -> Vec<Value> {
        let (parts, all) = match question {
            Question::Sure(true) => return yes(self),
            Question::Sure(false) => return no(self),
            Question::Not(of) => return self.ask(op, of, no, yes),
            Question::Leaf(leaf) => return self.split(op, "and", &[leaf.in_split()], yes, no),
            Question::All(parts) => (parts, true),
            Question::Any(parts) => (parts, false),
        };
        let mut filters = Vec::new();
        let mut rest = Vec::new();
        for part in spread(parts, all) {
            match part {
                Question::Leaf(leaf) => filters.push(leaf.in_split()),
                other => rest.push(other),
            }
        }
        if filters.is_empty() {
            let first = rest.remove(0);
            return self.ask_on(op, (&first, all), &rest, yes, no);
        }
        let word = if all { "and" } else { "or" };
        if rest.is_empty() {
            return self.split(op, word, &filters, yes, no);
        }
        let rest = joined(rest, all);
        if all {
            self.split(op, word, &filters, &|it| it.ask(op, &rest, yes, no), no)
        } else {
            self.split(op, word, &filters, yes, &|it| it.ask(op, &rest, yes, no))
        }
    }

    fn ask_on(
        &mut self,
        op: &Op<'a>,
        (first, all): (&Question, bool),
        rest: &[Question],
        yes: Make<'_, 'w, 'd, 'a>,
        no: Make<'_, 'w, 'd, 'a>,
    ) -> Vec<Value> {
        if rest.is_empty() {
            return self.ask(op, first, yes, no);
        }
        let rest = joined(rest.to_vec(), all);
        if all {
            self.ask(op, first, &|it| it.ask(op, &rest, yes, no), no)
        } else {
            self.ask(op, first, yes, &|it| it.ask(op, &rest, yes, no))
        }
    }

    fn split(
        &mut self,
        op: &Op<'a>,
        word: &str,
        filters: &[Value],
        yes: Make<'_, 'w, 'd, 'a>,
        no: Make<'_, 'w, 'd, 'a>,
    ) -> Vec<Value> {
        let id = self.id(&op.id);
        let (yes, no) = self.either(yes, no);
        if yes.is_empty() && no.is_empty() {
            return Vec::new();
        }
        vec![json!({
            "temporaryID": id,
            "type": "split",
            "split": {
                "filterGroup": {"logicalOperator": word, "filters": filters},
                "trueBlocks": yes,
                "falseBlocks": no,
            },
        })]
    }

    fn refuse(&mut self, op: &Op<'_>, what: &str, help: &str) {
        self.ledger.refuse(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: what.to_owned(),
            why: "the export would do something else to the customer than this file says"
                .to_owned(),
            help: help.to_owned(),
        });
    }
}

fn joined(mut parts: Vec<Question>, all: bool) -> Question {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    if all {
        Question::All(parts)
    } else {
        Question::Any(parts)
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    }
}
