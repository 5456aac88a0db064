//! A folder of the user's that several runs write to, one at a time. The files of a killed run are removed by the next
//! one.
#![allow(clippy::disallowed_methods)]

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use super::create_folder;
use super::unnamed::STAGED;

/// The name of the lock file. The system releases the lock when the process ends, in whatever way.
const LOCK: &str = "lock";

/// The maximum wait for other runs, and the interval between attempts. Our own limits: each run writes only for a
/// moment.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(5);

/// A lock on a shared folder: no other run writes to it as long as this exists.
#[derive(Debug)]
pub struct Shared {
    _lock: File,
}

/// Locks a folder, and creates it if it does not exist. On a file system without locks, there is no waiting, and no
/// leftovers are removed.
///
/// # Errors
/// If the system refuses, or another run does not end.
pub fn share(folder: &Path) -> io::Result<Shared> {
    share_within(folder, PATIENCE)
}

fn share_within(folder: &Path, patience: Duration) -> io::Result<Shared> {
    create_folder(folder).map_err(io::Error::other)?;
    let lock = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))?;
    let began = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => {
                tidy(folder);
                return Ok(Shared { _lock: lock });
            }
            Err(TryLockError::Error(_)) => return Ok(Shared { _lock: lock }),
            Err(TryLockError::WouldBlock) if began.elapsed() > patience => {
                let why = "another rdsproxy-gen is writing there, and does not end";
                return Err(io::Error::new(ErrorKind::TimedOut, why));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
        }
    }
}

/// Removes leftovers. Only the holder of the lock stages files, so any staged file was left by a killed run.
fn tidy(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_staged = entry.file_name().to_string_lossy().starts_with(STAGED);
        if is_staged && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_writes_at_a_time_and_what_a_killed_one_left_goes() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a/packs");
        let first = share(&folder).unwrap();
        let error = share_within(&folder, Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let left = folder.join(format!("{STAGED}AbCdEf"));
        fs::write(&left, "half").unwrap();
        fs::write(folder.join("sha256-x.tar"), "whole").unwrap();
        fs::create_dir(folder.join(format!("{STAGED}folder"))).unwrap();
        drop(first);
        let _second = share(&folder).unwrap();
        assert!(!left.exists());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    }
}
