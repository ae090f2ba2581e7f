use crate::graph::{Bound, By, Elapsed, Graph, Lens, Marks, NodeId, Path};
use crate::lint::asks::place;
use crate::lint::commercial::is_advert_node;
use crate::lint::context::LintContext;
use crate::lint::findings::{Finding, Findings};
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Basis, ConsentSource, Duration, Journey, Jurisdiction, Milestone};

rule! {
    ImpliedConsentExpired, id: "implied-consent-expired", group: Consent, level: Error,
    docs: "implied_consent_expired.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 730, business_days: 0 }, &[])
}

/// What decides where nobody knows.
const NEEDS: &str =
    "`consent: {source: purchase, age: 270d}`: what it comes from, and how old it may be on entry";

/// How long an inquiry lasts: the shortest six months there are.
const INQUIRY: Elapsed = Elapsed(181 * Elapsed::DAY.0);

/// What the consent rests on, and how old that is on entry, if it is known.
struct Begin {
    what: &'static str,
    lasts: Elapsed,
    age: Option<Elapsed>,
}

impl Rule for ImpliedConsentExpired {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let Some(basis) = journey
            .basis
            .filter(|it| rests_on_purchase(cx, journey, it.value))
        else {
            return;
        };
        let graph = cx.graph(journey);
        let adverts = graph
            .nodes()
            .filter(|(id, it)| graph.is_reachable(*id) && is_advert_node(journey, it));
        let adverts: Vec<NodeId> = adverts.map(|(id, _)| id).collect();
        if adverts.is_empty() {
            return;
        }
        let purchase = cx.elapsed(self.info());
        let begin = begin(cx, journey, &graph, purchase).unwrap_or(Begin {
            what: "a purchase",
            lasts: purchase,
            age: None,
        });
        let age = begin.age.unwrap_or_default();
        let limit = Bound::Finite(begin.lasts);
        let late: Vec<NodeId> = adverts
            .into_iter()
            .filter(|it| latest(&graph, *it).0 + Bound::Finite(age) > limit)
            .filter(|it| !is_renewed(cx, journey, &graph, *it, purchase))
            .collect();
        let Some(first) = late.first() else {
            if begin.age.is_none() {
                out.undecided(
                    basis.span,
                    format!("nobody knows how old the consent in `{}` is", journey.name.value),
                    NEEDS,
                )
                .level(cx.legal(journey, &[Jurisdiction::Ca]))
                .why("in Canada, consent by a purchase ends after two years, and by a question after six months");
            }
            return;
        };
        let (when, path) = latest(&graph, *first);
        let when = when + Bound::Finite(age);
        tell(&graph, &late, when, &begin, out)
            .witness(path.map(|it| graph.witness(&it)))
            .level(cx.legal(journey, &[Jurisdiction::Ca]))
            .related(basis.span, format!("this consent lasts {}", begin.lasts));
    }
}

fn tell<'f>(
    graph: &Graph<'_>,
    late: &[NodeId],
    when: Bound,
    begin: &Begin,
    out: &'f mut Findings,
) -> Finding<'f> {
    let first = late.first().copied().unwrap_or(graph.entry());
    let node = graph.node(first);
    let id = node.id().unwrap_or_default();
    let more = match late.len() {
        0 | 1 => String::new(),
        2 => ", as does one more message".to_owned(),
        it => format!(", as do {} more messages", it - 1),
    };
    let when = match when {
        Bound::Finite(it) => format!("comes up to {it} after {}", begin.what),
        Bound::Endless => format!("may come any time after {}", begin.what),
    };
    out.fail(place(node), format!("`{id}` may come when the consent has run out"))
        .label(format!("{when}{more}"))
        .why("who has not bought for so long has not asked for advertising, and Canada's law says so too")
        .help("ask for express consent while the old one holds (`purpose: consent_request`), and write later to those only who said yes")
}

/// Whether the consent is one that ends by itself: in Canada, a soft opt-in is one too.
fn rests_on_purchase(cx: &LintContext<'_>, journey: &Journey, basis: Basis) -> bool {
    match basis {
        Basis::Implied => true,
        Basis::SoftOptIn => cx.is_under(journey, Jurisdiction::Ca),
        Basis::Express | Basis::Transactional => false,
    }
}

fn begin(
    cx: &LintContext<'_>,
    journey: &Journey,
    graph: &Graph<'_>,
    purchase: Elapsed,
) -> Option<Begin> {
    let consent = journey.consent.as_ref();
    let source = consent.and_then(|it| it.source).map(|it| it.value);
    let declared = consent.and_then(|it| it.age.as_ref());
    let declared = declared.map(|it| on_the_calendar(it.value));
    // Who is sent here by another journey has bought or asked before.
    let fresh = (!cx.is_entered(journey)).then_some(Elapsed::ZERO);
    let of_purchase = |age| Begin {
        what: "a purchase",
        lasts: purchase,
        age,
    };
    let of_inquiry = |age| Begin {
        what: "an inquiry",
        lasts: INQUIRY.min(purchase),
        age,
    };
    let milestone = graph.entry_milestone();
    match (source, milestone) {
        (Some(ConsentSource::Inquiry), _) => {
            let fresh = fresh.filter(|_| milestone == Some(Milestone::Intent));
            Some(of_inquiry(declared.or(fresh)))
        }
        (Some(ConsentSource::Purchase | ConsentSource::Checkout), _)
        | (
            None,
            Some(
                Milestone::Payment
                | Milestone::Delivered
                | Milestone::ServiceStarted
                | Milestone::FirstUse,
            ),
        ) => {
            let fresh = fresh.filter(|_| milestone.is_some_and(follows_purchase));
            Some(of_purchase(declared.or(fresh)))
        }
        (None, Some(Milestone::Intent)) => Some(of_inquiry(declared.or(fresh))),
        (None, _) => declared.map(|it| of_purchase(Some(it))),
        (Some(_), _) => None,
    }
}

/// Whether the milestone comes so soon after a purchase that the days between do not count.
fn follows_purchase(milestone: Milestone) -> bool {
    matches!(
        milestone,
        Milestone::Payment | Milestone::Delivered | Milestone::ServiceStarted | Milestone::FirstUse
    )
}

/// The latest time since entry, repeats included. A cap that lets mail queue has no end by itself, so it
/// is thought away; and so are hours of which nobody knows when they are over.
fn latest(graph: &Graph<'_>, node: NodeId) -> (Bound, Option<Path>) {
    let latest = graph.latest(node).unwrap_or(Bound::ZERO);
    if latest != Bound::Endless {
        return (latest, graph.path_to(node, By::Longest));
    }
    let through = |lens| graph.latest_through(node, lens).unwrap_or(Bound::ZERO);
    let (lens, latest) = match through(Lens::WITHOUT_CAP) {
        Bound::Endless => (Lens::FREE, through(Lens::FREE)),
        latest @ Bound::Finite(_) => (Lens::WITHOUT_CAP, latest),
    };
    let (goal, nothing) = (Marks::default().node(node), Marks::default());
    let entry = graph.origin(graph.entry());
    (latest, graph.deadline(&entry, &goal, &nothing, lens).worst)
}

/// Whether everybody who comes by has bought again on the way, not too long ago. Who is sent in by another
/// journey has not come by the trigger.
fn is_renewed(
    cx: &LintContext<'_>,
    journey: &Journey,
    graph: &Graph<'_>,
    node: NodeId,
    lasts: Elapsed,
) -> bool {
    if graph.entry_milestone() == Some(Milestone::Payment) && cx.is_entered(journey) {
        return false;
    }
    let since = graph.since(Milestone::Payment, node);
    since.is_some_and(|it| it.always && it.elapsed.hi <= Bound::Finite(lasts))
}
