//! Anti-patterns put into the sample shop, one at a time: each must be caught by the rule that is
//! there for it.
//!
//! Each clean journey is changed in each of the ways below. The table of what was caught, by which
//! rule, is a snapshot; a mutant that its rule misses fails the test, unless it is among the
//! [`HARMLESS`] with the reason why nobody suffers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rayon::prelude::*;
use serde_yaml::Value;

use super::*;
use crate::snapshot;

mod edit;

use edit::{Journey, has_word, renamed, set, with_word, without_word, yaml};

/// A change for the worse.
struct Mutation {
    name: &'static str,
    /// The rules that are there for it; one of them must speak.
    rules: &'static [&'static str],
    /// Changes a journey, or says that there is nothing to change.
    apply: fn(&mut Journey) -> bool,
}

/// Mutants that hurt nobody, and why.
const HARMLESS: &[(&str, &str, &str)] = &[
    (
        "leave nobody out",
        "referral-thanks",
        "its only letter goes out at once: there is no time to leave",
    ),
    (
        "go on after the unsubscription",
        "referral-thanks",
        "its only letter goes out at once: there is no time to leave",
    ),
    (
        "go on after mail has bounced",
        "referral-thanks",
        "its only letter goes out at once: there is no time to leave",
    ),
    (
        "no time between the letters",
        "complaint",
        "an event of the customer lies between the letters",
    ),
    (
        "no time between the letters",
        "delivery-trouble",
        "an event of the customer lies between the letters",
    ),
    (
        "no time between the letters",
        "sunset",
        "an event of the customer lies between the letters",
    ),
    (
        "a delight that sells",
        "loyalty",
        "it is a gift without a condition (`gift: true`)",
    ),
    (
        "nobody may answer",
        "post-purchase",
        "somebody calls when something goes wrong",
    ),
    (
        "the last word is a disappointment",
        "complaint",
        "a card comes by post afterwards",
    ),
    (
        "the last word is a disappointment",
        "returns",
        "somebody calls afterwards",
    ),
    (
        "the last word is a disappointment",
        "sunset",
        "it goes on in the newsletter",
    ),
    (
        "the last word is a disappointment",
        "welcome",
        "it goes on in the newsletter",
    ),
    (
        "the relationship ends here",
        "shipping",
        "it only tells where the parcel is",
    ),
    (
        "the relationship ends here",
        "undeliverable",
        "their mail comes back, and one text message says so",
    ),
    (
        "say nothing when the parcel is late",
        "post-purchase",
        "`delivery-trouble` writes as soon as the carrier has bad news",
    ),
    (
        "nobody says who may come again",
        "loyalty",
        "its event comes once: it has no key and no milestone that comes again",
    ),
    (
        "nobody says who may come again",
        "newsletter",
        "its event comes once: it has no key and no milestone that comes again",
    ),
    (
        "nobody says who may come again",
        "repotting",
        "its event comes once: it has no key and no milestone that comes again",
    ),
    (
        "nobody says who may come again",
        "sunset",
        "its event comes once: it has no key and no milestone that comes again",
    ),
    (
        "nobody says who may come again",
        "undeliverable",
        "its event comes once: it has no key and no milestone that comes again",
    ),
    (
        "nobody says who may come again",
        "welcome",
        "its event comes once: it has no key and no milestone that comes again",
    ),
];

const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "do not wait for the delivery",
        rules: &["feedback-before-delivery"],
        apply: |it| {
            let asks = it.has_purpose("feedback_request");
            asks && it.each_step(&mut |step| {
                let wait = step.get("wait_for")?;
                let delivered = wait["event"] == "order_delivered";
                delivered.then(|| vec![yaml("wait: 5d")])
            })
        },
    },
    Mutation {
        name: "go on after the timeout",
        rules: &["feedback-before-delivery"],
        apply: |it| {
            it.has_purpose("feedback_request")
                && it.each_step(&mut |step| {
                    (step.get("exit").is_some_and(|it| it == "not-delivered")).then(Vec::new)
                })
        },
    },
    Mutation {
        name: "say nothing for four days after the payment",
        rules: &["silence-after-payment", "next-steps-after-payment"],
        apply: |it| it.begins_with("order_paid") && it.prepend("wait: 4d"),
    },
    Mutation {
        name: "confirm without next steps",
        rules: &["next-steps-after-payment"],
        apply: |it| {
            it.begins_with("order_paid")
                && it.each_send(&mut |send| without_word(send, "purpose", "next_steps"))
        },
    },
    Mutation {
        name: "send the confirmation as commercial mail",
        rules: &["critical-touchpoint-cappable"],
        apply: |it| {
            it.each_send(&mut |send| {
                let critical = has_word(send, "purpose", "confirmation");
                critical && set(send, "class", "commercial")
            })
        },
    },
    Mutation {
        name: "keep a tenth out of the confirmations",
        rules: &["critical-touchpoint-cappable"],
        apply: |it| it.has_purpose("confirmation") && set(&mut it.yaml, "holdout", 10),
    },
    Mutation {
        name: "another person in each letter",
        rules: &["sender-churn", "handover-unannounced"],
        apply: |it| {
            it.add_persons();
            let mut at = 0;
            let longest = it.top_level_sends() > 1;
            longest
                && it.each_send(&mut |send| {
                    at += 1;
                    set(send, "from", ["ana", "ben", "cy"][at % 3])
                })
        },
    },
    Mutation {
        name: "write from an address that nobody reads",
        rules: &["no-reply-sender"],
        apply: |it| {
            it.add_persons();
            it.has_sends() && set(&mut it.yaml, "from", "noreply")
        },
    },
    Mutation {
        name: "leave nobody out",
        rules: &["no-exit"],
        apply: |it| it.has_sends() && it.take("exits"),
    },
    Mutation {
        name: "go on after the order",
        rules: &["exit-on-conversion"],
        apply: |it| {
            let sells = it.has_purpose("abandonment") || it.has_purpose("win_back");
            sells && it.drop_exits("order_paid")
        },
    },
    Mutation {
        name: "go on after the unsubscription",
        rules: &[
            "unsubscribe-not-honoured-in-time",
            "suppression-list-not-applied",
        ],
        apply: |it| it.drop_exits("unsubscribed"),
    },
    Mutation {
        name: "go on after mail has bounced",
        rules: &["suppression-list-not-applied"],
        apply: |it| it.drop_exits("bounced"),
    },
    Mutation {
        name: "ask while a complaint is open",
        rules: &["feedback-while-inbound-open"],
        apply: |it| it.has_purpose("feedback_request") && it.drop_exits("complaint_opened"),
    },
    Mutation {
        name: "ask after the refund",
        rules: &["feedback-after-refund"],
        apply: |it| it.has_purpose("feedback_request") && it.drop_exits("order_refunded"),
    },
    Mutation {
        name: "wait for ever",
        rules: &["wait-without-timeout"],
        apply: |it| {
            it.each_step(&mut |step| {
                let mut step = step.clone();
                let wait = step.get_mut("wait_for")?.as_mapping_mut()?;
                wait.remove("timeout")?;
                wait.remove("on_timeout");
                Some(vec![step])
            })
        },
    },
    Mutation {
        name: "leave out the default",
        rules: &["missing-default-branch"],
        apply: |it| {
            it.each_step(&mut |step| {
                let mut step = step.clone();
                step.get_mut("branch")?.as_mapping_mut()?.remove("else")?;
                Some(vec![step])
            })
        },
    },
    Mutation {
        name: "weights that do not add up",
        rules: &["split-weights"],
        apply: |it| {
            it.each_step(&mut |step| {
                let mut step = step.clone();
                let arms = step.get_mut("split")?.get_mut("arms")?.as_mapping_mut()?;
                let (_, arm) = arms.iter_mut().next()?;
                arm["weight"] = 70.into();
                Some(vec![step])
            })
        },
    },
    Mutation {
        name: "both arms alike",
        rules: &["identical-branches"],
        apply: |it| {
            it.each_step(&mut |step| {
                let mut step = step.clone();
                let branch = step.get_mut("branch")?.as_mapping_mut()?;
                let way = branch.get("when")?.as_sequence()?.first()?["steps"].clone();
                let renamed = Value::Sequence(renamed(way.as_sequence()?)?);
                branch.insert("else".into(), renamed);
                branch["when"].as_sequence_mut()?.truncate(1);
                Some(vec![step])
            })
        },
    },
    Mutation {
        name: "no time between the letters",
        rules: &["zero-wait"],
        apply: |it| {
            it.top_level_sends() > 1
                && it.each_step(&mut |step| step.get("wait").map(|_| Vec::new()))
        },
    },
    Mutation {
        name: "wait for a third of a year",
        rules: &["wait-too-long"],
        apply: |it| it.each_step(&mut |step| step.get("wait").map(|_| vec![yaml("wait: 120d")])),
    },
    Mutation {
        name: "ask three times",
        rules: &["repeated-feedback-request"],
        apply: |it| {
            it.each_step(&mut |step| {
                let send = step.get("send")?;
                (send.get("asks").is_some() && send.get("reminder_of").is_none()).then_some(())?;
                let again = |n: usize| {
                    let mut step = step.clone();
                    let id = format!("{}-{n}", step["send"]["id"].as_str().unwrap());
                    step["send"]["id"] = id.into();
                    step
                };
                Some(vec![
                    step.clone(),
                    yaml("wait: 3d"),
                    again(2),
                    yaml("wait: 3d"),
                    again(3),
                ])
            })
        },
    },
    Mutation {
        name: "ask in the first hours",
        rules: &["feedback-too-soon"],
        apply: |it| {
            it.has_purpose("feedback_request")
                && it.each_step(&mut |step| step.get("wait").map(|_| vec![yaml("wait: 2h")]))
        },
    },
    Mutation {
        name: "sell in the hour of the payment",
        rules: &["upsell-too-soon", "promo-before-delivery"],
        apply: |it| it.begins_with("order_paid") && it.second(OFFER),
    },
    Mutation {
        name: "a delight that sells",
        rules: &["wow-is-a-pitch"],
        apply: |it| {
            it.each_send(&mut |send| {
                let wow = has_word(send, "purpose", "wow");
                wow && with_word(send, "purpose", "offer")
            })
        },
    },
    Mutation {
        name: "nobody answers for it",
        rules: &["owner-missing"],
        apply: |it| it.take("owner"),
    },
    Mutation {
        name: "no goal",
        rules: &["goal-missing"],
        apply: |it| it.take("goal"),
    },
    Mutation {
        name: "nothing is measured",
        rules: &["metric-missing"],
        apply: |it| it.take("metrics"),
    },
    Mutation {
        name: "the relationship ends here",
        rules: &["journey-dead-end"],
        apply: |it| {
            let ends = |step: &Value| {
                let ends = step.get("exit").or_else(|| step.get("enter")).is_some();
                ends.then(|| vec![yaml("wait: 1d")])
            };
            it.each_step(&mut { ends });
            it.take("next")
        },
    },
    Mutation {
        name: "written for nobody",
        rules: &["persona-missing"],
        apply: |it| it.take("personas"),
    },
    Mutation {
        name: "no stage",
        rules: &["stage-untagged"],
        apply: |it| it.take("stage"),
    },
    Mutation {
        name: "nobody has looked at it for a year",
        rules: &["review-overdue"],
        apply: |it| set(&mut it.yaml, "review_by", "2025-10-01"),
    },
    Mutation {
        name: "no basis for commercial mail",
        rules: &["consent-basis-missing"],
        apply: |it| it.yaml["class"] == "commercial" && it.take("basis"),
    },
    Mutation {
        name: "a task for nobody",
        rules: &["human-task-without-sla"],
        apply: |it| {
            it.each_step(&mut |step| {
                let mut step = step.clone();
                step.get_mut("task")?.as_mapping_mut()?.remove("owner")?;
                Some(vec![step])
            })
        },
    },
    Mutation {
        name: "a second journey that does the same",
        rules: &["duplicate-send-overlap", "same-trigger-collision"],
        apply: |it| {
            let mut twin = it.yaml.clone();
            twin["journey"] = format!("{}-twin", it.name).into();
            it.more.insert(format!("{}-twin", it.name), twin);
            it.has_sends()
        },
    },
    Mutation {
        name: "look for the order once, at the beginning",
        rules: &["exit-checked-once"],
        apply: |it| {
            it.has_purpose("abandonment") && it.drop_exits("order_paid") && it.prepend(GUARD)
        },
    },
    Mutation {
        name: "look back less far than the wait",
        rules: &["guard-window-not-longer-than-wait"],
        apply: |it| {
            it.has_purpose("abandonment")
                && it.drop_exits("order_paid")
                && it.each_send(&mut |send| {
                    set(send, "unless", "contact.did(\"order_paid\", within=\"1h\")")
                })
        },
    },
    Mutation {
        name: "remind after five minutes",
        rules: &["abandonment-timing", "wait-unit-suspicious"],
        apply: |it| {
            let mut first = true;
            it.has_purpose("abandonment")
                && it.each_step(&mut |step| {
                    step.get("wait")?;
                    std::mem::take(&mut first).then(|| vec![yaml("wait: 5m")])
                })
        },
    },
    Mutation {
        name: "a discount in the first reminder",
        rules: &["abandonment-discount-first"],
        apply: |it| {
            let mut first = true;
            it.each_send(&mut |send| {
                let due = has_word(send, "purpose", "abandonment") && std::mem::take(&mut first);
                due && with_word(send, "purpose", "offer")
            })
        },
    },
    Mutation {
        name: "starts itself",
        rules: &["self-trigger-cycle", "infinite-loop"],
        apply: |it| {
            let name = it.name.clone();
            set(&mut it.yaml, "reentry", "always");
            it.prepend(&format!("enter: {name}")) && it.prepend("wait: 2d")
        },
    },
    Mutation {
        name: "leaves before the last step",
        rules: &["unreachable-step"],
        apply: |it| it.prepend("exit: too-early"),
    },
    Mutation {
        name: "a condition that can never hold",
        rules: &["dead-branch"],
        apply: |it| it.has_sends() && it.prepend(DEAD),
    },
    Mutation {
        name: "nobody may answer",
        rules: &["one-way-journey"],
        apply: |it| {
            let many = it.sends() > 3;
            it.each_send(&mut |send| {
                let send = send.as_mapping_mut().unwrap();
                send.remove("two_way").is_some() | send.remove("respond_within").is_some()
            }) && many
        },
    },
    Mutation {
        name: "a promise that is broken",
        rules: &["broken-promise"],
        apply: |it| {
            it.each_send(&mut |send| {
                let promises = send.get_mut("promises").and_then(Value::as_sequence_mut);
                let Some(promise) = promises.and_then(|it| it.first_mut()) else {
                    return false;
                };
                set(promise, "within", "2h")
            })
        },
    },
    Mutation {
        name: "the last word is a disappointment",
        rules: &["ends-low", "emotion-trough"],
        apply: |it| {
            let count = it.sends();
            let mut at = 0;
            it.each_send(&mut |send| {
                at += 1;
                at == count && {
                    send["emotion"] = yaml("{expected: -2}");
                    true
                }
            })
        },
    },
    Mutation {
        name: "nobody says who may come again",
        rules: &["reentry-undeclared", "reentry-storm"],
        apply: |it| it.take("reentry"),
    },
    Mutation {
        name: "only happy people may review",
        rules: &["review-gating"],
        apply: |it| it.begins_with("review_given") && it.prepend(GATE),
    },
    Mutation {
        name: "say nothing when the parcel is late",
        rules: &["delay-notice-missing"],
        apply: |it| {
            it.begins_with("order_paid")
                && it.each_step(&mut |step| {
                    let send = step.get("send")?;
                    has_word(send, "purpose", "delay_notice").then(Vec::new)
                })
        },
    },
    Mutation {
        name: "five offers in a week",
        rules: &["frequency-cap-exceeded"],
        apply: |it| {
            it.has_sends()
                && (1..=5).all(|n| {
                    let send = OFFER.replace("quick-offer", &format!("quick-offer-{n}"));
                    it.prepend("wait: 1d") && it.prepend(&send)
                })
        },
    },
];

const OFFER: &str =
    "send: {id: quick-offer, template: mutant/offer, purpose: offer, class: commercial}";
const GUARD: &str = "branch: {id: has-bought, when: [{if: 'contact.did(\"order_paid\", since=entry)', steps: [{exit: bought}]}], else: []}";
const GATE: &str = "branch: {id: happy-people, when: [{if: event.score >= 4, steps: [{send: {id: tell-everybody, template: mutant/review, purpose: feedback_request, asks: review}}]}], else: []}";
const DEAD: &str = "branch: {id: nobody, when: [{if: 'contact.count(\"order_paid\", within=\"9d\") < 0', steps: [{exit: nobody}]}], else: []}";

/// The shop: its project, its journeys, and the names of its templates.
struct Shop {
    project: Value,
    journeys: BTreeMap<String, Value>,
}

impl Shop {
    fn read() -> Self {
        let read = |path: &std::path::Path| -> Value {
            serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        let mut journeys = BTreeMap::new();
        for entry in std::fs::read_dir(snapshot::root("journeys")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if !name.ends_with(".scenario") {
                journeys.insert(name, read(&path));
            }
        }
        Self {
            project: read(&snapshot::root("journeyc.yaml")),
            journeys,
        }
    }

    /// The rules that speak when some journeys are replaced. The words of the mails do not matter
    /// here: each says the same.
    fn rules(&self, project: &Value, changed: &BTreeMap<String, Value>) -> BTreeSet<String> {
        let mut world = Memory::new(today());
        world = world.with("journeyc.yaml", serde_yaml::to_string(project).unwrap());
        let mut journeys = self.journeys.clone();
        journeys.extend(changed.clone());
        let mut templates = BTreeSet::new();
        for (name, journey) in &journeys {
            let text = serde_yaml::to_string(journey).unwrap();
            let named = text
                .lines()
                .filter_map(|it| it.trim().strip_prefix("template: "));
            templates.extend(named.map(str::to_owned));
            world = world.with(format!("journeys/{name}.yaml"), text);
        }
        for name in templates {
            world = world.with(format!("templates/{name}.md"), TEMPLATE);
        }
        let workspace = Workspace::read(&world);
        let found = journeyc::compile(&workspace).findings;
        let found = found.iter().filter(|it| it.suppressed.is_none());
        found.map(|it| it.rule.to_string()).collect()
    }
}

#[test]
fn every_mutant_of_the_shop_is_caught() {
    let shop = Shop::read();
    let clean = shop.rules(&shop.project, &BTreeMap::new());
    let jobs: Vec<(&Mutation, &String)> = MUTATIONS
        .iter()
        .flat_map(|mutation| shop.journeys.keys().map(move |name| (mutation, name)))
        .collect();
    let results: Vec<_> = jobs
        .par_iter()
        .filter_map(|(mutation, name)| {
            let mut journey = Journey {
                name: (*name).clone(),
                yaml: shop.journeys[*name].clone(),
                project: shop.project.clone(),
                more: BTreeMap::new(),
            };
            if !(mutation.apply)(&mut journey) {
                return None;
            }
            let mut changed = journey.more;
            changed.insert(journey.name, journey.yaml);
            let found = shop.rules(&journey.project, &changed);
            Some((*mutation, *name, &found - &clean))
        })
        .collect();
    let (table, missed) = table(&results);
    snapshot::assert("tests/cases/mutants.md", &table);
    assert!(missed.is_empty(), "missed:\n{missed}");
    assert!(MUTATIONS.len() >= 30);
    for mutation in MUTATIONS {
        let applied = results.iter().any(|it| it.0.name == mutation.name);
        assert!(applied, "nothing in the shop to change: {}", mutation.name);
    }
}

fn table(results: &[(&Mutation, &String, BTreeSet<String>)]) -> (String, String) {
    let mut missed = String::new();
    let caught = |it: &(&Mutation, &String, BTreeSet<String>)| {
        let rules = it.0.rules.iter().filter(|rule| it.2.contains(**rule));
        rules.copied().collect::<Vec<_>>()
    };
    let total = results.len();
    let count = results.iter().filter(|it| !caught(it).is_empty()).count();
    let mut out = format!(
        "# Mutants of the sample shop\n\nWritten by the test `every_mutant_of_the_shop_is_caught`: each journey of the shop is changed for the worse in\n{} ways, where there is something to change. {count} of {total} mutants are caught by the rule that is there for\nthem; the others hurt nobody, for the reason given.\n\n| mutation | journey | caught by | also found |\n| --- | --- | --- | --- |\n",
        MUTATIONS.len()
    );
    for result in results {
        let (mutation, name, found) = result;
        let own = caught(result);
        let reason = HARMLESS
            .iter()
            .find(|(what, journey, _)| what == &mutation.name && journey == name);
        let by = match (own.is_empty(), reason) {
            (false, _) => own.join(", "),
            (true, Some((_, _, reason))) => format!("harmless: {reason}"),
            (true, None) => {
                let wanted = mutation.rules.join(" or ");
                let found: Vec<_> = found.iter().map(String::as_str).collect();
                let _ = writeln!(
                    missed,
                    "{} in {name}: {wanted} is silent; found: {}",
                    mutation.name,
                    found.join(", ")
                );
                "MISSED".to_owned()
            }
        };
        let others = found
            .iter()
            .map(String::as_str)
            .filter(|it| !own.contains(it));
        let others: Vec<_> = others.collect();
        let _ = writeln!(
            out,
            "| {} | {name} | {by} | {} |",
            mutation.name,
            others.join(", ")
        );
    }
    (out, missed)
}
