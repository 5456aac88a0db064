//! A unified diff for a screen: what goes in red, what comes in green. It shows strangers' texts, so that nothing in it commands a
//! terminal. How a diff is made is not known here.

use anstyle::{AnsiColor, Style};

use super::lines::harmless;

/// The diff with its colours, which a stream that is no terminal takes away again.
pub fn painted(diff: &str) -> String {
    let lines = diff.split_inclusive('\n');
    lines.map(painted_line).collect()
}

fn painted_line(line: &str) -> String {
    let end = if line.ends_with('\n') { "\n" } else { "" };
    let text = harmless(line.trim_end_matches(['\n', '\r']));
    match style(&text) {
        Some(style) => format!("{style}{text}{style:#}{end}"),
        None => text + end,
    }
}

fn style(line: &str) -> Option<Style> {
    let colour = |colour: AnsiColor| Some(colour.on_default());
    match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => Some(Style::new().bold()),
        [b'@', b'@', ..] => colour(AnsiColor::Cyan),
        [b'-', ..] => colour(AnsiColor::Red),
        [b'+', ..] => colour(AnsiColor::Green),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_colours_and_no_commands_of_their_own() {
        let diff = "--- a\n+++ a\n@@ -1 +1 @@\n same\u{1b}[2J\n-old\r\n+new";
        assert_eq!(
            painted(diff),
            "\u{1b}[1m--- a\u{1b}[0m\n\u{1b}[1m+++ a\u{1b}[0m\n\u{1b}[36m@@ -1 +1 @@\u{1b}[0m\n same\\u{1b}[2J\n\u{1b}[31m-old\u{1b}[0m\n\u{1b}[32m+new\u{1b}[0m"
        );
        let plain = anstream::adapter::strip_str(&painted(diff)).to_string();
        assert_eq!(
            plain,
            "--- a\n+++ a\n@@ -1 +1 @@\n same\\u{1b}[2J\n-old\n+new"
        );
    }
}
