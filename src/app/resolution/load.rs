//! Reads a pack together with its parent packs. [`super::resolve`] decides about its signer and its use.

use super::terms::{Permission, Terms, not_asked};
use crate::app::CommandError;
use crate::domain::pack::{ANSWERS_FILE, Inherits, PACK_FILE, Pack, Reference};
use crate::domain::trust::{Provenance, TrustError, TrustSubject, TrustedPlace, comment};
use crate::interview::{Answers, Mode, Nobody, Preset, Surroundings, run_in};
use crate::io::store::{Fetched, NetworkAccess, StoreError, Verified, fetch};
use crate::io::{clock, terminal};

/// Maximum number of parent packs. Our choice: a company's, a department's and a team's pack.
const MOST_ABOVE: usize = 3;

/// A pack that was fetched and parsed.
#[derive(Debug)]
pub(in crate::app) struct Opened {
    /// The files and the manifest, combined with the parent packs.
    pub(in crate::app) pack: Pack,
    /// The bytes, and the place that they came from.
    pub(in crate::app) fetched: Fetched,
    /// The verified signer, or the reason why the pack is not trusted.
    pub(in crate::app) standing: Result<Provenance, TrustError>,
}

/// Reads the user's own pack, which the command line names. Its signer does not matter.
pub(in crate::app) fn opened(
    reference: &str,
    terms: &Terms,
) -> Result<(Pack, Fetched), CommandError> {
    let opened = opened_within(reference, terms)?;
    Ok((opened.pack, opened.fetched))
}

/// Reads a pack and verifies its signer.
pub(in crate::app) fn opened_within(
    reference: &str,
    terms: &Terms,
) -> Result<Opened, CommandError> {
    let reference = Reference::parse(reference).map_err(CommandError::input)?;
    let step = InheritanceStep {
        terms,
        led: &Led::default(),
        most: MOST_ABOVE,
    };
    through(&reference, step)
}

/// The conditions under which a pack in a chain of inheritance is read.
#[derive(Clone, Copy)]
struct InheritanceStep<'a> {
    terms: &'a Terms,
    led: &'a Led,
    /// Maximum number of parent packs.
    most: usize,
}

/// The place of a pack, and whether it may be asked.
#[derive(Clone, Copy)]
struct PermittedPlace<'a> {
    place: &'a Reference,
    permission: Permission,
}

/// Constraints on a parent pack, set by the packs that inherit it.
#[derive(Clone, Debug, Default)]
struct Led {
    /// True if a trusted key signed the inheriting pack, and with it the place of this one.
    is_vouched: bool,
    /// The machine of the inheriting pack, with all its places.
    machine: Option<TrustedPlace>,
    /// The inheriting pack, and the digest that it pins.
    pinned: Option<(String, String)>,
}

impl Led {
    /// Returns the constraints for the parent of a pack at this place.
    fn from(
        &self,
        PermittedPlace { place, permission }: PermittedPlace<'_>,
        above: &Inherits,
        standing: &Result<Provenance, TrustError>,
    ) -> Self {
        let machine = place
            .machine()
            .and_then(|machine| TrustedPlace::parse(&machine).ok());
        Self {
            // The signature covers the digest of the parent pack.
            is_vouched: self.is_vouched || matches!(standing, Ok(Provenance::Verified { .. })),
            machine: machine.filter(|_| permission == Permission::Given),
            pinned: Some((place.to_string(), above.digest.clone())),
        }
    }

    /// Rejects a pack with another digest, before any reference in it is followed.
    fn is_pinned(&self, fetched: &Fetched) -> Result<(), CommandError> {
        match &self.pinned {
            Some((below, digest)) if *digest != fetched.digest => {
                Err(CommandError::input(format!(
                    "{below}: inherits {} with the digest {digest}, and what is there has {}",
                    fetched.from, fetched.digest
                ))
                .hint("what was published never changes; a pack that inherits another version is a new version itself"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn permits(&self, place: &Reference) -> bool {
        let machine = self.machine.as_ref();
        self.is_vouched || machine.is_some_and(|machine| machine.holds(place))
    }
}

/// Reads a pack and its parent packs.
fn through(reference: &Reference, step: InheritanceStep<'_>) -> Result<Opened, CommandError> {
    let InheritanceStep { terms, led, .. } = step;
    let permission = match terms.permission(reference) {
        Permission::Missing if led.permits(reference) => Permission::Given,
        other => other,
    };
    let fetched = fetched(reference, terms, permission)?;
    led.is_pinned(&fetched)?;
    let pack = read(&fetched)?;
    is_as_tagged(&pack, &fetched)?;
    let place = PermittedPlace {
        place: reference,
        permission,
    };
    let (fetched, standing) = judged(place, &pack, fetched, terms);
    let pack = match pack.manifest.inherits.clone() {
        Some(above) => {
            let led = &led.from(place, &above, &standing);
            let above = inherited(&above, &fetched.from, InheritanceStep { led, ..step })?;
            pack.below(above)
        }
        None => pack,
    };
    // Checked even without answers: an invalid pack must not be built or signed.
    preset(&pack).map_err(|error| is_refused(&fetched, &error))?;
    Ok(Opened {
        pack,
        fetched,
        standing,
    })
}

/// Fetches a pack, from its place or from the cache.
fn fetched(
    reference: &Reference,
    terms: &Terms,
    permission: Permission,
) -> Result<Fetched, CommandError> {
    if permission == Permission::Missing && matches!(reference, Reference::Local(_)) {
        return Err(not_asked(reference));
    }
    match (
        fetch(reference, permission.reach(), &terms.means()),
        permission,
    ) {
        (Err(StoreError::NotKept(_)), Permission::Missing) => Err(not_asked(reference)),
        (Err(error), _) => {
            let is_unreachable = error.is_unreachable();
            let error = refused(error);
            Err(if is_unreachable {
                error.hint("--offline uses what was fetched before")
            } else {
                error
            })
        }
        (Ok(fetched), Permission::Missing) => {
            let place = reference.place();
            let note = format!(
                "{place} was not asked: only files that came with the project name it; what was fetched from it before is used\n"
            );
            terminal::note_once(&note).map_err(CommandError::environment)?;
            Ok(fetched)
        }
        (Ok(fetched), Permission::Given | Permission::Offline) => Ok(fetched),
    }
}

/// Verifies the signer of a pack. Without the network, the signature that was fetched last is not the only one: a
/// signature that was verified earlier remains valid even if another one replaced it at the place.
fn judged(
    PermittedPlace { place, permission }: PermittedPlace<'_>,
    pack: &Pack,
    mut fetched: Fetched,
    terms: &Terms,
) -> (Fetched, Result<Provenance, TrustError>) {
    let cache = terms.means().cache;
    let mut found = standing(pack, &fetched, terms);
    if permission.reach() == NetworkAccess::Offline
        && !matches!(found, Ok(Provenance::Verified { .. }))
    {
        for signature in cache.signatures(place, &fetched.digest) {
            let last = fetched.signature.replace(signature);
            match standing(pack, &fetched, terms) {
                Ok(verified @ Provenance::Verified { .. }) => {
                    found = Ok(verified);
                    break;
                }
                Ok(Provenance::Unverified(_)) | Err(_) => fetched.signature = last,
            }
        }
    }
    if let (Ok(Provenance::Verified { key, .. }), Some(signature)) = (&found, &fetched.signature) {
        let signer = &key.to_string();
        cache.keep_signature(Verified { place, signer }, &fetched.digest, signature);
    }
    (fetched, found)
}

/// Verifies the signer of a pack by its signature.
fn standing(pack: &Pack, fetched: &Fetched, terms: &Terms) -> Result<Provenance, TrustError> {
    let (name, version) = (&pack.manifest.name, pack.manifest.version.to_string());
    let subject = TrustSubject {
        what: &format!("{name} {version}"),
        name,
        bytes: &fetched.archive,
        signature: fetched.signature.as_deref(),
        comment: &comment(name, &version, &fetched.digest),
    };
    terms.trust.judge(&subject, clock::today())
}

/// Rejects a pack whose version differs from its tag: the tag was moved to another version.
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

/// Assigns a store error to the environment or to the input.
pub(in crate::app) fn refused(error: StoreError) -> CommandError {
    if error.is_of_the_machine() {
        CommandError::environment(error)
    } else {
        CommandError::input(error)
    }
}

fn read(fetched: &Fetched) -> Result<Pack, CommandError> {
    Pack::read(&fetched.files).map_err(|error| is_refused(fetched, &error.to_string()))
}

/// Reads a parent pack. Its digest alone identifies it: a signature of the inheriting pack covers it too.
fn inherited(
    above: &Inherits,
    below: &str,
    step: InheritanceStep<'_>,
) -> Result<Pack, CommandError> {
    let Some(most) = step.most.checked_sub(1) else {
        let message = format!("{below}: more than {MOST_ABOVE} packs stand above each other");
        return Err(CommandError::input(message));
    };
    let named = Reference::parse(&above.pack).map_err(CommandError::input);
    let opened = named.and_then(|named| through(&named, InheritanceStep { most, ..step }));
    opened.map(|opened| opened.pack).map_err(|error| {
        let hint = format!("{PACK_FILE} of {below} inherits it");
        error.hint(hint)
    })
}

fn is_refused(fetched: &Fetched, why: &str) -> CommandError {
    let from = &fetched.from;
    CommandError::input(format!("the pack in {from} is refused:\n  {why}"))
}

/// Returns a spec completed with the answers that a pack locks; unchanged to the byte if the pack has no rules for
/// answers.
pub(in crate::app) fn completed(
    preset: &Preset,
    text: &str,
    file: &str,
) -> Result<String, CommandError> {
    if preset.is_empty() {
        return Ok(text.to_owned());
    }
    let answers = Answers::from_toml(text, file).map_err(CommandError::input)?;
    let around = Surroundings {
        account: None,
        preset: Some(preset),
        ..Surroundings::default()
    };
    run_in(around, answers, &mut Nobody, Mode::NonInteractive)
        .map(|answers| answers.to_toml())
        .map_err(CommandError::input)
}

/// Returns the pack's rules for answers.
///
/// # Errors
/// When `answers.toml` is wrong, or contradicts that of the parent pack.
pub(in crate::app) fn preset(pack: &Pack) -> Result<Preset, String> {
    let own = match &pack.answers {
        Some(text) => Preset::parse(text, ANSWERS_FILE, &pack.manifest.name)
            .map_err(|error| error.to_string())?,
        None => Preset::default(),
    };
    match &pack.above {
        Some(above) => own
            .below(preset(above)?)
            .map_err(|error| format!("{ANSWERS_FILE}: {error}")),
        None => Ok(own),
    }
}
