//! Words fitted to the width of a terminal, whatever script they are in.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::interview::Prompt;

/// A paragraph, broken at spaces.
pub(super) fn paragraph(text: &mut String, words: &str, width: usize) {
    let mut column = 0;
    for word in words.split_whitespace() {
        if column > 0 && column + 1 + word.width() >= width {
            text.push('\n');
            column = 0;
        }
        if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.width();
    }
    if column > 0 {
        text.push('\n');
    }
}

/// Names that share a reason, before the others are only counted.
const NAMES: usize = 5;

/// What cannot be chosen, and why: said beside what can, so that nobody looks for it in vain.
pub(super) fn not_offered(text: &mut String, prompt: &Prompt, width: usize) {
    if prompt.not_offered.is_empty() {
        return;
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for other in &prompt.not_offered {
        match reasons
            .iter_mut()
            .find(|(reason, _)| *reason == other.reason)
        {
            Some((_, names)) => names.push(&other.name),
            None => reasons.push((&other.reason, vec![&other.name])),
        }
    }
    text.push_str("Not offered:\n");
    for (reason, names) in reasons {
        let mut lines = String::new();
        let sentence = format!("{}: {}", some_of(&names), clean(reason));
        paragraph(&mut lines, &sentence, width.saturating_sub(2));
        for line in lines.lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
}

fn some_of(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| clean(name)).collect();
    match names.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Without what would move the cursor: a name may come from a file that somebody else wrote.
fn clean(label: &str) -> String {
    label
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// A label that fits on one line: wrapped lines would break the list.
pub(super) fn cut(label: &str, width: usize) -> String {
    let clean = clean(label);
    if clean.width() <= width {
        return clean;
    }
    let mut kept = String::new();
    for cluster in clean.graphemes(true) {
        if kept.width() + cluster.width() + 1 > width {
            break;
        }
        kept.push_str(cluster);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_cut_to_the_width() {
        let cases = [
            ("orders-db", 20, "orders-db"),
            ("orders-db", 6, "order…"),
            ("日本語のタグ", 7, "日本語…"),
            ("line\nbreak\u{1b}[2J", 40, "line break [2J"),
            ("x", 0, "…"),
        ];
        for (label, width, expected) in cases {
            assert_eq!(cut(label, width), expected, "{label:?}");
        }
    }

    #[test]
    fn names_that_share_a_reason_share_a_line() {
        let names: Vec<&str> = vec!["a", "b", "c", "d", "e\u{1b}[2J", "f", "g"];
        assert_eq!(some_of(&names), "a, b, c, d, e [2J and 2 more");
        assert_eq!(some_of(&["a"]), "a");
    }

    #[test]
    fn paragraphs_break_at_spaces_and_never_stop_short() {
        let mut text = String::new();
        paragraph(&mut text, "one two  three\nfour", 10);
        assert_eq!(text, "one two\nthree\nfour\n");
        let mut long = String::new();
        paragraph(&mut long, "an-endless-word a", 4);
        assert_eq!(long, "an-endless-word\na\n");
    }
}
