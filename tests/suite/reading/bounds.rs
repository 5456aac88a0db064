//! Every file that is named or found is read with a size limit. A file that is larger than it claims, one that claims
//! to be huge, an endless device and a pipe without a writer are refused with the path and the reason, and nothing
//! waits for them.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::support::program::{ended, program, stderr};

/// The arguments, with `@` for the file, and the name under which it is also discovered.
type Place = (&'static [&'static str], &'static str);

const PLACES: &[Place] = &[
    (&["audit", "main.tf", "--policy", "@"], "x.toml"),
    (&["audit", "main.tf", "--baseline", "@"], "x.json"),
    (&["audit", "main.tf", "--var-file", "@"], "x.tfvars"),
    (&["audit", "t.yaml", "--parameters", "@"], "x.json"),
    (&["audit", "--snapshot", "@"], "x.json"),
    (&["new", "out", "--answers", "@", "--demo"], "x.toml"),
    (&["pack", "verify", "pack", "--trust", "@"], "x.toml"),
    (&["pack", "verify", "pack", "--key", "@"], "x.pub"),
    (&["pack", "keygen", "--password-file", "@"], "x.txt"),
    // The file is discovered.
    (&["audit", "main.tf"], "rdsproxy-policy.toml"),
];

/// The kind of obstacle, its creation, and a part of the message if the file was named.
type Thing = (&'static str, fn(&Path), &'static str);

const THINGS: &[Thing] = &[
    (
        "a pipe that nobody writes to",
        |path| mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap(),
        "nothing is written to this pipe",
    ),
    (
        "a device without an end",
        |path| symlink("/dev/zero", path).unwrap(),
        "it has more than",
    ),
    (
        "a file of a terabyte",
        |path| fs::File::create(path).unwrap().set_len(1 << 40).unwrap(),
        "it has more than",
    ),
];

#[test]
fn no_file_is_read_without_end() {
    for (what, make, said) in THINGS {
        for (arguments, name) in PLACES {
            let home = tempfile::tempdir().unwrap();
            fs::create_dir(home.path().join("pack")).unwrap();
            fs::write(
                home.path().join("main.tf"),
                "resource \"aws_db_proxy\" \"p\" {}\n",
            )
            .unwrap();
            fs::write(
                home.path().join("t.yaml"),
                "Resources:\n  P: {Type: AWS::RDS::DBProxy}\n",
            )
            .unwrap();
            make(&home.path().join(name));
            let is_named = arguments.contains(&"@");
            let arguments = arguments.iter().map(|one| one.replace('@', name));
            let output = ended(program(home.path()).args(arguments));
            let told = stderr(&output);
            let case = format!("{what} as {name}: {told}");
            // A discovered entry that is not a file is ignored; a file that is too large is reported.
            if is_named || what.starts_with("a file") {
                assert_eq!(output.status.code(), Some(1), "{case}");
                assert!(told.contains(said) && told.contains(name), "{case}");
            }
        }
    }
}

#[test]
fn a_report_of_more_proxies_than_it_holds_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let proxies: String = (0..2501)
        .map(|number| format!("resource \"aws_db_proxy\" \"p{number}\" {{}}\n"))
        .collect();
    fs::write(home.path().join("main.tf"), proxies).unwrap();
    for (format, code, said) in [
        (
            "html",
            1,
            "2501 proxies were found, and a report as html holds 2500",
        ),
        ("markdown", 2, ""),
    ] {
        let output = ended(program(home.path()).args(["audit", "main.tf", "--format", format]));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{format}: {told}");
        assert!(told.contains(said), "{format}: {told}");
    }
}
