//! Whom a run believes, and which places it asks. What a person names on the command line is asked; what only a baseline or a pack
//! names came with somebody else's files, and is asked where the user's trust file says so.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::CommandError;
use crate::domain::pack::Reference;
use crate::domain::trust::{TRUST_FILE, Trust, TrustFile, TrustedPlace};
use crate::io::files::bounded::{self, Bound};
use crate::io::files::{FilesError, found_above, of_user, place_of_user};
use crate::io::store::{Means, NetworkAccess};

/// Whom to trust.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// File that says which keys may sign which packs [default: rdsproxy-trust.toml in the user's settings]. One in this directory,
    /// or above it in the repository, only narrows it.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// A place that may be asked although only a baseline or a pack names it, as `oci://registry.example/packs/`. Repeatable.
    #[arg(long, value_name = "PLACE")]
    source: Vec<String>,
}

impl TrustArgs {
    /// The arguments that say the same again.
    pub(super) fn arguments(&self) -> Vec<String> {
        let trust = self.trust.as_ref().map(|file| file.display().to_string());
        let trust = trust.map(|file| ["--trust".to_owned(), file]);
        let sources = self.source.iter();
        let sources = sources.map(|source| ["--source".to_owned(), source.clone()]);
        trust.into_iter().chain(sources).flatten().collect()
    }
}

/// Whom a run believes, and which places it asks.
#[derive(Debug)]
pub(super) struct Terms {
    /// Whom it believes.
    pub(super) trust: Trust,
    /// The places that the command line names.
    named: Vec<TrustedPlace>,
    is_offline: bool,
}

/// Whether a place is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// It is, or none is needed.
    Given,
    /// It was forbidden for this run.
    Offline,
    /// Nobody who may say so named it.
    Missing,
}

impl Terms {
    /// The terms of a run that names these packs and places.
    ///
    /// # Errors
    /// When a trust file cannot be read, or is wrong.
    pub(super) fn of(args: &TrustArgs, named: &[&str]) -> Result<Self, CommandError> {
        let user = match &args.trust {
            Some(file) => Some(parsed(file, bounded::named_text(file, Bound::TRUST))?),
            None => of_user(TRUST_FILE)
                .map(|file| parsed(&file, bounded::found_text(&file, Bound::TRUST)))
                .transpose()?,
        };
        let project = found_above(TRUST_FILE)
            .and_then(|file| {
                // It came with the project: a link in its place leads no further than the project.
                let text = bounded::confined_text(&file, Bound::TRUST).transpose()?;
                Some(parsed(&file, text))
            })
            .transpose()?;
        let mut terms = Self::with(Trust::new(user, project));
        for written in &args.source {
            let source = TrustedPlace::parse(written)
                .map_err(|why| CommandError::input(format!("--source {written}: {why}")))?;
            terms.named.push(source);
        }
        // What is no reference is told where it is used.
        let named = named
            .iter()
            .filter_map(|named| Reference::parse(named).ok());
        terms
            .named
            .extend(named.map(|named| TrustedPlace::of(&named)));
        Ok(terms)
    }

    /// Terms of which nothing is known but whom to trust.
    pub(super) fn with(trust: Trust) -> Self {
        Self {
            trust,
            named: Vec::new(),
            is_offline: false,
        }
    }

    /// The same for a run that names this pack.
    #[must_use]
    pub(super) fn naming(mut self, named: &str) -> Self {
        let named = Reference::parse(named).ok();
        self.named
            .extend(named.map(|named| TrustedPlace::of(&named)));
        self
    }

    /// The same without the network, where that is said.
    #[must_use]
    pub(super) fn offline(self, is_offline: bool) -> Self {
        Self { is_offline, ..self }
    }

    /// Whether a place is asked.
    pub(super) fn permission(&self, place: &Reference) -> Permission {
        if !place.is_remote() {
            return Permission::Given;
        }
        // Nothing is kept of what is a path here, and a machine elsewhere.
        if self.is_offline && !matches!(place, Reference::Local(_)) {
            return Permission::Offline;
        }
        let is_named = self.named.iter().any(|source| source.holds(place));
        match is_named || self.trust.may_ask(place) {
            true => Permission::Given,
            false => Permission::Missing,
        }
    }

    /// What the stores may use.
    pub(super) fn means(&self) -> Means {
        Means::of_user(self.trust.realms())
    }
}

impl Permission {
    /// From where a pack comes then.
    pub(super) fn reach(self) -> NetworkAccess {
        match self {
            Self::Given => NetworkAccess::Network,
            Self::Offline | Self::Missing => NetworkAccess::Offline,
        }
    }
}

/// Why a place is not asked, and how it would be.
pub(super) fn not_asked(reference: &Reference) -> CommandError {
    let place = reference.place();
    let error = CommandError::input(format!(
        "{place} was not asked: only files that came with the project name it"
    ));
    if matches!(reference, Reference::Local(_)) {
        return error.hint(format!("--pack {place} names it in this run"));
    }
    let own = place_of_user(TRUST_FILE);
    let own = own.map_or_else(|| TRUST_FILE.to_owned(), |file| file.display().to_string());
    error
        .hint(format!("--source {place} asks it in this run"))
        .hint(format!(
            "sources = [\"{place}\"] in {own} permits it for every run"
        ))
}

fn parsed(file: &Path, text: Result<String, FilesError>) -> Result<TrustFile, CommandError> {
    let text = text.map_err(CommandError::environment)?;
    TrustFile::parse(&text, &file.display().to_string()).map_err(CommandError::input)
}
