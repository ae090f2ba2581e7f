//! How much room each part of a comment has, and which part gives up room first.
//!
//! In: nothing. Out: [`Room`]s, each with less than the one before. Invariant: in the last one nothing
//! is listed any more, everything is counted, so that it holds any change.
//! Not done here: counting what is left out, which each section does.

/// How many things of a kind are shown. What is left out is counted where it would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Whether journeys are drawn.
    pub(super) charts: bool,
    /// Whether the lines of payloads are shown.
    pub(super) diffs: bool,
    /// Differences in words.
    pub(super) copy: usize,
    /// Whether what customers do not notice is listed.
    pub(super) unnoticed: bool,
    /// Journeys with a table of their own.
    pub(super) journeys: usize,
    /// Names in a row, such as those of journeys without a table.
    pub(super) names: usize,
    /// Items of any other list: findings, breaks, rows of one table.
    pub(super) list: usize,
    /// Characters of one text.
    pub(super) chars: usize,
}

impl Room {
    /// Room for nothing but counts, and for short texts.
    pub(super) const SMALLEST: Self = Self {
        charts: false,
        diffs: false,
        copy: 0,
        unnoticed: false,
        journeys: 0,
        names: 0,
        list: 0,
        chars: 40,
    };
}

/// Room for all that anybody would read. No comment holds more than this many of anything, so there
/// is no use in trying.
const FULL: Room = Room {
    charts: true,
    diffs: true,
    copy: 300,
    unnoticed: true,
    journeys: 300,
    names: 1_000,
    list: 500,
    chars: 200,
};

/// What is left of the room, step by step.
const STEPS: [(usize, usize, usize, usize); 13] = [
    (200, 1_000, 400, 160),
    (100, 600, 300, 160),
    (60, 400, 150, 160),
    (40, 300, 100, 160),
    (25, 200, 80, 120),
    (16, 150, 60, 120),
    (10, 100, 40, 120),
    (6, 60, 25, 100),
    (3, 40, 15, 80),
    (2, 20, 8, 60),
    (1, 10, 4, 60),
    (1, 4, 2, 40),
    (0, 0, 0, 40),
];

/// Every room, the largest first: charts go, then the lines of payloads, then words beyond the first
/// ten, then what nobody notices, and then everything shrinks.
pub(super) fn ladder() -> impl Iterator<Item = Room> {
    let no_charts = Room {
        charts: false,
        ..FULL
    };
    let no_diffs = Room {
        diffs: false,
        ..no_charts
    };
    let few_words = Room {
        copy: 10,
        ..no_diffs
    };
    let noticed = Room {
        unnoticed: false,
        ..few_words
    };
    let smaller = STEPS
        .into_iter()
        .map(move |(journeys, names, list, chars)| Room {
            copy: list.min(noticed.copy),
            journeys,
            names,
            list,
            chars,
            ..noticed
        });
    [FULL, no_charts, no_diffs, few_words, noticed]
        .into_iter()
        .chain(smaller)
}
