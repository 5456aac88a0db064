//! Where packs are kept, and the one form in which they travel. What is in a pack is not known here.

pub mod archive;
