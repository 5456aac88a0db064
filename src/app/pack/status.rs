//! `pack status`: reports on all projects of a team that publishes packs. The drift comes from `drift`; the age of a
//! version is judged against its pack.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::comparison::compared;
use crate::app::comparison::project::Project;
use crate::app::output::{OutputArgs, formats};
use crate::app::placement::baseline_of;
use crate::app::reach::ReachArgs;
use crate::app::resolution::latest::newer_at_its_place;
use crate::app::resolution::resolve;
use crate::app::resolution::resolve::UsablePack;
use crate::app::resolution::terms::{Terms, TrustArgs};
use crate::app::suppression::{PolicyArgs, Suppression};
use crate::app::{CommandError, Outcome, suppression};
use crate::domain::baseline::PackRef;
use crate::domain::pack::status::{PublishedPack, place};
use crate::io::terminal::Terminal;
use crate::io::{clock, progress};
use crate::render;
use crate::report::Format;
use crate::report::pack_status::{FLEET_FORMATS, Fleet, Member, ProjectState, Signer};

/// Show which version of its pack each project uses, who signed it, what was yanked and what drifted.
///
/// Exit codes: 0 nothing to do, 1 a project could not be checked, 2 something to do: a version is behind, was yanked or
/// has changed content, a required signature is missing, or a project drifted.
#[derive(Debug, Args)]
pub(super) struct PackStatusArgs {
    /// Directories created by `rdsproxy-gen new`.
    #[arg(value_name = "DIR", default_value = ".")]
    dirs: Vec<PathBuf>,
    /// Where a pack is published: its version counts as the newest, and the list beside it says what was yanked.
    /// Repeatable. By default, each place that a baseline names is asked for its newest version.
    #[arg(long, value_name = "REFERENCE")]
    pack: Vec<String>,
    /// Contact no place for versions; use only those named with --pack.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    trust: TrustArgs,
    /// Format of the report.
    #[arg(long, help_heading = "Report", default_value = FLEET_FORMATS[0].id, value_parser = formats(FLEET_FORMATS))]
    format: String,
    #[command(flatten)]
    print: OutputArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// The data that every project is compared with.
struct StatusContext<'a> {
    terms: Terms,
    known: Vec<PublishedPack>,
    accepting: Suppression,
    policy: &'a PolicyArgs,
}

/// Compares all projects with their packs and prints the report.
pub(super) fn run(args: &PackStatusArgs) -> Result<Outcome, CommandError> {
    let named: Vec<&str> = args.pack.iter().map(String::as_str).collect();
    let terms = Terms::of(&args.trust, &named)?;
    let published = if args.pack.is_empty() {
        PublishedPacks::recorded(args, &terms)
    } else {
        PublishedPacks::named(&args.pack, &terms)?
    };
    let yardstick = StatusContext {
        terms,
        known: published.known,
        accepting: args.policy.load()?,
        policy: &args.policy,
    };
    let members = progress::over(&args.dirs, "projects", |dir| yardstick.member(dir));
    let fleet = Fleet {
        members,
        compared: published.compared,
        unasked: published.unasked,
    };
    let format = Format::by_id(FLEET_FORMATS, &args.format)
        .ok_or_else(|| CommandError::bug(format!("there is no format {:?}", args.format)))?;
    let look = args.print.look(&Terminal::look());
    let text = format.write(&fleet, look).map_err(CommandError::bug)?;
    Ok(Outcome {
        found: fleet.members.iter().any(Member::needs_somebody),
        failed: fleet.members.iter().any(|member| member.state.is_err()),
        ..args.print.deliver(text, look)?
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
    fn recorded(args: &PackStatusArgs, terms: &Terms) -> Self {
        let mut published = Self::default();
        let places: BTreeSet<String> = if args.offline {
            BTreeSet::new()
        } else {
            args.dirs.iter().filter_map(|dir| place_of(dir)).collect()
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
        let project = Project::read(dir, &ReachArgs::default())?;
        let pack = project.baseline.pack.clone();
        let (drift, wrong) = compared(project, (&self.accepting, self.policy.comments_count()));
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
        match trust.owner_of(&key, (&what, &pack.name), clock::today()) {
            Ok(None) => Signer::NotChecked(key),
            Ok(Some(owner)) => Signer::Counts { key, owner },
            Err(error) => Signer::Refused {
                key,
                why: error.to_string(),
            },
        }
    }
}
