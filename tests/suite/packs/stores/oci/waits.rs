//! The waiting times of a pull, and the state after one that is killed or runs concurrently with others.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::Desk;
use super::fake::{Fake, Reply, reply, slow};
use super::shop::{Answer, LIST, Shelves, Shop, TAG, signature_tag};
use crate::support::program::{contents, ended, stderr, stdout};
use crate::support::scale;

/// The answers at which a registry keeps a pull waiting: the content named in the message, its path, and the answer.
fn waiting(shop: &Shop) -> Vec<(&'static str, String, Answer)> {
    let silent = || -> Answer { Arc::new(|| Reply::Silent) };
    let blob = format!("blobs/{}", shop.goods.digest);
    let long = shop.goods.archive.len();
    vec![
        ("a manifest", TAG.to_owned(), silent()),
        ("the archive of", blob.clone(), silent()),
        ("the archive of", blob, Arc::new(move || slow(long))),
        ("a manifest", signature_tag(&shop.goods.digest), silent()),
        ("a manifest", LIST.to_owned(), silent()),
        ("a manifest", TAG.to_owned(), Arc::new(|| slow(100_000))),
    ]
}

/// All cases run in parallel: each of them takes half a minute.
#[test]
fn a_pull_says_what_it_waits_for_and_gives_up_after_half_a_minute() {
    let count = waiting(&Shop::new()).len();
    std::thread::scope(|scope| {
        for number in 0..count {
            scope.spawn(move || {
                let shop = Shop::new();
                let (what, path, answer) = waiting(&shop).swap_remove(number);
                shop.put(|shelves: &mut Shelves| shelves.put(&path, Arc::clone(&answer)));
                let began = Instant::now();
                let (code, said) = shop.desk.pack(&["pull", &shop.reference()]);
                let took = began.elapsed();
                assert_eq!(code, 1, "{path}: {said}");
                let host = &shop.fake.host;
                assert!(
                    said.contains(&format!("waiting for {what}")),
                    "{path}: {said}"
                );
                assert!(
                    said.contains(&format!("{host} does not send {what}")),
                    "{path}: {said}"
                );
                assert!(said.contains("--offline"), "{path}: {said}");
                let limits = Duration::from_secs(29)..Duration::from_secs(60);
                assert!(limits.contains(&took), "{path}: {took:?}");
                assert!(!shop.desk.path("acme-0.1.0.tar").exists());
            });
        }
        scope.spawn(a_helper_that_does_not_answer);
        scope.spawn(a_repository_that_does_not_answer);
    });
}

/// Docker's credential helper may wait for input that never comes.
fn a_helper_that_does_not_answer() {
    let fake = Fake::new(|_, _| reply(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", b""));
    let desk = Desk::new();
    let helper = desk.path("bin/docker-credential-drawer");
    fs::create_dir_all(helper.parent().unwrap()).unwrap();
    fs::write(&helper, "#!/bin/sh\nexec /bin/sleep 50\n").unwrap();
    fs::set_permissions(&helper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    super::configure(&desk, "{\"credsStore\":\"drawer\"}");
    let began = Instant::now();
    let mut pull = desk.program();
    pull.args([
        "pack",
        "pull",
        &format!("oci://{}/acme?tag=1.0.0", fake.host),
    ]);
    // Child processes of the helper may keep its streams open for longer.
    let child = pull
        .env("PATH", helper.parent().unwrap())
        .stdout(Stdio::null())
        .stderr(fs::File::create(desk.path("said")).unwrap())
        .spawn();
    let status = child.unwrap().wait().unwrap();
    let said = fs::read_to_string(desk.path("said")).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("waiting for the credentials for"), "{said}");
    assert!(
        said.contains("the credential helper does not answer"),
        "{said}"
    );
    assert!(
        began.elapsed() < Duration::from_secs(45),
        "{:?}",
        began.elapsed()
    );
}

/// Git asks a server that never answers.
fn a_repository_that_does_not_answer() {
    if crate::support::tools::find("git").is_none() {
        return;
    }
    // A listener that never accepts the connections of the system.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = silent.local_addr().unwrap();
    let desk = Desk::new();
    let began = Instant::now();
    let mut pull = desk.program();
    pull.args(["pack", "pull", &format!("git+https://{host}/acme#v1.0.0")]);
    let output = ended(&mut pull);
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("waiting for git and https://"), "{said}");
    assert!(said.contains("git took more than 30 s"), "{said}");
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
}

/// The files of a machine except the packs: nothing half-written, and no git working folder.
fn left(desk: &Desk, scratch: &Path) -> Vec<String> {
    let files = contents(&desk.path(""));
    let half = files
        .into_keys()
        .filter(|path| path.contains(".rdsproxy-gen-"));
    let scratch = fs::read_dir(scratch).unwrap().flatten();
    half.chain(scratch.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect()
}

fn start(desk: &Desk, scratch: &Path, arguments: &[&str]) -> Child {
    let mut command: Command = desk.program();
    command.arg("pack").args(arguments).env("TMPDIR", scratch);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The files that a pull writes.
const PULLED: [&str; 4] = [
    "acme-0.1.0.tar",
    "acme-0.1.0.tar.minisig",
    "yanked.toml",
    "yanked.toml.minisig",
];

/// Restores the state before any pull.
fn forget(desk: &Desk) {
    for path in ["home/.cache", "home/.local", "offline", "folder"] {
        let _ = fs::remove_dir_all(desk.path(path));
    }
    for path in PULLED {
        let _ = fs::remove_file(desk.path(path));
    }
}

/// Kills the pull at each of its answers, and shortly after the last one.
#[test]
fn a_pull_that_is_killed_leaves_nothing_behind() {
    let shop = Shop::new();
    let scratch = tempfile::tempdir().unwrap();
    let reference = shop.reference();
    shop.desk
        .done(&["pull", &reference, "--output", "whole.tar"]);
    let steps = shop.fake.asked().len();
    let whole: Vec<Vec<u8>> = {
        let files = [
            "whole.tar",
            "whole.tar.minisig",
            "yanked.toml",
            "yanked.toml.minisig",
        ];
        files
            .map(|name| fs::read(shop.desk.path(name)).unwrap())
            .into()
    };
    for round in 0..steps.max(scale::count("kills of a pull") as usize) {
        forget(&shop.desk);
        let before = shop.fake.asked().len();
        let pull = match round / steps % 2 {
            0 => vec!["pull", &reference],
            _ => vec!["pull", &reference, "--folder", "folder"],
        };
        let mut child = start(&shop.desk, scratch.path(), &pull);
        let step = round % steps;
        let began = Instant::now();
        while shop.fake.asked().len() - before <= step && began.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_micros(200));
        }
        // All files are written after the last answer.
        std::thread::sleep(Duration::from_micros(700 * (round as u64 % 23)));
        let _ = child.kill();
        child.wait().unwrap();
        for (name, bytes) in PULLED.iter().zip(&whole) {
            if let Ok(there) = fs::read(shop.desk.path(name)) {
                assert!(there == *bytes, "round {round}: half of {name}");
            }
        }
        if shop.desk.path(PULLED[0]).exists() {
            assert!(
                PULLED.iter().all(|name| shop.desk.path(name).exists()),
                "round {round}"
            );
        }
        if shop.desk.path("folder").exists() {
            assert!(shop.desk.path("folder/yanked.toml.minisig").exists());
            fs::remove_dir_all(shop.desk.path("folder")).unwrap();
        }
        shop.desk.done(&pull);
        assert_eq!(
            left(&shop.desk, scratch.path()),
            Vec::<String>::new(),
            "round {round}"
        );
        shop.desk
            .done(&["pull", &reference, "--offline", "--folder", "offline"]);
    }
}

/// Pulls three versions from one source into one cache, and one of them twice into the same file.
#[test]
fn three_pulls_at_once_lose_nothing() {
    let shop = Shop::new();
    let desk = &shop.desk;
    let mut archives = Vec::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        desk.version(version);
        let archive = format!("built-{version}.tar");
        desk.done(&["build", "acme", "--output", &archive]);
        desk.done(&["sign", &archive, "--key", "team.key"]);
        let [bytes, signature] = [archive.clone(), format!("{archive}.minisig")]
            .map(|name| fs::read(desk.path(&name)).unwrap());
        archives.push((version, bytes, signature));
    }
    shop.put(|shelves| {
        for (version, bytes, signature) in &archives {
            shelves.artifact(&format!("manifests/{version}"), "pack", &[("tar", bytes)]);
            let digest = rdsproxy_gen::io::store::archive::digest(bytes);
            shelves.artifact(
                &signature_tag(&digest),
                "signature",
                &[("minisig", signature)],
            );
        }
    });
    let place = format!("oci://{}/acme", shop.fake.host);
    for round in 0..scale::count("three pulls at once") {
        for path in ["home/.cache", "home/.local", "out"] {
            let _ = fs::remove_dir_all(desk.path(path));
        }
        fs::create_dir(desk.path("out")).unwrap();
        let pull = |version: &str| {
            let output = format!("out/{version}.tar");
            let (code, said) = desk.pack(&[
                "pull",
                &format!("{place}?tag={version}"),
                "--output",
                &output,
            ]);
            assert_eq!(code, 0, "round {round}: {said}");
        };
        std::thread::scope(|scope| {
            for version in ["1.0.0", "1.1.0", "1.2.0", "1.2.0"] {
                scope.spawn(move || pull(version));
            }
        });
        for (version, bytes, _) in &archives {
            let output = format!("out/{version}.tar");
            assert_eq!(&fs::read(desk.path(&output)).unwrap(), bytes);
            let again = format!("out/{version}-again");
            let said = desk.done(&[
                "pull",
                &format!("{place}?tag={version}"),
                "--offline",
                "--folder",
                &again,
            ]);
            assert!(said.contains("verified signed by"), "round {round}: {said}");
        }
    }
}
