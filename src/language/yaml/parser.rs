//! The events of a YAML text, within limits.

use granit_parser::{Parser, StrInput};

use super::MAX_DEPTH;
/// The maximum length of a key in characters. Longer keys than YAML's 1,024 characters are legal in JSON, which this
/// parser reads too.
const MAX_KEY_CHARACTERS: usize = 4096;

/// Returns the parser of a text with the limits of this module.
pub(super) fn parser(text: &str) -> Parser<'_, StrInput<'_>> {
    let options = granit_parser::options! {
        emit_comments: false,
        simple_key_max_lookahead: MAX_KEY_CHARACTERS,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    Parser::new_from_str_with_options(text, options)
}
