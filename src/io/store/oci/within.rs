//! Runs work with a time limit that holds even if the work blocks, for example in name resolution or in a credential
//! helper that prompts.
#![allow(clippy::disallowed_methods)]

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::io::store::waiting::WaitingNote;

/// The interval between checks.
const LOOK: Duration = Duration::from_millis(50);

/// Runs the work on another thread for as long as `allowed` permits. Returns `None` if it takes longer; the thread is
/// then left to itself.
pub(super) fn within<T: Send + 'static>(
    what: &str,
    allowed: impl Fn() -> Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        // There is no receiver if the work took too long.
        let _ = sender.send(work());
    });
    let mut shown = WaitingNote::new(what);
    let began = Instant::now();
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(done) => return Some(done),
            Err(RecvTimeoutError::Timeout) if began.elapsed() < allowed() => shown.look(),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_left() {
        let soon = || Duration::from_millis(100);
        assert_eq!(within("it", soon, || 1), Some(1));
        let began = Instant::now();
        let slow = || thread::sleep(Duration::from_secs(60));
        assert_eq!(within("it", soon, slow), None);
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
