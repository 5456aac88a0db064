//! The AWS provider as a server shared by several runs of Terraform. Otherwise each run starts the provider several
//! times, and loading its schemas takes most of the time. Terraform attaches to a running provider through
//! `TF_REATTACH_PROVIDERS`, a feature for debugging providers.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use super::terraform::COLLECTOR;
use super::tools;

/// The environment variable that the provider prints and Terraform reads.
const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// The loggers of the provider that produce output.
const LOGS: [&str; 4] = ["PROVIDER", "SDK", "SDK_MUX", "SDK_PROTO"];

/// Ends the provider when standard input closes, at the latest when this process ends in any way. The provider keeps
/// its sockets in a folder of its own.
const SCRIPT: &str = r#"
exec 2>/dev/null
folder=$(mktemp -d) || exit 1
TMPDIR=$folder "$0" -debug &
read -r _
kill $!
wait $!
rm -rf "$folder"
"#;

/// A running provider.
pub(crate) struct Provider {
    shell: Child,
    /// The value of the variable with which Terraform finds the provider.
    address: String,
}

/// The unused providers. A provider serves one run at a time, since each run configures it again.
static IDLE: Mutex<Vec<Provider>> = Mutex::new(Vec::new());

fn idle() -> std::sync::MutexGuard<'static, Vec<Provider>> {
    IDLE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Provider {
    /// Takes a returned provider from the pool, or starts a new one.
    pub(crate) fn take(project: &Path) -> Option<Self> {
        // The lock is released before a provider starts.
        let given_back = idle().pop();
        given_back.or_else(|| Self::start(project))
    }

    /// Returns the provider to the pool.
    pub(crate) fn give_back(self) {
        idle().push(self);
    }

    /// Starts the provider of an initialised project; `None` if it is not found or does not start in this way, so that
    /// Terraform has to start it.
    pub(crate) fn start(project: &Path) -> Option<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).arg(program(project)?);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.env(COLLECTOR.0, COLLECTOR.1);
        // In this mode, the provider logs every call by default.
        command.envs(LOGS.map(|of| (format!("TF_LOG_{of}"), "OFF")));
        let mut shell = tools::offline(&mut command).spawn().ok()?;
        let mut said = BufReader::new(shell.stdout.take()?).lines();
        let address = said.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, value) = line.split_once(VARIABLE)?;
            let value = value.strip_prefix("='")?.strip_suffix('\'')?;
            Some(value.to_owned())
        });
        // A full pipe would block the provider, so its later output is read and discarded.
        std::thread::spawn(move || said.map_while(Result::ok).for_each(drop));
        Some(Self {
            address: address?,
            shell,
        })
    }

    pub(crate) fn attach<'a>(&self, terraform: &'a mut Command) -> &'a mut Command {
        terraform.env(VARIABLE, &self.address)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// The only program below `.terraform` whose name contains its version.
fn program(project: &Path) -> Option<PathBuf> {
    let mut path = project.join(".terraform/providers/registry.terraform.io/hashicorp/aws");
    // The folders of version and platform, then the program among text files.
    for _ in 0..3 {
        let entries = std::fs::read_dir(&path).ok()?.flatten();
        path = entries.map(|entry| entry.path()).find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            path.is_dir() || name.starts_with("terraform-provider-aws")
        })?;
    }
    Some(path)
}
