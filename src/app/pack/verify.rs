//! `pack verify`: shows the contents of a pack, its signer, and whether the signer is trusted.

use std::path::PathBuf;

use clap::Args;

use crate::app::resolution::resolve;
use crate::app::resolution::resolve::FoundPack;
use crate::app::resolution::terms::{Terms, TrustArgs};
use crate::app::{CommandError, Outcome};
use crate::domain::trust::{Provenance, PublicKey, Trust};
use crate::io::files::bounded::{self, Bound};

/// Show who signed a pack and whether they are trusted. Exits with 2 if they are not, or if nobody signed it.
#[derive(Debug, Args)]
pub(super) struct PackVerifyArgs {
    /// The pack: a folder, or an archive file.
    pack: String,
    /// Trust this public key for any pack, and no other: a file, or the line that begins with RW.
    #[arg(long, value_name = "PUBLIC KEY", conflicts_with = "trust")]
    key: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
}

/// Verifies the pack and prints the result. Found means untrusted or yanked.
pub(super) fn run(args: &PackVerifyArgs) -> Result<Outcome, CommandError> {
    let terms = match &args.key {
        Some(key) => Terms::with(key_alone(key)?).naming(&args.pack),
        None => Terms::of(&args.trust, &[&args.pack])?,
    };
    let seen = resolve::look(&args.pack, &terms)?;
    Ok(told(&seen))
}

fn key_alone(key: &str) -> Result<Trust, CommandError> {
    if let Ok(key) = PublicKey::parse(key) {
        return Ok(Trust::in_key(key));
    }
    let text =
        bounded::named_text(&PathBuf::from(key), Bound::KEY).map_err(CommandError::environment)?;
    PublicKey::parse(&text)
        .map(Trust::in_key)
        .map_err(|error| CommandError::input(format!("{key}: {error}")))
}

fn told(seen: &FoundPack) -> Outcome {
    let manifest = &seen.pack.manifest;
    let mut text = format!(
        "{} {}\ndigest   {}\n",
        manifest.name, manifest.version, seen.fetched.digest
    );
    let is_trusted = matches!(seen.standing, Ok(Provenance::Verified { .. }));
    text.push_str(&match &seen.standing {
        Ok(Provenance::Verified {
            key, owner, file, ..
        }) => {
            format!("verified signed by key {key} ({owner}), as {file} allows\n")
        }
        Ok(Provenance::Unverified(why)) => format!("unverified: {why}\n"),
        Err(error) => format!("refused: {error}\n"),
    });
    let reason = seen.yanked.as_ref();
    let reason = reason.map(|list| list.reason(&manifest.name, &manifest.version));
    let is_current = matches!(reason, Ok(None));
    match reason {
        Ok(None) => {}
        Ok(Some(reason)) => text.push_str(&format!("yanked: {reason}\n")),
        Err(error) => text.push_str(&format!("refused: {error}\n")),
    }
    Outcome {
        found: !(is_trusted && is_current),
        ..Outcome::text(text)
    }
}
