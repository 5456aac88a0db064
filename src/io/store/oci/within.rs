//! What is waited for no longer than is allowed, whatever it does: a library that resolves names, a helper that asks somebody.
#![allow(clippy::disallowed_methods)]

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::io::store::waiting::WaitingNote;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(50);

/// Does something beside everything else for as long as that is allowed. None where it takes longer: then it is left to itself.
pub(super) fn within<T: Send + 'static>(
    what: &str,
    allowed: impl Fn() -> Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        // Nobody listens any more where it took too long.
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
