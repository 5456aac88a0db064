//! A comment within GitHub's size limit: pieces that do not fit are left out and counted.

use crate::report::lines::count;

/// Maximum length of a comment; GitHub refuses a longer one ("body is too long (maximum is 65536 characters)"). It is
/// counted in bytes here, which are never fewer than characters.
const LONGEST: usize = 65_536;

/// Bytes reserved for the sentence on what was left out.
const LAST_WORDS: usize = 500;

/// Maximum size of the closing list if it is long itself.
const END: usize = LONGEST / 8;

/// The kind of a piece, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PieceKind {
    /// The head of the comment or of the table.
    Head,
    /// A row of the table.
    Row,
    /// The title of a proxy; needed only if its findings are shown.
    Title,
    /// A finding of a proxy.
    Finding,
    /// A collapsed list of details.
    Detail,
}

struct ReportPiece {
    kind: PieceKind,
    text: String,
}

/// The pieces of a comment in reading order.
pub(super) struct Comment {
    pieces: Vec<ReportPiece>,
    end: Vec<String>,
}

impl Comment {
    /// Creates a comment from its head and the list that ends it.
    pub(super) fn new(head: String, end: Vec<String>) -> Self {
        let mut comment = Self {
            pieces: Vec::new(),
            end,
        };
        comment.add(PieceKind::Head, head);
        comment
    }

    /// Adds a piece after the others.
    pub(super) fn add(&mut self, kind: PieceKind, text: String) {
        self.pieces.push(ReportPiece { kind, text });
    }

    /// Returns the pieces that fit.
    pub(super) fn written(self) -> String {
        let mut room = END;
        let fits = |text: &&String| {
            room = room.saturating_sub(text.len());
            room > 0
        };
        let fitting = self.end.iter().take_while(fits).count();
        let end = self.end[..fitting].concat();
        let unread = self.end.len() - fitting;
        let kept = kept(&self.pieces, LONGEST - LAST_WORDS - end.len());
        let pieces = self.pieces.iter().zip(&kept);
        let mut text: String = pieces
            .filter(|(_, kept)| **kept)
            .map(|(piece, _)| piece.text.as_str())
            .collect();
        text.push_str(&end);
        text + &left_out(&self.pieces, &kept, unread)
    }
}

/// Marks the pieces that fit, the most important first.
fn kept(pieces: &[ReportPiece], mut room: usize) -> Vec<bool> {
    // The first piece that does not fit ends the selection, so that no piece follows a title that is not its own.
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|at| importance(pieces[*at].kind));
    let mut kept = vec![false; pieces.len()];
    for at in order {
        let Some(rest) = room.checked_sub(pieces[at].text.len()) else {
            break;
        };
        room = rest;
        kept[at] = true;
    }
    kept
}

/// Returns the importance of a piece; a title counts as much as the findings below it.
fn importance(kind: PieceKind) -> PieceKind {
    match kind {
        PieceKind::Title => PieceKind::Finding,
        other => other,
    }
}

/// Describes the number of omitted pieces; empty if all fit.
fn left_out(pieces: &[ReportPiece], kept: &[bool], unread: usize) -> String {
    let number = |kind: PieceKind| {
        let pieces = pieces.iter().zip(kept);
        pieces
            .filter(|(piece, kept)| piece.kind == kind && !**kept)
            .count()
    };
    let kinds = [
        (number(PieceKind::Row), "row"),
        (number(PieceKind::Finding), "finding"),
        (number(PieceKind::Detail), "folded list"),
        (unread, "unread file"),
    ];
    let told: Vec<String> = kinds
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| count(number, what))
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(
            "\n**Left out**, because a comment holds 65,536 characters: {}. `--format html` holds everything.\n",
            told.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted_and_nothing_stands_below_a_strange_title() {
        let mut comment = Comment::new("head\n".to_owned(), vec!["end\n".to_owned()]);
        for proxy in ["a", "b"] {
            comment.add(PieceKind::Row, format!("| {proxy} |\n"));
            comment.add(PieceKind::Title, format!("### {proxy}\n"));
            comment.add(
                PieceKind::Finding,
                format!("- {proxy} {}\n", "x".repeat(LONGEST / 2)),
            );
            comment.add(PieceKind::Finding, format!("- small {proxy}\n"));
            comment.add(PieceKind::Detail, "folded\n".to_owned());
        }
        let text = comment.written();
        assert!(text.len() <= LONGEST);
        assert!(
            text.starts_with("head\n| a |\n### a\n- a xx"),
            "{}",
            &text[..40]
        );
        assert!(
            text.contains("- small a\n| b |\n### b\nend\n"),
            "{}",
            &text[LONGEST / 2..]
        );
        assert!(
            text.contains(": 2 findings, 2 folded lists. "),
            "{}",
            &text[LONGEST / 2..]
        );
    }

    #[test]
    fn an_endless_end_leaves_room_for_the_findings() {
        let end = vec!["- could not be read\n".to_owned(); LONGEST / 10];
        let mut comment = Comment::new("head\n".to_owned(), end);
        comment.add(PieceKind::Finding, "- finding\n".to_owned());
        let text = comment.written();
        assert!(text.len() <= LONGEST && text.starts_with("head\n- finding\n- could"));
        assert!(text.contains(" unread files. "));
    }
}
