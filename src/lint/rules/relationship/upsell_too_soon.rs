use std::collections::BTreeSet;

use crate::graph::{Bound, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::pitch::pitches;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, Journey, Milestone, Purpose};

rule! {
    UpsellTooSoon, id: "upsell-too-soon", group: Relationship, level: Warning,
    docs: "upsell_too_soon.md",
    limit: Limit::Duration(Duration { minutes: 48 * 60, days: 0, business_days: 0 }, &[])
}

/// More are not told for one journey.
const MOST: usize = 5;

impl Rule for UpsellTooSoon {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        if !journey.sends().any(pitches) {
            return;
        }
        let graph = &*cx.graph(journey);
        // A sales pitch that is meant as a surprise is told by the rule about that.
        let offers = graph.marks(|id, it| {
            let sells = matches!(it.kind, NodeKind::Send(it) if pitches(it));
            sells && !it.has(Purpose::Wow) && graph.is_reachable(id)
        });
        let limit = cx.elapsed(self.info());
        let mut told = BTreeSet::new();
        for origin in graph.origins(Milestone::Payment) {
            let Some(path) = graph.gap(&origin, &offers) else {
                continue;
            };
            let is_soon = path.length() < Bound::Finite(limit);
            if !is_soon || told.len() == MOST || !told.insert(path.target()) {
                continue;
            }
            let node = graph.node(path.target());
            let id = node.id().unwrap_or_default();
            let after = path.length();
            out.fail(place(node), format!("`{id}` sells more to people who have just paid"))
                .label(format!("as soon as {after} after the payment"))
                .why("they have not even got the first thing, and learn that they are a wallet")
                .help(format!(
                    "wait until {limit} after the payment, better until delivery; if they need it to use \
                     what they bought, the purpose is `setup_help`"
                ))
                .witness(Some(graph.witness(&path)));
        }
    }
}
