//! The alignment of `terraform fmt`: `=` and trailing comments of neighbouring lines stand below each other.
//!
//! It assumes what our templates keep: indentation and spacing inside a line are right already. The oracle of the tests is
//! `terraform fmt -check` itself.

use unicode_segmentation::UnicodeSegmentation;

/// One line, taken apart at its top-level `=`.
struct Item<'a> {
    head: &'a str,
    value: &'a str,
}

/// The text, aligned.
pub(super) fn aligned(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut chain: Vec<Item<'_>> = Vec::new();
    let mut heredoc: Option<&str> = None;
    for line in text.lines() {
        if let Some(end) = heredoc {
            flush(&mut chain, &mut out);
            heredoc = (line.trim() != end).then_some(end);
            push(&mut out, line);
            continue;
        }
        match item(line) {
            Some(item) if is_balanced(item.value) => {
                heredoc = heredoc_marker(item.value);
                chain.push(item);
            }
            // A value that goes on below ends the chain, and is no part of it.
            _ => {
                flush(&mut chain, &mut out);
                push(&mut out, line);
            }
        }
    }
    flush(&mut chain, &mut out);
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn flush(chain: &mut Vec<Item<'_>>, out: &mut String) {
    let width = chain
        .iter()
        .map(|item| columns(item.head))
        .max()
        .unwrap_or(0);
    for item in chain.drain(..) {
        let gap = " ".repeat(width - columns(item.head));
        push(out, &format!("{}{gap} = {}", item.head, item.value));
    }
}

fn columns(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Takes an attribute's line apart. A comparison, an arrow and a comment are none.
fn item(line: &str) -> Option<Item<'_>> {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') || trimmed.starts_with("//") {
        return None;
    }
    let at = top_level_equals(line)?;
    let (head, value) = (line.get(..at)?.trim_end(), line.get(at + 1..)?.trim_start());
    let name = head.trim_start();
    let is_name =
        !name.is_empty() && (name.starts_with('"') || name.starts_with('(') || !name.contains(' '));
    (is_name && !value.is_empty()).then_some(Item { head, value })
}

/// The first `=` that stands outside quotes and brackets and is not part of `==`, `!=`, `<=`, `>=`, `=>`.
fn top_level_equals(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let (mut quoted, mut depth, mut at) = (false, 0_i32, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'=' if depth == 0 => {
                let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                let after = bytes.get(at + 1);
                let part = matches!(before, Some(b'=' | b'!' | b'<' | b'>'))
                    || matches!(after, Some(b'=' | b'>'));
                return (!part).then_some(at);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// True when every bracket that opens on this line closes on it.
fn is_balanced(value: &str) -> bool {
    let (mut quoted, mut depth, mut escaped) = (false, 0_i32, false);
    for byte in value.bytes() {
        if escaped {
            escaped = false;
            continue;
        }
        match byte {
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

fn heredoc_marker(value: &str) -> Option<&str> {
    let marker = value
        .strip_prefix("<<-")
        .or_else(|| value.strip_prefix("<<"))?;
    (!marker.is_empty()).then_some(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_neighbours_and_nothing_else() {
        let text = "a {\n  x = 1\n  long_name = \"a = b\"\n\n  y = 2\n  list = [\n    1,\n  ]\n  z = a == b\n}\n";
        let expected = "a {\n  x         = 1\n  long_name = \"a = b\"\n\n  y = 2\n  list = [\n    1,\n  ]\n  z = a == b\n}\n";
        assert_eq!(aligned(text), expected);
    }

    #[test]
    fn leaves_heredocs_alone() {
        let text = "a = <<-EOT\n  x = 1\n  longer = 2\nEOT\nbb = 1\n";
        assert!(aligned(text).contains("  x = 1\n  longer = 2\n"));
    }
}
