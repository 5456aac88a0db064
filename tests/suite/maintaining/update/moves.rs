//! Moved code: renamed, split, joined or converted files, and folders that were moved or made a module. `drift` reports
//! the move as such, and an update follows it: no file is created twice, no edit is lost, and an undo restores every
//! byte.

use std::fs;
use std::path::Path;

use super::{another_spec, holds, home, replace, update};
use crate::support::program::{contents, ended, program, stderr, stdout};
use crate::support::scale;

/// One operation on a project, with paths below it.
#[derive(Debug)]
enum Act {
    Move(&'static str, &'static str),
    /// Joins files into one, in this order.
    Join(&'static [&'static str], &'static str),
    /// Moves the block that begins with a line to the end of another file.
    Block(&'static str, &'static str, &'static str),
    Replace(&'static str, &'static str, &'static str),
    /// Converts the template to JSON, with sorted members.
    Json,
    /// Calls the module in the folder by this name, with the values of the generated root module, which goes.
    Call(&'static str, &'static str),
}

use Act::{Block, Call, Join, Json, Move, Replace};

/// A move: the operations, the output of `drift --all`, the file that the update writes, the text that is in it then,
/// and the text that is not.
struct Case {
    acts: &'static [Act],
    told: &'static str,
    class: &'static str,
    written: (&'static str, &'static str),
    absent: &'static [&'static str],
}

const POOL: &str = "borrow_timeout               = 45";

const CASES: &[Case] = &[
    Case {
        acts: &[Move(
            "terraform/modules/proxy/main.tf",
            "terraform/modules/proxy/proxy.tf",
        )],
        told: "project/terraform/modules/proxy/main.tf is project/terraform/modules/proxy/proxy.tf now",
        class: "no drift, 1 cosmetic",
        written: (
            "terraform/modules/proxy/proxy.tf",
            "aws_db_proxy\" \"this\"",
        ),
        absent: &["terraform/modules/proxy/main.tf"],
    },
    Case {
        acts: &[
            Move(
                "terraform/modules/proxy/main.tf",
                "terraform/modules/proxy/proxy.tf",
            ),
            Replace(
                "terraform/modules/proxy/proxy.tf",
                "debug_logging = false",
                "debug_logging = false # as agreed",
            ),
        ],
        told: "+ debug_logging = false # as agreed",
        class: "no drift, 2 cosmetic",
        written: (
            "terraform/modules/proxy/proxy.tf",
            "debug_logging = false # as agreed",
        ),
        absent: &["terraform/modules/proxy/main.tf"],
    },
    Case {
        acts: &[Join(
            &[
                "terraform/modules/proxy/iam.tf",
                "terraform/modules/proxy/main.tf",
                "terraform/modules/proxy/secrets.tf",
            ],
            "terraform/modules/proxy/all.tf",
        )],
        told: "project/terraform/modules/proxy/iam.tf is project/terraform/modules/proxy/all.tf now",
        class: "no drift, 3 cosmetic",
        written: ("terraform/modules/proxy/all.tf", "aws_db_proxy\" \"this\""),
        absent: &[
            "terraform/modules/proxy/main.tf",
            "terraform/modules/proxy/iam.tf",
            "terraform/modules/proxy/secrets.tf",
        ],
    },
    Case {
        acts: &[Join(
            &[
                "terraform/modules/proxy/main.tf",
                "terraform/modules/proxy/iam.tf",
            ],
            "terraform/modules/proxy/main.tf",
        )],
        told: "project/terraform/modules/proxy/iam.tf is project/terraform/modules/proxy/main.tf now",
        class: "no drift, 1 cosmetic",
        written: (
            "terraform/modules/proxy/main.tf",
            "aws_iam_role\" \"proxy\"",
        ),
        absent: &["terraform/modules/proxy/iam.tf"],
    },
    Case {
        acts: &[
            Block(
                "terraform/modules/proxy/main.tf",
                "resource \"aws_db_proxy\"",
                "terraform/modules/proxy/proxy.tf",
            ),
            Block(
                "terraform/modules/proxy/main.tf",
                "resource \"aws_db_proxy_target\"",
                "terraform/modules/proxy/target.tf",
            ),
        ],
        told: "blocks of project/terraform/modules/proxy/main.tf stand in project/terraform/modules/proxy/proxy.tf now",
        class: "no drift",
        written: ("terraform/modules/proxy/proxy.tf", "require_tls = true"),
        absent: &[],
    },
    Case {
        acts: &[Block(
            "terraform/modules/proxy/main.tf",
            "resource \"aws_db_proxy\"",
            "terraform/modules/proxy/iam.tf",
        )],
        told: "blocks of project/terraform/modules/proxy/main.tf stand in project/terraform/modules/proxy/iam.tf now",
        class: "no drift",
        written: ("terraform/modules/proxy/iam.tf", "require_tls = true"),
        absent: &[],
    },
    Case {
        acts: &[Move(
            "terraform/terraform.tfvars",
            "terraform/orders.auto.tfvars",
        )],
        told: "project/terraform/terraform.tfvars is project/terraform/orders.auto.tfvars now",
        class: "no drift, 1 cosmetic",
        written: ("terraform/orders.auto.tfvars", POOL),
        absent: &["terraform/terraform.tfvars"],
    },
    Case {
        acts: &[Move("terraform", "infra")],
        told: "project/terraform is project/infra now",
        class: "no drift, 1 cosmetic",
        written: ("infra/terraform.tfvars", POOL),
        absent: &["terraform"],
    },
    Case {
        acts: &[
            Move("terraform", "infra/prod"),
            Move("infra/prod/main.tf", "infra/prod/proxy.tf"),
            Move(
                "infra/prod/modules/proxy/main.tf",
                "infra/prod/modules/proxy/proxy.tf",
            ),
        ],
        told: "project/infra/prod/modules/proxy/main.tf is project/infra/prod/modules/proxy/proxy.tf now",
        class: "no drift, 3 cosmetic",
        written: ("infra/prod/terraform.tfvars", POOL),
        absent: &[
            "terraform",
            "infra/prod/main.tf",
            "infra/prod/modules/proxy/main.tf",
        ],
    },
    Case {
        acts: &[
            Move("terraform/modules/proxy", "modules/rds-proxy"),
            Replace(
                "terraform/main.tf",
                "\"./modules/proxy\"",
                "\"../modules/rds-proxy\"",
            ),
        ],
        told: "project/terraform/modules/proxy is project/modules/rds-proxy now",
        class: "no drift, 1 cosmetic",
        written: ("terraform/terraform.tfvars", POOL),
        absent: &["terraform/modules/proxy"],
    },
    Case {
        acts: &[Move(
            "cloudformation/template.yaml",
            "cloudformation/template.yml",
        )],
        told: "project/cloudformation/template.yaml is project/cloudformation/template.yml now",
        class: "no drift, 1 cosmetic",
        written: ("cloudformation/template.yml", "ConnectionBorrowTimeout: 45"),
        absent: &["cloudformation/template.yaml"],
    },
    Case {
        acts: &[
            Move("cloudformation", "stacks/proxy"),
            Move("stacks/proxy/parameters.json", "stacks/proxy/prod.json"),
        ],
        told: "project/cloudformation is project/stacks/proxy now",
        class: "no drift, 2 cosmetic",
        written: ("stacks/proxy/template.yaml", "ConnectionBorrowTimeout: 45"),
        absent: &["cloudformation"],
    },
    Case {
        acts: &[Json],
        told: "project/cloudformation/template.json now, written as JSON",
        class: "no drift",
        written: (
            "cloudformation/template.json",
            "\"ConnectionBorrowTimeout\": 45",
        ),
        absent: &["cloudformation/template.yaml"],
    },
    Case {
        acts: &[
            Move("cloudformation/parameters.json", "cloudformation/prod.json"),
            Replace("cloudformation/prod.json", "\"orders-db\"", "\"other-db\""),
            Move("terraform/README.md", "terraform/ABOUT.md"),
        ],
        told: "project/terraform/README.md is project/terraform/ABOUT.md now",
        class: "cosmetic",
        written: ("cloudformation/prod.json", "\"other-db\""),
        absent: &["cloudformation/parameters.json", "terraform/README.md"],
    },
];

fn done(project: &Path, acts: &[Act]) {
    for act in acts {
        let at = |path: &str| project.join(path);
        let read = |path: &str| fs::read_to_string(at(path)).unwrap();
        match act {
            Move(from, to) => {
                fs::create_dir_all(at(to).parent().unwrap()).unwrap();
                fs::rename(at(from), at(to)).unwrap();
            }
            Join(files, to) => {
                let texts: Vec<String> = files.iter().map(|path| read(path)).collect();
                files
                    .iter()
                    .for_each(|path| fs::remove_file(at(path)).unwrap());
                fs::write(at(to), texts.join("\n")).unwrap();
            }
            Block(from, start, to) => {
                let text = read(from);
                let start = text.find(start).unwrap();
                let end = start + text[start..].find("\n}\n").unwrap() + 3;
                let there = fs::read_to_string(at(to)).map_or_else(|_| String::new(), |t| t + "\n");
                fs::write(at(to), there + &text[start..end]).unwrap();
                fs::write(
                    at(from),
                    text[..start].to_owned() + text[end..].trim_start(),
                )
                .unwrap();
            }
            Replace(file, old, new) => replace(&at(file), old, new),
            Json => {
                let yaml = read("cloudformation/template.yaml");
                let json = rdsproxy_gen::rewrite::merge::as_json(&yaml, "").unwrap();
                let json: serde_json::Value = serde_json::from_str(&json).unwrap();
                let json = serde_json::to_string_pretty(&json).unwrap() + "\n";
                fs::write(at("cloudformation/template.json"), json).unwrap();
                fs::remove_file(at("cloudformation/template.yaml")).unwrap();
            }
            Call(folder, name) => {
                let values = read("terraform/terraform.tfvars");
                let group = values.find("[\"sg-").unwrap();
                let (before, rest) = values.split_at(group);
                let (group, rest) = rest.split_once(']').unwrap();
                let own =
                    |line: &&str| !line.starts_with("region") && !line.starts_with("account_id");
                let before: Vec<&str> = before.lines().filter(own).collect();
                let call = format!(
                    "module \"{name}\" {{\n  source = \"./{folder}\"\n  providers = {{\n    aws = aws\n    aws.generator = aws.generator\n  }}\n{} {{ database = {} }}{rest}}}\n",
                    before.join("\n"),
                    &group[1..]
                );
                for file in ["main.tf", "variables.tf", "outputs.tf", "terraform.tfvars"] {
                    fs::remove_file(at("terraform").join(file)).unwrap();
                }
                fs::rename(at("terraform/versions.tf"), at("versions.tf")).unwrap();
                fs::write(at("main.tf"), call).unwrap();
            }
        }
    }
}

/// The output of `drift` on one line.
fn drift(home: &Path, more: &[&str]) -> (Option<i32>, String) {
    let said = ended(program(home).args(["drift", "project"]).args(more));
    let text = stdout(&said) + &stderr(&said);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (said.status.code(), text)
}

#[test]
fn what_was_moved_is_followed_and_nothing_comes_back_beside_it() {
    for case in scale::some(CASES) {
        let home = home();
        let project = home.path().join("project");
        done(&project, case.acts);
        let (_, said) = drift(home.path(), &["--all"]);
        assert!(said.contains(case.told), "{:?}: {said}", case.acts);
        assert!(said.contains(case.class), "{:?}: {said}", case.acts);
        let (code, said) = update(home.path(), &["project", "--check"]);
        assert_eq!(code, Some(0), "{:?}: {said}", case.acts);

        another_spec(&project);
        let before = contents(home.path());
        for way in ["--check", "--dry-run"] {
            let (_, said) = update(home.path(), &["project", way]);
            assert!(said.contains("would change"), "{:?}: {said}", case.acts);
            assert_eq!(contents(home.path()), before, "{way} writes nothing");
        }
        let (code, said) = update(home.path(), &["project"]);
        assert_eq!(code, Some(0), "{:?}: {said}", case.acts);
        assert!(!said.contains("comes back"), "{:?}: {said}", case.acts);
        holds(&project.join(case.written.0), case.written.1);
        for path in case.absent {
            assert!(!project.join(path).exists(), "{:?}: {path}", case.acts);
        }
        let (_, said) = drift(home.path(), &["--all"]);
        assert!(said.contains(case.class), "{:?}: {said}", case.acts);
        assert!(!said.contains("45 → 30"), "{:?}: {said}", case.acts);
        assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));
        assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
        assert_eq!(
            contents(home.path()),
            before,
            "{:?}: byte by byte",
            case.acts
        );
    }
}

#[test]
fn an_edit_in_what_was_moved_is_judged_and_taken_back_there() {
    for (acts, file, weak, strong, rule) in [
        (
            &[Move(
                "terraform/modules/proxy/main.tf",
                "terraform/modules/proxy/proxy.tf",
            )][..],
            "terraform/modules/proxy/proxy.tf",
            "require_tls = false",
            "require_tls = true",
            "client-tls-not-required",
        ),
        (
            &[Move(
                "cloudformation/template.yaml",
                "cloudformation/template.yml",
            )],
            "cloudformation/template.yml",
            "DebugLogging: true",
            "DebugLogging: false",
            "debug-logging-on",
        ),
        (
            &[Json],
            "cloudformation/template.json",
            "\"DebugLogging\": true",
            "\"DebugLogging\": false",
            "debug-logging-on",
        ),
    ] {
        let home = home();
        let project = home.path().join("project");
        done(&project, acts);
        replace(&project.join(file), strong, weak);
        another_spec(&project);
        let (code, said) = update(home.path(), &["project"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains(&format!("weakens {rule} project/{file}:")),
            "{said}"
        );
        let (code, said) = update(home.path(), &["project", "--reset", rule]);
        assert_eq!(code, Some(0), "{said}");
        holds(&project.join(file), strong);
        // A file can be named by its generated path or by its current one.
        replace(&project.join(file), strong, weak);
        let (code, said) = update(home.path(), &["project", "--reset", file]);
        assert_eq!(code, Some(0), "{said}");
        holds(&project.join(file), strong);
    }
}

#[test]
fn a_module_that_others_call_takes_its_values_from_them() {
    for name in ["proxy", "orders"] {
        let home = home();
        let project = home.path().join("project");
        done(
            &project,
            &[
                Move("terraform/modules/proxy", "modules/proxy"),
                Call("modules/proxy", name),
            ],
        );
        let (code, said) = drift(home.path(), &[]);
        assert_eq!(code, Some(2), "{said}");
        let is_told = said.contains(
            "project/modules/proxy is called as a module from project: without a `moved` block",
        );
        assert_eq!(is_told, name != "proxy", "{said}");
        assert!(!said.contains("weakens"), "{said}");
        another_spec(&project);
        let (code, said) = update(home.path(), &["project"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("the caller of project/modules/proxy gives its variables their values: there, set borrow_timeout = 45"),
            "{said}"
        );
        for path in [
            "terraform/main.tf",
            "terraform/terraform.tfvars",
            "terraform/modules/proxy",
        ] {
            assert!(!project.join(path).exists(), "{path}");
        }
        let (_, said) = drift(home.path(), &[]);
        assert!(said.contains("pool/borrow_timeout: 45 → 30"), "{said}");
        replace(
            &project.join("main.tf"),
            "borrow_timeout               = 30",
            POOL,
        );
        let (_, said) = drift(home.path(), &[]);
        assert!(!said.contains("45 → 30"), "{said}");
    }
}

#[test]
fn a_copy_is_no_move() {
    let home = home();
    let project = home.path().join("project");
    fs::copy(
        project.join("terraform/modules/proxy/main.tf"),
        project.join("terraform/modules/proxy/copy.tf"),
    )
    .unwrap();
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("is declared twice"), "{said}");
    assert!(
        said.contains("changes of which nobody can tell would be kept"),
        "{said}"
    );
    assert!(!said.contains("weakening"), "{said}");
}

#[test]
fn a_file_in_another_syntax_stops_the_update_with_what_to_do() {
    let home = home();
    let project = home.path().join("project");
    fs::remove_file(project.join("terraform/modules/proxy/outputs.tf")).unwrap();
    fs::write(
        project.join("terraform/modules/proxy/outputs.tf.json"),
        "{\"output\": {\"proxy_arn\": {\"value\": \"${aws_db_proxy.this.arn}\"}}}\n",
    )
    .unwrap();
    another_spec(&project);
    let before = contents(home.path());
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("project/terraform/modules/proxy/outputs.tf is gone, and project/terraform/modules/proxy/outputs.tf.json was not generated"),
        "{said}"
    );
    assert!(said.contains("hint:"), "{said}");
    assert_eq!(contents(home.path()), before);
}
