//! A Terraform project in a temporary folder. The provider is initialised once for all projects.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::PROVIDER;
use super::provider::Provider;
use super::tools::{self, Answer, Input, Kept, copy, find, output, said};

/// A generated project, ready to run.
pub(crate) struct Project {
    program: PathBuf,
    pub(crate) folder: TempDir,
    provided: Provided,
    kept: Kept,
}

/// How the provider is started.
enum Provided {
    /// Each run takes a provider from the pool.
    Pool,
    /// The project has its own provider, since a provider remembers its account.
    Own(Provider),
    /// Terraform starts the provider, as for a user.
    Terraform,
}

/// The shared data folder, initialised once, since every project needs the same provider; the reason if no provider is
/// available.
static DATA: OnceLock<Result<TempDir, String>> = OnceLock::new();

const LOCK: &str = ".terraform.lock.hcl";

/// Makes Go's garbage collector run less often: the schemas of the provider keep hundreds of megabytes in use.
pub(crate) const COLLECTOR: (&str, &str) = ("GOGC", "400");

/// Terraform's messages if it cannot reach a registry or finds no provider in the given folder.
const NOT_TO_BE_HAD: &[&str] = &[
    "Failed to query available provider packages",
    "Failed to install provider",
    "Failed to resolve provider packages",
];

/// How a machine gets a provider.
pub(super) const BRINGS: &str = "a network on which `terraform init` reaches registry.terraform.io, or TF_PLUGIN_DIR=FOLDER with hashicorp/aws in it";

impl Project {
    /// The module of a project, with its test.
    #[track_caller]
    pub(crate) fn module_of(terraform: &Path) -> Option<Self> {
        Self::of(&terraform.join("modules/proxy"))
    }

    /// A copy of a generated folder, initialised; `None` if Terraform or its provider is not available.
    #[track_caller]
    pub(crate) fn of(generated: &Path) -> Option<Self> {
        let program = find("terraform")?;
        let folder = tempfile::tempdir().unwrap();
        copy(generated, folder.path());
        let project = Self {
            program,
            folder,
            provided: Provided::Pool,
            kept: Kept::of("terraform"),
        };
        match DATA.get_or_init(|| init(&project.program)) {
            Ok(data) => copy_data(data.path(), project.folder.path()),
            Err(reason) => {
                tools::skip(PROVIDER, reason, BRINGS);
                return None;
            }
        }
        Some(project)
    }

    /// The version of the provider in use.
    pub(crate) fn provider(&self) -> String {
        let lock = std::fs::read_to_string(self.folder.path().join(LOCK)).unwrap();
        let (_, aws) = lock.split_once("hashicorp/aws\"").unwrap();
        tools::version_in(aws.split_once("version").unwrap().1).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder.path()).args(arguments);
        command.env(COLLECTOR.0, COLLECTOR.1);
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        match &self.provided {
            Provided::Terraform => output(&mut command),
            Provided::Own(provider) => output(provider.attach(&mut command)),
            Provided::Pool => match Provider::take(self.folder.path()) {
                None => output(&mut command),
                Some(provider) => {
                    let output = output(provider.attach(&mut command));
                    provider.give_back();
                    output
                }
            },
        }
    }

    /// Makes Terraform start the provider itself.
    pub(crate) fn as_for_a_user(&mut self) {
        self.provided = Provided::Terraform;
    }

    /// Reduces the generated test to the runs that judge the code. The runs that check the validation of variables take
    /// as long again.
    pub(crate) fn judge_only(&self) {
        let file = self.folder.path().join("tests/hardening.tftest.hcl");
        let text = std::fs::read_to_string(&file).unwrap();
        let (judging, _) = text.split_once("\nrun \"refuses_").unwrap();
        std::fs::write(file, judging).unwrap();
    }

    /// Runs a subcommand that must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let (output, said) = self.attempt(arguments);
        let status = output.status;
        assert!(
            status.success(),
            "terraform {}: {status}\n{said}",
            arguments.join(" ")
        );
        said
    }

    /// The answer of a subcommand that depends on the project alone, as `validate` and `test` do; it may be one of an
    /// earlier run.
    #[track_caller]
    pub(crate) fn judged(&self, arguments: &[&str]) -> Answer {
        let provided = match self.provided {
            Provided::Pool => "shared",
            Provided::Own(_) => "own",
            Provided::Terraform => "as for a user",
        };
        let input = Input::default().text(provided).text(&arguments.join(" "));
        let ask = || Answer::of(&self.output(arguments));
        self.kept.answer(input.folder(self.folder.path()), ask)
    }

    /// Lets no later run believe the answers of this project.
    pub(crate) fn forget(&self) {
        self.kept.forget();
    }

    /// The output of `judged`, which must be a success.
    #[track_caller]
    pub(crate) fn passes(&self, arguments: &[&str]) -> String {
        let answer = self.judged(arguments);
        let command = arguments.join(" ");
        assert!(answer.is_success(), "terraform {command}: {answer:?}");
        answer.said
    }

    /// Runs a subcommand that may fail.
    pub(crate) fn attempt(&self, arguments: &[&str]) -> (Output, String) {
        let output = self.output(arguments);
        let said = said(&output);
        (output, said)
    }

    /// Points the provider at a fake AWS with an override file, as a user would.
    pub(crate) fn aim_at(&mut self, endpoint: &str) {
        self.provided = match Provider::start(self.folder.path()) {
            Some(provider) => Provided::Own(provider),
            None => Provided::Terraform,
        };
        let services = [
            "cloudwatch",
            "cloudwatchlogs",
            "ec2",
            "eventbridge",
            "events",
            "iam",
            "kms",
            "lambda",
            "rds",
            "secretsmanager",
            "sns",
            "sts",
        ];
        let endpoints: String = services
            .iter()
            .filter(|service| **service != "eventbridge")
            .map(|service| format!("    {service} = \"{endpoint}\"\n"))
            .collect();
        let block = |alias: &str| {
            format!(
                "provider \"aws\" {{\n{alias}  access_key = \"testing\"\n  secret_key = \"testing\"\n  skip_credentials_validation = true\n  skip_metadata_api_check = true\n  endpoints {{\n{endpoints}  }}\n}}\n"
            )
        };
        let mut text = block("");
        let versions = std::fs::read_to_string(self.folder.path().join("versions.tf")).unwrap();
        if versions.contains("generator") {
            text.push_str(&block("  alias = \"generator\"\n"));
        }
        std::fs::write(self.folder.path().join("provider_override.tf"), text).unwrap();
    }
}

/// A configuration without a version constraint: a project that needs a newer provider than the others is skipped.
const ANY_PROVIDER: &str = r#"terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"#;

/// The modules of a generated project, as an initialisation records them. A configuration without them is not disturbed.
const MODULES: &str = r#"{"Modules": [
  {"Key": "", "Source": "", "Dir": "."},
  {"Key": "proxy", "Source": "./modules/proxy", "Dir": "modules/proxy"}
]}
"#;

fn init(program: &Path) -> Result<TempDir, String> {
    let data = tempfile::tempdir().unwrap();
    let versions = data.path().join("versions.tf");
    std::fs::write(&versions, ANY_PROVIDER).unwrap();
    let mut init = Command::new(program);
    init.current_dir(data.path())
        .args(["init", "-backend=false", "-input=false", "-no-color"])
        // Limits the wait for a registry that does not answer.
        .env("TF_REGISTRY_CLIENT_TIMEOUT", "20")
        .env("TF_REGISTRY_DISCOVERY_RETRY", "1");
    match std::env::var_os("TF_PLUGIN_DIR") {
        Some(plugins) => {
            init.arg(format!("-plugin-dir={}", Path::new(&plugins).display()));
        }
        None => keep_downloads(&mut init),
    }
    let output = output(&mut init);
    let said = said(&output);
    if NOT_TO_BE_HAD.iter().any(|part| said.contains(part)) {
        return Err(reason(&said));
    }
    assert!(output.status.success(), "terraform init: {said}");
    let modules = data.path().join(".terraform/modules");
    std::fs::create_dir_all(&modules).unwrap();
    std::fs::write(modules.join("modules.json"), MODULES).unwrap();
    Ok(data)
}

fn copy_data(from: &Path, to: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from.join(".terraform"), to.join(".terraform")).unwrap();
    std::fs::copy(from.join(LOCK), to.join(LOCK)).unwrap();
}

/// Keeps downloads below `target` for the next run; `.terraform` contains only links to them.
fn keep_downloads(init: &mut Command) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("terraform-plugins");
    let is_ours = std::fs::create_dir_all(&folder).and_then(|()| tempfile::tempfile_in(&folder));
    if is_ours.is_ok() {
        init.env("TF_PLUGIN_CACHE_DIR", folder)
            .env("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE", "true");
    }
}

/// The text of Terraform's error message without its frame.
fn reason(said: &str) -> String {
    let lines = said
        .lines()
        .map(|line| line.trim_start_matches(['│', '╷', '╵', ' ']));
    let from_error = lines.skip_while(|line| !line.starts_with("Error:"));
    let sentence: Vec<&str> = from_error.filter(|line| !line.is_empty()).take(4).collect();
    format!("terraform init: {}", sentence.join(" "))
}
