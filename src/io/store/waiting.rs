//! How long a place is waited for, and what a person sees of that. Whoever sends nothing is left after half a minute, and so is whoever
//! sends a byte now and then: what comes buys time only where it comes as fast as a slow line.
#![allow(clippy::disallowed_methods)]

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::io::terminal;

/// How long things may take, all in all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Without anything that comes.
    pub(super) idle: Duration,
    /// How many bytes buy another second.
    pub(super) rate: u64,
    /// What each answer buys: a list of versions takes some hundred short ones.
    pub(super) answer: Duration,
}

/// Ours: a pack has some kilobytes, and the slowest line of these days brings 64 of them in a second.
pub(super) const PATIENCE: Patience = Patience {
    idle: Duration::from_secs(30),
    rate: 64 * 1024,
    answer: Duration::from_millis(500),
};

impl Patience {
    /// The time for what came.
    pub(super) fn with(self, bytes: u64, answers: u32) -> Duration {
        let bought = Duration::from_secs(bytes / self.rate.max(1));
        self.idle + bought + self.answer * answers
    }
}

/// When somebody who reads is told what is waited for, and how often it is looked.
const SOON: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);

/// What is waited for, on standard error: a line that goes where that is a terminal, else a note.
pub(super) struct Shown<'w> {
    what: &'w str,
    began: Instant,
    bar: Option<ProgressBar>,
}

impl<'w> Shown<'w> {
    pub(super) fn new(what: &'w str) -> Self {
        Self {
            what,
            began: Instant::now(),
            bar: None,
        }
    }

    /// Shows how long it takes by now.
    pub(super) fn look(&mut self) {
        let waited = self.began.elapsed();
        if waited < SOON {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if bar.is_hidden() {
                // Where nobody listens, nothing can be said.
                let _ = terminal::note_once(&format!("waiting for {}\n", self.what));
            }
            bar
        });
        bar.set_message(format!("waiting for {}, {} s", self.what, waited.as_secs()));
        bar.tick();
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

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
    let mut shown = Shown::new(what);
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

    #[test]
    fn a_byte_now_and_then_buys_nothing() {
        let seconds = |bytes, answers| PATIENCE.with(bytes, answers).as_secs();
        assert_eq!(
            [seconds(0, 0), seconds(60_000, 0), seconds(0, 16)],
            [30, 30, 38]
        );
        assert_eq!(seconds(32 * 1024 * 1024, 0), 30 + 512);
    }
}
