//! `pack status`: reports on all projects of a team that publishes packs. The drift comes from `drift`; the age of a
//! version is judged against its pack.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::app::comparison::compared;
use crate::app::comparison::project::Project;
use crate::app::placement::baseline_of;
use crate::app::reach::Reach;
use crate::app::resolution::latest::newer_at_its_place;
use crate::app::resolution::resolve;
use crate::app::resolution::resolve::UsablePack;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::suppression::{PolicyRequest, Suppression};
use crate::app::{CommandError, suppression};
use crate::domain::baseline::PackRef;
use crate::domain::pack::status::{PublishedPack, place};
use crate::domain::trust::TrustSubject;
use crate::io::{clock, progress};
use crate::render;
use crate::report::pack_status::{Fleet, Member, ProjectState, Signer};

/// The projects to report on.
#[derive(Clone, Debug)]
pub struct PackStatusRequest {
    /// The directories of the projects.
    pub dirs: Vec<PathBuf>,
    /// The places where packs are published; by default those that the baselines record.
    pub pack: Vec<String>,
    /// True if only the named places are contacted.
    pub offline: bool,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
    /// The policy to use.
    pub policy: PolicyRequest,
}

/// The data that every project is compared with.
struct StatusContext<'a> {
    terms: Terms,
    known: Vec<PublishedPack>,
    accepting: Suppression,
    policy: &'a PolicyRequest,
}

/// Compares all projects with their packs .
///
/// # Errors
/// When a named pack cannot be used, or the policy or a trust file is wrong. Errors of a project appear in its row.
pub fn run(request: &PackStatusRequest) -> Result<Fleet, CommandError> {
    let named: Vec<&str> = request.pack.iter().map(String::as_str).collect();
    let terms = Terms::new(&request.trust, &named)?;
    let published = if request.pack.is_empty() {
        PublishedPacks::recorded(request, &terms)
    } else {
        PublishedPacks::named(&request.pack, &terms)?
    };
    let yardstick = StatusContext {
        terms,
        known: published.known,
        accepting: request.policy.load()?,
        policy: &request.policy,
    };
    let members = progress::over(&request.dirs, "projects", |dir| yardstick.member(dir));
    Ok(Fleet {
        members,
        compared: published.compared,
        unasked: published.unasked,
    })
}

/// The published packs that projects are compared with.
#[derive(Default)]
struct PublishedPacks {
    known: Vec<PublishedPack>,
    /// Published versions in the form `acme 1.2.0 of oci://…`.
    compared: Vec<String>,
    /// Places that did not respond, with the reasons.
    unasked: Vec<String>,
}

impl PublishedPacks {
    /// Reads the packs at the named places.
    fn named(references: &[String], terms: &Terms) -> Result<Self, CommandError> {
        let mut published = Self::default();
        for reference in references {
            published.add(resolve::published(reference, terms)?, reference);
        }
        Ok(published)
    }

    /// Reads the packs at the places that the baselines record, if these may be contacted. A place that does not
    /// respond is reported, and the others are still read.
    fn recorded(request: &PackStatusRequest, terms: &Terms) -> Self {
        let mut published = Self::default();
        let places: BTreeSet<String> = if request.offline {
            BTreeSet::new()
        } else {
            request
                .dirs
                .iter()
                .filter_map(|dir| place_of(dir))
                .collect()
        };
        for place in places {
            if let Err(error) = published.ask(&place, terms) {
                let why = error.in_one_line();
                published.unasked.push(format!("{place}: {why}"));
            }
        }
        published
    }

    fn ask(&mut self, place: &str, terms: &Terms) -> Result<(), CommandError> {
        let there = resolve::published(place, terms)?;
        let newer = newer_at_its_place(&there, terms)?;
        self.add(there, place);
        if let Some(newer) = newer {
            self.add(resolve::published(&newer, terms)?, &newer);
        }
        Ok(())
    }

    fn add(&mut self, used: UsablePack, reference: &str) {
        let known = PublishedPack {
            name: used.reference.name,
            version: used.pack.manifest.version,
            digest: used.reference.digest,
            yanked: used.yanked,
        };
        let told = format!("{} {} of {reference}", known.name, known.version);
        self.compared.push(told);
        self.known.push(known);
    }
}

/// Returns the place of a project's pack. Errors are reported in the project's row.
fn place_of(dir: &Path) -> Option<String> {
    baseline_of(dir).ok()??.pack.source
}

impl StatusContext<'_> {
    fn member(&self, dir: &Path) -> Member {
        Member {
            project: dir.display().to_string(),
            state: self.state(dir).map_err(|error| error.source.to_string()),
        }
    }

    fn state(&self, dir: &Path) -> Result<ProjectState, CommandError> {
        let project = Project::read(dir, &Reach::default())?;
        let pack = project.baseline.pack.clone();
        let (drift, wrong) = compared(project, self.policy.counted(&self.accepting));
        suppression::tell(wrong);
        let (place, yanked) = place(&pack, &render::built_in().name, &self.known);
        Ok(ProjectState {
            tool: drift.tool.clone(),
            signer: self.signer(&pack),
            place,
            yanked,
            drift: drift.tally(),
            accepted: drift.accepted(),
            pack: pack.name,
            version: pack.version,
        })
    }

    /// Judges the signature as of today: a key can be revoked after a project was generated.
    fn signer(&self, pack: &PackRef) -> Signer {
        if pack.name == render::built_in().name {
            return Signer::BuiltIn;
        }
        let trust = &self.terms.trust;
        let Some(key) = pack.signer.clone() else {
            return Signer::Nobody {
                required: trust.requires_signatures(),
            };
        };
        let what = format!("{} {}", pack.name, pack.version);
        let subject = TrustSubject::named(&what, &pack.name);
        match trust.owner_of(&key, &subject, clock::today()) {
            Ok(None) => Signer::NotChecked(key),
            Ok(Some(owner)) => Signer::Counts { key, owner },
            Err(error) => Signer::Refused {
                key,
                why: error.to_string(),
            },
        }
    }
}
