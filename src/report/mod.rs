//! What a report looks like. Floor 1: pure, a report in, text out.

pub mod review;
