//! What an account adds to a posture that was read from a source: only where the source shows nothing.

use crate::domain::posture::Posture;
use crate::source::resource::Document;

/// Fills in what a source cannot see of the existing things that it names.
pub fn enrich(_posture: &mut Posture, _account: &Document) {}
