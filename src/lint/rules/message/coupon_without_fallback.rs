use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::{Project, Property, Table, Type};

rule! {
    CouponWithoutFallback, id: "coupon-without-fallback", group: Message, level: Error,
    docs: "coupon_without_fallback.md"
}

impl Rule for CouponWithoutFallback {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        if !any_coupon(cx.project()) {
            return;
        }
        let mut told = BTreeSet::new();
        for it in letter.used() {
            let own = &it.own;
            let is_coupon = it.property.is_some_and(|it| it.coupon);
            if !is_coupon || !own.printed || own.covered || !told.insert(own.span) {
                continue;
            }
            out.fail(own.span, format!("nothing is said where no `{}` is left", own.path))
                .subject(&*own.path)
                .label("prints nothing once all codes have been given away")
                .why("people read \"type  at the checkout\", try it, and feel cheated")
                .help(format!(
                    "put the sentence into `{{% if {0} %}}`, and say in the `{{% else %}}` how people get what was promised",
                    own.path.replace("[]", "")
                ));
        }
    }
}

/// Whether the project knows of any such code; cheap, so that most letters need no second look.
fn any_coupon(project: &Project) -> bool {
    let tables = project.events.values().map(|it| &it.properties);
    tables.chain([&project.contact]).any(holds_coupon)
}

fn holds_coupon(table: &Table<Property>) -> bool {
    table.values().any(|it| match &it.kind {
        Type::Objects(fields) => holds_coupon(fields),
        _ => it.coupon,
    })
}
