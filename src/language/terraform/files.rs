//! The files in view: their text, their positions, and the blocks that they contain.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::registry;
use crate::domain::evidence::Origin;
use crate::domain::lines::Lines;
use crate::language::hcl::Spot;

/// All files in view, by number.
#[derive(Debug)]
pub(super) struct Files<'f> {
    list: Vec<SourceFile<'f>>,
    /// The files of the built-in modules (those that are understood without download); empty if none of them can be
    /// called.
    known: &'static [SourceFile<'static>],
}

/// The number of the first of [`registry::FILES`], regardless of the other files in view.
const FIRST_KNOWN: usize = usize::MAX / 2;

static KNOWN: LazyLock<Vec<SourceFile<'static>>> = LazyLock::new(|| {
    let known = registry::FILES.iter();
    known
        .map(|(path, text)| SourceFile::with_lines(path, text))
        .collect()
});

#[derive(Debug)]
struct SourceFile<'f> {
    path: &'f str,
    /// The text without a byte-order mark.
    lines: Lines<'f>,
}

impl<'f> SourceFile<'f> {
    fn with_lines(path: &'f str, text: &'f str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = Lines::new(text);
        Self { path, lines }
    }
}

impl<'f> Files<'f> {
    pub(super) fn new(files: &'f BTreeMap<String, String>) -> Self {
        let calls_known = files.values().any(|text| registry::may_be_called(text));
        let list = files
            .iter()
            .map(|(path, text)| SourceFile::with_lines(path, text));
        Self {
            list: list.collect(),
            known: if calls_known { &KNOWN } else { &[] },
        }
    }

    /// Creates a set of files that contains only the built-in modules.
    pub(super) fn known() -> Files<'static> {
        Files {
            list: Vec::new(),
            known: &KNOWN,
        }
    }

    fn get(&self, file: usize) -> Option<&SourceFile<'f>> {
        match file.checked_sub(FIRST_KNOWN) {
            Some(known) => self.known.get(known),
            None => self.list.get(file),
        }
    }

    /// Returns the paths with their numbers, without those of [`Files::known_paths`].
    pub(super) fn paths(&self) -> impl Iterator<Item = (usize, &'f str)> {
        self.list.iter().map(|file| file.path).enumerate()
    }

    /// Returns the paths of the built-in modules with their numbers; empty if none of these modules can be called.
    pub(super) fn known_paths(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let paths = self.known.iter().map(|file| file.path);
        (FIRST_KNOWN..).zip(paths)
    }

    pub(super) fn path(&self, file: usize) -> &'f str {
        self.get(file).map_or("", |file| file.path)
    }

    pub(super) fn number(&self, path: &str) -> Option<usize> {
        self.list.iter().position(|file| file.path == path)
    }

    pub(super) fn text(&self, file: usize) -> &'f str {
        self.get(file).map_or("", |file| file.lines.text())
    }

    /// Returns the total length of all files, in bytes.
    pub(super) fn length(&self) -> usize {
        let all = self.list.iter().chain(self.known);
        all.map(|file| file.lines.text().len()).sum()
    }

    /// Converts a position to a path, line and column for display.
    pub(super) fn origin(&self, spot: Spot) -> Origin {
        let Some(file) = self.get(spot.file) else {
            return Origin::default();
        };
        let (line, column) = file.lines.place(spot.offset);
        Origin::at(file.path, line, column)
    }

    /// Returns the byte offset of a 1-based line and column; the column counts characters.
    pub(super) fn offset(&self, file: usize, line: u32, column: u32) -> usize {
        let Some(SourceFile { lines, .. }) = self.get(file) else {
            return 0;
        };
        let start = || lines.line(line).map(|(start, _)| start);
        let found = lines.offset(line, column).or_else(start);
        found.unwrap_or_default()
    }

    /// Returns true for a JSON variable file (`.tfvars.json`), whose strings are not templates.
    pub(super) fn is_values(&self, file: usize) -> bool {
        self.get(file)
            .is_some_and(|file| file.path.ends_with(".tfvars.json"))
    }
}
