//! Which program this is: its version, the commit it was built from, and what is compiled in.

use serde::Serialize;

/// Set by `build.rs`; empty where nobody knows, as in development.
const COMMIT: &str = env!("RDSPROXY_GEN_BUILT_FROM");

/// Set by `build.rs`: `aws oci`.
const FEATURES: &str = env!("RDSPROXY_GEN_FEATURES");

/// `0.1.0 (0a1b2c3d4e5f, aws, oci)`.
pub const LINE: &str = env!("RDSPROXY_GEN_LINE");

/// What `--version --json` prints.
#[derive(Serialize)]
struct Built {
    name: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    features: Vec<&'static str>,
    target: &'static str,
}

/// The same, whole, as one line of JSON.
pub fn json() -> String {
    let built = Built {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        commit: Some(COMMIT).filter(|commit| !commit.is_empty()),
        features: FEATURES.split_whitespace().collect(),
        target: env!("RDSPROXY_GEN_TARGET"),
    };
    // Texts and lists of texts are always JSON.
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
