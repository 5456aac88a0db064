//! `pack yank`: records in a signed list that a version should no longer be used, and why. The version itself stays
//! available. Each list has a higher number than the previous one, and an expiry date.

use std::path::PathBuf;

use clap::Args;
use semver::Version;
use time::{Date, Duration};

use super::password::{KeyArgs, told};
use crate::app::{CommandError, Outcome};
use crate::domain::pack::{Edition, YANKED_FILE, Yanked, YankedVersion, is_name};
use crate::domain::spec::visible;
use crate::domain::trust::COMMENT_OF_LIST;
use crate::io::clock;
use crate::io::files::{self, DirectoryChange, read_text_if_there};
use crate::io::signing::SigningKey;
use crate::io::store::archive_file::signature_of;

/// Mark a version of a pack as no longer to be used, in yanked.toml beside the archives or in the pack's folder.
///
/// The list is valid for 180 days. --renew extends that, even if no version was yanked.
#[derive(Debug, Args)]
pub(super) struct PackYankArgs {
    /// The pack's name.
    name: String,
    /// The version.
    #[arg(
        id = "yanked",
        value_name = "VERSION",
        required_unless_present = "renew",
        conflicts_with = "renew"
    )]
    version: Option<Version>,
    /// Reason, shown to users of the version.
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["undo", "renew"])]
    reason: Option<String>,
    /// Remove the version from the list.
    #[arg(long, conflicts_with = "reason")]
    undo: bool,
    /// Renew the validity of the list and change nothing else.
    #[arg(long, conflicts_with_all = ["reason", "undo"])]
    renew: bool,
    /// Validity of the list, in days.
    #[arg(long, value_name = "DAYS", default_value_t = 180, value_parser = clap::value_parser!(u16).range(1..=730))]
    valid: u16,
    /// The folder of the list.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
}

/// Maximum size of a list, in bytes.
const BYTES: usize = 256 * 1024;

/// Changes or renews the list, signs it if a key is given, and writes it.
pub(super) fn run(args: &PackYankArgs) -> Result<Outcome, CommandError> {
    says_something(args)?;
    let file = args.dir.join(YANKED_FILE);
    let there = read_text_if_there(&file, BYTES).map_err(CommandError::environment)?;
    let mut list = match there {
        Some(text) => {
            Yanked::parse(&text, &file.display().to_string()).map_err(CommandError::input)?
        }
        None => Yanked::default(),
    };
    let done = changed(&mut list, args)?;
    let edition = next(&list, args)?;
    let (sequence, expires) = (edition.sequence, edition.expires);
    list.edition = Some(edition);
    let text = list.to_toml();
    let signature = match args.key.open()? {
        Some(key) => Some(signed(&key, &text)?),
        None => None,
    };
    let said = match &signature {
        Some((_, by)) => format!("signed by key {by}"),
        None => "not signed: who requires signatures refuses it".to_owned(),
    };
    write(args, text, signature.map(|(text, _)| text))?;
    Ok(Outcome::text(format!(
        "{done} in {}, {said}\nnumber {sequence}, which counts until {expires}; publish it before that, and renew it with --renew\n",
        file.display()
    )))
}

/// Changes the versions in the list, and describes the change.
fn changed(list: &mut Yanked, args: &PackYankArgs) -> Result<String, CommandError> {
    let Some(version) = &args.version else {
        return Ok(format!("the list of {} is renewed", args.name));
    };
    let is_it = |one: &YankedVersion| one.pack == args.name && one.version == *version;
    let was_there = list.versions.iter().any(is_it);
    if args.undo && !was_there {
        let file = args.dir.join(YANKED_FILE);
        let message = format!("{} {version} is not in {}", args.name, file.display());
        return Err(CommandError::input(message));
    }
    list.versions.retain(|one| !is_it(one));
    list.versions
        .extend(args.reason.as_ref().map(|reason| YankedVersion {
            pack: args.name.clone(),
            version: version.clone(),
            reason: reason.clone(),
        }));
    let done = if args.undo {
        "no longer yanked"
    } else {
        "yanked"
    };
    Ok(format!("{} {version} is {done}", args.name))
}

/// Returns the number, the expiry and the packs of the next list. It covers every pack that the previous list
/// covered.
fn next(list: &Yanked, args: &PackYankArgs) -> Result<Edition, CommandError> {
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
    packs.push(args.name.clone());
    packs.sort();
    packs.dedup();
    Ok(Edition {
        packs,
        sequence,
        expires: until(args.valid)?,
    })
}

fn until(days: u16) -> Result<Date, CommandError> {
    let last = clock::today().checked_add(Duration::days(i64::from(days)));
    last.ok_or_else(|| CommandError::input("there is no such day"))
}

/// Rejects an impossible pack name, which would yank nothing, and a blank reason.
fn says_something(args: &PackYankArgs) -> Result<(), CommandError> {
    if !is_name(&args.name) {
        let message = format!("{:?} is not a pack's name", visible(&args.name));
        return Err(CommandError::input(message));
    }
    match &args.reason {
        Some(reason) if reason.trim().is_empty() => {
            Err(CommandError::input("the reason says nothing")
                .hint("it is shown to everybody who uses this version"))
        }
        Some(_) | None => Ok(()),
    }
}

fn signed(key: &SigningKey, text: &str) -> Result<(String, String), CommandError> {
    let failed = |error| told(error, None);
    let signature = key.sign(text.as_bytes(), COMMENT_OF_LIST).map_err(failed)?;
    Ok((signature, key.public().map_err(failed)?.id().to_string()))
}

/// Writes the list and the signature in one change, since a signature that does not match would be refused.
fn write(args: &PackYankArgs, text: String, signature: Option<String>) -> Result<(), CommandError> {
    let signature_file = signature_of(YANKED_FILE.as_ref()).display().to_string();
    let mut change = DirectoryChange::default();
    change.write.insert(YANKED_FILE.to_owned(), text);
    match signature {
        Some(signature) => {
            change.write.insert(signature_file, signature);
        }
        None => change.remove.push(signature_file),
    }
    files::apply(&args.dir, &change).map_err(CommandError::environment)
}
