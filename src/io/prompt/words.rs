//! Fits text to the width of a terminal, in any script.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::domain::visible::{shown, visible};
use crate::interview::{Field, Prompt};

/// Appends a paragraph that is broken at spaces.
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

/// The maximum number of names listed for one reason. The others are only counted.
const NAMES: usize = 5;

/// Appends what cannot be chosen, and why, so that users need not wonder why it is missing.
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
        let sentence = format!("{}: {}", some_of(&names), reason);
        paragraph(&mut lines, &sentence, width.saturating_sub(2));
        for line in lines.lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
}

fn some_of(names: &[&str]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES).copied().collect();
    match names.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Makes the texts of a prompt safe to display, because names come from accounts and files that may be untrusted. The
/// values of answers are unchanged; a default that cannot be displayed as it is, is not offered.
pub(super) fn fit(prompt: &Prompt) -> Prompt {
    let mut fit = prompt.clone();
    for words in [&mut fit.message, &mut fit.help, &mut fit.example] {
        *words = shown(words).into_owned();
    }
    for words in [&mut fit.text, &mut fit.problem].into_iter().flatten() {
        *words = shown(words).into_owned();
    }
    if let Field::One { choices, .. } | Field::Many(choices) = &mut fit.field {
        for choice in choices {
            choice.label = visible(&choice.label);
        }
    }
    for other in &mut fit.not_offered {
        other.name = visible(&other.name);
        other.reason = visible(&other.reason);
    }
    let typed = matches!(fit.field, Field::Text | Field::List);
    fit.default = fit.default.filter(|default| {
        let text = default.to_string();
        !typed || visible(&text) == text
    });
    fit
}

/// Shortens a label to one line, because wrapped lines would break the list.
pub(super) fn cut(label: &str, width: usize) -> String {
    let clean = visible(label);
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
    use crate::interview::{AnswerKey, AnswerValue, Choice, NotOffered};

    #[test]
    fn labels_are_cut_to_the_width() {
        let cases = [
            ("orders-db", 20, "orders-db"),
            ("orders-db", 6, "order…"),
            ("日本語のタグ", 7, "日本語…"),
            ("line\nbreak\u{1b}[2J", 40, "line\\nbreak\\u{1b}[2J"),
            ("x", 0, "…"),
        ];
        for (label, width, expected) in cases {
            assert_eq!(cut(label, width), expected, "{label:?}");
        }
    }

    #[test]
    fn what_is_drawn_commands_nothing_and_what_is_answered_stays() {
        let hostile = "a\u{1b}[2J\u{202e}";
        let prompt = Prompt {
            key: AnswerKey::plain("proxy", "name"),
            message: hostile.to_owned(),
            help: hostile.to_owned(),
            example: hostile.to_owned(),
            text: Some(format!("{hostile}\n")),
            field: Field::Many(vec![Choice::new(hostile, hostile)]),
            default: Some(AnswerValue::list([hostile])),
            optional: false,
            not_offered: vec![NotOffered {
                name: hostile.to_owned(),
                reason: hostile.to_owned(),
            }],
            problem: Some(hostile.to_owned()),
            question: None,
        };
        let fit = fit(&prompt);
        let Field::Many(choices) = &fit.field else {
            panic!("another field");
        };
        let drawn = [&fit.message, &fit.help, &fit.example, &choices[0].label];
        let other = &fit.not_offered[0];
        for words in drawn.into_iter().chain([&other.name, &other.reason]) {
            assert_eq!(words, "a\\u{1b}[2J\\u{202e}");
        }
        assert_eq!(fit.problem.unwrap(), "a\\u{1b}[2J\\u{202e}");
        assert_eq!(fit.text.unwrap(), "a\\u{1b}[2J\\u{202e}\n");
        assert_eq!(choices[0].value, hostile);
        assert_eq!(fit.default, prompt.default);
        let typed = Prompt {
            field: Field::Text,
            ..prompt
        };
        assert_eq!(super::fit(&typed).default, None);
    }

    #[test]
    fn names_that_share_a_reason_share_a_line() {
        let names: Vec<&str> = vec!["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(some_of(&names), "a, b, c, d, e and 2 more");
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
