//! Time limits for small texts. The processor time is measured in units of what a real project costs on this machine
//! and in this build: a slow or busy machine makes both longer, and only endless work exceeds the limit.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rdsproxy_gen::app::read_back;
use rdsproxy_gen::render::TARGETS;

use crate::generating::examples::{blueprint, examples, rendered};

/// The limit for a small text, in units of real projects.
const PROJECTS: u32 = 2000;

/// The divisor of the elapsed time if the system does not report the processor time of a thread: the elapsed time also
/// contains the work of other processes.
const ON_THE_WALL: u32 = 10;

/// The processor time of this thread, if the system reports it.
fn of_thread() -> Option<Duration> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = statistics.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Runs the work and returns its result and the time that it took.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (before, began) = (of_thread(), Instant::now());
    let given = work();
    let took = match (before, of_thread()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => began.elapsed() / ON_THE_WALL,
    };
    (given, took)
}

/// The time limit for a small text.
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
