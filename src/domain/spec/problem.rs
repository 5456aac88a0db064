//! What is wrong with a spec, where, and what to do.

use std::fmt;
use std::ops::Range;

use crate::domain::evidence::Origin;
use crate::domain::lines::Lines;
use crate::domain::secrecy::without_value;
use crate::domain::visible::visible;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecProblem {
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// Where.
    pub origin: Origin,
    /// What to do, where there is something to say.
    pub hint: Option<String>,
}

/// Everything that is wrong with a spec; never empty.
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

/// A text with its name, to turn byte offsets into places.
#[derive(Clone, Copy, Debug)]
pub struct NamedText<'a> {
    /// How messages call it.
    pub file: &'a str,
    /// All of it.
    pub text: &'a str,
}

impl<'a> NamedText<'a> {
    /// The place of a byte range: its start, 1-based, the column in characters.
    pub fn origin(&self, span: &Range<usize>) -> Origin {
        self.placed().origin(span)
    }

    /// The same text, for many places in it.
    pub fn placed(&self) -> Placed<'a> {
        Placed {
            file: self.file,
            text: self.text,
            lines: Lines::of(self.text),
        }
    }
}

/// A text with its name and its lines: tens of thousands of places may be asked for.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// How messages call it.
    pub file: &'a str,
    /// All of it.
    pub text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Placed<'a> {
    /// The text and its name.
    pub fn plain(&self) -> NamedText<'a> {
        let Self { file, text, .. } = *self;
        NamedText { file, text }
    }

    /// The place of a byte range: its start, 1-based, the column in characters.
    pub fn origin(&self, span: &Range<usize>) -> Origin {
        let start = self.text.floor_char_boundary(span.start);
        let (line, column) = self.lines.place(start);
        Origin::at(self.file, line, column)
    }
}

/// An error of syntax, or a key that is unknown, missing or of the wrong kind.
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

/// The known word that is nearest to what was written, where one is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(2))
        .min()
        .map(|(_, word)| word)
}
