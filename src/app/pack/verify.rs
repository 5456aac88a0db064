//! `pack verify`: shows the contents of a pack, its signer, and whether the signer is trusted.

use std::path::PathBuf;

use crate::app::resolution::resolve;
use crate::app::resolution::resolve::FoundPack;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::trust::{Provenance, PublicKey, Trust};
use crate::io::files::bounded::{self, Bound};

/// The pack to verify.
#[derive(Clone, Debug)]
pub struct PackVerifyRequest {
    /// Its folder, or its archive.
    pub pack: String,
    /// The only key to trust: a file, or the key itself.
    pub key: Option<String>,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Verifies the pack and prints the result. Found means untrusted or yanked.
///
/// # Errors
/// When the pack or the key cannot be read.
pub fn run(request: &PackVerifyRequest) -> Result<Outcome, CommandError> {
    let terms = match &request.key {
        Some(key) => Terms::with(key_alone(key)?).naming(&request.pack),
        None => Terms::new(&request.trust, &[&request.pack])?,
    };
    let seen = resolve::look(&request.pack, &terms)?;
    Ok(verification_report(&seen))
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

fn verification_report(seen: &FoundPack) -> Outcome {
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
