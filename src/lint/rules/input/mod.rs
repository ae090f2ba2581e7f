//! Files that cannot be understood. The stages that read them report these; here each has its page.

use crate::diagnostic::RuleId;
use crate::lint::rule::{Described, Group, Rule, RuleInfo};
use crate::model::RuleLevel;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &problem("duplicate-journey", include_str!("duplicate_journey.md")),
    &problem("duplicate-key", include_str!("duplicate_key.md")),
    &problem("duplicate-step-id", include_str!("duplicate_step_id.md")),
    &problem("invalid-condition", include_str!("invalid_condition.md")),
    &problem("invalid-value", include_str!("invalid_value.md")),
    &problem("invalid-yaml", include_str!("invalid_yaml.md")),
    &problem("missing-key", include_str!("missing_key.md")),
    &problem("template-syntax", include_str!("template_syntax.md")),
    &problem("template-variable", include_str!("template_variable.md")),
    &problem("too-large", include_str!("too_large.md")),
    &problem("type-mismatch", include_str!("type_mismatch.md")),
    &problem("unknown-attribute", include_str!("unknown_attribute.md")),
    &problem("unknown-event", include_str!("unknown_event.md")),
    &problem("unknown-journey", include_str!("unknown_journey.md")),
    &problem("unknown-key", include_str!("unknown_key.md")),
    &problem("unknown-locale", include_str!("unknown_locale.md")),
    &problem("unknown-persona", include_str!("unknown_persona.md")),
    &problem("unknown-property", include_str!("unknown_property.md")),
    &problem("unknown-rule", include_str!("unknown_rule.md")),
    &problem("unknown-sender", include_str!("unknown_sender.md")),
    &problem("unknown-step", include_str!("unknown_step.md")),
    &problem("unknown-step-kind", include_str!("unknown_step_kind.md")),
    &problem("unknown-target", include_str!("unknown_target.md")),
    &problem("unknown-template", include_str!("unknown_template.md")),
    &problem("unreadable-file", include_str!("unreadable_file.md")),
    &problem("unsupported-yaml", include_str!("unsupported_yaml.md")),
    &problem("wrong-type", include_str!("wrong_type.md")),
];

const fn problem(id: &'static str, docs: &'static str) -> Described {
    Described(RuleInfo {
        id: RuleId(id),
        group: Group::Input,
        level: RuleLevel::Error,
        limit: None,
        docs,
    })
}
