use crate::lint::commercial::adverts;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::model::Journey;
use crate::source::Span;

rule! {
    JurisdictionUndeclared, id: "jurisdiction-undeclared", group: Consent, level: Warning,
    docs: "jurisdiction_undeclared.md"
}

impl Rule for JurisdictionUndeclared {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let project = cx.project();
        if !project.jurisdictions.is_empty() || !cx.is_whole() {
            return;
        }
        let open = cx
            .journeys()
            .filter(|it| it.jurisdictions.is_empty() && !adverts(it).is_empty());
        let open: Vec<&Journey> = open.collect();
        let Some(first) = open.first() else {
            return;
        };
        let label = match open.len() {
            1 => "sends commercial mail".to_owned(),
            it => format!("sends commercial mail, as do {} more journeys", it - 1),
        };
        let top = Span::start_of(project.brand.name.span.file);
        out.fail(top, "nobody says which law applies to the mail")
            .related(first.span(), label)
            .why("what is allowed in one country costs a fine in another, and no rule can tell which it is")
            .help("write `jurisdictions: [uk, eu]`: the areas that mail is sent to");
    }
}
