//! Tests of policies that are equivalent, and of policies that permit more or less.

use super::super::lexicon::Lexicon;
use super::super::permits;
use super::*;

/// Parses `EFFECT ACTION… | PRINCIPAL… | RESOURCE… | OPERATOR KEY VALUE…`; a leading exclamation mark negates an
/// element.
fn statement(text: &str) -> Statement {
    let mut parts = text.split('|').map(str::trim);
    let mut words = || parts.next().unwrap_or_default().split_whitespace();
    let mut first = words();
    let effect = match first.next().unwrap() {
        "allow" => Effect::Allow,
        _ => Effect::Deny,
    };
    let principal = |term: SymbolicString| match term.as_text().as_deref() {
        Some("*") => Principal::Anyone,
        Some(text) if text.ends_with(".com") => Principal::Service(term),
        _ => Principal::Aws(term),
    };
    let principals = words();
    let resources = words();
    let mut condition = words();
    let conditions = condition.next().map(|operator| Condition {
        operator: operator.to_owned(),
        key: condition.next().unwrap().to_owned(),
        values: condition.map(term).collect(),
    });
    Statement {
        effect,
        actions: scope(first, |term| term),
        principals: scope(principals, principal),
        resources: scope(resources, |term| term),
        conditions: conditions.into_iter().collect(),
        ..Statement::default()
    }
}

fn scope<T>(
    words: std::str::SplitWhitespace<'_>,
    of: impl Fn(SymbolicString) -> T,
) -> ElementScope<T> {
    let words: Vec<&str> = words.collect();
    let all = words.iter().map(|word| word.trim_start_matches('!'));
    let all = all.map(|word| of(term(word))).collect();
    if words.iter().any(|word| word.starts_with('!')) {
        ElementScope::AllBut(all)
    } else {
        ElementScope::Only(all)
    }
}

fn term(word: &str) -> SymbolicString {
    match word {
        "ROLE" => SymbolicString::thing(Symbol::ProxyRole),
        "ACCOUNT" => SymbolicString::thing(Symbol::Account),
        "OTHER" => SymbolicString::thing(Symbol::Created("aws_iam_role.other".to_owned())),
        "ADMIN" => SymbolicString::thing(Symbol::Created("aws_iam_role.admin".to_owned())),
        "LOOKUP" => SymbolicString::thing(Symbol::Created("data.aws_iam_role.x".to_owned())),
        "OPEN" => SymbolicString(vec![SymbolicPart::Unknown("var.x".to_owned())]),
        word => SymbolicString::text(word),
    }
}

/// Returns how two policies differ: more (`+`), less (`-`), or undecided (`?`).
fn differs(holder: PolicyHolder, before: &[&str], after: &[&str]) -> String {
    let mut labels = Labels::default();
    labels.lexicon = Lexicon::deployed_into("123456789012");
    let [before, after] = [before, after].map(|texts| {
        let policy = Policy {
            statements: texts.iter().map(|text| statement(text)).collect(),
            ..Policy::default()
        };
        grants(&policy, holder, &labels)
    });
    let changes = permits::changes(&before, &after);
    let mut signs: Vec<char> = changes
        .iter()
        .map(|change| match (&change.open, change.is_more()) {
            (Some(_), true) => '?',
            (Some(_), false) => '~',
            (None, true) => '+',
            (None, false) => '-',
        })
        .collect();
    signs.sort_unstable();
    signs.into_iter().collect()
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_secret_is_open_to_whom_it_is_in_whatever_words() {
    const READ: &str = "secretsmanager:GetSecretValue";
    for (before, after, expected) in [
        // Equivalent.
        (
            &["allow READ | ROLE | *"][..],
            &["allow READ | ROLE | *"][..],
            "",
        ),
        (
            &["allow READ | ROLE OTHER | *"],
            &["allow READ | ROLE | *", "allow READ | OTHER | *"],
            "",
        ),
        (
            &["allow secretsmanager:* | ROLE | *"],
            &["allow * | ROLE | *", "allow READ | ROLE | *"],
            "",
        ),
        (
            &["allow READ | 123456789012 | *"],
            &["allow READ | arn:aws:iam::123456789012:root | *"],
            "",
        ),
        (
            &["allow READ | rds.amazonaws.com | * | StringEquals aws:SourceAccount ACCOUNT"],
            &["allow READ | rds.amazonaws.com | * | StringEquals AWS:sourceaccount 123456789012"],
            "",
        ),
        (
            &["allow READ | a.amazonaws.com | * | StringEquals k a b"],
            &[
                "allow READ | a.amazonaws.com | * | StringEquals k a",
                "allow READ | a.amazonaws.com | * | StringEquals k b",
            ],
            "",
        ),
        (
            &["allow READ | * | * | ArnEquals aws:PrincipalArn arn:aws:iam::1:role/a"],
            &["allow READ | arn:aws:iam::1:role/a | *"],
            "",
        ),
        // Permits less.
        (
            &["allow READ | ROLE | *"],
            &["allow READ | ROLE | * | StringEquals k v"],
            "-",
        ),
        (
            &["allow READ | ROLE OTHER | *"],
            &["allow READ | ROLE | *"],
            "-",
        ),
        (
            &["allow secretsmanager:* | ROLE | *"],
            &["allow READ | ROLE | *"],
            "-",
        ),
        (
            &["allow READ | arn:aws:iam::123456789012:root | *"],
            &["allow READ | arn:aws:iam::123456789012:role/a | *"],
            "-",
        ),
        (&["allow READ | * | *"], &["allow READ | ROLE | *"], "-"),
        (
            &["allow !secretsmanager:DeleteSecret | ROLE | *"],
            &["allow READ | ROLE | *"],
            "-",
        ),
        (
            &["deny READ | * | * | Bool k false"],
            &["deny secretsmanager:* | * | * | Bool k false"],
            "-",
        ),
        (&["deny READ | ROLE | *"], &["deny READ | * | *"], "-"),
        (
            &["deny READ | * | * | Bool k false"],
            &["deny READ | * | *"],
            "-",
        ),
        (
            &["deny READ | * | * | ArnNotEquals aws:PrincipalArn a b"],
            &["deny READ | * | * | ArnNotEquals aws:PrincipalArn a"],
            "-",
        ),
        // Permits more.
        (
            &["allow READ | ROLE | *"],
            &["allow READ | ROLE OTHER | *"],
            "+",
        ),
        (
            &["allow READ | OTHER | *"],
            &["allow READ | ADMIN | *"],
            "+-",
        ),
        (
            &["allow READ | ROLE | *"],
            &["allow secretsmanager:Get* | ROLE | *"],
            "+",
        ),
        (
            &["allow READ | ROLE | *"],
            &["allow !secretsmanager:DeleteSecret | ROLE | *"],
            "+",
        ),
        (
            &["allow READ | ROLE | *"],
            &["allow READ | !ROLE | *"],
            "+-",
        ),
        (
            &["allow READ | ROLE | * | StringEquals k v"],
            &["allow READ | ROLE | *"],
            "+",
        ),
        (
            &["allow READ | a.amazonaws.com | * | StringEquals aws:SourceAccount ACCOUNT"],
            &["allow READ | a.amazonaws.com | * | StringEquals aws:SourceAccount 210987654321"],
            "+-",
        ),
        (
            &["deny READ | * | * | Bool k false"],
            &["deny READ | * | * | Bool j false"],
            "+-",
        ),
        (&["deny READ | * | *"], &["deny READ | !ROLE | *"], "+"),
        (&["deny READ | * | *"], &[], "+"),
        // Undecided.
        (
            &["allow READ | ROLE | *"],
            &["allow READ | ROLE OPEN | *"],
            "?",
        ),
        (
            &["allow READ | ROLE | *"],
            &["allow READ | ROLE LOOKUP | *"],
            "?",
        ),
        (
            &["allow READ | ROLE OPEN | *"],
            &["allow READ | ROLE OPEN | *"],
            "",
        ),
        (
            &["allow READ | ROLE | * | NumericLessThan k 1"],
            &["allow READ | ROLE | * | NumericLessThan k 2"],
            "?~",
        ),
        (&["deny READ | OPEN | *"], &["deny READ | * | *"], "~"),
        (&["deny READ | * | *"], &["deny READ | OPEN | *"], "?"),
    ] {
        let named = |texts: &[&str]| -> Vec<String> {
            texts
                .iter()
                .map(|text| text.replace("READ", READ))
                .collect()
        };
        let (named_before, named_after) = (named(before), named(after));
        let [one, other] = [&named_before, &named_after]
            .map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(
            differs(PolicyHolder::Secret, &one, &other),
            expected,
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn a_role_may_do_what_it_may_in_whatever_words() {
    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf";
    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/k";
    for (before, after, expected) in [
        // An action has no effect on resources of another service.
        (
            &[
                "allow secretsmanager:Get | | SECRET",
                "allow kms:Decrypt | | KEY",
            ][..],
            &["allow secretsmanager:get kms:decrypt | | KEY SECRET"][..],
            "",
        ),
        // A statement without resources grants nothing.
        (
            &["allow a:b | | x"],
            &["allow a:b | | x", "allow a:c | |"],
            "",
        ),
        (&["allow a:b | | x y"], &["allow a:b | | x"], "-"),
        (&["allow a:b | | x"], &["allow a:b | | x*"], "+"),
        (&["allow a:b | | x*"], &["allow a:b | | x?"], "-"),
        (&["allow a:b | | x"], &["allow a:b | | !y"], "+"),
        (&["allow a:b | | !y"], &["allow a:b | | !y z"], "-"),
        (&["allow a:b | | *"], &["allow a:b | | x OPEN"], "~"),
        (&["allow a:b | | x"], &["allow a:b | | OPEN"], "?~"),
    ] {
        let named = |texts: &[&str]| -> Vec<String> {
            let named = |text: &&str| text.replace("SECRET", SECRET).replace("KEY", KEY);
            texts.iter().map(named).collect()
        };
        let (named_before, named_after) = (named(before), named(after));
        let [one, other] = [&named_before, &named_after]
            .map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(
            differs(PolicyHolder::Role, &one, &other),
            expected,
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn a_statement_without_end_is_one_grant() {
    let many = (0..100)
        .map(|number| format!("a:b{number}"))
        .collect::<Vec<_>>()
        .join(" ");
    let text = format!("allow {many} | {many} | *");
    assert_eq!(differs(PolicyHolder::Secret, &[&text], &[&text]), "");
    assert_eq!(differs(PolicyHolder::Secret, &[&text], &[]), "-");
    assert_eq!(differs(PolicyHolder::Secret, &[], &[&text]), "+");
    assert_eq!(
        differs(PolicyHolder::Secret, &["allow a:b0 | ROLE | *"], &[&text]),
        "?~"
    );
}
