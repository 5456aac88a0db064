//! Runs each command with the permissions of its policy: all of them are sufficient, and the command reports those it
//! cannot use.

pub(super) mod account;
mod front;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rdsproxy_gen::domain::calls::READERS;
use serde_json::Value;

use super::signed_in;
use crate::generating::acceptance::fake_aws::Beside;
use crate::support::program::{ended, program, stderr, stdout};
use crate::support::tools::copy;

/// An existing secret with its own key: its policies are read because it was chosen explicitly.
const CHOSEN: &str =
    "users.0.secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:catalog/app-AsDfGh";

/// The arguments for each command of `READERS`.
const COMMANDS: &[(&str, &[&str])] = &[
    ("audit", &["audit", "--live", "--format", "json"]),
    ("drift", &["drift", "project", "--live", "--format", "json"]),
    (
        "new",
        &[
            "new",
            "made",
            "--dry-run",
            "--defaults",
            "--set",
            "database.identifier=orders-db",
            "--set",
            "consumers=orders-api",
            "--set",
            "users=app",
            "--set",
            CHOSEN,
            "--live",
        ],
    ),
    ("snapshot", &["snapshot"]),
    (
        "update",
        &["update", "due", "--check", "--live", "--format", "json"],
    ),
];

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// A test setup: an account behind a proxy that makes calls fail, and a folder with a deployed project and one that is
/// due for an update.
struct Wire {
    account: Beside,
    failing: Beside,
    folder: tempfile::TempDir,
}

impl Wire {
    #[track_caller]
    fn to(account: &rdsproxy_gen::domain::snapshot::Snapshot) -> Option<Self> {
        let account = Beside::serving(account)?;
        let folder = tempfile::tempdir().unwrap();
        let example = Path::new("generated-examples/postgresql-instance");
        for project in ["project", "due"] {
            copy(example, &folder.path().join(project));
        }
        let spec = folder.path().join("due/rdsproxy.toml");
        let text = std::fs::read_to_string(&spec).unwrap();
        let (_, arn) = CHOSEN.split_once('=').unwrap();
        let user = "name = \"orders_rw\"\n";
        let edited = text.replacen(user, &format!("{user}secret = \"{arn}\"\n"), 1);
        assert_ne!(text, edited);
        std::fs::write(spec, edited).unwrap();
        Some(Self {
            failing: account.failing(),
            account,
            folder,
        })
    }

    /// Runs a command while calls fail in these modes.
    fn run(&self, command: &str, more: &[&str], modes: &str) -> Answer {
        let (_, arguments) = COMMANDS.iter().find(|(name, _)| *name == command).unwrap();
        self.given(&[arguments, more].concat(), modes)
    }

    fn in_full_sight(&self, command: &str) -> Answer {
        self.run(command, &[], "name=full")
    }

    fn given(&self, arguments: &[&str], modes: &str) -> Answer {
        let endpoint = self.failing.endpoint(modes);
        let mut run = program(self.folder.path());
        run.args(arguments)
            .args(["--region", account::REGION])
            .env("HOME", self.folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(signed_in(&endpoint));
        let output = ended(&mut run);
        Answer {
            code: output.status.code(),
            stdout: stdout(&output),
            stderr: stderr(&output),
        }
    }
}

/// The actions of the policy that the program prints for a command.
fn granted(command: &str) -> BTreeSet<String> {
    let arguments = ["snapshot", "--print-policy", "--for", command];
    let output = ended(program(Path::new(".")).args(arguments));
    let policy: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

/// The decisions of an answer by subject, without those that it leaves open.
fn decided(command: &str, answer: &Answer) -> BTreeMap<String, String> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut decided = BTreeMap::new();
    match command {
        "audit" if !answer.stdout.is_empty() => {
            for proxy in answer.json()["proxies"].as_array().unwrap() {
                for verdict in proxy["verdicts"].as_array().unwrap() {
                    let about = format!("{} {}", text(proxy, "name"), text(verdict, "rule"));
                    decided.insert(about, text(verdict, "verdict"));
                }
            }
        }
        "drift" if !answer.stdout.is_empty() => {
            for effect in effects(answer) {
                let about = format!(
                    "{} {}",
                    text(&effect, "attribute"),
                    text(&effect, "message")
                );
                decided.insert(about, text(&effect, "class"));
            }
        }
        "new" => {
            let row = r"(?m)^ +\d? +([A-Z].*?) +(pass|FAIL|open)\b";
            let rows = regex::Regex::new(row).unwrap();
            let rows = rows.captures_iter(&answer.stdout);
            decided.extend(rows.map(|row| (row[1].to_owned(), row[2].to_owned())));
        }
        _ => {}
    }
    decided.retain(|_, verdict| !["undetermined", "cannot tell", "open"].contains(&&**verdict));
    decided
}

/// The differences that `drift` reports.
fn effects(answer: &Answer) -> Vec<Value> {
    let report = answer.json();
    let changes = report["projects"][0]["changes"].as_array().unwrap().iter();
    let effects = changes.flat_map(|change| change["effects"].as_array().unwrap().clone());
    effects.collect()
}

/// The number of parallel runs, most of which only wait.
const AT_ONCE: usize = 8;

/// Runs all jobs, several in parallel, and returns all problems.
fn side_by_side<J: Sync>(jobs: &[J], run: impl Fn(&J) -> Vec<String> + Sync) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = run(job);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

#[test]
fn aws_every_reader_of_an_account_is_run() {
    let named = |list: &[&'static str]| list.iter().copied().collect::<BTreeSet<_>>();
    let run: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    let readers: Vec<&str> = READERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(named(&run), named(&readers));
}
