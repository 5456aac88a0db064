//! What day it is: the one place that asks. Only waivers need it.
#![allow(clippy::disallowed_methods)]

use std::env;

use time::{Date, OffsetDateTime};

/// Seconds since 1970 that stand for now, for runs that must come out the same on any day.
/// Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
const PINNED: &str = "SOURCE_DATE_EPOCH";

/// Today in UTC, or the day that `SOURCE_DATE_EPOCH` names.
pub fn today() -> Date {
    let pinned = env::var(PINNED)
        .ok()
        .and_then(|seconds| seconds.trim().parse().ok())
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    pinned.unwrap_or_else(OffsetDateTime::now_utc).date()
}
