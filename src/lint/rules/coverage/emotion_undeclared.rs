use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{Touchpoint, listed, touchpoints_of};
use crate::model::{Journey, Stage};

rule! { EmotionUndeclared, id: "emotion-undeclared", group: Coverage, level: Off, docs: "emotion_undeclared.md" }

impl Rule for EmotionUndeclared {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let touchpoints = touchpoints_of(cx.project(), journey);
        let silent: Vec<Touchpoint<'_>> = touchpoints
            .filter(|it| it.is_in(Stage::After) && it.emotion().is_none())
            .collect();
        let Some(first) = silent.first() else {
            return;
        };
        let names = listed(silent.iter().map(Touchpoint::id));
        out.fail(
            first.place(),
            format!("nobody has said how people feel at {names}"),
        )
        .label("no `emotion`")
        .why("the days after a purchase are the most emotional part of it")
        .help("add `emotion: {expected: 1}`: from -2, angry, to 2, delighted");
    }
}
