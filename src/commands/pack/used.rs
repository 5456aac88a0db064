//! The one way from what a user names to a pack that may be used: fetched, trusted, read, not yanked. Nothing is generated from a
//! pack that did not come this way; what it generates then goes through [`super::proof`].

use std::path::PathBuf;

use clap::Args as ClapArgs;
use time::Date;

use crate::commands::CommandError;
use crate::domain::pack::{Pack, PackError, Reference, YANKED_FILE, Yanked};
use crate::domain::spec::SpecError;
use crate::domain::trust::{
    COMMENT_OF_LIST, Standing, Subject, TRUST_FILE, Trust, TrustError, comment, judge,
};
use crate::io::clock;
use crate::io::files::{found_above, of_user, read_text};
use crate::io::store::{Fetched, Reach, StoreError, YankedList, fetch};

/// Whom to trust.
#[derive(Debug, ClapArgs)]
pub(super) struct TrustArgs {
    /// Which keys may sign which packs; otherwise rdsproxy-trust.toml in this folder, above it in the repository, or in the
    /// user's settings.
    #[arg(long, value_name = "FILE")]
    pub(super) trust: Option<PathBuf>,
}

/// A pack as it was found, with what is known of it. Nothing of it is believed here: who asks decides.
#[derive(Debug)]
pub(super) struct Seen {
    /// What it holds.
    pub(super) pack: Pack,
    /// Where it came from, and as which bytes.
    pub(super) fetched: Fetched,
    /// Who made it, or why it is not trusted.
    pub(super) standing: Result<Standing, TrustError>,
    /// Why this version was yanked, where it was; or why that cannot be told.
    pub(super) yanked: Result<Option<String>, YankedError>,
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

/// Whom this run trusts, where somebody said so.
pub(super) fn trust(args: &TrustArgs) -> Result<Option<Trust>, CommandError> {
    let found = args.trust.clone();
    let Some(file) = found
        .or_else(|| found_above(TRUST_FILE))
        .or_else(|| of_user(TRUST_FILE))
    else {
        return Ok(None);
    };
    let text = read_text(&file).map_err(CommandError::environment)?;
    Trust::parse(&text, &file.display().to_string())
        .map(Some)
        .map_err(CommandError::input)
}

/// Looks at a pack.
pub(super) fn look(reference: &str, trust: Option<&Trust>) -> Result<Seen, CommandError> {
    let (pack, fetched) = opened(reference)?;
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
        Some(list) => yanked(list, &pack, trust, today),
        None => Ok(None),
    };
    Ok(Seen {
        pack,
        fetched,
        standing,
        yanked,
    })
}

/// A pack of one's own: read, and nobody asked who made it.
pub(super) fn opened(reference: &str) -> Result<(Pack, Fetched), CommandError> {
    let fetched = fetch(reference, Reach::Network).map_err(refused)?;
    let pack = read(&fetched)?;
    is_as_tagged(&pack, &fetched)?;
    Ok((pack, fetched))
}

/// A tag that is a version holds that version, or somebody put another one in its place.
fn is_as_tagged(pack: &Pack, fetched: &Fetched) -> Result<(), CommandError> {
    let tagged = Reference::parse(&fetched.from).ok();
    let tagged = tagged.and_then(|reference| reference.version());
    let (version, from) = (&pack.manifest.version, &fetched.from);
    match tagged.filter(|tagged| tagged != version) {
        Some(tagged) => Err(CommandError::input(format!(
            "{from}: the tag says {tagged}, and the pack says {version}"
        ))),
        None => Ok(()),
    }
}

/// Whose turn it is where a place gives no pack.
pub(super) fn refused(error: StoreError) -> CommandError {
    match error.is_of_the_machine() {
        true => CommandError::environment(error),
        false => CommandError::input(error),
    }
}

fn read(fetched: &Fetched) -> Result<Pack, CommandError> {
    Pack::read(&fetched.files).map_err(|error: PackError| {
        let from = &fetched.from;
        CommandError::input(format!("the pack in {from} is refused:\n  {error}"))
    })
}

fn yanked(
    list: &YankedList,
    pack: &Pack,
    trust: Option<&Trust>,
    today: Date,
) -> Result<Option<String>, YankedError> {
    let name = &pack.manifest.name;
    let subject = Subject {
        what: "the list of yanked versions",
        name,
        bytes: list.text.as_bytes(),
        signature: list.signature.as_deref(),
        comment: COMMENT_OF_LIST,
    };
    judge(trust, &subject, today).map_err(YankedError::Trust)?;
    let list = Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)?;
    Ok(list.reason(name, &pack.manifest.version))
}
