//! Nobody says within a day what happens after a payment.

use journeyc::model::Purpose;
use journeyc::simulate::{Life, Record};

use super::owed::Owed;
use crate::proving::{Checker, Town, Violation};

pub(super) struct NextStepsAfterPayment;

const OWED: Owed = Owed {
    rule: "next-steps-after-payment",
    hours: 24,
    profile: None,
    purposes: &[Purpose::NextSteps],
    gift: false,
    cap_excuses: false,
};

impl Checker for NextStepsAfterPayment {
    fn rule(&self) -> &'static str {
        OWED.rule
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        OWED.missing(town, life, record)
    }
}
