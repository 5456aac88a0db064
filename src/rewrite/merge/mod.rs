//! Three-way merge of a file: the text as generated before, the user's text, and the text as generated now. HCL, YAML
//! and JSON are merged attribute by attribute, so that changes of the two sides to adjacent attributes do not conflict;
//! all other files are merged line by line.
//!
//! Nothing is guessed: different changes of the same attribute are a conflict. For the languages parsed here,
//! [`agrees`] checks that every attribute of the merged text has the value of one of the sides. This module does not
//! judge whether the result is correct.

mod converted;
mod data;
mod hcl;
mod homes;
mod line_merge;
mod matching;
mod outline;
mod tree;

pub use converted::as_json;
pub use homes::{Homes, share};
use outline::{Facts, ItemGroup};
use tree::TreeMerge;

/// The result of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The merged text, with markers around the conflicts.
    pub text: String,
    /// The conflicts, which only the user can resolve.
    pub conflicts: Vec<Conflict>,
}

/// A part of the file that both sides changed in different ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The path of the conflicting part: `aws_db_proxy.this/require_tls`.
    pub what: String,
    /// The reason for the conflict.
    pub why: &'static str,
    /// The lines of the user's version.
    pub ours: MergeExcerpt,
    /// The lines as generated now.
    pub theirs: MergeExcerpt,
}

/// An excerpt of whole lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeExcerpt {
    /// The number of the first line, 1-based; 0 if there are no lines.
    pub line: usize,
    /// The text of the lines.
    pub text: String,
}

/// A language whose texts can be merged attribute by attribute.
#[derive(Clone, Copy)]
struct MergeLanguage {
    endings: &'static [&'static str],
    outline: fn(&str) -> Option<ItemGroup>,
    facts: fn(&str) -> Option<Facts>,
}

const LANGUAGES: [MergeLanguage; 2] = [
    MergeLanguage {
        endings: &[".tf", ".tofu", ".tfvars", ".hcl"],
        outline: hcl::outline,
        facts: hcl::facts,
    },
    MergeLanguage {
        endings: &[".yaml", ".yml", ".json", ".template"],
        outline: data::outline,
        facts: data::facts,
    },
];

const APART: &str = "the two do not go together, whichever way they are merged";

/// Merges the three versions of a file. The file extension selects the language.
pub fn merge(path: &str, base: &str, ours: &str, theirs: &str) -> Merged {
    if ours == base {
        return Merged::clean(theirs);
    }
    if theirs == base || ours == theirs {
        return Merged::clean(ours);
    }
    let Some(break_) = line_break(ours) else {
        return mixed(ours, theirs);
    };
    let texts = [base, ours, theirs].map(plain);
    let [plain_base, plain_ours, plain_theirs] = texts.each_ref().map(String::as_str);
    let mut merged = if plain_ours == plain_base {
        Merged::clean(plain_theirs)
    } else if plain_theirs == plain_base || plain_ours == plain_theirs {
        return Merged::clean(ours);
    } else {
        by_language(path, [plain_base, plain_ours, plain_theirs])
    };
    let mark = if ours.starts_with(MARK) {
        "\u{feff}"
    } else {
        ""
    };
    merged.text = format!("{mark}{}", merged.text.replace('\n', break_));
    merged
}

/// Returns the line, 1-based, of the first conflict marker that an earlier merge left in a text. None if there is no
/// unresolved conflict.
pub fn marker(text: &str) -> Option<usize> {
    let mut lines = text.lines();
    let start = lines.position(|line| line.starts_with(line_merge::OURS))?;
    lines
        .any(|line| line.starts_with(line_merge::THEIRS))
        .then_some(start + 1)
}

/// The byte-order mark, which some Windows editors write.
const MARK: char = '\u{feff}';

/// The line ending of a text; none if the line endings are mixed.
fn line_break(text: &str) -> Option<&'static str> {
    let all = text.matches('\n').count();
    match text.matches("\r\n").count() {
        0 => Some("\n"),
        windows if windows == all => Some("\r\n"),
        _ => None,
    }
}

fn plain(text: &str) -> String {
    text.trim_start_matches(MARK).replace("\r\n", "\n")
}

fn by_language(path: &str, texts: [&str; 3]) -> Merged {
    let ends =
        |language: &&MergeLanguage| language.endings.iter().any(|ending| path.ends_with(ending));
    let Some(language) = LANGUAGES.iter().find(ends) else {
        return by_line(texts);
    };
    let facts = texts.map(language.facts);
    let [Some(base), Some(ours), Some(theirs)] = facts else {
        let by_line = by_line(texts);
        // A text that cannot be parsed cannot be checked. But the merge of two texts that can be parsed must be
        // parsable too.
        let are_read = facts[1].is_some() && facts[2].is_some();
        let is_lost = are_read && (language.facts)(&by_line.text).is_none();
        return if by_line.conflicts.is_empty() && is_lost {
            all_of_it(texts[1], texts[2], APART)
        } else {
            by_line
        };
    };
    let agrees = |merged: &Merged| {
        let said = (language.facts)(&merged.text);
        said.is_some_and(|said| agrees([&base, &ours, &theirs], &said))
    };
    let by_attribute = by_attribute(language, texts);
    if let Some(merged) = by_attribute
        && (!merged.conflicts.is_empty() || agrees(&merged))
    {
        return merged;
    }
    let by_line = by_line(texts);
    if !by_line.conflicts.is_empty() || agrees(&by_line) {
        by_line
    } else {
        all_of_it(texts[1], texts[2], APART)
    }
}

/// Merges attribute by attribute. None if one of the texts cannot be split into items.
fn by_attribute(language: &MergeLanguage, texts: [&str; 3]) -> Option<Merged> {
    let [base, ours, theirs] = texts.map(language.outline);
    let (base, ours, theirs) = (base?, ours?, theirs?);
    (base.style == ours.style && ours.style == theirs.style).then_some(())?;
    let mut merge = TreeMerge::default();
    let text = merge.group([&base, &ours, &theirs])?;
    Some(Merged {
        text,
        conflicts: merge.conflicts,
    })
}

fn by_line(texts: [&str; 3]) -> Merged {
    let (text, conflicts) = line_merge::lines(texts);
    Merged { text, conflicts }
}

fn mixed(ours: &str, theirs: &str) -> Merged {
    all_of_it(
        ours,
        theirs,
        "some of its lines end as on Windows and some do not: make them alike",
    )
}

/// A merge whose whole file is one conflict.
fn all_of_it(ours: &str, theirs: &str, why: &'static str) -> Merged {
    let side = |text: &str| MergeExcerpt {
        line: 1,
        text: text.to_owned(),
    };
    Merged {
        text: line_merge::marked(ours, theirs),
        conflicts: vec![Conflict {
            what: "the whole file".to_owned(),
            why,
            ours: side(ours),
            theirs: side(theirs),
        }],
    }
}

/// True if every value in the merged text is that of the side that changed it.
fn agrees([base, ours, theirs]: [&Facts; 3], merged: &Facts) -> bool {
    let texts = [base, ours, theirs, merged];
    let mut paths = texts.into_iter().flat_map(Facts::keys);
    paths.all(|path| {
        let [base, ours, theirs, merged] = texts.map(|facts| facts.get(path));
        if ours == base {
            merged == theirs
        } else if theirs == base || ours == theirs {
            merged == ours
        } else {
            holds_both([base, ours, theirs], merged)
        }
    })
}

/// Checks values that occur several times at one path, of which both sides may have changed some: the merged text must
/// contain all changes.
fn holds_both(
    [base, ours, theirs]: [Option<&Vec<String>>; 3],
    merged: Option<&Vec<String>>,
) -> bool {
    let lists =
        [base, ours, theirs, merged].map(|list| list.map_or(&[] as &[String], Vec::as_slice));
    let [base, ours, theirs, merged] = lists;
    let is_list = lists.iter().any(|list| list.len() > 1);
    let side = |side: &[String]| {
        let keeps = side
            .iter()
            .all(|one| base.contains(one) || merged.contains(one));
        let drops = base
            .iter()
            .all(|one| side.contains(one) || !merged.contains(one));
        keeps && drops
    };
    let mut said = merged.iter();
    is_list
        && side(ours)
        && side(theirs)
        && said.all(|one| ours.contains(one) || theirs.contains(one))
}

impl Merged {
    fn clean(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            conflicts: Vec::new(),
        }
    }
}
