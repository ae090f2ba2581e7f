//! Templates that nobody wrote: conditions, and whole templates of texts, values with filters,
//! choices, loops and variables, each made from a fixed seed.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::corpus::{Case, Origin};

const CONDITIONS: usize = 400;
const TEMPLATES: usize = 250;

fn runner(seed: u8) -> TestRunner {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    TestRunner::new_with_rng(Config::default(), rng)
}

/// One question in three arms.
pub(super) fn conditions() -> Vec<Case> {
    let mut runner = runner(7);
    let case = |n: usize| {
        let question = question().new_tree(&mut runner).unwrap().current();
        Case {
            name: format!("condition {n}/{question}"),
            body: format!(
                "{{% if {question} %}}yes{{% elif not {question} %}}no{{% else %}}both{{% endif %}}"
            ),
            subject: None,
            whole: false,
            origin: Origin::Generated { compares: true },
        }
    };
    (0..CONDITIONS).map(case).collect()
}

/// Whole templates.
pub(super) fn templates() -> Vec<Case> {
    let mut runner = runner(11);
    let case = |n: usize| {
        let trees = prop::collection::vec(tree(), 1..5);
        let trees = trees.new_tree(&mut runner).unwrap().current();
        let mut writer = Writer::default();
        writer.trees(&trees);
        Case {
            name: format!("random/{n}"),
            body: writer.out,
            subject: None,
            whole: false,
            origin: Origin::Generated {
                compares: writer.compares,
            },
        }
    };
    (0..TEMPLATES).map(case).collect()
}

/// A question, in Jinja.
fn question() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        Just("contact.first_name".to_owned()),
        Just("contact.vip".to_owned()),
        Just("contact.points".to_owned()),
        Just("event.tags".to_owned()),
        Just("contact.plan == 'pro'".to_owned()),
        Just("contact.plan != 'pro'".to_owned()),
        Just("contact.points > 0".to_owned()),
        Just("contact.points <= 12".to_owned()),
        Just("contact.plan < 'm'".to_owned()),
        Just("contact.plan in ['pro', 'free']".to_owned()),
        Just("'new' in event.tags".to_owned()),
        Just("contact.points is defined".to_owned()),
        Just("contact.points|default(3) > 2".to_owned()),
        Just("contact.plan|default('x')|upper == 'X'".to_owned()),
        Just("contact.vip == false".to_owned()),
        Just("contact.plan == contact.first_name".to_owned()),
        Just("contact.points < event.total".to_owned()),
    ];
    atom.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|it| format!("not ({it})")),
        ]
    })
}

/// The shape of a template; what each number stands for depends on what is known at its place.
#[derive(Debug, Clone)]
enum Tree {
    Text(usize),
    Out(usize, Vec<usize>),
    If(usize, Vec<Tree>, Option<(usize, Vec<Tree>)>, Vec<Tree>),
    For(usize, Vec<Tree>, Vec<Tree>),
    Set(usize, Vec<usize>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let filters = || prop::collection::vec(0..1000_usize, 0..3);
    let leaf = prop_oneof![
        2 => (0..1000_usize).prop_map(Tree::Text),
        3 => (0..1000_usize, filters()).prop_map(|(n, filters)| Tree::Out(n, filters)),
        1 => (0..1000_usize, filters()).prop_map(|(n, filters)| Tree::Set(n, filters)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..4);
        let ways = prop::option::of((0..1000_usize, body()));
        prop_oneof![
            (0..1000_usize, body(), ways, body()).prop_map(|(n, a, b, c)| Tree::If(n, a, b, c)),
            (0..1000_usize, body(), body()).prop_map(|(n, a, b)| Tree::For(n, a, b)),
        ]
    })
}

const TEXTS: [&str; 18] = [
    " ",
    "\n",
    "a",
    "<p>",
    "</p>\n",
    "Grüße & so ",
    "{{ '{{' }}",
    "{{ '{%' }}",
    "{{ '{' }}",
    "{{ '}' }}",
    "\\",
    "*|",
    "|*",
    "${x}",
    "\"'",
    "\n  \n",
    "👩‍🌾",
    "{{ '}}' }}",
];

const VALUES: [(&str, Kind); 14] = [
    ("contact.first_name", Kind::Text),
    ("contact.plan", Kind::Text),
    ("contact.email", Kind::Text),
    ("contact.points", Kind::Number),
    ("contact.vip", Kind::Boolean),
    ("contact.since", Kind::Date),
    ("event.note", Kind::Text),
    ("event.total", Kind::Number),
    ("event.gift", Kind::Boolean),
    ("event.due", Kind::Date),
    ("event.tags[0]", Kind::Text),
    ("event.lines[1].name", Kind::Text),
    ("event.lines[0].price", Kind::Number),
    ("contact.size", Kind::Text),
];

/// Lists, the kinds of their entries, and how to name what is printed of an entry.
const LISTS: [(&str, &[(&str, Kind)]); 5] = [
    ("event.tags", &[("", Kind::Text)]),
    ("event.amounts", &[("", Kind::Number)]),
    ("event.flags", &[("", Kind::Boolean)]),
    (
        "event.lines",
        &[
            (".name", Kind::Text),
            (".price", Kind::Number),
            (".note", Kind::Text),
            (".in_stock", Kind::Boolean),
            (".due", Kind::Date),
        ],
    ),
    ("event['line items']", &[("", Kind::Text)]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
    Date,
}

/// Writes the shape of a template in Jinja.
#[derive(Default)]
struct Writer {
    out: String,
    /// What is known besides the recipient: loop variables and set ones.
    known: Vec<(String, Kind)>,
    loops: usize,
    sets: usize,
    compares: bool,
}

impl Writer {
    fn trees(&mut self, trees: &[Tree]) {
        let known = self.known.len();
        for it in trees {
            self.tree(it);
        }
        // What was set inside is not known after: one arm may not set what another does.
        self.known.truncate(known);
    }

    fn tree(&mut self, tree: &Tree) {
        match tree {
            Tree::Text(n) => self.out.push_str(TEXTS[n % TEXTS.len()]),
            Tree::Out(n, filters) => {
                let (value, _) = self.value(*n, filters);
                let _ = write!(self.out, "{{{{ {value} }}}}");
            }
            Tree::Set(n, filters) => {
                let (value, kind) = self.value(*n, filters);
                self.sets += 1;
                let name = format!("v{}", self.sets);
                let _ = write!(self.out, "{{% set {name} = {value} %}}");
                self.known.push((name, kind));
            }
            Tree::If(n, yes, way, no) => {
                let question = self.question(*n);
                let _ = write!(self.out, "{{% if {question} %}}");
                self.trees(yes);
                if let Some((n, body)) = way {
                    let question = self.question(*n);
                    let _ = write!(self.out, "{{% elif {question} %}}");
                    self.trees(body);
                }
                self.out.push_str("{% else %}");
                self.trees(no);
                self.out.push_str("{% endif %}");
            }
            Tree::For(n, body, otherwise) => {
                let (list, fields) = LISTS[n % LISTS.len()];
                self.loops += 1;
                let var = format!("x{}", self.loops);
                let _ = write!(self.out, "{{% for {var} in {list} %}}");
                let known = self.known.len();
                self.known.push(("loop.index".to_owned(), Kind::Number));
                self.known.push(("loop.last".to_owned(), Kind::Boolean));
                for (field, kind) in fields {
                    self.known.push((format!("{var}{field}"), *kind));
                }
                self.trees(body);
                self.known.truncate(known);
                self.out.push_str("{% else %}");
                self.trees(otherwise);
                self.out.push_str("{% endfor %}");
            }
        }
    }

    fn plain(&self, n: usize) -> (String, Kind) {
        let all = VALUES.len() + self.known.len();
        // The newest are asked for most: they are what scopes go wrong about.
        let at = if n.is_multiple_of(2) && !self.known.is_empty() {
            self.known.len() - 1 - (n / 2 % self.known.len())
        } else {
            n / 2 % all
        };
        if let Some(it) = self.known.get(at) {
            return it.clone();
        }
        let (value, kind) = VALUES[(at - self.known.len()) % VALUES.len()];
        (value.to_owned(), kind)
    }

    fn value(&self, n: usize, filters: &[usize]) -> (String, Kind) {
        let (mut value, mut kind) = self.plain(n);
        for n in filters {
            let (filter, gives) = match (kind, n % 7) {
                (Kind::Text, 0) => ("upper", Kind::Text),
                (Kind::Text, 1) => ("lower", Kind::Text),
                (Kind::Text, 2) => ("title", Kind::Text),
                (Kind::Text, 3) => ("capitalize", Kind::Text),
                (Kind::Text, 4) => ("urlencode", Kind::Text),
                (Kind::Text, 5) => ("length", Kind::Number),
                (Kind::Text, _) => ("default('none & so')", Kind::Text),
                (Kind::Number, 0..=2) => ("default(7)", Kind::Number),
                (Kind::Date, 0..=4) => ("date('%-d %B %Y')", Kind::Text),
                _ => continue,
            };
            // A counter is never blank, and has no length.
            if value.starts_with("loop.") {
                continue;
            }
            let _ = write!(value, "|{filter}");
            kind = gives;
        }
        (value, kind)
    }

    fn question(&mut self, n: usize) -> String {
        let (value, kind) = self.plain(n / 3);
        // What an entry may lack is asked for only as Jinja asks: there is no whole recipient of it.
        let of_entry = value.starts_with('x');
        let question = match (kind, n % 3) {
            (_, 2) if of_entry => value,
            (Kind::Text, 1) => format!("{value} == 'pro'"),
            (Kind::Text, 2) => format!("'e' in {value}"),
            (Kind::Number, 1) => format!("{value} > 2"),
            (Kind::Number, 2) => format!("{value} == 0"),
            (Kind::Boolean, 1) => format!("not {value}"),
            (_, 2) => format!("{value} is defined"),
            _ => value,
        };
        self.compares |= !matches!((kind, n % 3), (_, 0) | (Kind::Boolean, 1));
        question
    }
}
