//! Whether everybody can read it.

mod alt_missing;
mod alt_useless;
mod animation_flash;
mod colour_only_meaning;
mod contrast;
mod hard_on_the_eye;
mod heading_order;
mod link_name;
mod tap_target;
mod text_too_small;
mod vml_alt;
mod vml_link;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &alt_missing::AltMissing,
    &alt_useless::AltUseless,
    &animation_flash::AnimationFlash,
    &colour_only_meaning::ColourOnlyMeaning,
    &contrast::Contrast,
    &hard_on_the_eye::HardOnTheEye,
    &heading_order::HeadingOrder,
    &link_name::LinkName,
    &tap_target::TapTarget,
    &text_too_small::TextTooSmall,
    &vml_alt::VmlAlt,
    &vml_link::VmlLink,
];
