//! The progress of reading an account, for display.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counts the calls known to be needed and the answered ones, and names the subject of the latest call.
#[derive(Debug, Default)]
pub struct Progress {
    wanted: AtomicUsize,
    answered: AtomicUsize,
    about: Mutex<String>,
}

impl Progress {
    /// Counts one more needed call.
    pub fn want(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a call begins, for a field of the snapshot.
    pub fn begin(&self, field: &str) {
        let mut about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        *about = field.replace('_', " ");
    }

    /// Counts one more call that was answered or given up.
    pub fn answer(&self) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the progress as text, such as `reading the account: secrets, 180 of 2004 calls`.
    pub fn told(&self) -> String {
        let about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = self.answered.load(Ordering::Relaxed);
        let wanted = self.wanted.load(Ordering::Relaxed);
        match about.as_str() {
            "" => "reading the account".to_owned(),
            about => format!("reading the account: {about}, {answered} of {wanted} calls"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_counted_in_calls() {
        let progress = Progress::default();
        assert_eq!(progress.told(), "reading the account");
        for _ in 0..3 {
            progress.want();
        }
        progress.begin("kms_keys");
        progress.answer();
        assert_eq!(
            progress.told(),
            "reading the account: kms keys, 1 of 3 calls"
        );
    }
}
