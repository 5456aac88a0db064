//! A live account as a document like any other, and what it adds to a posture that was read elsewhere.

use super::resource::Document;
use crate::domain::posture::Posture;
use crate::domain::snapshot::Snapshot;

/// The account's resources.
pub fn read(_snapshot: &Snapshot) -> Document {
    Document::default()
}

/// Fills in what a source cannot see of the existing things that it names.
pub fn enrich(_posture: &mut Posture, _snapshot: &Snapshot) {}
