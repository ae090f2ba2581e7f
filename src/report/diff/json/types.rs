//! What `schema/diff.schema.json` is made of.
//!
//! In: nothing. Out: types with a schema. Invariant: every field says what it is and how it looks;
//! ids are final. Not done here: filling them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::finding::Finding;

/// The version of the format. It grows when a field goes or changes its meaning; new fields may
/// come without.
pub(super) const VERSION: u32 = 1;

/// The result of `journeyc diff --format json`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Diff")]
pub(super) struct Document<'a> {
    /// The version of this format. New fields, kinds and ids may come without a new version.
    #[schemars(range(min = 1, max = 1), example = 1)]
    pub(super) version: u32,
    /// What a reviewer is told first.
    #[schemars(example = Outcome::Fine)]
    pub(super) verdict: Outcome,
    /// What was compared.
    pub(super) before: Revision<'a>,
    /// What it was compared with.
    pub(super) after: Revision<'a>,
    /// The numbers of the headline, over all journeys that can be judged.
    pub(super) numbers: Vec<Number>,
    /// What the project file says for all journeys: brand, languages, policy, events, senders.
    pub(super) project: Vec<Changed<'a>>,
    /// The journeys that differ, those that customers notice most first.
    pub(super) journeys: Vec<Journey<'a>>,
    /// The words that differ; the same difference in many mails is one entry.
    pub(super) copy: Vec<Copy<'a>>,
    /// The mails that differ. How they look is in the report of `--format html`.
    pub(super) mails: Vec<Mail<'a>>,
    /// What several journeys share that differs, and whom it reaches.
    pub(super) reach: Vec<Reach<'a>>,
    /// What differs in what was found.
    pub(super) findings: FindingChanges<'a>,
    /// What differs in what each target gets.
    pub(super) targets: Vec<Sent<'a>>,
    /// Files whose text differs though nothing that they say does.
    #[schemars(example = ["journeys/cart.yaml"])]
    pub(super) formatting: &'a [String],
    /// What `diff.ignore` leaves out, counted by kind.
    pub(super) muted: Vec<Muted>,
}

/// What a reviewer is told first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// Nothing differs that a customer, a provider or a reviewer would notice.
    Nothing,
    /// Something changes, and nothing stands against it.
    Fine,
    /// An error is new or worse, or a file cannot be understood.
    Blocked,
}

/// One side of the comparison.
#[derive(Serialize, JsonSchema)]
pub(super) struct Revision<'a> {
    /// As it was asked for; `work tree` for files on disk.
    #[schemars(example = &"origin/main")]
    pub(super) name: &'a str,
    /// The full name of the commit; nothing for the work tree.
    #[schemars(
        regex(pattern = "^[0-9a-f]{40,64}$"),
        example = &"0f8c4d2b7a6e51938b1d4c0e9f3a7b26d5e8c914"
    )]
    pub(super) commit: Option<&'a str>,
    /// Files that could not be understood: what they say is missing on this side.
    #[schemars(example = ["journeys/cart.yaml"])]
    pub(super) broken: &'a [String],
}

/// A number that a reviewer can hold on to.
#[derive(Serialize, JsonSchema)]
pub(super) struct Number {
    /// Which one: `contact-load` is the most messages that one person gets within 30 days,
    /// `silence-after-payment` the longest silence after a payment. Ids are final.
    #[schemars(example = &"contact-load")]
    pub(super) id: &'static str,
    /// What it counts.
    #[schemars(example = &"messages")]
    pub(super) unit: &'static str,
    /// Before; nothing where it could not be told, or nothing bounds it.
    #[schemars(example = 5)]
    pub(super) before: Option<i64>,
    /// After.
    #[schemars(example = 7)]
    pub(super) after: Option<i64>,
}

/// One difference in what a journey or the project says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change")]
pub(super) struct Changed<'a> {
    /// The kind of difference. Ids are final.
    #[schemars(regex(pattern = "^[a-z]+(-[a-z]+)*$"), example = &"audience-wider")]
    pub(super) kind: &'static str,
    /// The kind in words.
    #[schemars(example = &"more people")]
    pub(super) title: &'static str,
    /// Whether customers notice it.
    #[schemars(example = true)]
    pub(super) noticed: bool,
    /// The step, where one is concerned; as it is called now, or was.
    #[schemars(example = &"review-request")]
    pub(super) step: Option<&'a str>,
    /// What it is about, in a word or two; empty where the kind says everything.
    #[schemars(example = &"lifetime_orders")]
    pub(super) subject: &'a str,
    /// How it was, in words; nothing where it was not there.
    #[schemars(example = &"7 d")]
    pub(super) before: Option<&'a str>,
    /// How it is, in words; nothing where it is gone.
    #[schemars(example = &"22 h")]
    pub(super) after: Option<&'a str>,
    /// Where to look: the line as it is now, or as it was if it is gone.
    pub(super) place: Option<Place<'a>>,
}

/// A line.
#[derive(Serialize, JsonSchema)]
pub(super) struct Place<'a> {
    /// The file, from the repository's root, with `/` on every system.
    #[schemars(example = &"journeys/post-purchase.yaml")]
    pub(super) file: &'a str,
    /// The line, from 1.
    #[schemars(range(min = 1), example = 31)]
    pub(super) line: u32,
}

/// What differs in one journey.
#[derive(Serialize, JsonSchema)]
pub(super) struct Journey<'a> {
    /// Its name; as it was, if it is gone.
    #[schemars(example = &"post-purchase")]
    pub(super) name: &'a str,
    /// Its name before, where that was another.
    #[schemars(example = &"after-payment")]
    pub(super) was: Option<&'a str>,
    /// What it does for the customer.
    #[schemars(example = &"From the payment to the first good experience")]
    pub(super) title: Option<&'a str>,
    /// What became of it.
    #[schemars(example = Fate::Changed)]
    pub(super) fate: Fate,
    /// Where its name stands; as it was, if it is gone.
    pub(super) place: Place<'a>,
    /// What differs, those that customers notice most first.
    pub(super) changes: Vec<Changed<'a>>,
    /// Its own numbers.
    pub(super) numbers: Vec<Number>,
    /// Every touchpoint on both sides, in the order of time.
    pub(super) timeline: Vec<Row<'a>>,
    /// What breaks for people who are inside.
    pub(super) breaking: Vec<Break<'a>>,
    /// What the author says becomes of people who are inside; nothing where nothing is said.
    #[schemars(example = &"finish_old")]
    pub(super) in_flight: Option<&'static str>,
    /// The journey as a Mermaid flowchart, as it is now; nothing if it is gone.
    #[schemars(example = &"flowchart TD\n  order_paid --> confirmation\n")]
    pub(super) chart: Option<&'a str>,
}

/// What became of a journey or a mail.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Fate {
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// It has another name, and is recognised by what it does.
    Renamed,
    /// It says something else.
    Changed,
}

/// Something that breaks for people who are inside of a journey.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Breaking")]
pub(super) struct Break<'a> {
    /// The kind of break. Ids are final.
    #[schemars(regex(pattern = "^[a-z]+(-[a-z]+)*$"), example = &"step-removed")]
    pub(super) id: &'static str,
    /// The step, where one is concerned.
    #[schemars(example = &"review-request")]
    pub(super) step: Option<&'a str>,
    /// What happens to whom, in one sentence.
    #[schemars(example = &"whoever waits at `review-request` finds no such step")]
    pub(super) text: &'a str,
    /// Where to look.
    pub(super) place: Option<Place<'a>>,
}

/// One touchpoint of a timeline, before and after.
#[derive(Serialize, JsonSchema)]
pub(super) struct Row<'a> {
    /// As it was; nothing where it is new.
    pub(super) before: Option<Entry<'a>>,
    /// As it is; nothing where it is gone.
    pub(super) after: Option<Entry<'a>>,
    /// What differs, by kind; empty where nothing does.
    pub(super) flags: Vec<Flag>,
}

/// A kind of difference.
#[derive(Serialize, JsonSchema)]
pub(super) struct Flag {
    /// Its id. Ids are final.
    #[schemars(regex(pattern = "^[a-z]+(-[a-z]+)*$"), example = &"sooner")]
    pub(super) kind: &'static str,
    /// In words.
    #[schemars(example = &"sooner")]
    pub(super) title: &'static str,
}

/// A touchpoint on a timeline.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Touchpoint")]
pub(super) struct Entry<'a> {
    /// The step.
    #[schemars(example = &"next-steps")]
    pub(super) step: &'a str,
    /// Its title, or the subject of its mail in the first language, or its id in words.
    #[schemars(example = &"Your next steps")]
    pub(super) title: &'a str,
    /// How the customer is reached.
    #[schemars(example = &"email")]
    pub(super) channel: &'static str,
    /// What law takes it for; nothing for tasks.
    #[schemars(example = &"transactional")]
    pub(super) class: Option<&'static str>,
    /// Who speaks, as the inbox shows it, or who does it.
    #[schemars(example = &"Mara of the shop <mara@shop.example>")]
    pub(super) sender: Option<&'a str>,
    /// What time is counted from: the last milestone or event that has surely passed.
    #[schemars(example = &"payment")]
    pub(super) since: &'a str,
    /// How long after that, at the earliest, as an ISO 8601 duration.
    #[schemars(regex(pattern = r"^-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$"), example = &"PT22H")]
    pub(super) earliest: String,
    /// How long after that, at the latest; nothing when nothing bounds it.
    #[schemars(regex(pattern = r"^-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$"), example = &"P3DT22H")]
    pub(super) latest: Option<String>,
    /// When, in words.
    #[schemars(example = &"22 h – 3 d 22 h")]
    pub(super) when: &'a str,
    /// What may hold it back beyond that: `send_window`, `quiet_hours`.
    #[schemars(example = ["send_window"])]
    pub(super) held_by: &'a [String],
}

/// Words that differ.
#[derive(Serialize, JsonSchema)]
pub(super) struct Copy<'a> {
    /// Where in the mail.
    #[schemars(example = Part::Subject)]
    pub(super) part: Part,
    /// In which language.
    #[schemars(example = &"en")]
    pub(super) locale: &'a str,
    /// For whom it reads like this: samples and personas. Empty where none of them sees it: then the
    /// words are those of the template, with its tags.
    #[schemars(example = ["Ada"])]
    pub(super) people: &'a [String],
    /// Whether they are all to whom the mail can be shown.
    #[schemars(example = true)]
    pub(super) everybody: bool,
    /// The mails in which exactly this differs.
    pub(super) mails: Vec<MailName<'a>>,
    /// The words, with what was taken out and put in.
    pub(super) words: Vec<Words<'a>>,
    /// SHA-256 of the words as they are now: what a reviewer accepts.
    #[schemars(example = &"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub(super) hash: &'a str,
}

/// A part of a mail that people read.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    /// The subject line.
    Subject,
    /// What inboxes show behind the subject.
    Preheader,
    /// The text of the page.
    Text,
    /// The words on a button or link that asks to do something.
    CallToAction,
    /// The host that a link leads to.
    LinkHost,
    /// The page that a link leads to, on a host that was linked before.
    Link,
    /// How the page looks: its words are the same.
    Look,
}

/// A mail of a journey.
#[derive(Serialize, JsonSchema)]
pub(super) struct MailName<'a> {
    /// The journey.
    #[schemars(example = &"post-purchase")]
    pub(super) journey: &'a str,
    /// The step that sends it.
    #[schemars(example = &"confirmation")]
    pub(super) step: &'a str,
}

/// A run of words.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Words<'a> {
    /// As before.
    Same(&'a str),
    /// Taken out.
    Removed(&'a str),
    /// Put in.
    Added(&'a str),
    /// So many words that are as before, and are not shown.
    Skipped(usize),
    /// So many more words were taken out and put in than are shown.
    More {
        /// How many were taken out.
        removed: usize,
        /// How many were put in.
        added: usize,
    },
}

/// A mail that differs, as one person sees it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Mail<'a> {
    /// The journey.
    #[schemars(example = &"post-purchase")]
    pub(super) journey: &'a str,
    /// The step that sends it.
    #[schemars(example = &"confirmation")]
    pub(super) step: &'a str,
    /// The language.
    #[schemars(example = &"en")]
    pub(super) locale: &'a str,
    /// Whose eyes: the first sample or persona for whom it differs.
    #[schemars(example = &"Ada")]
    pub(super) person: &'a str,
    /// What became of it; a mail is never `renamed`.
    #[schemars(example = Fate::Changed)]
    pub(super) fate: Fate,
    /// Other mails that differ in exactly the same words.
    pub(super) alike: Vec<MailName<'a>>,
}

/// Something that several journeys share.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reach<'a> {
    /// What it is: `template`, `catalogue`, `sender`, `event`, `attribute`, `policy`, `brand` or
    /// `locale`.
    #[schemars(example = &"template")]
    pub(super) what: &'static str,
    /// Its name: a file below `templates/`, a sender's id, an event.
    #[schemars(example = &"partials/footer.html")]
    pub(super) name: &'a str,
    /// The journeys that it reaches, by name.
    #[schemars(example = ["cart", "post-purchase"])]
    pub(super) journeys: &'a [String],
    /// How many mails of theirs come out differently.
    #[schemars(example = 14)]
    pub(super) mails: usize,
}

/// What differs in what was found.
#[derive(Serialize, JsonSchema)]
pub(super) struct FindingChanges<'a> {
    /// New.
    pub(super) introduced: Vec<Found<'a>>,
    /// There before, and milder.
    pub(super) worsened: Vec<Found<'a>>,
    /// Gone. Their places are in the files as they were.
    pub(super) fixed: Vec<Found<'a>>,
    /// How many are as they were; `null` where only the journeys that the change reaches were looked
    /// at.
    #[schemars(example = 2)]
    pub(super) older: Option<usize>,
}

/// A finding, as `schema/report.schema.json` has it, and what it means for a merge.
#[derive(Serialize, JsonSchema)]
pub(super) struct Found<'a> {
    /// Whether it stands against a merge, where it is new or worse.
    #[schemars(example = true)]
    pub(super) blocks: bool,
    /// Whether the input itself is wrong, so that something could not be understood.
    #[schemars(example = false)]
    pub(super) input: bool,
    #[serde(flatten)]
    pub(super) finding: Finding<'a>,
}

/// What differs in what a target gets for one environment.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Target")]
pub(super) struct Sent<'a> {
    /// The target.
    #[schemars(example = &"klaviyo")]
    pub(super) target: &'a str,
    /// The environment.
    #[schemars(example = &"production")]
    pub(super) environment: &'a str,
    /// The payloads that differ.
    pub(super) payloads: Vec<Payload<'a>>,
    /// How many payloads are as they were.
    #[schemars(example = 12)]
    pub(super) unchanged: usize,
    /// What was found while writing them that was not found before, such as lost meaning.
    pub(super) introduced: Vec<Found<'a>>,
}

/// A payload that differs.
#[derive(Serialize, JsonSchema)]
pub(super) struct Payload<'a> {
    /// Its name: the path in the target's folder, without a number that only says the order.
    #[schemars(example = &"post-purchase/flow.json")]
    pub(super) name: &'a str,
    /// What is to be done at the provider.
    #[schemars(example = Action::Update)]
    pub(super) action: Action,
    /// The lines that differ, as a unified diff with secrets and ids masked; empty where it is new
    /// or gone.
    #[schemars(example = &"@@ -3 +3 @@\n-  \"hours\": 22\n+  \"hours\": 24\n")]
    pub(super) diff: &'a str,
}

/// What is to be done at the provider.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// It is not there yet.
    Create,
    /// It is there, and differs.
    Update,
    /// It is there, and no longer wanted.
    Delete,
}

/// What `diff.ignore` leaves out.
#[derive(Serialize, JsonSchema)]
pub(super) struct Muted {
    /// The kind of difference.
    #[schemars(regex(pattern = "^[a-z]+(-[a-z]+)*$"), example = &"internal")]
    pub(super) kind: &'static str,
    /// The kind in words.
    #[schemars(example = &"not seen by customers")]
    pub(super) title: &'static str,
    /// How many.
    #[schemars(example = 12)]
    pub(super) count: usize,
}
