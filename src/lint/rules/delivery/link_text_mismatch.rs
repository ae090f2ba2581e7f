use crate::lint::addresses::{Address, addresses};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::{covers, host, of_brand};
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    LinkTextMismatch, id: "link-text-mismatch", group: Delivery, level: Error, docs: "link_text_mismatch.md"
}

/// Last parts of names by which a text without `https://` is taken for an address.
const ENDS: [&str; 22] = [
    "com", "org", "net", "eu", "de", "at", "ch", "uk", "ie", "fr", "es", "it", "nl", "be", "pl",
    "se", "us", "ca", "io", "shop", "store", "example",
];

impl Rule for LinkTextMismatch {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in addresses(letter).into_iter().filter(|it| it.is_link) {
            let text = it.element.text();
            let Some((said, leads)) = differing(cx, &it, &text) else {
                continue;
            };
            out.fail(cx.place_of(letter, &text), format!("the link says `{said}` and leads to `{leads}`"))
                .label("what people read")
                .subject(&*said)
                .why("that is how stolen passwords begin: mail programs warn of the mail, and people learn not to trust it")
                .help(format!("let the text and the link name the same place: `{leads}`, or words such as \"Your order\""));
        }
    }
}

/// What a link says and where it leads, if these are two places.
fn differing(cx: &LintContext<'_>, link: &Address<'_>, text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_end_matches(['.', ',', ')']);
    if let Some(address) = link.text.strip_prefix("mailto:") {
        let leads = address.split('?').next().unwrap_or_default().to_lowercase();
        let said = text.to_lowercase();
        let is_address =
            |it: &str| it.contains('@') && !it.contains(char::is_whitespace) && it.is_ascii();
        return (is_address(&said) && is_address(&leads) && said != leads).then_some((said, leads));
    }
    let leads = link.host()?;
    let said = named(text)?;
    let own = of_brand(cx.project());
    let is_own = |it: &str| own.iter().any(|own| covers(own, it));
    // Two addresses of the brand's are no disguise, though one might ask.
    let is_same =
        covers(&said, &leads) || covers(&leads, &said) || (is_own(&said) && is_own(&leads));
    (!is_same).then_some((said, leads))
}

/// The host that a text names, if the text is an address and nothing else.
fn named(text: &str) -> Option<String> {
    if text.contains(char::is_whitespace) || text.contains('@') {
        return None;
    }
    if text.contains("://") {
        return host(text);
    }
    let name = host(&format!("https://{text}"))?;
    let labels: Vec<&str> = name.split('.').collect();
    let last = labels.last()?;
    let is_name = labels.len() > 1 && labels.iter().all(|it| !it.is_empty());
    (is_name && (name.starts_with("www.") || ENDS.contains(last))).then_some(name)
}
