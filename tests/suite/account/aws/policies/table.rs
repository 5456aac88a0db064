//! For each command, makes each action of its policy fail in each way, and random pairs of actions: every decision must
//! equal that with complete data, and each failure is named with its cause.

use std::collections::{BTreeMap, BTreeSet};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rdsproxy_gen::domain::calls::{CALLS, CallOccasion};
use rdsproxy_gen::domain::snapshot::{Cause, NotVisible, Snapshot};
use rdsproxy_gen::report::FORMATS;
use rdsproxy_gen::report::drift::DRIFT_FORMATS;
use serde_json::Value;

use super::super::failures::MODES;
use super::account::{few, many};
use super::{Answer, COMMANDS, Wire, decided, effects, granted, side_by_side};
use crate::account::unseen::placeholders;
use crate::support::scale;

/// The modes of `MODES` that the table covers.
const WAYS: [&str; 4] = ["refuse", "throttle", "hang", "garbage"];

/// The timeout if an action never answers. Everything else takes two seconds.
const PATIENCE: &[&str] = &["--timeout", "8"];

fn cause(way: &str) -> Cause {
    let found = MODES.iter().find(|(mode, _)| *mode == way);
    found.unwrap().1
}

/// A run: a command, and the failing actions with their modes.
#[derive(Clone, Debug)]
struct Job {
    number: usize,
    command: &'static str,
    spoiled: Vec<(String, &'static str)>,
}

impl Job {
    fn modes(&self) -> String {
        let pairs = self.spoiled.iter();
        let pairs = pairs.map(|(action, way)| format!("{action}={way},"));
        format!("{}name={}", pairs.collect::<String>(), self.number)
    }

    fn hangs(&self) -> bool {
        self.spoiled.iter().any(|(_, way)| *way == "hang")
    }

    fn spoils(&self, wanted: &str) -> bool {
        self.spoiled.iter().any(|(action, _)| action == wanted)
    }
}

/// Jobs with one failing action. A normal run tests each action once, with commands and modes in turn.
fn singles() -> Vec<Job> {
    let mut jobs = Vec::new();
    for (at, (command, _)) in COMMANDS.iter().enumerate() {
        for action in granted(command) {
            let row = CALLS.iter().position(|call| call.action == action);
            // An action that few commands call is tested with one of them.
            let makers = COMMANDS.len() - usize::from(action.starts_with("cloudwatch:"));
            for (way_at, way) in WAYS.into_iter().enumerate() {
                let turn = row.unwrap();
                let is_due = turn % makers == at && turn % WAYS.len() == way_at;
                if scale::is_whole() || is_due {
                    let spoiled = vec![(action.clone(), way)];
                    let number = jobs.len();
                    jobs.push(Job {
                        number,
                        command,
                        spoiled,
                    });
                }
            }
        }
    }
    jobs
}

/// Jobs with two failing actions, drawn at random.
fn pairs(from: usize) -> Vec<Job> {
    let mut runner = TestRunner::new(scale::config("pairs of failing calls"));
    let number = scale::count("pairs of failing calls") as usize;
    let draw = |number: usize| {
        let (command, _) = COMMANDS[number % COMMANDS.len()];
        let actions: Vec<String> = granted(command).into_iter().collect();
        let two = proptest::sample::subsequence(actions, 2);
        let ways = [(); 2].map(|()| proptest::sample::select(WAYS.to_vec()));
        let drawn = (two, ways).new_tree(&mut runner).unwrap().current();
        Job {
            number,
            command,
            spoiled: drawn.0.into_iter().zip(drawn.1).collect(),
        }
    };
    (from..from + number).map(draw).collect()
}

/// The accounts, and the answers of each command with complete data of the first.
struct Sight {
    few: Wire,
    full: BTreeMap<&'static str, Answer>,
    many: Wire,
}

impl Sight {
    #[track_caller]
    fn full() -> Option<Self> {
        let [few, many] = [Wire::to(&few())?, Wire::to(&many())?];
        let all = COMMANDS.iter();
        let all = all.map(|(command, _)| (*command, few.in_full_sight(command)));
        let full = all.collect();
        Some(Self { few, full, many })
    }

    /// The problems in the output of a run.
    fn wrong(&self, job: &Job) -> Vec<String> {
        let is_for_many = |action: &str| {
            let mut calls = CALLS
                .iter()
                .filter(|call| call.made == CallOccasion::ForMany);
            calls.any(|call| call.action == action)
        };
        let has_many = job.spoiled.iter().any(|(action, _)| is_for_many(action));
        let (wire, full) = if has_many {
            (&self.many, &self.many.in_full_sight(job.command))
        } else {
            (&self.few, &self.full[job.command])
        };
        let more = if job.hangs() { PATIENCE } else { &[] };
        let answer = wire.run(job.command, more, &job.modes());
        let mut wrong = invented(job, &answer, full);
        wrong.extend(wrong_code(job, &answer, full));
        wrong.extend(placeholders(&answer.stdout));
        wrong.extend(placeholders(&answer.stderr));
        let called = wire.failing.calls_by(&job.modes());
        for (action, way) in &job.spoiled {
            match called.contains_key(action) {
                // If a bulk call fails, the single calls replace it.
                true if is_for_many(action) => {}
                true => wrong.extend(unnamed(job, &answer, (action, *way))),
                false if job.spoiled.len() == 1 => wrong.push(format!("{action} is not called")),
                // Calls that depend on a failed one are not made.
                false => {}
            }
        }
        if let [(action, "refuse" | "garbage")] = job.spoiled.as_slice()
            && !is_for_many(action)
        {
            wrong.extend(self.in_another_format(job, action));
        }
        let told = |line: String| format!("{} with {}: {line}", job.command, job.modes());
        wrong.into_iter().map(told).collect()
    }

    /// Repeats the check in the next format.
    fn in_another_format(&self, job: &Job, action: &str) -> Option<String> {
        let formats: Vec<&str> = match job.command {
            "audit" => FORMATS.iter().map(|format| format.id).collect(),
            "drift" => DRIFT_FORMATS.iter().map(|format| format.id).collect(),
            _ => return None,
        };
        let format = formats[job.number % formats.len()];
        let (_, arguments) = COMMANDS.iter().find(|(name, _)| *name == job.command)?;
        let (_, arguments) = arguments.split_last()?;
        let arguments = [arguments, &[format]].concat();
        let answer = self.few.given(&arguments, &job.modes());
        let is_blind = job.command == "audit" && job.spoils("rds:DescribeDBProxies");
        let is_named = is_blind || answer.stdout.contains(action);
        let marks = placeholders(&answer.stdout);
        (!is_named || !marks.is_empty()).then(|| format!("{format}: {marks:?}\n{}", answer.stdout))
    }
}

/// Decisions that were not made with complete data.
fn invented(job: &Job, answer: &Answer, full: &Answer) -> Vec<String> {
    let full = decided(job.command, full);
    let found = decided(job.command, answer).into_iter();
    let found = found.filter(|(about, verdict)| full.get(about) != Some(verdict));
    found
        .map(|(about, verdict)| {
            let known = full.get(&about);
            format!("{about} is {verdict}, and {known:?} in full sight")
        })
        .collect()
}

/// The expected exit code: 1 if the work could not be done, 2 if something was found, otherwise 0.
fn wrong_code(job: &Job, answer: &Answer, full: &Answer) -> Option<String> {
    let found = |is: bool| Some(if is { 2 } else { 0 });
    let is_blind = job.spoils("rds:DescribeDBProxies");
    let (expected, is_told) = match job.command {
        "audit" if is_blind => {
            let told = answer.stderr.contains("could not be listed");
            (Some(1), told && answer.stdout.is_empty())
        }
        "audit" => {
            let number = &answer.json()["summary"]["findings"];
            (found(number.as_u64() > Some(0)), true)
        }
        "drift" => (found(!effects(answer).is_empty()), true),
        // Without the list to choose from, the answer has to be given as an argument.
        "new" if answer.code == Some(1) => (Some(1), answer.stderr.contains(" missing:\n")),
        // A rule that fails because of the account is open if that part was not read.
        "new" if answer.code == Some(0) => (Some(0), true),
        "new" => (full.code, true),
        "update" => (full.code, says_no_more(answer.json(), full.json())),
        _ => (full.code, true),
    };
    let is_right = answer.code == expected && is_told;
    (!is_right).then(|| {
        format!(
            "exit {:?}, not {expected:?}\n{}",
            answer.code, answer.stderr
        )
    })
}

/// True if an update is the same and its notes on the account are all among those with complete data.
fn says_no_more(mut answer: Value, mut full: Value) -> bool {
    let notes = |update: &mut Value| -> BTreeSet<String> {
        let notes = update["projects"][0]["notes"].take();
        let notes = notes.as_array().unwrap().iter();
        notes.map(ToString::to_string).collect()
    };
    let fewer = notes(&mut answer).is_subset(&notes(&mut full));
    fewer && answer == full
}

/// Reports a failed call that is not named with its cause.
fn unnamed(job: &Job, answer: &Answer, (action, way): (&str, &str)) -> Vec<String> {
    let mut causes = vec![cause(way)];
    if job.hangs() {
        // Calls after a hanging one have no time left.
        causes.push(Cause::TimedOut);
    }
    let told: Vec<String> = causes
        .iter()
        .map(|cause| {
            let gap = NotVisible {
                action: action.to_owned(),
                cause: *cause,
                ..NotVisible::default()
            };
            gap.what()
        })
        .collect();
    let names = |text: &str| told.iter().any(|told| text.contains(told.as_str()));
    let is_in_answer = match job.command {
        _ if answer.stdout.is_empty() => true,
        "audit" | "drift" => names(&answer.stdout),
        "snapshot" => {
            let seen = Snapshot::parse(&answer.stdout, "stdout").unwrap();
            let mut gaps = seen.not_visible.iter();
            gaps.any(|gap| gap.action == action && causes.contains(&gap.cause))
        }
        _ => true,
    };
    let asks = answer.stderr.contains(&format!("grant {action}\n"));
    let checks = [
        (names(&answer.stderr), "is not named on standard error"),
        (is_in_answer, "is not named in the answer"),
        (
            asks == (way == "refuse") || job.hangs(),
            "asks for a grant where none helps, or for none",
        ),
    ];
    let failed = checks.iter().filter(|(holds, _)| !holds);
    failed
        .map(|(_, what)| format!("{action} {what}\n{}", answer.stderr))
        .collect()
}

#[test]
fn aws_no_failing_call_and_no_two_decide_anything_and_each_is_named() {
    let Some(sight) = Sight::full() else { return };
    let mut jobs = singles();
    jobs.extend(pairs(jobs.len()));
    let wrong = side_by_side(&jobs, |job| sight.wrong(job));
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
