//! The problems of a spec, with their places and hints.

use std::fmt;
use std::ops::Range;

use crate::domain::evidence::Origin;
use crate::domain::lines::Lines;
use crate::domain::secrecy::without_value;
use crate::domain::visible::visible;

/// A problem in a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecProblem {
    /// The description, lower case, no full stop.
    pub message: String,
    /// The place of the offending value.
    pub origin: Origin,
    /// The suggested change, if there is one.
    pub hint: Option<String>,
}

/// All problems of a spec; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SpecError(pub Vec<SpecProblem>);

impl fmt::Display for SpecError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write!(out, "{}: {}", problem.origin, visible(&problem.message))?;
            if let Some(hint) = &problem.hint {
                write!(out, " ({})", visible(hint))?;
            }
        }
        Ok(())
    }
}

/// A text and its name, which turns byte offsets into places.
#[derive(Clone, Copy, Debug)]
pub struct NamedText<'a> {
    /// The name of the text in messages.
    pub file: &'a str,
    /// The whole text, to which byte offsets refer.
    pub text: &'a str,
}

impl<'a> NamedText<'a> {
    /// Returns the place where a byte range starts: 1-based, the column in characters.
    pub fn origin(&self, span: &Range<usize>) -> Origin {
        self.placed().origin(span)
    }

    /// Indexes the lines of the text, to look up many places.
    pub fn placed(&self) -> Placed<'a> {
        Placed {
            file: self.file,
            text: self.text,
            lines: Lines::new(self.text),
        }
    }
}

/// A text with its name and indexed lines, for looking up tens of thousands of places.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The name of the text in messages.
    pub file: &'a str,
    /// The whole text, to which byte offsets refer.
    pub text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Placed<'a> {
    /// Returns the text and its name without the index.
    pub fn plain(&self) -> NamedText<'a> {
        let Self { file, text, .. } = *self;
        NamedText { file, text }
    }

    /// Returns the place where a byte range starts: 1-based, the column in characters.
    pub fn origin(&self, span: &Range<usize>) -> Origin {
        let start = self.text.floor_char_boundary(span.start);
        let (line, column) = self.lines.place(start);
        Origin::at(self.file, line, column)
    }
}

/// Converts a TOML error: a syntax error, or a key that is unknown, missing or of the wrong type.
pub fn shape_error(text: &NamedText<'_>, error: &toml::de::Error) -> SpecError {
    let message = without_value(error.message());
    let hint = message.strip_prefix("unknown field `").and_then(|rest| {
        let (written, expected) = rest.split_once('`')?;
        let known = expected.split('`').skip(1).step_by(2);
        nearest(written, known).map(|word| format!("did you mean `{word}`?"))
    });
    let origin = text.origin(&error.span().unwrap_or(0..0));
    SpecError(vec![SpecProblem {
        message,
        origin,
        hint,
    }])
}

/// Returns the known word closest to the written one, if it is close enough to be a likely typo.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(2))
        .min()
        .map(|(_, word)| word)
}
