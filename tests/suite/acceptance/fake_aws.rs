//! A fake AWS on loopback, one process for each test that needs one; it ends with its value.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::tools::{find, run};

/// A running fake AWS.
pub(crate) struct FakeAws {
    process: Child,
    python: std::path::PathBuf,
    /// `http://127.0.0.1:PORT`
    pub(crate) endpoint: String,
}

impl FakeAws {
    /// Starts one on a free port; `None` where it is not installed.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        let python = find("fake AWS")?;
        let mut process = Command::new(&python)
            .arg("tests/tools/fake_aws.py")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let endpoint = line
            .trim()
            .strip_prefix("ready ")
            .unwrap_or_else(|| panic!("{line:?}"))
            .to_owned();
        Some(Self {
            process,
            python,
            endpoint,
        })
    }

    /// Makes what a spec names, with the ids that it gives.
    pub(crate) fn seed(&self, spec: &Path) {
        let script = "tests/tools/seed_aws.py";
        run(
            script,
            Command::new(&self.python)
                .arg(script)
                .arg(&self.endpoint)
                .arg(spec),
        );
    }

    /// Attaches a created parameter group to the database, as the generated README asks its reader to.
    #[cfg(feature = "aws")]
    pub(crate) fn attach_parameter_group(&self, spec: &Path, group: &str) {
        let script = "tests/tools/attach_parameter_group.py";
        let mut command = Command::new(&self.python);
        let command = command.arg(script).arg(&self.endpoint).arg(spec).arg(group);
        run(script, command);
    }

    /// Weakens a deployed proxy, as tests/tools/mutate_aws.py says.
    #[cfg(feature = "aws")]
    pub(crate) fn mutate(&self, region: &str, proxy: &str, mutation: &str) {
        let script = "tests/tools/mutate_aws.py";
        let mut command = Command::new(&self.python);
        let command = command
            .arg(script)
            .args([&self.endpoint, region, proxy, mutation]);
        run(script, command);
    }

    /// The names of all mutations, one in a line.
    #[cfg(feature = "aws")]
    pub(crate) fn mutations(&self) -> String {
        let script = "tests/tools/mutate_aws.py";
        run(script, Command::new(&self.python).args([script, "list"]))
    }

    /// Deploys a generated stack.
    pub(crate) fn deploy(&self, region: &str, stack: &str, folder: &Path) -> String {
        let script = "tests/tools/deploy_stack.py";
        let template = folder.join("template.yaml");
        let parameters = folder.join("parameters.json");
        let arguments = [
            Path::new(&self.endpoint),
            Path::new(region),
            Path::new(stack),
            &template,
            &parameters,
        ];
        run(
            script,
            Command::new(&self.python).arg(script).args(arguments),
        )
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
