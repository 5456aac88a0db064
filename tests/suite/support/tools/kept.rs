//! What a tool answered to the same input in an earlier run.
//!
//! Terraform and checkov work for minutes on files that few changes of the code alter. An answer counts for the same
//! input and the same version of the tool, for two weeks, and a test that fails keeps none. CI asks anew, as does a run
//! with larger numbers.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::record::Kind;
use super::{on_ci, probed, record, said};
use crate::support::scale;

/// The time that an answer counts.
const COUNTS: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The exit code of a tool, and what it wrote to both streams.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

impl Answer {
    /// The answer that a finished process gave.
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            said: said(output),
        }
    }

    /// True if the tool succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.code.unwrap_or(-1), self.said)
    }

    fn read(text: &str) -> Option<Self> {
        let (code, said) = text.split_once('\n')?;
        Some(Self {
            code: code.parse().ok().filter(|code| *code >= 0),
            said: said.to_owned(),
        })
    }
}

/// All that an answer depends on, besides the version of the tool.
#[derive(Clone, Default)]
pub(crate) struct Input(Sha256);

impl Input {
    /// Adds a text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        // The length keeps two texts apart from one with both.
        self.0.update(format!("{} {text}", text.len()));
        self
    }

    /// Adds every file of a folder, by its path. What Terraform keeps for itself is left out.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        let mut paths = Vec::new();
        list(folder, &mut paths);
        paths.sort();
        for path in paths {
            let bytes = fs::read(&path).unwrap();
            let name = path.strip_prefix(folder).unwrap().display();
            self.0.update(format!("{name} {} ", bytes.len()));
            self.0.update(bytes);
        }
        self
    }

    fn key(self) -> String {
        let digest = self.0.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if path.ends_with(".terraform") || path.ends_with("__pycache__") => {}
            true => list(&path, found),
            false => found.push(path),
        }
    }
}

/// The answers of a tool to one test.
pub(crate) struct Kept {
    tool: &'static str,
    /// What was asked for anew, by its file. It is kept once the test is over and did not fail.
    new: RefCell<Vec<(PathBuf, Answer)>>,
}

impl Kept {
    /// No answer yet. The tool must have been found.
    pub(crate) fn of(tool: &'static str) -> Self {
        Self {
            tool,
            new: RefCell::default(),
        }
    }

    /// The answer to an input: the one that an earlier run kept, or else a new one.
    #[track_caller]
    pub(crate) fn answer(&self, input: Input, ask: impl FnOnce() -> Answer) -> Answer {
        let version = probed(self.tool).map_or_else(|reason| reason, |found| found.version);
        let file = folder().join(input.text(self.tool).text(&version).key());
        let kept = fs::read_to_string(&file).ok();
        let is_asked = on_ci() || scale::is_whole();
        if let Some(answer) = kept
            .filter(|_| !is_asked)
            .and_then(|text| Answer::read(&text))
        {
            record(Kind::Kept, self.tool, (&version, ""));
            return answer;
        }
        let answer = ask();
        self.new.borrow_mut().push((file, answer.clone()));
        answer
    }

    /// Keeps nothing of this test: an answer was not what it should be.
    pub(crate) fn forget(&self) {
        self.new.borrow_mut().clear();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let new = self.new.take().into_iter();
        for (file, answer) in new.filter(|_| !std::thread::panicking()) {
            // What cannot be kept is asked for again. A file that is there whole or not at all serves runs side by side.
            let draft = file.with_extension(format!("{:?}", std::thread::current().id()));
            let _ = fs::write(&draft, answer.text()).and_then(|()| fs::rename(&draft, &file));
        }
    }
}

/// The folder of the answers, without those that no longer count.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("answers");
        let _ = fs::create_dir_all(&folder);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let modified = entry.metadata().and_then(|about| about.modified()).ok();
            let age = modified.and_then(|then| then.elapsed().ok());
            if age.is_none_or(|age| age > COUNTS) {
                let _ = fs::remove_file(entry.path());
            }
        }
        folder
    })
}

#[test]
fn an_answer_is_kept_for_the_same_input_and_by_a_test_that_passes() {
    if on_ci() || scale::is_whole() {
        super::note("answers of earlier runs", "this run asks anew");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    // No other run has this input.
    let own = Input::default().text(&home.path().display().to_string());
    fs::write(home.path().join("a"), "1").unwrap();
    let input = || own.clone().folder(home.path());
    let answer = |said: &str| Answer {
        code: Some(3),
        said: said.to_owned(),
    };
    let asked = |said: &str| {
        let kept = Kept::of("git");
        (kept.answer(input(), || answer(said)), kept)
    };
    let (first, kept) = asked("first");
    assert_eq!(first, answer("first"));
    kept.forget();
    drop(kept);
    let failing = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _kept = asked("second");
        panic!("a failure that this test wants");
    }));
    assert!(failing.is_err());
    assert_eq!(asked("third").0, answer("third"));
    assert_eq!(asked("fourth").0, answer("third"));
    fs::write(home.path().join("a"), "2").unwrap();
    assert_eq!(asked("fifth").0, answer("fifth"));
}
