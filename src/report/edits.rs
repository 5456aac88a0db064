//! The start and the end of an edit, for formats that include fixes: lines and columns, both 1-based.

use crate::domain::finding::Edit;
use crate::domain::lines::Lines;

/// Line and column of a place in a text.
type Place = (u32, u32);

/// Returns the start and the end of an edit; `place` counts columns as the format requires.
pub(super) fn ends<'t>(
    lines: &Lines<'t>,
    edit: &Edit,
    place: fn(&Lines<'t>, usize) -> Place,
) -> Option<(Place, Place)> {
    lines.text().get(edit.range.clone())?;
    Some((place(lines, edit.range.start), place(lines, edit.range.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_asked() {
        let lines = Lines::new("a\r\n\u{1F600}b\nc");
        let edit = Edit {
            range: 7..9,
            text: String::new(),
        };
        let of = |place| ends(&lines, &edit, place).unwrap();
        assert_eq!(of(Lines::place), ((2, 2), (3, 1)));
        assert_eq!(of(Lines::place_in_units), ((2, 3), (3, 1)));
        let beyond = Edit {
            range: 4..99,
            text: String::new(),
        };
        assert_eq!(ends(&lines, &beyond, Lines::place), None);
    }
}
