//! How long a small text may be worked on. What counts is time of the processor, in units of what a real project costs on this
//! machine and in this build: a slow or busy machine makes both longer, and only work without end goes past it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rdsproxy_gen::commands::read_back;
use rdsproxy_gen::render::TARGETS;

use crate::examples::{blueprint, examples, rendered};

/// How many real projects may be read in the time that one small text takes.
const PROJECTS: u32 = 1000;

/// Where the system does not tell what a thread took, others' work counts as well.
const ON_THE_WALL: u32 = 10;

/// The time of the processor that this thread has had, where the system tells.
fn of_thread() -> Option<Duration> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = statistics.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// What the work gives, and what it took.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (before, began) = (of_thread(), Instant::now());
    let given = work();
    let took = match (before, of_thread()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => began.elapsed() / ON_THE_WALL,
    };
    (given, took)
}

/// What nothing small may take.
pub(crate) fn patience() -> Duration {
    static PATIENCE: OnceLock<Duration> = OnceLock::new();
    *PATIENCE.get_or_init(|| {
        let files = rendered(&blueprint(&examples()["mysql-two-users"]));
        let read = || {
            for target in TARGETS {
                read_back::posture(target.id, &files).unwrap();
            }
        };
        let tries = (0..5).map(|_| measured(read).1);
        tries.min().unwrap_or_default() * PROJECTS
    })
}
