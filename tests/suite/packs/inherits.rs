//! A pack that inherits another one: its own settings take precedence, missing ones are inherited, and nothing becomes
//! looser.

use std::fs;
use std::path::Path;

use rdsproxy_gen::io::store::archive::digest;

use super::used::new;
use super::{acme, pack, put};
use crate::generating::acceptance::tools::copy;
use crate::support::program::{contents, ended, program, stderr, stdout};

/// The pack of a company, and that of a team which inherits it.
fn family(base_answers: &str, team_answers: &str) -> tempfile::TempDir {
    let folder = acme();
    let at = folder.path();
    copy(&at.join("acme"), &at.join("base"));
    let manifest = fs::read_to_string(at.join("base/pack.toml")).unwrap();
    fs::write(
        at.join("base/pack.toml"),
        manifest.replace("name = \"acme\"", "name = \"base\""),
    )
    .unwrap();
    fs::write(
        at.join("base/templates/terraform/COMPANY.md.tera"),
        "# Of the company\n",
    )
    .unwrap();
    fs::write(
        at.join("base/templates/terraform/HOUSE.md.tera"),
        "# Of the company's house\n",
    )
    .unwrap();
    fs::write(
        at.join("base/policy.toml"),
        "schema = 1\n[limits]\nborrow_timeout = 60\n",
    )
    .unwrap();
    answers(&at.join("base"), base_answers);
    inherit(at, &digest_of(at));
    put(at, "templates/terraform/HOUSE.md.tera", "# Of the team\n");
    answers(&at.join("acme"), team_answers);
    folder
}

fn answers(pack: &Path, answers: &str) {
    if !answers.is_empty() {
        fs::write(pack.join("answers.toml"), format!("schema = 1\n{answers}")).unwrap();
    }
}

/// The digest of the company's pack, as `pack build` computes it.
fn digest_of(at: &Path) -> String {
    let archive = at.join("base.tar");
    let _ = fs::remove_file(&archive);
    let (code, said) = pack(at, &["build", "base", "--output", "base.tar"]);
    assert_eq!(code, 0, "{said}");
    digest(&fs::read(archive).unwrap())
}

fn inherit(at: &Path, digest: &str) {
    let file = at.join("acme/pack.toml");
    let manifest = fs::read_to_string(&file).unwrap();
    let (own, _) = manifest
        .split_once("\n[inherits]")
        .unwrap_or((&manifest, ""));
    fs::write(
        &file,
        format!(
            "{}\n\n[inherits]\npack = \"base\"\ndigest = \"{digest}\"\n",
            own.trim_end()
        ),
    )
    .unwrap();
}

#[test]
fn what_a_pack_does_not_say_the_one_above_says() {
    let folder = family(
        "[locked]\nmonitoring.log_retention_days = 731\n",
        "[locked]\ntags.Team = \"orders\"\n",
    );
    let at = folder.path();
    let (code, said) = pack(at, &["check", "acme", "--accept"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = new(at, &["--pack", "acme"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("monitoring.log_retention_days = 731") && said.contains("tags.Team = orders"),
        "{said}"
    );
    let text = |path: &str| fs::read_to_string(at.join("project").join(path)).unwrap();
    assert_eq!(text("terraform/COMPANY.md"), "# Of the company\n");
    assert_eq!(text("terraform/HOUSE.md"), "# Of the team\n");
    assert!(text("rdsproxy.toml").contains("log_retention_days = 731"));
    assert!(text(".rdsproxy-gen/baseline.json").contains("\"name\": \"acme\""));

    // The company's limits are inherited too, since the team's pack sets none.
    let output = ended(
        program(at)
            .args([
                "new",
                "slow",
                "--pack",
                "acme",
                "--set",
                "pool.borrow_timeout=90",
            ])
            .args([
                "--answers",
                "acme/samples/instance.toml",
                "--non-interactive",
            ]),
    );
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("60"), "{said}");
}

#[test]
fn what_the_one_above_may_not_have_the_one_below_has_not_either() {
    let folder = family("", "");
    let at = folder.path();
    let role = "resource \"aws_iam_role\" \"bd\" {\n  name = \"bd\"\n}\n";
    fs::write(at.join("base/templates/terraform/extra.tf.tera"), role).unwrap();
    inherit(at, &digest_of(at));
    for (code, said) in [
        pack(at, &["check", "acme", "--accept"]),
        new(at, &["--pack", "acme"]),
    ] {
        let is_told = said.contains("terraform/modules/proxy/extra.tf:1:1: resource aws_iam_role");
        assert!(code == 1 && is_told, "{code}: {said}");
    }
    assert!(!at.join("project").exists());
}

#[test]
fn a_pack_above_that_is_another_one_is_refused() {
    let folder = family("", "");
    let at = folder.path();
    fs::write(at.join("base/README.md"), "Changed.\n").unwrap();
    let before = contents(at);
    for arguments in [
        &["check", "acme"][..],
        &["build", "acme"],
        &["verify", "acme"],
    ] {
        let (code, said) = pack(at, arguments);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("inherits base with the digest sha256:"),
            "{said}"
        );
    }
    let (code, said) = new(at, &["--pack", "acme"]);
    assert!(
        code == 1 && said.contains("inherits base with the digest"),
        "{said}"
    );
    assert_eq!(contents(at), before, "nothing is left behind");

    fs::remove_dir_all(at.join("base")).unwrap();
    let (code, said) = pack(at, &["check", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("pack.toml of acme inherits it"), "{said}");
}

/// The settings of the company, those of the team, and the reason why they conflict.
const LOOSER: &[(&str, &str, &str)] = &[
    (
        "[locked]\nmonitoring.log_retention_days = 731\n",
        "[locked]\nmonitoring.log_retention_days = 30\n",
        "is locked to 30 by acme, and the pack base locks it to 731",
    ),
    (
        "[allowed]\npool.max_connections_percent = { most = 50 }\n",
        "[locked]\npool.max_connections_percent = 80\n",
        "is locked to 80 by acme",
    ),
    (
        "[locked]\npool.max_connections_percent = 80\n",
        "[allowed]\npool.max_connections_percent = { most = 50 }\n",
        "is locked to 80 by base",
    ),
    (
        "[allowed]\npool.max_connections_percent = { most = 50 }\n",
        "[defaults]\npool.max_connections_percent = 80\n",
        "is by default 80 by acme",
    ),
];

#[test]
fn what_the_one_above_says_is_never_loosened() {
    for (company, team, expected) in LOOSER {
        let folder = family(company, team);
        for (code, said) in [
            pack(folder.path(), &["check", "acme"]),
            new(folder.path(), &["--pack", "acme"]),
        ] {
            assert_eq!(code, 1, "{said}");
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
    // The allowed values are those that both packs allow.
    let folder = family(
        "[allowed]\nproxy.engine = [\"postgresql\", \"mysql\"]\n",
        "[allowed]\nproxy.engine = [\"mysql\", \"mariadb\"]\n",
    );
    let (code, said) = new(
        folder.path(),
        &["--pack", "acme", "--set", "proxy.engine=mariadb"],
    );
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("the pack base takes postgresql, mysql"),
        "{said}"
    );
    let (code, said) = new(
        folder.path(),
        &["--pack", "acme", "--set", "proxy.engine=postgresql"],
    );
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("the pack acme takes mysql, mariadb"),
        "{said}"
    );
}

#[test]
fn packs_above_each_other_come_to_an_end() {
    let folder = acme();
    let at = folder.path();
    // A reference to a pack contains its digest. A pack that names itself cannot contain its own digest, and is not
    // followed.
    let manifest = fs::read_to_string(at.join("acme/pack.toml")).unwrap();
    let naming = |above: &str, digest: &str| {
        format!("{manifest}\n[inherits]\npack = \"{above}\"\ndigest = \"{digest}\"\n")
    };
    let zeros = format!("sha256:{}", "0".repeat(64));
    fs::write(at.join("acme/pack.toml"), naming("acme", &zeros)).unwrap();
    let (code, said) = pack(at, &["check", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("inherits acme with the digest"), "{said}");

    let mut digest_above: Option<String> = None;
    for number in 0..=4 {
        let name = format!("p{number}");
        copy(&at.join("acme"), &at.join(&name));
        let text = match &digest_above {
            Some(digest) => naming(&format!("p{}", number - 1), digest),
            None => manifest.clone(),
        };
        let text = text.replace("name = \"acme\"", &format!("name = \"{name}\""));
        fs::write(at.join(&name).join("pack.toml"), text).unwrap();
        let (code, said) = pack(at, &["build", &name, "--output", &format!("{name}.tar")]);
        assert_eq!(code, i32::from(number == 4), "{said}");
        if number == 4 {
            assert!(
                said.contains("more than 3 packs stand above each other"),
                "{said}"
            );
            return;
        }
        digest_above = Some(digest(&fs::read(at.join(format!("{name}.tar"))).unwrap()));
    }
}

#[test]
fn what_templates_may_use_is_written_down() {
    let printed = ended(program(Path::new(".")).args(["schema", "context"]));
    let schema: serde_json::Value = serde_json::from_str(&stdout(&printed)).unwrap();
    let known = schema["properties"].as_object().unwrap();
    for name in [
        "proxy",
        "engine",
        "users",
        "consumers",
        "pool",
        "tags",
        "context_version",
    ] {
        assert!(known.contains_key(name), "{name}");
    }
    let folder = acme();
    let at = folder.path();
    put(
        at,
        "templates/terraform/HOUSE.md.tera",
        "# {{ tool_version }} {{ context_version }} {{ proxy.name }}\n",
    );
    assert_eq!(pack(at, &["check", "acme", "--accept"]).0, 0);
    let text = fs::read_to_string(at.join("acme/expected/instance/terraform/HOUSE.md")).unwrap();
    assert!(text.contains(" 1 orders-proxy"), "{text}");
}
