//! `policy.toml` of a pack: limits that are tighter than the service's own. A pack can lower no severity and waive
//! nothing: both belong to the project's policy, where the people who answer for the project see them.

use toml::de::DeTable;

use crate::domain::limits::Limits;
use crate::domain::policy;
use crate::domain::spec::{NamedText, SpecError, SpecProblem};

/// The path of the file in a pack.
pub const FLOOR_FILE: &str = "policy.toml";

/// The keys that only a project's policy may have, each with the refusal.
const OF_PROJECTS: [(&str, &str); 2] = [
    ("severity", "a pack changes no severity"),
    ("waivers", "a pack waives nothing"),
];

/// Reads the limits.
///
/// # Errors
/// Every problem in the file, each with its place.
pub(super) fn floor(text: &str) -> Result<Limits, SpecError> {
    let text = NamedText {
        file: FLOOR_FILE,
        text,
    };
    let problem = |span, message: &str, hint| SpecProblem {
        message: message.to_owned(),
        origin: text.origin(&span),
        hint,
    };
    let table = DeTable::parse(text.text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        SpecError(vec![problem(span, error.message(), None)])
    })?;
    let refused: Vec<SpecProblem> = table
        .get_ref()
        .iter()
        .filter_map(|(name, _)| {
            let (_, why) = OF_PROJECTS.iter().find(|(key, _)| *key == name.get_ref())?;
            let hint = "it belongs into the rdsproxy-policy.toml of a project".to_owned();
            Some(problem(name.span(), why, Some(hint)))
        })
        .collect();
    if refused.is_empty() {
        policy::policy(&text, &[]).map(|policy| policy.limits)
    } else {
        Err(SpecError(refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_tightened_and_nothing_else() {
        let tighter = "schema = 1\n[limits]\nmax_connections_percent = 60\n";
        assert_eq!(floor(tighter).unwrap().most.max_connections_percent, 60);
        for (text, expected) in [
            (
                "schema = 1\n[limits]\nborrow_timeout = 900\n",
                "policy.toml:3:18",
            ),
            (
                "schema = 1\n[severity]\ntls = \"note\"\n",
                "policy.toml:2:2: a pack changes no severity",
            ),
            (
                "schema = 1\n[[waivers]]\nrule = \"x\"\n",
                "policy.toml:2:3: a pack waives nothing",
            ),
            ("schema = 2\n", "policy.toml:1:10"),
            ("schema = [", "policy.toml:1:"),
        ] {
            let error = floor(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
