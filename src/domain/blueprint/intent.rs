//! The intent in the common shape.
//!
//! It says what generated code says, and no more: what lies outside (a subnet's zone, the database's version) is not visible
//! here either. Whoever knows the account fills it in.

use crate::domain::posture::Posture;

use super::Blueprint;

impl Blueprint {
    /// What the generated code is to read as.
    pub fn posture(&self) -> Posture {
        Posture::default()
    }
}
