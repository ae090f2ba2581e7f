use std::collections::BTreeSet;

use crate::graph::Elapsed;
use crate::graph::lives::{Life, Member, Planned, on_one_way};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Class, Milestone, Purpose, Step};

rule! {
    PostPurchaseCrowding, id: "post-purchase-crowding", group: Timing, level: Warning, docs: "post_purchase_crowding.md",
    limit: Limit::Number(6.0, &[])
}

/// How many of them may be commercial.
const COMMERCIAL: usize = 2;

/// The first days after the payment.
const WEEK: Elapsed = Elapsed(7 * Elapsed::DAY.0);

/// News that comes when it must.
const NEWS: [Purpose; 3] = [
    Purpose::StatusUpdate,
    Purpose::DelayNotice,
    Purpose::Apology,
];

/// A mail of a life.
type Sent<'p> = (Member<'p>, Planned<'p>);

impl Rule for PostPurchaseCrowding {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let most = cx.number(self.info());
        let is_payment = |it: &&Life<'_>| {
            let mut events = cx.project().events_of(Milestone::Payment);
            events.any(|event| *event.value == *it.event)
        };
        for life in cx.lives().iter().filter(is_payment) {
            let crowd = |commercial_only: bool| {
                let parties = life.parties(cx.project()).into_iter();
                let sent = parties.map(|party| sent(cx, &party, commercial_only));
                sent.max_by_key(Vec::len).unwrap_or_default()
            };
            let all = crowd(false);
            #[allow(clippy::cast_precision_loss, reason = "nobody writes so many mails")]
            let is_crowded = all.len() as f64 > most;
            if is_crowded {
                report(
                    life,
                    &all,
                    &format!("at most {most} are enough"),
                    "mails",
                    out,
                );
                continue;
            }
            let commercial = crowd(true);
            if commercial.len() > COMMERCIAL {
                let label = format!("at most {COMMERCIAL} of them may want something");
                report(life, &commercial, &label, "commercial mails", out);
            }
        }
    }
}

/// The mails that one person of a party gets in the first week, those at one time in the order of the
/// file.
fn sent<'p>(cx: &LintContext<'p>, party: &[Member<'p>], commercial_only: bool) -> Vec<Sent<'p>> {
    let mut res = Vec::new();
    for member in party {
        let early = |it: &&Planned<'p>| {
            let is_news =
                it.class == Some(Class::Transactional) && NEWS.iter().any(|news| it.has(*news));
            let counts = it.class == Some(Class::Commercial) || !commercial_only;
            matches!(it.step.value, Step::Send(_))
                && counts
                && !is_news
                && member.time_of(it).lo < WEEK
        };
        let planned: Vec<_> = cx
            .timetable(member.journey)
            .touches
            .iter()
            .filter(early)
            .collect();
        let steps: BTreeSet<_> = planned.iter().map(|it| it.step.span).collect();
        let together = on_one_way(member.journey, &steps);
        let chosen = planned
            .into_iter()
            .filter(|it| together.contains(&it.step.span));
        res.extend(chosen.map(|it| (*member, *it)));
    }
    res.sort_by_key(|(member, it)| (member.time_of(it).lo, it.id.span));
    res
}

fn report(life: &Life<'_>, sent: &[Sent<'_>], label: &str, what: &str, out: &mut Findings) {
    let Some((_, last)) = sent.last() else {
        return;
    };
    let message = format!("{} {what} in the week after `{}`", sent.len(), life.event);
    out.fail(last.id.span, message)
        .subject(life.event)
        .label(label)
        .why("in a crowd of mails the one that matters is overlooked, and all of them are switched off")
        .help("say two things in one mail, or let what can wait come in the second week")
        .witness(Some(life.witness(sent)));
}
