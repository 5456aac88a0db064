//! Wrong usage, with an empty environment and without a terminal: the message names the fault, its place, and the
//! remedy.

use std::fs;

use crate::support::program::{ended, program, stderr, stdout};

/// The arguments, the exit code, and the expected texts on standard error.
type Slip = (&'static [&'static str], i32, &'static [&'static str]);

const SLIPS: &[Slip] = &[
    (
        &["new"],
        1,
        &[
            "answers are missing",
            "--set database.identifier=",
            "--live",
        ],
    ),
    (
        &["new", "--demo"],
        1,
        &["5 answers are missing", "--defaults"],
    ),
    (
        &["new", "--demo", "--live"],
        1,
        &["'--demo' cannot be used with '--live'"],
    ),
    (
        &["new", "--demo", "--region", "eu-west-1"],
        1,
        &["--region", "--demo"],
    ),
    (
        &["new", "--snapshot", "part.toml", "--profile", "x"],
        1,
        &["--profile"],
    ),
    (&["new", "--profile", "x"], 1, &["--live"]),
    (&["new", "--dem"], 1, &["'--demo'"]),
    (
        &["new", "--demo", "--defaults", "--non-interactive"],
        1,
        &["cannot be used with"],
    ),
    (
        &["new", "--demo", "--set", "proxy.name"],
        1,
        &["has no value", "--set proxy.name=orders-proxy"],
    ),
    (
        &["new", "--demo", "--set", "proxy.nmae=x"],
        1,
        &["--set proxy.nmae", "did you mean `proxy.name`?"],
    ),
    (
        &["new", "--demo", "--set", "proxy.engine=postgres"],
        1,
        &["--set proxy.engine", "did you mean `postgresql`?"],
    ),
    (
        &["new", "--set", "proxy.region=eu-west1"],
        1,
        &["--set proxy.region", "did you mean `eu-west-1`?"],
    ),
    (
        &[
            "new",
            "--demo",
            "--set",
            "users=app",
            "--set",
            "users.ap.access=read-only",
        ],
        1,
        &["did you mean `users.app.access`?"],
    ),
    (
        &["new", "--demo", "--set", "users.app.access=read-only"],
        1,
        &["put --set users=NAME before it"],
    ),
    (
        &["new", "--demo", "--target", "terrafrom"],
        1,
        &["--target: ", "did you mean `terraform`?"],
    ),
    (
        &[
            "new",
            "--demo",
            "--defaults",
            "--set",
            "database.identifier=orders-bd",
        ],
        1,
        &["--set database.identifier: ", "did you mean `orders-db`?"],
    ),
    (
        &[
            "new",
            "--demo",
            "--defaults",
            "--set",
            "pool.max_connections_percent=20",
            "--set",
            "pool.max_idle_connections_percent=50",
        ],
        1,
        &["error: --set pool.max_idle_connections_percent: "],
    ),
    (
        &["new", "--demo", "--defaults", "--answers", "part.toml"],
        1,
        &["part.toml:5:32: pool.max_idle_connections_percent: "],
    ),
    (
        &["new", "--demo", "--answers", "typo.toml"],
        1,
        &["typo.toml:2:1: ", "did you mean `proxy.name`?"],
    ),
    (
        &["new", "--demo", "--answers", "no.toml"],
        1,
        &["cannot read no.toml"],
    ),
    (
        &["new", "--snapshot", "part.toml"],
        1,
        &["part.toml", "not a snapshot"],
    ),
    (
        &["new", "part.toml", "--demo", "--defaults"],
        1,
        &["part.toml is a file, not a directory"],
    ),
    (
        &["rules", "cleint-tls"],
        1,
        &[
            "there is no rule",
            "did you mean `client-tls-not-required`?",
        ],
    ),
    (
        &["update"],
        1,
        &["it was not generated here", "rdsproxy-gen audit"],
    ),
    (&["audit"], 1, &["<PATH>..."]),
    (&["nwe"], 1, &["unrecognized subcommand 'nwe'"]),
];

#[test]
fn every_slip_is_told_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let part = "[proxy]\nname = \"shop\"\n[pool]\nmax_connections_percent = 20\nmax_idle_connections_percent = 50\n";
    fs::write(home.join("part.toml"), part).unwrap();
    fs::write(home.join("typo.toml"), "[proxy]\nnmae = \"x\"\n").unwrap();
    for (arguments, code, parts) in SLIPS {
        let output = ended(program(home).args(*arguments));
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {said}");
        for part in *parts {
            assert!(said.contains(part), "{arguments:?} lacks {part:?}: {said}");
        }
        for never in ["rdsproxy.toml:", "unfinished", ".tmp", "panicked"] {
            assert!(
                !said.contains(never),
                "{arguments:?} says {never:?}: {said}"
            );
        }
        assert_eq!(
            fs::read_dir(home).unwrap().count(),
            2,
            "{arguments:?} wrote something"
        );
    }
}

#[test]
fn the_region_of_the_environment_is_taken_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    fs::write(&config, "[profile shop]\nregion = eu-west-3\n").unwrap();
    let answers = [
        "database.identifier=orders-db",
        "proxy.engine=postgresql",
        "database.engine_version=16.4",
        "database.security_group_ids=sg-0123456789abcdef0",
        "proxy.account_id=123456789012",
        "network.vpc_id=vpc-0123456789abcdef0",
        "network.subnet_ids=subnet-0123456789abcdef0,subnet-0123456789abcdef1",
    ];
    let config = config.display().to_string();
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[
                ("AWS_REGION", "eu-west-1"),
                ("AWS_DEFAULT_REGION", "eu-west-2"),
            ],
            "region eu-west-1, from AWS_REGION",
        ),
        (
            &[("AWS_DEFAULT_REGION", "eu-west-2")],
            "region eu-west-2, from AWS_DEFAULT_REGION",
        ),
        (
            &[("AWS_CONFIG_FILE", &config), ("AWS_PROFILE", "shop")],
            "region eu-west-3, from the AWS profile shop",
        ),
    ];
    for (environment, expected) in cases {
        let mut command = program(folder.path());
        command.envs(environment.iter().copied());
        command.args(["new", "x", "--defaults", "--dry-run"]);
        command.args(answers.iter().flat_map(|answer| ["--set", answer]));
        let output = ended(&mut command);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn help_is_grouped_and_fits_eighty_columns() {
    let folder = tempfile::tempdir().unwrap();
    let cases: &[(&str, &[&str])] = &[
        ("new", &["Account:", "Pack:", "Answers:", "Output:"]),
        (
            "audit",
            &[
                "Report:",
                "Fixing:",
                "Variables and parameters:",
                "Policy:",
                "Account:",
            ],
        ),
        ("drift", &["Report:", "Policy:", "Account:"]),
        (
            "update",
            &["What to do:", "Report:", "Pack:", "Policy:", "Account:"],
        ),
    ];
    for (command, headings) in cases {
        let help = stdout(&ended(program(folder.path()).args([command, "--help"])));
        for heading in *headings {
            assert_eq!(
                help.lines().filter(|line| line == heading).count(),
                1,
                "{command}: {help}"
            );
        }
        let wide = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{command}");
    }
}
