//! An instance of a resource as a plan or a state holds it.

use serde_json::Value as Json;

/// One instance of a resource or data source.
#[derive(Clone, Debug)]
pub(super) struct PlanInstance<'j> {
    pub(super) address: String,
    /// `aws_db_proxy`, `data.aws_vpc`.
    pub(super) kind: String,
    pub(super) values: &'j Json,
    /// What is known only after apply.
    pub(super) unknown: Option<&'j Json>,
    /// What must not be shown.
    pub(super) sensitive: Option<&'j Json>,
}

impl PlanInstance<'_> {
    /// An attribute that is text and not empty.
    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        let text = self.values.get(attribute)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }
}
