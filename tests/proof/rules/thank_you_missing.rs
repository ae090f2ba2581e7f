//! Nobody says thank you within two days.

use journeyc::model::Purpose;
use journeyc::simulate::{Life, Record};

use super::owed::Owed;
use crate::proving::{Checker, Town, Violation};

pub(super) struct ThankYouMissing;

const OWED: Owed = Owed {
    rule: "thank-you-missing",
    hours: 48,
    profile: None,
    purposes: &[Purpose::ThankYou],
    gift: false,
    cap_excuses: true,
};

impl Checker for ThankYouMissing {
    fn rule(&self) -> &'static str {
        OWED.rule
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        OWED.missing(town, life, record)
    }
}
