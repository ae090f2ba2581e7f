use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};

rule! {
    SecretInRepo, id: "secret-in-repo", group: Privacy, level: Error, docs: "secret_in_repo.md"
}

impl Rule for SecretInRepo {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        for secret in cx.secrets() {
            out.fail(secret.span, format!("this looks like {}", secret.what))
                .conceal()
                .label("everybody who can read the repository can use it")
                .why("with it, a stranger can write to all customers in our name, or take their data")
                .help("make a new one at the provider and switch this one off, then keep it outside of the repository");
        }
    }
}
