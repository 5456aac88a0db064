//! Build information: the program's version, the commit it was built from, and the features compiled in.

use serde::Serialize;

/// The commit, set by `build.rs`; empty if unknown, as in development builds.
const COMMIT: &str = env!("RDSPROXY_GEN_BUILT_FROM");

/// The enabled features, set by `build.rs` and separated by spaces: `aws oci`.
const FEATURES: &str = env!("RDSPROXY_GEN_FEATURES");

/// The version line for people: `0.1.0 (0a1b2c3d4e5f, aws, oci)`.
pub const LINE: &str = env!("RDSPROXY_GEN_LINE");

/// The output of `--version --json`.
#[derive(Serialize)]
struct Built {
    name: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    features: Vec<&'static str>,
    target: &'static str,
}

/// Returns the build information as one line of JSON.
pub fn json() -> String {
    let built = Built {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        commit: Some(COMMIT).filter(|commit| !commit.is_empty()),
        features: FEATURES.split_whitespace().collect(),
        target: env!("RDSPROXY_GEN_TARGET"),
    };
    // Serialising strings and lists of strings cannot fail.
    serde_json::to_string(&built).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_programs_read_the_same() {
        let told: serde_json::Value = serde_json::from_str(&json()).unwrap();
        let line = LINE;
        assert!(
            line.starts_with(told["version"].as_str().unwrap()),
            "{line}"
        );
        for feature in told["features"].as_array().unwrap() {
            assert!(line.contains(feature.as_str().unwrap()), "{line}");
        }
        assert_eq!(line.contains("aws"), cfg!(feature = "aws"));
        assert_eq!(line.contains("oci"), cfg!(feature = "oci"));
        assert!(told["target"].as_str().unwrap().contains('-'));
    }
}
