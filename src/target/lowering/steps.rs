//! Each kind of step in the words of the target, except waits.

use super::program::{Act, Arm, Op, Test};
use super::questions::Judge;
use super::{Ability, Lowering, Way};
use crate::manifest::{
    Action, Branch, Condition, Expr, Repeat, Send, Split, Step, Task, Touch, Wait, Way as Arm1,
};

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

    fn task(&mut self, step: &'a Step, it: &'a Task) -> Vec<Op<'a>> {
        let Some(to) = self.told(step, it) else {
            return Vec::new();
        };
        let work = |lowering: &mut Self| {
            let to = to.clone();
            vec![lowering.op(step, Act::Task { task: it, to })]
        };
        match gate(it.only_if.as_ref(), it.unless.as_ref()) {
            None => work(self),
            Some(expr) => self.decide(step, (&expr, false), &work, &|_| Vec::new()),
        }
    }

    /// Whom a task reaches: nobody said where the target has tasks; nothing where nobody is told.
    #[expect(
        clippy::option_option,
        reason = "told, and told by whom, are two questions"
    )]
    fn told(&mut self, step: &'a Step, it: &'a Task) -> Option<Option<String>> {
        let way = self.target.can.way(Ability::Tasks);
        if way == Way::Native {
            return Some(None);
        }
        let owner = it.owner.as_deref();
        if let Some(owner) = owner.filter(|_| way == Way::Alerted)
            && self.job.account.id("alerts", owner).is_some()
        {
            return Some(Some(self.ledger.id(&self.job, "alerts", owner, &step.node)));
        }
        let title = it.title.as_deref().unwrap_or(&step.node);
        let name = owner.unwrap_or("OWNER");
        let team = owner.unwrap_or("a person");
        let (help, cure) = if way == Way::Alerted {
            (
                format!(
                    "add the mail address of the team to `targets.{}.environments.{}.ids.alerts.{name}`",
                    self.target.name, self.job.account.name
                ),
                format!(", or add an address under `ids.alerts.{name}` and export again"),
            )
        } else {
            (
                "let the system in which the team works watch the same events".to_owned(),
                String::new(),
            )
        };
        let what = format!(
            "{} has no tasks, so nobody is told of `{}`",
            self.title(),
            step.node
        );
        let why = "the customer waits for somebody who does not know that it is their turn";
        self.lose(step, what, why, &help);
        self.ledger.by_hand(format!(
            "`{}` ({}): {team} does this: {title}. Set up the reminder outside of {}{cure}.",
            step.node,
            it.channel.word(),
            self.title(),
        ));
        None
    }

    /// A touchpoint of another system: nothing to do here.
    fn touch(&mut self, step: &Step, it: &Touch) {
        let what = it.title.as_deref().unwrap_or(&step.node);
        let by = it.by.as_deref().unwrap_or("another system");
        let headline = format!(
            "{} does not make the {} touch `{}`",
            self.title(),
            it.channel.word(),
            step.node
        );
        let why = "it reaches the customer only if the other system does it on time";
        self.lose(
            step,
            headline,
            why,
            "make sure that the other system acts on the same event",
        );
        self.ledger.by_hand(format!(
            "`{}` ({}): tell {by} to do this: {what}. {} takes no part in it.",
            step.node,
            it.channel.word(),
            self.title(),
        ));
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

    fn split(&mut self, step: &'a Step, it: &'a Split) -> Vec<Op<'a>> {
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

    pub(super) fn set(
        &mut self,
        step: &'a Step,
        attribute: &str,
        value: &serde_json::Value,
    ) -> Vec<Op<'a>> {
        match self.target.can.way(Ability::SetAttribute) {
            Way::Native => {
                let act = Act::Set {
                    attribute: attribute.to_owned(),
                    value: value.clone(),
                };
                vec![self.op(step, act)]
            }
            Way::ByHand => {
                let what = format!("{} does not write `{attribute}`", self.title());
                let why = "what asks for it later gets the old answer";
                self.lose(
                    step,
                    what,
                    why,
                    "let the shop write it when the same event comes",
                );
                self.ledger.by_hand(format!(
                    "`{attribute}`: let the shop set it to {value} when people come to line {}.",
                    step.line
                ));
                Vec::new()
            }
            _ => {
                let what = format!("{} cannot write `{attribute}`", self.title());
                self.refuse(
                    (&step.node, step.line),
                    what,
                    "let the shop write it when the same event comes",
                );
                Vec::new()
            }
        }
    }

    fn enter(&mut self, step: &'a Step, journey: &'a str) -> Vec<Op<'a>> {
        let way = self.target.can.way(Ability::EnterJourney);
        let name = format!("enter-{journey}");
        if way == Way::Native {
            return vec![self.named(
                &name,
                step,
                Act::Enter {
                    journey,
                    list: None,
                },
            )];
        }
        if way == Way::Listed && self.job.account.id("lists", journey).is_some() {
            let list = self.ledger.id(&self.job, "lists", journey, &step.node);
            let what = format!(
                "{} cannot start `{journey}`, so the person is put on its list",
                self.title()
            );
            let why = "the other journey begins only if it listens to the list";
            let help = format!(
                "let `{journey}` start from the list as well, or from a copy with that trigger"
            );
            self.lose(step, what, why, &help);
            self.ledger.by_hand(format!(
                "`enter: {journey}`: make a copy of `{journey}` whose trigger is being added to the list `{list}`.",
            ));
            let act = Act::Enter {
                journey,
                list: Some(list),
            };
            return vec![self.named(&name, step, act)];
        }
        let help = if way == Way::Listed {
            format!(
                "add the list that stands for it to `targets.{}.environments.{}.ids.lists.{journey}`",
                self.target.name, self.job.account.name
            )
        } else {
            format!("let the shop send the event that starts `{journey}`")
        };
        let what = format!(
            "{} cannot start `{journey}`, so nobody enters it from here",
            self.title()
        );
        self.lose(
            step,
            what,
            "the messages of the other journey never come",
            &help,
        );
        self.ledger.by_hand(format!(
            "`enter: {journey}`: start `{journey}` yourself for people who come to line {}.",
            step.line
        ));
        Vec::new()
    }
}

/// What `if` and `unless` of a touchpoint ask together.
fn gate(only_if: Option<&Condition>, unless: Option<&Condition>) -> Option<Expr> {
    let unless = unless.map(|it| Expr::Not {
        of: Box::new(it.tree.clone()),
    });
    match (only_if.map(|it| it.tree.clone()), unless) {
        (Some(a), Some(b)) => Some(Expr::And { of: vec![a, b] }),
        (a, b) => a.or(b),
    }
}
