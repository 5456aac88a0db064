//! The AWS provider as a server that several runs of Terraform share. Each run would otherwise start it several times, and to load
//! its schemas takes most of the time of a run; Terraform attaches to a running one through `TF_REATTACH_PROVIDERS`, which is meant
//! for the debugging of providers.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use super::terraform::COLLECTOR;
use super::tools;

/// The variable, as the provider prints it and Terraform reads it.
const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// Those of its logs that say something.
const LOGS: [&str; 4] = ["PROVIDER", "SDK", "SDK_MUX", "SDK_PROTO"];

/// Ends the provider, whose sockets lie in a folder of their own, when standard input closes: at the latest when this process ends,
/// however it ends.
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
    /// What Terraform has to be told to find it.
    address: String,
}

/// Those that nobody uses. A provider serves one run at a time, since each run configures it anew.
static IDLE: Mutex<Vec<Provider>> = Mutex::new(Vec::new());

fn idle() -> std::sync::MutexGuard<'static, Vec<Provider>> {
    IDLE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Provider {
    /// One that was given back, or a new one.
    pub(crate) fn take(project: &Path) -> Option<Self> {
        // The guard is not held while a provider starts.
        let given_back = idle().pop();
        given_back.or_else(|| Self::start(project))
    }

    /// For the next one who asks.
    pub(crate) fn give_back(self) {
        idle().push(self);
    }

    /// The one of an initialised project; `None` where it is not found or does not start so, and Terraform has to start it.
    pub(crate) fn start(project: &Path) -> Option<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).arg(program(project)?);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.env(COLLECTOR.0, COLLECTOR.1);
        // Started so, it writes down every call.
        command.envs(LOGS.map(|of| (format!("TF_LOG_{of}"), "OFF")));
        let mut shell = tools::offline(&mut command).spawn().ok()?;
        let mut said = BufReader::new(shell.stdout.take()?).lines();
        let address = said.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, value) = line.split_once(VARIABLE)?;
            let value = value.strip_prefix("='")?.strip_suffix('\'')?;
            Some(value.to_owned())
        });
        // Whatever it says later would end it if nobody read it.
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

/// The one program below `.terraform`, whose name holds its version.
fn program(project: &Path) -> Option<PathBuf> {
    let mut path = project.join(".terraform/providers/registry.terraform.io/hashicorp/aws");
    // VERSION, PLATFORM, and the program among texts.
    for _ in 0..3 {
        let entries = std::fs::read_dir(&path).ok()?.flatten();
        path = entries.map(|entry| entry.path()).find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            path.is_dir() || name.starts_with("terraform-provider-aws")
        })?;
    }
    Some(path)
}
