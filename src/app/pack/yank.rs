//! `pack yank`: records in a signed list that a version should no longer be used, and why. The version itself stays
//! available. Each list has a higher number than the previous one, and an expiry date.

use std::path::PathBuf;

use semver::Version;
use time::{Date, Duration};

use super::password::{KeyRequest, signing_error};
use crate::app::{CommandError, Outcome};
use crate::domain::pack::{Edition, YANKED_FILE, Yanked, YankedVersion, is_name};
use crate::domain::spec::visible;
use crate::domain::trust::COMMENT_OF_LIST;
use crate::io::clock;
use crate::io::files::{self, DirectoryChange, read_text_if_there};
use crate::io::signing::SigningKey;
use crate::io::store::archive_file::signature_of;

/// The version to yank, and the list that records it.
#[derive(Clone, Debug)]
pub struct PackYankRequest {
    /// The name of the pack to withdraw.
    pub name: String,
    /// The version of the pack to withdraw.
    pub version: Option<Version>,
    /// The reason, which users of the version see.
    pub reason: Option<String>,
    /// True if the version is removed from the list.
    pub undo: bool,
    /// Validity of the list, in days.
    pub valid: u16,
    /// The folder of the list.
    pub dir: PathBuf,
    /// The key to sign with.
    pub key: KeyRequest,
}

/// Maximum size of a list, in bytes.
const BYTES: usize = 256 * 1024;

/// Changes or renews the list, signs it if a key is given, and writes it.
///
/// # Errors
/// When the list or the key cannot be read, the version is not in the list, or the list cannot be written.
pub fn run(request: &PackYankRequest) -> Result<Outcome, CommandError> {
    says_something(request)?;
    let file = request.dir.join(YANKED_FILE);
    let there = read_text_if_there(&file, BYTES).map_err(CommandError::environment)?;
    let mut list = match there {
        Some(text) => {
            Yanked::parse(&text, &file.display().to_string()).map_err(CommandError::input)?
        }
        None => Yanked::default(),
    };
    let done = changed(&mut list, request)?;
    let edition = next(&list, request)?;
    let (sequence, expires) = (edition.sequence, edition.expires);
    list.edition = Some(edition);
    let text = list.to_toml();
    let signature = match request.key.open()? {
        Some(key) => Some(signed(&key, &text)?),
        None => None,
    };
    let said = match &signature {
        Some((_, by)) => format!("signed by key {by}"),
        None => "not signed: who requires signatures refuses it".to_owned(),
    };
    write(request, text, signature.map(|(text, _)| text))?;
    Ok(Outcome::text(format!(
        "{done} in {}, {said}\nnumber {sequence}, which counts until {expires}; publish it before that, and renew it with --renew\n",
        file.display()
    )))
}

/// Changes the versions in the list, and describes the change.
fn changed(list: &mut Yanked, request: &PackYankRequest) -> Result<String, CommandError> {
    let Some(version) = &request.version else {
        return Ok(format!("the list of {} is renewed", request.name));
    };
    let is_it = |one: &YankedVersion| one.pack == request.name && one.version == *version;
    let was_there = list.versions.iter().any(is_it);
    if request.undo && !was_there {
        let file = request.dir.join(YANKED_FILE);
        let message = format!("{} {version} is not in {}", request.name, file.display());
        return Err(CommandError::input(message));
    }
    list.versions.retain(|one| !is_it(one));
    list.versions
        .extend(request.reason.as_ref().map(|reason| YankedVersion {
            pack: request.name.clone(),
            version: version.clone(),
            reason: reason.clone(),
        }));
    let done = if request.undo {
        "no longer yanked"
    } else {
        "yanked"
    };
    Ok(format!("{} {version} is {done}", request.name))
}

/// Returns the number, the expiry and the packs of the next list. It covers every pack that the previous list
/// covered.
fn next(list: &Yanked, request: &PackYankRequest) -> Result<Edition, CommandError> {
    let before = list.edition.as_ref();
    let sequence = before.map_or(0, |before| before.sequence);
    let sequence = sequence
        .checked_add(1)
        .filter(|next| i64::try_from(*next).is_ok());
    let sequence = sequence.ok_or_else(|| {
        CommandError::input("the list has the highest number that there is")
            .hint("sign a new list, which begins at 1, with a new key")
    })?;
    let named = before
        .map(|before| before.packs.clone())
        .unwrap_or_default();
    let listed = list.versions.iter().map(|one| one.pack.clone());
    let mut packs: Vec<String> = named.into_iter().chain(listed).collect();
    packs.push(request.name.clone());
    packs.sort();
    packs.dedup();
    Ok(Edition {
        packs,
        sequence,
        expires: until(request.valid)?,
    })
}

fn until(days: u16) -> Result<Date, CommandError> {
    let last = clock::today().checked_add(Duration::days(i64::from(days)));
    last.ok_or_else(|| CommandError::input("there is no such day"))
}

/// Rejects an impossible pack name, which would yank nothing, and a blank reason.
fn says_something(request: &PackYankRequest) -> Result<(), CommandError> {
    if !is_name(&request.name) {
        let message = format!("{:?} is not a pack's name", visible(&request.name));
        return Err(CommandError::input(message));
    }
    match &request.reason {
        Some(reason) if reason.trim().is_empty() => {
            Err(CommandError::input("the reason says nothing")
                .hint("it is shown to everybody who uses this version"))
        }
        Some(_) | None => Ok(()),
    }
}

fn signed(key: &SigningKey, text: &str) -> Result<(String, String), CommandError> {
    let failed = |error| signing_error(error, None);
    let signature = key.sign(text.as_bytes(), COMMENT_OF_LIST).map_err(failed)?;
    Ok((signature, key.public().map_err(failed)?.id().to_string()))
}

/// Writes the list and the signature in one change, since a signature that does not match would be refused.
fn write(
    request: &PackYankRequest,
    text: String,
    signature: Option<String>,
) -> Result<(), CommandError> {
    let signature_file = signature_of(YANKED_FILE.as_ref()).display().to_string();
    let mut change = DirectoryChange::default();
    change.write.insert(YANKED_FILE.to_owned(), text);
    match signature {
        Some(signature) => {
            change.write.insert(signature_file, signature);
        }
        None => change.remove.push(signature_file),
    }
    files::apply(&request.dir, &change).map_err(CommandError::environment)
}
