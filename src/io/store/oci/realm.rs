//! Decides if a token service that a registry names may receive the registry's credentials. Permitted are the registry
//! itself, a host of its own domain, and the hosts in the user's trust file.
//!
//! Ownership of domains follows the Public Suffix List: two hosts below one of its entries, such as `a.github.io` and
//! `b.github.io`, belong to different owners.

use ureq::http::Uri;

use crate::domain::pack::{is_loopback, plain_authority};
use crate::domain::spec::visible;
use crate::domain::trust::Realms;

/// The relation of a token service to its registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RealmOwner {
    /// Credentials may be sent there.
    Own,
    /// Another owner, with its authority for messages. It may be asked anonymously only.
    Stranger(String),
}

/// Returns the relation of a token service to the registry that names it.
///
/// # Errors
/// A description of the problem if the service must not be contacted at all.
pub(super) fn reach(asked: &RegistryQuery<'_>, realm: &str) -> Result<RealmOwner, String> {
    let wrong = || format!("it names {} to get a token from", visible(realm));
    let address: Uri = realm.parse().map_err(|_| wrong())?;
    let base: Uri = asked.base.parse().map_err(|_| wrong())?;
    let (Some(authority), Some(own)) = (address.authority(), base.authority()) else {
        return Err(wrong());
    };
    // Connections within this machine need no TLS.
    let is_here = address.host().is_some_and(is_loopback) && is_loopback(asked.host);
    let is_safe = match address.scheme_str() {
        Some("https") => true,
        Some("http") => is_here,
        _ => false,
    };
    if !is_safe {
        return Err("credentials would go over a clear connection".to_owned());
    }
    let authority = authority.as_str();
    // User information before the host can be mistaken for the host.
    if authority.contains('@') {
        return Err(wrong());
    }
    let is_own = address.scheme() == base.scheme()
        && plain_authority(authority) == plain_authority(own.as_str());
    let is_permitted = asked.realms.permits(asked.host, authority);
    let is_near = share_a_domain(&address, &base) && has_their_port(&address, &base);
    if is_own || is_permitted || is_near {
        Ok(RealmOwner::Own)
    } else {
        Ok(RealmOwner::Stranger(visible(authority)))
    }
}

/// True if a token service uses port 443 or the registry's port. A program on another port may belong to someone else.
fn has_their_port(realm: &Uri, base: &Uri) -> bool {
    const HTTPS: u16 = 443;
    let port = realm.port_u16().unwrap_or(HTTPS);
    port == HTTPS || base.port_u16() == Some(port)
}

/// True if two hosts belong to one registrable domain. An IP address has none, and neither has a name whose suffix is
/// not on the list, because ownership below it is unknown.
fn share_a_domain(one: &Uri, other: &Uri) -> bool {
    let registrable = |uri: &Uri| {
        let host = uri.host()?.to_ascii_lowercase();
        let domain = psl::domain(host.as_bytes())?;
        let is_known = domain.suffix().is_known();
        let name = str::from_utf8(domain.as_bytes()).ok()?.to_owned();
        Some(name).filter(|name| is_known && name.parse::<std::net::IpAddr>().is_err())
    };
    registrable(one).is_some_and(|domain| registrable(other) == Some(domain))
}

/// A request to a registry that needs authentication.
#[derive(Clone, Copy, Debug)]
pub(super) struct RegistryQuery<'a> {
    /// The beginning of the registry's URLs.
    pub(super) base: &'a str,
    /// The registry's host, as written in the reference.
    pub(super) host: &'a str,
    /// The requested permissions, as a token scope.
    pub(super) scope: &'a str,
    /// The hosts that may receive its credentials, in addition to its own domain.
    pub(super) realms: &'a Realms,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::trust::Realms;

    /// Returns the verdict on a token service in one word.
    fn told(base: &str, host: &str, realm: &str) -> &'static str {
        let mut realms = Realms::default();
        realms.permit("registry.example.com", "login.example.net");
        realms.permit("127.0.0.1:5000", "127.0.0.1:5001");
        let asked = RegistryQuery {
            base,
            host,
            scope: "",
            realms: &realms,
        };
        match reach(&asked, realm) {
            Ok(RealmOwner::Own) => "own",
            Ok(RealmOwner::Stranger(_)) => "stranger",
            Err(_) => "refused",
        }
    }

    /// Registries, the token services they name, and the expected verdicts.
    const REALMS: &[(&str, &str, &str)] = &[
        ("ghcr.io", "https://ghcr.io/token", "own"),
        ("ghcr.io", "https://GHCR.io:443/token", "own"),
        ("registry.gitlab.com", "https://gitlab.com/jwt/auth", "own"),
        (
            "registry-1.docker.io",
            "https://auth.docker.io/token",
            "own",
        ),
        (
            "git.example.co.uk:5050",
            "https://git.example.co.uk/jwt",
            "own",
        ),
        (
            "git.example.co.uk:5050",
            "https://git.example.co.uk:5050/jwt",
            "own",
        ),
        (
            "git.example.co.uk",
            "https://git.example.co.uk:8443/jwt",
            "stranger",
        ),
        (
            "git.example.co.uk:5050",
            "https://auth.example.co.uk:5051/jwt",
            "stranger",
        ),
        ("a.example.co.uk", "https://b.other.co.uk/token", "stranger"),
        ("a.github.io", "https://b.github.io/token", "stranger"),
        (
            "a.s3.amazonaws.com",
            "https://b.s3.amazonaws.com/",
            "stranger",
        ),
        ("ghcr.io", "https://ghcr.io.evil.example/token", "stranger"),
        ("ghcr.io", "https://evil.example/ghcr.io", "stranger"),
        ("ghcr.io", "https://ghcr.io@evil.example/", "refused"),
        ("ghcr.io", "https://evil.example#@ghcr.io/", "stranger"),
        ("ghcr.io", "http://ghcr.io/token", "refused"),
        ("ghcr.io", "http://auth.ghcr.io/token", "refused"),
        ("ghcr.io", "http://127.0.0.1/token", "refused"),
        ("ghcr.io", "ftp://ghcr.io/", "refused"),
        ("ghcr.io", "/token", "refused"),
        ("ghcr.io", "", "refused"),
        ("registry.example.com", "https://login.example.net/t", "own"),
        (
            "registry.example.com",
            "https://login.example.net:8443/t",
            "stranger",
        ),
        (
            "registry.example.com:5000",
            "https://login.example.net/t",
            "stranger",
        ),
        (
            "registry.example.com",
            "http://login.example.net/t",
            "refused",
        ),
        // Ownership below these suffixes is unknown.
        (
            "registry.svc.cluster.local",
            "https://evil.svc.cluster.local/",
            "stranger",
        ),
        ("registry.corp", "https://login.corp/", "stranger"),
        ("10.0.0.1", "https://10.0.0.2/", "stranger"),
        ("10.0.0.1:5000", "https://10.0.0.1/", "stranger"),
        ("[2001:db8::1]", "https://[2001:db8::2]/", "stranger"),
    ];

    #[test]
    fn credentials_go_to_the_registry_and_to_its_own_domain() {
        for (host, realm, expected) in REALMS {
            let base = format!("https://{host}/v2/acme");
            assert_eq!(told(&base, host, realm), *expected, "{host}: {realm}");
        }
    }

    #[test]
    fn on_this_machine_another_port_is_another_program() {
        for (host, realm, expected) in [
            ("127.0.0.1:5000", "http://127.0.0.1:5000/token", "own"),
            ("127.0.0.1:5000", "http://127.0.0.1:5001/token", "own"),
            ("127.0.0.1:5000", "http://127.0.0.1:5002/token", "stranger"),
            ("127.0.0.1:5000", "https://127.0.0.1:5000/token", "stranger"),
            ("localhost:5000", "http://localhost:5001/token", "stranger"),
            ("localhost:5000", "http://example.com/token", "refused"),
            (
                "localhost:5000",
                "http://127.0.0.1:1@example.com/",
                "refused",
            ),
            ("localhost:5000", "https://example.com/token", "stranger"),
        ] {
            let base = format!("http://{host}/v2/acme");
            assert_eq!(told(&base, host, realm), expected, "{host}: {realm}");
        }
    }
}
