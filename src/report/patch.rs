//! A unified diff for a screen: removed lines in red, added lines in green. It shows untrusted text, so control
//! characters are escaped and secrets masked.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::lines::harmless;
use crate::domain::lines::with_ends;
use crate::domain::secrecy::MaskedText;

/// Returns the differences of two named texts as a unified diff, with `radius` lines of context.
///
/// Context stops at a line that holds a secret, so that the diff can be applied. A changed line with a secret is shown
/// masked; tools do not match it with the line in the file.
pub fn unified(names: [&str; 2], texts: [&MaskedText; 2], radius: usize) -> String {
    let [before, after] = texts.map(|text| with_ends(text.text()));
    let diff = TextDiff::from_slices(&before, &after);
    let [old, new] = texts.map(|text| with_ends(text.shown()));
    let mut text = String::new();
    for group in diff.grouped_ops(radius) {
        let first = group.first().map(|op| (op.old_range(), op.new_range()));
        let mut at = first.map_or([0, 0], |(old, new)| [old.start, new.start]);
        let mut stretch = LineRun::from(at);
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (side, number) = match change.tag() {
                ChangeTag::Insert => (&new, at[1]),
                ChangeTag::Equal | ChangeTag::Delete => (&old, at[0]),
            };
            let shown = side.get(number).copied().unwrap_or_default();
            at[0] += usize::from(change.tag() != ChangeTag::Insert);
            at[1] += usize::from(change.tag() != ChangeTag::Delete);
            if change.tag() == ChangeTag::Equal && shown != change.value() {
                text.push_str(&std::mem::replace(&mut stretch, LineRun::from(at)).written())
            } else {
                stretch.add(change.tag(), shown)
            }
        }
        text.push_str(&stretch.written());
    }
    if text.is_empty() {
        return text;
    }
    format!("--- {}\n+++ {}\n{text}", names[0], names[1])
}

/// Consecutive lines of the diff.
#[derive(Default)]
struct LineRun {
    /// The first line before and after, from 0.
    from: [usize; 2],
    /// The number of lines before and after.
    counts: [usize; 2],
    differs: bool,
    text: String,
}

impl LineRun {
    fn from(from: [usize; 2]) -> Self {
        Self {
            from,
            ..Self::default()
        }
    }

    fn add(&mut self, tag: ChangeTag, line: &str) {
        self.counts[0] += usize::from(tag != ChangeTag::Insert);
        self.counts[1] += usize::from(tag != ChangeTag::Delete);
        self.differs |= tag != ChangeTag::Equal;
        self.text.push_str(&format!("{tag}{line}"));
        if !line.ends_with('\n') {
            self.text.push_str("\n\\ No newline at end of file\n");
        }
    }

    /// Returns the lines below their header; empty if none differs.
    fn written(self) -> String {
        if !self.differs {
            return String::new();
        }
        let side = |from: usize, count: usize| match count {
            // For an empty side, diff gives the number of the preceding line.
            0 => format!("{from},0"),
            1 => format!("{}", from + 1),
            count => format!("{},{count}", from + 1),
        };
        let before = side(self.from[0], self.counts[0]);
        let after = side(self.from[1], self.counts[1]);
        format!("@@ -{before} +{after} @@\n{}", self.text)
    }
}

/// Colours a diff. Colours are removed by the output stream if it is not a terminal.
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
    use crate::domain::secrecy::Secrets;

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

    #[test]
    fn a_diff_is_the_usual_one_where_nothing_is_secret() {
        let lines: Vec<String> = (0..30).map(|line| format!("{line}\n")).collect();
        let before = lines.concat();
        for after in [
            before.replace("7\n", "x\n"),
            before.replace("0\n", ""),
            format!("{before}end"),
            String::new(),
            before.clone(),
        ] {
            let usual = TextDiff::from_lines(&before, &after)
                .unified_diff()
                .context_radius(2)
                .header("a", "b")
                .to_string();
            let texts = [
                &MaskedText::whole(before.as_str()),
                &MaskedText::whole(after.as_str()),
            ];
            assert_eq!(unified(["a", "b"], texts, 2), usual);
        }
    }

    #[test]
    fn a_line_around_that_holds_a_secret_is_left_out() {
        let secrets = Secrets::new(["correct-horse".to_owned()]);
        let shown = |text: &str| MaskedText::without(text, Vec::new(), &secrets);
        let before = shown("a\nb\np = correct-horse\nc\nq = x\nd\n");
        let after = shown("a\nB\np = correct-horse\nc\nq = correct-horse\nd\n");
        assert_eq!(
            unified(["f", "f"], [&before, &after], 3),
            "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n@@ -4,3 +4,3 @@\n c\n-q = x\n+q = *************\n d\n"
        );
    }
}
