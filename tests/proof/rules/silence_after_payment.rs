//! Silence after a payment: not a word within a day.

use journeyc::model::Profile;
use journeyc::simulate::{Life, Record};

use super::owed::Owed;
use crate::proving::{Checker, Town, Violation};

pub(super) struct SilenceAfterPayment;

const OWED: Owed = Owed {
    rule: "silence-after-payment",
    hours: 24,
    profile: Some((Profile::B2b, 48)),
    purposes: &[],
    gift: false,
    cap_excuses: false,
};

impl Checker for SilenceAfterPayment {
    fn rule(&self) -> &'static str {
        OWED.rule
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        OWED.missing(town, life, record)
    }
}
