//! Normalises a host with its port and a location on it, so that two of them can be compared.

use super::{GitPlace, OciPlace, Reference, is_host};

impl Reference {
    /// Returns the location without its version, normalised: the host is in lower case, and the default port is left
    /// out.
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

    /// True if fetching the pack contacts another machine or starts a program. A path that begins with two slashes
    /// names another machine on Windows, which learns who asks.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::Local(path) => {
                path.starts_with(['/', '\\']) && path[1..].starts_with(['/', '\\'])
            }
            Self::Git(_) | Self::Oci(_) => true,
        }
    }

    /// Returns the scheme and the host, which all locations on one machine share; `None` for a folder.
    pub fn machine(&self) -> Option<String> {
        let place = self.place();
        let (scheme, rest) = place.split_once("://")?;
        let (host, _) = rest.split_once('/')?;
        Some(format!("{scheme}://{host}/")).filter(|_| !host.is_empty())
    }
}

/// True if a text is a host, with or without a port.
pub fn is_authority(text: &str) -> bool {
    is_host(text).is_ok()
}

/// Returns a host and its port in lower case, without the default port: 443, or 80 for this machine, which is contacted
/// without TLS.
pub fn plain_authority(host: &str) -> String {
    let usual = if is_loopback(host) { 80 } else { 443 };
    without(host, Some(usual))
}

/// Returns an authority in lower case without the port `usual`. The name of a user keeps its case.
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

/// Splits a host into its name and its port; the port is empty if there is none.
fn split(host: &str) -> (&str, &str) {
    let name = match host.find(']') {
        Some(end) => end + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(name);
    (name, port.trim_start_matches(':'))
}

/// True if a host is this machine, which is contacted without TLS, as docker does.
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
