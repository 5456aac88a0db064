//! The one way from what a user names to a pack that may be used: fetched, trusted, read, not yanked. Nothing is generated from a
//! pack that did not come this way; what it generates then goes through [`super::proof`].

use std::path::PathBuf;

use clap::Args as ClapArgs;
use time::Date;

use super::opened::{completed, house, opened_within};
use crate::commands::CommandError;
use crate::domain::baseline::PackRef;
use crate::domain::pack::succession::{self, Step};
use crate::domain::pack::{Pack, YANKED_FILE, Yanked};
use crate::domain::spec::SpecError;
use crate::domain::trust::{
    COMMENT_OF_LIST, Standing, Subject, TRUST_FILE, Trust, TrustError, comment, judge,
};
use crate::interview::House;
use crate::io::bounded::{self, Bound};
use crate::io::files::{found_above, of_user};
use crate::io::store::{Fetched, Reach, YankedList};
use crate::io::{clock, terminal};
use crate::render;

/// Whom to trust.
#[derive(Debug, ClapArgs)]
pub struct TrustArgs {
    /// File that says which keys may sign which packs [default: rdsproxy-trust.toml in this directory, above it in the
    /// repository, or in the user's settings].
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
}

/// Which pack.
#[derive(Debug, ClapArgs)]
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

/// A pack as it was found, with what is known of it. Nothing of it is to be used before [`Seen::accepted`].
#[derive(Debug)]
pub(super) struct Seen {
    /// What it holds.
    pub(super) pack: Pack,
    /// Where it came from, and as which bytes.
    pub(super) fetched: Fetched,
    /// Who made it, or why it is not trusted.
    pub(super) standing: Result<Standing, TrustError>,
    /// The versions that were yanked, or why that cannot be told.
    pub(super) yanked: Result<Yanked, YankedError>,
}

/// Why a list of yanked versions is not believed.
#[derive(Debug, thiserror::Error)]
pub(super) enum YankedError {
    /// Nobody who may say so signed it.
    #[error(transparent)]
    Trust(TrustError),
    /// It cannot be read.
    #[error("the list of yanked versions cannot be read:\n  {0}")]
    Text(SpecError),
}

/// A pack that may be used.
#[derive(Debug)]
pub struct Used {
    /// What it holds.
    pub pack: Pack,
    /// What it says of the answers.
    pub house: House,
    /// What the baseline records of it.
    pub reference: PackRef,
    /// The versions that were yanked, as a list says that was signed as it has to be.
    pub yanked: Yanked,
}

impl Used {
    /// The spec of a project, with what the pack answers for everybody.
    ///
    /// # Errors
    /// When the pack does not take an answer, or needs one that nobody gave.
    pub fn completed(&self, text: &str, file: &str) -> Result<String, CommandError> {
        completed(&self.house, text, file)
    }

    /// What it is to the pack with which a project was generated.
    ///
    /// # Errors
    /// When it may not follow it: it is older and nobody allowed that, its version had another content, or it was yanked.
    pub fn follows(
        &self,
        before: Option<&PackRef>,
        allow_downgrade: bool,
    ) -> Result<Step, CommandError> {
        succession::judge(before, &self.reference, &self.yanked, allow_downgrade).map_err(|error| {
            let hint = error.hint();
            CommandError::input(error).hint(hint)
        })
    }
}

/// The pack that is published at a place, where it may be believed. Whether this version was yanked is not asked.
pub(super) fn published(reference: &str, trust: Option<&Trust>) -> Result<Used, CommandError> {
    look(reference, trust)?.accepted()
}

/// From what a user names to a pack that may be used. What is unverified is told.
///
/// # Errors
/// When it cannot be read, is not trusted, or was yanked.
pub fn usable(reference: &str, trust: Option<&Trust>, reach: Reach) -> Result<Used, CommandError> {
    let used = look_within(reference, trust, reach)?.accepted()?;
    used.follows(None, false)?;
    Ok(used)
}

/// Whom this run trusts, where somebody said so.
///
/// # Errors
/// When the file cannot be read, or is wrong.
pub fn trust(args: &TrustArgs) -> Result<Option<Trust>, CommandError> {
    let found = || found_above(TRUST_FILE).or_else(|| of_user(TRUST_FILE));
    let (file, text) = match &args.trust {
        Some(file) => (file.clone(), bounded::named_text(file, Bound::TRUST)),
        None => match found() {
            Some(file) => (file.clone(), bounded::found_text(&file, Bound::TRUST)),
            None => return Ok(None),
        },
    };
    let text = text.map_err(CommandError::environment)?;
    Trust::parse(&text, &file.display().to_string())
        .map(Some)
        .map_err(CommandError::input)
}

/// Whether the network may be used.
pub(super) fn reach(offline: bool) -> Reach {
    match offline {
        true => Reach::Offline,
        false => Reach::Network,
    }
}

/// Looks at a pack.
pub(super) fn look(reference: &str, trust: Option<&Trust>) -> Result<Seen, CommandError> {
    look_within(reference, trust, Reach::Network)
}

/// Looks at a pack, with the network or without it.
pub(super) fn look_within(
    reference: &str,
    trust: Option<&Trust>,
    reach: Reach,
) -> Result<Seen, CommandError> {
    let (pack, fetched) = opened_within(reference, reach)?;
    let today = clock::today();
    let (name, version) = (&pack.manifest.name, pack.manifest.version.to_string());
    let standing = judge(
        trust,
        &Subject {
            what: &format!("{name} {version}"),
            name,
            bytes: &fetched.archive,
            signature: fetched.signature.as_deref(),
            comment: &comment(name, &version, &fetched.digest),
        },
        today,
    );
    let yanked = match &fetched.yanked {
        Some(list) => yanked(list, name, trust, today),
        None => Ok(Yanked::default()),
    };
    Ok(Seen {
        pack,
        fetched,
        standing,
        yanked,
    })
}

/// The versions that a list names, where somebody signed it who may.
pub(super) fn yanked(
    list: &YankedList,
    name: &str,
    trust: Option<&Trust>,
    today: Date,
) -> Result<Yanked, YankedError> {
    let subject = Subject {
        what: "the list of yanked versions",
        name,
        bytes: list.text.as_bytes(),
        signature: list.signature.as_deref(),
        comment: COMMENT_OF_LIST,
    };
    judge(trust, &subject, today).map_err(YankedError::Trust)?;
    Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)
}

impl Seen {
    /// What a baseline records of it.
    fn reference(&self) -> PackRef {
        let signer = match &self.standing {
            Ok(Standing::Verified { key, .. }) => Some(key.to_string()),
            Ok(Standing::Unverified(_)) | Err(_) => None,
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
    fn accepted(self) -> Result<Used, CommandError> {
        let reference = self.reference();
        let mut pack = self.pack;
        let standing = self.standing.map_err(CommandError::input)?;
        let yanked = self.yanked.map_err(CommandError::input)?;
        match standing {
            Standing::Verified { allow, .. } => pack.allowed = allow,
            Standing::Unverified(why) => {
                let note = format!("unverified: {why}\n");
                terminal::note(&note).map_err(CommandError::environment)?;
            }
        }
        Ok(Used {
            house: house(&pack).map_err(CommandError::input)?,
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
    pub fn used(&self) -> Result<Option<Used>, CommandError> {
        let built_in = render::built_in().name;
        match self.pack.as_deref().filter(|name| *name != built_in) {
            Some(reference) => {
                let trust = trust(&self.trust)?;
                usable(reference, trust.as_ref(), reach(self.offline)).map(Some)
            }
            None => Ok(None),
        }
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
    pub fn again(&self, source: &str) -> Result<Used, CommandError> {
        usable(source, trust(&self.trust)?.as_ref(), reach(self.offline))
    }

    /// The arguments that name it, for a command that does the same again.
    pub fn arguments(&self) -> Vec<String> {
        let trust = self.trust.trust.as_ref();
        let trust = trust.map(|file| ["--trust".to_owned(), file.display().to_string()]);
        let pack = self.pack.as_ref();
        let pack = pack.map(|pack| ["--pack".to_owned(), pack.clone()]);
        pack.into_iter().chain(trust).flatten().collect()
    }

    /// Refuses a pack that may not follow the one with which a project was generated; gives what it is to that one.
    ///
    /// # Errors
    /// When it is older and nobody asked for that, when its version had another content, or when none is named where there was one.
    pub fn follows(
        &self,
        before: Option<&PackRef>,
        used: Option<&Used>,
    ) -> Result<Step, CommandError> {
        let built_in = render::built_in();
        let Some(used) = used else {
            return match before.filter(|before| before.name != built_in.name) {
                Some(before) if self.pack.is_none() => Err(forgotten(before)),
                Some(before) => Ok(Step::Other(before.name.clone())),
                None => Ok(Step::First),
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
