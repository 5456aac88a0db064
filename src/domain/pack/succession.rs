//! Compares a pack with the one that a project was generated with before: first, same, newer, older, or another pack. A
//! version whose digest changed is refused, even if it is signed: a published version never changes. A yanked version
//! is refused even if the project has it already: the reason says why to upgrade.

use semver::Version;
use thiserror::Error;

use super::Yanked;
use crate::domain::baseline::PackRef;

/// The relation of a pack to the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionStep {
    /// The project was not generated with a pack before.
    First,
    /// The version and content are the same.
    Same,
    /// The pack is newer than this version.
    Newer(Version),
    /// The pack is older than this version, and a downgrade is allowed.
    Older(Version),
    /// The project had the pack of this name before, which may be the built-in one.
    Other(String),
}

/// The reason why a pack may not follow the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SuccessionError {
    /// The version was yanked.
    #[error("{name} {version} was yanked: {reason}")]
    Yanked {
        /// The name of the pack.
        name: String,
        /// The version that was yanked.
        version: String,
        /// The reason in the list of yanked versions.
        reason: String,
    },
    /// The version is the same, but its content changed.
    #[error(
        "{name} {version} was {was} when this project was generated, and is {is} now: a version that was published never changes"
    )]
    Moved {
        /// The name of the pack.
        name: String,
        /// The version of the pack.
        version: String,
        /// The digest in the baseline.
        was: String,
        /// The digest of the pack now.
        is: String,
    },
    /// The version is older, and a downgrade is not allowed.
    #[error("{name} {to} is older than {from}, with which this project was generated")]
    Older {
        /// The name of the pack.
        name: String,
        /// The version in the baseline.
        from: Version,
        /// The version of the pack now.
        to: Version,
    },
}

impl SuccessionError {
    /// Returns the advice to the user.
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

/// Compares a pack with the one that a baseline records. The signature of the list `yanked` must have been verified
/// before.
///
/// # Errors
/// If the pack may not follow the one before it.
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
        return if before.digest == next.digest {
            Ok(VersionStep::Same)
        } else {
            Err(SuccessionError::Moved {
                name: next.name.clone(),
                version: next.version.clone(),
                was: before.digest.clone(),
                is: next.digest.clone(),
            })
        };
    }
    let (Ok(from), Ok(to)) = (
        Version::parse(&before.version),
        Version::parse(&next.version),
    ) else {
        // Only a baseline that was edited by hand has no version, so there is nothing to compare with.
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
