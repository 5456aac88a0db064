//! Runs the test that every generated project contains, with the real Terraform: for edge-case specs (nothing optional,
//! everything optional, no consumer, each engine that the provider supports) and for random specs.

use std::path::Path;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::Spec;
use toml::{Table, Value};

use super::terraform::{BRINGS, Project};
use super::{PROVIDER, provider_of};
use crate::generating::examples::rendered;
use crate::generating::random_specs::spec_text;
use crate::support::scale;
use crate::support::tools::{self, is_at_least};

/// A change to an example's spec: the parts that are removed, and TOML that is merged in.
struct Edge {
    name: &'static str,
    example: &'static str,
    without: &'static [&'static str],
    with: &'static str,
}

const EDGES: &[Edge] = &[
    Edge {
        name: "no consumer",
        example: "postgresql-instance",
        without: &["consumers"],
        with: "",
    },
    Edge {
        name: "nothing optional",
        example: "postgresql-strict-secrets",
        without: &[
            "consumers",
            "encryption",
            "tags",
            "database.parameter_group",
        ],
        with: "",
    },
    Edge {
        name: "no consumer, and no secret that is created",
        example: "mariadb-existing-secret",
        without: &["consumers", "users.secret_kms_key"],
        with: "",
    },
    Edge {
        name: "no consumer of a cluster with readers",
        example: "aurora-mysql-read-only-endpoint",
        without: &["consumers"],
        with: "",
    },
    Edge {
        name: "no consumer of SQL Server",
        example: "sqlserver-instance",
        without: &["consumers"],
        with: "",
    },
    Edge {
        name: "Aurora PostgreSQL with secrets",
        example: "aurora-postgresql-end-to-end-iam",
        without: &[],
        with: "[proxy]\nauth = 'secrets'",
    },
    Edge {
        name: "a group that database and consumer share, and one role for two functions",
        example: "mysql-two-users",
        without: &["consumers"],
        with: "[database]\nsecurity_group_ids = ['sg-0db0000000000001a', 'sg-0db0000000000001b']\n\
               [[consumers]]\nfunction = 'one'\nrole = 'both'\nsecurity_group_ids = ['sg-0db0000000000001a']\nusers = ['shop_rw']\n\
               [[consumers]]\nfunction = 'two'\nrole = 'both'\nsecurity_group_ids = ['sg-0db0000000000001a', 'sg-0fa0000000000001b']\nusers = ['shop_rw']",
    },
    Edge {
        name: "everything optional",
        example: "postgresql-strict-secrets",
        without: &["encryption"],
        with: "[encryption]\nkms_key = 'arn:aws:kms:eu-west-1:123456789012:key/1c1d2e3f-4a5b-4c6d-8e7f-001122334455'\n\
               strict_secret_policy = true\nsecret_readers = ['arn:aws:iam::123456789012:role/deploy']\n\
               [pool]\nmax_connections_percent = 70\nmax_idle_connections_percent = 0\nborrow_timeout = 0\nidle_client_timeout = 28800\n\
               [monitoring]\ntopic_arn = 'arn:aws:sns:eu-west-1:123456789012:alarms'\nlog_retention_days = 30",
    },
];

impl Edge {
    fn spec(&self) -> String {
        let file = Path::new("generated-examples").join(self.example);
        let text = std::fs::read_to_string(file.join("rdsproxy.toml")).unwrap();
        let mut spec: Table = text.parse().unwrap();
        for key in self.without {
            remove(&mut spec, key);
        }
        merge(&mut spec, self.with.parse().unwrap());
        spec.to_string()
    }
}

/// Removes `consumers`, `database.parameter_group`, or a field of every record, such as `users.secret_kms_key`.
fn remove(spec: &mut Table, key: &str) {
    let (section, field) = key.split_once('.').unwrap_or((key, ""));
    match spec.get_mut(section) {
        Some(Value::Table(fields)) if !field.is_empty() => fields.remove(field),
        Some(Value::Array(records)) if !field.is_empty() => {
            let tables = records.iter_mut().filter_map(Value::as_table_mut);
            tables.map(|fields| fields.remove(field)).last().flatten()
        }
        _ => spec.remove(section),
    }
    .unwrap_or_else(|| panic!("the example says nothing of {key}"));
}

fn merge(spec: &mut Table, with: Table) {
    for (section, value) in with {
        match (spec.get_mut(&section), value) {
            (Some(Value::Table(fields)), Value::Table(more)) => fields.extend(more),
            (_, value) => {
                spec.insert(section, value);
            }
        }
    }
}

/// The outcome of testing a spec.
enum Tested {
    /// Terraform or its provider is not available.
    Skipped,
    /// The installed provider does not support what the project needs.
    ProviderTooOld,
    Passed,
    Failed(String),
}

/// The tests that are run for a spec.
#[derive(Clone, Copy, PartialEq)]
enum Tests {
    /// The root module, with the values of the spec.
    Root,
    /// The root module, and the test that the module has.
    Both,
}

/// Renders a spec and runs its tests.
fn tested(name: &str, text: &str, tests: Tests) -> Tested {
    let spec = Spec::parse(text, name).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    let blueprint = Blueprint::harden(&spec).unwrap_or_else(|error| panic!("{name}: {error}"));
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in rendered(&blueprint) {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let terraform = folder.path().join("terraform");
    let module = Project::module_of(&terraform);
    write_root_test(&terraform, &blueprint);
    let (Some(root), Some(module)) = (Project::of(&terraform), module) else {
        return Tested::Skipped;
    };
    if !is_at_least(&root.provider(), &provider_of(folder.path())) {
        return Tested::ProviderTooOld;
    }
    let modules = (tests == Tests::Both).then_some(module);
    for project in [root].into_iter().chain(modules) {
        let answer = project.judged(&["test", "-no-color"]);
        if !(answer.is_success() && answer.said.contains("Success!")) {
            project.forget();
            return Tested::Failed(format!("{name}:\n{}\n{text}", answer.said));
        }
    }
    Tested::Passed
}

/// Writes a test that plans the root module with the values of the spec, against the mocks of the module's own test. No
/// password is generated: mocks know no ephemeral resources.
fn write_root_test(terraform: &Path, blueprint: &Blueprint) {
    let own = terraform.join("modules/proxy/tests/hardening.tftest.hcl");
    let own = std::fs::read_to_string(own).unwrap();
    let (mocks, _) = own.split_once("\nvariables {").unwrap();
    // The overrides name resources of the test's own users and subnets.
    let (mocks, rest) = mocks.split_once("\noverride_data").unwrap();
    let provider = rest.find("\nprovider \"aws\"");
    let provider = provider.map_or("", |at| &rest[at..]);
    let mut test = mocks
        .replace("vpc-0000000000000000a", blueprint.network.vpc_id.as_str())
        .replace("10001", &blueprint.database.port.to_string());
    let subnets = (0..blueprint.network.subnet_ids.len()).map(|index| {
        format!(
            "\noverride_data {{\n  target = module.proxy.data.aws_subnet.this[{index}]\n  values = {{ vpc_id = \"{}\", availability_zone_id = \"zone-{index}\" }}\n}}\n",
            blueprint.network.vpc_id
        )
    });
    test.extend(subnets);
    test.push_str(provider);
    let values = terraform.join("terraform.tfvars");
    let text = std::fs::read_to_string(&values).unwrap();
    let given = "generate_password  = true";
    if text.contains(given) {
        let users = blueprint.users.iter();
        let passwords = users.map(|user| format!("\"{}\" = \"unused\"\n", user.name));
        let passwords: String = passwords.collect();
        test.push_str(&format!(
            "\nvariables {{\n  passwords = {{\n{passwords}}}\n}}\n"
        ));
        std::fs::write(&values, text.replace(given, "generate_password = false")).unwrap();
    }
    test.push_str("\nrun \"root\" {\n  command = plan\n}\n");
    std::fs::create_dir(terraform.join("tests")).unwrap();
    std::fs::write(terraform.join("tests/root.tftest.hcl"), test).unwrap();
}

#[test]
fn the_generated_test_passes_at_the_edges() {
    let mut wrong = Vec::new();
    for edge in EDGES {
        match tested(edge.name, &edge.spec(), Tests::Both) {
            Tested::Skipped => return,
            Tested::ProviderTooOld => {
                tools::skip(PROVIDER, "is too old for a part of each example", BRINGS);
                return;
            }
            Tested::Passed => {}
            Tested::Failed(said) => wrong.push(said),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_root_module_plans_for_random_specs() {
    let mut left = scale::count("specs under terraform test");
    let mut runner = TestRunner::new(scale::config("specs under terraform test"));
    let (mut wrong, mut too_new) = (Vec::new(), 0);
    while left > 0 {
        let text = spec_text().new_tree(&mut runner).unwrap().current();
        match tested("a random spec", &text, Tests::Root) {
            Tested::Skipped => return,
            // Only specs with end-to-end IAM need a newer provider than the rest.
            Tested::ProviderTooOld if too_new < 200 => {
                too_new += 1;
                continue;
            }
            Tested::ProviderTooOld => {
                tools::skip(PROVIDER, "is too old for random specs", BRINGS);
                return;
            }
            Tested::Passed => {}
            Tested::Failed(said) => wrong.push(said),
        }
        left -= 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
