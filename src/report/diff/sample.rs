//! Changes as they come out of a comparison, for tests of the formats.

use crate::diagnostic::{
    Diagnostic, Edit, Fix, Level, Moment, MomentKind, RuleId, Status, Verdict, Witness, Worsening,
};
use crate::diff::{
    Action, Breaking, BreakingChange, Change, Changes, CopyChange, Entry, Extent, Fate, Found,
    JourneyChanges, Kind, MailName, Number, NumberId, Part, PayloadChange, Place, Reach, Revision,
    Row, Run, Shared, TargetChanges,
};
use crate::model::{Channel, Class, InFlight};
use crate::source::{FileId, Position, Span};

use super::Look;

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;

/// A comment of the shop, on a host that shows files.
pub(super) fn look() -> Look<'static> {
    Look {
        color: false,
        width: 100,
        quiet: false,
        key: "journeyc.yaml",
        report: Some("https://example.com/report"),
        source: Some("https://example.com/shop/blob/1a2b3c4"),
    }
}

pub(super) fn place(file: &str, line: u32) -> Place {
    Place {
        file: file.to_owned(),
        line,
    }
}

pub(super) fn entry(title: &str, since: &str, at: i64, when: &str) -> Entry {
    Entry {
        step: title.to_lowercase().replace(' ', "-"),
        title: title.to_owned(),
        channel: Channel::Email,
        class: Some(Class::Transactional),
        sender: Some("Fern & Finch".to_owned()),
        since: since.to_owned(),
        earliest: at,
        latest: Some(at),
        when: when.to_owned(),
        held_by: Vec::new(),
    }
}

pub(super) fn row(before: Option<Entry>, after: Option<Entry>, flags: &[Kind]) -> Row {
    Row {
        before,
        after,
        flags: flags.to_vec(),
    }
}

pub(super) fn change(kind: Kind, step: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change {
        kind,
        step: Some(step.to_owned()).filter(|it| !it.is_empty()),
        subject: String::new(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        place: Some(place("journeys/after-payment.yaml", 14)),
    }
}

pub(super) fn journey(name: &str) -> JourneyChanges {
    JourneyChanges {
        name: name.to_owned(),
        was: None,
        title: None,
        fate: Fate::Changed,
        place: place(&format!("journeys/{name}.yaml"), 1),
        changes: Vec::new(),
        timeline: Vec::new(),
        numbers: Vec::new(),
        breaking: Vec::new(),
        in_flight: None,
        chart: None,
    }
}

pub(super) fn found(rule: &'static str, level: Level, message: &str, line: u32) -> Found {
    let span = Span::new(FileId(0), 10, 20);
    let diagnostic = Diagnostic::new(RuleId(rule), level, span, message);
    Found {
        diagnostic,
        fingerprint: format!("{rule}-{line}"),
        place: place("journeys/after-payment.yaml", line),
        column: 5,
        end: Position { line, column: 15 },
        related: Vec::new(),
        edits: Vec::new(),
        is_input: false,
    }
}

fn blocking() -> Found {
    let mut it = found(
        "next-steps-after-payment",
        Level::Error,
        "next steps arrive too late after payment",
        31,
    );
    let moment = |at, kind, name: &str| Moment {
        at,
        kind,
        name: name.to_owned(),
        span: None,
    };
    let mut last = moment(63 * HOUR + 1_800, MomentKind::Send, "next-steps");
    last.span = Some(it.diagnostic.primary.span);
    it.diagnostic.witness = Some(Witness {
        moments: vec![
            moment(0, MomentKind::Event, "order_paid"),
            moment(0, MomentKind::Held, "send window"),
            last,
        ],
    });
    it.diagnostic.primary.text = "promised within 24 h".to_owned();
    it.diagnostic.why =
        Some("a buyer who hears nothing for three days asks for the money back".to_owned());
    it.diagnostic.help = Some("mark `next-steps` as `class: transactional`".to_owned());
    let whole = Edit {
        span: Span::new(FileId(0), 0, 20),
        text: "  - send: {id: next-steps, class: transactional}\n".to_owned(),
    };
    it.diagnostic.fix = Some(Fix {
        title: "make it service mail".to_owned(),
        applicability: crate::diagnostic::Applicability::Suggested,
        edits: vec![whole],
    });
    it.edits = vec![Extent {
        file: it.place.file.clone(),
        start: Position {
            line: 31,
            column: 1,
        },
        end: Position {
            line: 32,
            column: 1,
        },
    }];
    it
}

/// A change of the shop in which a bit of everything differs.
pub(super) fn shop() -> Changes {
    let mut changes = Changes {
        before: Revision {
            name: "origin/main".to_owned(),
            commit: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
            broken: Vec::new(),
        },
        after: Revision {
            name: "work tree".to_owned(),
            commit: None,
            broken: Vec::new(),
        },
        numbers: vec![
            number(NumberId::ContactLoad, 5, 7),
            number(NumberId::SilenceAfterPayment, 6 * DAY, 22 * HOUR),
        ],
        project: vec![change(
            Kind::Policy,
            "",
            Some("08:00 – 20:00"),
            Some("09:00 – 18:00"),
        )],
        journeys: vec![after_payment(), owned()],
        copy: copy(),
        formatting: vec!["journeys/cart.yaml".to_owned()],
        muted: vec![(Kind::Internal, 12)],
        ..Changes::default()
    };
    changes.reach.push(Reach {
        what: Shared::Template,
        name: "partials/footer.html".to_owned(),
        journeys: vec!["after-payment".to_owned(), "cart".to_owned()],
        mails: 7,
    });
    findings(&mut changes);
    changes.targets.push(TargetChanges {
        target: "klaviyo".to_owned(),
        environment: "prod".to_owned(),
        payloads: vec![PayloadChange {
            name: "flows/after-payment.json".to_owned(),
            action: Action::Update,
            diff: "@@ -1,3 +1,3 @@\n-\"delay\": 22\n+\"delay\": 64\n".to_owned(),
        }],
        unchanged: 11,
        introduced: vec![found(
            "lost-meaning",
            Level::Warning,
            "`quiet_hours` cannot be said to Klaviyo",
            3,
        )],
    });
    changes
}

fn number(id: NumberId, before: i64, after: i64) -> Number {
    Number {
        id,
        before: Some(before),
        after: Some(after),
    }
}

fn after_payment() -> JourneyChanges {
    let same = |title: &str, at, when: &str| {
        let it = entry(title, "order_paid", at, when);
        row(Some(it.clone()), Some(it), &[])
    };
    let mut sent = entry("Your film", "order_paid", 23 * HOUR, "23 h");
    let was = sent.clone();
    sent.sender = Some("Maya".to_owned());
    let mut it = journey("after-payment");
    it.title = Some("From payment to the plant at home".to_owned());
    it.timeline = vec![
        same("Order confirmation", 0, "at once"),
        row(
            None,
            Some(entry("Next steps", "order_paid", 22 * HOUR, "22 h")),
            &[Kind::StepAdded],
        ),
        row(Some(was), Some(sent), &[Kind::Sender]),
        row(
            Some(entry("Review request", "order_paid", 3 * DAY, "3 d")),
            Some(entry(
                "Review request",
                "order_delivered",
                7 * DAY,
                "7 d – 21 d",
            )),
            &[Kind::Later, Kind::StepMoved],
        ),
        same("Care tips", 5 * DAY, "5 d"),
        same("More care", 9 * DAY, "9 d"),
        same("Even more care", 12 * DAY, "12 d"),
        row(
            Some(entry("Survey", "order_paid", 30 * DAY, "30 d")),
            None,
            &[Kind::StepRemoved],
        ),
    ];
    it.changes = vec![
        change(Kind::StepAdded, "next-steps", None, None),
        change(Kind::Wait, "a-day", Some("22 h"), Some("22 min")),
        change(
            Kind::AudienceWider,
            "",
            Some("event.total > 50"),
            Some("event.total > 0"),
        ),
        change(Kind::Internal, "", Some("lifecycle"), Some("care")),
    ];
    it.breaking = vec![BreakingChange {
        id: Breaking::StepRemoved,
        step: Some("survey".to_owned()),
        text: "who waits before `survey` never gets it".to_owned(),
        place: Some(place("journeys/after-payment.yaml", 40)),
    }];
    it.chart = Some("flowchart TD\n  a[Order confirmation] --> b[Next steps]\n".to_owned());
    it
}

fn owned() -> JourneyChanges {
    let mut it = journey("cart");
    it.in_flight = Some(InFlight::Stop);
    it.changes = vec![change(
        Kind::Internal,
        "",
        Some("growth"),
        Some("lifecycle"),
    )];
    it
}

fn copy() -> Vec<CopyChange> {
    let mail = |step: &str| MailName {
        journey: "after-payment".to_owned(),
        step: step.to_owned(),
    };
    let text = |it: &str| it.to_owned();
    let one = CopyChange {
        part: Part::Subject,
        locale: text("en"),
        people: vec![text("Ana")],
        everybody: false,
        mails: vec![mail("confirmation")],
        words: vec![
            Run::Same(text("Your")),
            Run::Removed(text("order")),
            Run::Added(text("plant")),
            Run::Same(text("is on its way")),
        ],
        hash: "00".repeat(32),
    };
    let many = CopyChange {
        part: Part::Text,
        everybody: true,
        mails: ["a", "b", "c", "d", "e"].map(mail).to_vec(),
        words: vec![
            Run::Skipped(120),
            Run::Removed(text("1 Orchard Row")),
            Run::Added(text("2 Orchard Row")),
        ],
        ..one.clone()
    };
    vec![one, many]
}

fn findings(changes: &mut Changes) {
    let all = &mut changes.findings;
    all.introduced.push(blocking());
    all.introduced.push(found(
        "long-subject",
        Level::Warning,
        "`Your plant` is a long subject",
        12,
    ));
    let mut open = found(
        "next-steps-within",
        Level::Warning,
        "nobody can tell when `film` comes",
        13,
    );
    open.diagnostic.verdict = Verdict::Undecided;
    open.diagnostic.help = Some("declare a `timeout` for `delivery`".to_owned());
    all.introduced.push(open);
    let mut worse = found("contact-gap", Level::Warning, "40 days of silence", 20);
    worse.diagnostic.status = Some(Status::Worsened(Worsening::Measure));
    all.worsened.push(worse);
    all.fixed
        .push(found("zero-wait", Level::Warning, "a wait of no time", 9));
    all.older = Some(4);
}
