use crate::lint::contact::helps;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hrefs::Href;
use crate::lint::letter::{Letter, SentBy};
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::is_link;
use crate::model::{Project, Purpose};
use crate::template::ir::Root;

rule! {
    NoCta, id: "no-cta", group: Message, level: Warning, docs: "no_cta.md"
}

/// What is sent so that people do something.
const ASKS: [Purpose; 8] = [
    Purpose::Offer,
    Purpose::CrossSell,
    Purpose::Abandonment,
    Purpose::WinBack,
    Purpose::FeedbackRequest,
    Purpose::AdvocacyAsk,
    Purpose::ConsentRequest,
    Purpose::SunsetNotice,
];

impl Rule for NoCta {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        // Where people are to answer, the answer is what they do.
        let asked = |it: &&SentBy<'_>| {
            let mut purposes = it.send.purpose.values();
            it.send.two_way != Some(true) && purposes.any(|it| ASKS.contains(&it))
        };
        let Some(by) = letter.sent_by.iter().find(asked) else {
            return;
        };
        let project = cx.project();
        let is_choice = |it| matches!(it, Purpose::ConsentRequest | Purpose::SunsetNotice);
        let may_choose = by.send.purpose.values().any(is_choice);
        let hrefs = letter.hrefs();
        if hrefs.iter().any(|it| leads_on(project, it))
            || may_choose
                && hrefs
                    .iter()
                    .any(|it| it.values.iter().any(|it| is_link(it, "preferences")))
        {
            return;
        }
        let mut purposes = by.send.purpose.values();
        let purpose = purposes.find(|it| ASKS.contains(it));
        let purpose = purpose.map_or("", Purpose::word);
        out.fail(
            letter.span(),
            format!("`{}` wants something, and gives no way to do it", letter.template.name),
        )
        .label(format!("sent for `{purpose}`, without a link that leads on"))
        .related(by.send.id.span, "the step that sends it")
        .subject(&*letter.template.name)
        .why("those who want to have to look for the page themselves, and most do not")
        .help("add one button that leads right there; if people are to answer, write `two_way: true` at the step");
    }
}

/// Whether a link leads to more than the brand's first page, its help, or the provider's own pages.
fn leads_on(project: &Project, href: &Href<'_>) -> bool {
    let target = href.text.trim().trim_end_matches('/');
    let mut is_own = false;
    for value in &href.values {
        value
            .expr
            .each_path(&mut |it| is_own |= it.root != Root::Link);
    }
    let is_front = target == project.brand.url.value.trim_end_matches('/');
    href.is_link
        && href.is_web()
        && (is_own || !target.is_empty() && !is_front && !helps(project, target))
}
