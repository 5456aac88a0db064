//! The files in view: their text, their places, and the blocks that they hold.

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
    /// Those of modules that are understood without download, where one of them may be called.
    known: &'static [SourceFile<'static>],
}

/// The number of the first of [`registry::FILES`], whatever other files are in view.
const FIRST_KNOWN: usize = usize::MAX / 2;

static KNOWN: LazyLock<Vec<SourceFile<'static>>> = LazyLock::new(|| {
    let known = registry::FILES.iter();
    known
        .map(|(path, text)| SourceFile::of(path, text))
        .collect()
});

#[derive(Debug)]
struct SourceFile<'f> {
    path: &'f str,
    /// Without a byte-order mark.
    lines: Lines<'f>,
}

impl<'f> SourceFile<'f> {
    fn of(path: &'f str, text: &'f str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = Lines::of(text);
        Self { path, lines }
    }
}

impl<'f> Files<'f> {
    pub(super) fn new(files: &'f BTreeMap<String, String>) -> Self {
        let calls_known = files.values().any(|text| registry::may_be_called(text));
        let list = files.iter().map(|(path, text)| SourceFile::of(path, text));
        Self {
            list: list.collect(),
            known: if calls_known { &KNOWN } else { &[] },
        }
    }

    /// Nothing but the files of the modules that are understood without download.
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

    /// The paths with their numbers, without those of [`Files::known_paths`].
    pub(super) fn paths(&self) -> impl Iterator<Item = (usize, &'f str)> {
        self.list.iter().map(|file| file.path).enumerate()
    }

    /// Likewise of the modules that are understood without download, where one of them may be called.
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

    /// How much text there is.
    pub(super) fn length(&self) -> usize {
        let all = self.list.iter().chain(self.known);
        all.map(|file| file.lines.text().len()).sum()
    }

    /// The place for people.
    pub(super) fn origin(&self, spot: Spot) -> Origin {
        let Some(file) = self.get(spot.file) else {
            return Origin::default();
        };
        let (line, column) = file.lines.place(spot.offset);
        Origin::at(file.path, line, column)
    }

    /// The offset of a 1-based line and column, the column in characters.
    pub(super) fn offset(&self, file: usize, line: u32, column: u32) -> usize {
        let Some(SourceFile { lines, .. }) = self.get(file) else {
            return 0;
        };
        let start = || lines.line(line).map(|(start, _)| start);
        let found = lines.offset(line, column).or_else(start);
        found.unwrap_or_default()
    }

    /// True for a file of values, which are no templates.
    pub(super) fn is_values(&self, file: usize) -> bool {
        self.get(file)
            .is_some_and(|file| file.path.ends_with(".tfvars.json"))
    }
}
