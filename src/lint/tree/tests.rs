#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::source::{FileId, Span};
use crate::template::ir::{Arm, Expr, Literal, Out, Test, if_node};

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn value() -> Node {
    Node::Out(Out {
        expr: Expr::Literal(Literal::None),
        escape: true,
        span: Span::start_of(FileId(0)),
    })
}

fn choice(yes: &str, no: &str) -> Node {
    let arm = Arm {
        test: Test::Truthy(Expr::Literal(Literal::None)),
        body: vec![text(yes)],
    };
    if_node(vec![arm], vec![text(no)], Span::start_of(FileId(0)))
}

fn first<'t>(tree: &'t Tree, name: &str) -> Element<'t> {
    tree.all().find(|it| it.name() == name).unwrap()
}

#[test]
fn elements_stand_in_one_another() {
    let page = "<html><head><title>no</title></head><body><p class=\"a b\">Tom &amp; <b>Je</b>rry\
         <br>x</p><p>y<img src=\"i\" alt=\"&lt;\"></p></body></html>";
    let tree = Tree::of(&[text(page)]);
    let paragraph = first(&tree, "p");
    assert_eq!(paragraph.text(), "Tom & Jerry x");
    assert_eq!(paragraph.own_text(), "Tom & rry x");
    assert_eq!(first(&tree, "body").text(), "Tom & Jerry x y");
    assert_eq!(first(&tree, "html").text(), "Tom & Jerry x y");
    assert_eq!(first(&tree, "img").attribute("alt"), Some("<"));
    let names = |it: Element<'_>| it.name().to_owned();
    let around: Vec<_> = first(&tree, "b").ancestors().map(names).collect();
    assert_eq!(around, ["p", "body", "html"]);
    let inside: Vec<_> = paragraph.inside().map(names).collect();
    assert_eq!(inside, ["b", "br"]);
    assert_eq!(first(&tree, "body").children().count(), 2);
}

#[test]
fn values_and_choices_are_told() {
    let page = [
        text("<body><a href=\"https://x.example/"),
        value(),
        text("\">Hi "),
        value(),
        text("</a>"),
        choice("<h1>One</h1>", "<h1 style=\"color:"),
        choice("red", "blue"),
        text("\">Two</h1><h2>Three</h2><p>Hel"),
        choice("lo", "p"),
        text("</p></body>"),
    ];
    let tree = Tree::of(&page);
    let link = tree.links().next().unwrap();
    assert_eq!(link.attribute("href"), Some("https://x.example/\u{FFFC}"));
    assert_eq!(link.text(), "Hi \u{FFFC}");
    let headings: Vec<_> = tree.named(&["h1"]).collect();
    assert!(!headings[0].excludes(first(&tree, "h2")));
    assert_eq!(headings[1].look(View::Light).colour, Paint::Unknown);
    assert_eq!(first(&tree, "p").text(), "Hello p");
    let page = [choice("<h1>a</h1>", "<h1>b</h1>"), text("<h1>c</h1>")];
    let tree = Tree::of(&page);
    let all: Vec<_> = tree.all().collect();
    assert!(all[0].excludes(all[1]) && all[1].excludes(all[0]));
    assert!(!all[0].excludes(all[2]) && !all[1].excludes(all[2]));
}

#[test]
fn looks_are_inherited() {
    let page = "<style>h1, .big { font-size: 25px; color: #1f4a37 } .big { color: red }\
         @media (prefers-color-scheme: dark) { .page { background: #111 !important; color: #eee } }\
         @media (max-width: 400px) { h1 { font-size: 9px } }</style>\
         <body class=\"page\" bgcolor=\"#f4f1ea\"><div style=\"font:bold 10pt/1.5 Arial;text-align:justify\">\
         <h1>a</h1><p style=\"font-size:150%;color:inherit;text-transform:uppercase\">b</p>\
         <span style=\"background:rgba(0,0,0,.5)\">c</span></div><p class=\"big\">d</p>\
         <table background=\"x.png\"><tr><td>e</td></tr></table><div style=\"display:none\"><i>f</i></div></body>";
    let tree = Tree::of(&[text(page)]);
    let look = |name| first(&tree, name).look(View::Light);
    assert_eq!(look("h1").size, Some(25.0));
    assert_eq!(look("h1").line_height(), Some(37.5));
    assert_eq!(look("p").size, Some(20.0));
    assert_eq!((look("p").weight, look("p").is_upper), (700, true));
    assert_eq!(look("p").align, Align::Justify);
    assert!(look("p").is_large() && !look("td").is_large());
    assert_eq!(look("p").colour, Paint::Default);
    let known = |rgb| Paint::Known(Colour::of(rgb));
    assert_eq!(look("h1").background, known(0x00f4_f1ea));
    assert_eq!(look("td").background, Paint::Unknown);
    let Paint::Known(half) = look("span").background else {
        panic!("{:?}", look("span"));
    };
    assert_eq!(half.to_string(), "#7a7975");
    assert!(first(&tree, "i").is_hidden() && !first(&tree, "td").is_hidden());
    assert_eq!(
        tree.named(&["p"]).nth(1).unwrap().style("color"),
        Some("red")
    );
    let dark = first(&tree, "h1").look(View::Dark);
    assert_eq!(
        (dark.background, dark.colour),
        (known(0x0011_1111), known(0x001f_4a37))
    );
    assert_eq!((tree.sheets().len(), tree.rules().len()), (1, 4));
}

#[test]
fn outlook_reads_another_page() {
    let page = "<body><!--[if mso | IE]><table><tr><td><![endif]--><p>a</p><!--[if mso | IE]></td></tr></table>\
         <![endif]--><!--[if mso]><v:rect href=\"x\"><center>b</center></v:rect><![endif]-->\
         <!--[if !mso]><!--><div>c</div><!--<![endif]--><!--[if lte mso 11]><hr><![endif]--><h1>d</h1></body>";
    let nodes = [text(page)];
    let names =
        |tree: &Tree| -> Vec<String> { tree.all().map(|it| it.name().to_owned()).collect() };
    assert_eq!(names(&Tree::of(&nodes)), ["body", "p", "div", "h1"]);
    let outlook = Tree::for_outlook(&nodes);
    assert_eq!(
        names(&outlook),
        ["body", "table", "tr", "td", "p", "v:rect", "center", "h1"]
    );
    assert_eq!(first(&outlook, "p").parent().unwrap().name(), "td");
    assert_eq!(first(&outlook, "h1").parent().unwrap().name(), "body");
}
