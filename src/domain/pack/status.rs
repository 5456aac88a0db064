//! Compares the pack version of a project with the published ones: current, behind, or different.

use semver::Version;

use super::Yanked;
use crate::domain::baseline::PackRef;

/// The published state of a pack.
#[derive(Clone, Debug)]
pub struct PublishedPack {
    /// The name of the pack.
    pub name: String,
    /// The newest known version.
    pub version: Version,
    /// The digest of the newest version.
    pub digest: String,
    /// The list of yanked versions.
    pub yanked: Yanked,
}

/// The position of a project among the published versions of its pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectPlace {
    /// The project was generated with the built-in templates.
    BuiltIn,
    /// No publication of the pack is known, or the project's version is not a semantic one.
    NotCompared,
    /// The project has the newest version.
    Current,
    /// There is this newer version.
    Behind(Version),
    /// The project's version is newer than this one, the newest that is known.
    Ahead(Version),
    /// The project has this version, but the published one has a different content.
    Moved(Version),
}

/// Returns the position of a project, and the reason if its version was yanked.
pub fn place(
    pack: &PackRef,
    built_in: &str,
    known: &[PublishedPack],
) -> (ProjectPlace, Option<String>) {
    if pack.name == built_in {
        return (ProjectPlace::BuiltIn, None);
    }
    let of_name = known.iter().filter(|known| known.name == pack.name);
    let Some(newest) = of_name.clone().max_by_key(|known| &known.version) else {
        return (ProjectPlace::NotCompared, None);
    };
    let Ok(own) = Version::parse(&pack.version) else {
        return (ProjectPlace::NotCompared, None);
    };
    let reason = of_name
        .clone()
        .find_map(|known| known.yanked.reason(&pack.name, &own));
    let is_moved = of_name
        .clone()
        .any(|known| known.version == own && known.digest != pack.digest);
    let place = match own.cmp(&newest.version) {
        _ if is_moved => ProjectPlace::Moved(own),
        std::cmp::Ordering::Less => ProjectPlace::Behind(newest.version.clone()),
        std::cmp::Ordering::Equal => ProjectPlace::Current,
        std::cmp::Ordering::Greater => ProjectPlace::Ahead(newest.version.clone()),
    };
    (place, reason)
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
    fn a_project_stands_where_its_version_does() {
        let list =
            "schema = 1\n[[yanked]]\npack = \"acme\"\nversion = \"1.1.0\"\nreason = \"too wide\"\n";
        let known = |version, digest: &str| PublishedPack {
            name: "acme".to_owned(),
            version,
            digest: digest.to_owned(),
            yanked: Yanked::parse(list, "y").unwrap(),
        };
        let (old, new) = (Version::new(1, 2, 0), Version::new(1, 10, 0));
        let published = [known(new.clone(), "b"), known(old.clone(), "a")];
        for (project, expected, yanked) in [
            (pack("built-in", "0.1.0", ""), ProjectPlace::BuiltIn, None),
            (pack("other", "1.0.0", "x"), ProjectPlace::NotCompared, None),
            (pack("acme", "1.10.0", "b"), ProjectPlace::Current, None),
            (
                pack("acme", "1.10.0", "x"),
                ProjectPlace::Moved(new.clone()),
                None,
            ),
            (
                pack("acme", "1.2.0", "a"),
                ProjectPlace::Behind(new.clone()),
                None,
            ),
            (pack("acme", "1.2.0", "x"), ProjectPlace::Moved(old), None),
            (
                pack("acme", "1.1.0", "x"),
                ProjectPlace::Behind(new.clone()),
                Some("too wide".to_owned()),
            ),
            (pack("acme", "2.0.0", "x"), ProjectPlace::Ahead(new), None),
            (
                pack("acme", "by hand", "x"),
                ProjectPlace::NotCompared,
                None,
            ),
        ] {
            assert_eq!(
                place(&project, "built-in", &published),
                (expected, yanked),
                "{project:?}"
            );
        }
    }
}
