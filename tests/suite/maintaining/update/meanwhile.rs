//! Concurrent changes to files during an update: nothing that others write is lost.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::{another_spec, home};
use crate::support::program::{ended, program, stderr, stdout};
use crate::support::scale;
use crate::support::tools::copy;

/// The number of attempts; in a nightly run the promised number.
fn times() -> u64 {
    u64::from(scale::count("saves beside an update"))
}

/// A project for which an update is due.
fn due() -> tempfile::TempDir {
    let home = home();
    another_spec(&home.path().join("project"));
    home
}

fn again(first: &Path) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    copy(first, home.path());
    home
}

/// Checks that the project is consistent: completely before the update, or completely after it.
fn is_whole(home: &Path) -> bool {
    let holds = |path: &str, text: &str| {
        let text_there = fs::read_to_string(home.join("project").join(path)).unwrap();
        text_there.contains(text)
    };
    let template = holds(
        "cloudformation/template.yaml",
        "ConnectionBorrowTimeout: 45",
    );
    let values = holds(
        "terraform/terraform.tfvars",
        "borrow_timeout               = 45",
    );
    let baseline = holds(".rdsproxy-gen/baseline.json", "ConnectionBorrowTimeout: 45");
    template == values && values == baseline
}

#[test]
fn of_two_updates_at_once_one_writes_and_nothing_is_torn() {
    let first = due();
    for number in 0..times() {
        let home = again(first.path());
        let start = || {
            let mut program = program(home.path());
            program.args(["update", "project"]).stdin(Stdio::null());
            program
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let one = start();
        thread::sleep(Duration::from_millis(number % 20 * 10));
        let two = start();
        let codes = [one, two].map(|child| child.wait_with_output().unwrap());
        let said: String = codes.iter().map(|one| stdout(one) + &stderr(one)).collect();
        let mut codes = codes.map(|one| one.status.code());
        codes.sort();
        assert!(
            codes == [Some(0), Some(0)] || codes == [Some(0), Some(1)],
            "{said}"
        );
        if codes[1] == Some(1) {
            assert!(said.contains("another rdsproxy-gen is writing"), "{said}");
        }
        assert!(is_whole(home.path()), "{said}");
        let undone = ended(program(home.path()).args(["update", "project", "--undo"]));
        assert!(undone.status.success(), "{}", stderr(&undone));
        assert!(is_whole(home.path()));
    }
}

#[test]
fn what_an_editor_saves_in_between_is_never_lost() {
    const OURS: &str = "# saved in between\n";
    let first = due();
    for number in 0..times() {
        let home = again(first.path());
        let path = home.path().join("project/terraform/terraform.tfvars");
        let mut child = program(home.path())
            .args(["update", "project"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(number * 37 % 400));
        // Saves as editors do: the content read before plus the new text goes to a temporary file that replaces the
        // original.
        let text = fs::read_to_string(&path).unwrap();
        let draft = path.with_extension("draft");
        fs::write(&draft, text + OURS).unwrap();
        fs::rename(&draft, &path).unwrap();
        let code = child.wait().unwrap().code();
        assert!(code == Some(0) || code == Some(1), "{code:?}");
        let now = fs::read_to_string(&path).unwrap();
        assert!(now.contains(OURS), "try {number}, {code:?}: {now}");
        if code == Some(1) {
            assert!(is_whole(home.path()), "try {number}: nothing was written");
        }
        let next = ended(program(home.path()).args(["update", "project"]));
        assert!(next.status.success(), "{}", stderr(&next));
        assert!(fs::read_to_string(&path).unwrap().contains(OURS));
    }
}
