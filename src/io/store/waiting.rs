//! How long a place is waited for, and what a person sees of that. Whoever sends nothing is left after half a minute, and so is whoever
//! sends a byte now and then: what comes buys time only where it comes as fast as a slow line.
#![allow(clippy::disallowed_methods)]

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

/// When somebody who reads is told what is waited for.
const SOON: Duration = Duration::from_secs(3);

/// What is waited for, on standard error: a line that goes where that is a terminal, else a note.
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
