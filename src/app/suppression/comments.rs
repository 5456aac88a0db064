//! Waiver comments by file, and their counterparts in JSON metadata. Finds the waivers that cover a place.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::domain::evidence::Origin;
use crate::domain::policy::{WaiverEntry, day};
use crate::domain::spec::nearest;
use crate::report::Skipped;
use crate::rewrite::comments::{IgnoreComment, Position, ignore_comments};
use crate::rewrite::metadata::ignore_metadata;
use crate::rules::RULES;

/// Maximum number of invalid waivers reported for one rule at one place. More would be of no use, and each is
/// reported for every proxy that it covers.
const MOST_WRONG: usize = 16;

/// The waiver comments of all files.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Comments(BTreeMap<String, FileComments>);

/// The waiver comments of one file, by scope.
#[derive(Clone, Debug, Default)]
struct FileComments {
    /// The waivers, in file order.
    entries: Vec<WaiverEntry>,
    /// The scopes, by their start.
    scopes: Vec<CommentScope>,
}

/// A range of a file that waiver comments cover.
#[derive(Clone, Debug)]
struct CommentScope {
    start: Position,
    end: Position,
    /// Indexes of the waivers that cover the range.
    entries: Vec<usize>,
    /// Index of the innermost enclosing scope. All other scopes that contain this one's start enclose that one.
    outer: Option<usize>,
}

impl Comments {
    /// Reads the waiver comments of these files and reports the ones that cannot be understood.
    pub(in crate::app) fn new(
        texts: &BTreeMap<String, String>,
        today: Date,
        told: &mut Vec<Skipped>,
    ) -> Self {
        let mut comments = BTreeMap::new();
        for (path, text) in texts {
            let found = ignore_comments(path, text).into_iter();
            let read: Vec<(WaiverEntry, (Position, Position))> = found
                .chain(ignore_metadata(path, text))
                .map(|comment| {
                    let scope = (*comment.scope.start(), *comment.scope.end());
                    (waiver_of(path, comment, told), scope)
                })
                .collect();
            if !read.is_empty() {
                comments.insert(path.clone(), FileComments::new(read, today));
            }
        }
        Self(comments)
    }

    /// Returns the waivers that cover a place, in file order.
    pub(super) fn at(&self, file: &str, place: Position) -> Vec<&WaiverEntry> {
        let Some(beside) = self.0.get(file) else {
            return Vec::new();
        };
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let before = beside.scopes.partition_point(|scope| scope.start <= place);
        let mut next = before.checked_sub(1);
        while let Some(scope) = next.and_then(|at| beside.scopes.get(at)) {
            if place <= scope.end {
                found.extend(&scope.entries);
            }
            next = scope.outer;
        }
        let entries = found.into_iter();
        entries.filter_map(|at| beside.entries.get(at)).collect()
    }
}

impl FileComments {
    fn new(read: Vec<(WaiverEntry, (Position, Position))>, today: Date) -> Self {
        let mut by_scope: BTreeMap<(Position, Position), Vec<usize>> = BTreeMap::new();
        let mut kept: BTreeMap<_, (bool, usize)> = BTreeMap::new();
        let mut entries = Vec::new();
        for (entry, (start, end)) in read {
            let counts = entry.waiver().is_some() && entry.is_current(today);
            let mut is_needed = false;
            for rule in &entry.rules {
                let (has_one, wrong) = kept.entry((start, end, rule.clone())).or_default();
                // Once one waiver is valid, the others for the same place and rule add nothing.
                is_needed |= !*has_one && (counts || *wrong < MOST_WRONG);
                *has_one |= counts;
                *wrong += usize::from(!counts);
            }
            if is_needed {
                let alike = by_scope.entry((start, end)).or_default();
                alike.push(entries.len());
                entries.push(entry);
            }
        }
        Self {
            entries,
            scopes: scopes(by_scope),
        }
    }
}

/// Sorts scopes by their start, the longer one first, and links each to its enclosing scope.
fn scopes(by_scope: BTreeMap<(Position, Position), Vec<usize>>) -> Vec<CommentScope> {
    let mut all: Vec<_> = by_scope.into_iter().collect();
    all.sort_by_key(|((start, end), _)| (*start, std::cmp::Reverse(*end)));
    let mut scopes: Vec<CommentScope> = Vec::new();
    let mut around: Vec<usize> = Vec::new();
    for ((start, end), entries) in all {
        let ends_before = |at: &mut usize| scopes.get(*at).is_none_or(|scope| scope.end < start);
        while around.pop_if(ends_before).is_some() {}
        let outer = around.last().copied();
        around.push(scopes.len());
        scopes.push(CommentScope {
            start,
            end,
            entries,
            outer,
        });
    }
    scopes
}

fn waiver_of(path: &str, comment: IgnoreComment, told: &mut Vec<Skipped>) -> WaiverEntry {
    let (line, column) = comment.place;
    let origin = Origin::at(path, line, column);
    let mut tell = |reason: String| {
        let origin = origin.clone();
        told.push(Skipped { origin, reason });
    };
    for rule in comment.rules.iter().filter(|rule| !exists(rule)) {
        let near = nearest(rule, RULES.iter().map(|one| one.info.id));
        let hint = near.map_or_else(String::new, |near| format!(", did you mean {near}?"));
        tell(format!("the comment waives {rule}, which is no rule{hint}"));
    }
    if comment.rules.is_empty() {
        tell("the comment waives nothing: name the rules".to_owned());
    }
    for word in &comment.unknown {
        tell(format!(
            "the comment says {word}, which means nothing here: there are reason, owner and until"
        ));
    }
    let until = comment.until.as_deref().map(|text| (text, day(text)));
    if let Some((text, None)) = until {
        tell(format!(
            "the comment waives until {text}, which is no day: write 2027-01-31"
        ));
    }
    // An unreadable date counts as expired.
    let until = until.map(|(_, day)| day.unwrap_or(Date::MIN));
    WaiverEntry {
        rules: comment.rules,
        subject: None,
        file: None,
        attribute: None,
        reason: comment.reason,
        owner: comment.owner,
        until,
        project: None,
        origin,
    }
}

fn exists(rule: &str) -> bool {
    RULES.iter().any(|one| one.info.id == rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds every comment that covers a place by checking each of them.
    fn asked(text: &str, place: Position) -> Vec<Position> {
        let comments = ignore_comments("a.tf", text).into_iter();
        let speaking = comments.filter(|comment| comment.scope.contains(&place));
        speaking.map(|comment| comment.place).collect()
    }

    #[test]
    fn what_speaks_of_a_place_is_found_without_asking_all() {
        let text = "\
# rdsproxy-gen:ignore a reason=\"1\"
x = [
  # rdsproxy-gen:ignore b reason=\"2\"
  {
    # rdsproxy-gen:ignore c reason=\"3\"
    y = 1 # rdsproxy-gen:ignore d reason=\"4\"
  }, {
    # rdsproxy-gen:ignore e reason=\"5\"
    z = 1
  }
]
# rdsproxy-gen:ignore f reason=\"6\"
}, {
  w = 1
}

";
        let texts = [("a.tf".to_owned(), text.to_owned())].into();
        let comments = Comments::new(&texts, Date::MIN, &mut Vec::new());
        for line in 0..18 {
            let found = comments.at("a.tf", (line, 3)).into_iter();
            let found: Vec<_> = found
                .map(|entry| (entry.origin.line, entry.origin.column))
                .collect();
            assert_eq!(found, asked(text, (line, 3)), "line {line}");
        }
    }

    #[test]
    fn of_many_at_one_place_those_are_kept_that_matter() {
        let of = |reason: &str, number: usize| {
            let comment = format!("# rdsproxy-gen:ignore a {reason}\n");
            let text = comment.repeat(number) + "x = 1\n";
            let texts = [("a.tf".to_owned(), text)].into();
            let comments = Comments::new(&texts, Date::MIN, &mut Vec::new());
            let line = u32::try_from(number + 1).unwrap();
            comments.at("a.tf", (line, 1)).len()
        };
        assert_eq!(of("", 1000), MOST_WRONG);
        assert_eq!(of("reason=\"x\"", 1000), 1);
    }
}
