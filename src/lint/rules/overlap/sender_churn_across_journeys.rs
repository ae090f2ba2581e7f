use crate::graph::lives::{Life, Member, Planned};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Duration, SenderKind, Step};

rule! {
    SenderChurnAcrossJourneys, id: "sender-churn-across-journeys", group: Overlap, level: Note,
    docs: "sender_churn_across_journeys.md",
    limit: Limit::Duration(Duration { minutes: 0, days: 30, business_days: 0 }, &[])
}

/// A letter of one person of ours.
type Signed<'p> = (Member<'p>, Planned<'p>, &'p str);

impl Rule for SenderChurnAcrossJourneys {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let limit = cx.elapsed(self.info());
        for life in cx.lives() {
            for party in life.all_parties(cx.project()) {
                let signed = signed(cx, &party);
                let pair = signed.windows(2).find(|pair| {
                    let ((a, first, one), (b, second, other)) = (pair[0], pair[1]);
                    one != other
                        && a.journey.name != b.journey.name
                        && life.apart((a, first), (b, second)) <= limit
                });
                if let Some([first, second]) = pair {
                    report(life, *first, *second, out);
                    break;
                }
            }
        }
    }
}

/// The letters that a person signs, by time. A letter that introduces its writer is left out.
fn signed<'p>(cx: &LintContext<'p>, party: &[Member<'p>]) -> Vec<Signed<'p>> {
    let senders = &cx.program().project.senders;
    let mut res: Vec<Signed<'p>> = Vec::new();
    for member in party {
        for planned in &cx.timetable(member.journey).touches {
            let Step::Send(send) = &planned.step.value else {
                continue;
            };
            let name = &*member.journey.sender_of(send).value;
            let Some((name, sender)) = senders.get_key_value(name) else {
                continue;
            };
            let introduced = send.handover_from.is_some() || sender.handover_from.is_some();
            if sender.kind == SenderKind::Person && !introduced {
                res.push((*member, *planned, &name.value));
            }
        }
    }
    res.sort_by_key(|(member, it, _)| (member.time_of(it).lo, it.id.span));
    res
}

fn report(life: &Life<'_>, first: Signed<'_>, second: Signed<'_>, out: &mut Findings) {
    let (one, other) = (first.2, second.2);
    let message = format!(
        "after `{}` people hear from `{one}` and then from `{other}`",
        life.event
    );
    out.fail(second.1.id.span, message)
        .subject(format!("{one} {other}"))
        .label(format!("signed by `{other}`"))
        .related(
            first.1.id.span,
            format!("`{}` lets `{one}` speak", first.0.journey.name.value),
        )
        .why("another name in each letter: nobody there seems to know them")
        .help("let one person or one role speak, or introduce the new one with `handover_from`")
        .witness(Some(
            life.witness(&[(first.0, first.1), (second.0, second.1)]),
        ));
}
