//! What holds of every comparison, tried on many edits of the small shop: looked at the other way round
//! it is the mirror; a revision does not differ from itself; and whatever a journey's manifest says
//! otherwise is told of that journey.
//!
//! Not symmetric, and therefore not looked at: what breaks for people inside (they are inside of what
//! was there first), the status of findings (they are judged against what was there first), lines (a
//! change stands where it is now), and words of mails (`diff_copy` looks at those).

use std::collections::{BTreeMap, BTreeSet};

use journeyc::diff::{Changes, Fate, FindingChanges, Kind, Revision, compare};
use journeyc::load::Memory;
use journeyc::{Compilation, Scope, Workspace, compile, export};
use serde_json::Value;

use crate::snapshot;

const PROJECT: &str = "journeyc.yaml";
const AFTER: &str = "journeys/after-payment.yaml";
const CART: &str = "journeys/cart.yaml";

/// Something that somebody does to the shop, and what has to be told of it.
type Edit = (&'static str, &'static str, &'static str, &'static [Kind]);

const FILM: &str = "  - send: {id: film, template: film, purpose: [thank_you, wow]}\n";

/// Edits of journeys and of the project file.
const EDITS: &[Edit] = &[
    (AFTER, "for: 22h", "for: 22m", &[Kind::Wait, Kind::Sooner]),
    (
        AFTER,
        "for: 22h",
        "for: 3d, at: \"10:00\", on: [tue]",
        &[Kind::Wait],
    ),
    (
        AFTER,
        "{id: a-day, for: 22h}",
        "22h",
        &[Kind::StepRemoved, Kind::StepAdded],
    ),
    (AFTER, "timeout: 5d", "timeout: 5h", &[Kind::Wait]),
    (AFTER, "      timeout: 5d\n", "", &[Kind::Wait]),
    (
        AFTER,
        "event: order_delivered",
        "event: order_refunded",
        &[Kind::Wait],
    ),
    (
        AFTER,
        "event: order_delivered",
        "event: order_paid\n      where: event.total > 3",
        &[Kind::Wait],
    ),
    (
        AFTER,
        "where: event.total > 0",
        "where: event.total > 9",
        &[Kind::AudienceNarrower],
    ),
    (
        AFTER,
        ", where: event.total > 0",
        "",
        &[Kind::AudienceWider],
    ),
    (AFTER, "event.total > 0", "event.total>0", &[Kind::Internal]),
    (
        AFTER,
        "event.total > 0}",
        "event.total > 0, enroll_existing: true}",
        &[Kind::AudienceWider],
    ),
    (
        AFTER,
        "trigger: {event: order_paid, where: event.total > 0}",
        "trigger: {event: order_delivered}",
        &[Kind::Trigger, Kind::Audience],
    ),
    (
        AFTER,
        "class: transactional",
        "class: commercial",
        &[Kind::Class],
    ),
    (
        AFTER,
        "basis: soft_opt_in",
        "basis: express",
        &[Kind::Basis],
    ),
    (AFTER, "from: care", "from: maya", &[Kind::Sender]),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, from: maya, reply_to: help@fernandfinch.example,",
        &[Kind::Sender],
    ),
    (AFTER, "id: setup-help,", "id: help,", &[Kind::StepRenamed]),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, bypass_window: true,",
        &[Kind::Window],
    ),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, class: commercial,",
        &[Kind::Class],
    ),
    (
        AFTER,
        "id: setup-help, template: setup-help",
        "id: setup-help, template: review",
        &[Kind::Template],
    ),
    (
        AFTER,
        "purpose: setup_help",
        "purpose: content",
        &[Kind::Purpose],
    ),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, title: Help at home,",
        &[Kind::Internal],
    ),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, emotion: {expected: 1}, gift: true,",
        &[Kind::Internal],
    ),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, if: contact.plan == \"pro\",",
        &[Kind::AudienceNarrower],
    ),
    (
        AFTER,
        "id: setup-help,",
        "id: setup-help, unless: contact.did(\"complaint_opened\"),",
        &[Kind::AudienceNarrower],
    ),
    (
        AFTER,
        "asks: review",
        "asks: nps, reminder_of: setup-help",
        &[Kind::Purpose],
    ),
    (
        AFTER,
        "reentry: per_key",
        "reentry: {after: 3d}",
        &[Kind::Reentry],
    ),
    (
        AFTER,
        "in_flight: finish_old",
        "in_flight: stop",
        &[Kind::InFlight],
    ),
    (
        AFTER,
        "in_flight: finish_old",
        "holdout: 5",
        &[Kind::InFlight, Kind::AudienceNarrower],
    ),
    (
        AFTER,
        "owner: lifecycle",
        "owner: growth\npriority: 3\ndescription: Looked at by care",
        &[Kind::Internal],
    ),
    (
        AFTER,
        "owner: lifecycle",
        "owner: lifecycle\nconsent: {source: checkout}\nnext: [cart]",
        &[Kind::Basis, Kind::Next],
    ),
    (
        AFTER,
        "owner: lifecycle",
        "owner: lifecycle\ngoal: {event: order_paid, within: 90d}",
        &[Kind::Goal],
    ),
    (
        AFTER,
        "  - {on: complaint_opened, reason: complaint}\n",
        "",
        &[Kind::ExitRemoved],
    ),
    (
        AFTER,
        "  - {on: complaint_opened",
        "  - {on: unsubscribed, only: commercial}\n  - {on: complaint_opened",
        &[Kind::ExitAdded],
    ),
    (
        AFTER,
        "  - {on: complaint_opened",
        "  - {on: complaint_opened, only: commercial",
        &[Kind::ExitChanged],
    ),
    (
        AFTER,
        "on: order_refunded",
        "where: \"true\", on: order_refunded",
        &[Kind::ExitChanged],
    ),
    (AFTER, FILM, "", &[Kind::StepRemoved]),
    (
        AFTER,
        FILM,
        "  - send: {id: film, template: film, purpose: [thank_you, wow]}\n  - wait: 2d\n  - task: {id: call, channel: phone, owner: care, respond_within: 1bd, purpose: check_in}\n  - wait: 1d\n  - touch: {id: card, channel: post, by: print, purpose: wow}\n  - set: {id: mark, attribute: plan, value: pro}\n",
        &[Kind::StepAdded],
    ),
    (
        AFTER,
        FILM,
        "  - repeat:\n      id: again\n      times: 3\n      every: 2d\n      steps:\n        - send: {id: film, template: film, purpose: [thank_you, wow]}\n",
        &[Kind::StepAdded, Kind::StepMoved],
    ),
    (
        AFTER,
        FILM,
        "  - split:\n      id: which\n      arms:\n        some: {weight: 40, steps: [{send: {id: film, template: film, purpose: [thank_you, wow]}}]}\n        others: {weight: 60, steps: [{wait: 1h}]}\n",
        &[Kind::StepAdded, Kind::StepMoved],
    ),
    (
        AFTER,
        "- exit: not-delivered",
        "- exit: late",
        &[Kind::Internal],
    ),
    (
        AFTER,
        "        - exit: not-delivered\n",
        "",
        &[Kind::StepRemoved],
    ),
    (
        AFTER,
        "- exit: not-delivered",
        "- enter: cart\n        - exit: not-delivered",
        &[Kind::StepAdded],
    ),
    (
        CART,
        "{id: an-hour, for: 1h}",
        "1h",
        &[Kind::StepRemoved, Kind::StepAdded],
    ),
    (
        CART,
        "contact.plan == \"pro\"",
        "contact.plan != \"free\"",
        &[Kind::Internal],
    ),
    (
        CART,
        "        - if: contact.plan == \"pro\"\n",
        "        - if: contact.first_name == none\n          steps: []\n        - if: contact.plan == \"pro\"\n          title: professionals\n",
        &[Kind::Branch, Kind::Internal],
    ),
    (
        CART,
        "      else:\n",
        "      else:\n        - wait: 1d\n",
        &[Kind::StepAdded, Kind::Later],
    ),
    (
        CART,
        "journey: cart",
        "journey: basket",
        &[Kind::JourneyRenamed],
    ),
    (CART, "stage: during", "stage: before", &[Kind::Internal]),
    (
        PROJECT,
        "locales: [en]",
        "locales: [en, de]",
        &[Kind::Locale],
    ),
    (
        PROJECT,
        "timezone: Europe/London",
        "timezone: Europe/Berlin",
        &[Kind::Policy],
    ),
    (
        PROJECT,
        "profile: ecommerce",
        "profile: digital",
        &[Kind::Internal],
    ),
    (
        PROJECT,
        "jurisdictions: [uk, eu]",
        "jurisdictions: [uk]",
        &[Kind::Policy],
    ),
    (PROJECT, "name: Maya,", "name: Maya Finch,", &[Kind::Sender]),
    (
        PROJECT,
        "respond_within: 1bd",
        "respond_within: 1d",
        &[Kind::Sender],
    ),
    (PROJECT, "handled_by: helpdesk, ", "", &[Kind::Internal]),
    (
        PROJECT,
        "milestone: payment",
        "milestone: intent",
        &[Kind::Event],
    ),
    (
        PROJECT,
        "  complaint_opened: {",
        "  parcel_lost: {promised_within: 3d}\n  complaint_opened: {",
        &[Kind::Event],
    ),
    (
        PROJECT,
        "      total: {type: number",
        "      gift: boolean\n      total: {type: number",
        &[Kind::Event],
    ),
    (
        PROJECT,
        "nullable: true, sample: [Ana, null]",
        "sample: [Ana]",
        &[Kind::Attribute, Kind::Internal],
    ),
    (
        PROJECT,
        "First plant by post",
        "The first plant",
        &[Kind::Internal],
    ),
    (PROJECT, "to: \"20:00\"", "to: \"12:00\"", &[Kind::Policy]),
    (
        PROJECT,
        "  link_domains: [fernandfinch.example]",
        "  link_domains: [fernandfinch.example, example.org]\n  quiet_hours: {from: \"21:00\", to: \"08:00\"}\n  cadence: {max_gap: 90d}\n  unsubscribe: {processed_within: 2d, asks: nothing}\n  tracking: {opens: nobody}\n  link_parameters: {utm_source: shop}\n  wording: {banned: [act now]}\n  thresholds: {wow-window: 20h}\n  clients: [gmail]",
        &[Kind::Policy, Kind::Internal],
    ),
    (
        PROJECT,
        "  link_domains:",
        "  frequency_cap: {commercial: {per_week: 2}}\n  link_domains:",
        &[Kind::Policy],
    ),
    (
        PROJECT,
        "order_paid: M2",
        "order_paid: M9",
        &[Kind::Internal],
    ),
    (
        PROJECT,
        "coverage: off",
        "coverage: note",
        &[Kind::Internal],
    ),
    (
        PROJECT,
        "brand:\n  name: Fern & Finch",
        "brand:\n  links: {help: \"https://fernandfinch.example/help\"}\n  name: Fern and Finch",
        &[Kind::Brand],
    ),
];

/// The texts of the shop.
fn shop() -> BTreeMap<String, String> {
    fn go(folder: &std::path::Path, below: &str, out: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            let name = format!("{below}{name}");
            if path.is_dir() {
                go(&path, &format!("{name}/"), out);
            } else {
                out.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    go(&snapshot::root("tests/cases/diff/shop"), "", &mut out);
    out
}

fn workspace(texts: &BTreeMap<String, String>) -> Workspace {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    let texts = texts.iter();
    let world = texts.fold(Memory::new(today), |world, (path, text)| {
        world.with(path, text)
    });
    Workspace::read(&world)
}

/// What differs, looked at from both sides, and what the manifests say of each journey.
fn diff(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> ([Changes; 2], [BTreeMap<String, Value>; 2]) {
    let (before, after) = (workspace(before), workspace(after));
    let (old, new) = (compile(&before), compile(&after));
    let one = |it| (it, Revision::default());
    let mut changes = [compare(one(&old), one(&new)), compare(one(&new), one(&old))];
    // They are judged against what was there first, and that was not asked for here.
    for it in &mut changes {
        it.findings = FindingChanges::default();
    }
    (changes, [journeys(&old), journeys(&new)])
}

/// The journeys of the manifest, without what lines, times and mails say.
fn journeys(compilation: &Compilation<'_>) -> BTreeMap<String, Value> {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for key in ["line", "file", "graph", "mails"] {
                    map.remove(key);
                }
                map.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let scope = Scope {
        target: Some("none"),
        environment: None,
        ..Scope::default()
    };
    let built = export(compilation, scope);
    let text = built.artifacts.text("manifest.json").unwrap();
    let manifest: Value = serde_json::from_str(text).unwrap();
    let journeys = manifest["journeys"].as_array().unwrap().iter().cloned();
    let named = journeys.map(|mut it| {
        strip(&mut it);
        (it["name"].as_str().unwrap().to_owned(), it)
    });
    named.collect()
}

fn edited(shop: &BTreeMap<String, String>, edits: &[&Edit]) -> BTreeMap<String, String> {
    let mut shop = shop.clone();
    for (file, from, to, _) in edits {
        let text = shop.get_mut(*file).unwrap();
        *text = text.replacen(from, to, 1);
    }
    shop
}

/// One line for each thing that differs, whichever side is the newer: `swap` looks from the other.
fn view(changes: &Changes, swap: bool) -> BTreeSet<String> {
    let sides = |a: &Option<String>, b: &Option<String>| {
        let (a, b) = if swap { (b, a) } else { (a, b) };
        format!("{a:?} -> {b:?}")
    };
    let kind = |it: Kind| if swap { it.mirrored() } else { it };
    let mut lines = BTreeSet::new();
    for it in &changes.project {
        let words = sides(&it.before, &it.after);
        lines.insert(format!(
            "project {:?} {} {words}",
            kind(it.kind),
            it.subject
        ));
    }
    for journey in &changes.journeys {
        let was = journey.was.as_ref().unwrap_or(&journey.name);
        let name = if swap { was } else { &journey.name };
        let fate = match (swap, journey.fate) {
            (true, Fate::Added) => Fate::Removed,
            (true, Fate::Removed) => Fate::Added,
            (_, fate) => fate,
        };
        lines.insert(format!("{name} {fate:?}"));
        let renamed = journey
            .changes
            .iter()
            .filter(|it| it.kind == Kind::StepRenamed);
        let renamed: BTreeMap<_, _> = renamed.map(|it| (&it.step, &it.before)).collect();
        for it in &journey.changes {
            let step = renamed.get(&it.step).filter(|_| swap).copied();
            let step = step.unwrap_or(&it.step).as_deref().unwrap_or("");
            // What has no name is numbered, and other numbers are no difference.
            let step = step.strip_prefix('@').map_or(step, |_| "@");
            let words = sides(&it.before, &it.after);
            let (kind, subject) = (kind(it.kind), &it.subject);
            lines.insert(format!("{name} {step} {kind:?} {subject} {words}"));
        }
    }
    lines
}

/// What has to hold of every comparison of two repositories; nothing if edits together have broken a
/// file, of which nothing can then be said.
fn check(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    what: &str,
) -> Option<Changes> {
    let ([changes, back], [old, new]) = diff(before, after);
    assert_eq!(
        view(&changes, true),
        view(&back, false),
        "the mirror of: {what}"
    );
    let files = before.keys().filter(|it| it.starts_with("journeys/"));
    let files = files.count();
    if old.len() != files || new.len() != files {
        return None;
    }
    let told = changes.journeys.iter();
    let told: BTreeSet<&String> = told
        .flat_map(|it| it.was.iter().chain([&it.name]))
        .collect();
    for name in old.keys().chain(new.keys()) {
        let is_told = told.contains(name);
        assert!(
            old.get(name) == new.get(name) || is_told,
            "{name} is not told: {what}"
        );
    }
    for it in changes
        .journeys
        .iter()
        .flat_map(|it| &it.changes)
        .chain(&changes.project)
    {
        assert!(
            it.kind != Kind::Other,
            "nobody knows {}: {what}",
            it.subject
        );
        assert!(
            it.before != it.after || it.subject.ends_with(": id"),
            "{it:?}: {what}"
        );
    }
    Some(changes)
}

#[test]
fn a_revision_does_not_differ_from_itself() {
    let shop = shop();
    let ([changes, _], _) = diff(&shop, &shop);
    assert!(changes.is_empty(), "{changes:#?}");
    assert!(changes.formatting.is_empty() && changes.muted.is_empty());
}

#[test]
fn every_edit_is_told_as_what_it_is_and_mirrored_the_other_way_round() {
    let shop = shop();
    let wrong: Vec<String> = EDITS
        .iter()
        .filter_map(|edit| {
            let (file, from, to, kinds) = edit;
            assert!(shop[*file].contains(from), "{file} has no {from}");
            let what = format!("{from} => {to}");
            let Some(changes) = check(&shop, &edited(&shop, &[edit]), &what) else {
                return Some(format!("{what}: this is no journey any more"));
            };
            let journeys = changes.journeys.iter().flat_map(|it| &it.changes);
            let told: BTreeSet<Kind> = journeys.chain(&changes.project).map(|it| it.kind).collect();
            let missing: Vec<&Kind> = kinds.iter().filter(|it| !told.contains(it)).collect();
            (!missing.is_empty()).then(|| format!("{what}: no {missing:?} in {told:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn many_edits_at_once_are_the_mirror_of_the_way_back() {
    let shop = shop();
    let mut state = 20_261_122_u64;
    let mut next = |below: usize| {
        // Knuth's constants; the upper bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut whole = 0;
    for round in 0..24 {
        let mut some = |most: usize| -> Vec<&Edit> {
            (0..=next(most))
                .map(|_| &EDITS[next(EDITS.len())])
                .collect()
        };
        let (a, b) = (some(3), some(9));
        let what = format!("round {round}: {a:#?} against {b:#?}");
        let changes = check(&edited(&shop, &a), &edited(&shop, &b), &what);
        whole += usize::from(changes.is_some());
    }
    assert!(whole > 12, "{whole} of 24 could be looked at");
}

#[test]
fn what_is_left_out_is_counted_and_no_change_leaves_itself_out() {
    let quiet = (
        PROJECT,
        "personas:",
        "diff: {ignore: [internal]}\npersonas:",
        &[][..],
    );
    let edits: [Edit; 2] = [
        (AFTER, "owner: lifecycle", "owner: growth", &[]),
        (CART, "stage: during", "stage: before", &[]),
    ];
    let (shop, edits) = (shop(), [&quiet, &edits[0], &edits[1]]);
    let ([changes, _], _) = diff(&edited(&shop, &edits[..1]), &edited(&shop, &edits));
    assert_eq!(changes.muted, [(Kind::Internal, 2)]);
    assert!(changes.journeys.is_empty() && changes.formatting.is_empty());
    let ([changes, _], _) = diff(&shop, &edited(&shop, &edits));
    assert_eq!((changes.journeys.len(), changes.project.len()), (2, 1));
    assert!(changes.muted.is_empty(), "it would have hidden itself");
}

#[test]
fn a_kind_that_does_not_exist_is_said_with_the_one_that_was_meant() {
    let edit: Edit = (
        PROJECT,
        "personas:",
        "diff: {ignore: [internl]}\npersonas:",
        &[],
    );
    let workspace = workspace(&edited(&shop(), &[&edit]));
    let compilation = compile(&workspace);
    let helps: Vec<_> = compilation
        .findings
        .iter()
        .filter_map(|it| it.help.as_deref())
        .collect();
    assert!(
        helps.iter().any(|it| it.contains("`internal`")),
        "{helps:?}"
    );
}

#[test]
fn what_is_only_written_in_another_way_is_formatting() {
    let edits: [Edit; 4] = [
        (
            AFTER,
            "{id: a-day, for: 22h}",
            "{ for: 22h,   id: a-day } # a day",
            &[],
        ),
        (CART, "{after: 30d}", "{after: \"30d\"}", &[]),
        (PROJECT, "cart_id: string", "cart_id: {type: string}", &[]),
        ("templates/film.md", "  \nlayout", "\nlayout", &[]),
    ];
    let shop = shop();
    let mut after = edited(&shop, &edits.iter().collect::<Vec<_>>());
    let film = after.get_mut("templates/film.md").unwrap();
    film.push('\n');
    let ([changes, _], _) = diff(&shop, &after);
    assert!(changes.is_empty(), "{changes:#?}");
    assert_eq!(
        changes.formatting,
        [PROJECT, AFTER, CART, "templates/film.md"]
    );
}
