//! Selects the templates for an update: those of the named pack, or of the pack that the baseline records.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::CommandError;
use crate::app::resolution::resolve::{PackRequest, UsablePack};
use crate::domain::baseline::PackRef;
use crate::render;

/// The packs of one run, each fetched once.
pub(super) struct Packs<'a> {
    request: &'a PackRequest,
    named: Option<Arc<UsablePack>>,
    recorded: Mutex<BTreeMap<String, Arc<UsablePack>>>,
    newer: Mutex<BTreeMap<String, Option<NewerPacks>>>,
}

/// Information about newer versions of a pack.
#[derive(Clone, Debug)]
pub(super) struct NewerPacks {
    /// The message for the user.
    pub(super) told: String,
    /// True if a newer version exists and may be used.
    pub(super) is_there: bool,
}

impl<'a> Packs<'a> {
    /// Fetches the named pack.
    pub(super) fn new(request: &'a PackRequest) -> Result<Self, CommandError> {
        Ok(Self {
            request,
            named: request.used()?.map(Arc::new),
            recorded: Mutex::default(),
            newer: Mutex::default(),
        })
    }

    /// Returns the pack for a project; none for the built-in templates.
    ///
    /// # Errors
    /// When the pack cannot be fetched, is not trusted, or may not follow the previous one.
    pub(super) fn next(&self, before: &PackRef) -> Result<Option<Arc<UsablePack>>, CommandError> {
        let source = before.source.as_deref();
        let own = before.name == render::built_in().name;
        match source.filter(|_| !own && !self.request.is_named()) {
            None => {
                let named = self.named.as_ref();
                self.request.follows(Some(before), named.map(Arc::as_ref))?;
                Ok(self.named.clone())
            }
            Some(source) => {
                let used = self.again(source)?;
                used.follows(Some(before), false)?;
                Ok(Some(used))
            }
        }
    }

    /// Returns information about newer versions of a project's pack, unless a pack was named.
    pub(super) fn newer(&self, before: &PackRef) -> Option<NewerPacks> {
        let source = before.source.as_deref();
        let source = source.filter(|_| !self.request.is_named())?;
        let used = self.again(source).ok()?;
        let mut newer = self.newer.lock().unwrap_or_else(PoisonError::into_inner);
        let known = newer.entry(source.to_owned());
        known.or_insert_with(|| self.look(&used)).clone()
    }

    fn look(&self, used: &UsablePack) -> Option<NewerPacks> {
        let name = &used.reference.name;
        match self.request.newer(used) {
            Ok(None) => None,
            Ok(Some(newer)) => Some(NewerPacks {
                told: format!(
                    "{name} {} is there{}; --pack {} takes it",
                    newer.version,
                    if newer.words.is_empty() {
                        String::new()
                    } else {
                        format!(": {}", newer.words)
                    },
                    newer.reference
                ),
                is_there: true,
            }),
            Err(error) => Some(NewerPacks {
                told: format!(
                    "whether there is a newer {name} cannot be determined: {}",
                    error.in_one_line()
                ),
                is_there: false,
            }),
        }
    }

    /// Returns the pack that a baseline records. Projects of one run often share a pack.
    fn again(&self, source: &str) -> Result<Arc<UsablePack>, CommandError> {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(used) = recorded.get(source) {
            return Ok(Arc::clone(used));
        }
        let used = self.request.again(source).map_err(|error| {
            error.hint(format!(
                "the baseline says that its pack came from {source}; --pack names another place"
            ))
        })?;
        let used = Arc::new(used);
        recorded.insert(source.to_owned(), Arc::clone(&used));
        Ok(used)
    }
}

/// Reports a change of the pack or its version.
pub(super) fn pack_change(before: &PackRef, next: &PackRef) -> Option<String> {
    let same = before.name == next.name && before.version == next.version;
    (!same).then(|| {
        format!(
            "generated with {} {} in the place of {} {}",
            next.name, next.version, before.name, before.version
        )
    })
}
