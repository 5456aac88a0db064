//! `pack build`: builds the archive of a pack. The same files give the same bytes and the same digest.

use std::path::PathBuf;

use clap::Args;

use crate::app::resolution::load;
use crate::app::resolution::terms::{Terms, TrustArgs};
use crate::app::{CommandError, Outcome};
use crate::io::files::{Readers, read_bytes, write_new};
use crate::io::store::archive::Bounds;

/// Build the archive of a pack. The same files give the same bytes on every machine.
#[derive(Debug, Args)]
pub(super) struct PackBuildArgs {
    /// The pack's folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where to write; NAME-VERSION.tar in this folder by default.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
}

/// Builds the archive, or finds the same one in its place, and prints its digest.
pub(super) fn run(args: &PackBuildArgs) -> Result<Outcome, CommandError> {
    let reference = args.dir.to_string_lossy();
    let terms = Terms::of(&args.trust, &[&reference])?;
    let (pack, fetched) = load::opened(&reference, &terms)?;
    let (name, version) = (&pack.manifest.name, &pack.manifest.version);
    let file = args
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
