//! Workflow commands: parsed as the runner parses them, and consistent with the audit.

use rdsproxy_gen::report::Audit;

use super::{estate, render};

/// A command, split as by the runner's `ActionCommand.TryParseV2`.
struct Command {
    name: String,
    properties: Vec<(String, String)>,
    message: String,
}

fn command(line: &str) -> Option<Command> {
    let line = line.trim_start().strip_prefix("::")?;
    let (head, message) = line.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties
        .split(',')
        .filter_map(|pair| pair.split_once('='));
    Some(Command {
        name: name.to_owned(),
        properties: properties
            .map(|(key, value)| {
                (
                    key.to_owned(),
                    unescaped(value).replace("%3A", ":").replace("%2C", ","),
                )
            })
            .collect(),
        message: unescaped(message),
    })
}

fn unescaped(text: &str) -> String {
    text.replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%")
}

/// Every annotation is one of ours, and no other line is a command.
pub(super) fn is_whole(text: &str, audit: &Audit) {
    let commands: Vec<Command> = text.split(['\n', '\r']).filter_map(command).collect();
    let of = |names: &[&str]| {
        commands
            .iter()
            .filter(|command| names.contains(&command.name.as_str()))
            .count()
    };
    let counted = estate::told(audit).filter(|finding| finding.accepted.is_none());
    let annotations = of(&["error", "warning", "notice"]);
    assert_eq!(annotations, counted.count() + audit.skipped.len(), "{text}");
    assert_eq!(of(&["group"]), of(&["endgroup"]));
    assert_eq!(
        annotations + of(&["group", "endgroup"]),
        commands.len(),
        "{text}"
    );
    assert!(!text.contains("##["), "{text}");
    for command in commands
        .iter()
        .filter(|command| !command.name.ends_with("group"))
    {
        let names: Vec<&str> = command
            .properties
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names.first(), Some(&"file"));
        assert_eq!(names.last(), Some(&"title"));
        assert!(!command.message.is_empty());
    }
}

#[test]
fn annotations_stand_at_their_lines() {
    let audit = estate::audit();
    let text = render("github", &audit);
    is_whole(&text, &audit);
    let commands = text.lines().filter_map(command);
    let debug = commands
        .filter(|command| {
            command
                .properties
                .contains(&("line".to_owned(), "20".to_owned()))
        })
        .find(|command| command.message.contains("DebugLogging is true"));
    let expected = [
        ("file", "modules/orders/main.tf"),
        ("line", "20"),
        ("endLine", "20"),
        ("col", "28"),
        ("endColumn", "37"),
        ("title", "debug-logging-on (high)"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(debug.unwrap().properties, expected);
}
