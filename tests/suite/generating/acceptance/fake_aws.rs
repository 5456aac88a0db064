//! A fake AWS on loopback. When a test no longer needs its process, the process is reset and reused, since starting it
//! takes longer than most tests.

#[cfg(feature = "aws")]
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};

#[cfg(feature = "aws")]
use rdsproxy_gen::domain::snapshot::Snapshot;

use super::tools::{find, run};

/// A separate account, empty at first.
pub(crate) struct FakeAws {
    /// Ends when its standard input closes, at the latest when this process ends in any way.
    process: Option<Child>,
    python: PathBuf,
    /// The base URL: `http://127.0.0.1:PORT`.
    pub(crate) endpoint: String,
}

impl FakeAws {
    /// Starts one on a free port; `None` if it is not installed.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        let python = find("fake AWS")?;
        // The lock is released before a process starts.
        let given_back = idle().pop();
        let begun = || started(&python, &["tests/tools/fake_aws.py"]);
        let (process, endpoint) = given_back.unwrap_or_else(begun);
        Some(Self {
            process: Some(process),
            python,
            endpoint,
        })
    }

    /// Creates the existing resources that a spec names, with the ids that it gives.
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

    /// Attaches a created parameter group to the database, as the generated README tells its reader to do.
    #[cfg(feature = "aws")]
    pub(crate) fn attach_parameter_group(&self, spec: &Path, group: &str) {
        let script = "tests/tools/attach_parameter_group.py";
        let mut command = Command::new(&self.python);
        let command = command.arg(script).arg(&self.endpoint).arg(spec).arg(group);
        run(script, command);
    }

    /// Weakens a deployed proxy with tests/tools/mutate_aws.py.
    #[cfg(feature = "aws")]
    pub(crate) fn mutate(&self, region: &str, proxy: &str, mutation: &str) {
        let script = "tests/tools/mutate_aws.py";
        let mut command = Command::new(&self.python);
        let command = command
            .arg(script)
            .args([&self.endpoint, region, proxy, mutation]);
        run(script, command);
    }

    /// Clears the pinning filters of a pool, as a generated README tells its reader to do.
    pub(crate) fn clear_pinning_filters(&self, region: &str, proxy: &str) {
        let script = format!(
            "import boto3; rds = boto3.client('rds', endpoint_url='{}', region_name='{region}', aws_access_key_id='fake', aws_secret_access_key='fake'); \
             rds.modify_db_proxy_target_group(DBProxyName='{proxy}', TargetGroupName='default', ConnectionPoolConfig={{'SessionPinningFilters': []}})",
            self.endpoint
        );
        run("boto3", Command::new(&self.python).args(["-c", &script]));
    }

    /// The names of all mutations, one per line.
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

/// A separate server that ends when this value is dropped.
#[cfg(feature = "aws")]
pub(crate) struct Beside {
    process: Child,
    python: PathBuf,
    pub(crate) endpoint: String,
}

#[cfg(feature = "aws")]
impl Beside {
    fn started(python: &Path, arguments: &[&str]) -> Self {
        let (process, endpoint) = started(python, arguments);
        Self {
            process,
            python: python.to_owned(),
            endpoint,
        }
    }

    /// An account of any size, made by tests/tools/large_aws.py; `None` if the fake AWS is not installed.
    #[track_caller]
    pub(crate) fn large(sizes: &[&str]) -> Option<Self> {
        let python = find("fake AWS")?;
        let arguments: Vec<&str> = [&["tests/tools/large_aws.py"], sizes].concat();
        Some(Self::started(&python, &arguments))
    }

    /// A saved account, served by tests/tools/account_aws.py; `None` if the fake AWS is not installed.
    #[track_caller]
    pub(crate) fn serving(account: &Snapshot) -> Option<Self> {
        let python = find("fake AWS")?;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("account.json");
        std::fs::write(&file, account.to_json().unwrap()).unwrap();
        let arguments = ["tests/tools/account_aws.py", file.to_str().unwrap()];
        Some(Self::started(&python, &arguments))
    }

    /// Puts a proxy in front that makes single actions fail (tests/tools/failing_aws.py).
    pub(crate) fn failing(&self) -> Self {
        let arguments = ["tests/tools/failing_aws.py", &self.endpoint];
        Self::started(&self.python, &arguments)
    }

    /// Serves the account over TLS and writes the certificate, which no system trusts, to the file.
    pub(crate) fn behind_tls(&self, certificate: &Path) -> Self {
        let arguments = ["tests/tools/failing_aws.py", &self.endpoint];
        let certificate = ["--certificate", certificate.to_str().unwrap()];
        Self::started(&self.python, &[arguments, certificate].concat())
    }

    /// The endpoint at which single actions fail: `rds:DescribeDBProxies=refuse,iam:*=throttle`.
    pub(crate) fn endpoint(&self, modes: &str) -> String {
        format!("{}/{modes}", self.endpoint)
    }

    /// The calls since the last query, by action.
    pub(crate) fn calls(&self) -> BTreeMap<String, u32> {
        counted(&self.endpoint, "/-/calls")
    }

    /// The calls to the endpoint with these failure modes, by action.
    pub(crate) fn calls_by(&self, modes: &str) -> BTreeMap<String, u32> {
        counted(&self.endpoint, &format!("/-/calls/{modes}"))
    }
}

#[cfg(feature = "aws")]
impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The unused processes with their endpoints.
static IDLE: Mutex<Vec<(Child, String)>> = Mutex::new(Vec::new());

fn idle() -> MutexGuard<'static, Vec<(Child, String)>> {
    IDLE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn started(python: &Path, arguments: &[&str]) -> (Child, String) {
    let mut process = Command::new(python)
        .args(arguments)
        .arg("--until-stdin-closes")
        .stdin(Stdio::piped())
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
        .unwrap_or_else(|| panic!("{line:?}"));
    (process, endpoint.to_owned())
}

#[cfg(feature = "aws")]
fn counted(endpoint: &str, path: &str) -> BTreeMap<String, u32> {
    let text = got(endpoint, path).unwrap();
    serde_json::from_str(text.rsplit("\r\n\r\n").next().unwrap()).unwrap()
}

#[cfg(feature = "aws")]
fn got(endpoint: &str, path: &str) -> std::io::Result<String> {
    let address = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    let mut stream = TcpStream::connect(address)?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Resets the account; false if the process does not answer as expected.
fn is_forgotten(endpoint: &str) -> bool {
    let address = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    let asked = TcpStream::connect(address).and_then(|mut stream| {
        let head = format!(
            "POST /moto-api/reset HTTP/1.0\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    });
    asked.is_ok_and(|answer| answer.contains(" 200 "))
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        if is_forgotten(&self.endpoint) {
            idle().push((process, std::mem::take(&mut self.endpoint)));
            return;
        }
        let _ = process.kill();
        let _ = process.wait();
    }
}
