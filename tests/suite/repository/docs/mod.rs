//! The README matches the program: its tables come from the statics, its output from the command shown above it.

mod language;

use std::fs;
use std::sync::Mutex;

use rdsproxy_gen::domain::finding::Group;
use rdsproxy_gen::domain::pack::allowance::ALLOWANCES;
use rdsproxy_gen::rules::RULES;

/// Replaces the text between `<!-- begin NAME -->` and `<!-- end NAME -->`.
fn with_section(text: &str, name: &str, body: &str) -> String {
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("<!-- end {name} -->"),
    );
    let (head, rest) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no section {name}"));
    let (_, tail) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("section {name} does not end"));
    format!("{head}{begin}{body}{end}{tail}")
}

fn rules() -> String {
    let mut table = String::from("| rule | severity | id | what it reports |\n|---|---|---|---|\n");
    for rule in RULES {
        let group = match rule.info.group {
            Group::Mission(number) => number.to_string(),
            Group::Beyond => "beyond".to_owned(),
            Group::Limit => "limit".to_owned(),
        };
        let info = &rule.info;
        table.push_str(&format!(
            "| {group} | {} | `{}` | {} |\n",
            info.severity.name(),
            info.id,
            info.summary
        ));
    }
    table
}

/// The table of changes that a pack may make.
fn allowances() -> String {
    let mut table = String::from("| allowance | what a pack may change |\n|---|---|\n");
    for row in ALLOWANCES {
        table.push_str(&format!("| `{}` | {} |\n", row.id, row.allows));
    }
    table
}

/// The permissions of `audit --live`, as the program prints them.
fn permissions() -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = crate::support::program::program(folder.path())
        .args(["snapshot", "--print-policy", "--for", "audit"])
        .output()
        .unwrap();
    assert!(output.status.success());
    format!(
        "```json\n{}```\n",
        String::from_utf8(output.stdout).unwrap()
    )
}

/// The output of the demo command in the README.
fn demo() -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = crate::support::program::program(folder.path())
        .args([
            "new",
            "orders-proxy",
            "--demo",
            "--defaults",
            "--set",
            "consumers=orders-api",
        ])
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    // The rest is the long command that gives the same answers.
    let (shown, _) = text.split_once("\nThe same without questions").unwrap();
    format!("```text\n{shown}```\n")
}

/// Serialises the tests that rewrite the README.
static README: Mutex<()> = Mutex::new(());

/// Checks that the README's section of this name holds exactly this text; `UPDATE=1` writes it.
pub(crate) fn holds(section: &str, text: &str) {
    let _alone = README.lock();
    let path = "README.md";
    let there = fs::read_to_string(path).unwrap();
    let meant = with_section(&there, section, text);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &meant).unwrap();
    } else {
        assert!(
            there == meant,
            "UPDATE=1 with this test rewrites README.md: {text}"
        );
    }
}

/// The audit of a typical proxy: the findings, and the first of the open questions.
fn audit() -> String {
    let folder = tempfile::tempdir().unwrap();
    let code = include_str!("orders.tf");
    fs::write(folder.path().join("orders.tf"), code).unwrap();
    let output = crate::support::program::program(folder.path())
        .args(["audit", "orders.tf"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    let (findings, open) = text.split_once("\n  ? ").unwrap();
    let (first, _) = open.split_once("\n  ? ").unwrap();
    let end = text.find("1 proxy in").unwrap();
    format!(
        "```text\n{findings}\n\n  ? {first}\n  …\n\n{}```\n",
        &text[end..]
    )
}

#[test]
fn the_readme_is_true() {
    holds("audit", &audit());
    holds("rules", &rules());
    holds("allowances", &allowances());
    holds("demo", &demo());
    holds("permissions", &permissions());
    let (drift, update) = kept();
    holds("drift", &drift);
    holds("update", &update);
}

/// The output of `drift` and `update` for a project that was weakened.
fn kept() -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let said = |arguments: &[&str]| {
        let output =
            crate::support::program::ended(crate::support::program::program(home).args(arguments));
        crate::support::program::stdout(&output)
    };
    said(&["new", "orders-proxy", "--demo", "--defaults"]);
    let main = home.join("orders-proxy/terraform/modules/proxy/main.tf");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(
        &main,
        text.replace(
            "idle_client_timeout    = var.pool.idle_client_timeout",
            "idle_client_timeout    = 900",
        ),
    )
    .unwrap();
    fs::write(
        home.join("orders-proxy/terraform/override.tf"),
        "resource \"aws_db_proxy\" \"this\" {\n  debug_logging = true\n}\n",
    )
    .unwrap();
    let shown = |arguments: &[&str]| {
        let command = arguments.join(" ");
        format!(
            "```text\n$ rdsproxy-gen {command}\n{}```\n",
            said(arguments)
        )
    };
    let drift = shown(&["drift", "orders-proxy"]);
    let spec = home.join("orders-proxy/rdsproxy.toml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text + "\n[pool]\nborrow_timeout = 45\n").unwrap();
    (drift, shown(&["update", "orders-proxy"]))
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let command = "cargo test --locked --no-default-features";
    assert!(
        fs::read_to_string("README.md")
            .unwrap()
            .contains(&format!("\n{command}\n"))
    );
    assert!(
        fs::read_to_string(".ci/run")
            .unwrap()
            .contains(&format!("\n{command}\n"))
    );
}
