//! Checks the generated code with the real tools: Terraform with the AWS provider, cfn-lint, checkov, parliament, and a
//! fake AWS.

mod edges;
pub(crate) mod fake_aws;
mod life;
mod linters;
#[cfg(feature = "aws")]
mod live;
mod module;
mod provider;
pub(crate) mod terraform;
mod weak;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fake_aws::FakeAws;
use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::language::plan;
use rdsproxy_gen::source::assemble::assemble;
use terraform::Project;

use crate::generating::examples::{blueprint, examples};
use crate::support::scale;
pub(crate) use crate::support::tools;
use crate::support::tools::{Answer, Input, Kept};

/// What a run without a usable provider names as missing.
const PROVIDER: &str = "AWS provider of Terraform";

/// The lowest provider version that a project supports, as stated in its `versions.tf`.
fn provider_of(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("terraform/versions.tf")).unwrap();
    let (_, provider) = text.split_once("\"hashicorp/aws\"").unwrap();
    tools::version_in(provider.split_once("version = ").unwrap().1).unwrap()
}

/// Every example that the provider supports, as a Terraform project; none if the tools are missing. A provider that most
/// examples cannot use counts as missing.
#[track_caller]
fn projects() -> Vec<(String, Project, PathBuf)> {
    let mut projects = Vec::new();
    let least = examples().into_values().map(|folder| provider_of(&folder));
    let older = |one: String, other: String| {
        if tools::is_at_least(&one, &other) {
            other
        } else {
            one
        }
    };
    let common: String = least.reduce(older).unwrap();
    for (name, folder) in examples() {
        let Some(project) = Project::of(&folder.join("terraform")) else {
            return Vec::new();
        };
        let (there, least) = (project.provider(), provider_of(&folder));
        if tools::is_at_least(&there, &least) {
            projects.push((name, project, folder));
        } else if least == common {
            let why = format!("is {there}, which is older than {least}");
            tools::skip(PROVIDER, &why, terraform::BRINGS);
            return Vec::new();
        } else {
            let why = format!("is {there} here, and the example {name} needs {least}");
            tools::note(PROVIDER, &why);
        }
    }
    projects
}

#[test]
fn terraform_formats_validates_and_tests_every_example() {
    // The formatting does not depend on the provider.
    if let Some(terraform) = tools::find("terraform") {
        let mut format = std::process::Command::new(terraform);
        format.args(["fmt", "-check", "-recursive", "generated-examples"]);
        tools::run("terraform fmt", &mut format);
    }
    for (number, (name, mut project, _)) in projects().into_iter().enumerate() {
        // At least one project runs as for a user, without the provider that the tests share.
        if scale::is_whole() || number == 0 {
            project.as_for_a_user();
        }
        project.passes(&["validate", "-no-color"]);
        let Some(module) = Project::module_of(project.folder.path()) else {
            return;
        };
        let said = module.passes(&["test", "-no-color"]);
        assert!(said.contains("Success!"), "{name}: {said}");
    }
}

/// Quick two-line overrides beside the code, and the message of the project's own test for each.
pub(crate) const OVERRIDES: &[(&str, &str)] = &[
    (
        "resource \"aws_db_proxy\" \"this\" {\n  require_tls = false\n}\n",
        "client-tls-not-required",
    ),
    (
        "resource \"aws_db_proxy\" \"this\" {\n  debug_logging = true\n}\n",
        "debug-logging-on",
    ),
    (
        "resource \"aws_db_proxy\" \"this\" {\n  vpc_security_group_ids = [\"sg-0123456789abcdef0\"]\n}\n",
        "security-group-default",
    ),
    (
        "resource \"aws_db_proxy\" \"this\" {\n  auth {\n    auth_scheme = \"SECRETS\"\n    iam_auth = \"DISABLED\"\n    secret_arn = aws_secretsmanager_secret.user[\"first\"].arn\n  }\n}\n",
        "iam-auth-not-required",
    ),
    (
        "resource \"aws_iam_role_policy\" \"proxy\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"secretsmanager:*\", Resource = \"*\" }] })\n}\n",
        "role-permissions-too-wide",
    ),
    (
        "resource \"aws_iam_role_policy\" \"connect\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"rds-db:connect\", Resource = [\"*\"] }] })\n}\n",
        "connect-permission-too-wide",
    ),
    (
        "resource \"aws_iam_role\" \"proxy\" {\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = { AWS = \"*\" }, Action = \"sts:AssumeRole\" }] })\n}\n",
        "role-trust-too-wide",
    ),
    (
        "resource \"aws_secretsmanager_secret_policy\" \"user\" {\n  block_public_policy = false\n}\n",
        "secret-policy-missing",
    ),
    (
        "resource \"aws_secretsmanager_secret_policy\" \"user\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"secretsmanager:GetSecretValue\", Resource = \"*\" }] })\n}\n",
        "secret-policy-too-wide",
    ),
    (
        "resource \"aws_security_group\" \"proxy\" {\n  ingress = [{ description = \"\", protocol = \"tcp\", from_port = 5432, to_port = 5432, cidr_blocks = [\"0.0.0.0/0\"], ipv6_cidr_blocks = [], prefix_list_ids = [], security_groups = [], self = false }]\n}\n",
        "security-group-ingress-open",
    ),
    (
        "resource \"aws_security_group\" \"proxy\" {\n  egress = [{ description = \"\", protocol = \"-1\", from_port = 0, to_port = 0, cidr_blocks = [\"0.0.0.0/0\"], ipv6_cidr_blocks = [], prefix_list_ids = [], security_groups = [], self = false }]\n}\n",
        "security-group-egress-open",
    ),
];

#[test]
fn the_projects_own_test_sees_an_override_that_weakens_it() {
    let generated = Path::new("generated-examples/postgresql-instance/terraform");
    let Some(project) = Project::module_of(generated) else {
        return;
    };
    project.judge_only();
    for (text, rule) in OVERRIDES {
        std::fs::write(project.folder.path().join("override.tf"), text).unwrap();
        let answer = project.judged(&["test", "-no-color"]);
        assert!(
            !answer.is_success() && answer.said.contains(rule),
            "{rule} was not seen:\n{text}\n{}",
            answer.said
        );
    }
}

/// The differences between the intent and Terraform's plan or state, read by the project's own reader.
fn differences(name: &str, folder: &Path, (document, json): (&str, &str)) -> Vec<String> {
    assert!(plan::is_plan_or_state(json), "{name}: {document}");
    let read = plan::read(document, json);
    assert_eq!(read.problems, [], "{name}: {document}");
    let posture = assemble(&[read]);
    assert_eq!(posture.proxies.len(), 1, "{name}: {document}");
    let comparison = compare(&blueprint(folder).posture(), &posture);
    let differences = comparison.differences.iter().filter(|difference| {
        // Before the apply the proxy has no id, so the policies that identify the consumers are unresolved.
        document != "plan" || !difference.path.contains("/consumers/")
    });
    differences
        .map(|difference| format!("{name}: {document}: {difference}"))
        .collect()
}

/// The examples that a test applies: all of them in `.ci/nightly`, otherwise half of them. The plan and state of one
/// half are read, and the account of the other half.
#[track_caller]
fn share(first: usize) -> Vec<(String, Project, PathBuf)> {
    let (skipped, step) = if scale::is_whole() {
        (0, 1)
    } else {
        (first, 2)
    };
    projects().into_iter().skip(skipped).step_by(step).collect()
}

/// Runs a few projects at a time on separate threads, since an apply mostly waits.
fn on_threads(
    projects: Vec<(String, Project, PathBuf)>,
    of_one: impl Fn(&str, Project, &Path) -> Vec<String> + Sync,
) -> Vec<String> {
    let mut said = Vec::new();
    let mut left = projects.into_iter().peekable();
    while left.peek().is_some() {
        std::thread::scope(|scope| {
            let started = left.by_ref().take(4).map(|(name, project, folder)| {
                let of_one = &of_one;
                scope.spawn(move || of_one(&name, project, &folder))
            });
            let running: Vec<_> = started.collect();
            for thread in running {
                let lines = thread.join();
                said.extend(lines.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
        });
    }
    said
}

#[test]
fn terraform_applies_every_example_and_then_has_nothing_to_do() {
    // All examples share one account: their names differ, and each must be found among the others.
    let Some(aws) = Lazy::new() else { return };
    let differing = on_threads(share(0), |name, mut project, folder| {
        let input = deployment(folder).folder(project.folder.path());
        let kept = Kept::of(FAKE);
        let answer = kept.answer(input, || Answer {
            code: Some(0),
            said: serde_json::to_string(&applied(name, &mut project, (folder, aws.get()))).unwrap(),
        });
        let texts: [String; 3] = serde_json::from_str(&answer.said).unwrap();
        let documents = ["plan", "shown state", "raw state"].into_iter().zip(&texts);
        let differing =
            documents.flat_map(|(document, text)| differences(name, folder, (document, text)));
        differing.collect()
    });
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// The fake AWS in messages and among the tools.
const FAKE: &str = "fake AWS";

/// Deploys something, unless an earlier run of the same program and tests did, and fails with what is wrong.
fn nothing_is_wrong(input: Input, deploy: impl FnOnce() -> Vec<String>) {
    let kept = Kept::of(FAKE);
    let answer = kept.answer(input.folder(Path::new("src")), || {
        let wrong = deploy();
        Answer {
            code: Some(i32::from(!wrong.is_empty())),
            said: wrong.join("\n"),
        }
    });
    if !answer.is_success() {
        kept.forget();
    }
    assert!(answer.is_success(), "{}", answer.said);
}

/// A fake AWS that starts once something is deployed to it.
struct Lazy(OnceLock<FakeAws>);

impl Lazy {
    #[track_caller]
    fn new() -> Option<Self> {
        tools::find(FAKE).map(|_| Self(OnceLock::new()))
    }

    fn get(&self) -> &FakeAws {
        self.0
            .get_or_init(|| FakeAws::start().expect("it was found"))
    }
}

/// What a deployment depends on besides the code: the spec, by which the account is made, and the fake AWS and its tests.
fn deployment(folder: &Path) -> Input {
    tested_with().text(&std::fs::read_to_string(folder.join("rdsproxy.toml")).unwrap())
}

/// The fake AWS, and the tests that use it.
fn tested_with() -> Input {
    let tests = ["tests/tools", "tests/suite/generating/acceptance"].map(Path::new);
    tests.into_iter().fold(Input::default(), Input::folder)
}

/// Applies a project and returns its plan, and its state as it is shown and as it is kept.
fn applied(name: &str, project: &mut Project, (folder, aws): (&Path, &FakeAws)) -> [String; 3] {
    aws.seed(&folder.join("rdsproxy.toml"));
    project.aim_at(&aws.endpoint);
    let planning = ["plan", "-no-color", "-input=false"];
    project.run(&[&planning[..], &["-out=plan.bin"]].concat());
    let planned = project.run(&["show", "-json", "plan.bin"]);
    project.run(&["apply", "-no-color", "-input=false", "plan.bin"]);
    let shown = project.run(&["show", "-json"]);
    let (output, said) = project.attempt(&[&planning[..], &["-detailed-exitcode"]].concat());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{name}: the second plan is not empty:\n{said}"
    );
    let state = std::fs::read_to_string(project.folder.path().join("terraform.tfstate")).unwrap();
    assert!(
        !state.contains("\"password\\\""),
        "{name}: a password stands in the state"
    );
    [planned, shown, state]
}

#[test]
fn every_stack_deploys() {
    let Some(aws) = Lazy::new() else { return };
    for (name, folder) in examples() {
        let region = blueprint(&folder).proxy.region.to_string();
        let stack = folder.join("cloudformation");
        let input = deployment(&folder).text(&name).text(&region).folder(&stack);
        let kept = Kept::of(FAKE);
        let answer = kept.answer(input, || {
            aws.get().seed(&folder.join("rdsproxy.toml"));
            let said = aws.get().deploy(&region, &name, &stack);
            Answer {
                code: Some(0),
                said,
            }
        });
        assert!(
            answer.said.contains("CREATE_COMPLETE"),
            "{name}: {answer:?}"
        );
    }
}
