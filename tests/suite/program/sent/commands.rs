//! Every command, with the hostile text in every argument that can contain it.

use rdsproxy_gen::report::drift::DRIFT_FORMATS;
use rdsproxy_gen::report::pack_status::FLEET_FORMATS;
use rdsproxy_gen::report::update::UPDATE_FORMATS;
use rdsproxy_gen::report::{FORMATS, Format};

/// Returns the ids of formats.
pub(super) fn ids<R>(formats: &[Format<R>]) -> Vec<&'static str> {
    formats.iter().map(|format| format.id).collect()
}

/// The commands: `{}` is the text. `{audit}`, `{drift}` and similar words expand to each format of that command, on
/// standard output and into a file.
pub(super) const COMMANDS: &[&[&str]] = &[
    &["audit", "code{}", "{audit}"],
    &["audit", "code{}", "--policy", "policy{}.toml"],
    &[
        "audit",
        "code{}",
        "--policy",
        "policy{}.toml",
        "--format",
        "github",
    ],
    &["audit", "code{}", "--policy", "wrong{}.toml"],
    &["audit", "code{}", "--fix", "--dry-run"],
    &["audit", "code{}", "--baseline", "none{}.json"],
    &["audit", "code{}", "--var-file", "none{}.tfvars"],
    &["audit", "code{}", "--parameters", "none{}.json"],
    &["audit", "code{}", "--output", "none{}/report"],
    &["audit", "torn{}", "{audit}"],
    &["audit", "none{}"],
    &["audit", "--format", "{}"],
    &["audit", "--snapshot", "account{}.json", "{audit}"],
    &["audit", "--snapshot", "torn{}/torn.json"],
    &["drift", "weak{}", "{drift}"],
    &["drift", "weak{}", "--all", "{drift}"],
    &["drift", "weak{}", "none{}", "{drift}"],
    &["drift", "weak{}", "--accept"],
    &["drift", "weak{}", "--accept", "--output", "report"],
    &["drift", "weak{}", "--snapshot", "account{}.json", "{drift}"],
    &["drift", "none{}"],
    &["drift", "told{}"],
    &["update", "weak{}", "--dry-run", "{update}"],
    &["update", "weak{}", "--check", "{update}"],
    &["update", "weak{}", "none{}", "--check", "{update}"],
    &["update", "behind{}", "--dry-run", "{update}"],
    &["update", "behind{}", "--check", "{update}"],
    &["update", "behind{}", "--reset", "{}"],
    &["new", "behind{}", "--demo", "--defaults", "--dry-run"],
    &["update", "none{}"],
    &["update", "none{}", "--undo"],
    &["update", "told{}", "--check"],
    &["new", "new{}", "--demo", "--defaults", "--dry-run"],
    &["new", "weak{}", "--demo", "--defaults", "--dry-run"],
    &["new", "weak{}", "--demo", "--defaults"],
    &["new", "--demo", "--defaults", "--set", "proxy.name={}"],
    &["new", "--demo", "--defaults", "--set", "{}=1"],
    &["new", "--demo", "--defaults", "--set", "{}"],
    &[
        "new",
        "--demo",
        "--defaults",
        "--set",
        "tags.{}=1",
        "--dry-run",
    ],
    &[
        "new",
        "--demo",
        "--defaults",
        "--set",
        "tags.a={}",
        "--dry-run",
    ],
    &["new", "--demo", "--defaults", "--target", "{}"],
    &["new", "--demo", "--defaults", "--answers", "none{}.toml"],
    &["new", "--demo", "--defaults", "--answers", "answers{}.toml"],
    &[
        "new",
        "--demo",
        "--non-interactive",
        "--answers",
        "answers{}.toml",
    ],
    &["new", "--defaults", "--snapshot", "none{}.json"],
    &["new", "--defaults", "--snapshot", "torn{}/torn.json"],
    &["new", "code{}/main.tf/x", "--demo", "--defaults"],
    &["new", "--print-answers", "{}", "--no-such-{}"],
    &["pack", "new", "{}"],
    &["pack", "new", "acme", "code{}/main.tf/x"],
    &["pack", "check", "pack"],
    &["pack", "build", "pack"],
    &["pack", "sign", "good", "--key", "none{}"],
    &["pack", "verify", "pack"],
    &["pack", "verify", "good", "--key", "none{}"],
    &["pack", "verify", "good", "--trust", "wrong{}.toml"],
    &["pack", "status", "weak{}", "none{}", "--offline", "{fleet}"],
    &[
        "pack", "yank", "{}", "1.0.0", "--reason", "{}", "--key", "none{}",
    ],
    &["pack", "{}"],
    &["rules", "{}"],
    &["schema", "{}"],
    &["completions", "{}"],
    &["man", "{}"],
    &["help", "{}"],
    &["{}"],
    &["--{}"],
];

/// Commands that are refused without repeating the arguments.
pub(super) const REFUSED: &[&[&str]] = &[
    // A misplaced argument may be a secret.
    &["audit", "code{}", "--var", "{}"],
    &["-{}"],
    &["pack", "keygen", "none{}/key"],
    &["new", "--demo", "--defaults", "--pack", "none{}"],
    &["pack", "check", "none{}"],
    &["pack", "list", "git+file:///none{}"],
    &["pack", "pull", "git+file:///none{}#{}"],
    &["pack", "status", "weak{}", "--pack", "none{}"],
];

/// A command, and the environment variables that it reports.
pub(super) const ENVIRONMENT: (&[&str], &[(&str, &str)]) = (
    &[
        "new",
        "--defaults",
        "--answers",
        "regionless.toml",
        "--dry-run",
    ],
    &[("AWS_PROFILE", "{}"), ("AWS_CONFIG_FILE", "aws.conf")],
);

/// Commands with coloured output.
pub(super) const COLOURED: &[&[&str]] = &[
    &["audit", "code{}"],
    &["audit", "code{}", "--fix", "--dry-run"],
    &["drift", "weak{}", "--all"],
    &["drift", "weak{}", "none{}"],
    &["update", "behind{}", "--dry-run"],
    &["new", "behind{}", "--demo", "--defaults", "--dry-run"],
    &["audit", "--{}"],
    &["schema", "{}"],
];

/// The commands of a row, filled in.
pub(super) fn filled(row: &[&str], text: &str) -> Vec<Vec<String>> {
    let formats = match row.last() {
        Some(&"{audit}") => ids(FORMATS),
        Some(&"{drift}") => ids(DRIFT_FORMATS),
        Some(&"{update}") => ids(UPDATE_FORMATS),
        Some(&"{fleet}") => ids(FLEET_FORMATS),
        _ => {
            let words = row.iter().map(|word| word.replace("{}", text));
            return vec![words.collect()];
        }
    };
    let words = row[..row.len() - 1].iter();
    let words: Vec<String> = words.map(|word| word.replace("{}", text)).collect();
    let way = |format: &&'static str| vec!["--format", format];
    // All formats are written to a file by the same code, so one is tested.
    let file = [formats[0], "--output", "report"];
    let mut ways: Vec<Vec<&str>> = formats.iter().map(way).collect();
    ways.push([&["--format"], &file[..]].concat());
    ways.into_iter()
        .map(|more| {
            let more = more.into_iter().map(str::to_owned);
            words.iter().cloned().chain(more).collect()
        })
        .collect()
}
