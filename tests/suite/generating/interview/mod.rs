//! The interview, answered by scripts with one estate.

mod changes;
mod edited;
mod given;
mod parts;
mod script;
mod terminal;
mod unattended;
mod walks;

use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::interview::Answers;

/// An account with databases that a proxy can serve, and some of every kind that it cannot.
pub(crate) fn estate() -> Snapshot {
    serde_json::from_str(include_str!("estate.json")).unwrap()
}

fn given(assignments: &[&str]) -> Answers {
    let mut answers = Answers::default();
    for assignment in assignments {
        answers.set(assignment).unwrap();
    }
    answers
}

/// The spec of the answers, which must also comply with the limits of the service.
fn spec(answers: &Answers) -> Spec {
    let text = answers.to_toml();
    let spec =
        Spec::parse(&text, "rdsproxy.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    Blueprint::harden(&spec).unwrap_or_else(|error| panic!("{error}\n{text}"));
    spec
}
