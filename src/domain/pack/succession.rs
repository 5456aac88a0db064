//! What a pack is to a project that was generated before: a first one, the same, a newer or an older version, another pack.
//! A version that moved to another digest is refused, whoever signed it: what was published never changes. A yanked one is
//! refused too, even where a project has it already: its reason says why it should move on.

use semver::Version;
use thiserror::Error;

use super::Yanked;
use crate::domain::baseline::PackRef;

/// What a pack is to the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionStep {
    /// Nothing was generated before.
    First,
    /// The same version, with the same content.
    Same,
    /// A newer version.
    Newer(Version),
    /// An older version, which was asked for.
    Older(Version),
    /// Another pack, or the templates that are built in.
    Other(String),
}

/// Why a pack may not follow the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SuccessionError {
    /// A version that nobody should use any more.
    #[error("{name} {version} was yanked: {reason}")]
    Yanked {
        /// The pack.
        name: String,
        /// Its version.
        version: String,
        /// Why, as the list says.
        reason: String,
    },
    /// The same version, with another content.
    #[error(
        "{name} {version} was {was} when this project was generated, and is {is} now: a version that was published never changes"
    )]
    Moved {
        /// The pack.
        name: String,
        /// Its version.
        version: String,
        /// The digest in the baseline.
        was: String,
        /// The digest now.
        is: String,
    },
    /// An older version, which nobody asked for.
    #[error("{name} {to} is older than {from}, with which this project was generated")]
    Older {
        /// The pack.
        name: String,
        /// The version in the baseline.
        from: Version,
        /// The version now.
        to: Version,
    },
}

impl SuccessionError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Yanked { .. } => "use another version",
            Self::Moved { .. } => {
                "ask who publishes it what happened; a changed pack is a new version"
            }
            Self::Older { .. } => "--allow-downgrade goes back to it",
        }
    }
}

/// What a pack is to the one that a baseline records. `yanked` is a list that was found to be signed as it has to be.
///
/// # Errors
/// When it may not follow it.
pub fn judge(
    before: Option<&PackRef>,
    next: &PackRef,
    yanked: &Yanked,
    allow_downgrade: bool,
) -> Result<VersionStep, SuccessionError> {
    let version = Version::parse(&next.version);
    let reason = version
        .ok()
        .and_then(|version| yanked.reason(&next.name, &version));
    if let Some(reason) = reason {
        return Err(SuccessionError::Yanked {
            name: next.name.clone(),
            version: next.version.clone(),
            reason,
        });
    }
    match before {
        None => Ok(VersionStep::First),
        Some(before) if before.name != next.name => Ok(VersionStep::Other(before.name.clone())),
        Some(before) => of_one_name(before, next, allow_downgrade),
    }
}

fn of_one_name(
    before: &PackRef,
    next: &PackRef,
    allow_downgrade: bool,
) -> Result<VersionStep, SuccessionError> {
    if before.version == next.version {
        return match before.digest == next.digest {
            true => Ok(VersionStep::Same),
            false => Err(SuccessionError::Moved {
                name: next.name.clone(),
                version: next.version.clone(),
                was: before.digest.clone(),
                is: next.digest.clone(),
            }),
        };
    }
    let (Ok(from), Ok(to)) = (
        Version::parse(&before.version),
        Version::parse(&next.version),
    ) else {
        // Only a baseline that somebody wrote by hand has no version: nothing can be said of what came before.
        return Ok(VersionStep::First);
    };
    match (to > from, allow_downgrade) {
        (true, _) => Ok(VersionStep::Newer(from)),
        (false, true) => Ok(VersionStep::Older(from)),
        (false, false) => {
            let name = next.name.clone();
            Err(SuccessionError::Older { name, from, to })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(name: &str, version: &str, digest: &str) -> PackRef {
        PackRef {
            name: name.to_owned(),
            version: version.to_owned(),
            digest: digest.to_owned(),
            source: None,
            signer: None,
        }
    }

    #[test]
    fn what_may_follow_is_told_from_what_may_not() {
        let before = pack("acme", "1.10.0", "a");
        let from = Version::new(1, 10, 0);
        let newer = VersionStep::Newer(from.clone());
        let nothing = Yanked::default();
        for (next, allow_downgrade, expected) in [
            (pack("acme", "1.10.0", "a"), false, Ok(VersionStep::Same)),
            (pack("acme", "1.11.0", "b"), false, Ok(newer.clone())),
            (pack("acme", "1.11.0", "b"), true, Ok(newer)),
            (
                pack("acme", "1.9.0", "b"),
                false,
                Err("1.9.0 is older than 1.10.0"),
            ),
            (
                pack("acme", "1.9.0", "b"),
                true,
                Ok(VersionStep::Older(from)),
            ),
            (
                pack("acme", "1.10.0-rc.1", "b"),
                false,
                Err("is older than 1.10.0"),
            ),
            (
                pack("acme", "1.10.0", "b"),
                false,
                Err("was a when this project was generated, and is b"),
            ),
            (pack("acme", "1.10.0", "b"), true, Err("never changes")),
            (
                pack("other", "0.1.0", "b"),
                false,
                Ok(VersionStep::Other("acme".to_owned())),
            ),
        ] {
            let step = judge(Some(&before), &next, &nothing, allow_downgrade);
            match (&step, &expected) {
                (Ok(step), Ok(expected)) => assert_eq!(step, expected, "{next:?}"),
                (Err(error), Err(expected)) => {
                    assert!(error.to_string().contains(expected), "{error}");
                }
                _ => panic!("{next:?}: {step:?}, and not {expected:?}"),
            }
        }
        assert_eq!(
            judge(None, &before, &nothing, false),
            Ok(VersionStep::First)
        );
    }

    #[test]
    fn a_yanked_version_is_refused_with_its_reason_and_nothing_allows_it() {
        let list =
            "schema = 1\n[[yanked]]\npack = \"acme\"\nversion = \"1.1.0\"\nreason = \"too wide\"\n";
        let yanked = Yanked::parse(list, "yanked.toml").unwrap();
        let next = pack("acme", "1.1.0", "a");
        for before in [None, Some(pack("acme", "1.2.0", "b")), Some(next.clone())] {
            let error = judge(before.as_ref(), &next, &yanked, true).unwrap_err();
            assert_eq!(error.to_string(), "acme 1.1.0 was yanked: too wide");
        }
        let other = pack("acme", "1.1.1", "a");
        assert_eq!(judge(None, &other, &yanked, false), Ok(VersionStep::First));
    }
}
