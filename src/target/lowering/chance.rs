//! Ways drawn by chance.

use super::program::{Act, Arm, Op};
use super::{Ability, Lowering, Way};
use crate::manifest::{Split, Step};

impl<'a> Lowering<'a> {
    pub(super) fn split(&mut self, step: &'a Step, it: &'a Split) -> Vec<Op<'a>> {
        if self.can(Ability::Split, Way::Refused) {
            let what = format!(
                "{} cannot send people one way or another by chance",
                self.title()
            );
            let help = "decide by an attribute that the shop draws, or keep the better arm only";
            self.refuse((&step.node, step.line), what, help);
            return Vec::new();
        }
        let arms: Vec<(&'a str, u32, &'a [Step])> = it
            .arms
            .iter()
            .filter(|(_, arm)| arm.weight > 0)
            .map(|(name, arm)| (name.as_str(), arm.weight, &arm.steps[..]))
            .collect();
        if self.can(Ability::Split, Way::Nested) {
            return self.arms(step, &arms);
        }
        let total: u32 = arms.iter().map(|it| it.1).sum();
        if arms.len() < 2 || total == 0 {
            return arms.first().map(|it| self.block(it.2)).unwrap_or_default();
        }
        let id = self.id(&step.node);
        let begin = self.in_window;
        let mut after = true;
        let mut left = 100;
        let mut all = Vec::new();
        for (at, (name, weight, steps)) in arms.iter().enumerate() {
            let last = at + 1 == arms.len();
            let percent = if last {
                left
            } else {
                self.share(step, *weight, total).min(left)
            };
            left -= percent;
            self.in_window = begin;
            let ops = self.block(steps);
            after &= self.in_window;
            all.push(Arm {
                name: (*name).to_owned(),
                percent,
                ops,
            });
        }
        self.in_window = after;
        vec![Op {
            id,
            node: &step.node,
            line: step.line,
            act: Act::Draw { arms: all },
        }]
    }

    /// Two arms at a time: each takes its share of those who are left.
    fn arms(&mut self, step: &'a Step, arms: &[(&'a str, u32, &'a [Step])]) -> Vec<Op<'a>> {
        let Some(((name, weight, steps), rest)) = arms.split_first() else {
            return Vec::new();
        };
        if rest.is_empty() {
            return self.block(steps);
        }
        let left: u32 = arms.iter().map(|it| it.1).sum();
        let percent = self.share(step, *weight, left);
        let id = self.id(&step.node);
        let begin = self.in_window;
        let ops = self.block(steps);
        let after = std::mem::replace(&mut self.in_window, begin);
        let others = self.arms(step, rest);
        self.in_window &= after;
        let other = match rest {
            [(only, ..)] => (*only).to_owned(),
            _ => format!("not-{name}"),
        };
        let arms = vec![
            Arm {
                name: (*name).to_owned(),
                percent,
                ops,
            },
            Arm {
                name: other,
                percent: 100 - percent,
                ops: others,
            },
        ];
        vec![Op {
            id,
            node: &step.node,
            line: step.line,
            act: Act::Draw { arms },
        }]
    }

    /// A share in whole percent, rounded; what rounding changes is told.
    fn share(&mut self, step: &Step, weight: u32, total: u32) -> u32 {
        let percent =
            weight.saturating_mul(200).saturating_add(total) / total.saturating_mul(2).max(1);
        if percent.saturating_mul(total) != weight.saturating_mul(100) {
            let what = format!(
                "{} draws whole percentages: {weight} of {total} becomes {percent} %",
                self.title()
            );
            self.lose(
                step,
                what,
                "the arms differ a little in size",
                "choose weights that divide evenly",
            );
        }
        percent.min(100)
    }
}
