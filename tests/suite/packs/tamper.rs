//! Manipulations of a pack in transit: each is refused with its own message by `verify` and by `new`, and nothing is
//! written.

use std::fs;
use std::path::Path;

use super::used::{made, new, sign, trusted, version};
use super::{acme, pack, put, trust_file};

const ARCHIVE: &str = "acme-0.1.0.tar";
const SIGNATURE: &str = "acme-0.1.0.tar.minisig";

/// A manipulation of a pack, and the expected messages.
struct Case {
    what: &'static str,
    done: fn(&Path),
    reference: &'static str,
    expected: &'static str,
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{}", file.display());
    fs::write(file, text.replace(from, to)).unwrap();
}

/// Changes a text in an archive to one of the same length, so that the archive stays valid.
fn change(at: &Path, from: &str, to: &str) {
    let mut bytes = fs::read(at.join(ARCHIVE)).unwrap();
    let is_it = |window: &[u8]| window == from.as_bytes();
    let place = bytes.windows(from.len()).position(is_it).unwrap();
    bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
    fs::write(at.join(ARCHIVE), bytes).unwrap();
}

/// The second line of a signature begins with the algorithm and the key id, ten bytes in base64. Returns the line of
/// `other` with the key id of `one`.
fn with_id(one: &str, other: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let number = |line: &str| {
        let is_it = |letter: &u8| *letter == line.as_bytes()[13];
        LETTERS.iter().position(is_it).unwrap()
    };
    // The fourteenth character encodes the last two bits of the id and the first four bits of the signature.
    let letter = LETTERS[(number(one) & 0b11_0000) | (number(other) & 0b00_1111)] as char;
    format!("{}{letter}{}", &one[..13], &other[14..])
}

fn resign(at: &Path, key: &str, reference: &str) {
    let (code, said) = pack(at, &["sign", reference, "--key", key]);
    assert_eq!(code, 0, "{said}");
}

const CASES: &[Case] = &[
    Case {
        what: "a template of the archive is changed",
        done: |at| change(at, "house rules", "other rules"),
        reference: ARCHIVE,
        expected: "what was signed is not what is here",
    },
    Case {
        what: "the manifest of the archive is changed",
        done: |at| change(at, "version = \"0.1.0\"", "version = \"9.1.0\""),
        reference: ARCHIVE,
        expected: "what was signed is not what is here",
    },
    Case {
        what: "a file of the folder is changed",
        done: |at| edit(&at.join("acme/README.md"), "a", "b"),
        reference: "acme",
        expected: "what was signed is not what is here",
    },
    Case {
        what: "a file is added to the folder",
        done: |at| put(at, "templates/terraform/MORE.md.tera", "# More\n"),
        reference: "acme",
        expected: "what was signed is not what is here",
    },
    Case {
        what: "a file of the folder is removed",
        done: |at| fs::remove_file(at.join("acme/README.md")).unwrap(),
        reference: "acme",
        expected: "what was signed is not what is here",
    },
    Case {
        what: "another version stands under the name of this one",
        done: |at| {
            version(at, "0.0.9");
            fs::copy(at.join("acme-0.0.9.tar"), at.join(ARCHIVE)).unwrap();
        },
        reference: ARCHIVE,
        expected: "what was signed is not what is here",
    },
    Case {
        what: "the comment of the signature is changed",
        done: |at| edit(&at.join(SIGNATURE), "version=0.1.0", "version=0.2.0"),
        reference: ARCHIVE,
        expected: "what was signed is not what is here",
    },
    Case {
        what: "another key signed it, which claims to be the first",
        done: |at| {
            assert_eq!(pack(at, &["keygen", "other", "--no-password"]).0, 0);
            resign(at, "other.key", ARCHIVE);
            let line = |file: &str| {
                let text = fs::read_to_string(at.join(file)).unwrap();
                text.lines().nth(1).unwrap().to_owned()
            };
            let (ours, theirs) = (line("acme/pack.minisig"), line(SIGNATURE));
            edit(&at.join(SIGNATURE), &theirs, &with_id(&ours, &theirs));
        },
        reference: ARCHIVE,
        expected: "what was signed is not what is here",
    },
    Case {
        what: "another key signed it",
        done: |at| {
            assert_eq!(pack(at, &["keygen", "other", "--no-password"]).0, 0);
            resign(at, "other.key", ARCHIVE);
        },
        reference: ARCHIVE,
        expected: "rdsproxy-trust.toml does not know",
    },
    Case {
        what: "the key is not trusted for this name",
        done: |at| edit(&trust_file(at), "[\"acme\"]", "[\"billing-*\"]"),
        reference: ARCHIVE,
        expected: "does not trust for this name",
    },
    Case {
        what: "the key was revoked",
        done: |at| edit(&trust_file(at), "packs", "revoked = \"lost\"\npacks"),
        reference: ARCHIVE,
        expected: "which was revoked: lost",
    },
    Case {
        what: "the key counted until a day that is past",
        done: |at| edit(&trust_file(at), "packs", "until = \"2020-01-01\"\npacks"),
        reference: ARCHIVE,
        expected: "which counted until 2020-01-01",
    },
    Case {
        what: "the signature is gone, where signatures are required",
        done: |at| fs::remove_file(at.join(SIGNATURE)).unwrap(),
        reference: ARCHIVE,
        expected: "rdsproxy-trust.toml requires a signature",
    },
    Case {
        what: "the signature of the folder is gone",
        done: |at| fs::remove_file(at.join("acme/pack.minisig")).unwrap(),
        reference: "acme",
        expected: "rdsproxy-trust.toml requires a signature",
    },
    Case {
        what: "the signature is cut off",
        done: |at| {
            let text = fs::read_to_string(at.join(SIGNATURE)).unwrap();
            fs::write(at.join(SIGNATURE), &text[..text.len() / 2]).unwrap();
        },
        reference: ARCHIVE,
        expected: "not a signature of minisign",
    },
    Case {
        what: "the archive is cut off",
        done: |at| {
            let bytes = fs::read(at.join(ARCHIVE)).unwrap();
            fs::write(at.join(ARCHIVE), &bytes[..bytes.len() - 2000]).unwrap();
        },
        reference: ARCHIVE,
        expected: "cut off",
    },
    Case {
        what: "the list of yanked versions is not signed",
        done: |at| {
            let yank = ["yank", "acme", "0.0.1", "--reason", "old"];
            assert_eq!(pack(at, &yank).0, 0);
        },
        reference: ARCHIVE,
        expected: "the list of yanked versions is not signed",
    },
    Case {
        what: "a version was taken off the list of yanked ones by hand",
        done: |at| {
            let yank = [
                "yank", "acme", "0.1.0", "--reason", "old", "--key", "team.key",
            ];
            assert_eq!(pack(at, &yank).0, 0);
            edit(&at.join("yanked.toml"), "0.1.0", "0.0.1");
        },
        reference: ARCHIVE,
        expected: "the list of yanked versions: the signature of key",
    },
    Case {
        what: "the version was yanked",
        done: |at| {
            let yank = [
                "yank", "acme", "0.1.0", "--reason", "too wide", "--key", "team.key",
            ];
            assert_eq!(pack(at, &yank).0, 0);
        },
        reference: ARCHIVE,
        expected: "yanked: too wide",
    },
    Case {
        what: "a signature of a pack stands at the list of yanked versions",
        done: |at| {
            let yank = ["yank", "acme", "0.0.1", "--reason", "old"];
            assert_eq!(pack(at, &yank).0, 0);
            fs::copy(at.join(SIGNATURE), at.join("yanked.toml.minisig")).unwrap();
        },
        reference: ARCHIVE,
        expected: "the list of yanked versions: the signature of key",
    },
];

#[test]
fn whatever_was_tampered_with_is_refused_and_nothing_is_written() {
    for case in CASES {
        let folder = acme();
        let at = folder.path();
        assert_eq!(pack(at, &["build", "acme"]).0, 0);
        trusted(at, "[\"acme\"]");
        sign(at, ARCHIVE);
        let verify = || pack(at, &["verify", case.reference]);
        assert_eq!(verify().0, 0, "{}: {}", case.what, verify().1);
        (case.done)(at);
        let (code, said) = verify();
        assert_ne!(code, 0, "{}: {said}", case.what);
        assert!(said.contains(case.expected), "{}: {said}", case.what);
        let (code, said) = new(at, &["--pack", case.reference]);
        assert_eq!(code, 1, "{}: {said}", case.what);
        assert!(said.contains(case.expected), "{}: {said}", case.what);
        assert!(!at.join("project").exists(), "{}", case.what);
    }
}

/// A signature proves who made a pack. It does not prove that the pack is the newest, or that no other content was
/// published as this version.
#[test]
fn a_good_signature_brings_back_neither_an_older_version_nor_a_moved_one() {
    let folder = acme();
    let at = folder.path();
    trusted(at, "[\"acme\"]");
    let signed = |one: &str| {
        version(at, one);
        sign(at, &format!("acme-{one}.tar"));
    };
    signed("0.1.1");
    signed("0.1.2");
    made(at, &["--pack", "acme-0.1.2.tar"]);
    let (code, said) = new(at, &["--pack", "acme-0.1.1.tar"]);
    assert!(
        code == 1 && said.contains("acme 0.1.1 is older than 0.1.2"),
        "{said}"
    );
    fs::remove_file(at.join("acme-0.1.2.tar")).unwrap();
    put(at, "README.md", "Changed.\n");
    signed("0.1.2");
    let (code, said) = new(at, &["--pack", "acme-0.1.2.tar"]);
    assert!(code == 1 && said.contains("never changes"), "{said}");
}
