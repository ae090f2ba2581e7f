//! Personal data and secrets.

mod auth_link_shareable;
mod pii_in_url;
mod real_person_in_fixture;
mod secret_in_repo;
mod special_category_branch;
mod tracking_without_consent;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &auth_link_shareable::AuthLinkShareable,
    &pii_in_url::PiiInUrl,
    &real_person_in_fixture::RealPersonInFixture,
    &secret_in_repo::SecretInRepo,
    &special_category_branch::SpecialCategoryBranch,
    &tracking_without_consent::TrackingWithoutConsent,
];
