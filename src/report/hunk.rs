//! The lines of a difference, with the changed words marked.

use std::ops::Range;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

use super::Screen;
use super::lines::{count, harmless};
use crate::domain::lines::with_ends;
use crate::domain::secrecy::MaskedText;

/// Number of equal lines shown before and after.
const CONTEXT: usize = 3;

/// Maximum number of lines shown for a file that is new or gone.
const MAX_LINES: usize = 40;

/// The lines of one difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The file, as the user would write it.
    pub file: String,
    /// The numbers of the first lines shown, from 1: before, and after.
    pub starts: [usize; 2],
    /// The lines with their marks.
    pub lines: Vec<HunkLine>,
    /// The number of lines that are not shown.
    pub left_out: usize,
    /// The number of the first current line that differs, from 1.
    pub line: usize,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HunkLine {
    /// The mark: ` `, `-` or `+`.
    pub mark: char,
    /// The words; the flag is true for words that differ.
    pub words: Vec<(bool, String)>,
}

impl HunkLine {
    /// Returns the text without the mark.
    pub fn text(&self) -> String {
        self.words.iter().map(|(_, word)| word.as_str()).collect()
    }

    /// Draws the line with its mark; words that differ are highlighted.
    fn drawn(&self, look: Screen) -> String {
        let colour = match self.mark {
            '-' => Some(AnsiColor::Red),
            '+' => Some(AnsiColor::Green),
            _ => None,
        };
        let Some(colour) = colour.filter(|_| look.colours) else {
            let line = format!("  {}{}", self.mark, harmless(&self.text()));
            return format!("{}\n", line.trim_end());
        };
        let plain: Style = colour.on_default();
        let strong = plain.bold().underline();
        let words: String = self
            .words
            .iter()
            .map(|(differs, word)| {
                let style = if *differs { strong } else { plain };
                format!("{style}{}{style:#}", harmless(word))
            })
            .collect();
        format!("  {plain}{}{plain:#}{words}\n", self.mark)
    }
}

impl Hunk {
    /// Builds the hunk of these ranges (lines from 0), with context. Masked lines are compared by their original text.
    pub fn new(file: &str, texts: [&MaskedText; 2], [old, new]: [&Range<usize>; 2]) -> Self {
        let [before, after] = texts.map(|text| with_ends(text.text()));
        let first = old.start.saturating_sub(CONTEXT);
        let lead = old.start - first;
        let mut lines: Vec<HunkLine> = plain(before.get(first..old.start));
        lines.extend(differing(&before, &after, [old, new]));
        let end = (old.end + CONTEXT).min(before.len());
        lines.extend(plain(before.get(old.end..end)));
        let left_out = lines.len().saturating_sub(MAX_LINES);
        lines.truncate(MAX_LINES);
        let starts = [first + 1, new.start - lead.min(new.start) + 1];
        mask(&mut lines, starts, texts);
        Self {
            file: file.to_owned(),
            starts,
            lines,
            left_out,
            line: new.start + 1,
        }
    }

    /// Returns all hunks of two texts.
    pub fn all(file: &str, texts: [&MaskedText; 2]) -> Vec<Self> {
        let [before, after] = texts.map(|text| with_ends(text.text()));
        let diff = TextDiff::from_slices(&before, &after);
        let groups = diff.grouped_ops(CONTEXT);
        let hunks = groups.iter().filter_map(|group| {
            let is_change = |op: &&DiffOp| op.tag() != DiffTag::Equal;
            let first = group.iter().find(is_change)?;
            let last = group.iter().rfind(is_change).unwrap_or(first);
            let old = first.old_range().start..last.old_range().end;
            let new = first.new_range().start..last.new_range().end;
            Some(Self::new(file, texts, [&old, &new]))
        });
        hunks.collect()
    }

    /// Draws the lines below their place, in colour if supported.
    pub(super) fn drawn(&self, look: Screen) -> String {
        let mut text = format!("  {} {}\n", harmless(&self.file), self.head());
        for line in &self.lines {
            text.push_str(&line.drawn(look));
        }
        if self.left_out > 0 {
            text.push_str(&format!("    … {} more\n", count(self.left_out, "line")));
        }
        text
    }

    /// Returns the header: `@@ -1,3 +1,4 @@`.
    pub fn head(&self) -> String {
        let side = |other: char, start: usize| {
            let count = self.lines.iter().filter(|line| line.mark != other).count();
            // For an empty side, diff gives the number of the preceding line.
            format!("{},{count}", start - usize::from(count == 0))
        };
        let [before, after] = self.starts;
        format!("@@ -{} +{} @@", side('+', before), side('-', after))
    }
}

/// Replaces lines that hold a secret by their masked text. The differing characters are not revealed.
fn mask(lines: &mut [HunkLine], [before, after]: [usize; 2], texts: [&MaskedText; 2]) {
    let [old, new] = texts.map(|text| with_ends(text.shown()));
    let (mut old, mut new) = (old.iter().skip(before - 1), new.iter().skip(after - 1));
    for line in lines {
        let shown = match line.mark {
            '-' => old.next(),
            '+' => new.next(),
            _ => {
                new.next();
                old.next()
            }
        };
        let shown = shown.map_or("", |shown| shown.trim_end_matches(['\n', '\r']));
        if shown != line.text() {
            line.words = vec![(false, shown.to_owned())];
        }
    }
}

fn plain(lines: Option<&[&str]>) -> Vec<HunkLine> {
    let lines = lines.unwrap_or_default().iter();
    lines
        .map(|line| HunkLine {
            mark: ' ',
            words: vec![(false, line.trim_end_matches(['\n', '\r']).to_owned())],
        })
        .collect()
}

fn differing(before: &[&str], after: &[&str], [old, new]: [&Range<usize>; 2]) -> Vec<HunkLine> {
    let before = before.get(old.clone()).unwrap_or_default();
    let after = after.get(new.clone()).unwrap_or_default();
    let diff = TextDiff::from_slices(before, after);
    let ops = diff.ops().iter();
    ops.flat_map(|op| diff.iter_inline_changes(op))
        .map(|change| HunkLine {
            mark: match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            },
            words: change
                .iter_strings_lossy()
                .map(|(differs, word)| (differs, word.trim_end_matches(['\n', '\r']).to_owned()))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secrecy::Secrets;

    #[test]
    fn lines_stand_with_some_around_them() {
        let before = "a\nb\nc\nd\ntls = true\ne\nf\ng\nh\n";
        let after = before.replace("true", "false");
        let texts = [&MaskedText::whole(before), &MaskedText::whole(after)];
        let hunk = Hunk::new("f", texts, [&(4..5), &(4..5)]);
        assert_eq!(hunk.head(), "@@ -2,7 +2,7 @@");
        let shown: Vec<String> = hunk
            .lines
            .iter()
            .map(|line| format!("{}{}", line.mark, line.text()))
            .collect();
        assert_eq!(
            shown,
            [
                " b",
                " c",
                " d",
                "-tls = true",
                "+tls = false",
                " e",
                " f",
                " g"
            ]
        );
        assert_eq!(hunk.lines[4].words.last(), Some(&(false, String::new())));
        assert!(hunk.lines[4].words.contains(&(true, "false".to_owned())));
    }

    #[test]
    fn a_secret_is_compared_and_not_shown() {
        let shown = |text: &str| {
            let secret = text.find("word").map(|at| at..at + 5).into_iter().collect();
            MaskedText::without(text, secret, &Secrets::default())
        };
        let (before, after) = (shown("a\np = word1\n"), shown("b\na\np = word2\nc\n"));
        let hunks = Hunk::all("f", [&before, &after]);
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        let lines: Vec<String> = lines
            .map(|line| format!("{}{}", line.mark, line.text()))
            .collect();
        assert_eq!(lines, ["+b", " a", "-p = *****", "+p = *****", "+c"]);
    }
}
