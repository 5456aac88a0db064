//! Time limits for a place, and the progress note while waiting. A place that sends nothing is given up after half a
//! minute. So is one that sends a byte now and then: received data extends the limit only at the rate of a slow
//! connection.
#![allow(clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::io::terminal;

/// The limits for the total time of all requests to a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The time without any data.
    pub(super) idle: Duration,
    /// The number of bytes that extend the limit by one second.
    pub(super) rate: u64,
    /// The extension for each answer. A list of versions takes several hundred short ones.
    pub(super) answer: Duration,
}

/// The default limits. Our own: a pack has a few kilobytes, and even a slow connection today transfers 64 KiB per
/// second.
pub(super) const PATIENCE: Patience = Patience {
    idle: Duration::from_secs(30),
    rate: 64 * 1024,
    answer: Duration::from_millis(500),
};

impl Patience {
    /// Returns the time limit after this many bytes and answers.
    pub(super) fn with(self, bytes: u64, answers: u32) -> Duration {
        let bought = Duration::from_secs(bytes / self.rate.max(1));
        self.idle + bought + self.answer * answers
    }
}

/// The delay before the progress note is shown.
const SOON: Duration = Duration::from_secs(3);

/// A progress note on standard error: a line that disappears again on a terminal, otherwise a plain note.
pub(super) struct WaitingNote<'w> {
    what: &'w str,
    began: Instant,
    bar: Option<ProgressBar>,
}

impl<'w> WaitingNote<'w> {
    pub(super) fn new(what: &'w str) -> Self {
        Self {
            what,
            began: Instant::now(),
            bar: None,
        }
    }

    /// Updates the note with the time waited so far.
    pub(super) fn look(&mut self) {
        let waited = self.began.elapsed();
        if waited < SOON {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if bar.is_hidden() {
                // stderr may be closed; ignore the error.
                let _ = terminal::note_once(&format!("waiting for {}\n", self.what));
            }
            bar
        });
        bar.set_message(format!("waiting for {}, {} s", self.what, waited.as_secs()));
        bar.tick();
    }
}

impl Drop for WaitingNote<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
