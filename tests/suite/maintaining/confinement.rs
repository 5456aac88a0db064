//! A project directory filled by an attacker: whatever its journal, baseline, update record and links contain, no
//! command changes or shows anything outside it, and read-only commands change nothing inside it either.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;

use rdsproxy_gen::domain::baseline::digest;
use serde_json::{Value, json};

use crate::support::program::{contents, ended, program};
use crate::support::scale;
use crate::support::tools::copy;

/// The content of the file outside, which must never be printed.
const CANARY: &str = "canary-of-the-neighbour";

/// A manipulation of a directory before a command runs in it: the directory, and a path outside.
type Tamper = fn(&Path, &Path);

/// The commands, each with whether it is read-only.
const COMMANDS: &[(&[&str], bool)] = &[
    (
        &["new", "project", "--demo", "--defaults", "--dry-run"],
        true,
    ),
    (
        &["new", "project", "--demo", "--defaults", "--force"],
        false,
    ),
    (&["update", "project", "--check"], true),
    (&["update", "project", "--dry-run"], true),
    (&["update", "project"], false),
    (&["update", "project", "--reset", "all"], false),
    (&["update", "project", "--undo"], false),
    (&["update", "project", "--undo", "--force"], false),
    (&["drift", "project"], true),
    (&["drift", "project", "--all", "--format", "markdown"], true),
    (&["audit", "project"], true),
    (&["audit", "project", "--format", "markdown"], true),
    (&["audit", "project", "--fix", "--dry-run"], true),
    (&["audit", "project", "--fix"], false),
];

fn state(root: &Path) -> PathBuf {
    let state = root.join(".rdsproxy-gen");
    fs::create_dir_all(&state).unwrap();
    state
}

/// Writes a valid journal with everything that the attacker can know.
fn journal(root: &Path, write: &[(&str, &str, Option<&str>)], remove: &[(&str, &str)]) {
    let staged = state(root).join("staged");
    fs::create_dir_all(&staged).unwrap();
    let mut writes = Vec::new();
    for (number, (path, text, before)) in write.iter().enumerate() {
        fs::write(staged.join(number.to_string()), text).unwrap();
        writes.push(json!({"path": path, "before": before.map(digest), "after": digest(text)}));
    }
    let removals: Vec<Value> = remove
        .iter()
        .map(|(path, before)| json!({"path": path, "before": digest(before)}))
        .collect();
    let journal = json!({"schema": 1, "write": writes, "remove": removals});
    fs::write(state(root).join("pending.json"), journal.to_string()).unwrap();
}

fn edited(root: &Path, file: &str, edit: impl FnOnce(&mut Value)) {
    let path = root.join(".rdsproxy-gen").join(file);
    let mut value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    edit(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

/// Adds one more file to the baseline.
fn baseline_names(root: &Path, path: &str) {
    edited(root, "baseline.json", |baseline| {
        baseline["files"][path] = json!({"digest": digest("x"), "text": "x"});
    });
}

/// Writes an update record that restores one more file.
fn undo_names(root: &Path, path: &str, after: Option<&str>) {
    let undo =
        json!({"schema": 1, "files": {path: {"before": "theirs\n", "after": after.map(digest)}}});
    fs::write(state(root).join("undo.json"), undo.to_string()).unwrap();
}

/// Replaces a path in the project by a link.
fn link(root: &Path, path: &str, target: &Path) {
    let place = root.join(path);
    if place.is_dir() {
        fs::remove_dir_all(&place).unwrap();
    } else {
        let _ = fs::remove_file(&place);
    }
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    symlink(target, place).unwrap();
}

fn pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let _ = fs::remove_file(path);
    mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
}

const CASES: &[(&str, Tamper)] = &[
    ("a journal that writes above", |root, _| {
        journal(root, &[("../outside/new", "x", None)], &[])
    }),
    ("a journal that writes over a file above", |root, _| {
        journal(root, &[("../outside/precious", "x", Some(CANARY))], &[]);
    }),
    (
        "a journal that writes at an absolute path",
        |root, outside| {
            let path = outside.join("new");
            journal(root, &[(path.to_str().unwrap(), "x", None)], &[]);
        },
    ),
    ("a journal that removes above", |root, _| {
        journal(root, &[], &[("../outside/precious", CANARY)])
    }),
    ("a journal that removes by a way around", |root, _| {
        journal(root, &[], &[("terraform/../../outside/precious", CANARY)]);
    }),
    (
        "a journal that removes an absolute path",
        |root, outside| {
            let path = outside.join("precious");
            journal(root, &[], &[(path.to_str().unwrap(), CANARY)]);
        },
    ),
    ("a journal that removes a state", |root, _| {
        journal(root, &[], &[("terraform/terraform.tfstate", "{}")])
    }),
    ("a journal that writes a hook of git", |root, _| {
        journal(root, &[(".git/hooks/pre-commit", "x", None)], &[])
    }),
    ("a journal that writes a provider", |root, _| {
        journal(root, &[(".terraform/providers/x", "x", None)], &[])
    }),
    ("a journal that writes through a link", |root, outside| {
        link(root, "terraform/inner", outside);
        journal(root, &[("terraform/inner/new", "x", None)], &[]);
    }),
    ("a journal that removes through a link", |root, outside| {
        link(root, "terraform/inner", outside);
        journal(root, &[], &[("terraform/inner/precious", CANARY)]);
    }),
    ("a journal that replaces a link", |root, outside| {
        link(root, "terraform/main.tf", &outside.join("precious"));
        journal(root, &[("terraform/main.tf", "x", Some(CANARY))], &[]);
    }),
    ("a journal whose staged file is a link", |root, outside| {
        journal(root, &[("terraform/new.tf", CANARY, None)], &[]);
        link(root, ".rdsproxy-gen/staged/0", &outside.join("precious"));
    }),
    (
        "a journal whose staged files lie behind a link",
        |root, outside| {
            journal(root, &[("terraform/new.tf", CANARY, None)], &[]);
            link(root, ".rdsproxy-gen/staged", outside);
        },
    ),
    ("a journal that is a link", |root, outside| {
        link(root, ".rdsproxy-gen/pending.json", &outside.join("journal"))
    }),
    ("a journal that is a pipe", |root, _| {
        pipe(&state(root).join("pending.json"))
    }),
    ("a journal that is a folder", |root, _| {
        fs::create_dir_all(state(root).join("pending.json")).unwrap()
    }),
    ("a journal without end", |root, _| {
        let file = fs::File::create(state(root).join("pending.json")).unwrap();
        file.set_len(1 << 40).unwrap();
    }),
    ("a journal of nonsense", |root, _| {
        fs::write(state(root).join("pending.json"), "[[[[").unwrap()
    }),
    (
        "a journal that does not know what it replaces",
        |root, _| {
            journal(root, &[("rdsproxy.toml", "x", Some("a guess"))], &[]);
        },
    ),
    ("a draft that is a link", |root, outside| {
        link(
            root,
            ".rdsproxy-gen/pending.draft",
            &outside.join("precious"),
        )
    }),
    ("a staging folder that is a link", |root, outside| {
        link(root, ".rdsproxy-gen/staged", outside)
    }),
    ("a staging folder with a link in it", |root, outside| {
        link(root, ".rdsproxy-gen/staged/0", outside)
    }),
    ("a state folder that is a link", |root, outside| {
        link(root, ".rdsproxy-gen", outside)
    }),
    ("a baseline that names a file above", |root, _| {
        baseline_names(root, "../outside/precious")
    }),
    ("a baseline that names an absolute path", |root, outside| {
        baseline_names(root, outside.join("precious").to_str().unwrap());
    }),
    ("a baseline that names the environment", |root, _| {
        baseline_names(root, "/proc/self/environ")
    }),
    ("a baseline that names git's settings", |root, _| {
        baseline_names(root, ".git/config")
    }),
    ("a baseline that names a state", |root, _| {
        baseline_names(root, "terraform/terraform.tfstate")
    }),
    ("a baseline that names the journal", |root, _| {
        baseline_names(root, ".rdsproxy-gen/pending.json")
    }),
    (
        "a baseline that names a file behind a link",
        |root, outside| {
            link(root, "terraform/inner", outside);
            baseline_names(root, "terraform/inner/precious");
        },
    ),
    ("a baseline that is a link", |root, outside| {
        link(
            root,
            ".rdsproxy-gen/baseline.json",
            &outside.join("precious"),
        )
    }),
    ("a baseline that is a pipe", |root, _| {
        pipe(&state(root).join("baseline.json"))
    }),
    ("a baseline without end", |root, _| {
        let file = fs::File::create(state(root).join("baseline.json")).unwrap();
        file.set_len(1 << 40).unwrap();
    }),
    ("a record that gives back a file above", |root, _| {
        undo_names(root, "../outside/precious", Some(CANARY))
    }),
    (
        "a record that gives back an absolute path",
        |root, outside| {
            undo_names(
                root,
                outside.join("precious").to_str().unwrap(),
                Some(CANARY),
            );
        },
    ),
    (
        "a record that gives back a file behind a link",
        |root, outside| {
            link(root, "terraform/inner", outside);
            undo_names(root, "terraform/inner/precious", Some(CANARY));
        },
    ),
    ("a record that gives back a state", |root, _| {
        undo_names(root, "terraform/terraform.tfstate", Some("{}"))
    }),
    (
        "a record that gives back what was never generated",
        |root, _| undo_names(root, "terraform/mine.tf", None),
    ),
    ("a record that is a link", |root, outside| {
        link(root, ".rdsproxy-gen/undo.json", &outside.join("precious"))
    }),
    ("a record that is a pipe", |root, _| {
        pipe(&state(root).join("undo.json"))
    }),
    ("a generated file that is a link", |root, outside| {
        link(root, "terraform/main.tf", &outside.join("precious"))
    }),
    ("a generated file that shows the environment", |root, _| {
        link(root, "terraform/main.tf", Path::new("/proc/self/environ"));
    }),
    ("a generated folder that is a link", |root, outside| {
        link(root, "terraform", outside)
    }),
    ("values that are a link", |root, outside| {
        link(
            root,
            "terraform/terraform.tfvars",
            &outside.join("precious"),
        )
    }),
    ("one more file that is a link", |root, outside| {
        link(root, "terraform/more.tf", &outside.join("precious"))
    }),
    ("a test that is a link", |root, outside| {
        link(
            root,
            "terraform/tests/more.tftest.hcl",
            &outside.join("precious"),
        );
    }),
    ("a spec that is a link", |root, outside| {
        link(root, "rdsproxy.toml", &outside.join("precious"))
    }),
    ("a spec that is a pipe", |root, _| {
        pipe(&root.join("rdsproxy.toml"))
    }),
    ("a policy that is a link", |root, outside| {
        link(root, "rdsproxy-policy.toml", &outside.join("precious"))
    }),
    ("a policy that shows the environment", |root, _| {
        link(
            root,
            "rdsproxy-policy.toml",
            Path::new("/proc/self/environ"),
        );
    }),
    ("a policy that is a pipe", |root, _| {
        pipe(&root.join("rdsproxy-policy.toml"))
    }),
    ("a module above", |root, _| {
        fs::write(
            root.join("terraform/more.tf"),
            "module \"m\" {\n  source = \"../../outside\"\n}\n",
        )
        .unwrap();
    }),
    ("a file above", |root, _| {
        fs::write(
            root.join("terraform/more.tf"),
            "resource \"aws_iam_policy\" \"p\" {\n  policy = file(\"${path.module}/../../outside/precious\")\n}\n",
        )
        .unwrap();
    }),
    ("values that are a pipe", |root, _| {
        pipe(&root.join("terraform/terraform.tfvars"))
    }),
];

/// A project and the folder beside it.
struct Grounds {
    home: tempfile::TempDir,
}

impl Grounds {
    fn new(origin: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        copy(origin, &home.path().join("project"));
        let outside = home.path().join("outside");
        fs::create_dir_all(outside.join("folder")).unwrap();
        for (file, text) in [
            ("precious", CANARY),
            (
                "main.tf",
                "# canary-of-the-neighbour\nresource \"aws_db_proxy\" \"canary\" {}\n",
            ),
            ("baseline.json", "{\"canary-of-the-neighbour\": 1}"),
            ("undo.json", "{\"canary-of-the-neighbour\": 1}"),
            ("0", CANARY),
            ("folder/precious", CANARY),
            (
                "journal",
                "{\"schema\":1,\"write\":[],\"remove\":[{\"path\":\"rdsproxy.toml\",\"before\":\"canary-of-the-neighbour\"}]}",
            ),
        ] {
            fs::write(outside.join(file), text).unwrap();
        }
        Self { home }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program(self.home.path());
        ended(command.args(arguments).env("CANARY_VARIABLE", CANARY))
    }
}

/// Like [`contents`], but shows links and pipes as such.
fn shape(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let what = if kind.is_dir() {
            found.extend(shape(&path));
            "folder".to_owned()
        } else if kind.is_symlink() {
            format!("link to {}", fs::read_link(&path).unwrap().display())
        } else if kind.is_file() && entry.metadata().unwrap().len() < 1 << 30 {
            digest(fs::read(&path).unwrap())
        } else {
            format!("{kind:?}")
        };
        found.push((path, what));
    }
    found.sort();
    found
}

/// A project that was updated once and therefore has an update record.
fn origin() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = ended(program(home.path()).args(arguments));
        assert!(output.status.success(), "{output:?}");
    };
    run(&[
        "new",
        "project",
        "--demo",
        "--defaults",
        "--set",
        "consumers=orders-api",
    ]);
    let spec = home.path().join("project/rdsproxy.toml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, format!("{text}\n[tags]\nteam = \"shop\"\n")).unwrap();
    run(&["update", "project"]);
    home
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

#[test]
fn a_hostile_directory_changes_and_shows_nothing_outside() {
    let origin = origin();
    let project = origin.path().join("project");
    for (number, (case, tamper)) in CASES.iter().enumerate() {
        // A normal run combines each case with some of the commands, and each command with some of the cases.
        let step = scale::step(4);
        for (command, only_looks) in COMMANDS.iter().skip(number % step).step_by(step) {
            let grounds = Grounds::new(&project);
            tamper(&grounds.place("project"), &grounds.place("outside"));
            let [inside, outside] = ["project", "outside"].map(|name| shape(&grounds.place(name)));
            let output = grounds.run(command);
            let said = said(&output);
            let what = format!("{case}, {}: {said}", command.join(" "));
            assert_eq!(shape(&grounds.place("outside")), outside, "{what}");
            assert!(!said.contains(CANARY), "{what}");
            assert!(output.status.code().is_some_and(|code| code < 3), "{what}");
            if *only_looks {
                assert_eq!(shape(&grounds.place("project")), inside, "{what}");
            }
        }
    }
    assert!(CASES.len() >= 40, "{}", CASES.len());
}

/// A damaged file is refused with its path and a remedy, and never ignored.
#[test]
fn what_is_not_believed_is_named() {
    let origin = origin();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for (case, tamper) in CASES {
        let (command, file): (&[&str], &str) = match case {
            case if case.starts_with("a journal") => (&["update", "project"], "pending.json"),
            case if case.starts_with("a baseline") => (&["drift", "project"], "project/"),
            case if case.starts_with("a record") => (&["update", "project", "--undo"], "undo.json"),
            _ => continue,
        };
        *tried.entry(file).or_default() += 1;
        let grounds = Grounds::new(&origin.path().join("project"));
        tamper(&grounds.place("project"), &grounds.place("outside"));
        let output = grounds.run(command);
        let said = said(&output);
        assert!(!output.status.success(), "{case}: {said}");
        assert!(
            said.contains(file) || said.contains("symbolic link"),
            "{case}: {said}"
        );
    }
    assert!(
        tried.len() == 3 && tried.values().all(|count| *count > 2),
        "{tried:?}"
    );
}

/// An interrupted run is reported by read-only commands, and completed by the next command that writes.
#[test]
fn those_that_look_tell_of_a_run_that_was_cut_off() {
    let origin = origin();
    for (command, only_looks) in COMMANDS {
        let grounds = Grounds::new(&origin.path().join("project"));
        let root = grounds.place("project");
        journal(&root, &[("terraform/new.tf", "# new\n", None)], &[]);
        let output = grounds.run(command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_done = root.join("terraform/new.tf").exists();
        assert_eq!(is_done, !only_looks, "{command:?}: {said}");
        assert_eq!(
            said.contains("was cut off here"),
            *only_looks,
            "{command:?}: {said}"
        );
    }
}

/// An undamaged directory works as before: update, undo and comparison.
#[test]
fn an_undamaged_directory_works_as_before() {
    let origin = origin();
    let grounds = Grounds::new(&origin.path().join("project"));
    let updated = contents(&grounds.place("project"));
    assert!(
        grounds
            .run(&["update", "project", "--undo"])
            .status
            .success()
    );
    assert!(grounds.run(&["update", "project"]).status.success());
    assert_eq!(contents(&grounds.place("project")), updated);
    assert_eq!(grounds.run(&["drift", "project"]).status.code(), Some(0));
}

/// A folder and a link are exchanged as fast as the system allows while files are written and read.
#[cfg(target_os = "linux")]
mod races {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rdsproxy_gen::io::boundary::{Boundary, PathContent};
    use rdsproxy_gen::io::files::{self, DirectoryChange};
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    use super::*;

    /// Signals the end of the work, even after a panic. Otherwise the other thread would never stop.
    struct Done<'a>(&'a AtomicBool);

    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Runs the work while two names are constantly exchanged.
    fn exchanging(one: &Path, other: &Path, work: impl FnOnce()) {
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
                }
            });
            let _done = Done(&is_done);
            work();
        });
    }

    struct Ground {
        home: tempfile::TempDir,
    }

    impl Ground {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            for (path, text) in [
                ("outside/main.tf", CANARY),
                ("project/terraform/main.tf", "# mine\n"),
                // Keeps the folder when the other files are removed.
                ("project/terraform/keep.tf", "# mine\n"),
            ] {
                let path = home.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self { home }
        }

        fn at(&self, path: &str) -> PathBuf {
            self.home.path().join(path)
        }
    }

    #[test]
    fn no_race_writes_or_removes_outside() {
        let ground = Ground::new();
        let outside = contents(&ground.at("outside"));
        symlink(ground.at("outside"), ground.at("project/link")).unwrap();
        let root = ground.at("project");
        let (mut done, mut refused) = (0, 0);
        exchanging(&root.join("terraform"), &root.join("link"), || {
            for round in 0..2_000 {
                let change = match round % 2 {
                    0 => DirectoryChange {
                        write: [("terraform/new.tf".to_owned(), format!("# {round}\n"))].into(),
                        remove: Vec::new(),
                    },
                    _ => DirectoryChange {
                        remove: vec![
                            "terraform/main.tf".to_owned(),
                            "terraform/new.tf".to_owned(),
                        ],
                        ..DirectoryChange::default()
                    },
                };
                // Refused if the path was a link, done if it was not: both results are right.
                match files::apply(&root, &change) {
                    Ok(()) => done += 1,
                    Err(_) => refused += 1,
                }
                let _ = files::recover(&root);
                assert_eq!(contents(&ground.at("outside")), outside, "round {round}");
            }
        });
        // Both sides of the race occurred; otherwise the test proves nothing.
        assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
    }

    #[test]
    fn no_race_reads_outside() {
        let ground = Ground::new();
        symlink(ground.at("outside"), ground.at("project/link")).unwrap();
        let root = ground.at("project");
        let boundary = Boundary::around(std::slice::from_ref(&root), None).unwrap();
        let name = root.join("terraform/main.tf").display().to_string();
        let (mut here, mut refused) = (0, 0);
        exchanging(&root.join("terraform"), &root.join("link"), || {
            for _ in 0..20_000 {
                match boundary.read(&name, 1 << 20) {
                    PathContent::Here(bytes) => {
                        assert_eq!(bytes, b"# mine\n");
                        here += 1;
                    }
                    PathContent::Outside => refused += 1,
                    other => panic!("{other:?}"),
                }
                if let files::ExistingFile::Text(text) = files::existing(&root, "terraform/main.tf")
                {
                    assert_eq!(text, "# mine\n");
                }
            }
        });
        // Both sides of the race occurred; otherwise the test proves nothing.
        assert!(here > 0 && refused > 0, "{here} read, {refused} refused");
    }
}
