//! `pack yank`: says in a signed list that a version should not be used any more, and why. The version itself stays as it was.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use semver::Version;

use super::password::{KeyArgs, told};
use crate::commands::{CommandError, Outcome};
use crate::domain::pack::{YANKED_FILE, Yanked, YankedVersion, is_name};
use crate::domain::spec::visible;
use crate::domain::trust::COMMENT_OF_LIST;
use crate::io::files::{self, Change, read_text_if_there};
use crate::io::signing::SecretKey;
use crate::io::store::archive_file::signature_of;

/// Mark a version of a pack as no longer to be used, in yanked.toml beside the archives or in the pack's folder.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The pack's name.
    name: String,
    /// The version.
    #[arg(id = "yanked", value_name = "VERSION")]
    version: Version,
    /// Why, for those who use it.
    #[arg(long, value_name = "TEXT", required_unless_present = "undo")]
    reason: Option<String>,
    /// Take it off the list again.
    #[arg(long, conflicts_with = "reason")]
    undo: bool,
    /// The folder of the list.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
}

/// How large a list may be.
const BYTES: usize = 256 * 1024;

/// Runs it.
pub(super) fn run(args: &Args) -> Result<Outcome, CommandError> {
    says_something(args)?;
    let file = args.dir.join(YANKED_FILE);
    let there = read_text_if_there(&file, BYTES).map_err(CommandError::environment)?;
    let mut list = match there {
        Some(text) => {
            Yanked::parse(&text, &file.display().to_string()).map_err(CommandError::input)?
        }
        None => Yanked::default(),
    };
    let is_it = |one: &YankedVersion| one.pack == args.name && one.version == args.version;
    let was_there = list.versions.iter().any(is_it);
    if args.undo && !was_there {
        let message = format!(
            "{} {} is not in {}",
            args.name,
            args.version,
            file.display()
        );
        return Err(CommandError::input(message));
    }
    list.versions.retain(|one| !is_it(one));
    if let Some(reason) = &args.reason {
        list.versions.push(YankedVersion {
            pack: args.name.clone(),
            version: args.version.clone(),
            reason: reason.clone(),
        });
    }
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
    let done = if args.undo {
        "no longer yanked"
    } else {
        "yanked"
    };
    Ok(Outcome::text(format!(
        "{} {} is {done} in {}, {said}\n",
        args.name,
        args.version,
        file.display()
    )))
}

/// A name that no pack can have would yank nothing, and a reason of no words helps nobody.
fn says_something(args: &Args) -> Result<(), CommandError> {
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

fn signed(key: &SecretKey, text: &str) -> Result<(String, String), CommandError> {
    let failed = |error| told(error, None);
    let signature = key.sign(text.as_bytes(), COMMENT_OF_LIST).map_err(failed)?;
    Ok((signature, key.public().map_err(failed)?.id().to_string()))
}

/// List and signature change together: a signature that does not fit would be refused.
fn write(args: &Args, text: String, signature: Option<String>) -> Result<(), CommandError> {
    let signature_file = signature_of(YANKED_FILE.as_ref()).display().to_string();
    let mut change = Change::default();
    change.write.insert(YANKED_FILE.to_owned(), text);
    match signature {
        Some(signature) => {
            change.write.insert(signature_file, signature);
        }
        None => change.remove.push(signature_file),
    }
    files::apply(&args.dir, &change).map_err(CommandError::environment)
}
