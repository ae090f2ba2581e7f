use std::collections::BTreeMap;

use crate::lint::addresses::{Address, addresses};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::{covers, own};
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::VALUE;

rule! {
    UtmInconsistent, id: "utm-inconsistent", group: Delivery, level: Warning, docs: "utm_inconsistent.md"
}

/// What says which mail a visit came from; one mail has one of each.
const OF_THE_MAIL: [&str; 3] = ["utm_source", "utm_medium", "utm_campaign"];

const WHY: &str =
    "the visits of one mail are counted as those of two, and nobody can tell what it was worth";

impl Rule for UtmInconsistent {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let owned = own(cx.project());
        let is_own = |it: &Address<'_>| {
            let host = it.host();
            it.is_link && host.is_some_and(|host| owned.iter().any(|own| covers(own, &host)))
        };
        let links: Vec<Address<'_>> = addresses(letter).into_iter().filter(is_own).collect();
        let policy: BTreeMap<&str, &str> = letter
            .template
            .link_parameters
            .pairs
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for link in &links {
            for (name, value) in parameters(&link.text) {
                let place = || cx.place_of(letter, &format!("{name}={value}"));
                if let Some(wanted) = policy.get(name) {
                    if *wanted != value {
                        let rule = cx
                            .project()
                            .policy
                            .link_parameters
                            .keys()
                            .find(|it| *it.value == *name);
                        let finding = out
                            .fail(
                                place(),
                                format!(
                                    "a link says `{name}={value}`, and the policy says `{wanted}`"
                                ),
                            )
                            .label("written by hand")
                            .subject(format!("{name}={value}"))
                            .why(WHY)
                            .help(format!(
                                "remove `{name}` from the link: it is added by itself"
                            ));
                        if let Some(rule) = rule {
                            finding.related(rule.span, "added to every link");
                        }
                    }
                } else if OF_THE_MAIL.contains(&name) {
                    let known = *first.entry(name).or_insert(value);
                    if known != value {
                        out.fail(
                            place(),
                            format!("one link says `{name}={known}`, another `{name}={value}`"),
                        )
                        .label("the other")
                        .subject(format!("{name}={value}"))
                        .why(WHY)
                        .help(
                            "write the same everywhere, or say it once in `policy.link_parameters`",
                        );
                    }
                }
            }
        }
    }
}

/// The parameters of an address whose values are known.
fn parameters(address: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = address.split('#').next().unwrap_or_default();
    let query = query.split_once('?').map_or("", |it| it.1);
    let pairs = query.split('&').filter_map(|it| it.split_once('='));
    pairs.filter(|(_, value)| !value.contains(VALUE))
}
