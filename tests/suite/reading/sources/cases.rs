//! Small sources, one for each notation, and the facts that they give.

use std::collections::BTreeMap;

use rdsproxy_gen::domain::facts::Fact;
use rdsproxy_gen::language::resource::Dialect;
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Case {
    about: String,
    dialect: String,
    resources: Value,
    /// Facts by their path below the only proxy; `null` if the fact must be absent.
    facts: BTreeMap<String, Option<String>>,
}

#[test]
fn everything_is_read_as_it_is_meant() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("cases.json")).unwrap();
    for case in cases {
        let dialect = match case.dialect.as_str() {
            "terraform" => Dialect::Terraform,
            "cloudformation" => Dialect::CloudFormation,
            other => panic!("{other}?"),
        };
        let facts = super::read(dialect, case.resources).facts();
        for (path, expected) in case.facts {
            let found = facts.get(&format!("orders/{path}")).map(text);
            let all: Vec<_> = facts
                .iter()
                .map(|(path, fact)| format!("{path} = {}", text(fact)))
                .collect();
            let all = all.join("\n");
            assert_eq!(found, expected, "{}: {path} in\n{all}", case.about);
        }
    }
}

fn text(fact: &Fact) -> String {
    match fact {
        Fact::Value(value) => value.clone(),
        Fact::Unresolved(reason) => format!("unresolved: {reason}"),
        Fact::NotVisible => "not visible".to_owned(),
        Fact::Partial(reason) => format!("partial: {reason}"),
    }
}
