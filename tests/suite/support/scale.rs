//! The number of test cases. A normal run is short and always the same; `.ci/nightly` sets `RDSPROXY_TEST_SCALE`, which
//! multiplies every count, and uses random cases.

use proptest::test_runner::{Config, RngSeed};

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
    // Each takes a few seconds, mostly waiting.
    ("pairs of failing calls", 15, MANY),
];

const MANY: u32 = u32::MAX;

/// The scale of `.ci/nightly`.
const NIGHTLY: u32 = 20;

/// The scale of this run; 1 in a normal one.
fn scale() -> u32 {
    let given = std::env::var("RDSPROXY_TEST_SCALE").ok();
    let number = given.map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("RDSPROXY_TEST_SCALE={text} is not a number"))
    });
    number.unwrap_or(1).max(1)
}

/// True if this run tests everything.
pub(crate) fn is_whole() -> bool {
    scale() > 1
}

/// The number of cases of this kind in this run.
pub(crate) fn count(what: &str) -> u32 {
    scaled(what, scale())
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
        format!("{short} in each test run and {long} in `.ci/nightly`"),
        format!("({projects} in each test run, all in `.ci/nightly`"),
    ] {
        assert!(readme.contains(&told), "README.md: {told}");
    }
}
