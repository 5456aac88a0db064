//! Runs killed at any moment: the next run finds either the old or the new files, and nothing else.
//!
//! Half of the kills are spread over the whole run. The others wait until files are being staged and strike then, since
//! writing is a small part of a run. Kills continue until each kind of moment occurred: on a busy machine, where runs
//! last longer than the timed one, the test takes longer but does not fail.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{contents, ended, program};
use crate::support::scale;
use crate::support::tools::copy;

/// The number of rounds after which a test reports that no kill hit the moment it waits for.
const MOST: u32 = 400;

type Files = BTreeMap<String, Vec<u8>>;

/// A delay that is evenly spread over its range and reproducible.
fn spread(round: u32, below: Duration) -> Duration {
    // By the golden ratio, each new point falls into the largest gap.
    let share = f64::from(round).mul_add(0.618_033_988_75, 0.0).fract();
    below.mul_f64(share)
}

/// The result of an undisturbed run, and its duration.
fn undisturbed(arguments: &[&str], home: &Path) -> (Files, Duration) {
    let began = Instant::now();
    let output = ended(program(home).args(arguments));
    assert!(output.status.success(), "{output:?}");
    (contents(&home.join("project")), began.elapsed())
}

fn start(arguments: &[&str], home: &Path) -> Child {
    program(home)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills a run after a delay, counted from its start or from the moment at which files are staged.
fn kill(mut child: Child, staged: impl Fn() -> bool, delay: Duration, when_staging: bool) {
    while when_staging && !staged() && child.try_wait().unwrap().is_none() {}
    std::thread::sleep(delay);
    // The process may already have ended.
    let _ = child.kill();
    child.wait().unwrap();
}

/// True if a killed run left a state that is neither old nor new.
fn is_cut_off(home: &Path) -> bool {
    contents(home).keys().any(|path| {
        ["unfinished-", "/staged/", "/pending."]
            .iter()
            .any(|mark| path.contains(mark))
    })
}

fn names(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// Any command that can write first completes or reverts the interrupted run; this one is refused, and writes nothing
/// itself. A dry run changes nothing, and does not judge a half-written directory.
fn look(home: &Path, arguments: &[&str]) {
    let before = contents(home);
    let dry: Vec<&str> = arguments.iter().copied().chain(["--dry-run"]).collect();
    let output = ended(program(home).args(dry));
    let said = crate::support::program::stderr(&output);
    assert!(
        output.status.success() || said.contains("an earlier run was cut off here"),
        "{said}"
    );
    assert_eq!(contents(home), before, "a dry run changed something");
    let mut command: Command = program(home);
    let output = ended(command.args(arguments).args(["--set", "proxy.name=No"]));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_new_directory_is_there_whole_or_not_at_all() {
    let arguments = ["new", "project", "--demo", "--defaults"];
    let home = tempfile::tempdir().unwrap();
    let (new, time) = undisturbed(&arguments, home.path());
    let (mut cut_off, mut absent) = (0, 0);
    let least = scale::count("kills");
    for round in 0..MOST {
        if round >= least && cut_off > 0 && absent > 0 {
            break;
        }
        let home = tempfile::tempdir().unwrap();
        let when_staging = round % 2 == 0;
        let delay = spread(round, if when_staging { time / 20 } else { time });
        let staged = || !names(home.path()).is_empty();
        kill(start(&arguments, home.path()), staged, delay, when_staging);
        cut_off += u32::from(is_cut_off(home.path()));
        let project = home.path().join("project");
        if project.is_dir() {
            assert_eq!(
                contents(&project),
                new,
                "round {round}: half of it is there"
            );
        }
        look(home.path(), &arguments);
        match names(home.path()).as_slice() {
            [] => absent += 1,
            [only] if only == "project" => assert_eq!(contents(&project), new, "round {round}"),
            other => panic!("round {round}: {other:?}"),
        }
    }
    assert!(cut_off > 0, "no kill of {MOST} met a run that was writing");
    assert!(
        absent > 0,
        "every run of {MOST} had ended before it was killed"
    );
}

#[test]
fn an_existing_directory_is_the_old_one_or_the_new_one() {
    let before = ["new", "project", "--demo", "--defaults"];
    // Another proxy name and one target fewer: files change, appear and disappear.
    let after = [
        "new",
        "project",
        "--demo",
        "--defaults",
        "--set",
        "proxy.name=billing",
        "--target",
        "terraform",
    ];
    let forced = [&after[..], &["--force"]].concat();
    let origin = tempfile::tempdir().unwrap();
    let (old, _) = undisturbed(&before, origin.path());
    let rehearsal = tempfile::tempdir().unwrap();
    copy(origin.path(), rehearsal.path());
    let (new, time) = undisturbed(&forced, rehearsal.path());
    assert!(old != new && old.keys().any(|path| !new.contains_key(path)));
    let (mut cut_off, mut kept) = (0, 0);
    let least = scale::count("kills");
    for round in 0..MOST {
        if round >= least && cut_off > 0 && kept > 0 && kept < round {
            break;
        }
        let home = tempfile::tempdir().unwrap();
        copy(origin.path(), home.path());
        let when_staging = round % 2 == 0;
        let delay = spread(round, if when_staging { time / 10 } else { time });
        let staged = || home.path().join("project/.rdsproxy-gen/staged").is_dir();
        kill(start(&forced, home.path()), staged, delay, when_staging);
        cut_off += u32::from(is_cut_off(home.path()));
        look(home.path(), if round % 4 < 2 { &before } else { &after });
        let found = contents(&home.path().join("project"));
        assert!(
            found == old || found == new,
            "round {round}: {:?}",
            found.keys()
        );
        assert_eq!(names(home.path()), ["project"], "round {round}");
        kept += u32::from(found == old);
    }
    assert!(cut_off > 0, "no kill of {MOST} met a run that was writing");
    assert!(
        kept > 0 && kept < MOST,
        "{kept} of {MOST} left the old files"
    );
}

/// Half-written files of an interrupted run are not user changes: read-only commands report the interruption and exit
/// with 1.
#[test]
fn who_reads_beside_a_cut_off_run_says_so_and_judges_nothing() {
    let before = ["new", "project", "--demo", "--defaults"];
    let forced = [&before[..], &["--set", "proxy.name=billing", "--force"]].concat();
    let origin = tempfile::tempdir().unwrap();
    undisturbed(&before, origin.path());
    copy(&origin.path().join("project"), &origin.path().join("other"));
    let mut half_way = 0;
    for round in 0..MOST {
        if half_way >= 2 {
            break;
        }
        let home = tempfile::tempdir().unwrap();
        copy(origin.path(), home.path());
        let state = home.path().join("project/.rdsproxy-gen");
        let is_decided = || state.join("pending.json").exists();
        let delay = spread(round, Duration::from_millis(2));
        kill(start(&forced, home.path()), is_decided, delay, true);
        if !is_decided() {
            continue;
        }
        half_way += 1;
        let left = contents(home.path());
        for arguments in [
            &["drift", "project"][..],
            &["update", "project", "--check"],
            &["update", "project", "--dry-run"],
            &["new", "project", "--dry-run", "--defaults"],
            &["drift", "project", "other"],
            &["update", "project", "other", "--check"],
        ] {
            let output = ended(program(home.path()).args(arguments));
            let said = crate::support::program::stdout(&output)
                + &crate::support::program::stderr(&output);
            let what = format!("round {round}, {arguments:?}: {said}");
            assert_eq!(output.status.code(), Some(1), "{what}");
            assert!(
                said.contains("project: an earlier run was cut off here"),
                "{what}"
            );
            assert_eq!(
                said.contains("other"),
                arguments.contains(&"other"),
                "{what}"
            );
            assert_eq!(contents(home.path()), left, "{what}");
        }
        let output = ended(program(home.path()).args(["update", "project"]));
        assert!(output.status.success(), "{output:?}");
        let output = ended(program(home.path()).args(["drift", "project", "other"]));
        assert!(output.status.success(), "{output:?}");
    }
    assert!(half_way > 0, "no kill of {MOST} met a run that had decided");
}

/// Read-only commands do not wait for a running command that writes, and never mistake its files for user changes.
#[test]
fn who_reads_beside_a_run_that_writes_sees_no_drift() {
    let home = tempfile::tempdir().unwrap();
    undisturbed(&["new", "project", "--demo", "--defaults"], home.path());
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let is_over = &is_over;
    let home = home.path();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for name in ["billing", "orders"].iter().cycle() {
                let set = format!("proxy.name={name}");
                let arguments = [
                    "new",
                    "project",
                    "--demo",
                    "--defaults",
                    "--set",
                    &set,
                    "--force",
                ];
                let output = ended(program(home).args(arguments));
                assert!(output.status.success(), "{output:?}");
                if is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
            }
        });
        let mut wrong = Vec::new();
        for _ in 0..scale::count("readings beside a run") {
            let output = ended(program(home).args(["drift", "project"]));
            let said = crate::support::program::stderr(&output);
            match output.status.code() {
                Some(0) => {}
                Some(1) if said.contains("is writing here") => {}
                _ => wrong.push(output),
            }
        }
        // The other process ends before anything is asserted.
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        writer.join().unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
    });
}
