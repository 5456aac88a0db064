//! Between the person's keyboard and inquire: keys pass through [`super::editing`].
//!
//! inquire lets nobody bind keys. It reads standard input, so standard input becomes a pseudo-terminal of our own, and a thread
//! copies to it what is typed on the real one, translated. Where that cannot be, inquire reads the real one, without the keys
//! that it does not know.

use super::editing::EditedLine;

/// Asks, while what is typed edits a line.
#[cfg(unix)]
pub(super) fn during<T>(line: EditedLine, ask: impl FnOnce() -> T) -> T {
    use std::sync::{LazyLock, Mutex, PoisonError};

    // Once for the process: crossterm keeps watching the standard input that it saw first.
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

/// Asks: consoles of Windows are not wrapped.
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

    /// How long what follows an Enter waits for the question to be over.
    const PATIENCE: Duration = Duration::from_millis(100);

    /// What a lost terminal is told as.
    const INTERRUPT: &[u8] = b"\x03";

    pub(super) struct Wire {
        /// The real terminal.
        terminal: OwnedFd,
        /// Where inquire's keys are written.
        keys: OwnedFd,
        /// What was typed ahead.
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
                // Dropped at the end of this block, also when asking panics: that ends the thread.
                let _end: OwnedFd = end;
                scope.spawn(move || {
                    let typed = mem::take(ahead);
                    let ends = (terminal, keys, over.as_fd());
                    *ahead = relay(ends, line, typed).unwrap_or_default();
                });
                ask()
            })
        }
    }

    /// The real terminal gives every key at once and shows none, for as long as this lives.
    struct Raw<'t> {
        terminal: BorrowedFd<'t>,
        before: Option<Termios>,
    }

    impl<'t> Raw<'t> {
        fn new(terminal: BorrowedFd<'t>) -> Self {
            let before = tcgetattr(terminal).ok();
            if let Some(mut settings) = before.clone() {
                settings.make_raw();
                // Where it fails, keys come with Enter: less comfortable, not wrong.
                let _ = tcsetattr(terminal, OptionalActions::Now, &settings);
            }
            Self { terminal, before }
        }
    }

    impl Drop for Raw<'_> {
        fn drop(&mut self) {
            if let Some(before) = &self.before {
                // The terminal may be gone: nobody is left to be told.
                let _ = tcsetattr(self.terminal, OptionalActions::Now, before);
            }
        }
    }

    type Ends<'e> = (BorrowedFd<'e>, BorrowedFd<'e>, BorrowedFd<'e>);

    /// Copies until the question is over; returns what was typed and not copied.
    fn relay(
        (terminal, keys, over): Ends<'_>,
        mut line: EditedLine,
        mut typed: Vec<u8>,
    ) -> io::Result<Vec<u8>> {
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

    /// Waits for a key; false when the question is over.
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
