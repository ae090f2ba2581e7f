//! Messages, branches and repetitions in the words of the target.

use super::program::{Act, Op, Test};
use super::questions::Judge;
use super::{Ability, Lowering, Way};
use crate::manifest::{Action, Branch, Condition, Expr, Repeat, Send, Step, Wait, Way as Arm1};

/// More ways than this at one place nobody can read, and targets take no more.
const MOST_WAYS: usize = 19;

impl<'a> Lowering<'a> {
    /// Steps one after another.
    pub(super) fn block(&mut self, steps: &'a [Step]) -> Vec<Op<'a>> {
        let mut ops = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            if self.is_full() {
                break;
            }
            let below = &steps[at + 1..];
            let more = self.step(step, below);
            ops.extend(more);
            if matches!(step.does, Action::Exit { .. }) {
                break;
            }
        }
        ops
    }

    fn step(&mut self, step: &'a Step, below: &'a [Step]) -> Vec<Op<'a>> {
        match &step.does {
            Action::Send(it) => self.send(step, it),
            Action::Task(it) => self.task(step, it),
            Action::Touch(it) => {
                self.touch(step, it);
                Vec::new()
            }
            Action::Wait(it) => self.wait(step, it, below),
            Action::WaitFor(it) => self.wait_for(step, it),
            Action::WaitUntil(it) => self.wait_until(step, it),
            Action::Branch(it) => self.branch(step, it),
            Action::Split(it) => self.split(step, it),
            Action::Repeat(it) => self.repeat(step, it),
            Action::Set(it) => self.set(step, &it.attribute, &it.value),
            Action::Enter { journey } => self.enter(step, journey),
            Action::Exit { reason } => vec![self.op(step, Act::End { reason })],
        }
    }

    fn send(&mut self, step: &'a Step, it: &'a Send) -> Vec<Op<'a>> {
        self.check_window(step, it);
        let gated = self.can(Ability::Gates, Way::Gated);
        let own = gate(it.only_if.as_ref(), it.unless.as_ref());
        // A filter on a message knows the person only.
        let asked_before = own
            .as_ref()
            .filter(|it| !gated || matches!(Judge::of(it), Judge::Event | Judge::Both));
        if let Some(expr) = asked_before {
            let message = |lowering: &mut Self| lowering.message(step, it, Vec::new());
            return self.decide(step, (expr, false), &message, &|_| Vec::new());
        }
        let mut tests = Vec::new();
        if let Some(expr) = &own {
            match self.question((&step.node, step.line), expr) {
                None => return Vec::new(),
                Some(test) => match test.constant() {
                    Some(false) => return Vec::new(),
                    Some(true) => {}
                    None => tests.push(test),
                },
            }
        }
        self.message(step, it, tests)
    }

    /// The message to those for whom all tests hold, and no exit of its class has come.
    fn message(&mut self, step: &'a Step, it: &'a Send, mut tests: Vec<Test<'a>>) -> Vec<Op<'a>> {
        tests.extend(self.gates.iter().cloned());
        tests.extend(self.exits_of(it.class));
        if self.can(Ability::Gates, Way::Gated) {
            return self.languages(step, it, tests);
        }
        let Some(test) = Test::all(tests) else {
            return self.languages(step, it, Vec::new());
        };
        let yes = |lowering: &mut Self| lowering.languages(step, it, Vec::new());
        self.choose(step, test, &yes, &|_| Vec::new())
    }

    /// The message in every language that it is written in.
    fn languages(&mut self, step: &'a Step, it: &'a Send, tests: Vec<Test<'a>>) -> Vec<Op<'a>> {
        let mut locales: Vec<&'a str> = it.mails.keys().map(String::as_str).collect();
        if locales.is_empty() {
            locales.extend(self.job.manifest.locales.first().map(String::as_str));
        }
        for locale in &locales {
            let key = (
                self.journey.name.clone(),
                step.node.clone(),
                (*locale).to_owned(),
            );
            if !self.job.mails.contains_key(&key) {
                let what = format!(
                    "the mail of `{}` cannot be written in `{locale}` for {}",
                    step.node,
                    self.title()
                );
                let help = format!(
                    "mend the template `{}`: its own findings say what and where",
                    it.template
                );
                self.refuse((&step.node, step.line), what, &help);
                return Vec::new();
            }
        }
        let way = self.target.can.way(Ability::Locales);
        if locales.len() == 1 || way == Way::Native {
            let gate = Test::all(tests);
            return vec![self.op(
                step,
                Act::Mail {
                    send: it,
                    locales,
                    gate,
                },
            )];
        }
        let speaks = |at: usize| Test::Speaks {
            locale: locales[at],
            default: at == 0,
            others: locales
                .iter()
                .filter(|it| **it != locales[at])
                .copied()
                .collect(),
        };
        let name = |at: usize| match at {
            0 => step.node.clone(),
            _ => format!("{}.{}", step.node, locales[at]),
        };
        if way == Way::Gated {
            let mut ops = Vec::new();
            for (at, locale) in locales.iter().enumerate() {
                let mut all = tests.clone();
                all.push(speaks(at));
                let mail = Act::Mail {
                    send: it,
                    locales: vec![*locale],
                    gate: Test::all(all),
                };
                ops.push(self.named(&name(at), step, mail));
            }
            return ops;
        }
        let gate = Test::all(tests);
        let mail = |lowering: &mut Self, at: usize| {
            let mail = Act::Mail {
                send: it,
                locales: vec![locales[at]],
                gate: gate.clone(),
            };
            vec![lowering.named(&name(at), step, mail)]
        };
        // `de-AT` before `de`: the longer name wins.
        let mut order: Vec<usize> = (1..locales.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(locales[*at].len()));
        let mut otherwise = mail(self, 0);
        let ways: Vec<(Test<'a>, Vec<Op<'a>>)> = order
            .into_iter()
            .map(|at| (speaks(at), mail(self, at)))
            .collect();
        if self.can(Ability::ManyWays, Way::Native) {
            let act = Act::Choose { ways, otherwise };
            return vec![self.named(&format!("{}-language", step.node), step, act)];
        }
        for way in ways.into_iter().rev() {
            let act = Act::Choose {
                ways: vec![way],
                otherwise,
            };
            otherwise = vec![self.named(&format!("{}-language", step.node), step, act)];
        }
        otherwise
    }

    fn branch(&mut self, step: &'a Step, it: &'a Branch) -> Vec<Op<'a>> {
        if self.tuning.flat
            && let Some(ops) = self.flat_ways(step, it)
        {
            return ops;
        }
        if !self.can(Ability::ManyWays, Way::Nested)
            && let Some(op) = self.many_ways(step, it)
        {
            return vec![op];
        }
        self.ways(step, it, &it.when)
    }

    /// All ways at one place, if they ask the same judge; nothing where they do not.
    fn many_ways(&mut self, step: &'a Step, it: &'a Branch) -> Option<Op<'a>> {
        let judges: Vec<Judge> = it
            .when
            .iter()
            .map(|way| Judge::of(&way.condition.tree))
            .collect();
        let together = self.can(Ability::AskTogether, Way::Native);
        let mut same =
            judges.windows(2).all(|it| it[0] == it[1]) && judges.first() != Some(&Judge::Both);
        // Some targets have many ways for what is known of the person only.
        let apart = self.can(Ability::ManyWays, Way::Apart);
        if apart {
            same = judges.iter().all(|it| *it == Judge::Person);
        }
        if it.when.len() < 2 || it.when.len() > MOST_WAYS || !(same || together && !apart) {
            return None;
        }
        let mut tests = Vec::new();
        for way in &it.when {
            let test = self.question((&step.node, step.line), &way.condition.tree)?;
            // A sure answer makes fewer ways: that is what one question after another does.
            if test.constant().is_some() {
                return None;
            }
            tests.push(test);
        }
        let id = self.id(&step.node);
        let begin = self.in_window;
        let mut after = true;
        let mut ways = Vec::new();
        for (test, way) in tests.into_iter().zip(&it.when) {
            self.in_window = begin;
            ways.push((test, self.block(&way.steps)));
            after &= self.in_window;
        }
        self.in_window = begin;
        let otherwise = self.block(&it.otherwise);
        self.in_window &= after;
        Some(Op {
            id,
            node: &step.node,
            line: step.line,
            act: Act::Choose { ways, otherwise },
        })
    }

    /// Ways that only send as filters on the messages; nothing where they do more, or ask more than
    /// filters can.
    fn flat_ways(&mut self, step: &'a Step, it: &'a Branch) -> Option<Vec<Op<'a>>> {
        let steps = it.when.iter().map(|way| &way.steps).chain([&it.otherwise]);
        let flat = steps.into_iter().all(|it| self.is_flat(it));
        let person = |way: &Arm1| Judge::of(&way.condition.tree) == Judge::Person;
        if !flat || !it.when.iter().all(person) {
            return None;
        }
        let mut tests = Vec::new();
        for way in &it.when {
            let test = self.question((&step.node, step.line), &way.condition.tree)?;
            if test.constant().is_some() {
                return None;
            }
            tests.push(test);
        }
        let outside = self.gates.len();
        let mut ops = Vec::new();
        for (way, test) in it.when.iter().zip(tests) {
            self.gates.push(test);
            ops.extend(self.block(&way.steps));
            // The next way is for those who did not go this one.
            if let Some(test) = self.gates.pop() {
                self.gates.push(test.negated());
            }
        }
        ops.extend(self.block(&it.otherwise));
        self.gates.truncate(outside);
        Some(ops)
    }

    /// Whether steps only send, so that filters on the messages can stand for a fork.
    pub(super) fn is_flat(&self, steps: &[Step]) -> bool {
        self.can(Ability::Gates, Way::Gated)
            && steps.iter().all(|step| match &step.does {
                Action::Send(it) => gate(it.only_if.as_ref(), it.unless.as_ref())
                    .is_none_or(|it| matches!(Judge::of(&it), Judge::Person | Judge::Anything)),
                Action::Touch(_) => true,
                _ => false,
            })
    }

    fn ways(&mut self, step: &'a Step, it: &'a Branch, ways: &'a [Arm1]) -> Vec<Op<'a>> {
        let Some((way, rest)) = ways.split_first() else {
            return self.block(&it.otherwise);
        };
        self.decide(
            step,
            (&way.condition.tree, false),
            &|lowering| lowering.block(&way.steps),
            &|lowering| lowering.ways(step, it, rest),
        )
    }

    /// Rounds written out one after another.
    fn repeat(&mut self, step: &'a Step, it: &'a Repeat) -> Vec<Op<'a>> {
        let most = self.target.can.limits.most_rounds;
        if it.times > most {
            let what = format!(
                "{} has no loops, and {} rounds are too many to write out",
                self.title(),
                it.times
            );
            let help = format!("use at most {most} `times`, or let the journey enter itself again");
            self.refuse((&step.node, step.line), what, &help);
            return Vec::new();
        }
        self.round(step, it, 1)
    }

    fn round(&mut self, step: &'a Step, it: &'a Repeat, number: u32) -> Vec<Op<'a>> {
        self.rounds += 1;
        let mut ops = self.block(&it.steps);
        self.rounds -= 1;
        if number >= it.times {
            return ops;
        }
        let wait = Wait {
            duration: it.every.clone(),
            zone: "contact".to_owned(),
            ..Wait::default()
        };
        ops.extend(self.pause(step, &wait, &it.steps, &format!("{}-every", step.node)));
        match &it.until {
            None => ops.extend(self.round(step, it, number + 1)),
            Some(until) => ops.extend(self.decide(
                step,
                (&until.tree, false),
                &|_| Vec::new(),
                &|lowering| lowering.round(step, it, number + 1),
            )),
        }
        ops
    }
}

/// What `if` and `unless` of a touchpoint ask together.
pub(super) fn gate(only_if: Option<&Condition>, unless: Option<&Condition>) -> Option<Expr> {
    let unless = unless.map(|it| Expr::Not {
        of: Box::new(it.tree.clone()),
    });
    match (only_if.map(|it| it.tree.clone()), unless) {
        (Some(a), Some(b)) => Some(Expr::And { of: vec![a, b] }),
        (a, b) => a.or(b),
    }
}
