//! What is being read, for whoever waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many calls are known to be needed, how many were answered, and what the last one is about.
#[derive(Debug, Default)]
pub struct Progress {
    wanted: AtomicUsize,
    answered: AtomicUsize,
    about: Mutex<String>,
}

impl Progress {
    /// One more call is needed.
    pub fn want(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
    }

    /// One begins, about a field of the snapshot.
    pub fn begin(&self, field: &str) {
        let mut about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        *about = field.replace('_', " ");
    }

    /// One was answered, or given up.
    pub fn answer(&self) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }

    /// `reading the account: secrets, 180 of 2004 calls`.
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
