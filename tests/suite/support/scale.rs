//! The number of test cases. A normal run, which is that of CI, is always the same. `.ci/nightly` sets
//! `RDSPROXY_TEST_SCALE`, which multiplies every count, and uses random cases. A developer's run of all tests takes a
//! quarter of the cases; one whose tests are named on the command line, and any with `RDSPROXY_TEST_SCALE=1`, is normal.

use proptest::test_runner::{Config, RngSeed};

use super::tools::on_ci;

/// The kind of case, its number in a normal run, and the maximum of any run.
const COUNTS: &[(&str, u32, u32)] = &[
    // Random specs, read back from both languages.
    ("specs read back", 24, MANY),
    ("specs parsed", 256, MANY),
    ("specs rendered", 16, MANY),
    ("specs under terraform test", 3, 50),
    ("tags of any characters", 24, MANY),
    ("hostile texts in specs", 48, MANY),
    ("hostile names in reports", 16, MANY),
    // Real texts, mutated.
    ("mutated texts of each reader", 20, MANY),
    ("seeds of each fuzz target", 6, MANY),
    ("mutated archives", 128, MANY),
    ("mutated templates", 100, MANY),
    ("mutated Terraform", 100, MANY),
    ("mutated code before --fix", 60, MANY),
    ("random merges", 24, MANY),
    // The rows that are measured at one size and at four times that size.
    ("sizes of what grows", 1, 8),
    // Complete projects, each with several runs of the program.
    ("edited projects", 25, 200),
    ("kills", 12, 80),
    ("kills of a pull", 12, 200),
    ("three pulls at once", 5, 100),
    ("readings beside a run", 8, 200),
    ("saves beside an update", 12, 100),
    // Each takes a few seconds, mostly waiting.
    ("pairs of failing calls", 15, MANY),
];

const MANY: u32 = u32::MAX;

/// The scale of `.ci/nightly`.
const NIGHTLY: u32 = 20;

/// The part of the cases that a developer's run of all tests takes: one of so many.
const PART: u32 = 4;

/// The extent of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// One of [`PART`] cases.
    Part,
    /// This many times the normal number.
    Times(u32),
}

/// The extent of this run.
fn extent() -> Extent {
    let given = std::env::var("RDSPROXY_TEST_SCALE").ok();
    let number = given.map(|text| {
        text.parse::<u32>()
            .unwrap_or_else(|_| panic!("RDSPROXY_TEST_SCALE={text} is not a number"))
    });
    match number {
        Some(number) => Extent::Times(number.max(1)),
        None if on_ci() || are_named(std::env::args().skip(1)) => Extent::Times(1),
        None => Extent::Part,
    }
}

/// Options of the test program that are followed by a value.
const VALUED: &[&str] = &[
    "-Z",
    "--color",
    "--format",
    "--logfile",
    "--skip",
    "--test-threads",
];

/// True if these arguments of the test program name tests. nextest names each test in a process of its own, which says
/// nothing about the run.
fn are_named(arguments: impl Iterator<Item = String>) -> bool {
    let mut is_value = false;
    let names = arguments.filter(|argument| {
        let is_name = !is_value && !argument.starts_with('-');
        is_value = VALUED.contains(&argument.as_str());
        is_name
    });
    names.count() > 0 && std::env::var_os("NEXTEST").is_none()
}

/// True if this run tests everything.
pub(crate) fn is_whole() -> bool {
    matches!(extent(), Extent::Times(2..))
}

/// Of how many cases a loop takes one, where a normal run takes one of `normal`.
pub(crate) fn step(normal: usize) -> usize {
    match extent() {
        Extent::Part => normal * PART as usize,
        Extent::Times(1) => normal,
        Extent::Times(_) => 1,
    }
}

/// The cases of this run, where a normal run takes all.
pub(crate) fn some<T>(cases: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    cases.into_iter().step_by(step(1))
}

/// The number of cases of this kind in this run.
pub(crate) fn count(what: &str) -> u32 {
    match extent() {
        Extent::Part => scaled(what, 1).div_ceil(PART),
        Extent::Times(scale) => scaled(what, scale),
    }
}

fn scaled(what: &str, scale: u32) -> u32 {
    let row = COUNTS.iter().find(|(name, ..)| *name == what);
    let (_, count, most) = row.unwrap_or_else(|| panic!("no row of COUNTS is named {what}"));
    count.saturating_mul(scale).min(*most)
}

/// The proptest configuration for this kind of case. A failure of a nightly run is reproduced with `PROPTEST_RNG_SEED`
/// or the printed text.
pub(crate) fn config(what: &str) -> Config {
    let mut config = Config {
        cases: count(what),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    if !is_whole() {
        config.rng_seed = RngSeed::Fixed(8);
    }
    config
}

#[test]
fn the_readme_and_the_nightly_run_say_the_same() {
    let [readme, nightly] = ["README.md", ".ci/nightly"].map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    assert!(nightly.contains(&format!("RDSPROXY_TEST_SCALE={NIGHTLY} ")));
    let [short, long] = [1, NIGHTLY].map(|scale| scaled("specs read back", scale));
    let projects = scaled("edited projects", 1);
    for told in [
        format!("{short} in `.ci/run` and {long} in `.ci/nightly`"),
        format!("({projects} in `.ci/run`, all in `.ci/nightly`"),
    ] {
        assert!(readme.contains(&told), "README.md: {told}");
    }
}

#[test]
fn a_run_of_named_tests_is_a_normal_one() {
    let named = |line: &str| are_named(line.split_whitespace().map(str::to_owned));
    let is_nextest = std::env::var_os("NEXTEST").is_some();
    for line in [
        "drift::",
        "--exact drift::moves",
        "--test-threads 2 drift::",
    ] {
        assert_eq!(named(line), !is_nextest, "{line}");
    }
    for line in [
        "",
        "--nocapture",
        "--test-threads 2 --skip aws::",
        "--format=json",
    ] {
        assert!(!named(line), "{line}");
    }
}
