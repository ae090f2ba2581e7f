//! Messages, their languages, and the other steps.

use super::*;

#[test]
fn one_content_is_one_template_and_several_are_told_apart_by_their_step() {
    let steps = json!([
        send("a"),
        wait("1d"),
        send("differs"),
        wait("1d"),
        send("b")
    ]);
    let out = lower(&json!({}), &steps);
    let id = |node: &str| out.action(node)["data"]["message"]["template_id"].clone();
    assert_eq!(id("a"), "${template:t@j/a}");
    assert_eq!(id("b"), id("a"));
    assert_eq!(id("differs"), "${template:t@j/differs}");
    let requests = out.requests();
    let names: Vec<&Value> = requests
        .iter()
        .map(|it| &it["body"]["data"]["attributes"]["name"])
        .collect();
    assert_eq!(names[..2], ["journeyc/t@j/a", "journeyc/t@j/differs"]);
    assert_eq!(names.len(), 3, "two templates and a flow");
    let plan = out.artifacts.text("plan.md").unwrap();
    assert!(plan.contains("`001`"), "{plan}");
}

#[test]
fn languages_are_messages_that_others_skip() {
    let mails = json!({"en": {"subject": "S", "sha256": ""}, "de": {"subject": "S", "sha256": ""}, "de-AT": {"subject": "S", "sha256": ""}});
    let head = json!({"locales": ["en", "de", "de-AT"]});
    let out = lower(&head, &json!([with(send("a"), "mails", mails)]));
    assert_eq!(
        out.shape(),
        ["-> a", "a -> a.de", "a.de -> a.de-AT", "a.de-AT -> -"]
    );
    let filters = |id: &str| {
        let filters =
            out.action(id)["data"]["message"]["additional_filters"]["condition_groups"].clone();
        let say = |it: &Value| {
            format!(
                "{} {}",
                it["filter"]["operator"].as_str().unwrap(),
                it["filter"]["value"].as_str().unwrap_or("")
            )
        };
        let all: Vec<String> = filters
            .as_array()
            .unwrap()
            .iter()
            .map(|group| {
                let all: Vec<String> = group["conditions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(say)
                    .collect();
                all.join(" or ")
            })
            .collect();
        all
    };
    assert_eq!(
        filters("a"),
        [
            "not-starts-with de or not-set ",
            "not-starts-with de-AT or not-set "
        ]
    );
    assert_eq!(
        filters("a.de"),
        ["starts-with de", "not-starts-with de-AT or not-set "]
    );
    assert_eq!(filters("a.de-AT"), ["starts-with de-AT"]);
    assert_eq!(
        out.action("a.de")["data"]["message"]["template_id"],
        "${template:t.de}"
    );
}

#[test]
fn the_other_steps() {
    let out = lower(
        &json!({}),
        &json!([
            {"node": "t", "kind": "task", "channel": "phone", "owner": "desk", "title": "Call <them>"},
            {"node": "u", "kind": "task", "channel": "phone", "owner": "nobody"},
            {"node": "card", "kind": "touch", "channel": "parcel", "class": "transactional", "by": "warehouse"},
            {"node": "m", "kind": "set", "attribute": "plan", "value": "pro"},
            {"node": "n", "kind": "set", "attribute": "news", "value": null},
            {"node": "o", "kind": "set", "attribute": "born", "value": "2020-01-01"},
            {"node": "p", "kind": "set", "attribute": "age", "value": 3},
            {"kind": "enter", "journey": "news"},
            {"kind": "enter", "journey": "other"},
            send("z"),
        ]),
    );
    assert_eq!(
        out.shape(),
        [
            "-> t",
            "t -> m",
            "m -> n",
            "n -> o",
            "o -> p",
            "p -> enter-news",
            "enter-news -> z",
            "z -> -"
        ]
    );
    assert_eq!(
        out.action("t")["data"]["message"]["to_emails"],
        json!(["desk@a.example"])
    );
    assert_eq!(
        out.action("t")["data"]["message"]["template_id"],
        "${template:alert@j/t}"
    );
    assert_eq!(
        out.action("n")["data"]["profile_operations"],
        json!([{"operator": "delete", "property_key": "news"}])
    );
    assert_eq!(out.action("enter-news")["data"]["list_id"], "Lnews");
    let requests = out.requests();
    let alert = requests
        .iter()
        .find(|it| it["body"]["data"]["attributes"]["name"] == "journeyc/alert@j/t");
    let alert = &alert.unwrap()["body"]["data"]["attributes"];
    assert!(
        alert["html"]
            .as_str()
            .unwrap()
            .contains("Call &lt;them&gt;")
    );
    for part in [
        "nobody is told of `u`",
        "does not make the parcel touch `card`",
        "cannot start `other`",
    ] {
        assert!(out.says(part), "{part}");
    }
    let plan = out.artifacts.text("plan.md").unwrap();
    assert!(
        plan.contains("`journeys/j.yaml:12` Klaviyo has no tasks, so nobody is told of `u`"),
        "{plan}"
    );
}

#[test]
fn templates_that_speak_of_the_event_are_found() {
    use super::super::templates::speaks_of_event;
    for text in [
        "{{ event.order_id }}",
        "{% if event.total %}",
        "{{event|lookup:'x'}}",
        "{% for l in event.lines %}",
    ] {
        assert!(speaks_of_event(text), "{text}");
    }
    for text in [
        "our next event.",
        "<p>{{ person|lookup:'event_name' }}</p>",
        "{{ first_name }} event | x",
        "{{ x|default:'event' }}",
    ] {
        assert!(!speaks_of_event(text), "{text}");
    }
}
