//! `pack sign`: writes a signature next to a pack, compatible with Debian's `minisign`.

use std::path::{Path, PathBuf};

use super::password::{KeyRequest, signing_error};
use crate::app::resolution::load;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::pack::SIGNATURE_FILE;
use crate::domain::trust::comment;
use crate::io::files::{is_folder, read_bytes, write_output};
use crate::io::store::archive::Bounds;
use crate::io::store::archive_file::signature_of;

/// The pack to sign, and the key.
#[derive(Clone, Debug)]
pub struct PackSignRequest {
    /// The archive, or the pack's folder.
    pub pack: PathBuf,
    /// The key to sign with.
    pub key: KeyRequest,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Signs the pack and writes the signature next to it.
///
/// # Errors
/// When the pack or the key cannot be read, or no key is named.
pub fn run(request: &PackSignRequest) -> Result<Outcome, CommandError> {
    let reference = request.pack.to_string_lossy();
    let terms = Terms::new(&request.trust, &[&reference])?;
    let (pack, fetched) = load::opened(&reference, &terms)?;
    let file = if is_folder(&request.pack) {
        request.pack.join(SIGNATURE_FILE)
    } else {
        as_it_is_signed(&request.pack, &fetched.archive)?;
        signature_of(&request.pack)
    };
    let Some(key) = request.key.open()? else {
        return Err(CommandError::input("no key is named")
            .hint("--key FILE names it; `rdsproxy-gen pack keygen` makes one"));
    };
    let (name, version) = (&pack.manifest.name, pack.manifest.version.to_string());
    let comment = comment(name, &version, &fetched.digest);
    let failed = |error| signing_error(error, None);
    let text = key.sign(&fetched.archive, &comment).map_err(failed)?;
    let id = key.public().map_err(failed)?.id();
    write_output(&file, &text).map_err(CommandError::environment)?;
    Ok(Outcome::text(format!(
        "{name} {version}\nsigned   by key {id}, in {}\ndigest   {}\n",
        file.display(),
        fetched.digest
    )))
}

/// Rejects a file with the same content in another archive form: other tools would find that the signature does not
/// match.
fn as_it_is_signed(file: &Path, archive: &[u8]) -> Result<(), CommandError> {
    let there = read_bytes(file, Bounds::PACK.bytes).map_err(CommandError::environment)?;
    if there == archive {
        Ok(())
    } else {
        Err(CommandError::input(format!(
            "{} is not in the one form that is signed",
            file.display()
        ))
        .hint("`rdsproxy-gen pack build` makes it from the pack's folder"))
    }
}
