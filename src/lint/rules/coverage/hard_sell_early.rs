use crate::graph::{Marks, NodeKind};
use crate::lint::asks::place;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::stages::{touchpoints, touchpoints_of};
use crate::model::{Journey, Purpose, Send, Stage};

rule! {
    HardSellEarly, id: "hard-sell-early", group: Coverage, level: Note, docs: "hard_sell_early.md",
    limit: Limit::Number(40.0, &[])
}

/// With fewer messages a share says nothing.
const ENOUGH: u32 = 4;

/// How many offers of a journey are looked at.
const MOST: usize = 8;

/// What makes a message with an offer more than an offer.
const USEFUL: [Purpose; 3] = [Purpose::Content, Purpose::SetupHelp, Purpose::NextSteps];

impl Rule for HardSellEarly {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let sells = touchpoints_of(cx.project(), journey)
            .filter(|it| it.stages() == [Stage::Before])
            .any(|it| it.send().is_some_and(is_pitch));
        if !sells {
            return;
        }
        let graph = &*cx.graph(journey);
        let sends = graph.marks(|_, it| matches!(it.kind, NodeKind::Send(_)));
        let pitches = graph
            .touchpoints()
            .filter_map(|(id, node)| match node.kind {
                NodeKind::Send(send) if is_pitch(send) => Some((id, node)),
                _ => None,
            });
        for (id, node) in pitches.take(MOST) {
            let others = sends.nodes().filter(|it| *it != id);
            let others = others.fold(Marks::default(), Marks::node);
            let Some(path) = graph.path_around(&others, id) else {
                continue;
            };
            // Where only a condition takes the first letter out, it is still the first.
            if path.edges().any(|it| graph.edge(it).kind.drops()) {
                continue;
            }
            let name = node.id().unwrap_or_default();
            out.fail(
                place(node),
                format!("the first thing people hear is an offer: `{name}`"),
            )
            .label("nothing useful comes before it")
            .why("they came for help with a choice, and meet a salesman at the door")
            .help(
                "send something useful first; if they asked for just this, say so with \
                     `requested: true`",
            )
            .witness(Some(graph.witness(&path)));
            return;
        }
    }

    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let (mut all, mut pitches, mut first) = (0_u32, 0_u32, None);
        for touchpoint in touchpoints(cx).filter(|it| it.stages() == [Stage::Before]) {
            let Some(send) = touchpoint.send() else {
                continue;
            };
            all += 1;
            if is_pitch(send) {
                pitches += 1;
                first = first.or(Some(touchpoint));
            }
        }
        let Some(first) = first else {
            return;
        };
        let most = cx.number(self.info());
        let share = f64::from(pitches) * 100.0;
        if !cx.is_whole() || all < ENOUGH || share <= most * f64::from(all) {
            return;
        }
        out.fail(
            first.place(),
            format!("{pitches} of {all} messages before the purchase only sell"),
        )
        .label("one of them")
        .subject("share")
        .why("whoever does not know us yet learns one thing about us: that we want their money")
        .help(format!(
            "answer questions, show how it is used, tell who you are; at most {most} % should be \
             offers"
        ));
    }
}

/// Whether a message sells and does nothing else, to somebody who has not asked for it.
fn is_pitch(send: &Send) -> bool {
    let has = |it: Purpose| send.purpose.has(it);
    let sells = has(Purpose::Offer) || has(Purpose::CrossSell);
    let asked = send.requested == Some(true) || send.gift == Some(true);
    sells && !asked && !USEFUL.iter().any(|it| has(*it))
}
