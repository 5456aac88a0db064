//! A trust file of the project restricts that of the user, and never extends it.

use std::fs;

use rdsproxy_gen::domain::pack::Reference;
use rdsproxy_gen::domain::trust::{Provenance, Trust, TrustFile, TrustSubject, comment};
use rdsproxy_gen::io::signing::{NewKey, SigningKey, generate};
use time::macros::date;

use super::{project, run, write};
use crate::packs::stores::Desk;

const BYTES: &[u8] = b"the archive of a pack";

/// A trust file from its lines, in which KEY and OTHER are replaced by keys; none if there are no lines.
fn file(name: &str, lines: Option<&str>, [key, other]: &[NewKey; 2]) -> Option<TrustFile> {
    let text = lines?
        .replace("KEY", &format!("key = {:?}", key.key.line()))
        .replace("OTHER", &format!("key = {:?}", other.key.line()));
    Some(TrustFile::parse(&format!("schema = 1\n{text}\n"), name).unwrap())
}

/// The verdict on acme 1.2.0, signed with the first key or unsigned.
fn said(trust: &Trust, key: &NewKey, is_signed: bool) -> String {
    let comment = comment("acme", "1.2.0", "sha256:01");
    let secret = SigningKey::open(&key.secret, || panic!("it is open")).unwrap();
    let signature = secret.sign(BYTES, &comment).unwrap();
    let subject = TrustSubject {
        what: "acme 1.2.0",
        name: "acme",
        bytes: BYTES,
        signature: Some(signature.as_str()).filter(|_| is_signed),
        comment: &comment,
    };
    match trust.judge(&subject, date!(2026 - 11 - 25)) {
        Ok(Provenance::Verified { file, allow, .. }) => {
            format!("verified by {file} {}", allow.join(","))
        }
        Ok(Provenance::Unverified(why)) => format!("unverified: {why}"),
        Err(error) => format!("refused: {error}"),
    }
}

const ACME: &str = "[[keys]]\nowner = \"o\"\nKEY\npacks = [\"acme\"]";

/// The user's file, the project's file, and the verdict on a signed pack.
const SIGNED: &[(Option<&str>, Option<&str>, &str)] = &[
    (Some(ACME), None, "verified by user"),
    (Some(ACME), Some(ACME), "verified by user"),
    (Some(ACME), Some("sources = []"), "verified by user"),
    (
        None,
        None,
        "unverified: the signature of acme 1.2.0, by key",
    ),
    // A cloned repository cannot make its own key trusted.
    (
        None,
        Some(ACME),
        "unverified: the signature of acme 1.2.0, by key",
    ),
    (
        Some("[[keys]]\nowner = \"o\"\nOTHER\npacks = [\"*\"]"),
        Some(ACME),
        "which user does not know",
    ),
    (Some("keys = []"), Some(ACME), "which user does not know"),
    (
        Some("require_signatures = false"),
        Some(ACME),
        "which user does not know",
    ),
    (
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"billing\"]"),
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"*\"]"),
        "which user does not trust for this name",
    ),
    (
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"*\"]\nrevoked = \"lost\""),
        Some(ACME),
        "which was revoked: lost",
    ),
    (
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"*\"]\nuntil = \"2026-11-24\""),
        Some(ACME),
        "which counted until 2026-11-24",
    ),
    // It can revoke trust.
    (Some(ACME), Some("keys = []"), "which project does not know"),
    (
        Some(ACME),
        Some("[[keys]]\nowner = \"o\"\nOTHER\npacks = [\"*\"]"),
        "which project does not know",
    ),
    (
        None,
        Some("[[keys]]\nowner = \"o\"\nOTHER\npacks = [\"*\"]"),
        "which project does not know",
    ),
    (
        Some(ACME),
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"billing\"]"),
        "which project does not trust for this name",
    ),
    (
        Some(ACME),
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"*\"]\nrevoked = \"lost\""),
        "which was revoked: lost",
    ),
    (
        Some(ACME),
        Some("[[keys]]\nowner = \"o\"\nKEY\npacks = [\"*\"]\nuntil = \"2026-11-24\""),
        "which counted until 2026-11-24",
    ),
];

/// The same for an unsigned pack.
const UNSIGNED: &[(Option<&str>, Option<&str>, &str)] = &[
    (None, None, "unverified: acme 1.2.0 is not signed"),
    (
        Some("require_signatures = false"),
        None,
        "unverified: acme 1.2.0 is not signed",
    ),
    (
        Some(ACME),
        Some("require_signatures = false"),
        "refused: acme 1.2.0 is not signed, and user requires",
    ),
    (
        Some("require_signatures = false"),
        Some("require_signatures = false"),
        "unverified: acme",
    ),
    (
        Some("require_signatures = false"),
        Some(ACME),
        "refused: acme 1.2.0 is not signed, and project requires",
    ),
    (
        None,
        Some(ACME),
        "refused: acme 1.2.0 is not signed, and project requires",
    ),
    (None, Some("require_signatures = false"), "unverified: acme"),
];

#[test]
fn a_project_takes_keys_away_and_never_adds_one() {
    let keys = [(); 2].map(|()| generate(None).unwrap());
    for (table, is_signed) in [(SIGNED, true), (UNSIGNED, false)] {
        for (user, project, expected) in table {
            let trust = Trust::new(file("user", *user, &keys), file("project", *project, &keys));
            let said = said(&trust, &keys[0], is_signed);
            assert!(said.contains(expected), "{user:?} {project:?}: {said}");
        }
    }
}

#[test]
fn a_project_takes_allowances_away_and_never_adds_one() {
    let keys = [(); 2].map(|()| generate(None).unwrap());
    let with = |allow: &str| match allow {
        "" => ACME.to_owned(),
        allow => format!("{ACME}\nallow = [{allow}]"),
    };
    for (user, project, expected) in [
        (
            "\"aws_a\", \"aws_b\"",
            Some("\"aws_b\", \"aws_c\""),
            "verified by user aws_b",
        ),
        ("\"aws_a\"", Some(""), "verified by user "),
        ("", Some("\"aws_a\""), "verified by user "),
        ("\"aws_a\"", None, "verified by user aws_a"),
    ] {
        let project = project.map(with);
        let trust = Trust::new(
            file("user", Some(&with(user)), &keys),
            file("project", project.as_deref(), &keys),
        );
        assert_eq!(said(&trust, &keys[0], true), expected, "{user} {project:?}");
    }
}

const REALM: &str = "[[registries]]\nhost = \"h.io\"\nrealms = [\"login.example\"]";

/// The user's file, the project's file, and whether the source may be contacted, the realm gets credentials, and a list
/// is required.
const PLACES: &[(Option<&str>, Option<&str>, [bool; 3])] = &[
    (None, None, [false, false, false]),
    (
        None,
        Some("sources = [\"oci://h.io/\"]"),
        [false, false, false],
    ),
    (
        Some("sources = [\"oci://h.io/\"]"),
        None,
        [true, false, false],
    ),
    (
        Some("sources = [\"oci://h.io/\"]"),
        Some(ACME),
        [true, false, false],
    ),
    (
        Some("sources = [\"oci://h.io/\"]"),
        Some("sources = []"),
        [false, false, false],
    ),
    (
        Some("sources = [\"oci://h.io/\"]"),
        Some("sources = [\"oci://h.io/packs/acme\"]"),
        [true, false, false],
    ),
    (
        Some("sources = [\"oci://h.io/packs/acme\"]"),
        Some("sources = [\"oci://h.io/other\"]"),
        [false, false, false],
    ),
    (
        Some("sources = [\"oci://h.io/other\"]"),
        Some("sources = [\"oci://h.io/\"]"),
        [false, false, false],
    ),
    (None, Some(REALM), [false, false, false]),
    (Some(REALM), None, [false, true, false]),
    (Some(REALM), Some(REALM), [false, true, false]),
    (Some(REALM), Some("registries = []"), [false, false, false]),
    (
        Some("require_lists = true"),
        Some("require_lists = false"),
        [false, false, true],
    ),
    (None, Some("require_lists = true"), [false, false, true]),
];

#[test]
fn a_project_takes_places_and_realms_away_and_never_adds_one() {
    let keys = [(); 2].map(|()| generate(None).unwrap());
    let place = Reference::parse("oci://h.io/packs/acme?tag=1.0.0").unwrap();
    for (user, project, expected) in PLACES {
        let trust = Trust::new(file("user", *user, &keys), file("project", *project, &keys));
        let found = [
            trust.may_ask(&place),
            trust.realms().permits("h.io", "login.example"),
            trust.requires_lists(),
        ];
        assert_eq!(found, *expected, "{user:?} {project:?}");
    }
}

#[test]
fn a_trust_file_says_what_is_wrong_with_places_and_realms() {
    for (lines, expected) in [
        (
            "sources = [\"oci://h.io/a?tag=1.0.0\"]",
            "t:2:12: name the place without a version",
        ),
        (
            "sources = [\"acme\"]",
            "t:2:12: a folder of this machine needs no permission",
        ),
        (
            "sources = [\"https://h.io/a\"]",
            "t:2:12: \"https\" is not a scheme",
        ),
        (
            "[[registries]]\nhost = \"https://h.io\"\nrealms = []",
            "t:3:8: this is not a host",
        ),
        (
            "[[registries]]\nhost = \"h.io\"\nrealms = [\"*\"]",
            "t:4:11: this is not a host",
        ),
        ("source = []", "did you mean `sources`?"),
    ] {
        let error = TrustFile::parse(&format!("schema = 1\n{lines}\n"), "t").unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// Cloning a repository implies no trust: neither in its key nor in the permissions of that key.
#[test]
fn a_cloned_repository_names_its_own_key_in_vain() {
    let desk = Desk::new();
    desk.key("team", "acme");
    fs::rename(desk.trust_file(), desk.path("rdsproxy-trust.toml")).unwrap();
    let own = fs::read_to_string(desk.path("rdsproxy-trust.toml")).unwrap();
    let allowed = format!("{own}allow = [\"aws_cloudwatch_dashboard\"]\n");
    write(&desk.path("rdsproxy-trust.toml"), &allowed);
    let dashboard = "resource \"aws_cloudwatch_dashboard\" \"proxy\" {\n  dashboard_name = var.name\n  dashboard_body = jsonencode({ widgets = [] })\n}\n";
    let template = "templates/terraform/dashboard.tf.tera";
    desk.put(template, dashboard);
    desk.done(&["sign", "acme", "--key", "team.key"]);
    let (code, said) = desk.pack(&["verify", "acme"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("counts for nothing yet") && said.contains("--trust"),
        "{said}"
    );
    let (code, said) = project(&desk, "project", &["--pack", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("aws_cloudwatch_dashboard") && !desk.path("project").exists(),
        "{said}"
    );

    fs::remove_file(desk.path("acme").join(template)).unwrap();
    fs::remove_file(desk.path("acme/pack.minisig")).unwrap();
    desk.done(&["sign", "acme", "--key", "team.key"]);
    let (code, said) = project(&desk, "project", &["--pack", "acme"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("unverified: the signature of acme"), "{said}");
    let signer = || {
        let text = fs::read(desk.path("project/.rdsproxy-gen/baseline.json")).unwrap();
        let baseline: serde_json::Value = serde_json::from_slice(&text).unwrap();
        baseline["pack"].get("signer").is_some()
    };
    assert!(!signer());
    let (_, said) = run(&desk, &["pack", "status", "project"]);
    assert!(said.contains("acme 0.1.0  nobody"), "{said}");
    // The file can be named explicitly.
    let trust = ["--trust", "rdsproxy-trust.toml"];
    assert!(
        desk.done(&[&["verify", "acme"], &trust[..]].concat())
            .contains("verified signed")
    );
    let (code, said) = project(
        &desk,
        "project",
        &[&["--pack", "acme"], &trust[..]].concat(),
    );
    assert!(code == 0 && signer(), "{said}");
}
