use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{is_young, listed, touchpoints};
use crate::model::{Name, Stage};

rule! {
    PersonaNotCovered, id: "persona-not-covered", group: Coverage, level: Warning,
    docs: "persona_not_covered.md"
}

/// How many personas are told each on its own.
const MOST: usize = 5;

impl Rule for PersonaNotCovered {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let personas = &cx.project().personas;
        if !cx.is_whole() || is_young(cx) || personas.is_empty() {
            return;
        }
        let mut of_all: BTreeSet<Stage> = BTreeSet::new();
        let mut of_each: BTreeMap<&str, BTreeSet<Stage>> = BTreeMap::new();
        for touchpoint in touchpoints(cx) {
            let stages = touchpoint.stages();
            let named = touchpoint.personas();
            if named.is_empty() {
                of_all.extend(stages);
                continue;
            }
            for persona in named {
                let own = of_each.entry(&persona.value).or_default();
                own.extend(stages.iter().copied());
            }
        }
        // A stage that serves nobody at all is told by another rule.
        let mut served = of_all.clone();
        served.extend(of_each.values().flatten().copied());
        let lacks = |name: &Name| {
            let own = of_each.get(&*name.value);
            let has = |it: &Stage| of_all.contains(it) || own.is_some_and(|own| own.contains(it));
            let missing = served.iter().filter(|it| !has(it));
            missing.map(|it| it.word()).collect::<Vec<_>>()
        };
        let missing = personas.keys().map(|it| (it, lacks(it)));
        let missing: Vec<_> = missing.filter(|(_, it)| !it.is_empty()).collect();
        for (number, (name, stages)) in missing.iter().take(MOST).enumerate() {
            let unsaid = missing.len().saturating_sub(MOST);
            let more = if number + 1 == MOST && unsaid > 0 {
                format!("; {unsaid} more personas lack stages, too")
            } else {
                String::new()
            };
            report(name, stages, served.len(), &more, out);
        }
    }
}

fn report(name: &Name, stages: &[&str], served: usize, more: &str, out: &mut Findings) {
    let persona = &name.value;
    let listed = listed(stages.iter().copied());
    let message = if stages.len() == served {
        format!("no journey is written for `{persona}`")
    } else {
        format!("nothing is written for `{persona}` in {listed}")
    };
    out.fail(name.span, message)
        .label(format!("others are written to in {listed}{more}"))
        .why("advice for somebody else tells them that this shop is for somebody else")
        .help(format!(
            "add `{persona}` to the `personas` of a journey there whose words suit them, or write \
             one that does"
        ));
}
