//! Connects the user's keyboard to inquire: keys are translated by [`super::editing`].
//!
//! inquire has no way to bind keys. It reads standard input, so standard input is replaced by a pseudo-terminal of our
//! own, and a thread copies translated keys to it from the real terminal. If that is not possible, inquire reads the
//! real terminal, without the keys that it does not support.

use super::editing::EditedLine;

/// Runs a question while typed keys edit its line.
#[cfg(unix)]
pub(super) fn during<T>(line: EditedLine, ask: impl FnOnce() -> T) -> T {
    use std::sync::{LazyLock, Mutex, PoisonError};

    // Created once per process, because crossterm keeps watching the standard input that it saw first.
    static WIRE: LazyLock<Option<Mutex<wire::Wire>>> =
        LazyLock::new(|| wire::Wire::new().ok().map(Mutex::new));
    match &*WIRE {
        Some(wire) => {
            let mut wire = wire.lock().unwrap_or_else(PoisonError::into_inner);
            wire.during(line, ask)
        }
        None => ask(),
    }
}

/// Runs a question. Windows consoles are not wrapped.
#[cfg(not(unix))]
pub(super) fn during<T>(_: EditedLine, ask: impl FnOnce() -> T) -> T {
    ask()
}

#[cfg(unix)]
mod wire {
    use std::time::Duration;
    use std::{io, mem, thread};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::{Errno, fcntl_dupfd_cloexec, read, write};
    use rustix::pipe::pipe;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::stdio::{dup2_stdin, stdin};
    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    use super::super::editing::EditedLine;

    /// The time that input after an Enter waits for the question to end.
    const PATIENCE: Duration = Duration::from_millis(100);

    /// The key that is sent if the terminal is lost.
    const INTERRUPT: &[u8] = b"\x03";

    pub(super) struct Wire {
        /// The real terminal, on which the user types.
        terminal: OwnedFd,
        /// The pseudo-terminal's end to which keys for inquire are written.
        keys: OwnedFd,
        /// The bytes that were typed ahead.
        ahead: Vec<u8>,
    }

    impl Wire {
        pub(super) fn new() -> io::Result<Self> {
            let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
            grantpt(&keys)?;
            unlockpt(&keys)?;
            let name = ptsname(&keys, Vec::new())?;
            let other_end = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
            let mut settings = tcgetattr(&other_end)?;
            settings.make_raw();
            tcsetattr(&other_end, OptionalActions::Now, &settings)?;
            let terminal = fcntl_dupfd_cloexec(stdin(), 3)?;
            dup2_stdin(&other_end)?;
            Ok(Self {
                terminal,
                keys,
                ahead: Vec::new(),
            })
        }

        pub(super) fn during<T>(&mut self, line: EditedLine, ask: impl FnOnce() -> T) -> T {
            let _raw = Raw::new(self.terminal.as_fd());
            let Ok((over, end)) = pipe() else {
                return ask();
            };
            let (terminal, keys) = (self.terminal.as_fd(), self.keys.as_fd());
            let ahead = &mut self.ahead;
            thread::scope(|scope| {
                // Dropped at the end of this block, even if asking panics. That ends the thread.
                let _end: OwnedFd = end;
                scope.spawn(move || {
                    let typed = mem::take(ahead);
                    let ends = KeyEnds {
                        terminal,
                        keys,
                        over: over.as_fd(),
                    };
                    *ahead = relay(ends, line, typed).unwrap_or_default();
                });
                ask()
            })
        }
    }

    /// A guard that puts the real terminal into raw mode: keys arrive immediately and are not echoed.
    struct Raw<'t> {
        terminal: BorrowedFd<'t>,
        before: Option<Termios>,
    }

    impl<'t> Raw<'t> {
        fn new(terminal: BorrowedFd<'t>) -> Self {
            let before = tcgetattr(terminal).ok();
            if let Some(mut settings) = before.clone() {
                settings.make_raw();
                // If this fails, keys arrive with Enter: less comfortable, but correct.
                let _ = tcsetattr(terminal, OptionalActions::Now, &settings);
            }
            Self { terminal, before }
        }
    }

    impl Drop for Raw<'_> {
        fn drop(&mut self) {
            if let Some(before) = &self.before {
                // The terminal may be gone; ignore the error.
                let _ = tcsetattr(self.terminal, OptionalActions::Now, before);
            }
        }
    }

    /// The ends between which keys are copied.
    struct KeyEnds<'e> {
        /// The real terminal.
        terminal: BorrowedFd<'e>,
        /// The end of the pseudo-terminal that takes keys.
        keys: BorrowedFd<'e>,
        /// The end of the pipe that is closed when the question is over.
        over: BorrowedFd<'e>,
    }

    /// Copies keys until the question is over. Returns what was typed but not copied.
    fn relay(ends: KeyEnds<'_>, mut line: EditedLine, mut typed: Vec<u8>) -> io::Result<Vec<u8>> {
        let KeyEnds {
            terminal,
            keys,
            over,
        } = ends;
        loop {
            let told = line.tell(&typed);
            typed.drain(..told.used);
            write_all(keys, &told.keys)?;
            if told.ends && is_over(over, Some(PATIENCE))? {
                return Ok(typed);
            }
            if told.used > 0 && !typed.is_empty() {
                continue;
            }
            if !wait(terminal, over)? {
                return Ok(typed);
            }
            let mut buffer = [0; 1024];
            match read(terminal, &mut buffer) {
                Ok(0) | Err(Errno::IO) => {
                    write_all(keys, INTERRUPT)?;
                    is_over(over, None)?;
                    return Ok(Vec::new());
                }
                Ok(length) => typed.extend(buffer.iter().take(length)),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for a key. Returns false if the question is over.
    fn wait(terminal: BorrowedFd<'_>, over: BorrowedFd<'_>) -> io::Result<bool> {
        let mut watched = [
            PollFd::new(&over, PollFlags::IN),
            PollFd::new(&terminal, PollFlags::IN),
        ];
        polled(&mut watched, None)?;
        Ok(watched[0].revents().is_empty())
    }

    fn is_over(over: BorrowedFd<'_>, patience: Option<Duration>) -> io::Result<bool> {
        let mut watched = [PollFd::new(&over, PollFlags::IN)];
        polled(&mut watched, patience)?;
        Ok(!watched[0].revents().is_empty())
    }

    fn polled(watched: &mut [PollFd<'_>], patience: Option<Duration>) -> io::Result<()> {
        let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
        loop {
            match poll(watched, patience.as_ref()) {
                Err(Errno::INTR) => {}
                other => return other.map(drop).map_err(Into::into),
            }
        }
    }

    fn write_all(keys: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match write(keys, bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
