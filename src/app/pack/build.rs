//! `pack build`: builds the archive of a pack. The same files give the same bytes and the same digest.

use std::path::PathBuf;

use crate::app::resolution::load;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::{CommandError, Outcome};
use crate::io::files::{Readers, read_bytes, write_new};
use crate::io::store::archive::Bounds;

/// The pack to build, and where to.
#[derive(Clone, Debug)]
pub struct PackBuildRequest {
    /// The folder that holds the pack.
    pub dir: PathBuf,
    /// The archive to write; by default NAME-VERSION.tar in this folder.
    pub output: Option<PathBuf>,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Builds the archive, or finds the same one in its place, and prints its digest.
///
/// # Errors
/// When the pack cannot be read or is wrong, or its place holds another archive.
pub fn run(request: &PackBuildRequest) -> Result<Outcome, CommandError> {
    let reference = request.dir.to_string_lossy();
    let terms = Terms::new(&request.trust, &[&reference])?;
    let (pack, fetched) = load::opened(&reference, &terms)?;
    let (name, version) = (&pack.manifest.name, &pack.manifest.version);
    let file = request
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}-{version}.tar")));
    let shown = file.display();
    // A published version must not change its content: every user would reject it.
    match read_bytes(&file, Bounds::PACK.bytes) {
        Ok(there) if there == fetched.archive => {}
        Ok(_) => {
            return Err(CommandError::input(format!(
                "{shown} is there already, with another content: a version never changes"
            ))
            .hint("raise the version in pack.toml, or remove the file if nobody has it yet"));
        }
        Err(_) => write_new(&[(&file, &fetched.archive)], Readers::All)
            .map_err(CommandError::environment)?,
    }
    let digest = &fetched.digest;
    Ok(Outcome::text(format!(
        "{name} {version}\narchive  {shown}\ndigest   {digest}\n"
    )))
}
