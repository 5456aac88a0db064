//! Fuzzes every reader with broken texts: mutated real inputs go through the whole audit. Nothing may panic, take long
//! or use excessive memory.
//!
//! A normal run tests the same few hundred cases every time. For a search:
//!
//! ```text
//! RDSPROXY_FUZZ_SECONDS=600 RDSPROXY_FUZZ_SEED=7 \
//!     cargo test --test suite fuzz::mutated -- --nocapture --test-threads 1
//! ```
//!
//! `RDSPROXY_FUZZ_READERS=plan,policy` limits the search to these readers, and `RDSPROXY_FUZZ_KEEP=FOLDER` saves the
//! current case there, for failures that end the process.

mod blowups;
mod corpus;
mod growth;
mod mutate;
mod pipeline;
mod seeding;
mod targets;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use self::corpus::Corpus;
use self::mutate::{Mutation, mutation};
use self::pipeline::Seen;
use self::targets::Files;
use crate::support::clock::{measured, patience};
use crate::support::scale;

/// The number of consecutive cases of each reader in a long run.
const ROUND: u32 = 200;

/// The amount, in kilobytes, by which one case may raise the peak memory. Only a long run is alone in its process.
const APPETITE: u64 = 150 * 1024;

/// The stack of a thread with default settings; the program has a larger one.
const STACK: usize = 2 * 1024 * 1024;

/// A case: two texts of the corpus, and the mutations of the first.
type Case = (Index, Index, Vec<Mutation>);

fn case() -> impl Strategy<Value = Case> {
    (
        any::<Index>(),
        any::<Index>(),
        prop::collection::vec(mutation(), 1..8),
    )
}

/// A reader: its name, the percentage of cases in which a proxy must be left to judge (a text without one tests little
/// more than the parser), and its test of a case. The broken text is returned in the last argument for display.
type Reader = (&'static str, u64, fn(&Corpus, &Case, &mut Files) -> Seen);

const READERS: &[Reader] = &[
    ("terraform", 30, |corpus, case, seen| {
        let (one, other, _) = case;
        let mut files = corpus.modules[one.index(corpus.modules.len())].clone();
        let donor = &corpus.modules[other.index(corpus.modules.len())];
        let path = files.keys().nth(other.index(files.len())).unwrap().clone();
        let broken = broken(&files[&path], donor.values().next().unwrap(), case);
        files.insert(path, broken);
        seen.clone_from(&files);
        pipeline::modules(&files, &BTreeMap::new())
    }),
    ("variables", 30, |corpus, case, seen| {
        let (one, other, _) = case;
        let mut files = corpus.modules[one.index(corpus.modules.len())].clone();
        let donor = &corpus.modules[other.index(corpus.modules.len())];
        let value = broken(
            "{ app = { iam = \"DISABLED\", tags = {} } }",
            donor.values().next().unwrap(),
            case,
        );
        let values = broken(
            include_str!("seeds/terraform/terraform.tfvars"),
            &value,
            case,
        );
        files.insert("fuzz.auto.tfvars".to_owned(), values);
        seen.clone_from(&files);
        pipeline::modules(&files, &[("users".to_owned(), value)].into())
    }),
    // Some templates of the fixtures contain no proxy themselves, only what another template imports.
    ("cloudformation", 20, |corpus, case, seen| {
        let (one, other, _) = case;
        let [one, other] =
            [one, other].map(|at| &corpus.templates[at.index(corpus.templates.len())]);
        let templates = [broken(one, other, case), other.clone()];
        seen.insert("0.yaml".to_owned(), templates[0].clone());
        seen.insert("1.yaml".to_owned(), templates[1].clone());
        pipeline::templates(&templates)
    }),
    ("snapshot", 10, |corpus, case, seen| {
        let text = of(&corpus.snapshots, &gentle(case));
        seen.insert("0.json".to_owned(), text.clone());
        pipeline::snapshot(&text)
    }),
    ("plan", 10, |corpus, case, seen| {
        let text = of(&corpus.plans, &gentle(case));
        seen.insert("0.json".to_owned(), text.clone());
        pipeline::plan(&text)
    }),
    ("policy", 0, |corpus, case, seen| {
        let text = of(&corpus.policies, &gentle(case));
        seen.insert("0.toml".to_owned(), text.clone());
        pipeline::policy(&text)
    }),
    ("waivers", 0, |corpus, case, seen| {
        let text = of(&corpus.waivers, case);
        seen.insert("0.json".to_owned(), text.clone());
        pipeline::waivers(&text)
    }),
    ("spec", 1, |corpus, case, seen| {
        let text = of(&corpus.specs, &gentle(case));
        seen.insert("0.toml".to_owned(), text.clone());
        pipeline::spec(&text)
    }),
];

/// Few changes, for readers that reject a text as a whole.
fn gentle((one, other, mutations): &Case) -> Case {
    (*one, *other, mutations.iter().take(2).cloned().collect())
}

fn of(texts: &[String], case: &Case) -> String {
    let [one, other] = [case.0, case.1].map(|at| &texts[at.index(texts.len())]);
    broken(one, other, case)
}

fn broken(text: &str, donor: &str, (_, _, mutations): &Case) -> String {
    mutations.iter().fold(text.to_owned(), |text, mutation| {
        mutation.apply(&text, donor)
    })
}

/// The peak memory in kilobytes, if the system reports it.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok())
        .unwrap_or_default()
}

/// Runs the work on a small separate stack; an error if it panics or takes too long.
fn within_bounds(work: impl FnOnce() -> Seen + Send) -> Seen {
    std::thread::scope(|scope| {
        let timed = move || {
            let (proxies, took) = measured(work);
            if took < patience() {
                proxies
            } else {
                Err(format!("takes {took:?}"))
            }
        };
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, timed)
            .unwrap();
        thread.join().unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            Err(format!("panics: {}", said.unwrap_or_default()))
        })
    })
}

fn kept(name: &str) -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("RDSPROXY_FUZZ_KEEP")?).join(name))
}

/// Tests cases and describes the smallest one that fails.
fn search(reader: &Reader, corpus: &Corpus, config: Config, seed: u64) -> Result<u32, String> {
    let (name, _, read) = reader;
    let judged = Cell::new(0);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let alone = std::env::var_os("RDSPROXY_FUZZ_SECONDS").is_some();
    let outcome = TestRunner::new_with_rng(config, rng).run(&case(), |case| {
        if let Some(file) = kept(name) {
            std::fs::write(file, format!("{case:?}")).unwrap();
        }
        let before = most_memory();
        let outcome = within_bounds(|| read(corpus, &case, &mut Files::new()));
        let grown = most_memory().saturating_sub(before);
        match outcome {
            Ok(_) if alone && grown > APPETITE => {
                Err(TestCaseError::fail(format!("takes {grown} kB")))
            }
            Ok(proxies) => {
                judged.set(judged.get() + u32::from(proxies > 0));
                Ok(())
            }
            Err(reason) => Err(TestCaseError::fail(reason)),
        }
    });
    match outcome {
        Ok(()) => Ok(judged.get()),
        Err(TestError::Fail(reason, case)) => Err(shown(reader, corpus, (&reason, &case))),
        Err(TestError::Abort(reason)) => Err(format!("{name}: {reason}")),
    }
}

fn shown(
    (name, _, read): &Reader,
    corpus: &Corpus,
    (reason, case): (&impl Debug, &Case),
) -> String {
    let mut seen = Files::new();
    let _ = within_bounds(|| read(corpus, case, &mut seen));
    let files: Vec<String> = seen
        .iter()
        .map(|(path, text)| format!("---- {path}\n{text}\n"))
        .collect();
    format!("{name}: {reason:?}\n{:?}\n{}", case.2, files.concat())
}

#[test]
fn mutated_texts_are_read_or_refused() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seconds = number("RDSPROXY_FUZZ_SECONDS");
    let first_seed = number("RDSPROXY_FUZZ_SEED").unwrap_or_default();
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or_default());
    let corpus = Corpus::collect();
    let sizes = [
        corpus.modules.len(),
        corpus.templates.len(),
        corpus.snapshots.len(),
        corpus.specs.len(),
    ];
    assert!(sizes.iter().all(|size| *size >= 3), "{sizes:?}");
    let config = Config {
        cases: if seconds.is_some() {
            ROUND
        } else {
            scale::count("mutated texts of each reader")
        },
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let (mut rounds, mut found) = (0, Vec::new());
    let mut judged: BTreeMap<&str, u64> = BTreeMap::new();
    let only = std::env::var("RDSPROXY_FUZZ_READERS").ok();
    let is_wanted = |reader: &&Reader| {
        let only = only.as_deref();
        only.is_none_or(|only| only.split(',').any(|name| name == reader.0))
    };
    loop {
        for reader in READERS.iter().filter(is_wanted) {
            match search(reader, &corpus, config.clone(), first_seed + rounds) {
                Ok(some) => *judged.entry(reader.0).or_default() += u64::from(some),
                Err(shown) => found.push(shown),
            }
        }
        rounds += 1;
        if Instant::now() >= end || found.len() > 20 {
            break;
        }
    }
    let executed = rounds * u64::from(config.cases);
    eprintln!(
        "{executed} cases of each reader over {sizes:?} seeds; with proxies that could still be judged: {judged:?}"
    );
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    for (reader, least, _) in READERS.iter().filter(is_wanted) {
        // By chance, a small number of cases may contain fewer: two standard deviations are allowed.
        let expected = (executed * least) as f64 / 100.0;
        let few = expected - 2.0 * expected.sqrt();
        let share = judged[reader] * 100 / executed;
        assert!(
            judged[reader] as f64 >= few,
            "{reader}: only {share} % of the cases hold a proxy"
        );
    }
}
