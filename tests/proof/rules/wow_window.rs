//! Nothing delights within two days.

use journeyc::model::Purpose;
use journeyc::simulate::{Life, Record};

use super::owed::Owed;
use crate::proving::{Checker, Town, Violation};

pub(super) struct WowWindow;

const OWED: Owed = Owed {
    rule: "wow-window",
    hours: 48,
    profile: None,
    purposes: &[Purpose::Wow],
    gift: true,
    cap_excuses: true,
};

impl Checker for WowWindow {
    fn rule(&self) -> &'static str {
        OWED.rule
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        OWED.missing(town, life, record)
    }
}
