//! What a spec means where it does not say, and what its numbers may be.

use super::wire;

/// What CloudWatch Logs accepts. Source: CloudWatch Logs API Reference, PutRetentionPolicy.
pub const RETENTION_DAYS: &[i64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// A year: long enough to look back at an incident, and what auditors ask for.
pub(super) const DEFAULT_RETENTION_DAYS: i64 = 365;

/// What is written when the spec does not say.
pub const DEFAULT_TARGETS: &[&str] = &["terraform", "cloudformation"];

/// The targets that the spec names, or all that there are.
pub(super) fn targets(output: &wire::Output) -> Vec<String> {
    match &output.targets {
        Some(targets) => targets
            .iter()
            .map(|target| target.get_ref().clone())
            .collect(),
        None => DEFAULT_TARGETS
            .iter()
            .map(|target| (*target).to_owned())
            .collect(),
    }
}
