//! Line-based three-way merge, and the notation of conflicts.

use similar::{MergeRegion, MergeResolution, TextMerge};

use super::{Conflict, MergeExcerpt};

/// The conflict markers: before the user's lines, between the sides, and after the generated lines. They are those of
/// git, so that editors recognise them.
pub(super) const OURS: &str = "<<<<<<< yours";
pub(super) const MIDDLE: &str = "=======";
pub(super) const THEIRS: &str = ">>>>>>> generated";

/// Both sides as whole lines with markers around them.
pub(super) fn marked(ours: &str, theirs: &str) -> String {
    let line = |text: &str| {
        if text.is_empty() || text.ends_with('\n') {
            text.to_owned()
        } else {
            format!("{text}\n")
        }
    };
    let (ours, theirs) = (line(ours), line(theirs));
    format!("{OURS}\n{ours}{MIDDLE}\n{theirs}{THEIRS}\n")
}

/// Returns the side that changed, if the other one did not. A change of white space only is overridden by any other
/// change.
pub(super) fn pick([base, ours, theirs]: [&str; 3]) -> Option<&str> {
    let equal = |one: &str, other: &str| one == other;
    let alike = |one: &str, other: &str| one.split_whitespace().eq(other.split_whitespace());
    [equal, alike].iter().find_map(|same| {
        if same(ours, base) {
            Some(theirs)
        } else if same(theirs, base) || same(ours, theirs) {
            Some(ours)
        } else {
            None
        }
    })
}

/// Like [`pick`], but merges line by line if both sides changed. None if lines are in conflict.
pub(super) fn blend(texts: [&str; 3]) -> Option<String> {
    if let Some(text) = pick(texts) {
        return Some(text.to_owned());
    }
    let merged = lines(texts);
    merged.1.is_empty().then_some(merged.0)
}

/// Merges comments to which one side only added lines above or below, and which the other side changed: the added lines
/// stay in place. None for any other changes.
pub(super) fn framed([base, ours, theirs]: [&str; 3]) -> Option<String> {
    let frame = |side: &str, other: &str| {
        let (above, below) = side.split_once(base)?;
        let is_whole = above.is_empty() || above.ends_with('\n');
        let text = format!("{above}{other}{below}");
        (is_whole && base.ends_with('\n')).then_some(text)
    };
    frame(ours, theirs).or_else(|| frame(theirs, ours))
}

/// Merges line by line, with markers around the conflicts.
pub(super) fn lines([base, ours, theirs]: [&str; 3]) -> (String, Vec<Conflict>) {
    let merge = TextMerge::from_lines(base, ours, theirs);
    let mut text = String::new();
    let mut conflicts = Vec::new();
    let mut at = [1, 1];
    for region in merge.regions() {
        // The lines are taken from the merge itself, which also treats a lone carriage return as a line end.
        let mine: String = region
            .ours_range()
            .filter_map(|line| merge.ours_line(line))
            .collect();
        let generated: String = region
            .theirs_range()
            .filter_map(|line| merge.theirs_line(line))
            .collect();
        let next = [(at[0], &mine), (at[1], &generated)]
            .map(|(line, side)| line + side.matches('\n').count());
        match region.resolution() {
            MergeResolution::Theirs => add(&mut text, &generated),
            MergeResolution::Unchanged | MergeResolution::Ours | MergeResolution::Both => {
                add(&mut text, &mine);
            }
            _ => {
                add(&mut text, &marked(&mine, &generated));
                conflicts.push(conflict(region, [(at[0], mine), (at[1], generated)]));
            }
        }
        at = next;
    }
    (text, conflicts)
}

/// Appends a text. The line break that the last line may lack is added first.
pub(super) fn add(text: &mut String, more: &str) {
    if !(text.is_empty() || text.ends_with(['\n', '\r']) || more.is_empty()) {
        text.push('\n');
    }
    text.push_str(more);
}

fn conflict(region: &MergeRegion, sides: [(usize, String); 2]) -> Conflict {
    let [ours, theirs] = sides.map(|(line, text)| MergeExcerpt { line, text });
    Conflict {
        what: "these lines".to_owned(),
        why: if region.base_range().is_empty() {
            "both have lines here that were not there"
        } else {
            "both changed them"
        },
        ours,
        theirs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_carriage_return_loses_no_line() {
        let base = "a\rb\nc\nd\ne\n";
        let ours = base.replace("e\n", "E\n");
        let (text, conflicts) = lines([base, &ours, &base.replace("a\r", "A\r")]);
        assert_eq!((text.as_str(), conflicts.len()), ("A\rb\nc\nd\nE\n", 0));
        let (_, conflicts) = lines([base, &ours, &base.replace("e\n", "F\n")]);
        let [conflict] = conflicts.as_slice() else {
            panic!("{conflicts:?}");
        };
        let said = (conflict.ours.line, conflict.ours.text.as_str());
        assert_eq!(said, (4, "E\n"));
    }
}
