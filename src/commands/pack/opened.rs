//! A pack, read together with the packs above it. Who made it, and whether it may be used, is for [`super::used`] to say.

use crate::commands::CommandError;
use crate::domain::pack::{ANSWERS_FILE, Inherits, PACK_FILE, Pack, Reference};
use crate::interview::{Answers, House, Mode, Nobody, Surroundings, run_in};
use crate::io::store::{Fetched, Reach, StoreError, fetch};

/// How many packs may stand above one. Ours: a company's, a department's, a team's.
const MOST_ABOVE: usize = 3;

/// A pack of one's own: read, and nobody asked who made it.
pub(super) fn opened(reference: &str) -> Result<(Pack, Fetched), CommandError> {
    opened_within(reference, Reach::Network)
}

pub(super) fn opened_within(
    reference: &str,
    reach: Reach,
) -> Result<(Pack, Fetched), CommandError> {
    through(reference, reach, MOST_ABOVE)
}

/// The same, with at most so many packs above it.
fn through(reference: &str, reach: Reach, most: usize) -> Result<(Pack, Fetched), CommandError> {
    let fetched = fetch(reference, reach).map_err(|error| {
        let is_unreachable = error.is_unreachable();
        let error = refused(error);
        match is_unreachable {
            true => error.hint("--offline uses what was fetched before"),
            false => error,
        }
    })?;
    let pack = read(&fetched)?;
    is_as_tagged(&pack, &fetched)?;
    let pack = match pack.manifest.inherits.clone() {
        Some(above) => {
            let above = inherited(&above, &fetched.from, (reach, most))?;
            pack.below(above)
        }
        None => pack,
    };
    // Also where nobody answers anything yet: such a pack is not to be built or signed.
    house(&pack).map_err(|error| is_refused(&fetched, &error))?;
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
    Pack::read(&fetched.files).map_err(|error| is_refused(fetched, &error.to_string()))
}

/// The pack above another one, which its digest alone names: whoever signed the one below signed that too.
fn inherited(
    above: &Inherits,
    below: &str,
    (reach, most): (Reach, usize),
) -> Result<Pack, CommandError> {
    let Some(most) = most.checked_sub(1) else {
        let message = format!("{below}: more than {MOST_ABOVE} packs stand above each other");
        return Err(CommandError::input(message));
    };
    let (pack, fetched) = through(&above.pack, reach, most).map_err(|error| {
        let hint = format!("{PACK_FILE} of {below} inherits it");
        error.hint(hint)
    })?;
    match fetched.digest == above.digest {
        true => Ok(pack),
        false => Err(CommandError::input(format!(
            "{below}: inherits {} with the digest {}, and what is there has {}",
            above.pack, above.digest, fetched.digest
        ))
        .hint("what was published never changes; a pack that inherits another version is a new version itself")),
    }
}

fn is_refused(fetched: &Fetched, why: &str) -> CommandError {
    let from = &fetched.from;
    CommandError::input(format!("the pack in {from} is refused:\n  {why}"))
}

/// A spec, with what a pack answers for everybody. Where it says nothing, not a byte is changed.
pub(super) fn completed(house: &House, text: &str, file: &str) -> Result<String, CommandError> {
    if house.is_empty() {
        return Ok(text.to_owned());
    }
    let answers = Answers::from_toml(text, file).map_err(CommandError::input)?;
    let around = Surroundings {
        world: None,
        house: Some(house),
        ..Surroundings::default()
    };
    run_in(around, answers, &mut Nobody, Mode::NonInteractive)
        .map(|answers| answers.to_toml())
        .map_err(CommandError::input)
}

/// What a pack says of the answers.
///
/// # Errors
/// When `answers.toml` is wrong, or does not go with that of the pack above.
pub(super) fn house(pack: &Pack) -> Result<House, String> {
    let own = match &pack.answers {
        Some(text) => House::parse(text, ANSWERS_FILE, &pack.manifest.name)
            .map_err(|error| error.to_string())?,
        None => House::default(),
    };
    match &pack.above {
        Some(above) => own
            .below(house(above)?)
            .map_err(|error| format!("{ANSWERS_FILE}: {error}")),
        None => Ok(own),
    }
}
