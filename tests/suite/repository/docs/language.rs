//! The English of what users read: help, questions, rules, README, CHANGELOG and generated READMEs.

use std::path::{Path, PathBuf};
use std::{fs, process::Command};

use rdsproxy_gen::interview::QUESTIONS;
use rdsproxy_gen::rules::RULES;

/// Phrases that no technical writer would use, each with what to write instead. Lower case.
const AVOIDED: &[(&str, &str)] = &[
    ("as it was meant", "as intended"),
    ("by halves", "partially"),
    ("counts for nothing", "is ignored"),
    ("draws new passwords", "generates new passwords"),
    ("hears of", "is notified of"),
    ("is it well", "check the health"),
    ("is no failure of", "does not fail"),
    ("is no parameter", "is not a parameter"),
    ("is no variable", "is not a variable"),
    ("nobody had in mind", "unintended"),
    ("nobody knows what", "unknown"),
    ("puts up with", "suppresses"),
    ("put up with", "suppressed"),
    ("stands in the place of", "replaces"),
    ("to be had", "available"),
    ("weaker by it", "which rule it weakens"),
    ("weaker by that", "which rule it weakens"),
    ("what may stay", "waivers"),
    ("whom to trust stands", "says whom to trust"),
];

fn markdown(path: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
}

/// The help of a command and of all below it, each with its name. The commands are those that the help itself lists.
fn helps(command: &[&str], found: &mut Vec<(String, String)>) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
    let output = run.args(command).arg("--help").output().unwrap();
    assert!(output.status.success(), "{command:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    let (_, listed) = help.split_once("\nCommands:\n").unwrap_or_default();
    let listed = listed.split("\n\n").next().unwrap_or_default();
    let names = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    for name in names {
        helps(&[command, &[name]].concat(), found);
    }
    found.push((format!("{} --help", command.join(" ")), help.clone()));
}

/// Every text with its name.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    helps(&[], &mut texts);
    assert!(texts.iter().any(|(name, _)| name == "pack build --help"));
    for question in QUESTIONS.iter().flat_map(|rows| rows.iter()) {
        texts.push((
            question.key.to_owned(),
            format!("{}\n{}", question.prompt, question.help),
        ));
    }
    for rule in RULES {
        let info = &rule.info;
        texts.push((
            info.id.to_owned(),
            [info.summary, info.why, info.fix].join("\n"),
        ));
    }
    let mut files = vec!["README.md".into(), "CHANGELOG.md".into()];
    markdown(Path::new(".github"), &mut files);
    markdown(Path::new("generated-examples"), &mut files);
    texts.extend(files.iter().map(|file| {
        let text = fs::read_to_string(file).unwrap();
        (file.display().to_string(), text)
    }));
    texts
}

#[test]
fn what_users_read_avoids_these_phrases() {
    let texts = texts();
    assert!(texts.len() > 100, "{}", texts.len());
    let found: Vec<String> = texts
        .iter()
        .flat_map(|(name, text)| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let text = words.join(" ").to_lowercase();
            let found = AVOIDED
                .iter()
                .filter(move |(phrase, _)| text.contains(phrase));
            found.map(move |(phrase, instead)| format!("{name}: `{phrase}`; better: {instead}"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
