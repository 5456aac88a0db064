//! What is fuzzed stands in the suite, which repeats what was ever found: `tests/suite/support/fuzz/targets`. This is how libFuzzer
//! reaches it.

// The suite uses more of each.
#[allow(dead_code)]
#[path = "../../suite/support/fuzz/mutate.rs"]
mod mutate;
#[allow(dead_code)]
#[path = "../../suite/support/fuzz/pipeline.rs"]
mod pipeline;
#[allow(dead_code)]
#[path = "../../suite/support/fuzz/targets/mod.rs"]
mod targets;

pub use libfuzzer_sys;

use mutate::mutation;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The program of a target.
#[macro_export]
macro_rules! search {
    ($name:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::check($name, bytes));
        $crate::libfuzzer_sys::fuzz_mutator!(|bytes: &mut [u8],
                                              size: usize,
                                              most: usize,
                                              seed: u32| {
            $crate::mutated((bytes, size, most), seed)
        });
    };
}

/// Reads an input.
///
/// # Panics
/// When something does not hold that must: libFuzzer keeps the input.
pub fn check(name: &str, bytes: &[u8]) {
    let target = targets::TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("{name} is no target"));
    if let Err(why) = (target.check)(bytes) {
        panic!("{name}: {why}");
    }
}

/// Changes an input in place, and says how long it is now: half of the time by tokens, lines and brackets, since most changes of single
/// bytes are refused by the first parser that sees them.
pub fn mutated((bytes, size, most): (&mut [u8], usize, usize), seed: u32) -> usize {
    let text = std::str::from_utf8(&bytes[..size])
        .ok()
        .filter(|text| !text.is_empty());
    let by_tokens = text.filter(|_| seed % 2 == 0).map(|text| {
        let mut long_seed = [0; 32];
        long_seed[..4].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &long_seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let drawn = mutation().new_tree(&mut runner);
        drawn.map_or_else(|_| text.to_owned(), |tree| tree.current().apply(text, text))
    });
    match by_tokens {
        Some(changed) if changed.len() <= most => {
            bytes[..changed.len()].copy_from_slice(changed.as_bytes());
            changed.len()
        }
        _ => libfuzzer_sys::fuzzer_mutate(bytes, size, most),
    }
}
