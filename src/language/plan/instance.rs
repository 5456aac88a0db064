//! An instance of a resource, as a plan or a state holds it.

use serde_json::Value as Json;

/// One instance of a resource or data source.
#[derive(Clone, Debug)]
pub(super) struct PlanInstance<'j> {
    pub(super) address: String,
    /// The type of the resource, such as `aws_db_proxy` or `data.aws_vpc`.
    pub(super) kind: String,
    pub(super) values: &'j Json,
    /// The values that are known only after apply.
    pub(super) unknown: Option<&'j Json>,
    /// The values that are marked as sensitive.
    pub(super) sensitive: Option<&'j Json>,
}

impl PlanInstance<'_> {
    /// Returns an attribute that is a non-empty text.
    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        let text = self.values.get(attribute)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }
}
