//! A baseline, and a pack that it names, may be foreign files: no host is contacted and no program started because of
//! them, unless the user's trust file or the command line names the source.

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{project, write};
use crate::packs::stores::Desk;
use crate::support::program::{ended, stderr, stdout};

/// A host that counts connections and never answers.
struct Host {
    name: String,
    came: Arc<AtomicUsize>,
}

impl Host {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let name = listener.local_addr().unwrap().to_string();
        let came = Arc::new(AtomicUsize::new(0));
        let all = Arc::clone(&came);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                all.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { name, came }
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

/// A desk with a project, and with programs that leave a trace when they are started.
fn desk() -> Desk {
    let desk = Desk::new();
    let (code, said) = project(&desk, "project", &["--pack", "acme"]);
    assert_eq!(code, 0, "{said}");
    let trace = desk.path("trace").display().to_string();
    for name in ["git", "ssh", "docker-credential-x"] {
        let file = desk.path("bin").join(name);
        write(
            &file,
            &format!("#!/bin/sh\necho \"$0 $*\" >> {trace}\nexit 1\n"),
        );
        #[cfg(unix)]
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    write(
        &desk.path("home/.docker/config.json"),
        "{\"credsStore\":\"x\"}",
    );
    desk
}

/// Changes the source of the pack in the baseline.
fn came_from(desk: &Desk, source: &str) {
    let file = desk.path("project/.rdsproxy-gen/baseline.json");
    let text = fs::read_to_string(&file).unwrap();
    let mut baseline: serde_json::Value = serde_json::from_str(&text).unwrap();
    baseline["pack"]["source"] = source.into();
    fs::write(&file, serde_json::to_string_pretty(&baseline).unwrap()).unwrap();
}

/// Runs the program with the tracing programs; returns its exit code, its full output, and whether one of them was
/// started.
fn traced(desk: &Desk, arguments: &[&str]) -> (i32, String, bool) {
    let output = ended(desk.program().args(arguments).env("PATH", desk.path("bin")));
    let said = stdout(&output) + &stderr(&output);
    let is_traced = fs::remove_file(desk.path("trace")).is_ok();
    (output.status.code().unwrap(), said, is_traced)
}

/// Every command that reads a baseline.
const COMMANDS: &[&[&str]] = &[
    &["update", "project", "--check"],
    &["update", "project", "--dry-run"],
    &["update", "project"],
    &["update", "project", "project", "--check"],
    &["pack", "status", "project"],
    &["pack", "status", "project", "--format", "json"],
    &["drift", "project"],
    &["audit", "project"],
    &[
        "new",
        "project",
        "--answers",
        "acme/samples/instance.toml",
        "--non-interactive",
    ],
];

#[cfg(unix)]
#[test]
fn a_place_that_only_a_baseline_names_is_not_asked() {
    let (desk, host) = (desk(), Host::new());
    let oci = format!("oci://{}/acme?tag=0.1.0", host.name);
    let above = format!("oci://{}/above?tag=0.1.0", host.name);
    // A pack in the project itself that inherits from elsewhere.
    let manifest = fs::read_to_string(desk.path("acme/pack.toml")).unwrap();
    crate::generating::acceptance::tools::copy(&desk.path("acme"), &desk.path("leading"));
    let digest = format!("sha256:{}", "0".repeat(64));
    let leads = |above: &str| {
        format!("{manifest}\n[inherits]\npack = \"{above}\"\ndigest = \"{digest}\"\n")
    };
    fs::write(desk.path("leading/pack.toml"), leads(&above)).unwrap();
    // A trust file of the project permits nothing.
    let own = format!(
        "schema = 1\nrequire_signatures = false\nsources = [\"oci://{}/\"]\n",
        host.name
    );
    write(&desk.path("rdsproxy-trust.toml"), &own);
    for source in [
        oci.as_str(),
        "git+ssh://git@attacker.example/acme#v0.1.0",
        "git+https://attacker.example/acme#v0.1.0",
        "git+file:///srv/acme#v0.1.0",
        "//attacker.example/acme",
        "leading",
    ] {
        came_from(&desk, source);
        for command in COMMANDS {
            let (code, said, is_traced) = traced(&desk, command);
            assert_eq!(
                (host.came(), is_traced),
                (0, false),
                "{source}: {command:?}: {said}"
            );
            let reads = ["update", "pack"].contains(&command[0]);
            let one_line = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(
                one_line.contains("was not asked"),
                reads,
                "{source}: {command:?}: {said}"
            );
            let expected = i32::from(matches!(command[0], "update" | "new"));
            assert_eq!(code, expected, "{source}: {command:?}: {said}");
            assert!(!said.contains("asking "), "{source}: {command:?}: {said}");
        }
    }
}

/// Ways to permit a source: lines of the user's trust file, lines of the project's, and arguments; and whether the
/// source is then contacted.
#[cfg(all(unix, feature = "oci"))]
const PERMITTED: &[(&str, &str, &[&str], bool)] = &[
    ("sources = [\"oci://HOST/\"]", "", &[], true),
    ("sources = [\"oci://HOST/acme\"]", "", &[], true),
    ("sources = [\"oci://HOST/acme\"]", "keys = []", &[], true),
    ("", "", &["--source", "oci://HOST/acme"], true),
    ("", "", &["--source", "oci://HOST/"], true),
    ("", "sources = []", &["--source", "oci://HOST/"], true),
    ("sources = [\"oci://HOST/other\"]", "", &[], false),
    ("sources = [\"oci://HOST/\"]", "sources = []", &[], false),
    ("", "sources = [\"oci://HOST/\"]", &[], false),
    ("", "", &["--source", "oci://HOST/other"], false),
    ("sources = [\"oci://HOST/\"]", "", &["--offline"], false),
];

#[cfg(all(unix, feature = "oci"))]
#[test]
fn a_place_that_the_user_names_is_asked_and_that_is_said_once() {
    let desk = desk();
    for (user, own, arguments, is_asked) in PERMITTED {
        let host = Host::new();
        let filled = |text: &str| text.replace("HOST", &host.name);
        let lines =
            |text: &str| filled(&format!("schema = 1\nrequire_signatures = false\n{text}\n"));
        desk.trust(&lines(user));
        write(&desk.path("rdsproxy-trust.toml"), &lines(own));
        came_from(&desk, &format!("oci://{}/acme?tag=0.1.0", host.name));
        let arguments: Vec<String> = arguments.iter().map(|text| filled(text)).collect();
        for command in [
            &["update", "project", "--check"][..],
            &["pack", "status", "project"],
        ] {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let before = host.came();
            let (_, said, _) = traced(&desk, &[command, &arguments].concat());
            if command[0] == "pack" && arguments == ["--offline"] {
                continue;
            }
            assert_eq!(
                host.came() > before,
                *is_asked,
                "{user} {own} {arguments:?}: {said}"
            );
            let note = format!("asking oci://{}/acme\n", host.name);
            assert_eq!(
                said.matches(&note).count(),
                usize::from(*is_asked),
                "{said}"
            );
        }
    }
}

/// An inherited pack is fetched if its own source is permitted, or if the inheriting pack is signed by a trusted key.
#[cfg(feature = "oci")]
#[test]
fn what_a_pack_inherits_is_asked_by_the_word_of_a_signer_or_a_user() {
    let (desk, host) = (Desk::new(), Host::new());
    let manifest = fs::read_to_string(desk.path("acme/pack.toml")).unwrap();
    let digest = "0".repeat(64);
    let inherits = format!(
        "\n[inherits]\npack = \"oci://{}/above?tag=0.1.0\"\ndigest = \"sha256:{digest}\"\n",
        host.name
    );
    desk.put("pack.toml", &format!("{manifest}{inherits}"));
    let all = format!("oci://{}/", host.name);
    for command in [
        &["check", "acme"][..],
        &["build", "acme"],
        &["verify", "acme"],
    ] {
        let before = host.came();
        let (code, said) = desk.pack(command);
        assert_eq!((code, host.came()), (1, before), "{said}");
        assert!(
            said.contains("was not asked") && said.contains("--source oci://"),
            "{said}"
        );
        let (code, said) = desk.pack(&[command, &["--source", &all]].concat());
        assert!(code == 1 && host.came() > before, "{said}");
    }
    // The signer trusted for the pack vouches for what it inherits, and no other signer does.
    desk.key("team", "acme");
    sign(&desk, "team");
    let came = host.came();
    let (code, said) = desk.pack(&["verify", "acme"]);
    assert!(code == 1 && host.came() > came, "{said}");
    desk.key("other", "acme");
    let came = host.came();
    let (code, said) = desk.pack(&["verify", "acme"]);
    assert!(code == 1 && host.came() == came, "{said}");
    assert!(said.contains("was not asked"), "{said}");
}

/// Signs the pack as it is; `pack sign` refuses to while the inherited pack is not available.
#[cfg(feature = "oci")]
fn sign(desk: &Desk, key: &str) {
    use rdsproxy_gen::domain::trust::comment;
    use rdsproxy_gen::io::store::archive::{digest, tar};
    let files = rdsproxy_gen::io::folder::texts(&desk.path("acme")).unwrap();
    let archive = tar(&files).unwrap();
    let secret = fs::read_to_string(desk.path(&format!("{key}.key"))).unwrap();
    let key =
        rdsproxy_gen::io::signing::SigningKey::open(&secret, || panic!("it is open")).unwrap();
    let comment = comment("acme", "0.1.0", &digest(&archive));
    let signature = key.sign(&archive, &comment).unwrap();
    fs::write(desk.path("acme/pack.minisig"), signature).unwrap();
}
