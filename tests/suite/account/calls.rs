//! The table of calls matches the calls in the code.

use std::collections::BTreeMap;
use std::path::Path;

use rdsproxy_gen::domain::calls::CALLS;

/// Every `CallPurpose::new(ACTION, FIELD)` below src/io/aws, outside tests.
fn asked() -> BTreeMap<String, String> {
    let ask = regex::Regex::new(r#"CallPurpose::new\(\s*"([^"]+)",\s*("[^"]+"|[A-Z_]+)"#).unwrap();
    let mut asked = BTreeMap::new();
    for entry in std::fs::read_dir(Path::new("src/io/aws")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let code = text.split("\nmod tests {").next().unwrap();
        for found in ask.captures_iter(code) {
            let field = match found[2].strip_prefix('"') {
                Some(field) => field.trim_end_matches('"').to_owned(),
                None => constant(code, &found[2]),
            };
            asked.insert(found[1].to_owned(), field);
        }
        let all = code.matches("CallPurpose::new(").count();
        assert_eq!(
            all,
            ask.captures_iter(code).count(),
            "an ask with no plain action"
        );
    }
    asked
}

fn constant(code: &str, name: &str) -> String {
    let begins = format!("const {name}: &str = \"");
    let (_, rest) = code.split_once(&begins).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn the_table_of_calls_is_what_the_code_asks() {
    let table = CALLS.iter();
    let table = table.map(|call| (call.action.to_owned(), call.field.to_owned()));
    assert_eq!(asked(), table.collect());
}
