//! Where an edit begins and ends, for formats that tell how a finding is mended: lines and columns, both 1-based.

use crate::domain::finding::Edit;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where an edit begins and ends; `units` counts columns as the format does.
pub(super) fn ends(text: &str, edit: &Edit, units: fn(&str) -> usize) -> Option<(Place, Place)> {
    let place = |at: usize| {
        let before = text.get(..at)?;
        let start = before.rfind('\n').map_or(0, |line| line + 1);
        Some(Place {
            line: before.matches('\n').count() + 1,
            column: units(&before[start..]) + 1,
        })
    };
    Some((place(edit.range.start)?, place(edit.range.end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_asked() {
        let text = "a\r\n\u{1F600}b\nc";
        let edit = Edit {
            range: 7..9,
            text: String::new(),
        };
        let of = |units: fn(&str) -> usize| {
            let (start, end) = ends(text, &edit, units).unwrap();
            [start.line, start.column, end.line, end.column]
        };
        assert_eq!(of(|text| text.chars().count()), [2, 2, 3, 1]);
        assert_eq!(of(|text| text.encode_utf16().count()), [2, 3, 3, 1]);
        let beyond = Edit {
            range: 4..99,
            text: String::new(),
        };
        assert_eq!(ends(text, &beyond, str::len), None);
    }
}
