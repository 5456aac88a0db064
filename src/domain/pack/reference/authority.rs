//! A host with its port, and a place on it: the same one is written in one way, so that two can be compared.

use super::{GitPlace, OciPlace, Reference, is_host};

impl Reference {
    /// The place without the version, written in one way: its host in lower case, and without a port that goes without saying.
    pub fn place(&self) -> String {
        match self {
            Self::Local(path) => path.clone(),
            Self::Git(place) => {
                let host = without(&place.host, place.transport.port());
                let whole = GitPlace {
                    host,
                    revision: None,
                    ..place.clone()
                };
                whole.to_string()
            }
            Self::Oci(place) => {
                let whole = OciPlace {
                    host: plain_authority(&place.host),
                    pin: None,
                    ..place.clone()
                };
                whole.to_string()
            }
        }
    }

    /// Whether getting it reaches for another machine or starts a program. A path that begins with two slashes names a machine on
    /// Windows, which is told who asks.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::Local(path) => {
                path.starts_with(['/', '\\']) && path[1..].starts_with(['/', '\\'])
            }
            Self::Git(_) | Self::Oci(_) => true,
        }
    }

    /// The scheme and the host: what is shared by all places that one machine serves.
    pub fn machine(&self) -> Option<String> {
        let place = self.place();
        let (scheme, rest) = place.split_once("://")?;
        let (host, _) = rest.split_once('/')?;
        Some(format!("{scheme}://{host}/")).filter(|_| !host.is_empty())
    }
}

/// Whether a text is a host, with a port where there is one.
pub fn is_authority(text: &str) -> bool {
    is_host(text).is_ok()
}

/// A host and its port in lower case, without a port that goes without saying: 443, or 80 where the host is this machine, which
/// is reached without TLS.
pub fn plain_authority(host: &str) -> String {
    let usual = if is_loopback(host) { 80 } else { 443 };
    without(host, Some(usual))
}

/// In lower case but for the name of a user, without the port that goes without saying.
fn without(authority: &str, usual: Option<u16>) -> String {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (format!("{user}@"), host),
        None => (String::new(), authority),
    };
    let (name, port) = split(host);
    let name = name.to_ascii_lowercase();
    match port.parse::<u16>().ok().filter(|port| Some(*port) != usual) {
        Some(port) => format!("{user}{name}:{port}"),
        None => format!("{user}{name}"),
    }
}

/// The name and the port of a host; without one, an empty text.
fn split(host: &str) -> (&str, &str) {
    let name = match host.find(']') {
        Some(end) => end + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(name);
    (name, port.trim_start_matches(':'))
}

/// Whether a host is this machine, which is reached without TLS, as docker does.
pub fn is_loopback(host: &str) -> bool {
    let (name, _) = split(host);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_is_written_in_one_way() {
        for (written, expected) in [
            ("GHCR.io", "ghcr.io"),
            ("ghcr.io:443", "ghcr.io"),
            ("ghcr.io:0443", "ghcr.io"),
            ("ghcr.io:80", "ghcr.io:80"),
            ("ghcr.io:5000", "ghcr.io:5000"),
            ("localhost:80", "localhost"),
            ("localhost:443", "localhost:443"),
            ("[::1]:80", "[::1]"),
            ("[2001:DB8::1]:443", "[2001:db8::1]"),
            ("[2001:db8::1]:5000", "[2001:db8::1]:5000"),
        ] {
            assert_eq!(plain_authority(written), expected, "{written}");
        }
    }
}
