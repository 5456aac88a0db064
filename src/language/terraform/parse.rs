//! Parses files, in either of the two syntaxes.

use super::files::Files;
use crate::domain::evidence::Origin;
use crate::language::hcl;
use crate::language::hcl::{Block, Spot};

impl Files<'_> {
    /// Parses the blocks of a file, or returns the reason why it cannot be read.
    pub(super) fn parse(&self, file: usize) -> Result<Block, (String, Origin)> {
        let text = self.text(file);
        if text.len() > MAX_BYTES {
            let message = format!("the file is larger than {MAX_BYTES} bytes: it was not read");
            return Err((message, self.origin(Spot { file, offset: 0 })));
        }
        if self.path(file).ends_with(".json") {
            return super::json::parse(self, file);
        }
        hcl::parsed(text)
            .map(|parsed| parsed.block.clone().in_file(file))
            .map_err(|error| {
                let spot = Spot {
                    file,
                    offset: error.offset,
                };
                (explained(&error.message), self.origin(spot))
            })
    }
}

fn explained(message: &str) -> String {
    if message.contains("nest") || message.contains("recursion") {
        format!("the file nests deeper than is read: {message}")
    } else {
        format!("the file cannot be read: {message}")
    }
}

/// The maximum file size in bytes: a hundred times the size of handwritten files.
const MAX_BYTES: usize = 8 * 1024 * 1024;
