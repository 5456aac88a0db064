//! From a folder to a pack that was read.

use std::path::Path;

use crate::commands::CommandError;
use crate::domain::pack::Pack;
use crate::io::folder;

/// The pack of a folder.
pub(super) fn pack(dir: &Path) -> Result<Pack, CommandError> {
    let files = folder::texts(dir).map_err(CommandError::environment)?;
    Pack::read(&files).map_err(|error| {
        let at = dir.display();
        CommandError::input(format!("the pack in {at} is refused:\n  {error}"))
    })
}
