//! A Terraform project in a scratch folder: the provider is initialised once for all of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::tools::{copy, find, output, run, said};

/// A generated project, ready to run.
pub(crate) struct Project {
    program: PathBuf,
    pub(crate) folder: TempDir,
}

/// Initialised once: every project needs the same provider.
static DATA: OnceLock<TempDir> = OnceLock::new();

impl Project {
    /// A copy of a generated folder, initialised; `None` where there is no Terraform.
    pub(crate) fn of(generated: &Path) -> Option<Self> {
        let program = find("terraform")?;
        let folder = tempfile::tempdir().unwrap();
        copy(generated, folder.path());
        let project = Self { program, folder };
        let data = DATA.get_or_init(|| project.init());
        copy_data(data.path(), project.folder.path());
        Some(project)
    }

    fn init(&self) -> TempDir {
        let mut init = self.command(&["init", "-backend=false"]);
        if let Some(plugins) = std::env::var_os("TF_PLUGIN_DIR") {
            init.arg(format!("-plugin-dir={}", Path::new(&plugins).display()));
        }
        run("terraform init", &mut init);
        let data = tempfile::tempdir().unwrap();
        let moved = data.path().join(".terraform");
        std::fs::rename(self.folder.path().join(".terraform"), moved).unwrap();
        let lock = ".terraform.lock.hcl";
        std::fs::copy(self.folder.path().join(lock), data.path().join(lock)).unwrap();
        data
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Runs a subcommand that has to succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        run(
            &format!("terraform {}", arguments.join(" ")),
            &mut self.command(arguments),
        )
    }

    /// Runs a subcommand that may fail.
    pub(crate) fn attempt(&self, arguments: &[&str]) -> (Output, String) {
        let output = output(&mut self.command(arguments));
        let said = said(&output);
        (output, said)
    }

    /// Points the provider at a fake AWS, through an override file as a user would.
    pub(crate) fn aim_at(&self, endpoint: &str) {
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

fn copy_data(from: &Path, to: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from.join(".terraform"), to.join(".terraform")).unwrap();
    let lock = ".terraform.lock.hcl";
    std::fs::copy(from.join(lock), to.join(lock)).unwrap();
}
