//! The trusted keys of a run, and the places that it may contact. A place on the command line may be contacted. A
//! place that only a baseline or a pack names came with files of others, and needs permission in the user's trust
//! file.

use std::path::{Path, PathBuf};

use crate::app::CommandError;
use crate::domain::pack::Reference;
use crate::domain::trust::{TRUST_FILE, Trust, TrustFile, TrustedPlace};
use crate::io::files::bounded::{self, Bound};
use crate::io::files::{FilesError, found_above, of_user, place_of_user};
use crate::io::store::{Means, NetworkAccess};

/// Whom to trust, and which places may be contacted.
#[derive(Clone, Debug)]
pub struct TrustRequest {
    /// The trust file; by default the one in the settings of the user.
    pub trust: Option<PathBuf>,
    /// Places that may be contacted although only a baseline or a pack names them.
    pub source: Vec<String>,
}

impl TrustRequest {
    /// Returns the arguments that give the same settings again.
    pub(in crate::app) fn arguments(&self) -> Vec<String> {
        let trust = self.trust.as_ref().map(|file| file.display().to_string());
        let trust = trust.map(|file| ["--trust".to_owned(), file]);
        let sources = self.source.iter();
        let sources = sources.map(|source| ["--source".to_owned(), source.clone()]);
        trust.into_iter().chain(sources).flatten().collect()
    }
}

/// The trusted keys of a run, and the places that it may contact.
#[derive(Debug)]
pub(in crate::app) struct Terms {
    /// The trusted keys and registries, from the trust files.
    pub(in crate::app) trust: Trust,
    /// The places on the command line.
    named: Vec<TrustedPlace>,
    is_offline: bool,
}

/// Permission to contact a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Permission {
    /// Permitted, or no permission is needed.
    Given,
    /// The network must not be used in this run.
    Offline,
    /// Neither the command line nor the user's trust file names the place.
    Missing,
}

impl Terms {
    /// Returns the terms of a run that names these packs and places.
    ///
    /// # Errors
    /// When a trust file cannot be read, or is wrong.
    pub(in crate::app) fn new(
        request: &TrustRequest,
        named: &[&str],
    ) -> Result<Self, CommandError> {
        let user = match &request.trust {
            Some(file) => Some(parsed(file, bounded::named_text(file, Bound::TRUST))?),
            None => of_user(TRUST_FILE)
                .map(|file| parsed(&file, bounded::found_text(&file, Bound::TRUST)))
                .transpose()?,
        };
        let project = found_above(TRUST_FILE)
            .and_then(|file| {
                // The file came with the project, so a link in its place is followed only within the project.
                let text = bounded::confined_text(&file, Bound::TRUST).transpose()?;
                Some(parsed(&file, text))
            })
            .transpose()?;
        let mut terms = Self::with(Trust::new(user, project));
        for written in &request.source {
            let source = TrustedPlace::parse(written)
                .map_err(|why| CommandError::input(format!("--source {written}: {why}")))?;
            terms.named.push(source);
        }
        // Invalid references are reported where they are used.
        let named = named
            .iter()
            .filter_map(|named| Reference::parse(named).ok());
        terms
            .named
            .extend(named.map(|named| TrustedPlace::new(&named)));
        Ok(terms)
    }

    /// Returns terms with trusted keys only.
    pub(in crate::app) fn with(trust: Trust) -> Self {
        Self {
            trust,
            named: Vec::new(),
            is_offline: false,
        }
    }

    /// Adds a pack that the run names.
    #[must_use]
    pub(in crate::app) fn naming(mut self, named: &str) -> Self {
        let named = Reference::parse(named).ok();
        self.named
            .extend(named.map(|named| TrustedPlace::new(&named)));
        self
    }

    /// Disables the network if `is_offline` is set.
    #[must_use]
    pub(in crate::app) fn offline(self, is_offline: bool) -> Self {
        Self { is_offline, ..self }
    }

    /// Returns the permission to contact a place.
    pub(in crate::app) fn permission(&self, place: &Reference) -> Permission {
        if !place.is_remote() {
            return Permission::Given;
        }
        // A path to another machine (`//host/…`) is a local reference: nothing of it is cached.
        if self.is_offline && !matches!(place, Reference::Local(_)) {
            return Permission::Offline;
        }
        let is_named = self.named.iter().any(|source| source.holds(place));
        if is_named || self.trust.may_ask(place) {
            Permission::Given
        } else {
            Permission::Missing
        }
    }

    /// Returns the cache and the hosts that may receive credentials, for use by the stores.
    pub(in crate::app) fn means(&self) -> Means {
        Means::for_user(self.trust.realms())
    }
}

impl Permission {
    /// Returns the network access that the permission gives.
    pub(in crate::app) fn reach(self) -> NetworkAccess {
        match self {
            Self::Given => NetworkAccess::Network,
            Self::Offline | Self::Missing => NetworkAccess::Offline,
        }
    }
}

/// Returns the error for a place that may not be contacted, with hints to permit it.
pub(in crate::app) fn not_asked(reference: &Reference) -> CommandError {
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
