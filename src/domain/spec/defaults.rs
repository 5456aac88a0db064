//! The default values of a spec, and the values that its numbers may have.

use super::wire;

/// The retention periods that CloudWatch Logs accepts, in days. Source: CloudWatch Logs API Reference,
/// PutRetentionPolicy.
pub const RETENTION_DAYS: &[i64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// The default retention period in days. A year is long enough to investigate an incident, and is what auditors ask
/// for.
pub(super) const DEFAULT_RETENTION_DAYS: i64 = 365;

/// The targets that are generated if the spec lists none.
pub const DEFAULT_TARGETS: &[&str] = &["terraform", "cloudformation"];

/// Returns the targets that the spec lists, or [`DEFAULT_TARGETS`].
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
