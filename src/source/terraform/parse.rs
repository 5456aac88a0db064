//! From text to syntax trees that know their places. It gives no meaning to what it parses.

use std::ops::Range;

use hcl_edit::structure::Body;

use crate::domain::evidence::Origin;

/// One file: its name, and where its lines begin.
#[derive(Debug)]
pub(super) struct Source {
    /// As the user named it.
    pub(super) name: String,
    text: String,
    line_starts: Vec<usize>,
}

/// One file with its syntax tree.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Where it came from.
    pub(super) source: Source,
    /// What stands in it.
    pub(super) body: Body,
}

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Self {
        // Terraform accepts a byte order mark, hcl-edit does not; columns count characters, so that none is lost with it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            line_starts,
        }
    }

    /// The place of the byte at `offset`.
    pub(super) fn place(&self, offset: usize) -> Origin {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied();
        let column = self
            .text
            .get(start.unwrap_or(0)..offset)
            .map_or(1, |before| before.chars().count() + 1);
        Origin::at(&self.name, saturate(line), saturate(column))
    }

    /// The place where a span begins; the whole file where there is none.
    pub(super) fn span(&self, span: Option<Range<usize>>) -> Origin {
        span.map_or_else(
            || Origin::document(&self.name),
            |span| self.place(span.start),
        )
    }

    /// Parses the file.
    pub(super) fn parse(self) -> Result<Parsed, (String, Origin)> {
        match hcl_edit::parser::parse_body(&self.text) {
            Ok(body) => Ok(Parsed { source: self, body }),
            Err(error) => {
                let place = self.place(error.location().offset());
                let message = format!("{}; this file is not read", explain(error.message()));
                Err((message, place))
            }
        }
    }
}

/// hcl-edit's limits on nesting are its own, not the language's: they must not read as the author's mistake.
fn explain(message: &str) -> String {
    if message.contains("nest") || message.contains("recursion") {
        "nested too deep to be read".to_owned()
    } else {
        message.replace('\n', "; ")
    }
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
