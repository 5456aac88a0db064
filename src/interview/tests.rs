//! Scripted interviews.
