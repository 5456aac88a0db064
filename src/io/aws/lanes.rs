//! Paces the calls to each service: without delay until the service throttles, then no faster than it permits.
//!
//! AWS throttles by account, region and service, so services are paced independently. The SDK retries a throttled call
//! by itself. Without pacing, ten other calls would be sent in the meantime and use up the SDK's shared retry quota.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The interval between two calls after the first throttled one.
const FIRST: Duration = Duration::from_millis(50);

/// The maximum interval. A call that is throttled forever must not block the others forever.
const LONGEST: Duration = Duration::from_secs(1);

/// The minimum interval. Anything shorter counts as no interval.
const SHORTEST: Duration = Duration::from_millis(5);

/// The time in which several throttled calls count as one, because calls in flight are throttled together.
const SAME: Duration = Duration::from_millis(200);

/// The factor by which each answer shortens the interval.
const FASTER: f64 = 0.98;

#[derive(Debug)]
struct Lane {
    interval: Duration,
    /// The earliest time for the next call.
    next: Instant,
    slowed: Option<Instant>,
}

/// The pace of each service, by the prefix of its actions.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: Mutex<BTreeMap<String, Lane>>,
}

impl Lanes {
    fn lane<T>(&self, service: &str, of: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        of(lanes.entry(service.to_owned()).or_insert_with(|| Lane {
            interval: Duration::ZERO,
            next: Instant::now(),
            slowed: None,
        }))
    }

    /// Returns the time at which the next call to this service may begin, and reserves it.
    pub(super) fn turn(&self, service: &str) -> Instant {
        self.lane(service, |lane| {
            let turn = lane.next.max(Instant::now());
            lane.next = turn + lane.interval;
            turn
        })
    }

    /// Slows a service down after a call had to be retried.
    pub(super) fn slower(&self, service: &str) {
        self.lane(service, |lane| {
            let now = Instant::now();
            if lane.slowed.is_some_and(|slowed| now < slowed + SAME) {
                return;
            }
            lane.slowed = Some(now);
            lane.interval = (lane.interval * 2).clamp(FIRST, LONGEST);
            lane.next = lane.next.max(now + lane.interval);
        });
    }

    /// Speeds a service up after a call was answered.
    pub(super) fn faster(&self, service: &str) {
        self.lane(service, |lane| {
            let interval = lane.interval.mul_f64(FASTER);
            lane.interval = if interval < SHORTEST {
                Duration::ZERO
            } else {
                interval
            };
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(lanes: &Lanes, service: &str) -> Duration {
        let before = Instant::now();
        lanes.turn(service);
        lanes.turn(service) - before
    }

    #[test]
    fn aws_only_the_service_that_throttles_is_called_more_slowly_and_faster_again() {
        let lanes = Lanes::default();
        assert!(waits(&lanes, "rds") < FIRST);
        for _ in 0..3 {
            lanes.slower("rds");
        }
        let slow = waits(&lanes, "rds");
        assert!(slow >= FIRST && slow < 4 * FIRST, "{slow:?}");
        assert!(waits(&lanes, "iam") < FIRST);
        for _ in 0..200 {
            lanes.faster("rds");
        }
        let interval = lanes.lane("rds", |lane| lane.interval);
        assert_eq!(interval, Duration::ZERO);
    }
}
