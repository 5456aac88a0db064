//! The one way from what a user names to a pack that may be used: fetched, trusted, read, not yanked. Nothing is generated from a
//! pack that did not come this way; what it generates then goes through [`super::proof`].

use clap::Args;

use super::believed::{YankedError, believed};
use super::load::{Opened, completed, opened_within, preset};
use super::terms::{Terms, TrustArgs};
use crate::commands::CommandError;
use crate::domain::baseline::PackRef;
use crate::domain::pack::succession::{self, VersionStep};
use crate::domain::pack::{Pack, Reference, Yanked};
use crate::domain::trust::{Provenance, TrustError};
use crate::interview::Preset;
use crate::io::store::Fetched;
use crate::io::terminal;
use crate::render;

/// Which pack.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pack")]
pub struct PackArgs {
    /// Use a platform team's pack: a folder, an archive, a git repository or a registry; `built-in` for the templates of
    /// rdsproxy-gen.
    #[arg(long, value_name = "REFERENCE")]
    pub pack: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
    /// Allow an older version of the pack than before.
    #[arg(long, requires = "pack")]
    allow_downgrade: bool,
    /// Use the pack as fetched before, without network.
    #[arg(long)]
    offline: bool,
}

/// A pack as it was found, with what is known of it. Nothing of it is to be used before [`FoundPack::accepted`].
#[derive(Debug)]
pub(super) struct FoundPack {
    /// What it holds.
    pub(super) pack: Pack,
    /// Where it came from, and as which bytes.
    pub(super) fetched: Fetched,
    /// Who made it, or why it is not trusted.
    pub(super) standing: Result<Provenance, TrustError>,
    /// The versions that were yanked, or why that cannot be told.
    pub(super) yanked: Result<Yanked, YankedError>,
}

/// A pack that may be used.
#[derive(Debug)]
pub struct UsablePack {
    /// What it holds.
    pub pack: Pack,
    /// What it says of the answers.
    pub preset: Preset,
    /// What the baseline records of it.
    pub reference: PackRef,
    /// The versions that were yanked, as a list says that was signed as it has to be.
    pub yanked: Yanked,
}

impl UsablePack {
    /// The spec of a project, with what the pack answers for everybody.
    ///
    /// # Errors
    /// When the pack does not take an answer, or needs one that nobody gave.
    pub fn completed(&self, text: &str, file: &str) -> Result<String, CommandError> {
        completed(&self.preset, text, file)
    }

    /// What it is to the pack with which a project was generated.
    ///
    /// # Errors
    /// When it may not follow it: it is older and nobody allowed that, its version had another content, or it was yanked.
    pub fn follows(
        &self,
        before: Option<&PackRef>,
        allow_downgrade: bool,
    ) -> Result<VersionStep, CommandError> {
        succession::judge(before, &self.reference, &self.yanked, allow_downgrade).map_err(|error| {
            let hint = error.hint();
            CommandError::input(error).hint(hint)
        })
    }
}

/// The pack that is published at a place, where it may be believed. Whether this version was yanked is not asked.
pub(super) fn published(reference: &str, terms: &Terms) -> Result<UsablePack, CommandError> {
    look(reference, terms)?.accepted()
}

/// From what a user names to a pack that may be used. What is unverified is told.
///
/// # Errors
/// When it cannot be read, is not trusted, or was yanked.
pub(super) fn usable(reference: &str, terms: &Terms) -> Result<UsablePack, CommandError> {
    let used = look(reference, terms)?.accepted()?;
    used.follows(None, false)?;
    Ok(used)
}

/// Looks at a pack.
pub(super) fn look(reference: &str, terms: &Terms) -> Result<FoundPack, CommandError> {
    let Opened {
        pack,
        fetched,
        standing,
    } = opened_within(reference, terms)?;
    let place = Reference::parse(reference).map_err(CommandError::input)?;
    let list = fetched.yanked.as_ref();
    let yanked = believed(list, (&place, &pack.manifest.name), terms);
    Ok(FoundPack {
        pack,
        fetched,
        standing,
        yanked,
    })
}

impl FoundPack {
    /// What a baseline records of it.
    fn reference(&self) -> PackRef {
        let signer = match &self.standing {
            Ok(Provenance::Verified { key, .. }) => Some(key.to_string()),
            Ok(Provenance::Unverified(_)) | Err(_) => None,
        };
        PackRef {
            name: self.pack.manifest.name.clone(),
            version: self.pack.manifest.version.to_string(),
            digest: self.fetched.digest.clone(),
            source: Some(self.fetched.from.clone()),
            signer,
        }
    }

    /// The pack, where nobody who counts speaks against it.
    fn accepted(self) -> Result<UsablePack, CommandError> {
        let reference = self.reference();
        let mut pack = self.pack;
        let standing = self.standing.map_err(CommandError::input)?;
        let yanked = self.yanked.map_err(CommandError::input)?;
        match standing {
            Provenance::Verified { allow, .. } => pack.allowed = allow,
            Provenance::Unverified(why) => {
                let note = format!("unverified: {why}\n");
                terminal::note(&note).map_err(CommandError::environment)?;
            }
        }
        Ok(UsablePack {
            preset: preset(&pack).map_err(CommandError::input)?,
            pack,
            reference,
            yanked,
        })
    }
}

impl PackArgs {
    /// The pack that is named, where it is none of ours.
    ///
    /// # Errors
    /// When it cannot be read, is not trusted, or was yanked.
    pub fn used(&self) -> Result<Option<UsablePack>, CommandError> {
        let built_in = render::built_in().name;
        match self.pack.as_deref().filter(|name| *name != built_in) {
            Some(reference) => usable(reference, &self.terms()?).map(Some),
            None => Ok(None),
        }
    }

    /// Whom the run believes, and which places it asks.
    pub(super) fn terms(&self) -> Result<Terms, CommandError> {
        let named = self.pack.as_deref();
        let terms = Terms::of(&self.trust, named.as_slice())?;
        Ok(terms.offline(self.offline))
    }

    /// Whether one is named, if only our own templates.
    pub fn is_named(&self) -> bool {
        self.pack.is_some()
    }

    /// Whether the network is not to be used.
    pub(super) fn is_offline(&self) -> bool {
        self.offline
    }

    /// The pack from where a baseline says that it came.
    ///
    /// # Errors
    /// As [`PackArgs::used`].
    pub fn again(&self, source: &str) -> Result<UsablePack, CommandError> {
        usable(source, &self.terms()?)
    }

    /// The arguments that name it, for a command that does the same again.
    pub fn arguments(&self) -> Vec<String> {
        let pack = self.pack.as_ref();
        let pack = pack.map(|pack| ["--pack".to_owned(), pack.clone()]);
        let pack = pack.into_iter().flatten();
        pack.chain(self.trust.arguments()).collect()
    }

    /// Refuses a pack that may not follow the one with which a project was generated; gives what it is to that one.
    ///
    /// # Errors
    /// When it is older and nobody asked for that, when its version had another content, or when none is named where there was one.
    pub fn follows(
        &self,
        before: Option<&PackRef>,
        used: Option<&UsablePack>,
    ) -> Result<VersionStep, CommandError> {
        let built_in = render::built_in();
        let Some(used) = used else {
            return match before.filter(|before| before.name != built_in.name) {
                Some(before) if self.pack.is_none() => Err(forgotten(before)),
                Some(before) => Ok(VersionStep::Other(before.name.clone())),
                None => Ok(VersionStep::First),
            };
        };
        used.follows(before, self.allow_downgrade)
    }
}

/// Whoever forgets to name the pack would lose what it asks for, and see it only in the changed files.
fn forgotten(before: &PackRef) -> CommandError {
    let PackRef { name, version, .. } = before;
    let again = before.source.as_deref().unwrap_or("REFERENCE");
    CommandError::input(format!(
        "this project was generated with the pack {name} {version}"
    ))
    .hint(format!("--pack {again} uses it again"))
    .hint("--pack built-in goes back to the templates that are built in")
}
