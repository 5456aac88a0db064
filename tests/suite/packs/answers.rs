//! The answers that a pack sets, and the limits that it tightens: followed by `new`, and never a way to loosen a rule.

use std::fs;
use std::path::Path;

use super::used::{made, new};
use super::{acme, pack, put};
use crate::support::program::{contents, ended, program, stderr, stdout};

/// A pack with this `answers.toml`.
fn saying(answers: &str) -> tempfile::TempDir {
    let folder = acme();
    put(
        folder.path(),
        "answers.toml",
        &format!("schema = 1\n{answers}"),
    );
    folder
}

fn spec(at: &Path) -> String {
    fs::read_to_string(at.join("project/rdsproxy.toml")).unwrap()
}

/// Checks that `new` with these arguments is refused with this message.
fn refused(at: &Path, arguments: &[&str], expected: &str) {
    let (code, said) = new(at, &[&["--pack", "acme"], arguments].concat());
    assert!(
        code == 1 && said.contains(expected),
        "{expected}: {code}: {said}"
    );
    assert!(!at.join("project").exists());
}

#[test]
fn what_is_locked_is_answered_for_everybody_and_told() {
    let folder =
        saying("[locked]\nmonitoring.log_retention_days = 731\ntags.Platform = \"databases\"\n");
    let at = folder.path();
    refused(
        at,
        &["--set", "monitoring.log_retention_days=30"],
        "monitoring.log_retention_days: the pack acme locks it to 731",
    );
    let sample = at.join("acme/samples/instance.toml");
    let text = fs::read_to_string(&sample).unwrap();
    fs::write(&sample, format!("{text}\n[tags]\nPlatform = \"mine\"\n")).unwrap();
    refused(
        at,
        &[],
        "tags.Platform: the pack acme locks it to databases",
    );
    fs::write(&sample, &text).unwrap();

    let said = made(at, &["--pack", "acme"]);
    assert!(said.contains("acme answers for everybody:"), "{said}");
    assert!(
        said.contains("monitoring.log_retention_days = 731"),
        "{said}"
    );
    let spec = spec(at);
    assert!(
        spec.contains("log_retention_days = 731") && spec.contains("Platform = \"databases\""),
        "{spec}"
    );
    let generated = contents(&at.join("project/terraform"));
    let is_tagged = |text: &Vec<u8>| {
        let text = String::from_utf8_lossy(text);
        text.contains("Platform") && text.contains("databases")
    };
    assert!(generated.values().any(is_tagged));
    // The written spec is complete: a second run changes nothing.
    let again = ended(program(at).args([
        "new",
        "project",
        "--answers",
        "project/rdsproxy.toml",
        "--pack",
        "acme",
        "--non-interactive",
    ]));
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert_eq!(super::answers::spec(at), spec, "{}", stdout(&again));
    let (code, said) = pack(at, &["check", "acme", "--accept"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_default_is_taken_where_nobody_says_otherwise() {
    let folder = saying("[defaults]\npool.borrow_timeout = 20\nproxy.auth = \"end-to-end-iam\"\n");
    let at = folder.path();
    let arguments = |more: &[&str]| {
        let given = [
            "new",
            "project",
            "--demo",
            "--defaults",
            "--pack",
            "acme",
            "--force",
        ];
        let output = ended(program(at).args(given).args(more));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        spec(at)
    };
    let spec = arguments(&[]);
    assert!(
        spec.contains("borrow_timeout = 20") && spec.contains("end-to-end-iam"),
        "{spec}"
    );
    let spec = arguments(&["--set", "pool.borrow_timeout=40"]);
    assert!(spec.contains("borrow_timeout = 40"), "{spec}");
    // A spec with all answers works without the pack.
    fs::remove_dir_all(at.join("project")).unwrap();
    made(at, &["--pack", "acme"]);
    assert!(!super::answers::spec(at).contains("borrow_timeout = 20"));
}

#[test]
fn what_is_not_allowed_is_refused_and_what_is_needed_is_asked_for() {
    let folder = saying(
        "[allowed]\nproxy.engine = [\"postgresql\", \"aurora-postgresql\"]\nproxy.name = { like = \"*-proxy\" }\n\
         pool.max_connections_percent = { least = 10, most = 60 }\nusers.access = [\"read-only\", \"read-write\"]\n\
         [required]\ntags = [\"CostCenter\"]\n",
    );
    let at = folder.path();
    refused(at, &[], "--set tags.CostCenter=");
    let tag = ["--set", "tags.CostCenter=42"];
    for (assignment, expected) in [
        (
            "proxy.engine=mysql",
            "\"mysql\": the pack acme takes postgresql, aurora-postgresql",
        ),
        ("proxy.name=orders", "takes what looks like *-proxy"),
        (
            "pool.max_connections_percent=80",
            "\"80\": the pack acme takes 10 to 60",
        ),
    ] {
        refused(at, &[&tag[..], &["--set", assignment]].concat(), expected);
    }
    made(at, &[&["--pack", "acme"], &tag[..]].concat());
    let text = spec(at);
    // The limit becomes the answer if the tool's own default would exceed it.
    assert!(text.contains("max_connections_percent = 60"), "{text}");
    assert!(text.contains("CostCenter = \"42\""), "{text}");

    // `pack check` applies the limit to the samples, and tests both ends of the allowed range.
    let (code, said) = pack(at, &["check", "acme", "--accept"]);
    assert!(code == 1 && said.contains("tags.CostCenter"), "{said}");
    let sample = at.join("acme/samples/instance.toml");
    let text = fs::read_to_string(&sample).unwrap();
    fs::write(&sample, format!("{text}\n[tags]\nCostCenter = \"1\"\n")).unwrap();
    let (code, said) = pack(at, &["check", "acme", "--accept"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_weakness_at_the_end_of_what_is_allowed_is_found() {
    let folder = saying("[allowed]\npool.borrow_timeout = { least = 7, most = 19 }\n");
    let at = folder.path();
    let template = "terraform/main.tf.tera";
    let hidden = "debug_logging = {% if pool.borrow_timeout == 19 %}true{% else %}false{% endif %}";
    let text = super::built_in(template).replace("debug_logging = false", hidden);
    put(at, &format!("templates/{template}"), &text);
    let (code, said) = pack(at, &["check", "acme", "--accept"]);
    assert!(
        code == 1 && said.contains("debug_logging is `true` in place of `false`"),
        "{said}"
    );
}

#[test]
fn the_database_of_an_account_has_to_be_one_that_the_pack_takes() {
    let folder = saying("[allowed]\nproxy.engine = [\"sqlserver\"]\n");
    let arguments = ["new", "project", "--demo", "--defaults", "--pack", "acme"];
    let output = ended(program(folder.path()).args(arguments));
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the pack acme takes sqlserver"), "{said}");
}

#[test]
fn tighter_limits_are_kept() {
    let folder = acme();
    let at = folder.path();
    put(
        at,
        "policy.toml",
        "schema = 1\n[limits]\nborrow_timeout = 15\n",
    );
    refused(
        at,
        &["--set", "pool.borrow_timeout=16"],
        "does not keep the limits of the pack",
    );
    made(at, &["--pack", "acme", "--set", "pool.borrow_timeout=15"]);
}

/// Attempts of a pack to loosen each of the six rules by an answer, and the refusals.
const BY_ANSWER: &[(u8, &str, &str)] = &[
    (
        1,
        "[locked]\ndatabase.tls = \"off\"\n",
        "database.tls: \"off\" is none of",
    ),
    (
        1,
        "[locked]\ndatabase.require_secure_transport = false\n",
        "unknown key",
    ),
    (
        2,
        "[locked]\nproxy.require_tls = false\n",
        "unknown key `proxy.require_tls`",
    ),
    (
        2,
        "[defaults.proxy]\nrequire_tls = false\n",
        "unknown key `proxy.require_tls`",
    ),
    (
        3,
        "[[locked.users]]\nname = \"a\"\nsecret = \"shared\"\n",
        "users are each project's own",
    ),
    (
        3,
        "[locked]\nencryption.secret_policy = \"public\"\n",
        "unknown key",
    ),
    (
        3,
        "[defaults]\nencryption.secret_readers = [\"arn:aws:iam::999999999999:role/a\"]\n",
        "who may read the secrets is each project's own",
    ),
    (
        3,
        "[locked]\nencryption.secret_readers = [\"arn:aws:iam::999999999999:role/a\"]\n",
        "who may read the secrets is each project's own",
    ),
    (
        3,
        "[locked]\nencryption.strict_secret_policy = false\n",
        "a pack may lock the strict policy of secrets on, and not off",
    ),
    (
        3,
        "[allowed]\nencryption.strict_secret_policy = [false]\n",
        "lock it on under [locked]",
    ),
    (
        1,
        "[locked]\ndatabase.tls = \"enforced\"\n",
        "is known of each database",
    ),
    (
        1,
        "[allowed]\ndatabase.tls = [\"enforced\"]\n",
        "is known of each database",
    ),
    (
        4,
        "[locked]\nnetwork.cidr_blocks = [\"0.0.0.0/0\"]\n",
        "unknown key",
    ),
    (
        4,
        "[[defaults.consumers]]\nfunction = \"any\"\ncidr = \"0.0.0.0/0\"\n",
        "consumers are each project's own",
    ),
    (
        5,
        "[locked]\nproxy.auth = \"none\"\n",
        "proxy.auth: \"none\" is none of",
    ),
    (
        5,
        "[allowed]\nproxy.iam_auth = [\"DISABLED\"]\n",
        "unknown key `proxy.iam_auth`",
    ),
    (
        6,
        "[locked]\nproxy.debug_logging = true\n",
        "unknown key `proxy.debug_logging`",
    ),
    (
        6,
        "[allowed]\nmonitoring.debug_logging = [true]\n",
        "unknown key `monitoring.debug_logging`",
    ),
];

/// The rule for each of the six requirements.
const SIX: [&str; 6] = [
    "database-tls-not-enforced",
    "client-tls-not-required",
    "secret-policy-missing",
    "security-group-ingress-open",
    "iam-auth-not-required",
    "debug-logging-on",
];

/// Checks that `check`, `build` and `new` all refuse the pack.
fn refused_everywhere(at: &Path, expected: &str) {
    for arguments in [
        &["check", "acme"][..],
        &["check", "acme", "--accept"],
        &["build", "acme"],
    ] {
        let (code, said) = pack(at, arguments);
        assert!(
            code == 1 && said.contains(expected),
            "{arguments:?}: {expected}: {said}"
        );
    }
    refused(at, &[], expected);
}

#[test]
fn no_answer_and_no_policy_of_a_pack_loosens_one_of_the_six_rules() {
    let mut rules = std::collections::BTreeSet::new();
    for (rule, answers, expected) in BY_ANSWER {
        rules.insert(*rule);
        refused_everywhere(saying(answers).path(), expected);
    }
    assert!(rules.into_iter().eq(1..=6));
    for id in SIX {
        assert!(
            rdsproxy_gen::rules::RULES
                .iter()
                .any(|rule| rule.info.id == id),
            "{id}"
        );
        let folder = acme();
        let lower = format!("schema = 1\n[severity]\n{id} = \"note\"\n");
        put(folder.path(), "policy.toml", &lower);
        refused_everywhere(folder.path(), "policy.toml:2:2: a pack changes no severity");
        let waived = format!("schema = 1\n[[waivers]]\nrule = \"{id}\"\nreason = \"we know\"\n");
        put(folder.path(), "policy.toml", &waived);
        refused_everywhere(folder.path(), "policy.toml:2:3: a pack waives nothing");
    }
}

#[test]
fn every_problem_of_the_answers_has_its_place() {
    for (answers, expected) in [
        ("lockd = 1\n", "answers.toml:2:1: unknown key `lockd`"),
        (
            "[locked]\nproxy.nam = \"x\"\n",
            "did you mean `proxy.name`?",
        ),
        (
            "[locked]\nproxy.name = 3\n",
            "answers.toml:3:14: proxy.name: expected a text",
        ),
        (
            "[allowed]\nproxy.name = { most = 3 }\n",
            "most says nothing of this answer",
        ),
        ("[allowed]\nproxy.engine = []\n", "no answer would do"),
        (
            "[allowed]\nproxy.engine = [\"oracle\"]\n",
            "\"oracle\" is none of",
        ),
        (
            "[allowed]\npool.borrow_timeout = { least = 9, most = 3 }\n",
            "no answer would do",
        ),
        (
            "[allowed]\npool.borrow_timeout = { most = 9000 }\n",
            "9000 is outside 0 to 300",
        ),
        (
            "[allowed]\nproxy.name = { like = \"[\" }\n",
            "not a pattern",
        ),
        ("[allowed]\nproxy = 3\n", "[allowed.proxy] is a table"),
        ("[required]\ntags = [\"aws:x\"]\n", "answers.toml:3:9"),
        ("[required]\nusers = [\"x\"]\n", "what can be required"),
        (
            "[locked]\nproxy.engine = \"mysql\"\n[allowed]\nproxy.engine = [\"mariadb\"]\n",
            "locked: proxy.engine: \"mysql\": the pack acme takes mariadb",
        ),
    ] {
        let (code, said) = pack(saying(answers).path(), &["build", "acme"]);
        assert!(code == 1 && said.contains(expected), "{expected}: {said}");
    }
}
