//! What is wrong with an automation that Omnisend's schema cannot see.

use std::collections::BTreeSet;

use serde_json::Value;

const LONGEST_ID: usize = 36;
const LONGEST_TEXT: usize = 250;
/// Events that cannot end an automation.
const NO_EXITS: [&str; 2] = ["birthday", "product back in stock"];

/// Each fault of an automation's body in a sentence.
pub(super) fn faults(body: &Value) -> Vec<String> {
    let mut check = Check::default();
    if text(&body["name"]).is_empty() {
        check.say("it has no name");
    }
    check.condition(&body["trigger"]["condition"], "the trigger");
    if !body["trigger"].is_object() || body["trigger"]["condition"].is_array() {
        check.say("it does not have exactly one trigger");
    }
    for exit in list(&body["exitConditions"]) {
        check.condition(exit, "an exit");
        if NO_EXITS.contains(&text(&exit["event"])) {
            check.say(format!("`{}` cannot end it", text(&exit["event"])));
        }
    }
    let limiter = &body["settings"]["frequencyLimiter"];
    if limiter["mode"] == "interval" && number(&limiter["duration"]["amount"]) < 1 {
        check.say("the frequency limiter has no length");
    }
    if list(&body["blocks"]).is_empty() {
        check.say("it has no blocks");
    }
    check.blocks(list(&body["blocks"]), false);
    check.found
}

#[derive(Default)]
struct Check {
    found: Vec<String>,
    ids: BTreeSet<String>,
    /// Messages further up.
    sent: BTreeSet<String>,
}

impl Check {
    fn say(&mut self, what: impl Into<String>) {
        self.found.push(what.into());
    }

    fn condition(&mut self, condition: &Value, what: &str) {
        if text(&condition["event"]).is_empty() {
            self.say(format!("{what} names no event"));
        }
        let groups = list(&condition["filterGroups"]).iter();
        for group in groups.chain(condition.get("filterGroup")) {
            if list(&group["filters"]).is_empty() {
                self.say(format!("{what} has a group without filters"));
            }
        }
    }

    /// Blocks one after another; `followed` says whether something stands behind the fork around them.
    fn blocks(&mut self, blocks: &[Value], followed: bool) {
        for (at, block) in blocks.iter().enumerate() {
            let is_last = at + 1 == blocks.len();
            let id = text(&block["temporaryID"]).to_owned();
            if id.is_empty() || id.chars().count() > LONGEST_ID {
                self.say(format!("`{id}` is no temporary id of 1 to 36 characters"));
            }
            let kind = text(&block["type"]).to_owned();
            for other in ["delay", "action", "split", "abTesting"] {
                if (other == kind) != block.get(other).is_some() {
                    self.say(format!(
                        "`{id}` is a `{kind}` and has no such part, or another one"
                    ));
                }
            }
            let data = &block[kind.as_str()];
            match kind.as_str() {
                "delay" => {
                    self.delay(&id, data);
                    if is_last && !followed {
                        self.say(format!("nothing follows the delay `{id}`"));
                    }
                }
                "action" => self.action(&id, data),
                "split" => {
                    let group = &data["filterGroup"];
                    if list(&group["filters"]).is_empty() {
                        self.say(format!("`{id}` asks nothing"));
                    }
                    for filter in list(&group["filters"]) {
                        self.filter(&id, filter);
                    }
                    let ways = (&data["trueBlocks"], &data["falseBlocks"]);
                    self.fork(&id, ways, followed || !is_last);
                }
                "abTesting" => {
                    if !(0..=100).contains(&number(&data["aBlocksPercentage"])) {
                        self.say(format!("the share of `{id}` is no percentage"));
                    }
                    let ways = (&data["aBlocks"], &data["bBlocks"]);
                    self.fork(&id, ways, followed || !is_last);
                }
                _ => self.say(format!("`{id}` is of no known type")),
            }
            if !self.ids.insert(id.clone()) {
                self.say(format!("`{id}` stands there twice"));
            }
        }
    }

    fn fork(&mut self, id: &str, ways: (&Value, &Value), followed: bool) {
        let (one, other) = (list(ways.0), list(ways.1));
        if one.is_empty() && other.is_empty() {
            self.say(format!("both ways of `{id}` are empty"));
        }
        // A message on one way is not above a block on the other.
        let above = self.sent.clone();
        self.blocks(one, followed);
        let sent = std::mem::replace(&mut self.sent, above);
        self.blocks(other, followed);
        self.sent.extend(sent);
    }

    fn delay(&mut self, id: &str, delay: &Value) {
        match text(&delay["mode"]) {
            "duration" if number(&delay["duration"]["amount"]) < 1 => {
                self.say(format!("the delay `{id}` has no length"));
            }
            "specificTime" if !is_time(text(&delay["time"])) => {
                self.say(format!("the delay `{id}` has no time of day"));
            }
            _ => {}
        }
        if delay["allowedWeekdays"]
            .as_array()
            .is_some_and(Vec::is_empty)
        {
            self.say(format!("the delay `{id}` may end on no day"));
        }
    }

    fn action(&mut self, id: &str, action: &Value) {
        let kind = text(&action["type"]);
        let keys: Vec<&String> = action
            .as_object()
            .into_iter()
            .flat_map(|it| it.keys())
            .collect();
        if keys.len() != 2 || !action[kind].is_object() {
            self.say(format!("the action `{id}` is not exactly one `{kind}`"));
        }
        let data = &action[kind];
        match kind {
            "sendEmail" => {
                for key in [
                    "subject",
                    "preheader",
                    "senderName",
                    "senderEmail",
                    "replyToEmail",
                ] {
                    if text(&data[key]).chars().count() > LONGEST_TEXT {
                        self.say(format!("the {key} of `{id}` is too long"));
                    }
                }
                for key in ["templateID", "subject", "senderName"] {
                    if text(&data[key]).is_empty() {
                        self.say(format!("`{id}` has no {key}"));
                    }
                }
                let language = text(&data["language"]);
                let is_language = language
                    .split_once('_')
                    .is_some_and(|(language, country)| language.len() == 2 && country.len() == 2);
                if !is_language {
                    self.say(format!(
                        "`{language}` of `{id}` is no language such as `en_GB`"
                    ));
                }
                self.sent.insert(id.to_owned());
            }
            "addTag" | "removeTag" => {
                let tag = text(&data["value"]);
                if tag.is_empty() || tag.chars().count() > LONGEST_TEXT || tag != tag.to_lowercase()
                {
                    self.say(format!("`{tag}` of `{id}` is no tag"));
                }
            }
            _ => self.say(format!("`{id}` is no action of ours")),
        }
    }

    fn filter(&mut self, id: &str, filter: &Value) {
        let needs_value = !matches!(text(&filter["operator"]), "exists" | "notExists");
        if needs_value != filter.get("value").is_some() {
            self.say(format!(
                "a filter of `{id}` compares with nothing, or with too much"
            ));
        }
        match text(&filter["type"]) {
            "message" if !self.sent.contains(text(&filter["value"])) => {
                let of = text(&filter["value"]);
                self.say(format!(
                    "`{id}` asks about `{of}`, which is no message further up"
                ));
            }
            "contact" if text(&filter["value"]).is_empty() => {
                self.say(format!("`{id}` compares a contact with nothing"));
            }
            _ => {}
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(-1)
}

/// `HH:MM`.
fn is_time(text: &str) -> bool {
    chrono::NaiveTime::parse_from_str(text, "%H:%M").is_ok() && text.len() == 5
}
