//! Reads the current date. Only waivers need it, and no other module asks for it.
#![allow(clippy::disallowed_methods)]

use std::env;

use time::{Date, OffsetDateTime};

/// The environment variable that pins the current time, in seconds since 1970, so that runs are reproducible on any
/// day.
/// Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
const PINNED: &str = "SOURCE_DATE_EPOCH";

/// Returns today's date in UTC, or the date that `SOURCE_DATE_EPOCH` gives.
pub fn today() -> Date {
    let pinned = env::var(PINNED)
        .ok()
        .and_then(|seconds| seconds.trim().parse().ok())
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    pinned.unwrap_or_else(OffsetDateTime::now_utc).date()
}
