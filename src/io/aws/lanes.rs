//! How fast each service is called: at once, until it throttles; then no faster than it lets.
//!
//! AWS throttles by account, region and service, so that calls to one service say nothing of another. The SDK repeats a throttled call
//! by itself; without this, ten others would be sent meanwhile, and its allowance of repetitions would be used up for all.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Between two calls after the first that was throttled.
const FIRST: Duration = Duration::from_millis(50);

/// Never longer: a call that is throttled for ever may not keep the others for ever.
const LONGEST: Duration = Duration::from_secs(1);

/// Shorter than this is no interval.
const SHORTEST: Duration = Duration::from_millis(5);

/// Ten calls that are throttled at once say the same thing once.
const SAME: Duration = Duration::from_millis(200);

/// What each answer takes off the interval.
const FASTER: f64 = 0.98;

#[derive(Debug)]
struct Lane {
    interval: Duration,
    /// When the next call may begin.
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

    /// When a call to this service may begin.
    pub(super) fn turn(&self, service: &str) -> Instant {
        self.lane(service, |lane| {
            let turn = lane.next.max(Instant::now());
            lane.next = turn + lane.interval;
            turn
        })
    }

    /// A call had to be repeated.
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

    /// A call was answered.
    pub(super) fn faster(&self, service: &str) {
        self.lane(service, |lane| {
            let interval = lane.interval.mul_f64(FASTER);
            lane.interval = match interval < SHORTEST {
                true => Duration::ZERO,
                false => interval,
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
