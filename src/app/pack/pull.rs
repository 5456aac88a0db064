//! `pack pull`: downloads a pack, as an archive with its signature or as a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::app::resolution::resolve;
use crate::app::resolution::resolve::FoundPack;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::pack::{SIGNATURE_FILE, YANKED_FILE, YANKED_SIGNATURE_FILE, Yanked};
use crate::domain::trust::Provenance;
use crate::io::files::{
    self, DirectoryChange, ExistingFile, Readers, existing, read_bytes, write_new,
};
use crate::io::store::Fetched;
use crate::io::store::archive::Bounds;
use crate::io::store::archive_file::signature_of;
use crate::io::terminal;

/// The pack to download, and where to.
#[derive(Clone, Debug)]
pub struct PackPullRequest {
    /// The reference of the pack.
    pub pack: String,
    /// The archive to write; by default NAME-VERSION.tar in this folder.
    pub output: Option<PathBuf>,
    /// The folder to write the files to, instead of an archive.
    pub folder: Option<PathBuf>,
    /// True if only the cache is used.
    pub offline: bool,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Downloads the pack, and prints its place, its digest and its signer.
///
/// # Errors
/// When the pack cannot be read or is not trusted, or a file is there already.
pub fn run(request: &PackPullRequest) -> Result<Outcome, CommandError> {
    let terms = Terms::new(&request.trust, &[&request.pack])?.offline(request.offline);
    let seen = resolve::look(&request.pack, &terms)?;
    let standing = seen.standing.as_ref();
    let standing = standing.map_err(|error| CommandError::input(error.clone()))?;
    let (name, version) = (&seen.pack.manifest.name, &seen.pack.manifest.version);
    let place = match &request.folder {
        Some(folder) => into_folder(folder, &seen.fetched)?,
        None => {
            let named = PathBuf::from(format!("{name}-{version}.tar"));
            into_archive(request.output.clone().unwrap_or(named), &seen.fetched)?
        }
    };
    let verified = match standing {
        Provenance::Verified { key, owner, .. } => {
            format!("verified signed by key {key} ({owner})")
        }
        Provenance::Unverified(why) => format!("unverified: {why}"),
    };
    yanked(&seen)?;
    Ok(Outcome::text(format!(
        "{name} {version}\npulled   to {}\ndigest   {}\n{verified}\n",
        place.display(),
        seen.fetched.digest
    )))
}

/// Only reports a yanked version: users that mirror packs for offline machines may need an old one.
fn yanked(seen: &FoundPack) -> Result<(), CommandError> {
    let manifest = &seen.pack.manifest;
    let reason = |list: &Yanked| list.reason(&manifest.name, &manifest.version);
    let note = match &seen.yanked {
        Ok(list) => match reason(list) {
            Some(reason) => format!("yanked: {reason}\n"),
            None => return Ok(()),
        },
        Err(error) => format!("whether it was yanked cannot be determined: {error}\n"),
    };
    terminal::note(&note).map_err(CommandError::environment)
}

/// Writes all files of a pack, its signature and its list into a folder that contains none of them.
fn into_folder(folder: &Path, fetched: &Fetched) -> Result<PathBuf, CommandError> {
    let mut write: BTreeMap<String, String> = fetched.files.clone();
    let list = fetched.yanked.as_ref();
    let beside = [
        (SIGNATURE_FILE, fetched.signature.as_ref()),
        (YANKED_FILE, list.map(|list| &list.text)),
        (
            YANKED_SIGNATURE_FILE,
            list.and_then(|list| list.signature.as_ref()),
        ),
    ];
    for (name, text) in beside {
        write.extend(text.map(|text| (name.to_owned(), text.clone())));
    }
    if let Some(path) = write
        .keys()
        .find(|path| existing(folder, path) != ExistingFile::Absent)
    {
        let message = format!("{} is there already", folder.join(path).display());
        return Err(CommandError::input(message).hint("name another folder"));
    }
    let change = DirectoryChange {
        write,
        remove: Vec::new(),
    };
    files::apply(folder, &change).map_err(CommandError::environment)?;
    Ok(folder.to_path_buf())
}

/// Writes the archive, with its signature and the list of yanked versions next to it.
fn into_archive(file: PathBuf, fetched: &Fetched) -> Result<PathBuf, CommandError> {
    let list = fetched.yanked.as_ref();
    let signature = fetched.signature.as_deref();
    // The archive is written last, so that its companions are complete once it exists.
    let beside = [
        (
            file.with_file_name(YANKED_SIGNATURE_FILE),
            list.and_then(|list| list.signature.as_deref())
                .map(str::as_bytes),
        ),
        (
            file.with_file_name(YANKED_FILE),
            list.map(|list| list.text.as_bytes()),
        ),
        (signature_of(&file), signature.map(str::as_bytes)),
        (file.clone(), Some(fetched.archive.as_slice())),
    ];
    let wanted: Vec<(PathBuf, &[u8])> = beside
        .into_iter()
        .filter_map(|(file, bytes)| Some((file, bytes?)))
        .collect();
    // All files are checked first, so that nothing is written if one of them cannot be.
    let mut missing = Vec::new();
    for (file, bytes) in wanted {
        match read_bytes(&file, Bounds::PACK.bytes) {
            Ok(there) if there == bytes => {}
            Ok(_) => {
                let message = format!("{} is there already, with another content", file.display());
                return Err(CommandError::input(message).hint("--output names another file"));
            }
            Err(_) => missing.push((file, bytes)),
        }
    }
    let missing: Vec<_> = missing
        .iter()
        .map(|(file, bytes)| (file.as_path(), *bytes))
        .collect();
    write_new(&missing, Readers::All).map_err(CommandError::environment)?;
    Ok(file)
}
