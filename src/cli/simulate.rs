//! `journeyc simulate`: what one person lives through, as a dated timeline.

mod told;

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use clap::ValueEnum;

use super::failure::Failure;
use super::{Exit, Global, Streams, repository};
use crate::compile::{Compilation, compile};
use crate::diagnostic::{Sink, did_you_mean};
use crate::lint;
use crate::model::{Journey, Program, Weekday};
use crate::report::Look;
use crate::report::scenario::write_life;
use crate::scenario::{Case, file};
use crate::simulate::{Chance, JourneyNo, Record, Simulation, StepNo, VisitNo};
use crate::workspace::Workspace;

const EXAMPLES: &str = "\
Examples:
  journeyc simulate post-purchase
  journeyc simulate post-purchase --at \"Fri 17:30\" --zone America/New_York
  journeyc simulate post-purchase --event order_paid --event order_delivered@+4d
  journeyc simulate post-purchase --event review_given@review-request+1d --data review_given.score=2
  journeyc simulate post-purchase --change newsletter=false@+5d
  journeyc simulate post-purchase --event order_paid@-30d --event order_paid --arm next-idea=offer

Without --event, the journey's trigger comes at the start. What an event carries, and what is known
of the person, are the first sample values of journeyc.yaml, unless --data, --set and --persona say
otherwise. At a split that --arm does not name, the first arm is taken.

Exit status:
  0  simulated, whatever happens in it
  2  invalid input, or a wrong call";

/// Show what one person lives through, as a dated timeline
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The journey
    #[arg(value_name = "JOURNEY")]
    journey: String,
    /// What the business tells us, and when: so long after the start (`@+4d`), before it (`@-30d`), after
    /// a step or another event (`@review-request+1d`), or a moment (`@2026-04-01T09:00`); may be given
    /// several times [default: the journey's trigger]
    #[arg(long, value_name = "NAME[@WHEN]")]
    event: Vec<String>,
    /// When it starts: a moment, or the next such day from today [default: today at 10:00]
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    at: Option<String>,
    /// The zone that the person lives in, by its IANA name [default: the persona's, or the project's]
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The language that the person reads
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,
    /// The persona of journeyc.yaml that the person is one of
    #[arg(long, value_name = "NAME")]
    persona: Option<String>,
    /// What the first event carries, or the one named; may be given several times
    #[arg(long, value_name = "[EVENT.]KEY=VALUE")]
    data: Vec<String>,
    /// What is known of the person; may be given several times
    #[arg(long, value_name = "ATTRIBUTE=VALUE")]
    set: Vec<String>,
    /// What is known of the person from some moment on: `plan=pro@+5d`, with a time as for --event; may be
    /// given several times
    #[arg(long, value_name = "ATTRIBUTE=VALUE@WHEN")]
    change: Vec<String>,
    /// The arm that the person takes at a split; may be given several times
    #[arg(long, value_name = "SPLIT=ARM")]
    arm: Vec<String>,
    /// How long to look
    #[arg(long, value_name = "DURATION", default_value = "400d")]
    until: String,
    /// Let this journey act alone, and not all of the repository
    #[arg(long)]
    alone: bool,
    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// Everything, for programs; see schema/life.schema.json
    Json,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    let workspace = Workspace::read(&disk);
    let compilation = compile(&workspace);
    let program = program(&compilation)?;
    let journey = find(program, &args.journey)?;
    let text = scenario_of(args, journey, workspace.today)?;
    let case = case_of(program, &text)?;
    let simulation = case.acting.simulation(program);
    let mut chance = Named {
        case: &case,
        guessed: Vec::new(),
    };
    let record = simulation.live(&case.life(), &mut chance);
    let guessed = chance.guessed;
    let report = told::report(&args.journey, &simulation, &case, &record);
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    write_life(&report, args.format == Form::Json, look, streams.out)?;
    if !global.quiet {
        tell(&guessed, &simulation, &record, streams)?;
    }
    Ok(Exit::Clean)
}

/// The program, if it is sound.
fn program<'c>(compilation: &'c Compilation<'_>) -> Result<&'c Program, Failure> {
    let sound = compilation.program.as_ref();
    sound.filter(|_| !compilation.is_invalid()).ok_or_else(|| {
        Failure::new("the repository cannot be understood")
            .help("run `journeyc check` and cure what it finds first")
    })
}

fn find<'p>(program: &'p Program, name: &str) -> Result<&'p Journey, Failure> {
    program.journey(name).ok_or_else(|| {
        let known = program.documents.iter().map(|it| &*it.journey.name.value);
        let help = did_you_mean(name, known, "journeys");
        Failure::new(format!("there is no journey `{name}`")).help(help)
    })
}

/// The call as a scenario: the same words then mean the same in both.
fn scenario_of(args: &Args, journey: &Journey, today: NaiveDate) -> Result<String, Failure> {
    let name = &*journey.name.value;
    let mut out = String::new();
    if args.alone {
        let _ = writeln!(out, "journeys: [{}]", quoted(name));
    }
    let start = start(args.at.as_deref(), today)?;
    let _ = writeln!(out, "clock: {{start: {}}}", start.format("%Y-%m-%dT%H:%M"));
    let _ = writeln!(out, "until: {}", quoted(&args.until));
    let mut contact = Vec::new();
    for (key, value) in [
        ("zone", &args.zone),
        ("locale", &args.locale),
        ("persona", &args.persona),
    ] {
        contact.extend(value.as_ref().map(|it| format!("{key}: {}", quoted(it))));
    }
    let attributes = pairs(&args.set, "--set", "ATTRIBUTE=VALUE")?;
    contact.push(format!("attributes: {{{}}}", entries(&attributes)));
    let _ = writeln!(out, "contact: {{{}}}", contact.join(", "));
    let arms = pairs(&args.arm, "--arm", "SPLIT=ARM")?;
    let (past, mut coming) = events(args, journey)?;
    coming.extend(changes(&args.change)?);
    if !past.is_empty() {
        let _ = writeln!(out, "history: [{}]", past.join(", "));
    }
    let _ = writeln!(out, "scenarios:\n  - name: simulated");
    let _ = writeln!(out, "    events: [{}]", coming.join(", "));
    let arms = arms
        .iter()
        .map(|(split, arm)| format!("{}: {}", quoted(split), quoted(arm)));
    let arms: Vec<String> = arms.collect();
    let _ = writeln!(out, "    assign: {{{}}}", arms.join(", "));
    Ok(out)
}

/// The events before the start, and those that come, as entries of a list in brackets.
fn events(args: &Args, journey: &Journey) -> Result<(Vec<String>, Vec<String>), Failure> {
    let trigger = [journey.trigger.event.value.to_string()];
    let named = if args.event.is_empty() {
        &trigger[..]
    } else {
        &args.event[..]
    };
    let data = pairs(&args.data, "--data", "[EVENT.]KEY=VALUE")?;
    let (mut past, mut coming) = (Vec::new(), Vec::new());
    let mut used = vec![false; data.len()];
    for written in named {
        let (name, at) = written.split_once('@').unwrap_or((written, "+0m"));
        let is_past = at.starts_with('-');
        let is_first = !is_past && coming.is_empty();
        let mut own = Vec::new();
        for (number, (key, value)) in data.iter().enumerate() {
            let (of, key) = match key.split_once('.') {
                Some((of, key)) => (Some(of), key),
                None => (None, key.as_str()),
            };
            if of.map_or(is_first, |it| it == name) {
                own.push((key.to_owned(), value.clone()));
                used[number] = true;
            }
        }
        let entry = format!(
            "{{at: {}, event: {}, data: {{{}}}}}",
            quoted(at),
            quoted(name),
            entries(&own)
        );
        if is_past {
            past.push(entry);
        } else {
            coming.push(entry);
        }
    }
    if let Some(number) = used.iter().position(|it| !it) {
        let message = format!(
            "`--data {}` is about no event of this call",
            args.data[number]
        );
        let help =
            "write KEY=VALUE for the first event, or EVENT.KEY=VALUE for one that --event names";
        return Err(Failure::new(message).help(help));
    }
    Ok((past, coming))
}

/// What becomes known of the person, as entries of a list in brackets.
fn changes(written: &[String]) -> Result<Vec<String>, Failure> {
    let change = |it: &String| {
        // What is known may have the sign in it, and a time never has.
        let Some((known, at)) = it.rsplit_once('@') else {
            return Err(Failure::new(format!("`--change {it}` says no time"))
                .help("write it as --change ATTRIBUTE=VALUE@WHEN, such as plan=pro@+5d"));
        };
        let known = [known.to_owned()];
        let known = pairs(&known, "--change", "ATTRIBUTE=VALUE@WHEN")?;
        if at.starts_with('-') {
            return Err(
                Failure::new(format!("`--change {it}` comes before the start"))
                    .help("say with --set what is known when it starts"),
            );
        }
        let (at, known) = (quoted(at), entries(&known));
        Ok(format!("{{at: {at}, contact: {{{known}}}}}"))
    };
    written.iter().map(change).collect()
}

/// Words on both sides of a `=`.
fn pairs(all: &[String], option: &str, form: &str) -> Result<Vec<(String, String)>, Failure> {
    let pair = |it: &String| {
        let parts = it.split_once('=').filter(|(key, _)| !key.is_empty());
        let (key, value) = parts.ok_or_else(|| {
            Failure::new(format!("`{option} {it}` has no `=`"))
                .help(format!("write it as {option} {form}"))
        })?;
        Ok((key.to_owned(), value.to_owned()))
    };
    all.iter().map(pair).collect()
}

/// Pairs as they stand in brackets; values are YAML, and texts where they are none.
fn entries(pairs: &[(String, String)]) -> String {
    let entry = |(key, value): &(String, String)| {
        let is_plain = serde_json::from_str::<serde_json::Value>(value).is_ok();
        let value = if is_plain {
            value.clone()
        } else {
            quoted(value)
        };
        format!("{}: {value}", quoted(key))
    };
    pairs.iter().map(entry).collect::<Vec<_>>().join(", ")
}

/// A text in quotes: JSON is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The moment that is meant; a day of the week is the next one, and may be today.
fn start(at: Option<&str>, today: NaiveDate) -> Result<NaiveDateTime, Failure> {
    let morning = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or(NaiveTime::MIN);
    let Some(text) = at.map(str::trim) else {
        return Ok(today.and_time(morning));
    };
    let bad = || {
        Failure::new(format!("`--at {text}` is no moment"))
            .help("write for example `2026-03-27T17:30`, `2026-03-27`, `Fri 17:30` or `Fri`")
    };
    let (day, time) = match text.split_once([' ', 'T']).filter(|it| !it.1.is_empty()) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    // A `T` may stand in a day's name as well.
    let (day, time) = if weekday(text).is_some() {
        (text, None)
    } else {
        (day, time)
    };
    let time = match time {
        None => morning,
        Some(it) => ["%H:%M", "%H:%M:%S"]
            .iter()
            .find_map(|form| NaiveTime::parse_from_str(it.trim(), form).ok())
            .ok_or_else(bad)?,
    };
    if let Ok(day) = day.parse::<NaiveDate>() {
        return Ok(day.and_time(time));
    }
    let wanted = weekday(day).ok_or_else(bad)?;
    let ahead =
        (7 + u64::from(wanted.index()) - u64::from(today.weekday().num_days_from_monday())) % 7;
    let day = today.checked_add_days(Days::new(ahead)).unwrap_or(today);
    Ok(day.and_time(time))
}

fn weekday(text: &str) -> Option<Weekday> {
    let names = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let text = text.to_lowercase();
    let is_it = |name: &&str| text.len() >= 3 && name.starts_with(&text);
    let at = names.iter().position(is_it)?;
    Weekday::ALL.get(at).copied()
}

/// The one case of the call.
fn case_of(program: &Program, text: &str) -> Result<Case, Failure> {
    let mut sink = Sink::default();
    let rules = lint::ids();
    let read = file::Texts::new(program, &rules).read("", text, &mut sink);
    let case = read.into_iter().flat_map(|it| it.cases).next();
    let first = sink.into_sorted().into_iter().next();
    match (case, first) {
        (Some(case), None) => Ok(case),
        (_, Some(it)) => {
            let failure = Failure::new(it.message);
            Err(match it.help {
                Some(help) => failure.help(help),
                None => failure,
            })
        }
        (None, None) => Err(Failure::new("nothing can be simulated")),
    }
}

/// Chance as the call says; the first arm elsewhere.
struct Named<'c> {
    case: &'c Case,
    guessed: Vec<StepNo>,
}

impl Chance for Named<'_> {
    fn arm(&mut self, step: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        self.case.arms.get(&step).copied().unwrap_or_else(|| {
            if !self.guessed.contains(&step) {
                self.guessed.push(step);
            }
            0
        })
    }
    fn holdout(&mut self, journey: JourneyNo) -> bool {
        self.case.kept_out.contains(&journey)
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

/// What the person does not see from the timeline alone.
fn tell(
    guessed: &[StepNo],
    simulation: &Simulation<'_>,
    record: &Record,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    for step in guessed {
        let placed = simulation.step(*step);
        if let crate::model::Step::Split(it) = &placed.step.value {
            let mut arms = it.arms.keys().map(|it| &it.value);
            let first = arms.next().map_or("", |it| it);
            let others: Vec<String> = arms
                .map(|arm| format!("`--arm {}={arm}`", it.id.value))
                .collect();
            writeln!(
                streams.err,
                "note: `{}` took `{first}`; see also {}",
                it.id.value,
                others.join(", ")
            )?;
        }
    }
    if record.cut {
        writeln!(
            streams.err,
            "note: more happens than can be shown; it was cut short"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        // A Sunday.
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        start(Some(text), today).ok().map(|it| it.to_string())
    }

    #[test]
    fn days_are_the_next_from_today() {
        let expected = [
            ("Fri 17:30", Some("2026-11-27 17:30:00")),
            ("sun 08:00", Some("2026-11-22 08:00:00")),
            ("Tuesday", Some("2026-11-24 10:00:00")),
            ("thu", Some("2026-11-26 10:00:00")),
            ("2026-03-27T17:30", Some("2026-03-27 17:30:00")),
            ("2026-03-27 17:30:10", Some("2026-03-27 17:30:10")),
            ("2026-03-27", Some("2026-03-27 10:00:00")),
            ("2026-02-30", None),
            ("Fri 25:00", None),
            ("fr", None),
            ("", None),
            ("ü", None),
        ];
        for (text, moment) in expected {
            assert_eq!(at(text).as_deref(), moment, "{text}");
        }
    }
}
