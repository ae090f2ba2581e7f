//! What a rule may look at.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::NaiveDate;

use crate::diagnostic::Level;
use crate::graph::lives::{Doors, Life, Timetable, bearable};
use crate::graph::{Dead, Elapsed, Graph, Timing};
use crate::model::reason::Vocabulary;
use crate::model::{
    Class, Duration, Journey, JourneyLint, Jurisdiction, Program, Project, Send, Step, Threshold,
};

use crate::source::{FileId, Secret, Sources, Span, secrets};
use crate::template::Part;

use super::answers::{Answer, answers};
use super::copy::Boilerplate;
use super::dead::dead;
use super::driver::Tried;
use super::duties::Stands;
use super::facts::Facts;
use super::letter::Letter;
use super::limit::on_the_calendar;
use super::place;
use super::rule::RuleInfo;

/// What a rule may look at. All rules and threads share it; what is costly is made once.
pub(crate) struct LintContext<'p> {
    shared: Arc<Shared<'p>>,
    sources: Option<&'p Sources>,
    /// What the journey that is looked at sets about the rules.
    settings: Option<&'p JourneyLint>,
    /// The template files that go into no email, by their paths below `templates/`.
    idle: &'p [(&'p str, FileId)],
    idle_texts: &'p [(Box<str>, Span)],
    tried: Option<&'p Tried>,
}

/// What is the same for all journeys.
pub(crate) struct Shared<'p> {
    program: &'p Program,
    timing: Timing<'p>,
    /// One for each document, by their order; kept while the document is judged. Ten thousand of
    /// them at once would weigh more than all texts.
    graphs: Vec<Mutex<Slot<'p>>>,
    timetables: Vec<OnceLock<Timetable<'p>>>,
    dead: Vec<OnceLock<Dead>>,
    stands: Vec<OnceLock<Box<Stands>>>,
    lives: OnceLock<Vec<Life<'p>>>,
    doors: OnceLock<Doors<'p>>,
    answers: OnceLock<BTreeMap<&'p str, Answer>>,
    entered: OnceLock<BTreeMap<&'p str, Vec<&'p Journey>>>,
    by_name: OnceLock<BTreeMap<&'p str, &'p Journey>>,
    /// The first two journeys whose mail the frequency cap counts.
    capped: OnceLock<Vec<&'p str>>,
    today: NaiveDate,
    /// Whether nothing of the repository is unreadable, broken or left out.
    whole: bool,
    /// The journeys that can be judged.
    judged: Vec<&'p Journey>,
    letters: Vec<Letter<'p>>,
    facts: OnceLock<Facts>,
    boilerplate: OnceLock<Boilerplate>,
    /// For each step that sends, by the place of its name, its letters.
    letters_of: BTreeMap<Span, Vec<usize>>,
}

/// Whether a journey's graph is kept, and the graph once somebody has asked for it.
#[derive(Default)]
enum Slot<'p> {
    #[default]
    Closed,
    Open(Option<Arc<Graph<'p>>>),
}

impl<'p> Deref for LintContext<'p> {
    type Target = Shared<'p>;
    fn deref(&self) -> &Shared<'p> {
        &self.shared
    }
}

impl<'p> LintContext<'p> {
    /// Makes one.
    pub(super) fn new(
        program: &'p Program,
        letters: Vec<Letter<'p>>,
        judged: Vec<&'p Journey>,
        whole: bool,
        today: NaiveDate,
    ) -> Self {
        let mut letters_of: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
        for (at, letter) in letters.iter().enumerate() {
            for by in &letter.sent_by {
                letters_of.entry(by.send.id.span).or_default().push(at);
            }
        }
        let shared = Shared {
            program,
            timing: Timing::of(&program.project),
            graphs: program.documents.iter().map(|_| Mutex::default()).collect(),
            timetables: program.documents.iter().map(|_| OnceLock::new()).collect(),
            dead: program.documents.iter().map(|_| OnceLock::new()).collect(),
            stands: program.documents.iter().map(|_| OnceLock::new()).collect(),
            lives: OnceLock::new(),
            answers: OnceLock::new(),
            doors: OnceLock::new(),
            entered: OnceLock::new(),
            by_name: OnceLock::new(),
            capped: OnceLock::new(),
            today,
            whole,
            judged,
            letters,
            facts: OnceLock::new(),
            boilerplate: OnceLock::new(),
            letters_of,
        };
        Self {
            shared: Arc::new(shared),
            sources: None,
            settings: None,
            idle: &[],
            idle_texts: &[],
            tried: None,
        }
    }

    /// Leaves journeys that let nobody in out of what rules over the repository look at.
    pub(super) fn lived(mut self) -> Self {
        let lived = self.journeys().filter(|it| !self.is_lifeless(it)).collect();
        if let Some(shared) = Arc::get_mut(&mut self.shared) {
            shared.judged = lived;
        }
        self
    }

    /// Adds the template files and the texts that go into no email.
    pub(super) fn beside(
        mut self,
        idle: &'p [(&'p str, FileId)],
        idle_texts: &'p [(Box<str>, Span)],
    ) -> Self {
        self.idle = idle;
        self.idle_texts = idle_texts;
        self
    }

    /// Adds what scenarios try.
    pub(super) fn tried_by(mut self, tried: Option<&'p Tried>) -> Self {
        self.tried = tried;
        self
    }

    /// What scenarios try; nothing where there are none, or where no change is looked at.
    pub(crate) fn tried(&self) -> Option<&'p Tried> {
        self.tried
    }

    /// Adds the texts that secrets are looked for in.
    pub(super) fn over(mut self, sources: &'p Sources) -> Self {
        self.sources = Some(sources);
        self
    }

    /// The same for what concerns one journey: its own thresholds count.
    pub(crate) fn within(&self, journey: &Journey) -> Self {
        let settings = &self.program.documents[self.place(journey)].journey.lint;
        Self {
            shared: Arc::clone(&self.shared),
            sources: self.sources,
            settings: Some(settings),
            idle: self.idle,
            idle_texts: self.idle_texts,
            tried: self.tried,
        }
    }

    /// Everything that the YAML says.
    pub(crate) fn program(&self) -> &'p Program {
        self.program
    }

    /// The project file.
    pub(crate) fn project(&self) -> &'p Project {
        &self.program.project
    }

    /// Today in UTC.
    pub(crate) fn today(&self) -> NaiveDate {
        self.today
    }

    /// Whether the whole repository could be read and understood. Where not, what seems to be
    /// missing may only be unreadable, and a rule about what is missing stays silent.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// The journeys that can be judged, in the order of their files. Rules over the repository look
    /// at these.
    pub(crate) fn journeys(&self) -> impl Iterator<Item = &'p Journey> {
        self.judged.iter().copied()
    }

    /// The journey with this name, whether it can be judged or not; of several the first.
    pub(crate) fn journey(&self, name: &str) -> Option<&'p Journey> {
        let by_name = self.by_name.get_or_init(|| {
            let mut res = BTreeMap::new();
            for document in &self.program.documents {
                let journey = &document.journey;
                res.entry(&*journey.name.value).or_insert(journey);
            }
            res
        });
        by_name.get(name).copied()
    }

    /// Whether a journey sends to where this law applies.
    pub(crate) fn is_under(&self, journey: &Journey, law: Jurisdiction) -> bool {
        self.jurisdictions(journey).any(|it| it == law)
    }

    /// How much it weighs that a journey breaks a rule of these laws: where none of them is declared,
    /// it is good advice.
    pub(crate) fn legal(&self, journey: &Journey, laws: &[Jurisdiction]) -> Level {
        legal(self.jurisdictions(journey), laws)
    }

    /// The same for what concerns the whole repository.
    pub(crate) fn legal_anywhere(&self, laws: &[Jurisdiction]) -> Level {
        let own = self.project().jurisdictions.iter().map(|it| it.value);
        let journeys = self.journeys().flat_map(|it| &it.jurisdictions);
        legal(own.chain(journeys.map(|it| it.value)), laws)
    }

    /// Whatever looks like a key or a password in the repository's files.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.sources.map_or_else(Vec::new, secrets)
    }

    /// The legal areas that a journey sends to: its own, or else the project's.
    pub(crate) fn jurisdictions<'j>(
        &'j self,
        journey: &'j Journey,
    ) -> impl Iterator<Item = Jurisdiction> + 'j {
        let own = &journey.jurisdictions;
        let all = if own.is_empty() {
            &self.project().jurisdictions
        } else {
            own
        };
        all.iter().map(|it| it.value)
    }

    /// Tables of what mail programs know, and of hosts that hide where a link leads.
    pub(crate) fn facts(&self) -> &Facts {
        self.facts.get_or_init(Facts::read)
    }

    /// Every email as it is sent.
    pub(crate) fn letters(&self) -> &[Letter<'p>] {
        &self.letters
    }

    /// An email as it is sent, in each language; empty where it cannot be made.
    pub(crate) fn letters_of(&self, send: &Send) -> impl Iterator<Item = &Letter<'p>> {
        let found = self.letters_of.get(&send.id.span).into_iter().flatten();
        found.map(|it| &self.letters[*it])
    }

    /// What many letters say alike.
    pub(crate) fn boilerplate(&self) -> &Boilerplate {
        let letters = &self.letters;
        self.boilerplate.get_or_init(|| Boilerplate::of(letters))
    }

    /// The place at which the files of a letter spell words of its page or text: in its own file, or
    /// in a layout or partial of it; else the letter's own place. Capitals and spaces need not agree.
    pub(crate) fn place_of(&self, letter: &Letter<'_>, text: &str) -> Span {
        let own = || letter.span();
        self.sources
            .map_or_else(own, |it| place::place_of(it, letter, text))
    }

    /// The first of several spellings that the files of a letter have; see [`LintContext::place_of`].
    pub(crate) fn place_of_any(&self, letter: &Letter<'_>, texts: &[&str]) -> Span {
        let own = letter.span();
        let places = texts.iter().map(|it| self.place_of(letter, it));
        let mut found = places.filter(|it| *it != own);
        found.next().unwrap_or(own)
    }

    /// The place of a link with these words.
    pub(crate) fn place_of_link(&self, letter: &Letter<'_>, text: &str) -> Span {
        let own = || letter.span();
        self.sources
            .map_or_else(own, |it| place::place_of_link(it, letter, text))
    }

    /// The place at which a part of a letter spells some words; else the part's own.
    pub(crate) fn place_in_part(&self, letter: &Letter<'_>, part: Part, text: &str) -> Span {
        match part {
            Part::Subject => self.place_in(letter.span(), text),
            Part::Preheader => self.place_in(letter.preheader_span(), text),
            Part::Body => self.place_of(letter, text),
        }
    }

    /// The place within another, such as a subject line, at which some words are spelled; else the
    /// whole.
    pub(crate) fn place_in(&self, whole: Span, text: &str) -> Span {
        self.sources
            .map_or(whole, |it| place::place_in(it, whole, text))
    }

    /// The template files that go into no email, by their paths below `templates/`.
    pub(crate) fn idle_templates(&self) -> &'p [(&'p str, FileId)] {
        self.idle
    }

    /// The texts of the catalogue that no email asks for, by their keys.
    pub(crate) fn idle_texts(&self) -> &'p [(Box<str>, Span)] {
        self.idle_texts
    }

    /// The timed graph of one of the program's journeys, without what nobody comes by. It is made once for the rules that look at
    /// that journey, and anew for each rule over the repository: those ask for it as rarely as they
    /// can.
    pub(crate) fn graph(&self, journey: &Journey) -> Arc<Graph<'p>> {
        let at = self.place(journey);
        let make = || {
            let own = &self.program.documents[at].journey;
            let dead = self.dead[at].get_or_init(|| dead(self, own));
            Arc::new(self.timing.graph_without(own, dead))
        };
        match &mut *self.slot(at) {
            Slot::Open(graph) => return Arc::clone(graph.get_or_insert_with(make)),
            Slot::Closed => {}
        }
        make()
    }

    /// Keeps a journey's graph from now on, for all rules that look at it.
    pub(super) fn open(&self, journey: &Journey) {
        *self.slot(self.place(journey)) = Slot::Open(None);
    }

    /// Lets a journey's graph go, once all rules have seen it.
    pub(super) fn close(&self, journey: &Journey) {
        *self.slot(self.place(journey)) = Slot::Closed;
    }

    fn slot(&self, at: usize) -> MutexGuard<'_, Slot<'p>> {
        self.graphs[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What a journey says, and when; small, so that it stays when the graph has gone.
    pub(crate) fn timetable(&self, journey: &Journey) -> &Timetable<'p> {
        let at = self.place(journey);
        let make = || {
            let bearable = bearable(self.project());
            Timetable::with_loads(&self.graph(journey), self.doors(), bearable)
        };
        self.timetables[at].get_or_init(make)
    }

    /// How a journey that begins with a payment stands to what is owed then; small as well. Limits
    /// are those of the repository: not to be asked within a journey.
    pub(crate) fn stands(&self, journey: &'p Journey) -> &Stands {
        let at = self.place(journey);
        self.stands[at].get_or_init(|| Box::new(Stands::of(self, journey)))
    }

    /// What one person can be inside of at the same time, for each event that lets people in.
    pub(crate) fn lives(&self) -> &[Life<'p>] {
        self.lives
            .get_or_init(|| self.doors().lives(|it| self.timetable(it)))
    }

    /// The journeys by what lets people in.
    fn doors(&self) -> &Doors<'p> {
        self.doors.get_or_init(|| Doors::of(self.journeys()))
    }

    /// For each event that some journey names, what comes of it; found once for all rules.
    pub(crate) fn answers(&self) -> &BTreeMap<&'p str, Answer> {
        self.answers.get_or_init(|| answers(self.journeys()))
    }

    /// The place of a journey among the documents.
    fn place(&self, journey: &Journey) -> usize {
        let file: FileId = journey.name.span.file;
        let documents = &self.program.documents;
        let found = documents.binary_search_by_key(&file, |it| it.file);
        // A journey of this program is always found.
        found.unwrap_or_default()
    }

    /// The threshold of a rule whose limit is a duration, as it was written.
    pub(crate) fn duration(&self, rule: &RuleInfo) -> Duration {
        match self.threshold(rule) {
            Some(Threshold::Duration(it)) => it,
            _ => Duration::default(),
        }
    }

    /// The same as a length of time.
    pub(crate) fn elapsed(&self, rule: &RuleInfo) -> Elapsed {
        on_the_calendar(self.duration(rule))
    }

    /// The threshold of a rule whose limit is a number.
    pub(crate) fn number(&self, rule: &RuleInfo) -> f64 {
        match self.threshold(rule) {
            Some(Threshold::Number(it)) => it,
            _ => 0.0,
        }
    }

    /// Whether nobody ever gets into a journey: its filter lets nobody in, and no other journey sends
    /// people into it.
    pub(crate) fn is_lifeless(&self, journey: &Journey) -> bool {
        let filter = journey.trigger.filter.as_ref();
        let Some(filter) = filter.and_then(|it| it.parsed.as_ref().ok()) else {
            return false;
        };
        let words = Vocabulary::of(self.project(), journey);
        !words.lets_in(filter, &journey.trigger.event.value) && !self.is_entered(journey)
    }

    /// Whether another journey sends mail that the frequency cap counts.
    pub(crate) fn is_crowded(&self, journey: &Journey) -> bool {
        let counts = |of: &&'p Journey| {
            let mut sends = of.sends();
            sends.any(|it| of.class_of(it) == Class::Commercial && it.bypass_window != Some(true))
        };
        let capped = self.capped.get_or_init(|| {
            let whole = self.program.whole().map(|it| &it.journey);
            let names = whole.filter(counts).map(|it| &*it.name.value);
            names.take(2).collect()
        });
        capped.iter().any(|it| **it != *journey.name.value)
    }

    /// Whether another journey sends people into this one, past its trigger.
    pub(crate) fn is_entered(&self, journey: &Journey) -> bool {
        self.senders().contains_key(&*journey.name.value)
    }

    /// The journeys that can be judged and send people into this one.
    pub(crate) fn senders_to(&self, journey: &Journey) -> impl Iterator<Item = &'p Journey> {
        let senders = self.senders().get(&*journey.name.value);
        let judged = |it: &&&'p Journey| self.judged.iter().any(|own| std::ptr::eq(*own, **it));
        senders.into_iter().flatten().filter(judged).copied()
    }

    /// For each journey that others send people into, these, each once.
    fn senders(&self) -> &BTreeMap<&'p str, Vec<&'p Journey>> {
        self.entered.get_or_init(|| {
            let mut res: BTreeMap<&str, Vec<&'p Journey>> = BTreeMap::new();
            for document in &self.program.documents {
                for (step, _) in document.journey.walk() {
                    if let Step::Enter(name) = &step.value {
                        let known = res.entry(&name.value).or_default();
                        if known
                            .last()
                            .is_none_or(|it| it.name != document.journey.name)
                        {
                            known.push(&document.journey);
                        }
                    }
                }
            }
            res
        })
    }

    /// What the journey, the repository or its kind of business sets for a rule.
    fn threshold(&self, rule: &RuleInfo) -> Option<Threshold> {
        let limit = rule.limit?;
        let own = self.settings.and_then(|it| it.of(rule.id.0, self.today));
        let own = own.and_then(|it| it.threshold.as_ref());
        let of_project = self.project().policy.thresholds.get(rule.id.0);
        let mut written = own.into_iter().chain(of_project).map(|it| it.value);
        let written = written.find(|it| limit.complaint(*it).is_none());
        Some(written.unwrap_or_else(|| limit.of(self.project().profile)))
    }
}

fn legal(mut declared: impl Iterator<Item = Jurisdiction>, laws: &[Jurisdiction]) -> Level {
    if declared.any(|it| laws.contains(&it)) {
        Level::Error
    } else {
        Level::Warning
    }
}
