use crate::lint::buttons::is_button;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Element, VALUE};
use crate::model::{Ask, Purpose};

rule! {
    TooManyCtas, id: "too-many-ctas", group: Message, level: Warning, docs: "too_many_ctas.md",
    limit: Limit::Number(1.0, &[])
}

/// More links than these make a list of links.
const LINKS: usize = 12;

impl Rule for TooManyCtas {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        // A newsletter has a button for each story, and a scale one for each answer.
        let is_scale = |it: Ask| {
            matches!(
                it,
                Ask::Nps | Ask::Ces | Ask::Csat | Ask::Review | Ask::Survey
            )
        };
        let is_exempt = letter.purposes().any(|it| it == Purpose::Newsletter)
            || letter
                .sent_by
                .iter()
                .any(|it| it.send.asks.is_some_and(|it| is_scale(it.value)));
        if is_exempt {
            return;
        }
        let links: Vec<Element<'_>> = letter
            .tree()
            .links()
            .filter(|it| !it.is_hidden() && is_way(*it))
            .collect();
        let buttons = seen_together(links.iter().copied().filter(|it| is_button(*it)));
        #[allow(clippy::cast_precision_loss, reason = "there are few buttons")]
        let limit_of = |count: usize| count as f64;
        let limit = cx.number(self.info());
        if limit_of(buttons.len()) > limit {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a threshold is never negative"
            )]
            let extra = buttons
                .get(limit as usize)
                .map(|it| it.text())
                .unwrap_or_default();
            let place = cx.place_of_link(letter, &extra);
            out.fail(place, format!("the mail has {} buttons", buttons.len()))
                .label(format!("\"{extra}\" is one too many"))
                .subject(&*letter.template.name)
                .why("people who are asked for two things at once do neither")
                .help("keep the button that the mail is for, and make links in the text of the others");
            return;
        }
        let links = seen_together(links.into_iter());
        if links.len() > LINKS {
            out.fail(letter.span(), format!("the mail has {} links", links.len()))
                .label(format!("more than {LINKS}, without those of providers"))
                .subject(&*letter.template.name)
                .why("people cannot tell which of them is meant for them")
                .help(
                    "keep the links that help with what the mail is for; a page can hold the rest",
                );
        }
    }
}

/// Whether a link leads to a page of ours: the provider's own links are values alone.
fn is_way(link: Element<'_>) -> bool {
    let href = link.attribute("href").unwrap_or_default().trim();
    let is_own = ["mailto:", "tel:", "sms:", "#"];
    !is_own.iter().any(|it| href.starts_with(it)) && (is_button(link) || href != VALUE.to_string())
}

/// The links that one person may see together, each target once.
fn seen_together<'t>(links: impl Iterator<Item = Element<'t>>) -> Vec<Element<'t>> {
    let mut chosen: Vec<Element<'t>> = Vec::new();
    for link in links {
        let is_known = chosen
            .iter()
            .any(|it| leads_to_the_same(*it, link) || it.excludes(link));
        if !is_known {
            chosen.push(link);
        }
    }
    chosen
}

/// Two values look alike, so the words decide where there is one in the address.
fn leads_to_the_same(one: Element<'_>, other: Element<'_>) -> bool {
    let href = one.attribute("href").unwrap_or_default();
    let is_same = Some(href) == other.attribute("href");
    is_same && (!href.contains(VALUE) || one.text() == other.text())
}
