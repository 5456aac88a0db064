//! The sources that may be contacted, and the hosts that may receive the credentials of a registry.

use std::collections::BTreeSet;

use crate::domain::pack::{Reference, plain_authority};

/// A source that may be contacted, or a prefix of such sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedPlace {
    place: String,
    /// True if everything below `place` is included.
    is_folder: bool,
}

impl TrustedPlace {
    /// Reads a source without a version; one that ends with `/` includes everything below it.
    ///
    /// # Errors
    /// The reason why the text is not a source.
    pub fn parse(written: &str) -> Result<Self, String> {
        let is_folder = written.ends_with('/');
        // Append a segment, so that a prefix passes the same checks as a complete source.
        let end = if is_folder { "x" } else { "" };
        let read =
            Reference::parse(&format!("{written}{end}")).map_err(|error| error.to_string())?;
        match &read {
            Reference::Local(_) => {
                return Err("a folder of this machine needs no permission: name a place with git+https://, git+ssh://, git+file:// or oci://".to_owned());
            }
            read if read.parts().1.is_some() => {
                return Err(
                    "name the place without a version: all of its versions may be asked for"
                        .to_owned(),
                );
            }
            Reference::Git(_) | Reference::Oci(_) => {}
        }
        let mut place = read.place();
        place.truncate(place.len() - end.len());
        Ok(Self { place, is_folder })
    }

    /// Returns the source that a reference names, whatever its version.
    pub fn new(reference: &Reference) -> Self {
        Self {
            place: reference.place(),
            is_folder: false,
        }
    }

    /// True if a reference names this source, or one below it.
    pub fn holds(&self, reference: &Reference) -> bool {
        let place = reference.place();
        let repository = place
            .split_once('?')
            .map_or(place.as_str(), |(place, _)| place);
        if self.is_folder {
            repository.starts_with(&self.place) && !repository.contains('%')
        } else {
            place == self.place || repository == self.place
        }
    }
}

/// The hosts that may receive the credentials of each registry: pairs of hosts, each with its port unless that is the
/// default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Realms(BTreeSet<(String, String)>);

impl Realms {
    /// Permits a realm to receive the credentials of a registry.
    pub fn permit(&mut self, registry: &str, realm: &str) {
        let pair = (plain_authority(registry), plain_authority(realm));
        self.0.insert(pair);
    }

    /// True if a realm may receive the credentials of a registry.
    pub fn permits(&self, registry: &str, realm: &str) -> bool {
        let pair = (plain_authority(registry), plain_authority(realm));
        self.0.contains(&pair)
    }

    /// Returns the pairs that both permit.
    #[must_use]
    pub fn narrowed(mut self, other: &Self) -> Self {
        self.0.retain(|pair| other.0.contains(pair));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row has a source, a reference, and `true` if the source includes the reference.
    const HELD: &[(&str, &str, bool)] = &[
        ("oci://h.io/acme", "oci://h.io/acme?tag=1.0.0", true),
        ("oci://h.io/acme", "oci://h.io:443/acme?tag=1.0.0", true),
        ("oci://H.io/acme", "oci://h.io/acme", true),
        ("oci://h.io/acme", "oci://h.io/acme/x", false),
        ("oci://h.io/acme", "oci://h.io/acme2", false),
        ("oci://h.io/acme", "oci://h.io:5000/acme", false),
        ("oci://h.io/", "oci://h.io/a/b/c?tag=1", true),
        ("oci://h.io/", "oci://h.io.evil.example/a", false),
        ("oci://h.io/", "oci://h.io:444/a", false),
        ("oci://h.io/team/", "oci://h.io/teams/a", false),
        ("oci://h.io/team/", "git+https://h.io/team/a#v1", false),
        (
            "git+https://h.io/team/",
            "git+https://H.IO:443/team/a.git?path=b#v1",
            true,
        ),
        (
            "git+https://h.io/team/",
            "git+https://h.io/team/%2e%2e/evil/a",
            false,
        ),
        (
            "git+https://h.io/a.git",
            "git+https://h.io/a.git?path=b#v1",
            true,
        ),
        (
            "git+https://h.io/a.git?path=b",
            "git+https://h.io/a.git?path=b#v1",
            true,
        ),
        (
            "git+https://h.io/a.git?path=b",
            "git+https://h.io/a.git?path=c#v1",
            false,
        ),
        ("git+https://h.io/a.git", "git+ssh://h.io/a.git#v1", false),
        (
            "git+ssh://git@h.io/",
            "git+ssh://git@h.io:22/a.git#v1",
            true,
        ),
        ("git+ssh://git@h.io/", "git+ssh://root@h.io/a.git#v1", false),
        (
            "git+ssh://git@h.io/",
            "git+ssh://git@h.io:2222/a.git#v1",
            false,
        ),
        (
            "git+file:///srv/packs/",
            "git+file:///srv/packs/acme#v1",
            true,
        ),
        (
            "git+file:///srv/packs/",
            "git+file:///srv/other/acme#v1",
            false,
        ),
        ("oci://[::1]:5000/", "oci://[::1]:5000/a", true),
        ("oci://127.0.0.1:5000/", "oci://127.0.0.1:50001/a", false),
    ];

    #[test]
    fn a_source_holds_what_it_names_and_nothing_beside_it() {
        for (source, place, expected) in HELD {
            let reference = Reference::parse(place).unwrap();
            let held = TrustedPlace::parse(source).unwrap().holds(&reference);
            assert_eq!(held, *expected, "{source} and {place}");
        }
    }

    #[test]
    fn what_is_no_place_is_no_source() {
        for written in [
            "",
            "/",
            "acme",
            "acme/",
            "oci://",
            "oci:///",
            "oci://h.io",
            "oci://h.io/a?tag=1.0.0",
            "git+https://h.io/a#v1",
            "git+https://h.io/../",
            "https://h.io/",
            "*",
            "oci://*/",
        ] {
            assert!(TrustedPlace::parse(written).is_err(), "{written}");
        }
    }

    #[test]
    fn a_realm_counts_for_its_registry_and_port_alone() {
        let mut realms = Realms::default();
        realms.permit("Registry.example:443", "login.example.net");
        for (registry, realm, expected) in [
            ("registry.example", "login.example.net:443", true),
            ("registry.example:5000", "login.example.net", false),
            ("registry.example", "login.example.net:8443", false),
            ("login.example.net", "registry.example", false),
        ] {
            assert_eq!(
                realms.permits(registry, realm),
                expected,
                "{registry} {realm}"
            );
        }
        assert!(
            !realms
                .narrowed(&Realms::default())
                .permits("registry.example", "login.example.net")
        );
    }
}
