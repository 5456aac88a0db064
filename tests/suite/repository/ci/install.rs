//! Installing the program in CI without a compiler: the install steps of the action, and the hook repository, with a
//! real pip and a wheel that contains a script.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rdsproxy_gen::language::yaml::Tree;

use super::action::{environment, step};
use super::{bin, items, parsed, read, root, shell_with, text};
use crate::support::program::{ended, stderr, stdout};
use crate::support::tools;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A runner: a Python with pip first on PATH, and a folder with a wheel.
struct Runner {
    home: tempfile::TempDir,
}

impl Runner {
    fn new() -> Option<Self> {
        tools::find("bash")?;
        let python = tools::find("PyYAML")?;
        let runner = Self {
            home: tempfile::tempdir().unwrap(),
        };
        for folder in ["bin", "wheels", "action", "temp"] {
            fs::create_dir(runner.path(folder)).unwrap();
        }
        // A virtual environment is identified by the path from which it is started.
        let start = format!("#!/bin/sh\nexec '{}' \"$@\"\n", python.display());
        super::put(&runner.path("bin/python3"), &start);
        fs::write(runner.path("program"), "#!/bin/sh\necho from the wheel\n").unwrap();
        let make = root().join("tests/tools/make_wheel.py");
        let mut command = Command::new(python);
        command.arg(make).arg(runner.path("program")).arg(VERSION);
        let done = ended(command.arg(runner.path("wheels")));
        assert!(done.status.success(), "{}", stderr(&done));
        Some(runner)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn pinned(&self) -> String {
        let mut command = Command::new(root().join(".packaging/pin-action"));
        let done = ended(command.arg(self.path("wheels")));
        assert!(done.status.success(), "{}", stderr(&done));
        stdout(&done)
    }

    /// Runs a step and returns its output and the outputs for later steps.
    fn ran(&self, name: &str, requirements: &str) -> (Output, String) {
        let step = step(name);
        let temp = self.path("temp").display().to_string();
        let mut environment = environment(&step, &[("runner.temp", &temp)]);
        let pinned = self.path("action/requirements.txt");
        fs::write(&pinned, requirements).unwrap();
        fs::write(self.path("outputs"), "").unwrap();
        environment.insert("REQUIREMENTS".into(), pinned.display().to_string());
        let more = [
            ("GITHUB_OUTPUT", self.path("outputs")),
            ("PIP_FIND_LINKS", self.path("wheels")),
        ];
        for (name, path) in more {
            environment.insert(name.into(), path.display().to_string());
        }
        environment.insert("PIP_NO_INDEX".into(), "1".into());
        let pairs: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let done = shell_with(
            &self.path("bin"),
            text(&step, "run"),
            (self.home.path(), &pairs),
        );
        (done, fs::read_to_string(self.path("outputs")).unwrap())
    }
}

const LOOK: &str = "Look for rdsproxy-gen";
const INSTALL: &str = "Install rdsproxy-gen";

#[test]
fn what_is_installed_is_taken_and_what_has_no_release_says_what_to_do() {
    let Some(runner) = Runner::new() else {
        return;
    };
    let shipped = fs::read_to_string(root().join(super::action::ACTION).join("requirements.txt"));
    let (done, _) = runner.ran(LOOK, "# There is none yet.\n");
    assert_eq!(done.status.code(), Some(1));
    assert!(
        stdout(&done).starts_with("::error::This commit of the action has no release to install."),
        "{}",
        stdout(&done)
    );
    for line in shipped.unwrap().lines() {
        let known = ["#", "rdsproxy-gen==", "    --hash=sha256:"];
        assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
    }
    let (done, outputs) = runner.ran(LOOK, &runner.pinned());
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    assert!(outputs.starts_with("installed=false\nsum="), "{outputs}");
    let link = runner.path("bin/rdsproxy-gen");
    std::os::unix::fs::symlink(bin().join("rdsproxy-gen"), link).unwrap();
    let (done, outputs) = runner.ran(LOOK, "");
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    assert_eq!(outputs, "installed=true\n");
}

#[test]
fn the_wheel_of_the_hash_is_installed_and_no_other() {
    let Some(runner) = Runner::new() else {
        return;
    };
    let pinned = runner.pinned();
    // The digest keeps its length, but one digit differs.
    let (before, digits) = pinned.trim_end().rsplit_once(':').unwrap();
    let digit = if digits.starts_with('0') { '1' } else { '0' };
    let other = format!("{before}:{digit}{}\n", &digits[1..]);
    let (done, outputs) = runner.ran(INSTALL, &other);
    assert_ne!(done.status.code(), Some(0), "{other}");
    assert_eq!(outputs, "");
    // First from the index, then from the cache.
    for _ in 0..2 {
        let (done, outputs) = runner.ran(INSTALL, &pinned);
        let said = stdout(&done) + &stderr(&done);
        assert_eq!(done.status.code(), Some(0), "{said}");
        assert!(said.contains("from the wheel"), "{said}");
        let folder = outputs.strip_prefix("bin=").unwrap().trim_end();
        assert!(Path::new(folder).join("rdsproxy-gen").is_file());
        let _ = fs::remove_dir_all(runner.path("wheels"));
    }
    // A manipulated cache is not trusted either.
    let kept = runner.path("temp/rdsproxy-gen-wheels");
    let wheel = fs::read_dir(&kept).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&wheel).unwrap();
    bytes.push(0);
    fs::write(&wheel, bytes).unwrap();
    let (done, outputs) = runner.ran(INSTALL, &pinned);
    assert_ne!(done.status.code(), Some(0));
    assert_eq!(outputs, "");
}

#[test]
fn the_repository_of_hooks_installs_the_version_and_has_the_same_hooks() {
    if tools::find("bash").is_none() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(root().join(".packaging/pre-commit/mirror"));
    let done = ended(command.arg(VERSION).arg(home.path()));
    assert!(done.status.success(), "{}", stderr(&done));
    let left = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    assert!(left("backend.py").contains(&format!("Requires-Dist: rdsproxy-gen=={VERSION}\\n")));
    assert!(left("README.md").contains(&format!("rev: v{VERSION}")));
    let (ours, theirs) = (
        read(".pre-commit-hooks.yaml"),
        parsed(&left(".pre-commit-hooks.yaml")),
    );
    assert_eq!(items(&ours).len(), items(&theirs).len());
    let described = |hook: &Tree| -> Vec<(String, String)> {
        let members = hook.members().iter();
        members
            .map(|(key, value)| {
                (
                    key.text.clone(),
                    value.scalar().unwrap_or("list").to_owned(),
                )
            })
            .collect()
    };
    for (ours, theirs) in items(&ours).iter().zip(items(&theirs)) {
        let expected: Vec<_> = described(ours)
            .into_iter()
            .map(|(key, value)| match key.as_str() {
                "id" => (key, value.strip_suffix("-system").unwrap().to_owned()),
                "language" => (key, "python".to_owned()),
                _ => (key, value),
            })
            .collect();
        assert_eq!(described(theirs), expected);
    }
    let mut command = Command::new(root().join(".packaging/pre-commit/mirror"));
    let done = ended(command.arg("0.1.0/e").arg(home.path()));
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn pip_installs_the_repository_of_hooks_with_the_wheel_and_nothing_else() {
    let Some(runner) = Runner::new() else {
        return;
    };
    let mut command = Command::new(root().join(".packaging/pre-commit/mirror"));
    let done = ended(command.arg(VERSION).arg(runner.path("mirror")));
    assert!(done.status.success(), "{}", stderr(&done));
    let mut command = Command::new(runner.path("bin/python3"));
    command.args(["-m", "pip", "install", "--quiet", "--no-index", "--target"]);
    command.arg(runner.path("installed")).arg("--find-links");
    command
        .arg(runner.path("wheels"))
        .arg(runner.path("mirror"));
    let done = ended(&mut command);
    assert!(done.status.success(), "{}", stderr(&done));
    let program = runner.path("installed/bin/rdsproxy-gen");
    let said = stdout(&ended(&mut Command::new(program)));
    assert_eq!(said, "from the wheel\n");
}

#[test]
fn a_version_is_pushed_to_the_repository_of_hooks_once() {
    let (Some(_), Some(git)) = (tools::find("bash"), tools::find("git")) else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mirror = home.path().join("mirror.git");
    let in_mirror = |arguments: &[&str]| {
        let mut command = Command::new(&git);
        let done = ended(command.arg("-C").arg(home.path()).args(arguments));
        assert!(done.status.success(), "{}", stderr(&done));
        stdout(&done)
    };
    in_mirror(&["init", "--quiet", "--bare", "mirror.git"]);
    for (version, said) in [
        ("0.1.0", "v0.1.0: pushed\n"),
        ("0.2.0", "v0.2.0: pushed\n"),
        ("0.1.0", "v0.1.0: is there already\n"),
    ] {
        let mut command = Command::new(root().join(".packaging/pre-commit/push"));
        let done = ended(command.arg(version).arg(&mirror));
        assert!(done.status.success(), "{}", stderr(&done));
        assert_eq!(stdout(&done), said);
    }
    let git_dir = "--git-dir=mirror.git";
    let tags = in_mirror(&[git_dir, "tag", "--list"]);
    assert_eq!(tags, "v0.1.0\nv0.2.0\n");
    let file = in_mirror(&[git_dir, "show", "v0.1.0:backend.py"]);
    assert!(file.contains("rdsproxy-gen==0.1.0"), "{file}");
}

#[test]
fn hashes_are_those_of_the_wheels_of_this_version() {
    if tools::find("bash").is_none() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let pin = || {
        let mut command = Command::new(root().join(".packaging/pin-action"));
        ended(command.arg(home.path()))
    };
    assert!(stderr(&pin()).contains("no wheel"));
    let wheel = |name: String| fs::write(home.path().join(name), "wheel").unwrap();
    wheel(format!("rdsproxy_gen-{VERSION}-py3-none-any.whl"));
    wheel(format!("rdsproxy_gen-{VERSION}-py3-none-win_amd64.whl"));
    // The SHA-256 digest of these five letters.
    let sum = "ba59926159d2aa256eb8739b8da7e2b574b960e1202c6d624cbe981cef996c91";
    let said = stdout(&pin());
    assert!(
        said.contains(&format!("rdsproxy-gen=={VERSION} \\\n")),
        "{said}"
    );
    let hash = format!("    --hash=sha256:{sum}");
    assert_eq!(said.matches(&hash).count(), 2, "{said}");
    wheel("rdsproxy_gen-0.0.1-py3-none-any.whl".to_owned());
    assert_eq!(pin().status.code(), Some(1));
}
