//! The recipients of a registry's credentials: its own host and port, and hosts to which it may send them. All requests
//! to each host are checked.

use super::super::Desk;
use super::configure;
use super::fake::{Asked, Fake, Reply, reply};

/// `anna:secret` in base64.
const ANNA: &str = "YW5uYTpzZWNyZXQ=";

/// A registry that gives empty answers and records the requests.
fn silent() -> Fake {
    Fake::new(|_, _| reply(404, "", b""))
}

/// True if a host received credentials in any form.
fn was_told(fake: &Fake) -> bool {
    let is_told = |asked: &Asked| {
        let headers = asked.headers.to_ascii_lowercase();
        headers.contains("authorization")
            || headers.contains("cookie")
            || asked.line.starts_with("POST")
    };
    fake.asked().iter().any(is_told)
}

/// Adds credentials for these names to Docker's configuration, as a password or a token.
fn known(desk: &Desk, names: &[&str], by_token: bool) {
    let entry = if by_token {
        serde_json::json!({"identitytoken": "refresh"})
    } else {
        serde_json::json!({"auth": ANNA})
    };
    let auths: serde_json::Map<_, _> = names
        .iter()
        .map(|name| ((*name).to_owned(), entry.clone()))
        .collect();
    configure(desk, &serde_json::json!({"auths": auths}).to_string());
}

fn reference(fake: &Fake) -> String {
    format!("oci://{}/acme?tag=1.0.0", fake.host)
}

/// The header with which a registry asks for a token.
fn bearer(realm: &str) -> String {
    format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"s\"\r\n")
}

/// A registry that requires credentials and then redirects to an address.
fn leading_to(address: impl Fn(&str) -> String + Send + Sync + 'static, status: u16) -> Fake {
    Fake::new(move |host, asked| match asked.headers.contains(ANNA) {
        false if asked.line.contains("/there") => reply(404, "", b""),
        false => reply(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", b""),
        true => reply(status, &format!("Location: {}\r\n", address(host)), b""),
    })
}

#[test]
fn what_says_who_asks_is_never_sent_on() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = silent();
        let port = elsewhere.host.rsplit_once(':').unwrap().1.to_owned();
        let own = elsewhere.host.clone();
        let desk = Desk::new();
        let leading: Vec<Fake> = vec![
            leading_to(move |_| format!("http://{own}/there"), status),
            leading_to(move |_| format!("http://localhost:{port}/there"), status),
            leading_to(|host| format!("http://{host}/there"), status),
            leading_to(|_| "/there".to_owned(), status),
        ];
        let mut followed = 0;
        for fake in leading {
            known(&desk, &[&fake.host], false);
            desk.refused(&reference(&fake));
            let there = fake
                .asked()
                .into_iter()
                .filter(|asked| asked.line.contains("/there"));
            assert!(
                there
                    .clone()
                    .all(|asked| !asked.headers.to_ascii_lowercase().contains("authorization")),
                "{there:?}"
            );
            followed += usize::from(there.count() > 0);
        }
        assert_eq!(followed, 2, "{status}: two lead back to the registry");
        assert_eq!(elsewhere.asked().len(), 2, "{status}: both were led there");
        assert!(!was_told(&elsewhere), "{status}: {:?}", elsewhere.asked());
    }
}

#[test]
fn where_a_registry_sends_on_nobody_is_answered_who_asks() {
    let elsewhere = Fake::new(|host, _| reply(401, &bearer(&format!("http://{host}/token")), b""));
    let there = elsewhere.host.clone();
    let fake = Fake::new(move |_, _| reply(307, &format!("Location: http://{there}/x\r\n"), b""));
    let desk = Desk::new();
    known(&desk, &[&fake.host, &elsewhere.host], false);
    let said = desk.refused(&reference(&fake));
    assert!(said.contains("does not permit it"), "{said}");
    assert!(
        !was_told(&elsewhere) && !was_told(&fake),
        "{:?}",
        elsewhere.asked()
    );
    assert_eq!(elsewhere.asked().len(), 1);
}

/// A realm that issues a token, and a registry that accepts it.
fn with_realm() -> (Fake, Fake) {
    let realm = Fake::new(|_, _| reply(200, "", br#"{"token":"t0ken"}"#));
    let there = realm.host.clone();
    let registry = Fake::new(move |_, asked| {
        if asked.headers.contains("Bearer t0ken") {
            reply(404, "", b"")
        } else {
            reply(401, &bearer(&format!("http://{there}/token")), b"")
        }
    });
    (registry, realm)
}

#[test]
fn a_realm_on_another_host_or_port_gets_nothing_unless_the_user_says_so() {
    for by_token in [false, true] {
        let (registry, realm) = with_realm();
        let desk = Desk::new();
        known(&desk, &[&registry.host, &realm.host], by_token);
        let said = desk.refused(&reference(&registry));
        assert!(
            said.contains(&format!("to be sent to {}", realm.host)),
            "{said}"
        );
        assert!(
            said.contains("nothing was sent") && said.contains("[[registries]]"),
            "{said}"
        );
        assert_eq!(realm.asked().len(), 0, "{:?}", realm.asked());
        // A project file cannot permit this.
        let permits = |registry: &str| {
            format!(
                "schema = 1\n[[registries]]\nhost = {registry:?}\nrealms = [{:?}]\n",
                realm.host
            )
        };
        let own = desk.path("rdsproxy-trust.toml");
        std::fs::write(&own, permits(&registry.host)).unwrap();
        desk.refused(&reference(&registry));
        std::fs::remove_file(&own).unwrap();
        // A permission for another port is valid for that port only.
        desk.trust(&permits("127.0.0.1:1"));
        desk.refused(&reference(&registry));
        assert_eq!(realm.asked().len(), 0, "{:?}", realm.asked());
        desk.trust(&permits(&registry.host));
        let said = desk.refused(&reference(&registry));
        assert!(said.contains("is not there"), "{said}");
        assert!(was_told(&realm));
        assert!(
            registry
                .asked()
                .iter()
                .all(|asked| !asked.headers.contains(ANNA))
        );
    }
    // An anonymous client may request a token anywhere.
    let (registry, realm) = with_realm();
    let said = Desk::new().refused(&reference(&registry));
    assert!(said.contains("is not there"), "{said}");
    assert!(!realm.asked().is_empty() && !was_told(&realm));
}

#[test]
fn a_realm_that_sends_on_is_not_followed() {
    for (by_token, status) in [(false, 302), (false, 307), (true, 302), (true, 308)] {
        let elsewhere = silent();
        let there = elsewhere.host.clone();
        let registry = Fake::new(move |host, asked| {
            if asked.line.contains("/token") {
                reply(status, &format!("Location: http://{there}/token\r\n"), b"")
            } else {
                reply(401, &bearer(&format!("http://{host}/token")), b"")
            }
        });
        let desk = Desk::new();
        known(&desk, &[&registry.host], by_token);
        desk.refused(&reference(&registry));
        assert_eq!(elsewhere.asked().len(), 0, "{:?}", elsewhere.asked());
    }
}

/// The names of credentials, where PORT is that of the registry and OTHER another one, and whether they belong to the
/// registry.
const NAMES: &[(&str, bool)] = &[
    ("127.0.0.1:PORT", true),
    ("http://127.0.0.1:PORT", true),
    ("https://127.0.0.1:PORT/v2/", true),
    ("127.0.0.1", false),
    ("http://127.0.0.1", false),
    ("https://127.0.0.1", false),
    ("127.0.0.1:OTHER", false),
    ("http://127.0.0.1:OTHER/", false),
    ("localhost:PORT", false),
    ("127.0.0.1:PORT.evil.example", false),
    ("evil.example/127.0.0.1:PORT", false),
];

#[test]
fn credentials_are_those_of_the_host_and_the_port() {
    for (name, is_its) in NAMES {
        let fake = Fake::new(|_, _| reply(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", b""));
        let (_, port) = fake.host.rsplit_once(':').unwrap();
        let name = name.replace("PORT", port).replace("OTHER", "1");
        for helper in [false, true] {
            let desk = Desk::new();
            if !helper {
                known(&desk, &[&name], false)
            } else {
                configure(
                    &desk,
                    &serde_json::json!({"credHelpers": {name.as_str(): "drawer"}}).to_string(),
                )
            }
            let before = fake.asked().len();
            let said = desk.refused(&reference(&fake));
            if helper {
                assert_eq!(said.contains("cannot be run"), *is_its, "{name}: {said}")
            } else {
                let told = fake.asked()[before..]
                    .iter()
                    .any(|asked| asked.headers.contains(ANNA));
                assert_eq!(told, *is_its, "{name}: {said}");
            }
        }
    }
}

/// A helper stores credentials by host and port, so it must be asked with both.
#[cfg(unix)]
#[test]
fn a_store_of_credentials_is_asked_for_the_host_and_the_port() {
    let fake = silent();
    let realm: fn(&str, &Asked) -> Reply =
        |_, _| reply(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", b"");
    let locked = Fake::new(realm);
    let desk = Desk::new();
    let helper = desk.path("bin/docker-credential-drawer");
    std::fs::create_dir_all(helper.parent().unwrap()).unwrap();
    let asked = desk.path("asked");
    let script = format!(
        "#!/bin/sh\n/bin/cat >> {}\necho '{{\"Username\":\"anna\",\"Secret\":\"secret\"}}'\n",
        asked.display()
    );
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let auths = serde_json::json!({"auths": {&fake.host: {"auth": "other"}, "127.0.0.1": {"auth": ANNA}}, "credsStore": "drawer"});
    configure(&desk, &auths.to_string());
    let mut build = desk.program();
    build
        .args(["pack", "build", &reference(&locked)])
        .env("PATH", helper.parent().unwrap());
    crate::support::program::ended(&mut build);
    assert_eq!(std::fs::read_to_string(asked).unwrap(), locked.host);
    assert!(was_told(&locked) && !was_told(&fake));
}
