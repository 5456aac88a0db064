//! Runs the program `git`, with restricted settings and limits on time, output and fetched bytes.
#![allow(clippy::disallowed_methods)]

use std::cell::Cell;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::GitError;
use crate::domain::pack::Transport;
use crate::domain::spec::visible;
use crate::io::files::{Scratch, scratch};
use crate::io::store::waiting::{PATIENCE, Patience, WaitingNote};

/// The time limit for one run in a repository of the user's. Our own: listing all files of a large repository takes
/// several seconds.
const OWN: Patience = Patience {
    idle: Duration::from_secs(120),
    ..PATIENCE
};

/// The maximum number of bytes that a fetch may bring, and the unit for messages.
const FETCHED: u64 = 256 * MIB;
const MIB: u64 = 1024 * 1024;

/// The maximum output of one run in bytes, and the maximum when it lists all files of a repository.
const SAID: usize = 4 * 1024 * 1024;
const NAMES: usize = 128 * 1024 * 1024;

/// The interval between checks of a running `git`, and the number of checks between measurements of its folder.
const LOOK: Duration = Duration::from_millis(5);
const LOOKS: u32 = 40;

/// Overrides for user settings that would change what is read, or run a foreign program.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    // Refuse malformed objects.
    "transfer.fsckObjects=true",
    // Give up on a connection that stalls.
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
];

/// Environment variables that would lead git to another repository, such as the one whose hook started this program.
/// Source: `git rev-parse --local-env-vars`.
const LEAVE_OUT: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// A git repository: either a temporary bare one to fetch into, or one of the user's that is only read.
#[derive(Debug)]
pub(super) struct Repository {
    folder: PathBuf,
    /// The temporary folder, removed on drop; `None` for a repository of the user's.
    thrown_away: Option<Scratch>,
    transport: Transport,
    /// The limits for the total time of all runs.
    patience: Patience,
    /// The total time of all runs so far.
    spent: Cell<Duration>,
    /// The maximum number of output bytes in one run.
    most_said: usize,
}

impl Repository {
    /// Creates an empty temporary repository.
    pub(super) fn new(transport: Transport) -> Result<Self, GitError> {
        let folder = scratch().map_err(GitError::NoFolder)?;
        let repository = Self {
            folder: folder.path(),
            thrown_away: Some(folder),
            transport,
            patience: PATIENCE,
            spent: Cell::default(),
            most_said: SAID,
        };
        let init = ["init", "--quiet", "--bare", "--template="];
        repository.run("a new repository", &init)?;
        Ok(repository)
    }

    /// Opens a repository of the user's. Limits are higher because all file names in it are listed.
    pub(super) fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            thrown_away: None,
            transport: Transport::File,
            patience: OWN,
            spent: Cell::default(),
            most_said: NAMES,
        }
    }

    /// Fetches the given refspecs without their history.
    pub(super) fn fetch(&self, url: &str, wanted: &[&str]) -> Result<(), GitError> {
        let options = [
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-write-fetch-head",
            "--",
            url,
        ];
        self.run(url, &[&options[..], wanted].concat()).map(drop)
    }

    /// Returns the output of `git ls-remote` for the tags.
    pub(super) fn remote_tags(&self, url: &str) -> Result<String, GitError> {
        let said = self.run(
            url,
            &["ls-remote", "--quiet", "--tags", "--refs", "--", url],
        )?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    /// Runs git until it ends and returns its output.
    pub(super) fn run(&self, url: &str, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GitError::NoProgram)?;
        let said = heard(child.stdout.take(), self.most_said);
        let complained = heard(child.stderr.take(), SAID);
        let succeeded = self.ended(&mut child, url);
        if succeeded.is_err() {
            // Programs that git itself started see their pipes closed, and end.
            let _ = child.kill();
            let _ = child.wait();
        }
        // Do not wait for long: another program may still hold the pipe open.
        let text = |heard: mpsc::Receiver<Vec<u8>>| {
            heard
                .recv_timeout(Duration::from_secs(5))
                .unwrap_or_default()
        };
        let (succeeded, said) = (succeeded?, text(said));
        if said.len() >= self.most_said {
            let (what, most) = ("bytes of names", self.most_said);
            return Err(GitError::Much { what, most });
        }
        if succeeded {
            Ok(said)
        } else {
            Err(GitError::Failed {
                url: url.to_owned(),
                said: last_words(&text(complained)),
            })
        }
    }

    /// Starts `git cat-file`, to be queried for one object after the other.
    pub(super) fn asked(&self) -> Result<GitQuery, GitError> {
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GitError::NoProgram)?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = pipes else {
            return Err(GitError::Answer("it has no pipes"));
        };
        Ok(GitQuery {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder);
        for name in LEAVE_OUT {
            command.env_remove(name);
        }
        command
            .env("GIT_DIR", &self.folder)
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            // Do not fetch missing objects of a partial clone from its server.
            .env("GIT_NO_LAZY_FETCH", "1")
            // No prompts, neither on the terminal nor in a window.
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            .env("GCM_INTERACTIVE", "never")
            // The user's settings may turn https into ssh. A local folder is only read if the reference names one, and
            // a transport that runs a program is never used.
            .env(
                "GIT_ALLOW_PROTOCOL",
                match self.transport {
                    Transport::Https | Transport::Ssh => "https:ssh",
                    Transport::File => "file",
                },
            );
        if std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=30");
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(arguments);
        command
    }

    /// Waits for the end of a run and returns true if it succeeded.
    fn ended(&self, child: &mut Child, url: &str) -> Result<bool, GitError> {
        let what = format!("git and {url}");
        let mut shown = WaitingNote::new(&what);
        let (before, began) = (self.spent.get(), Instant::now());
        let mut fetched = 0;
        for look in 1_u32.. {
            let ended = child.try_wait().map_err(GitError::NoProgram)?;
            self.spent.set(before + began.elapsed());
            if let Some(status) = ended {
                return Ok(status.success());
            }
            shown.look();
            if self.thrown_away.is_some() && look.is_multiple_of(LOOKS) {
                fetched = self.fetched(url)?;
            }
            if self.spent.get() > self.patience.with(fetched, 0) {
                let seconds = self.spent.get().as_secs();
                return Err(GitError::TooSlow {
                    url: url.to_owned(),
                    seconds,
                });
            }
            thread::sleep(LOOK);
        }
        Ok(false)
    }

    /// Returns the number of bytes fetched so far.
    fn fetched(&self, url: &str) -> Result<u64, GitError> {
        match size(&self.folder) {
            many if many > FETCHED => Err(GitError::TooLarge {
                url: url.to_owned(),
                most: FETCHED / MIB,
            }),
            few => Ok(few),
        }
    }
}

/// A running `git cat-file` that waits for object names.
#[derive(Debug)]
pub(super) struct GitQuery {
    child: Child,
    /// The input, which takes one object name per line.
    pub(super) input: ChildStdin,
    /// The output, which yields a header and the object.
    pub(super) output: BufReader<ChildStdout>,
}

impl Drop for GitQuery {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a pipe on another thread, up to a limit. If more arrives, the pipe is closed and git ends with an error.
fn heard(pipe: Option<impl Read + Send + 'static>, most: usize) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(most as u64).read_to_end(&mut bytes);
        }
        // There is no receiver if the run was given up.
        let _ = sender.send(bytes);
    });
    receiver
}

/// Returns the reason for a failure. Git reports it on a `fatal:` or `error:` line, or at the end; hints and server
/// banners come before.
fn last_words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let told = lines
        .iter()
        .find(|line| line.starts_with("fatal:") || line.starts_with("error:"))
        .or_else(|| lines.last());
    let told = told.map_or("it says no more", |line| line);
    let told = told
        .trim_start_matches("fatal: ")
        .trim_start_matches("error: ");
    visible(told).chars().take(400).collect()
}

/// Returns the total size of the files below a folder, in bytes.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => size(&entry.path()),
            _ => entry.metadata().map_or(0, |about| about.len()),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that stalls is given up, and so is one that exceeds the size limit.
    #[test]
    fn a_run_that_does_not_end_is_given_up() {
        let Ok(mut repository) = Repository::new(Transport::File) else {
            return;
        };
        repository.patience.idle = Duration::from_millis(300);
        let began = Instant::now();
        let slow = ["-c", "alias.slow=!exec sleep 60", "slow"];
        let error = repository.run("file:///slow", &slow).unwrap_err();
        assert!(matches!(error, GitError::TooSlow { .. }), "{error}");
        assert!(began.elapsed() < Duration::from_secs(30));
        repository.patience.idle = Duration::from_secs(60);
        let endless = ["-c", "alias.endless=!yes", "endless"];
        let error = repository.run("file:///endless", &endless).unwrap_err();
        assert!(matches!(error, GitError::Much { .. }), "{error}");
    }
}
