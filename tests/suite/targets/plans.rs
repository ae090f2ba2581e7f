//! The plan of the torture project for each target: what is lost, what is refused, what people do.

use journeyc::target;

use super::{PROJECTS, export};
use crate::snapshot;

/// Every target says what it does with every journey, and every step that changes has its line.
#[test]
fn every_target_says_what_it_loses() {
    for target in target::ALL {
        for project in PROJECTS {
            let name = target.name();
            let export = export(project, name);
            let wrong: Vec<_> = export
                .findings
                .iter()
                .filter(|it| {
                    !target::RULES.contains(&it.rule)
                        || it.primary.span.start == it.primary.span.end
                })
                .collect();
            assert!(wrong.is_empty(), "{name} points at nothing: {wrong:?}");
            let path = format!("{name}/prod/plan.md");
            let plan = export.artifacts.iter().find(|it| it.0 == path);
            let plan = plan.unwrap_or_else(|| panic!("{name} writes no plan for {project}"));
            let plan = String::from_utf8(plan.1.to_vec()).unwrap();
            let path = format!("tests/cases/targets/plans/{project}/{name}.md");
            snapshot::assert(&path, &plan);
        }
    }
}
