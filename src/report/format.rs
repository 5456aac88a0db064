//! A format of a report, whatever is reported: its id, its reader, and the function that renders it.

/// A format in which a report can be written; `R` renders it.
#[derive(Debug)]
pub struct Format<R> {
    /// The id for `--format`.
    pub id: &'static str,
    /// The intended reader, for the help.
    pub about: &'static str,
    /// The renderer. Only the `write` of its report calls it, so that no format receives a secret.
    pub(super) render: R,
}

impl<R> Format<R> {
    /// Returns the format of a table that has this id.
    pub fn by_id<'f>(formats: &'f [Self], id: &str) -> Option<&'f Self> {
        formats.iter().find(|format| format.id == id)
    }

    /// Returns the ids of a table, each with its intended reader.
    pub fn listed(formats: &[Self]) -> impl Iterator<Item = (&'static str, &'static str)> {
        formats.iter().map(|format| (format.id, format.about))
    }
}
