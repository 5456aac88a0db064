//! Keys and signatures of the program and of Debian's `minisign`: each accepts those of the other.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{acme, pack};
use crate::generating::acceptance::tools;
use crate::support::program::{ended, program, stderr, stdout};
use crate::support::scale;

const ARCHIVE: &str = "acme-0.1.0.tar";

/// A folder with a pack and its archive.
fn built() -> tempfile::TempDir {
    let folder = acme();
    assert_eq!(pack(folder.path(), &["build", "acme"]).0, 0);
    folder
}

/// Runs a command that must succeed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let (code, said) = pack(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// Runs Debian's minisign, which reads the password from standard input, twice for a new key.
fn minisign(folder: &Path, arguments: &[&str], password: &str) -> Option<bool> {
    use std::io::Write as _;
    let mut child = Command::new(tools::find("minisign")?)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // The process may end before it asks for the password.
    let _ = write!(input, "{password}\n{password}\n");
    drop(input);
    Some(child.wait_with_output().unwrap().status.success())
}

#[test]
fn minisign_takes_our_keys_and_signatures() {
    let folder = built();
    let at = folder.path();
    fs::write(at.join("password"), "correct horse\n").unwrap();
    done(at, &["keygen", "open", "--no-password"]);
    done(at, &["keygen", "kept", "--password-file", "password"]);
    for (name, password) in [("open", ""), ("kept", "correct horse")] {
        let [secret, public] = ["key", "pub"].map(|ending| format!("{name}.{ending}"));
        let sign = [
            "sign",
            ARCHIVE,
            "--key",
            &secret,
            "--password-file",
            "password",
        ];
        let said = done(at, &sign);
        assert!(said.contains("signed   by key"), "{said}");
        let verify = ["-V", "-H", "-p", &public, "-m", ARCHIVE];
        let Some(is_good) = minisign(at, &verify, "") else {
            return;
        };
        assert!(is_good, "{name}");
        assert_eq!(
            minisign(
                at,
                &[
                    "-V",
                    "-p",
                    &public,
                    "-m",
                    "password",
                    "-x",
                    "acme-0.1.0.tar.minisig"
                ],
                ""
            ),
            Some(false)
        );
        // minisign also signs with our secret key.
        let again = ["-S", "-s", &secret, "-m", ARCHIVE, "-x", "theirs.minisig"];
        assert_eq!(minisign(at, &again, password), Some(true), "{name}");
        fs::rename(at.join("theirs.minisig"), at.join("acme-0.1.0.tar.minisig")).unwrap();
        let said = done(at, &["verify", ARCHIVE, "--key", &public]);
        assert!(said.contains("verified signed by key"), "{said}");
    }
}

#[test]
fn we_take_the_keys_and_signatures_of_minisign() {
    let folder = built();
    let at = folder.path();
    fs::write(at.join("password"), "staple\n").unwrap();
    // Opening a key with a password takes seconds, in minisign as in ours.
    let keys = [(&["-G", "-W"][..], ""), (&["-G"][..], "staple")];
    for (generate, password) in scale::some(keys) {
        let files = ["-f", "-p", "their.pub", "-s", "their.key"];
        let generate = [generate, &files].concat();
        let Some(is_made) = minisign(at, &generate, password) else {
            return;
        };
        assert!(is_made);
        let sign = ["-S", "-s", "their.key", "-m", ARCHIVE];
        assert_eq!(minisign(at, &sign, password), Some(true));
        let said = done(at, &["verify", ARCHIVE, "--key", "their.pub"]);
        assert!(said.contains("verified signed by key"), "{said}");
        // We also sign with the secret key of minisign.
        done(
            at,
            &[
                "sign",
                ARCHIVE,
                "--key",
                "their.key",
                "--password-file",
                "password",
            ],
        );
        let verify = ["-V", "-H", "-p", "their.pub", "-m", ARCHIVE];
        assert_eq!(minisign(at, &verify, ""), Some(true));
        done(at, &["verify", ARCHIVE, "--key", "their.pub"]);
    }
}

#[test]
fn a_folder_and_its_archive_have_one_signature() {
    let folder = built();
    let at = folder.path();
    done(at, &["keygen", "team", "--no-password"]);
    done(at, &["sign", "acme", "--key", "team.key"]);
    done(at, &["verify", "acme", "--key", "team.pub"]);
    fs::copy(
        at.join("acme/pack.minisig"),
        at.join("acme-0.1.0.tar.minisig"),
    )
    .unwrap();
    done(at, &["verify", ARCHIVE, "--key", "team.pub"]);
    // An archive made by GNU tar has other bytes and would not match the signature.
    let bytes = fs::read(at.join(ARCHIVE)).unwrap();
    fs::write(at.join("other.tar"), crate::packs::archives::gzip(&bytes)).unwrap();
    let (code, said) = pack(at, &["sign", "other.tar", "--key", "team.key"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("not in the one form that is signed"),
        "{said}"
    );
}

#[test]
fn what_nobody_trusts_is_told_exactly_and_ends_with_two() {
    let folder = built();
    let at = folder.path();
    let verify = |arguments: &[&str]| pack(at, &[&["verify"], arguments].concat());
    for key in ["team", "other"] {
        done(at, &["keygen", key, "--no-password"]);
    }
    let told = |arguments: &[&str], expected: &str| {
        let (code, said) = verify(arguments);
        assert!(code == 2 && said.contains(expected), "{code}: {said}");
    };
    told(
        &[ARCHIVE],
        "is not signed, and there is no rdsproxy-trust.toml",
    );
    done(at, &["sign", ARCHIVE, "--key", "team.key"]);
    told(
        &[ARCHIVE],
        "was not checked: there is no rdsproxy-trust.toml",
    );
    told(
        &[ARCHIVE, "--key", "other.pub"],
        "which --key does not know",
    );

    // The output of `keygen` is a valid trust file.
    let said = done(at, &["keygen", "third", "--no-password"]);
    let line = |name: &str| {
        let text = fs::read_to_string(at.join(name)).unwrap();
        text.lines().nth(1).unwrap().to_owned()
    };
    let file = said.split("# rdsproxy-trust.toml\n").nth(1).unwrap();
    let file = file.split("\nNext").next().unwrap();
    let file = file.replace("NAME", "acme");
    super::trust(at, &file);
    told(&[ARCHIVE], "rdsproxy-trust.toml does not know");
    fs::write(
        at.join("mine.toml"),
        file.replace(&line("third.pub"), &line("team.pub")),
    )
    .unwrap();
    let (code, said) = verify(&[ARCHIVE, "--trust", "mine.toml"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("as mine.toml allows"), "{said}");

    let mut bytes = fs::read(at.join(ARCHIVE)).unwrap();
    let place = bytes
        .windows(6)
        .position(|window| window == b"owner ")
        .unwrap();
    bytes[place + 9] ^= 1;
    fs::write(at.join(ARCHIVE), bytes).unwrap();
    told(
        &[ARCHIVE, "--trust", "mine.toml"],
        "what was signed is not what is here",
    );
}

#[test]
fn a_user_trusts_for_every_project() {
    let folder = built();
    let at = folder.path();
    done(at, &["keygen", "team", "--no-password"]);
    done(at, &["sign", ARCHIVE, "--key", "team.key"]);
    let key = fs::read_to_string(at.join("team.pub")).unwrap();
    let key = key.lines().nth(1).unwrap();
    let home = at.join("home");
    fs::create_dir_all(home.join("rdsproxy-gen")).unwrap();
    let trust = format!("schema = 1\n[[keys]]\nowner = \"me\"\nkey = \"{key}\"\npacks = [\"*\"]\n");
    fs::write(home.join("rdsproxy-gen/rdsproxy-trust.toml"), trust).unwrap();
    let output = ended(
        program(at)
            .env(
                if cfg!(windows) {
                    "APPDATA"
                } else {
                    "XDG_CONFIG_HOME"
                },
                &home,
            )
            .args(["pack", "verify", ARCHIVE]),
    );
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
}

#[test]
fn a_key_is_never_written_over_and_a_password_never_asked_where_nobody_is() {
    let folder = built();
    let at = folder.path();
    done(at, &["keygen", "team", "--no-password"]);
    let refused = |arguments: &[&str], expected: &str| {
        let (code, said) = pack(at, arguments);
        assert!(code == 1 && said.contains(expected), "{code}: {said}");
    };
    refused(&["keygen", "team", "--no-password"], "is there already");
    refused(&["keygen", "more"], "no terminal to ask for it on");
    fs::write(at.join("empty"), "\n").unwrap();
    refused(
        &["keygen", "more", "--password-file", "empty"],
        "an empty password keeps nothing",
    );
    assert!(!at.join("more.key").exists() && !at.join("more.pub").exists());
    fs::write(at.join("password"), "right").unwrap();
    fs::write(at.join("wrong"), "wrong").unwrap();
    done(at, &["keygen", "kept", "--password-file", "password"]);
    refused(
        &["sign", ARCHIVE, "--key", "kept.key"],
        "no terminal to ask for it on",
    );
    refused(
        &[
            "sign",
            ARCHIVE,
            "--key",
            "kept.key",
            "--password-file",
            "wrong",
        ],
        "the password does not open the key",
    );
    refused(&["sign", ARCHIVE, "--key", "kept.pub"], "not a secret key");
    refused(&["sign", ARCHIVE], "no key is named");
    assert!(!at.join("acme-0.1.0.tar.minisig").exists());
    let output = ended(
        program(at)
            .env("RDSPROXY_GEN_KEY_PASSWORD", "right")
            .args(["pack", "sign", ARCHIVE, "--key", "kept.key"]),
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| fs::metadata(at.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            [mode("team.key"), mode("kept.key"), mode("team.pub")],
            [0o600, 0o600, 0o644]
        );
    }
}

#[test]
fn a_yanked_version_is_named_with_its_reason() {
    let folder = built();
    let at = folder.path();
    done(at, &["keygen", "team", "--no-password"]);
    done(at, &["sign", ARCHIVE, "--key", "team.key"]);
    let yank = |arguments: &[&str]| pack(at, &[&["yank", "acme"], arguments].concat());
    let reason = [
        "0.1.0",
        "--reason",
        "the role was too wide",
        "--key",
        "team.key",
    ];
    let (code, said) = yank(&reason);
    assert_eq!(code, 0, "{said}");
    let verify = || pack(at, &["verify", ARCHIVE, "--key", "team.pub"]);
    let (code, said) = verify();
    assert!(
        code == 2 && said.contains("yanked: the role was too wide"),
        "{said}"
    );
    // Yanking another version does not affect this one.
    assert_eq!(yank(&["0.1.0", "--undo", "--key", "team.key"]).0, 0);
    assert_eq!(yank(&["0.1.1", "--reason", "x", "--key", "team.key"]).0, 0);
    assert_eq!(verify().0, 0);
    // A foreign or changed list is not accepted, and neither is a foreign signature.
    let list = fs::read_to_string(at.join("yanked.toml")).unwrap();
    fs::write(at.join("yanked.toml"), list.replace("0.1.1", "0.1.2")).unwrap();
    let (code, said) = verify();
    assert!(
        code == 2 && said.contains("the list of yanked versions: the signature of key"),
        "{said}"
    );
    fs::remove_file(at.join("yanked.toml.minisig")).unwrap();
    let (code, said) = verify();
    assert!(
        code == 2 && said.contains("the list of yanked versions is not signed"),
        "{said}"
    );
    assert_eq!(yank(&["0.9.0", "--undo"]).0, 1);
    assert_eq!(yank(&["0.9.0", "--reason", " "]).0, 1);
    assert_eq!(pack(at, &["yank", "Acme", "0.9.0", "--reason", "x"]).0, 1);
}

/// The user decides on the permissions of a signature file, and signing again keeps them.
#[cfg(unix)]
#[test]
fn a_signature_that_is_made_again_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = built();
    let at = folder.path();
    done(at, &["keygen", "open", "--no-password"]);
    let sign = ["sign", ARCHIVE, "--key", "open.key"];
    done(at, &sign);
    let file = at.join(format!("{ARCHIVE}.minisig"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    done(at, &sign);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
