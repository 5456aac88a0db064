//! What a pack is to a project that was generated before: a first one, the same, a newer or an older version, another pack.
//! A version that moved to another digest is refused, whoever signed it: what was published never changes.

use semver::Version;
use thiserror::Error;

use crate::domain::baseline::PackRef;

/// What a pack is to the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
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

/// What a pack is to the one that a baseline records; `older_is_fine` where a rollback was asked for.
///
/// # Errors
/// When it may not follow it.
pub fn follows(
    before: Option<&PackRef>,
    next: &PackRef,
    older_is_fine: bool,
) -> Result<Step, SuccessionError> {
    let Some(before) = before else {
        return Ok(Step::First);
    };
    if before.name != next.name {
        return Ok(Step::Other(before.name.clone()));
    }
    if before.version == next.version {
        return match before.digest == next.digest {
            true => Ok(Step::Same),
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
        return Ok(Step::First);
    };
    match (to > from, older_is_fine) {
        (true, _) => Ok(Step::Newer(from)),
        (false, true) => Ok(Step::Older(from)),
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
        for (next, older_is_fine, expected) in [
            (pack("acme", "1.10.0", "a"), false, Some(Step::Same)),
            (
                pack("acme", "1.11.0", "b"),
                false,
                Some(Step::Newer(from.clone())),
            ),
            (pack("acme", "1.9.0", "b"), false, None),
            (
                pack("acme", "1.9.0", "b"),
                true,
                Some(Step::Older(from.clone())),
            ),
            (pack("acme", "1.10.0-rc.1", "b"), false, None),
            (pack("acme", "1.10.0", "b"), false, None),
            (pack("acme", "1.10.0", "b"), true, None),
            (
                pack("other", "0.1.0", "b"),
                false,
                Some(Step::Other("acme".to_owned())),
            ),
        ] {
            let step = follows(Some(&before), &next, older_is_fine).ok();
            assert_eq!(step, expected, "{next:?}");
        }
        assert_eq!(follows(None, &before, false), Ok(Step::First));
    }
}
