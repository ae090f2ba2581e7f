//! Links that only some providers make.

use journeyc::diagnostic::Sink;
use journeyc::dialect::{self, Reserved, Surface};
use journeyc::source::Sources;
use journeyc::template::{Library, compile};

use super::corpus;

#[test]
fn whether_there_is_a_link_is_answered_by_the_provider() {
    let workspace = corpus::workspace();
    let compilation = journeyc::compile(&workspace);
    let shape = corpus::shape(corpus::program(&compilation));
    for (name, link) in [
        ("web_view", Reserved::WebView),
        ("preferences", Reserved::Preferences),
        ("unsubscribe", Reserved::Unsubscribe),
    ] {
        let mut sources = Sources::default();
        sources.add(
            "t.html",
            format!("{{% if links.{name} and not false %}}yes{{% else %}}no{{% endif %}}"),
        );
        let mut sink = Sink::default();
        let library = Library::parse(&sources, "", &["en"], &mut sink);
        let template = compile(&library, "t", "en", &corpus::statics(), &mut sink).unwrap();
        for dialect in dialect::ALL {
            let printed = dialect
                .print(&template.body, Surface::Html, &shape, &mut sink)
                .map(|it| it.text);
            // Nobody does without a way to leave.
            let is_made = dialect.reserved(link).is_some() || link == Reserved::Unsubscribe;
            let expected = if is_made { "yes" } else { "no" };
            assert_eq!(printed.as_deref(), Some(expected), "{}", dialect.name());
        }
    }
}
