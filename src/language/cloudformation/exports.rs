//! The exports of the stacks in view, and the matching of an imported name with them.

use crate::language::budget::short;
use crate::language::resource::Piece;
/// A value that a stack exports.
#[derive(Debug)]
pub(super) struct Export {
    pub(super) stack: usize,
    pub(super) output: String,
    pub(super) name: NamePattern,
}

/// A name that may be known in part only, because the rest (most often the name of a stack) is known at deployment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamePattern {
    before: String,
    after: String,
    /// False if `before` is the whole name.
    open: bool,
}

/// Returns the one export that the name refers to. A name that is known in full takes precedence over names that only
/// may match.
pub(super) fn matching<'x>(
    exports: &'x [Export],
    wanted: &NamePattern,
    importer: usize,
) -> Result<&'x Export, &'static str> {
    let others = || exports.iter().filter(|export| export.stack != importer);
    let exact: Vec<_> = others()
        .filter(|export| !wanted.open && export.name == *wanted)
        .collect();
    let possible: Vec<_> = if exact.is_empty() {
        others()
            .filter(|export| export.name.may_be(wanted))
            .collect()
    } else {
        exact
    };
    match possible.as_slice() {
        [] => Err("no template"),
        [only] => Ok(only),
        _ => Err("more than one template"),
    }
}

impl NamePattern {
    pub(super) fn new(pieces: &[Piece]) -> Self {
        let known = |piece: Option<&Piece>| match piece {
            Some(Piece::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let open = pieces.len() > 1 || !matches!(pieces.first(), Some(Piece::Text(_)));
        Self {
            before: known(pieces.first()),
            after: if open {
                known(pieces.last())
            } else {
                String::new()
            },
            open,
        }
    }

    /// True if both can be the same name. A pattern must end in a distinctive text, or it would match anything.
    fn may_be(&self, other: &Self) -> bool {
        match (self.open, other.open) {
            (false, false) => self == other,
            (true, false) => self.fits(&other.before),
            (false, true) => other.fits(&self.before),
            (true, true) => {
                self.after == other.after
                    && self.is_telling()
                    && (self.before.starts_with(&other.before)
                        || other.before.starts_with(&self.before))
            }
        }
    }

    fn fits(&self, name: &str) -> bool {
        self.is_telling() && name.starts_with(&self.before) && name.ends_with(&self.after)
    }

    fn is_telling(&self) -> bool {
        self.after.chars().any(char::is_alphanumeric)
    }

    pub(super) fn shown(&self) -> String {
        if self.open {
            format!("`{}…{}`", short(&self.before), short(&self.after))
        } else {
            format!("`{}`", short(&self.before))
        }
    }
}
