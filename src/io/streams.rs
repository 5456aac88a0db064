//! Detects if a standard stream was closed when the program started. Before `main`, Rust opens `/dev/null` in its
//! place, where a result would be lost silently. Later, this cannot be distinguished from a `/dev/null` that the user
//! asked for.

use std::io;

/// A standard stream that the program writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output, for results.
    Results,
    /// Standard error, for notes.
    Notes,
}

impl Stream {
    /// Checks that a text can be written to the stream. An empty text needs no open stream.
    ///
    /// # Errors
    /// If the stream was closed at the start.
    pub(super) fn holds(self, text: &str) -> io::Result<()> {
        if !text.is_empty() && was_closed(self) {
            Err(io::Error::other("the stream is closed"))
        } else {
            Ok(())
        }
    }
}

#[cfg(unix)]
use at_start::was_closed;

#[cfg(not(unix))]
fn was_closed(_: Stream) -> bool {
    false
}

#[cfg(unix)]
mod at_start {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::io::fcntl_getfd;
    use rustix::stdio::{stderr, stdout};

    use super::Stream;

    static RESULTS: AtomicBool = AtomicBool::new(false);
    static NOTES: AtomicBool = AtomicBool::new(false);

    ctor::declarative::ctor! {
        #[ctor(unsafe)]
        fn look() {
            RESULTS.store(fcntl_getfd(stdout()).is_err(), Ordering::Relaxed);
            NOTES.store(fcntl_getfd(stderr()).is_err(), Ordering::Relaxed);
        }
    }

    pub(super) fn was_closed(stream: Stream) -> bool {
        let closed = match stream {
            Stream::Results => &RESULTS,
            Stream::Notes => &NOTES,
        };
        closed.load(Ordering::Relaxed)
    }
}
